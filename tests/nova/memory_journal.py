"""A journal in memory that can die: it keeps what was written, and refuses to go on after so many writes."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from nova.contracts import Closing, Entry, Fact, RunRecord, Scope, Standing, ToolUse
from nova.errors import JournalError


@dataclass
class MemoryJournal:
    """Journal over dicts, with the promises of the port; `dies_after` writes, every further one raises."""

    records: dict[str, RunRecord] = field(default_factory=dict)
    rows: dict[str, dict[int, Entry]] = field(default_factory=dict)
    kept: dict[str, dict[str, ToolUse]] = field(default_factory=dict)
    owners: list[tuple[str, str, str]] = field(default_factory=list)  # run, owner, state, as they were settled
    claimed: set[str] = field(default_factory=set)
    dies_after: int | None = None
    writes: int = 0

    def _write(self) -> None:
        if self.dies_after is not None and self.writes >= self.dies_after:
            raise JournalError("the journal died")
        self.writes += 1

    async def claim(self, run: str) -> None:
        if run in self.claimed:
            raise JournalError(f"the run {run} is being carried already")
        self.claimed.add(run)

    def release(self, run: str) -> None:
        self.claimed.discard(run)

    async def record(self, facts: Sequence[Fact]) -> ToolUse | None:
        self._write()
        earlier = None
        for fact in facts:
            match fact:
                case RunRecord():
                    assert fact.run not in self.records
                    self.records[fact.run], self.rows[fact.run], self.kept[fact.run] = fact, {}, {}
                case Entry():
                    assert fact.index not in self.rows[fact.run], "an entry is opened once"
                    assert fact.outcome is None
                    self.rows[fact.run][fact.index] = fact
                case Closing():
                    entry = self.rows[fact.run][fact.index]
                    assert entry.outcome is None, "a closed entry never changes"
                    update = {"outcome": fact.outcome, "cost": fact.cost, "closed": fact.closed}
                    self.rows[fact.run][fact.index] = entry.model_copy(update=update)
                case ToolUse():
                    earlier = self._used(fact)
                case Standing():
                    self._stand(fact)
        return earlier

    def _used(self, use: ToolUse) -> ToolUse | None:
        kept = self.kept[use.key.split(":")[0]]
        earlier = kept.get(use.key)
        assert use.result is None or (earlier is not None and earlier.result is None), "a result comes once, after"
        if use.result is None and earlier is not None:
            return earlier
        kept[use.key] = use
        return None

    def _stand(self, stands: Standing) -> None:
        closed = stands.at if stands.state in ("done", "failed") else None
        update = {"owner": stands.owner, "state": stands.state, "closed": closed}
        self.records[stands.run] = self.records[stands.run].model_copy(update=update)
        self.owners.append((stands.run, stands.owner, stands.state))

    async def feedback(self, run: str, scope: Scope, *, good: bool, because: str, at: float) -> None:
        raise NotImplementedError

    async def entries(self, run: str, scope: Scope) -> tuple[Entry, ...]:
        rows = self.rows.get(run, {})
        return tuple(rows[index] for index in sorted(rows) if rows[index].scope == scope)

    async def uses(self, run: str, scope: Scope) -> tuple[ToolUse, ...]:
        record = self.records.get(run)
        return tuple(self.kept[run].values()) if record is not None and record.scope == scope else ()

    async def find(self, run: str, scope: Scope) -> RunRecord | None:
        record = self.records.get(run)
        return record if record is not None and record.scope == scope else None

    async def runs(self, scope: Scope, *, session: str = "", state: str = "", limit: int = 50) -> tuple[RunRecord, ...]:
        found = [
            record
            for record in reversed(self.records.values())
            if record.scope == scope and session in ("", record.session) and state in ("", record.state)
        ]
        return tuple(found[:limit])

    async def unfinished(self) -> tuple[RunRecord, ...]:
        return tuple(record for record in self.records.values() if record.state == "open")
