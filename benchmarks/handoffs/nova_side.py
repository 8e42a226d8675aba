"""Nova's side: the production orchestrator and its SQLite journal, with claims, budgets, loops and packets switched on.

Asked: every turn goes through `ctx.ask`, on record before and after. Plain: agents decide in code.
"""

import itertools
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.handoffs.script import case, decide, price
from benchmarks.handoffs.stopwatch import stopwatch, synchronous
from nova.adapters.journal import SqliteJournal
from nova.adapters.journal_file import connect_writer
from nova.agent import Agent, Context, Example, Needs, Registry, agent
from nova.contracts import Answer, Claim, Contract, Cost, Handoff, Message, Refusal, Relation, Scope
from nova.desk import Workshop
from nova.orchestrator import House, Orchestrator
from nova.packet import context_policy
from nova.ports import Journal
from nova.tool import tool

POLICY = Path(__file__).resolve().parents[2] / "policies" / "context.yaml"
SCOPE = Scope(tenant="benchmark")
MESSAGE = Needs(context=("message", "results"))


class Settle(Contract):
    """Answer a customer's question."""

    key: str
    asks: bool


class Investigate(Contract):
    """Find out about a part."""

    key: str
    asks: bool


class Price(Contract):
    """Find the price of a part."""

    key: str
    asks: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model said."""

    text: str
    cost: Cost


class Scripted:
    """A model without latency, behind Nova's own port; the system text is a role, the prompt what it found."""

    async def ask(self, system: str, prompt: str, *, schema: Mapping[str, object] | None = None) -> Reply:
        """Return the next thing the role does."""
        del schema
        return Reply(decide(system, prompt), Cost(tokens=len(prompt) // 4))


@tool(does="looks up a price", effects=True)
async def lookup(key: str, part: str) -> str:
    """Look up a price; `key` makes it happen once."""
    del key
    return price(part)


async def _heard(task: Settle | Investigate | Price, ctx: Context, role: str, found: str) -> str:
    return await ctx.ask(role, found) if task.asks else decide(role, found)


@agent(
    does="finds prices",
    does_not={"negotiate a price": None},
    offline="full",
    examples=[Example("price of part-1", Price(key="part-1", asks=True))],
    needs=Needs(context=("message", "results"), tools=("lookup",)),
)
async def beta(task: Price, ctx: Context) -> Answer:
    """Use the tool and answer with its receipt."""
    assert ctx.packet.passed
    assert await _heard(task, ctx, "beta", "") == "lookup"
    found = await ctx.use("lookup", {"part": task.key})
    said = await _heard(task, ctx, "beta", found)
    return Answer(text=said, claims=(Claim(says="looked it up", evidence=ctx.receipts[-1]),))


@agent(
    does="investigates parts",
    does_not={"order a part": None},
    offline="full",
    examples=[Example("find out about part-1", Investigate(key="part-1", asks=True))],
    needs=MESSAGE,
)
async def alpha(task: Investigate, ctx: Context) -> Answer | Refusal | Handoff[Price]:
    """Hand to beta and pass on what it found."""
    if not ctx.results:
        assert await _heard(task, ctx, "alpha", "") == "beta"
        price_of = Price(key=task.key, asks=task.asks)
        return Handoff[Price](task=price_of, relation=Relation.DELEGATE, reason="the price is asked for")
    return _passed_on(ctx)


@agent(
    does="answers customers",
    does_not={"order a part": None},
    offline="full",
    examples=[Example("what does part-1 cost", Settle(key="part-1", asks=True))],
    needs=MESSAGE,
)
async def coordinator(task: Settle, ctx: Context) -> Answer | Refusal | Handoff[Investigate]:
    """Hand to alpha and answer."""
    if not ctx.results:
        assert await _heard(task, ctx, "coordinator", "") == "alpha"
        part = Investigate(key=task.key, asks=task.asks)
        return Handoff[Investigate](task=part, relation=Relation.DELEGATE, reason="a part is asked about")
    found = _passed_on(ctx)
    if isinstance(found, Refusal):
        return found
    return Answer(text=await _heard(task, ctx, "coordinator", found.text), claims=found.claims)


def _passed_on(ctx: Context) -> Answer | Refusal:
    result = ctx.results[-1]
    if not isinstance(result.outcome, Answer):
        return Refusal(reason=f"nothing came of it: {result.outcome!r}")
    return Answer(
        text=result.outcome.text, claims=(Claim(says=f"{result.agent} found it", evidence=str(result.index)),)
    )


AGENTS: tuple[Agent, ...] = (coordinator, alpha, beta)


def workshop() -> Workshop:
    """Return the three agents, their tool and the scripted model under the house's own context policy."""
    policy = context_policy(POLICY.read_text(encoding="utf-8"))
    return Workshop(Registry(AGENTS, ["lookup"]), {"lookup": lookup}, Scripted(), policy)


def orchestrator(journal: Journal) -> Orchestrator:
    """Return the production orchestrator over a journal."""
    numbers = itertools.count()
    began = time.time_ns()
    return Orchestrator(workshop(), House(journal, time.time, lambda: f"{began:x}-{next(numbers)}"))


async def carry(carrier: Orchestrator, number: int, *, asks: bool) -> str:
    """Carry run `number` to its end and return the answer."""
    work = case(number)
    said = Message(session=f"session-{number}", project="", text=work.text, principal="somebody", scope=SCOPE)
    ended = await carrier.start(said, Settle(key=work.key, asks=asks))
    assert isinstance(ended.outcome, Answer), ended
    assert not ended.outcome.unverified, ended
    return ended.outcome.text


class Nova:
    """One orchestrator with one journal."""

    def __init__(self, mode: str) -> None:
        self._asks = mode == "asked"

    async def open(self, directory: Path) -> None:
        """Make the journal; its first use creates the file."""
        self._journal = SqliteJournal(directory / "journal.sqlite")
        self._carrier = orchestrator(self._journal)

    async def run(self, number: int) -> str:
        """Carry a run."""
        return await carry(self._carrier, number, asks=self._asks)

    async def close(self) -> None:
        """Close the journal."""
        await self._journal.aclose()

    def durability(self) -> str:
        """Tell how it gets to disk."""
        with tempfile.TemporaryDirectory() as directory:
            connection = connect_writer(Path(directory) / "journal.sqlite")
            told = synchronous(connection)
            connection.close()
        return f"{told}: all that went before, before each tool or model call and before the answer"


if __name__ == "__main__":
    stopwatch(Nova)
