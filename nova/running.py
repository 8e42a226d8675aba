"""A run as it is carried: a mirror of its journal, its purse, and the writes not yet on disk."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from nova.contracts import Answer, Contract, Cost, Entry, RunRecord, ToolUse
from nova.errors import JournalError
from nova.ports import Journal
from nova.purse import Purse
from nova.recovery import Settled, digest, heard, spent_by, spoken, top_of

MODEL = "(model)"  # what a model is asked is recorded under this name; no tool can be called that


@dataclass(slots=True)
class Run:
    """One message's journey while somebody carries it.

    A closing is written with the next write that has to be on disk (or at the end), in the same group commit:
    until then a crash only makes its agent run again, as any open entry's does.
    """

    record: RunRecord
    journal: Journal
    now: Callable[[], float]
    purse: Purse
    top: int = 0  # the entry of the owner
    entries: dict[int, Entry] = field(default_factory=dict)
    outcomes: dict[int, Settled | None] = field(default_factory=dict)  # of closed entries; None: transferred
    uses: dict[str, ToolUse] = field(default_factory=dict)
    first: dict[bytes, int] = field(default_factory=dict)  # digest of a handoff -> the entry that had it first
    evidence: set[str] = field(default_factory=set)  # entries and tool keys that succeeded
    recorded: dict[int, list[Entry]] = field(default_factory=dict)  # children of before, not replayed yet
    unwritten: list[Entry] = field(default_factory=list)
    free: int = 0  # the next index
    cancelled: str = ""  # why somebody ended this run

    def allot(self) -> int:
        """Return the next free index and take it."""
        self.free += 1
        return self.free - 1

    def add(self, entry: Entry, mark: bytes = b"") -> None:
        """Take up a new entry; its index is fixed from now on. `mark` is its digest, where that is known."""
        self.entries[entry.index] = entry
        self.free = max(self.free, entry.index + 1)
        self.first.setdefault(mark or digest(entry.agent, entry.contract, entry.task), entry.index)

    def replayed(self, parent: int, agent: str, contract: str, task: str) -> Entry | None:
        """Return, once, the entry a handoff already led to before the run stopped."""
        waiting = self.recorded.get(parent, ())
        for place, entry in enumerate(waiting):
            if (entry.agent, entry.contract, entry.task) == (agent, contract, task):
                del self.recorded[parent][place]
                return entry
        return None

    def close(self, entry: Entry, outcome: Contract, cost: Cost) -> None:
        """End an entry; it is on disk with the next awaited write."""
        closed = entry.model_copy(update={"outcome": spoken(outcome), "cost": cost, "closed": self.now()})
        self.entries[entry.index] = closed
        self.outcomes[entry.index] = outcome if isinstance(outcome, Settled) else None
        if isinstance(outcome, Answer):
            self.evidence.add(str(entry.index))
        self.unwritten.append(closed)

    async def open(self, entries: Sequence[Entry]) -> None:
        """Record entries before their agents run, with every closing that waits."""
        await self.journal.open(entries, closes=self._taken())

    async def move(self, owner: str, entry: Entry) -> None:
        """Record that the run has a new owner, who begins with `entry`."""
        self.top = entry.index
        self.record = self.record.model_copy(update={"owner": owner})
        await self._settle("open", entry)

    async def stand(self, state: str) -> None:
        """Record how the run stands, with every closing that waits."""
        await self._settle(state)
        self.record = self.record.model_copy(update={"state": state})

    async def tool(self, use: ToolUse) -> ToolUse | None:
        """Record a use before its effect; return the record of before, if there is one."""
        if (earlier := self.uses.get(use.key)) is not None:
            return earlier
        self.uses[use.key] = use
        closes = self._taken()
        if not closes:
            return await self.journal.tool(use)
        # an agent's time may run out here, and a closing must not get lost by it
        return await asyncio.shield(asyncio.ensure_future(self.journal.tool(use, closes=closes)))

    async def used(self, use: ToolUse) -> None:
        """Record what came of a use."""
        self.uses[use.key] = use
        if not use.failed and use.tool != MODEL:
            self.evidence.add(use.key)
        await self.journal.used(use)

    def _taken(self) -> list[Entry]:
        waiting, self.unwritten = self.unwritten, []
        return waiting

    async def _settle(self, state: str, *opens: Entry) -> None:
        """Record how the run stands, in one transaction with what waits."""
        also = (*self._taken(), *opens)
        await self.journal.settle(self.record.run, owner=self.record.owner, state=state, at=self.now(), also=also)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the journal kept of a run."""

    record: RunRecord
    entries: Sequence[Entry]
    uses: Sequence[ToolUse]


def revived(kept: Kept, journal: Journal, now: Callable[[], float]) -> Run:
    """Return a run as its journal left it; raise JournalError without a root."""
    record, entries = kept.record, kept.entries
    if not entries or (budget := entries[0].budget) is None:
        raise JournalError(f"the run {record.run} has no root entry with a budget", fix="restore it from a backup")
    spent = spent_by(entries)
    purse = Purse(
        budget.tokens - spent.tokens,
        budget.micros - spent.micros,
        budget.seconds - spent.seconds,
        budget.hops - spent.hops,
    )
    top = top_of(entries)
    run = Run(record.model_copy(update={"owner": top.agent}), journal, now, purse, top.index)
    for entry in entries:
        run.add(entry)
        if entry.parent is not None:
            run.recorded.setdefault(entry.parent, []).append(entry)
        if entry.outcome is not None:
            run.outcomes[entry.index] = settled = heard(entry.outcome)
            if isinstance(settled, Answer):
                run.evidence.add(str(entry.index))
    run.uses = {use.key: use for use in kept.uses}
    run.evidence |= {use.key for use in kept.uses if use.result is not None and not use.failed and use.tool != MODEL}
    return run
