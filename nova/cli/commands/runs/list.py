"""List the runs, newest first."""

import asyncio
import json

import click

from nova.app import opened
from nova.cli.options import Common, nova_command
from nova.cli.told import clock, short
from nova.contracts import RunRecord
from nova.errors import UsageError
from nova.pipelines import did_you_mean

MARKS = {"done": "ok", "failed": "no", "waiting": "wait", "open": "open"}
WIDTH = 60  # characters of what was said


@nova_command("list")
@click.option("--state", default="", metavar="STATE", help="Only those that are open, waiting, done or failed.")
@click.option("--session", default="", metavar="NAME", help="Only those of a session.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(min=1), help="At most so many.")
def command(common: Common, state: str, session: str, limit: int) -> int:
    """List the runs, newest first."""
    if state and state not in MARKS:
        raise UsageError(f"a run is never {state!r}", fix=did_you_mean(state, MARKS))
    runs = asyncio.run(_runs(common, state, session, limit))
    terminal = common.terminal
    for one in runs:
        glyph = terminal.glyph(MARKS[one.state])
        terminal.text(f"{one.run}  {glyph} {one.state:8} {clock(one.opened)}  {one.owner:14} {short(one.text, WIDTH)}")
    if not runs:
        terminal.line("note", "runs", "none here")
    terminal.next(*([f"nova runs show {runs[0].run}"] if runs else ["nova run --help"]))
    terminal.result("listed", {"runs": [json.loads(one.model_dump_json()) for one in runs]})
    return 0


async def _runs(common: Common, state: str, session: str, limit: int) -> tuple[RunRecord, ...]:
    async with opened(common.settings) as nova:
        return await nova.journal.runs(nova.scope, session=session, state=state, limit=limit)
