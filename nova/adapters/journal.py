"""The durable log of the seams, on SQLite: append-only, one writer, group commit, every read within one scope."""

import itertools
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from nova.adapters import journal_reader as ask
from nova.adapters import journal_rows as rows
from nova.adapters.journal_file import PATIENCE
from nova.adapters.journal_lane import Lane
from nova.adapters.journal_reader import Found, Query, Reader
from nova.adapters.journal_rows import (
    CLOSINGS,
    ENTRIES,
    FEEDBACK,
    RESULTS,
    RETIRING,
    RUNS,
    SETTLEMENTS,
    USES,
    Known,
    Opinion,
    Write,
)
from nova.adapters.journal_writer import Writer, Written
from nova.contracts import Entry, RunRecord, Scope, ToolUse
from nova.errors import JournalError

MOST_KNOWN = 10_000  # runs whose number and scope are kept in memory
R = TypeVar("R")


class SqliteJournal:
    """The journal in the file at `path`, as `nova.ports.Journal`.

    A write returns when it is on disk; cancelling whoever waits for it does not undo it. The first write takes
    the journal's lock, which is kept until `aclose`: one process writes, any number read. `patience` is how many
    seconds to wait for a foreign program that has the file locked. Raises JournalError.
    """

    def __init__(self, path: Path, *, patience: float = PATIENCE) -> None:
        self.path = path
        self._writer = Writer(path, patience)
        self._writes: Lane[Write, Written] = Lane("journal-writer", self._writer, self._writer.finish)
        reader = Reader(path, patience)
        self._reads: Lane[Query, Found] = Lane("journal-reader", reader, reader.finish)
        self._numbers: Iterator[int] | None = None
        self._known: dict[str, Known] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Finish what was asked for, close the file and give the lock back."""
        await self._reads.aclose()
        await self._writes.aclose()

    # --- writing ----------------------------------------------------------------------------------------------

    async def begin(self, run: RunRecord, root: Entry) -> None:
        """Record a new run together with its open root entry."""
        if root.run != run.run:
            raise JournalError(f"the run {run.run} begins with an entry of {root.run}")
        known = Known(await self._number(), run.scope)
        await self._writes.submit(
            ((RUNS, rows.run_row(known.number, run)), (ENTRIES, rows.entry_row(known, root))),
        )
        self._remember(run.run, known)

    async def open(self, entries: Sequence[Entry], *, closes: Sequence[Entry] = ()) -> None:
        """Record entries before their agents run, and in the same transaction, before them, what was closed."""
        if write := (*(await self._closings(closes)), *(await self._openings(entries))):
            await self._writes.submit(write)

    async def close(self, entry: Entry, *, opens: Sequence[Entry] = ()) -> None:
        """Record an entry's outcome and, in the same transaction, the entries it leads to."""
        known = self._known.get(entry.run) or await self._look_up(entry.run)
        closing = (CLOSINGS, rows.closing_row(known, entry))
        await self._writes.submit((closing, *(await self._openings(opens))) if opens else (closing,))

    async def settle(self, run: str, *, owner: str, state: str, at: float, also: Sequence[Entry] = ()) -> None:
        """Record who owns a run now and how it stands, and in the same transaction what closes and opens with it."""
        known = self._known.get(run) or await self._look_up(run)
        closings = await self._closings([entry for entry in also if entry.outcome is not None])
        openings = await self._openings([entry for entry in also if entry.outcome is None])
        await self._writes.submit((*closings, *openings, (SETTLEMENTS, (known.number, owner, state, at))))
        if state != "open":
            self._known.pop(run, None)

    async def tool(self, use: ToolUse, *, closes: Sequence[Entry] = ()) -> ToolUse | None:
        """Record a tool use before its effect; return the earlier record of the same key, if there is one."""
        if use.result is not None:
            raise JournalError(f"the tool use {use.key} begins with a result", fix="record the result after the effect")
        run, index, ordinal = rows.key_of(use)
        known = self._known.get(run) or await self._look_up(run)
        row: rows.Row = (known.number, index, ordinal, use.tool, use.arguments)
        earlier = await self._writes.submit((*(await self._closings(closes)), (USES, row)))
        return rows.use_of(use.key, earlier) if isinstance(earlier, sqlite3.Row) else None

    async def used(self, use: ToolUse) -> None:
        """Record a tool's result under its key."""
        if use.result is None:
            raise JournalError(f"the tool use {use.key} ends without a result")
        run, index, ordinal = rows.key_of(use)
        known = self._known.get(run) or await self._look_up(run)
        await self._writes.submit(((RESULTS, (known.number, index, ordinal, use.result, int(use.failed))),))

    async def feedback(self, run: str, scope: Scope, *, good: bool, because: str, at: float) -> None:
        """Record what a human thought of a run."""
        known = self._known.get(run) or await self._look_up(run)
        if known.scope != scope:
            raise self._unknown(run)
        await self._writes.submit(((FEEDBACK, (known.number, int(good), because, at)),))

    async def retire(self, *, state: str, before: float, limit: int = 100) -> int:
        """Delete at most `limit` whole runs that came to stand at `state` before that time; return how many.

        An open run is never deleted, nor one that goes on while this is decided.
        """
        if state == "open":
            raise JournalError("an open run is never deleted", fix="resume it, or settle it")
        values: dict[str, str | int | float] = {"state": state, "before": before, "limit": limit}
        old = await self._ask(ask.SETTLED, values, lambda row: (row["number"], row["seq"]))
        gone = [await self._writes.submit(((RETIRING, chosen),)) for chosen in old]
        return sum(count for count in gone if isinstance(count, int))

    # --- reading ----------------------------------------------------------------------------------------------

    async def entries(self, run: str, scope: Scope) -> tuple[Entry, ...]:
        """Return a run's entries in the order of their indexes, as they stand now."""
        return await self._ask(ask.ENTRIES, _of(scope, run=run), rows.entry_of)

    async def uses(self, run: str, scope: Scope) -> tuple[ToolUse, ...]:
        """Return a run's tool uses."""
        return await self._ask(
            ask.USES, _of(scope, run=run), lambda row: rows.use_of(f"{run}:{row['idx']}:{row['ordinal']}", row)
        )

    async def opinions(self, run: str, scope: Scope) -> tuple[Opinion, ...]:
        """Return what humans thought of a run, oldest first."""
        return await self._ask(ask.FEEDBACK, _of(scope, run=run), rows.opinion_of)

    async def find(self, run: str, scope: Scope) -> RunRecord | None:
        """Return a run, or None when this scope has no such run."""
        return next(iter(await self._ask(ask.FIND, _of(scope, run=run), rows.run_of)), None)

    async def runs(self, scope: Scope, *, session: str = "", state: str = "", limit: int = 50) -> tuple[RunRecord, ...]:
        """Return this scope's runs, newest first; `session` and `state` narrow."""
        values = _of(scope, session=session, state=state) | {"limit": limit}
        return await self._ask(ask.LIST_SESSION if session else ask.LIST, values, rows.run_of)

    async def unfinished(self) -> tuple[RunRecord, ...]:
        """Return the open runs of all scopes, for resuming after a crash; never shown to anybody."""
        return await self._ask(ask.UNFINISHED, {}, rows.run_of)

    # --- inside -----------------------------------------------------------------------------------------------

    async def _ask(
        self, sql: str, values: Mapping[str, str | int | float], record: Callable[[sqlite3.Row], R]
    ) -> tuple[R, ...]:
        return await self._reads.submit(Query(sql, values, record))

    async def _number(self) -> int:
        """Return the next run's number; only the one writer gives them out, and only once it has the lock."""
        if self._numbers is None:
            await self._writes.submit(())
            if self._numbers is None:  # others may have waited for the same
                self._numbers = itertools.count(self._writer.first)
        return next(self._numbers)

    async def _closings(self, entries: Sequence[Entry]) -> Write:
        return tuple(
            [
                (CLOSINGS, rows.closing_row(self._known.get(entry.run) or await self._look_up(entry.run), entry))
                for entry in entries
            ]
        )

    async def _openings(self, entries: Sequence[Entry]) -> Write:
        return tuple(
            [
                (ENTRIES, rows.entry_row(self._known.get(entry.run) or await self._look_up(entry.run), entry))
                for entry in entries
            ]
        )

    async def _look_up(self, run: str) -> Known:
        """Return a run that this process did not begin, or that it settled."""
        found = await self._ask(ask.NUMBER, {"run": run}, rows.known_of)
        if not found:
            raise self._unknown(run)
        self._remember(run, found[0])
        return found[0]

    def _remember(self, run: str, known: Known) -> None:
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[run] = known

    def _unknown(self, run: str) -> JournalError:
        return JournalError(f"there is no run {run}", where=str(self.path), fix="nova runs list")


def _of(scope: Scope, **narrowed: str) -> dict[str, str | int | float]:
    return {"tenant": scope.tenant, "client": scope.client, "branch": scope.branch, **narrowed}
