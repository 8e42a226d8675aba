"""Go on with a run that stopped, or answer what it waits for."""

import asyncio
from collections.abc import Sequence

import click

from nova.app import Nova, opened
from nova.cli.ending import code_of, tell, word_of
from nova.cli.options import Common, nova_command
from nova.cli.runs import found
from nova.contracts import Entry, Question, RunRecord
from nova.errors import UsageError
from nova.orchestrator import Ended
from nova.recovery import heard, question_of, top_of

MOST = 1_000  # runs resumed at once by --all


@nova_command("resume")
@click.argument("run", required=False)
@click.option("--approve", is_flag=True, help="Say yes to what it asks.")
@click.option("--reject", is_flag=True, help="Say no to what it asks.")
@click.option("--reply", metavar="TEXT", help="Answer what it asks.")
@click.option("--all", "every", is_flag=True, help="Go on with every run that stopped half-way.")
def command(common: Common, run: str | None, approve: bool, reject: bool, reply: str | None, every: bool) -> int:
    """Go on with a run where its journal stops, or answer what it waits for.

    Agents run at least once, tools exactly once, by their keys.
    """
    said = [word for word, on in (("approve", approve), ("reject", reject)) if on]
    said += [] if reply is None else [reply]
    if len(said) > 1:
        raise UsageError("--approve, --reject and --reply exclude each other", fix="give one of them")
    if every == (run is not None) or (every and said):
        raise UsageError("resume takes one run, or --all", fix="nova runs resume RUN, or nova runs resume --all")
    if every:
        return asyncio.run(_all(common))
    return tell(asyncio.run(_one(common, run or "", said, decides=approve or reject)), common.terminal)


async def _one(common: Common, run: str, said: list[str], *, decides: bool) -> Ended:
    async with opened(common.settings) as nova:
        record = await found(nova, run)
        if record.state == "waiting":
            return await _answered(nova, record, said, decides=decides)
        if said:
            what = f"the run {record.run} waits for nothing: it is {record.state}"
            raise UsageError(what, fix=f"nova runs show {record.run}")
        if record.state == "open":
            return await nova.resume(record)
        return _as_it_ended(record, await nova.journal.entries(record.run, nova.scope))


def _as_it_ended(record: RunRecord, entries: Sequence[Entry]) -> Ended:
    """Return how a run ended, from its record alone."""
    outcome = heard(top_of(entries).outcome or "")
    assert outcome is not None, "an ended run's owner came to something"
    return Ended(record.run, record.owner, record.state, outcome)


async def _answered(nova: Nova, record: RunRecord, said: list[str], *, decides: bool) -> Ended:
    """Give the reply to a waiting run; without one, only say what it waits for."""
    asked = question_of(await nova.journal.entries(record.run, nova.scope))
    assert asked is not None, "a run waits for a question only"
    question = Question.model_validate_json(asked.task)
    if not said:
        return Ended(record.run, record.owner, "waiting", question)
    if decides and not question.approval:
        what = f"the run {record.run} asks a question, and yes or no is no answer to it"
        raise UsageError(what, why=question.text, fix=f"nova runs resume {record.run} --reply TEXT")
    return await nova.orchestrator.reply(record, nova.message(said[0], record.session))


async def _all(common: Common) -> int:
    """Go on with every open run at once; the exit code is the worst."""
    async with opened(common.settings) as nova:
        runs = await nova.journal.runs(nova.scope, state="open", limit=MOST)
        ended = await asyncio.gather(*(nova.resume(one) for one in runs))
    for one in ended:
        mark = "ok" if code_of(one.outcome) == 0 else "loud"
        common.terminal.line(mark, word_of(one.outcome), f"{one.run} by {one.owner}")
    if not ended:
        common.terminal.line("note", "resume", "no run stopped half-way")
    rows = [{"run": one.run, "state": one.state, "outcome": word_of(one.outcome)} for one in ended]
    common.terminal.result("resumed", {"runs": rows})
    return max([code_of(one.outcome) for one in ended], default=0)
