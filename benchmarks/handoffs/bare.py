"""A bare group-commit journal: the rows that Nova writes for one run, awaited in the same groups, and nothing else."""

import asyncio
import queue
import sqlite3
import tempfile
from pathlib import Path
from threading import Thread

from benchmarks.handoffs.nova_side import carry, orchestrator
from benchmarks.handoffs.script import case
from benchmarks.handoffs.stopwatch import stopwatch, synchronous
from nova.adapters.journal import SqliteJournal
from nova.adapters.journal_file import PAGE
from nova.adapters.journal_lane import Lane
from nova.adapters.journal_rows import Write
from nova.adapters.journal_writer import Written

Groups = tuple[tuple[bytes, ...], ...]
Waiting = tuple[tuple[bytes, ...], "asyncio.Future[None]"]


class Overheard(Lane[Write, Written]):
    """A lane that notes what it is given; what is given before the last is done belongs to the same group."""

    groups: list[list[bytes]]
    busy: int

    def submit(self, asked: Write) -> "asyncio.Future[Written]":
        """Note the rows and pass them on."""
        if not self.busy:
            self.groups.append([])
        self.busy += 1
        self.groups[-1].extend("\n".join(map(str, values)).encode() for _, values in asked)
        future = super().submit(asked)
        future.add_done_callback(self._done)
        return future

    def _done(self, _: object) -> None:
        self.busy -= 1


class Noted(SqliteJournal):
    """Nova's journal with its writes overheard."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.heard = Overheard("journal-writer", self._writer, self._writer.finish)
        self.heard.groups, self.heard.busy = [], 0
        self._writes = self.heard


async def groups_of_a_run(*, asks: bool) -> Groups:
    """Return the rows of one real run of Nova, in the groups that it waits for."""
    with tempfile.TemporaryDirectory() as directory:
        async with Noted(Path(directory) / "journal.sqlite") as journal:
            carrier = orchestrator(journal)
            await carry(carrier, 0, asks=asks)
            journal.heard.groups.clear()  # the first run also takes the lock
            await carry(carrier, 1, asks=asks)
            return tuple(tuple(group) for group in journal.heard.groups if group)


class Bare:
    """One thread, one table: all that waits is inserted and committed together."""

    def __init__(self, mode: str) -> None:
        self._asks = mode == "asked"
        self._groups: Groups = ()

    async def open(self, directory: Path) -> None:
        """Make the table and start the thread."""
        self._groups = self._groups or await groups_of_a_run(asks=self._asks)
        self._queue: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._connection = sqlite3.connect(directory / "bare.sqlite", isolation_level=None, check_same_thread=False)
        for statement in (
            f"PRAGMA page_size={PAGE}",
            "PRAGMA journal_mode=WAL",
            "PRAGMA synchronous=FULL",
            "CREATE TABLE log (seq INTEGER PRIMARY KEY, body BLOB NOT NULL)",
        ):
            self._connection.execute(statement)
        self._thread = Thread(target=self._write)
        self._thread.start()

    async def run(self, number: int) -> str:
        """Await the groups of one run, one after the other."""
        loop = asyncio.get_running_loop()
        for group in self._groups:
            future: asyncio.Future[None] = loop.create_future()
            self._queue.put((group, future))
            await future
        return case(number).answer

    async def close(self) -> None:
        """End the thread."""
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)
        self._connection.close()

    def durability(self) -> str:
        """Tell how it gets to disk."""
        return f"{synchronous(self._connection)}: {len(self._groups)} waits a run, {sum(map(len, self._groups))} rows"

    def _write(self) -> None:
        ending = False
        while not ending:
            batch = [self._queue.get()]
            batch += [self._queue.get_nowait() for _ in range(self._queue.qsize())]
            given = [one for one in batch if one is not None]
            ending = len(given) < len(batch)
            self._connection.execute("BEGIN")
            rows = [(body,) for group, _ in given for body in group]
            self._connection.executemany("INSERT INTO log (body) VALUES (?)", rows)
            self._connection.execute("COMMIT")
            if given:
                given[0][1].get_loop().call_soon_threadsafe(_tell, [future for _, future in given])


def _tell(futures: "list[asyncio.Future[None]]") -> None:
    for future in futures:
        future.set_result(None)


if __name__ == "__main__":
    stopwatch(Bare)
