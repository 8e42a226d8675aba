"""What a handoff costs as Nova's journal grows to a million entries, in steps, and what reading it costs there."""

import argparse
import asyncio
import itertools
import shutil
import sqlite3
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.handoffs.nova_side import SCOPE, carry, orchestrator
from benchmarks.handoffs.script import HANDOFFS, case
from benchmarks.pairing import say, table
from nova.adapters.journal import SqliteJournal
from nova.adapters.journal_lock import lock
from nova.adapters.journal_schema import EVENTS

WORK = Path(__file__).resolve().parent / "work" / "growth"
STEPS = (0, 1_000, 10_000, 100_000, 300_000, 1_000_000)
SAMPLE = 200  # real runs that are copied until the journal is as large as wanted
CHUNK = 3_000  # runs copied in one transaction
PARENTS_FIRST = tuple(reversed(EVENTS))
READS = 30
HEAD = (
    "entries",
    "file MiB",
    "ms a handoff at 1: median run",
    "ms a handoff at 16",
    "open s",
    "one run's entries, ms",
    "list 50 runs, ms",
    "a session's waiting run, ms",
    "unfinished, ms",
)


@dataclass(frozen=True, slots=True)
class Step:
    """The figures of one size, as cells."""

    cells: tuple[str, ...]
    alone: float  # ms a handoff at 1


async def timed(read: Callable[[], Awaitable[object]]) -> float:
    """Return the median milliseconds of a read."""
    took = []
    for _ in range(READS):
        began = time.perf_counter()
        await read()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


async def handoffs(journal: SqliteJournal, concurrent: int, seconds: float) -> tuple[float, float]:
    """Carry runs for a while; return ms a handoff, by the median run and by the clock."""
    carrier = orchestrator(journal)
    numbers = itertools.count(SAMPLE)  # each run in a session of its own
    took: list[float] = []
    began = time.perf_counter()

    async def worker() -> None:
        while time.perf_counter() - began < seconds:
            number, started = next(numbers), time.perf_counter()
            assert await carry(carrier, number, asks=False) == case(number).answer
            took.append(time.perf_counter() - started)

    await asyncio.gather(*(worker() for _ in range(concurrent)))
    clock = time.perf_counter() - began
    return statistics.median(took) / HANDOFFS * 1000, clock / len(took) / HANDOFFS * 1000


async def measured(path: Path, seconds: float) -> Step:
    """Open the journal as it is, carry runs with it, read from it, and return a row."""
    began = time.perf_counter()
    async with SqliteJournal(path) as journal:
        await carry(orchestrator(journal), 0, asks=False)
        opened = time.perf_counter() - began
        alone, _ = await handoffs(journal, 1, seconds)
        _, together = await handoffs(journal, 16, seconds)
        some = (await journal.runs(SCOPE, limit=1))[0]
        reads = [
            await timed(lambda: journal.entries(some.run, SCOPE)),
            await timed(lambda: journal.runs(SCOPE, limit=50)),
            await timed(lambda: journal.runs(SCOPE, session=some.session, state="waiting", limit=1)),
            await timed(journal.unfinished),
        ]
    size = path.stat().st_size / 2**20
    count = counted(path, "entries")
    figures = (f"{alone:.2f}", f"{together:.2f}", f"{opened:.2f}", *(f"{read:.2f}" for read in reads))
    return Step((f"{count:,}", f"{size:,.0f}", *figures), alone)


def counted(path: Path, table_name: str) -> int:
    """Return how many rows a table has."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    count = int(connection.execute(f"SELECT count(*) FROM {table_name}").fetchone()[0])  # noqa: S608  # a name of ours
    connection.close()
    return count


def fill(path: Path, entries: int) -> None:
    """Copy the first real runs, row by row under new names, until the journal has that many entries."""
    held = lock(path)
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous=OFF")  # only while filling
        missing = (entries - counted(path, "entries")) // (1 + HANDOFFS)
        while missing > 0:
            copies = min(missing, CHUNK) // SAMPLE + 1
            connection.execute("BEGIN")
            for _ in range(copies):
                _copy(connection)
            connection.execute("COMMIT")
            missing -= copies * SAMPLE
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
        held.release()


def _copy(connection: sqlite3.Connection) -> None:
    """Copy runs 1 to SAMPLE with all that belongs to them."""
    (last,) = connection.execute("SELECT max(number) FROM runs").fetchone()
    for name in PARENTS_FIRST:
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({name})") if row[1] != "seq"]
        number = "number" if name == "runs" else "run"
        made = {number: f"{number} + {last}"}
        if name == "runs":
            made |= {"run": f"run || '-{last}'", "session": f"session || '-{last}'"}
        chosen = ", ".join(made.get(column, column) for column in columns)
        connection.execute(
            f"INSERT INTO {name} ({', '.join(columns)}) SELECT {chosen} FROM {name} "  # noqa: S608  # names of ours
            f"WHERE {number} BETWEEN 1 AND {SAMPLE}"
        )


async def sample(path: Path) -> None:
    """Carry the real runs that are copied later, each in a session of its own."""
    async with SqliteJournal(path) as journal:
        carrier = orchestrator(journal)
        await asyncio.gather(*(carry(carrier, number, asks=False) for number in range(SAMPLE)))


def main() -> None:
    """Grow a journal and measure at every step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=STEPS[-1], help="grow to this many")
    parser.add_argument("--seconds", type=float, default=3.0, help="of runs at each step, alone and at 16")
    given = parser.parse_args()
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    path = WORK / "journal.sqlite"
    asyncio.run(sample(path))
    steps = []
    for entries in (*(step for step in STEPS if step < given.entries), given.entries):
        say(f"{entries:,} entries")
        fill(path, entries)
        steps.append(asyncio.run(measured(path, given.seconds)))
    print(table(HEAD, [step.cells for step in steps]))
    print(f"\nA handoff at the last step costs {steps[-1].alone / steps[0].alone:.2f} × one at the first.")
    shutil.rmtree(WORK)


if __name__ == "__main__":
    main()
