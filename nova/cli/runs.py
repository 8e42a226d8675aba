"""Find a run by what was typed, and everything on record about it."""

from nova.app import Nova
from nova.cli.tree import Seen
from nova.contracts import RunRecord
from nova.errors import UsageError
from nova.pipelines import did_you_mean

LAST = "last"
LOOKED_AT = 1_000  # newest runs that a beginning or an end of a name is looked for in


async def found(nova: Nova, typed: str) -> RunRecord:
    """Return the run that was typed: its name, the beginning or end of it, or "last"; raise UsageError."""
    if exact := await nova.journal.find(typed, nova.scope):
        return exact
    newest = await nova.journal.runs(nova.scope, limit=LOOKED_AT)
    if typed == LAST and newest:
        return newest[0]
    near = [one for one in newest if typed and (one.run.startswith(typed) or one.run.endswith(typed))]
    if len(near) == 1:
        return near[0]
    if near:
        fix = f"name one: {', '.join(one.run for one in near[:5])}"
        raise UsageError(f"{len(near)} runs are called {typed}…", fix=fix)
    names = [one.run for one in newest]
    close = did_you_mean(typed, names) if names else ""
    fix = close if close.startswith("did") else "nova runs list"
    raise UsageError(f"there is no run {typed!r}", where=str(nova.settings.journal), fix=fix)


async def seen(nova: Nova, record: RunRecord) -> Seen:
    """Return everything on record about a run."""
    journal, scope = nova.journal, nova.scope
    return Seen(
        record,
        await journal.entries(record.run, scope),
        await journal.uses(record.run, scope),
        await journal.opinions(record.run, scope),
    )
