"""Killed at random moments under 16 concurrent runs, the orchestrator resumes each to its right answer."""

import asyncio
import random
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from nova.adapters.journal import SqliteJournal
from nova.contracts import Answer
from nova.recovery import heard
from tests.end_to_end.journal_driver import SCOPES, scope_of
from tests.end_to_end.run_driver import answer_of
from tests.end_to_end.test_journal_crash import BIRTHS, KILLED, driving, told

KILLS = 200
SHORTEST, LONGEST = 1, 60  # milliseconds of a life
EFFECTS = 4  # of a whole run: two counters, two stamps each


def test_200_kills_leave_every_run_right_and_every_effect_had_once(tmp_path: Path) -> None:
    path, effects = tmp_path / "journal.sqlite3", tmp_path / "effects.sqlite3"
    moments = random.Random(2027)  # noqa: S311 - moments, not secrets
    lines: list[str] = []
    with driving(path, effects, "run_driver") as process:
        for _ in range(KILLS):
            order = "birth" if moments.random() < BIRTHS else "life"
            lines += told(process, f"{order} {moments.randint(SHORTEST, LONGEST)}")
            assert lines[-1] == KILLED
            assert asyncio.run(lost(path, lines)) == []
        lines += told(process, "finish")
        assert lines[-1] == "ended 0"
    assert asyncio.run(lost(path, lines)) == []
    runs = asyncio.run(standing(path))
    assert len(runs) > KILLS / 8  # the lives were long enough to do something, also on a busy machine
    assert runs == {run: ("done", answer_of(int(run[1:]))) for run in runs}
    with closing(sqlite3.connect(effects)) as raw:
        had = Counter(key for (key,) in raw.execute("SELECT key FROM effects"))
    assert set(had.values()) == {1}
    assert Counter(key.split(":")[0] for key in had) == dict.fromkeys(runs, EFFECTS)


async def lost(path: Path, lines: list[str]) -> list[str]:
    """Return what was answered and is not on record so, and what was called and is of no run on record."""
    runs = await standing(path)
    facts = [line.split() for line in lines if not line.startswith("ended ")]
    answers = [what for fact, what, *rest in facts if fact == "done" and runs.get(what) != ("done", rest[0])]
    return answers + [what for fact, what, *_ in facts if fact == "call" and what.split(":")[0] not in runs]


async def standing(path: Path) -> dict[str, tuple[str, str]]:
    """Return how each run on record stands, and its answer."""
    async with SqliteJournal(path) as journal:
        found = {}
        for scope in SCOPES:
            for record in await journal.runs(scope, limit=100_000):
                root = (await journal.entries(record.run, scope_of(record.run)))[0]
                outcome = heard(root.outcome) if root.outcome else None
                found[record.run] = (record.state, outcome.text if isinstance(outcome, Answer) else "")
        return found
