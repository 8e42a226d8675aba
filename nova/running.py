"""A run as it is carried: a mirror of its journal, its purse, and the writes not yet on disk."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from nova.contracts import Answer, Closing, Contract, Cost, Entry, Fact, Packet, RunRecord, Standing, ToolUse
from nova.errors import JournalError
from nova.ports import Journal
from nova.purse import Purse
from nova.recovery import Settled, digest, heard, spent_by, spoken, top_of

MODEL = "(model)"  # what a model is asked is recorded under this name; no tool can be called that


@dataclass(slots=True)
class Run:
    """One message's journey while somebody carries it.

    What happens is on disk before anything can come of it: before a tool is used or a model asked, before the run's
    end or question is told, and whenever a body waits for something, it is sent ahead. A body that only computes
    shares the write of what follows; a crash before that write makes it compute again.
    """

    record: RunRecord
    journal: Journal
    now: Callable[[], float]
    purse: Purse
    top: int = 0  # the entry of the owner
    entries: dict[int, Entry] = field(default_factory=dict)
    outcomes: dict[int, Settled | None] = field(default_factory=dict)  # of closed entries; None: transferred
    tasks: dict[int, Contract] = field(default_factory=dict)  # as read from what is on record, not yet begun
    packets: dict[int, Packet] = field(default_factory=dict)  # the same
    uses: dict[str, ToolUse] = field(default_factory=dict)
    first: dict[bytes, int] = field(default_factory=dict)  # digest of a handoff -> the entry that had it first
    evidence: set[str] = field(default_factory=set)  # entries and tool keys that succeeded
    recorded: dict[int, list[Entry]] = field(default_factory=dict)  # children of before, not replayed yet
    unwritten: list[Fact] = field(default_factory=list)
    ahead: "asyncio.Task[None] | None" = None  # writes what nobody waits for yet
    broken: JournalError | None = None  # what a write failed with: nothing is written after it
    free: int = 0  # the next index
    cancelled: str = ""  # why somebody ended this run

    def allot(self) -> int:
        """Return the next free index and take it."""
        self.free += 1
        return self.free - 1

    def give(self, index: int, task: Contract, packet: Packet | None) -> None:
        """Keep what was validated for the receiver of an entry, so that it need not be read once more."""
        self.tasks[index] = task
        if packet is not None:
            self.packets[index] = packet

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

    def begin(self, root: Entry) -> None:
        """Begin the run with its root entry."""
        self.add(root)
        self.unwritten += (self.record, root)

    def open(self, entries: Sequence[Entry]) -> None:
        """Open entries whose agents run next."""
        self.unwritten += entries

    def close(self, entry: Entry, outcome: Contract, cost: Cost, text: str = "") -> None:
        """End an entry. `text` is the outcome as JSON, where that is known."""
        self.unwritten.append(Closing(entry.run, entry.index, spoken(outcome, text), cost, self.now()))
        self.outcomes[entry.index] = outcome if isinstance(outcome, Settled) else None
        if isinstance(outcome, Answer):
            self.evidence.add(str(entry.index))

    def pending(self) -> list[Entry]:
        """Return the open entries."""
        return [entry for entry in self.entries.values() if entry.index not in self.outcomes]

    def move(self, owner: str, entry: Entry) -> None:
        """Give the run to a new owner, who begins with `entry`."""
        self.top = entry.index
        self.record = self.record.model_copy(update={"owner": owner})
        self.unwritten += (entry, self._standing("open"))

    async def stand(self, state: str) -> None:
        """Record how the run stands; it is on disk when this returns, with all that went before."""
        await self._ready()
        await self._write(self._standing(state))

    async def tool(self, use: ToolUse) -> ToolUse | None:
        """Record a use before its effect; return the record of before, if there is one."""
        if (earlier := self.uses.get(use.key)) is not None:
            return earlier
        self.uses[use.key] = use
        await self._ready()
        return await self._write(use)

    def used(self, use: ToolUse) -> None:
        """Take up what came of a use."""
        self.uses[use.key] = use
        if not use.failed and use.tool != MODEL:
            self.evidence.add(use.key)
        self.unwritten.append(use)

    def send(self) -> None:
        """Send ahead what is not on disk yet, without waiting for it."""
        if self.unwritten and (self.ahead is None or self.ahead.done()):
            self.ahead = asyncio.create_task(self._sent())

    async def _sent(self) -> None:
        with suppress(JournalError):  # kept in `broken`; whoever waits next is told
            while self.unwritten:
                await self._write()

    async def _ready(self) -> None:
        """Wait for what was sent ahead."""
        while self.ahead is not None and not self.ahead.done():
            await asyncio.shield(self.ahead)

    async def _write(self, *last: Fact) -> ToolUse | None:
        """Write what waits, and `last` after it: it is in no other write, so that its failure is told to its caller."""
        if self.broken is not None:
            raise JournalError(self.broken.what, where=self.broken.where, why=self.broken.why, fix=self.broken.fix)
        facts, self.unwritten = (*self.unwritten, *last), []
        try:
            return await self.journal.record(facts)
        except JournalError as error:
            self.broken = error
            raise

    def _standing(self, state: str) -> Standing:
        return Standing(self.record.run, self.record.owner, state, self.now())


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
