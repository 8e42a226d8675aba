"""The orchestrator on the real journal: a crowd of runs, and a process that stops and is taken up again."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from nova.adapters.journal import SqliteJournal
from nova.adapters.scripted_model import NoModel
from nova.agent import Agent, Context, Registry
from nova.contracts import Answer, Question
from nova.desk import Workshop
from nova.orchestrator import Ended, House, Orchestrator
from nova.recovery import heard
from tests.nova.crew import (
    TRANSFER,
    Deep,
    Lead,
    Other,
    Work,
    deep,
    hands,
    lead,
    look,
    other,
    says,
    stamping,
    told,
    worker,
)
from tests.nova.shop import ACME, POLICY, go, message


async def stamps(task: Work, ctx: Context) -> Answer:
    return Answer(text=await ctx.use("stamp", {"what": task.text}))


def orchestrator(journal: SqliteJournal, agents: list[Agent], effects: list[str]) -> Orchestrator:
    tools = {"stamp": stamping(effects), "look": look}
    names = iter(f"r{number}" for number in range(1000))
    house = House(journal=journal, now=lambda: 1000.0, new_run=lambda: next(names))
    return Orchestrator(Workshop(Registry(agents, tools), tools, NoModel(), POLICY), house)


def crew(boss: Any, work: Any = stamps) -> list[Agent]:
    return [lead(boss), worker(work), other(says("helped")), deep(says("dug"))]


def test_a_crowd_of_runs_ends_right_and_is_on_record(tmp_path: Path) -> None:
    effects: list[str] = []

    async def crowd() -> tuple[list[Ended], list[list[str]]]:
        async with SqliteJournal(tmp_path / "journal.sqlite") as journal:
            runs = orchestrator(journal, crew(hands(Work(), Other(), Deep())), effects)
            say = [runs.receive(message("go", session=f"s{number}"), Lead()) for number in range(32)]
            ended = await asyncio.gather(*say)
            kept = [await journal.entries(one.run, ACME) for one in ended]
            assert [one.state for one in await journal.runs(ACME, limit=100)] == ["done"] * 32
            return list(ended), [[entry.agent for entry in entries if entry.outcome] for entries in kept]

    ended, agents = go(crowd())
    assert {one.outcome for one in ended} == {Answer(text="work: stamped work | helper: helped | digger: dug")}
    assert agents == [["boss", "work", "helper", "digger"]] * 32
    assert len(effects) == 32


def test_a_run_goes_on_in_another_process_with_its_owner_and_its_effects(tmp_path: Path) -> None:
    effects: list[str] = []

    async def work(task: Work, ctx: Context) -> Answer | Question:
        stamped = await ctx.use("stamp", {"what": task.text})
        return Answer(text=f"{stamped}, {told(ctx)}") if ctx.results else Question(text="go on?")

    def fresh(step: Any) -> Ended:
        async def alone() -> Ended:
            async with SqliteJournal(tmp_path / "journal.sqlite") as journal:
                agents = crew(hands(Work(), relation=TRANSFER), work)
                found: Coroutine[Any, Any, Ended] = step(orchestrator(journal, agents, effects), journal)
                return await found

        return go(alone())

    asked = fresh(lambda runs, _: runs.receive(message("go"), Lead()))
    assert (asked.state, asked.owner) == ("waiting", "work")

    async def taken_up(runs: Orchestrator, journal: SqliteJournal) -> Ended:
        record = await journal.find("r0", ACME)
        assert record is not None
        return await runs.resume(record)

    assert fresh(taken_up) == asked
    ended = fresh(lambda runs, _: runs.receive(message("sure"), None))
    assert (ended.owner, ended.outcome) == ("work", Answer(text="stamped work, user: sure"))
    assert [effect.split("=")[1] for effect in effects] == ["work", "work"]


def test_what_is_on_record_is_what_was_answered(tmp_path: Path) -> None:
    async def told_() -> None:
        async with SqliteJournal(tmp_path / "journal.sqlite") as journal:
            ended = await orchestrator(journal, crew(hands(Work())), []).receive(message("go"), Lead())
            root = (await journal.entries(ended.run, ACME))[0]
            assert root.outcome is not None
            assert heard(root.outcome) == ended.outcome

    go(told_())
