"""What Nova makes of malformed handoffs: a clerk's model writes them as letters, a desk owns the run."""

import itertools
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from benchmarks.handoffs.cases import RIGHT, Record, tried
from benchmarks.handoffs.nova_side import POLICY, SCOPE, Reply
from nova.adapters.journal import SqliteJournal
from nova.agent import Agent, Context, Example, Registry, agent
from nova.contracts import Answer, Contract, Cost, Failure, Handoff, Letter, Message, Refusal, Relation
from nova.desk import Workshop
from nova.orchestrator import House, Orchestrator
from nova.packet import context_policy


class Ask(Contract):
    """Have an order stored."""

    order: str


class Order(Contract):
    """An order, for the clerk."""

    part: str
    boxes: int


class Store(Contract):
    """An order, for the storage."""

    part: str
    boxes: int


def desk_of(record: Record) -> Agent:
    """Return the owner; what it is told when nothing comes of its handoff is noted."""

    @agent(
        does="answers customers",
        does_not={"stores orders": "clerk"},
        offline="full",
        examples=[Example("store it", Ask(order="x"))],
    )
    async def desk(task: Ask, ctx: Context) -> Answer | Handoff[Order]:
        """Hand to the clerk; on a failure, answer honestly."""
        if not ctx.results:
            given = Order.model_validate_json(task.order)
            return Handoff[Order](task=given, relation=Relation.DELEGATE, reason="an order came in")
        outcome = ctx.results[-1].outcome
        if isinstance(outcome, Answer):
            return Answer(text=outcome.text)
        record.owner = f"{type(outcome).__name__}: {getattr(outcome, 'reason', outcome)}"
        return Answer(text=f"not done: {record.owner}")

    return desk


@agent(
    does="passes orders on",
    does_not={"answers customers": "desk"},
    offline="none",
    examples=[Example("pass it on", Order(part="x", boxes=1))],
)
async def clerk(task: Order, ctx: Context) -> Answer | Refusal | Letter | tuple[Letter, ...]:
    """Hand on what the model writes, which hears what was wrong with the last."""
    del task
    if ctx.results and not ctx.problem:
        return _passed_on(ctx)
    written = await ctx.ask("clerk", ctx.problem)
    receiver, _, arguments = written.partition("\n")
    if not written.strip():
        return ()
    return Letter(receiver=receiver, task=arguments, relation=Relation.DELEGATE, reason="it is to be stored")


def storage_of(record: Record) -> Agent:
    """Return the receiver; what it gets is noted."""

    @agent(
        does="stores orders",
        does_not={"answers customers": "desk"},
        offline="none",
        examples=[Example("store it", Store(part="x", boxes=1))],
    )
    async def storage(task: Store, ctx: Context) -> Answer | Refusal | Letter:
        """Store it; in a loop, hand it back."""
        if ctx.results:
            return _passed_on(ctx)
        if record.case == "loop":
            await ctx.ask("storage", "")
            return Letter(receiver="clerk", task=RIGHT, relation=Relation.DELEGATE, reason="back to you")
        return Answer(text=record.receive(task.part, task.boxes))

    return storage


def _passed_on(ctx: Context) -> Answer | Refusal:
    outcome = ctx.results[-1].outcome
    if isinstance(outcome, Answer):
        return Answer(text=outcome.text)
    if isinstance(outcome, Failure):
        return Refusal(reason=f"{outcome.kind}: {outcome.reason}")
    return outcome if isinstance(outcome, Refusal) else Refusal(reason=f"given back: {outcome.text}")


class Clerk:
    """The clerk's model, and the storage's in a loop, behind Nova's own port."""

    def __init__(self, record: Record) -> None:
        self._record = record

    async def ask(self, system: str, prompt: str, *, schema: Mapping[str, object] | None = None) -> Reply:
        """Write the handoff."""
        del schema
        if system == "storage":
            self._record.call()
            return Reply("", Cost())
        return Reply("\n".join(self._record.write(prompt)), Cost())


async def carry(record: Record) -> str:
    """Carry one case and return the answer the user gets."""
    agents = Registry((desk_of(record), clerk, storage_of(record)))
    shop = Workshop(agents, {}, Clerk(record), context_policy(POLICY.read_text(encoding="utf-8")))
    numbers = itertools.count()
    said = Message(session="s", project="", text="have this put away", principal="somebody", scope=SCOPE)
    with tempfile.TemporaryDirectory() as directory:
        async with SqliteJournal(Path(directory) / "journal.sqlite") as journal:
            house = House(journal, time.time, lambda: f"run-{next(numbers)}")
            ended = await Orchestrator(shop, house).start(said, Ask(order=RIGHT))
    assert isinstance(ended.outcome, Answer), ended
    return ended.outcome.text


if __name__ == "__main__":
    tried(carry)
