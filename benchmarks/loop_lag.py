"""How late Nova's event loop is for others while it carries concurrent runs: a timer's lateness, p99 and most."""

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.handoffs.nova_side import carry, orchestrator
from benchmarks.handoffs.script import case
from benchmarks.pairing import say, spread, table
from nova.adapters.journal import SqliteJournal

TICK = 0.001  # seconds between two looks
AIM = 20.0  # ms, p99
WARM = 0.5  # seconds of runs before anybody looks
WORK = Path(__file__).resolve().parent / "work"


class Watch:
    """A timer that sets itself again and notes by how much the loop was late, in milliseconds."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self.late: list[float] = []

    def start(self) -> None:
        """Look again in a tick."""
        self._due = self._loop.time() + TICK
        self._timer = self._loop.call_at(self._due, self._look)

    def stop(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        self.late.append(max(self._loop.time() - self._due, 0.0) * 1000)
        self.start()


async def watched(directory: Path, concurrent: int, seconds: float, *, asks: bool) -> tuple[list[float], float]:
    """Return the timer's lateness under `concurrent` runs, or none of them, and the runs a second."""
    async with SqliteJournal(directory / "journal.sqlite") as journal:
        carrier = orchestrator(journal)
        began = time.perf_counter()
        ended = 0

        async def worker(first: int) -> None:
            nonlocal ended
            number = first
            while time.perf_counter() - began < WARM + seconds:
                assert await carry(carrier, number, asks=asks) == case(number).answer
                number += concurrent
                ended += 1

        workers = [asyncio.create_task(worker(number)) for number in range(concurrent)]
        await asyncio.sleep(WARM)
        watch, before = Watch(asyncio.get_running_loop()), ended
        watch.start()
        await asyncio.sleep(seconds)
        watch.stop()
        rate = (ended - before) / seconds
        await asyncio.gather(*workers)
    return watch.late, rate


def main() -> None:
    """Watch an idle loop and one under load, in turns, and print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--concurrent", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    loads = {
        "idle": (0, False),
        f"{given.concurrent} runs, plain": (given.concurrent, False),
        f"{given.concurrent} runs, asked": (given.concurrent, True),
    }
    found: dict[str, list[tuple[list[float], float]]] = {name: [] for name in loads}
    for number in range(given.rounds):
        say(f"round {number + 1} of {given.rounds}")
        for name, (concurrent, asks) in loads.items():
            with tempfile.TemporaryDirectory(dir=WORK) as directory:
                found[name].append(asyncio.run(watched(Path(directory), concurrent, given.seconds, asks=asks)))
    rows = []
    for name, rounds in found.items():
        p99 = [statistics.quantiles(late, n=100)[-1] for late, _ in rounds]
        most = [max(late) for late, _ in rounds]
        looks = sum(len(late) for late, _ in rounds)
        met = "" if name == "idle" else "yes" if statistics.median(p99) <= AIM else "no"
        rows.append((name, looks, spread(p99, 2), spread(most, 2), spread([rate for _, rate in rounds], 0), met))
    head = ("load", "looks", "p99 ms: min / median / max", "most ms", "runs/s", f"p99 within {AIM:.0f} ms")
    print(table(head, rows))


if __name__ == "__main__":
    main()
