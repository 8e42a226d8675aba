"""Tell how things stand, and the next three things to type."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence

from nova.app import Nova, opened
from nova.cli.options import Common, nova_command
from nova.contracts import RunRecord

LOOKED_AT = 200  # newest runs
TRY = 'nova run "summarize in one sentence and list as bullets: TEXT"'


@nova_command("status")
def command(common: Common) -> int:
    """Tell how things stand, and the next three things to type."""
    return asyncio.run(_status(common))


async def _status(common: Common) -> int:
    async with opened(common.settings) as nova:
        runs = await nova.journal.runs(nova.scope, limit=LOOKED_AT)
        steps = [step async for step in _next(nova, runs)][:3]
    terminal = common.terminal
    states = Counter(one.state for one in runs)
    agents = len([*nova.registry])
    model = "a script" if nova.settings.script else "none; agents that need one say so"
    counted = ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "none yet"
    terminal.text(f"agents    {terminal.glyph('ok')} {agents}")
    terminal.text(f"model     {terminal.glyph('ok' if nova.settings.script else 'note')} {model}")
    terminal.text(f"runs      {terminal.glyph('wait' if states['waiting'] else 'note')} {counted}")
    terminal.text(f"data      {terminal.glyph('note')} {nova.settings.data}")
    terminal.text("next:")
    for step in steps:
        terminal.text(f"  {step}")
    terminal.result(
        "status", {"agents": agents, "runs": dict(states), "data": str(nova.settings.data), "next": [*steps]}
    )
    return 0


async def _next(nova: Nova, runs: Sequence[RunRecord]) -> AsyncIterator[str]:
    """Yield what could be typed, the most pressing first."""
    for record in [one for one in runs if one.state == "waiting"][:1]:
        yield f"nova runs show {record.run}"
        yield f"nova runs resume {record.run}"
    if any(one.state == "open" for one in runs):
        yield "nova runs resume --all"
    for record in [one for one in runs if one.state == "done"][:1]:
        if not await nova.journal.opinions(record.run, nova.scope):
            yield f"nova feedback {record.run} good"
    for step in (TRY, "nova agents list", "nova doctor"):
        yield step
