"""A workshop for tests: agents under test, a journal in memory, time that stands still, runs named by number."""

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from nova.adapters.scripted_model import NoModel
from nova.agent import Agent, Registry
from nova.contracts import Budget, Contract, Entry, Message, Scope, ToolUse
from nova.desk import Limits, Workshop
from nova.orchestrator import BUDGET, Ended, House, Orchestrator
from nova.packet import ContextPolicy, context_policy
from nova.ports import Model
from nova.tool import Tool
from nova.triggers import Trigger
from tests.nova.memory_journal import MemoryJournal

T = TypeVar("T")
POLICY_FILE = Path(__file__).resolve().parents[2] / "policies" / "context.yaml"
POLICY = context_policy(POLICY_FILE.read_text(encoding="utf-8"))
ACME = Scope(tenant="acme", client="c1", branch="b1")


def message(text: str, *, session: str = "s1", scope: Scope = ACME) -> Message:
    return Message(session=session, project="p", text=text, principal="ann", scope=scope)


def go(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end; nothing here may take long."""

    async def bounded() -> T:
        async with asyncio.timeout(20):
            return await work

    return asyncio.run(bounded())


@dataclass
class Bench:
    """An orchestrator and what it works with; a new one on the same journal is the process after a crash."""

    agents: Sequence[Agent]
    tools: Sequence[Tool] = ()
    model: Model = field(default_factory=NoModel)
    journal: MemoryJournal = field(default_factory=MemoryJournal)
    limits: Limits = field(default_factory=Limits)
    triggers: Sequence[Trigger] = ()
    policy: ContextPolicy = POLICY
    budget: Budget = BUDGET
    clock: float = 1000.0

    def __post_init__(self) -> None:
        registry = Registry(self.agents, [tool.name for tool in self.tools])
        shop = Workshop(registry, {tool.name: tool for tool in self.tools}, self.model, self.policy, self.limits)
        house = House(
            journal=self.journal,
            now=lambda: self.clock,
            new_run=lambda: f"r{len(self.journal.records)}",
            triggers=self.triggers,
            budget=self.budget,
        )
        self.orchestrator = Orchestrator(shop, house)

    def ask(self, task: Contract, text: str = "go", *, session: str = "s1", scope: Scope = ACME) -> Ended:
        return go(self.orchestrator.receive(message(text, session=session, scope=scope), task))

    def reply(self, text: str, *, session: str = "s1", scope: Scope = ACME) -> Ended:
        return go(self.orchestrator.receive(message(text, session=session, scope=scope), None))

    def resume(self, run: str = "r0") -> Ended:
        """Resume `run` as a new process would: from the journal alone."""
        again = Bench(
            self.agents,
            tools=self.tools,
            model=self.model,
            journal=self.journal,
            limits=self.limits,
            triggers=self.triggers,
            policy=self.policy,
        )
        return go(again.orchestrator.resume(self.journal.records[run]))

    def entries(self, run: str = "r0") -> list[Entry]:
        rows = self.journal.rows[run]
        return [rows[index] for index in sorted(rows)]

    def tree(self, run: str = "r0") -> list[str]:
        """Say who did what: "index parent>agent outcome", in the order of indexes."""
        return [f"{entry.index} {entry.sender}>{entry.agent} {ending(entry)}" for entry in self.entries(run)]

    def uses(self, run: str = "r0") -> list[ToolUse]:
        return list(self.journal.kept[run].values())


def ending(entry: Entry) -> str:
    """Return the kind of an entry's outcome, with the kind of a failure."""
    if entry.outcome is None:
        return "open"
    kind = entry.outcome.split('"')[3]
    return kind if kind != "Failure" else "Failure:" + entry.outcome.split('"')[9]


def names(entries: Iterable[Entry]) -> list[str]:
    return [entry.agent for entry in entries]
