"""Nothing crosses from one tenant to another: packets, journal reads, errors and logs, under random operations."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nova.agent import Context, Needs
from nova.contracts import Answer, Claim, Contract, Question, Scope
from nova.errors import JournalError, NovaError
from tests.nova.crew import Deep, Lead, Other, Work, deep, lead, look, other, sending, stamping, told, worker
from tests.nova.shop import Bench, go

SCOPES = (
    Scope(tenant="north", client="c", branch="b1"),
    Scope(tenant="north", client="c", branch="b2"),
    Scope(tenant="south", client="c", branch="b1"),
)
CANARIES = ("CANARYNORTHONE", "CANARYNORTHTWO", "CANARYSOUTH")
ALL = Needs(context=("message", "results", "done", "history"), tools=("stamp", "look"))
PLANS = ("answer", "delegate", "fan out", "ask", "raise", "rubbish", "stamp", "claim", "loop")

plan = st.sampled_from(PLANS)
operation = st.tuples(st.sampled_from(range(3)), st.sampled_from(["say", "crash", "resume", "peek"]), plan, plan)


def crew(seen: list[tuple[str, str]]) -> Bench:
    """Return agents that do what their task's text plans, note every packet they see, and carry the canary about."""

    async def body(task: Any, ctx: Context) -> Any:
        canary, *plans = task.text.split()
        seen.append((canary, ctx.packet.model_dump_json() + repr(ctx.results) + ctx.problem))
        if ctx.results:
            return Answer(text=f"{canary} {told(ctx)}")
        acting, rest = (plans[0], plans[1:]) if plans else ("answer", [])
        if acting == "stamp":
            return Answer(text=await ctx.use("stamp", {"what": canary}))
        if acting == "raise":
            raise ValueError(canary)
        return ACTS[acting](canary, _next(task)(text=" ".join([canary, *rest])))

    agents = [lead(body, ALL), worker(body, ALL), other(body, ALL), deep(body, ALL)]
    return Bench(agents, tools=[stamping([]), look])


ACTS: dict[str, Callable[[str, Any], object]] = {
    "answer": lambda canary, _: Answer(text=canary),
    "delegate": lambda _, following: sending(following),
    "fan out": lambda canary, following: (sending(following), sending(Deep(text=canary))),
    "loop": lambda canary, _: (sending(Deep(text=canary)), sending(Deep(text=canary))),
    "ask": lambda canary, _: Question(text=f"{canary}?"),
    "rubbish": lambda canary, _: canary,
    "claim": lambda canary, _: Answer(text=canary, claims=(Claim(says=canary, evidence=canary),)),
}


def _next(task: Any) -> Any:
    following: dict[type[Contract], type[Contract]] = {Lead: Work, Work: Other, Other: Deep, Deep: Deep}
    return following[type(task)]


def _perform(bench: Bench, place: int, what: str, plans: tuple[str, str]) -> str:
    """Do one operation as one scope and return everything that scope gets to see from it."""
    scope, journal = SCOPES[place], bench.journal
    mine = [run for run, record in journal.records.items() if record.scope == scope]
    theirs = [run for run in journal.records if run not in mine]
    told_: list[str] = []
    try:
        if what == "resume" and mine:
            told_.append(repr(bench.resume(mine[-1])))
        elif what == "peek":
            told_ += [repr(_reads(bench, run, scope)) for run in theirs]
        else:
            journal.dies_after = journal.writes + 3 if what == "crash" else None
            task = Lead(text=" ".join([CANARIES[place], *plans]))
            told_.append(repr(bench.ask(task, f"{CANARIES[place]} says", scope=scope)))
    except (NovaError, JournalError) as error:
        told_.append(f"{error!r} {error}")
    finally:
        journal.dies_after = None
    return "".join(told_)


def _reads(bench: Bench, run: str, scope: Scope) -> list[object]:
    async def read() -> list[object]:
        journal = bench.journal
        found: list[object] = [
            await journal.entries(run, scope),
            await journal.uses(run, scope),
            await journal.find(run, scope),
        ]
        try:
            found.append(await bench.orchestrator.resume(journal.records[run].model_copy(update={"scope": scope})))
        except NovaError as error:
            found.append(f"{error!r}")
        return found

    return go(read())


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(operations=st.lists(operation, min_size=4, max_size=14))
def test_no_canary_crosses(operations: list[tuple[int, str, str, str]], caplog: pytest.LogCaptureFixture) -> None:
    caplog.clear()
    caplog.set_level(logging.DEBUG, logger="nova")
    seen: list[tuple[str, str]] = []
    bench = crew(seen)
    for place, what, first, second in operations:
        told_ = _perform(bench, place, what, (first, second))
        assert [canary for canary in CANARIES if canary in told_ and canary != CANARIES[place]] == []
    for canary, packet in seen:
        assert [one for one in CANARIES if one in packet and one != canary] == []
    for run, record in bench.journal.records.items():
        kept = repr(bench.entries(run)) + repr(bench.uses(run)) + repr(record)
        assert [one for one in CANARIES if one in kept and one != CANARIES[SCOPES.index(record.scope)]] == []
    assert [one for one in CANARIES if one in caplog.text] == []


def test_the_property_can_fail_for_a_packet_that_leaks() -> None:
    seen: list[tuple[str, str]] = []
    bench = crew(seen)
    bench.ask(Lead(text=f"{CANARIES[0]} delegate"), f"{CANARIES[2]} says", scope=SCOPES[0])
    assert any(CANARIES[2] in packet for _, packet in seen)
