"""A journal in memory that can die: it keeps what was written, and refuses to go on after so many writes."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from nova.contracts import Entry, RunRecord, Scope, ToolUse
from nova.errors import JournalError


@dataclass
class MemoryJournal:
    """Journal over dicts, with the promises of the port; `dies_after` writes, every further one raises."""

    records: dict[str, RunRecord] = field(default_factory=dict)
    rows: dict[str, dict[int, Entry]] = field(default_factory=dict)
    kept: dict[str, dict[str, ToolUse]] = field(default_factory=dict)
    owners: list[tuple[str, str, str]] = field(default_factory=list)  # run, owner, state, as they were settled
    dies_after: int | None = None
    writes: int = 0

    def _write(self) -> None:
        if self.dies_after is not None and self.writes >= self.dies_after:
            raise JournalError("the journal died")
        self.writes += 1

    async def begin(self, run: RunRecord, root: Entry) -> None:
        self._write()
        assert run.run not in self.records
        self.records[run.run] = run
        self.rows[run.run] = {root.index: root}
        self.kept[run.run] = {}

    async def open(self, entries: Sequence[Entry], *, closes: Sequence[Entry] = ()) -> None:
        self._write()
        self._close(closes)
        self._open(entries)

    def _open(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            assert entry.index not in self.rows[entry.run], "an entry is opened once"
            assert entry.outcome is None
            self.rows[entry.run][entry.index] = entry

    def _close(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            assert self.rows[entry.run][entry.index].outcome is None, "a closed entry never changes"
            assert entry.outcome is not None
            self.rows[entry.run][entry.index] = entry

    async def close(self, entry: Entry, *, opens: Sequence[Entry] = ()) -> None:
        await self.open(opens, closes=(entry,))

    async def settle(self, run: str, *, owner: str, state: str, at: float, also: Sequence[Entry] = ()) -> None:
        self._write()
        self._close([entry for entry in also if entry.outcome is not None])
        self._open([entry for entry in also if entry.outcome is None])
        update = {"owner": owner, "state": state, "closed": at if state in ("done", "failed") else None}
        self.records[run] = self.records[run].model_copy(update=update)
        self.owners.append((run, owner, state))

    async def tool(self, use: ToolUse, *, closes: Sequence[Entry] = ()) -> ToolUse | None:
        run = use.key.split(":")[0]
        if (earlier := self.kept[run].get(use.key)) is not None and not closes:
            return earlier
        self._write()
        self._close(closes)
        if earlier is not None:
            return earlier
        self.kept[run][use.key] = use
        return None

    async def used(self, use: ToolUse) -> None:
        self._write()
        self.kept[use.key.split(":")[0]][use.key] = use

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
