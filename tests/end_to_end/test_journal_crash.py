"""Killed at 200 random moments under 16 concurrent runs, the journal loses nothing that it said was on disk."""

import asyncio
import random
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from nova.adapters.journal import SqliteJournal
from tests.end_to_end.journal_driver import CHILDREN, SCOPES, USES, answer_of, scope_of

ROOT = Path(__file__).resolve().parents[2]
KILLS = 200
BIRTHS = 0.25  # of the kills are counted from the fork, so that some hit the opening of the journal
SHORTEST, LONGEST = 5, 60  # milliseconds of a life
KILLED = "ended -9"


@contextmanager
def driving(journal: Path, effects: Path, driver: str = "journal_driver") -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", f"tests.end_to_end.{driver}", str(journal), str(effects)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def told(process: "subprocess.Popen[str]", order: str) -> list[str]:
    """Give an order and return the lines that came of it, the last of which says how it ended."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(order + "\n")
    process.stdin.flush()
    lines: list[str] = []
    while not lines or not lines[-1].startswith("ended "):
        line = process.stdout.readline()
        assert line, "the driver died"
        lines.append(line.strip())
    return lines


async def lost(path: Path, lines: list[str]) -> list[str]:
    """Return what was acknowledged and is not on record."""
    async with SqliteJournal(path) as journal:
        return [line for line in lines[:-1] if not await on_record(journal, line)]


async def on_record(journal: SqliteJournal, line: str) -> bool:
    fact, what, *rest = line.split()
    run = what.split(":")[0]
    scope = scope_of(run)
    found = await journal.find(run, scope)
    if found is None:
        return False
    if fact == "closed":
        return any(entry.index == int(rest[0]) and entry.outcome for entry in await journal.entries(run, scope))
    if fact in ("used", "call"):
        uses = {use.key: use for use in await journal.uses(run, scope)}
        return what in uses and (fact == "call" or uses[what].result is not None)
    return fact == "begun" or found.state == "done"


def test_200_kills_lose_nothing_and_do_nothing_twice(tmp_path: Path) -> None:
    path, effects = tmp_path / "journal.sqlite3", tmp_path / "effects.sqlite3"
    moments = random.Random(2026)  # noqa: S311 - moments, not secrets
    acknowledged: list[str] = []
    with driving(path, effects) as process:
        for _ in range(KILLS):
            born = moments.random() < BIRTHS
            lines = told(process, f"{'birth' if born else 'life'} {moments.randint(SHORTEST, LONGEST)}")
            assert lines[-1] == KILLED
            assert asyncio.run(lost(path, lines)) == []
            acknowledged += lines[:-1]
        lines = told(process, "finish")
        assert lines[-1] == "ended 0"
        acknowledged += lines[:-1]
    runs = sorted({line.split()[1] for line in acknowledged if line.startswith("begun ")})
    assert len(runs) > KILLS / 4  # the lives were long enough to do something
    assert {"begun", "closed", "call", "used", "done"} == {line.split()[0] for line in acknowledged}
    assert asyncio.run(wrong(path, runs)) == []
    assert called_after_their_result(acknowledged) == []
    expect_each_effect_once(path, effects)


async def wrong(path: Path, runs: list[str]) -> list[str]:
    """Return the runs that are not done with the right answer."""
    async with SqliteJournal(path) as journal:
        assert await journal.unfinished() == ()
        told = {run: (await journal.entries(run, scope_of(run)))[0].outcome for run in runs}
        return [run for run, outcome in told.items() if outcome != answer_of(run)]


def called_after_their_result(lines: list[str]) -> list[str]:
    """Return the tool keys that were called although their result was on record."""
    used: set[str] = set()
    again = []
    for line in lines:
        fact, key, *_ = line.split()
        if fact == "used":
            used.add(key)
        elif fact == "call" and key in used:
            again.append(key)
    return again


def expect_each_effect_once(path: Path, effects: Path) -> None:
    with closing(sqlite3.connect(effects)) as raw:
        had = Counter(key for (key,) in raw.execute("SELECT key FROM effects"))
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        runs = [run for (run,) in raw.execute("SELECT run FROM runs")]
    wanted = {f"{run}:{index}:{ordinal}" for run in runs for index in CHILDREN for ordinal in range(USES)}
    assert had == dict.fromkeys(wanted, 1)
    assert {scope_of(run) for run in runs} == {*SCOPES}
