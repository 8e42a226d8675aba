"""A run is carried once at a time, whoever asks: in one process, in two, or too late."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from nova.adapters.journal import SqliteJournal
from nova.agent import Context
from nova.contracts import Answer, Question, RunRecord
from nova.errors import JournalError
from nova.orchestrator import Orchestrator
from nova.recovery import Settled
from tests.nova.crew import Lead, Work, hands
from tests.nova.shop import ACME, go, message
from tests.nova.test_on_disk import crew, orchestrator

ROOT = Path(__file__).resolve().parents[2]
CARRIES = """
import asyncio, sys
from pathlib import Path
from nova.adapters.journal import SqliteJournal
from tests.nova.crew import Lead, hands, Work
from tests.nova.shop import message
from tests.nova.test_on_disk import crew, orchestrator

async def work(task, ctx):
    stamped = await ctx.use("stamp", {"what": "first"})
    print(stamped, flush=True)
    await asyncio.Event().wait()

async def main():
    async with SqliteJournal(Path(sys.argv[1])) as journal:
        await orchestrator(journal, crew(hands(Work()), work), []).start(message("go"), Lead())

asyncio.run(main())
"""


async def _start(runs: Orchestrator) -> Settled | Question:
    return (await runs.start(message("go"), Lead())).outcome


async def _only(journal: SqliteJournal) -> RunRecord:
    (record,) = await journal.unfinished()
    return record


def test_a_run_that_another_process_carries_is_not_even_begun_here_until_that_process_dies(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    called: list[str] = []
    effects: list[str] = []

    async def work(task: Work, ctx: Context) -> Answer:
        called.append(task.text)
        return Answer(text=await ctx.use("stamp", {"what": "first"}))

    async def resumes(other: "subprocess.Popen[str]") -> None:
        async with SqliteJournal(path) as journal:
            runs = orchestrator(journal, crew(hands(Work()), work), effects)
            record = await _only(journal)
            with pytest.raises(JournalError, match=f"another nova writes this journal(.|\n)*process {other.pid}"):
                await runs.resume(record)
            assert called == []
            while not any(use.result for use in await journal.uses(record.run, ACME)):
                await asyncio.sleep(0)  # the other one is told at once, and has it on disk when it waits
            other.kill()
            other.wait()
            ended = await runs.resume(record)
            assert ended.outcome == Answer(text="work: stamped first")
            assert called == ["work"]

    command = [sys.executable, "-c", CARRIES, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "stamped first\n"
        go(resumes(other))
    assert effects == [], "its effect was had in the process that died"


def test_two_orchestrators_on_one_journal_do_not_carry_one_run(tmp_path: Path) -> None:
    async def both() -> None:
        async with SqliteJournal(tmp_path / "journal") as journal:
            waits = asyncio.Event()

            async def work(task: Work, ctx: Context) -> Answer:
                await waits.wait()
                return Answer(text="worked")

            one = orchestrator(journal, crew(hands(Work()), work), [])
            other = orchestrator(journal, crew(hands(Work()), work), [])
            carried = asyncio.create_task(_start(one))
            while not (open_runs := await journal.unfinished()):
                await asyncio.sleep(0)
            with pytest.raises(JournalError, match="is being carried already"):
                await other.resume(open_runs[0])
            waits.set()
            assert (await carried) == Answer(text="work: worked")

    go(both())


def test_a_run_that_ended_since_it_was_looked_up_is_not_carried_again(tmp_path: Path) -> None:
    called: list[str] = []

    def work(task: Work, ctx: Context) -> Answer:
        called.append(task.text)
        return Answer(text="worked")

    async def late() -> None:
        async with SqliteJournal(tmp_path / "journal") as journal:
            runs = orchestrator(journal, crew(hands(Work()), work), [])
            await _start(runs)
            ended = await journal.find("r0", ACME)
            assert ended is not None
            stale = ended.model_copy(update={"state": "open", "closed": None})
            assert (await runs.resume(stale)).outcome == Answer(text="work: worked")
            assert await journal.find("r0", ACME) == ended

    go(late())
    assert called == ["work"]
