"""Runs that record themselves on a journal, to be killed at any moment: `python -m ... JOURNAL EFFECTS`.

Each line on stdin forks a process that resumes what is unfinished and begins new runs, 16 at a time. `birth
MILLISECONDS` kills it that long after the fork, `life MILLISECONDS` that long after its first line; `finish` forks
one that only resumes, and waits for its end. What it prints is passed on as it comes: `begun RUN`, `closed RUN
INDEX`, `call KEY`, `used KEY`, `done RUN`, each after the fact is on disk (`call`: before the effect). The last line
is `ended STATUS`.
"""

import asyncio
import os
import signal
import sqlite3
import sys
import time
import traceback
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

from nova.adapters.journal import SqliteJournal
from nova.contracts import Closing, Cost, Entry, Relation, RunRecord, Scope, Standing, ToolUse

CONCURRENT = 16
CHILDREN = (1, 2)  # the root asks two children; each uses a tool twice
USES = 2
SCOPES = tuple(Scope(tenant="acme", client=f"c{number}") for number in range(3))


def scope_of(run: str) -> Scope:
    """Return whose run this is."""
    return SCOPES[int(run[1:]) % len(SCOPES)]


def value_of(run: str, index: int, ordinal: int) -> int:
    """Return what the tool finds for this use."""
    return int(run[1:]) * 100 + index * 10 + ordinal


def answer_of(run: str) -> str:
    """Return the right answer of a run."""
    return str(sum(value_of(run, index, ordinal) for index in CHILDREN for ordinal in range(USES)))


unheard: list[int] = []  # where a life tells, once, that it came to do something


def say(*words: object) -> None:
    """Print one line at once; a line of this size goes into a pipe whole or not at all."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())
    while unheard:
        os.write(unheard.pop(), b"!")


def entry_of(run: str, index: int) -> Entry:
    """Return the open entry of the run's root (0) or of one of its children."""
    return Entry(
        run=run,
        index=index,
        parent=0 if index else None,
        relation=Relation.DELEGATE,
        owner="coordinate",
        sender="coordinate" if index else "user",
        agent="count" if index else "coordinate",
        contract="Count@1",
        task="{}",
        packet="p" * 500,
        scope=scope_of(run),
        opened=1.0,
    )


class Driver:
    """One life: every run is carried by a coroutine that looks at what is on record and does the rest."""

    def __init__(self, journal: SqliteJournal, effects: sqlite3.Connection) -> None:
        self.journal = journal
        self.effects = effects

    async def carry(self, run: str) -> None:
        """Bring a run that is on record to its end."""
        entries = {entry.index: entry for entry in await self.journal.entries(run, scope_of(run))}
        missing = [entry_of(run, index) for index in CHILDREN if index not in entries]
        if missing:
            await self.journal.record(missing)
        values = await asyncio.gather(
            *(self.child(run, entries.get(index, entry_of(run, index))) for index in CHILDREN),
        )
        if entries[0].outcome is None:
            await self.finish(entries[0], str(sum(values)))
        await self.journal.record([Standing(run=run, owner="coordinate", state="done", at=3.0)])
        say("done", run)

    async def child(self, run: str, entry: Entry) -> int:
        """Return the child's answer, from the record if it has one."""
        if entry.outcome is not None:
            return int(entry.outcome)
        total = sum([await self.look(run, entry.index, ordinal) for ordinal in range(USES)])
        await self.finish(entry, str(total))
        return total

    async def finish(self, entry: Entry, outcome: str) -> None:
        """Close an entry and say so."""
        await self.journal.record([Closing(run=entry.run, index=entry.index, outcome=outcome, cost=Cost(), closed=2.0)])
        say("closed", entry.run, entry.index)

    async def look(self, run: str, index: int, ordinal: int) -> int:
        """Use the tool under its key, or hear what it found before the crash."""
        use = ToolUse(key=f"{run}:{index}:{ordinal}", tool="look", arguments="{}")
        earlier = await self.journal.record([use])
        if earlier is not None and earlier.result is not None:
            return int(earlier.result)
        say("call", use.key)
        found = self.effect(use.key, value_of(run, index, ordinal))
        await self.journal.record([use.model_copy(update={"result": str(found)})])
        say("used", use.key)
        return found

    def effect(self, key: str, value: int) -> int:
        """Have the effect unless it was had under this key; the table itself would take it twice."""
        self.effects.execute("BEGIN IMMEDIATE")
        if self.effects.execute("SELECT 1 FROM effects WHERE key = ?", (key,)).fetchone() is None:
            self.effects.execute("INSERT INTO effects VALUES (?, ?)", (key, value))
        self.effects.execute("COMMIT")
        return value


async def begin(journal: SqliteJournal, run: str) -> None:
    """Record a new run."""
    record = RunRecord(
        run=run,
        session="s",
        project="p",
        scope=scope_of(run),
        owner="coordinate",
        state="open",
        opened=1.0,
    )
    await journal.record([record, entry_of(run, 0)])
    say("begun", run)


async def live(journal_path: Path, effects_path: Path, *, new: bool) -> None:
    """Carry what is unfinished and, for ever if `new`, runs that begin, 16 at a time."""
    async with SqliteJournal(journal_path) as journal:
        with closing(sqlite3.connect(effects_path, isolation_level=None)) as effects:
            effects.execute("PRAGMA journal_mode = WAL")
            effects.execute("PRAGMA synchronous = FULL")
            effects.execute("CREATE TABLE IF NOT EXISTS effects (key TEXT, value INTEGER)")
            driver = Driver(journal, effects)
            waiting = iter([run.run for run in await journal.unfinished()])
            known = [run.run for scope in SCOPES for run in await journal.runs(scope)]
            numbers = count(1 + max((int(run[1:]) for run in known), default=0))
            await asyncio.gather(
                *(carrier(driver, waiting, numbers if new else iter(())) for _ in range(CONCURRENT)),
            )


async def carrier(driver: Driver, waiting: Iterator[str], numbers: Iterator[int]) -> None:
    """Carry one run after the other."""
    for run in waiting:
        await driver.carry(run)
    for number in numbers:
        await begin(driver.journal, f"r{number}")
        await driver.carry(f"r{number}")


Live = Callable[..., Coroutine[Any, Any, None]]  # called as `live` is


def fork(live: Live, paths: tuple[Path, Path], ready: int, *, new: bool) -> int:
    """Start a life in a process of its own and return its id; it writes to `ready` after its first line."""
    if child := os.fork():
        return child
    status = 1
    try:
        unheard.append(ready)
        asyncio.run(live(*paths, new=new))
        status = 0
    finally:
        if status:
            traceback.print_exc()
        os._exit(status)


def serve(live: Live) -> None:
    """Do what the lines on stdin say, with lives of that kind."""
    paths = (Path(sys.argv[1]), Path(sys.argv[2]))
    for line in sys.stdin:
        order, *rest = line.split()
        working, ready = os.pipe()
        child = fork(live, paths, ready, new=order != "finish")
        os.close(ready)
        if order == "life":
            os.read(working, 1)
        if order != "finish":
            time.sleep(int(rest[0]) / 1e3)
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        os.close(working)
        say("ended", os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    serve(live)
