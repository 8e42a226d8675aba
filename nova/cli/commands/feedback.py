"""Say whether a run was good or bad, and why; later reviews learn from it."""

import asyncio

import click

from nova.app import opened
from nova.cli.options import Common, nova_command
from nova.cli.runs import found
from nova.errors import UsageError
from nova.pipelines import did_you_mean

VERDICTS = ("good", "bad")


@nova_command("feedback")
@click.argument("run")
@click.argument("verdict", metavar="good|bad")
@click.option("--because", default="", metavar="TEXT", help="Why.")
def command(common: Common, run: str, verdict: str, because: str) -> int:
    """Say whether a run was good or bad, and why."""
    if verdict not in VERDICTS:
        raise UsageError(f"a run is good or bad, not {verdict!r}", fix=did_you_mean(verdict, VERDICTS))
    name = asyncio.run(_feedback(common, run, verdict, because))
    common.terminal.line("ok", "feedback", f"{name} is {verdict}{f' because {because}' if because else ''}")
    common.terminal.result("recorded", {"run": name, "good": verdict == "good", "because": because})
    return 0


async def _feedback(common: Common, run: str, verdict: str, because: str) -> str:
    async with opened(common.settings) as nova:
        record = await found(nova, run)
        good = verdict == "good"
        await nova.journal.feedback(record.run, nova.scope, good=good, because=because, at=nova.now())
        return record.run
