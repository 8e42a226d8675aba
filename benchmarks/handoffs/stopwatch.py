"""Run one framework's side for a while at some concurrency and print what it took as one line of JSON."""

import argparse
import asyncio
import json
import resource
import shutil
import sqlite3
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from benchmarks.handoffs.script import HANDOFFS, case

WARM = 0.2  # of the measured time is run before it, so that caches and connections are there
KIB = 1024


class Side(Protocol):
    """A framework doing the work of `script`; what `run` returns is the answer that the user would see."""

    async def open(self, directory: Path) -> None:
        """Open or make the store in an empty directory."""

    async def run(self, number: int) -> str:
        """Carry one run to its end; on return whatever this framework keeps is on disk."""

    async def close(self) -> None:
        """Finish and close the store."""

    def durability(self) -> str:
        """Tell how what was written got to disk, as asked of the open store."""


@dataclass(slots=True)
class Tally:
    """What the workers did: how often, and how long each run took in seconds."""

    began: int = 0
    seconds: list[float] = field(default_factory=list)


def stopwatch(build: Callable[[str], Side]) -> None:
    """Be the command of one side: `build` gets the mode, "asked" or "plain"."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mode", choices=("asked", "plain"), default="asked")
    parser.add_argument("--concurrent", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--directory", type=Path, required=True, help="a directory for stores; what is in it goes")
    given = parser.parse_args()
    measured = asyncio.run(_measured(build(given.mode), given.directory, given.concurrent, given.seconds))
    print(json.dumps(measured))


async def _measured(side: Side, directory: Path, concurrent: int, seconds: float) -> dict[str, object]:
    empty = await _empty_size(side, directory / "empty")
    store = _fresh(directory / "store")
    await side.open(store)
    durability = side.durability()
    warm = Tally()
    await _for_a_while(side, warm, concurrent, seconds * WARM)
    tally = Tally(began=warm.began)
    burned = time.process_time()
    took = await _for_a_while(side, tally, concurrent, seconds)
    burned = time.process_time() - burned
    await side.close()
    settle(store)
    ended = len(tally.seconds)
    return {
        "concurrent": concurrent,
        "runs": ended,
        "runs_a_second": ended / took,
        "ms_a_handoff": took / ended / HANDOFFS * 1000,
        "ms_a_run_median": statistics.median(tally.seconds) * 1000,
        "ms_a_run_worst": max(tally.seconds) * 1000,
        "cpu_ms_a_run": burned / ended * 1000,
        "bytes_a_run": max(size(store) - empty, 0) / tally.began,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB,
        "durability": durability,
    }


async def _empty_size(side: Side, directory: Path) -> int:
    """Return what a store takes that holds nothing yet."""
    await side.open(_fresh(directory))
    await side.close()
    settle(directory)
    return size(directory)


async def _for_a_while(side: Side, tally: Tally, concurrent: int, seconds: float) -> float:
    """Keep `concurrent` runs going until the time is over, then let them end; return the seconds that took."""
    began = time.perf_counter()

    async def worker() -> None:
        while time.perf_counter() - began < seconds:
            number = tally.began
            tally.began += 1
            started = time.perf_counter()
            answer = await side.run(number)
            tally.seconds.append(time.perf_counter() - started)
            assert answer == case(number).answer, f"run {number} answered {answer!r}"

    await asyncio.gather(*(worker() for _ in range(concurrent)))
    return time.perf_counter() - began


def _fresh(directory: Path) -> Path:
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return directory


def settle(directory: Path) -> None:
    """Copy what is left of write-ahead logs into their files, so that sizes are comparable."""
    for log in directory.glob("*-wal"):
        connection = sqlite3.connect(log.with_name(log.name.removesuffix("-wal")))
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()


def size(directory: Path) -> int:
    """Return the bytes of all files in a directory."""
    return sum(path.stat().st_size for path in directory.iterdir())


def synchronous(connection: sqlite3.Connection) -> str:
    """Tell a SQLite connection's journal mode and how it syncs."""
    level = int(connection.execute("PRAGMA synchronous").fetchone()[0])
    mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    return f"SQLite, {mode}, synchronous={('OFF', 'NORMAL', 'FULL', 'EXTRA')[level]}"
