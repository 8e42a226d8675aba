"""Runs on the production orchestrator and a real journal, to be killed at any moment; orders as in journal_driver.

It prints `call KEY` before each effect and `done RUN ANSWER` when a run has been answered.
"""

import asyncio
import sqlite3
import time
from contextlib import closing
from itertools import count
from pathlib import Path

from nova.adapters.journal import SqliteJournal
from nova.adapters.scripted_model import NoModel
from nova.agent import Context, Example, Needs, Registry, agent
from nova.contracts import Answer, Contract, Handoff, Message, Refusal, Relation
from nova.desk import Workshop
from nova.orchestrator import Ended, House, Orchestrator
from nova.packet import context_policy
from nova.tool import Tool, tool
from tests.end_to_end.journal_driver import CONCURRENT, SCOPES, say, scope_of, serve

POLICY = Path(__file__).resolve().parents[2] / "policies" / "context.yaml"
COUNTED = Needs(context=("message", "results"), tools=("stamp",))
DOES_NOT = {"translates": None}


class Tell(Contract):
    """Add up what two counters find."""

    run: int


class Count(Contract):
    """Count twice, which has effects, or only double what another counts."""

    run: int
    place: int


class Double(Contract):
    """Double a number, which has no effect."""

    number: int


def answer_of(number: int) -> str:
    """Return the right answer of run `number`."""
    return str(sum(2 * value_of(number, place) for place in (1, 2)))


def value_of(number: int, place: int) -> int:
    """Return what a counter finds."""
    return number * 10 + place


@agent(
    does="doubles numbers",
    does_not=DOES_NOT,
    offline="full",
    examples=[Example("double 2", Double(number=2))],
)
async def double(task: Double, ctx: Context) -> Answer:
    """Compute, and wait for nothing."""
    return Answer(text=str(task.number * 2))


@agent(
    does="counts",
    does_not=DOES_NOT,
    offline="full",
    examples=[Example("count", Count(run=1, place=1))],
    needs=COUNTED,
)
async def counter(task: Count, ctx: Context) -> Answer | Refusal | Handoff[Double]:
    """Have two effects with something computed between them, then have the sum doubled."""
    if not ctx.results:
        await ctx.use("stamp", {"what": f"{task.place} first"})
        await asyncio.sleep(0)
        found = await ctx.use("stamp", {"what": f"{value_of(task.run, task.place)}"})
        return Handoff[Double](task=Double(number=int(found)), relation=Relation.DELEGATE, reason="it counts twice")
    outcome = ctx.results[-1].outcome
    return outcome if isinstance(outcome, Answer) else Refusal(reason=f"nothing came of it: {outcome!r}")


@agent(
    does="tells",
    does_not=DOES_NOT,
    offline="full",
    examples=[Example("tell", Tell(run=1))],
    needs=COUNTED,
)
async def teller(task: Tell, ctx: Context) -> Answer | tuple[Handoff[Count], ...]:
    """Have two counters count at once, and add up."""
    if not ctx.results:
        tasks = [Count(run=task.run, place=place) for place in (1, 2)]
        return tuple(Handoff[Count](task=one, relation=Relation.DELEGATE, reason="it is to count") for one in tasks)
    return Answer(text=str(sum(int(getattr(one.outcome, "text", "0")) for one in ctx.results)))


def stamping(effects: sqlite3.Connection) -> Tool:
    """Return a tool whose effect is a row, once for each key; the table itself would take it twice."""

    @tool(does="stamps", effects=True)
    async def stamp(key: str, what: str) -> str:
        say("call", key)
        await asyncio.sleep(0)
        effects.execute("BEGIN IMMEDIATE")
        if effects.execute("SELECT 1 FROM effects WHERE key = ?", (key,)).fetchone() is None:
            effects.execute("INSERT INTO effects VALUES (?)", (key,))
        effects.execute("COMMIT")
        return what

    return stamp


async def live(journal_path: Path, effects_path: Path, *, new: bool) -> None:
    """Carry what is unfinished and, for ever if `new`, runs that begin, many at a time."""
    async with SqliteJournal(journal_path) as journal:
        with closing(sqlite3.connect(effects_path, isolation_level=None)) as effects:
            effects.execute("PRAGMA journal_mode = WAL")
            effects.execute("PRAGMA synchronous = FULL")
            effects.execute("CREATE TABLE IF NOT EXISTS effects (key TEXT)")
            unfinished = iter(await journal.unfinished())
            known = [run.run for scope in SCOPES for run in await journal.runs(scope, limit=1)]
            names = count(1 + max((int(run[1:]) for run in known), default=0))
            stamp = stamping(effects)
            policy = context_policy(POLICY.read_text(encoding="utf-8"))
            shop = Workshop(Registry([teller, counter, double], ["stamp"]), {"stamp": stamp}, NoModel(), policy)
            numbers: list[int] = []
            carrier = Orchestrator(shop, House(journal, time.time, lambda: f"r{numbers.pop()}"))

            async def carry() -> None:
                for record in unfinished:
                    _tell(await carrier.resume(record))
                for number in names if new else ():
                    numbers.append(number)
                    _tell(await carrier.start(_message(number), Tell(run=number)))

            await asyncio.gather(*(carry() for _ in range(CONCURRENT)))


def _message(number: int) -> Message:
    return Message(session="s", project="p", text="tell", principal="ana", scope=scope_of(f"r{number}"))


def _tell(ended: Ended) -> None:
    say("done", ended.run, ended.outcome.text if isinstance(ended.outcome, Answer) else repr(ended.outcome))


if __name__ == "__main__":
    serve(live)
