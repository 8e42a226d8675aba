"""The durable log of the seams, on SQLite: append-only, one writer, group commit, every read within one scope."""

import asyncio
import itertools
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from nova.adapters import journal_reader as ask
from nova.adapters import journal_rows as rows
from nova.adapters.journal_file import PATIENCE
from nova.adapters.journal_lane import Lane
from nova.adapters.journal_reader import Found, Query, Reader
from nova.adapters.journal_rows import FEEDBACK, RETIRING, Known, Opinion, Write
from nova.adapters.journal_writer import Writer, Written
from nova.contracts import Entry, Fact, RunRecord, Scope, Standing, ToolUse
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
        self._claimed: set[str] = set()

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

    async def claim(self, run: str) -> None:
        """Take the right to carry a run: it takes the journal's lock, which keeps every other process away."""
        if self._numbers is None:
            await self._start()
        if run in self._claimed:
            raise JournalError(f"the run {run} is being carried already", fix="wait for it, or cancel it")
        self._claimed.add(run)

    def release(self, run: str) -> None:
        """Give the right to carry a run back."""
        self._claimed.discard(run)

    async def record(self, facts: Sequence[Fact]) -> ToolUse | None:
        """Put facts on disk in their order, all of them or none; return an earlier use of the same key."""
        write = self._write_of(facts)
        if write is None:  # a task of its own, so that cancelling whoever waits does not undo it
            earlier = await asyncio.shield(asyncio.create_task(self._look_and_write(facts)))
        else:
            earlier = await self._written(write, facts)
        if not isinstance(earlier, sqlite3.Row):
            return None
        return next(rows.use_of(fact.key, earlier) for fact in facts if isinstance(fact, ToolUse))

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

    async def _start(self) -> None:
        """Take the lock; from then on only this writer gives out the numbers of runs."""
        await self._writes.submit(())
        if self._numbers is None:  # others may have waited for the same
            self._numbers = itertools.count(self._writer.first)

    def _write_of(self, facts: Sequence[Fact]) -> Write | None:
        """Return facts as rows, or None where something has to be looked up first."""
        write = []
        for fact in facts:
            if isinstance(fact, RunRecord) and not self._begun(fact):
                return None
            known = self._known.get(rows.run_named(fact))
            if known is None:
                return None
            write.append(rows.row_of(known, fact))
        return tuple(write)

    def _begun(self, run: RunRecord) -> bool:
        """Give a new run its number; False before there are numbers."""
        if self._numbers is None:
            return False
        if run.run in self._known:
            raise JournalError("the journal refused a write", where=str(self.path), why=rows.BEGUN, fix=rows.ONCE)
        self._remember(run.run, Known(next(self._numbers), run.scope))
        return True

    async def _written(self, write: Write, facts: Sequence[Fact]) -> Written:
        try:
            return await self._writes.submit(write)
        except JournalError:
            self._forget(fact.run for fact in facts if isinstance(fact, RunRecord))
            raise
        finally:
            self._forget(fact.run for fact in facts if isinstance(fact, Standing) and fact.state != "open")

    async def _look_and_write(self, facts: Sequence[Fact]) -> Written:
        begun = {fact.run for fact in facts if isinstance(fact, RunRecord)}
        self._forget(begun)  # nothing of this try has been asked for
        if self._numbers is None:
            await self._start()
        for name in dict.fromkeys(rows.run_named(fact) for fact in facts):
            if name not in begun and name not in self._known:
                await self._look_up(name)
        write = self._write_of(facts)
        assert write is not None, "everything was looked up"
        return await self._written(write, facts)

    async def _look_up(self, run: str) -> Known:
        """Return a run that this process did not begin, or that it settled."""
        found = await self._ask(ask.NUMBER, {"run": run}, rows.known_of)
        if not found:
            raise self._unknown(run)
        self._remember(run, found[0])
        return found[0]

    def _remember(self, run: str, known: Known) -> None:
        if len(self._known) >= MOST_KNOWN:
            del self._known[next(iter(self._known))]
        self._known[run] = known

    def _forget(self, runs: Iterable[str]) -> None:
        for run in runs:
            self._known.pop(run, None)

    def _unknown(self, run: str) -> JournalError:
        return JournalError(f"there is no run {run}", where=str(self.path), fix="nova runs list")


def _of(scope: Scope, **narrowed: str) -> dict[str, str | int | float]:
    return {"tenant": scope.tenant, "client": scope.client, "branch": scope.branch, **narrowed}
