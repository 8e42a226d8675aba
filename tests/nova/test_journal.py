"""The journal keeps what it is told, once, in order, for its own scope; it forgets nothing that was awaited."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from nova.adapters.journal import SqliteJournal
from nova.adapters.journal_rows import Opinion
from nova.contracts import Entry, RunRecord, Standing
from nova.errors import JournalError
from tests.nova.journaling import ACME, OTHER, closed, ended, ending, entry_of, run_of, use_of

Act = Callable[[SqliteJournal], Awaitable[object]]


def with_journal(path: Path, *acts: Act) -> list[object]:
    """Open the journal, do the acts one after the other, close it, and return what each gave."""

    async def run() -> list[object]:
        async with SqliteJournal(path, patience=0.2) as journal:
            return [await act(journal) for act in acts]

    return asyncio.run(run())


async def one_run(journal: SqliteJournal, run: str = "r1") -> tuple[RunRecord, tuple[Entry, ...]]:
    """Record a run whose root led to one child that used a tool; the child is closed, the root is not."""
    record, root, child = run_of(run), entry_of(run), entry_of(run, 1)
    await journal.record([record, root])
    await journal.record([child])
    await journal.record([use_of(run)])
    await journal.record([ended(use_of(run))])
    await journal.record([ending(child), entry_of(run, 2)])
    return record, (root, closed(child), entry_of(run, 2))


def test_what_was_recorded_is_read_back_whole_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    told = with_journal(path, one_run)
    record, entries = run_of("r1"), (entry_of("r1"), closed(entry_of("r1", 1)), entry_of("r1", 2))
    assert told == [(record, entries)]
    assert with_journal(
        path,
        lambda journal: journal.find("r1", ACME),
        lambda journal: journal.entries("r1", ACME),
        lambda journal: journal.uses("r1", ACME),
        lambda journal: journal.unfinished(),
        lambda journal: journal.runs(ACME),
    ) == [record, entries, (ended(use_of("r1")),), (record,), (record,)]


def test_a_run_that_another_process_began_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    with_journal(path, one_run)
    with_journal(
        path,
        lambda journal: journal.record([ending(entry_of("r1", 2))]),
        lambda journal: journal.record([ending(entry_of("r1"))]),
        lambda journal: journal.record([Standing(run="r1", owner="count", state="done", at=140.0)]),
    )
    found = with_journal(
        path,
        lambda journal: journal.find("r1", ACME),
        lambda journal: journal.unfinished(),
        lambda journal: journal.entries("r1", ACME),
    )
    done = run_of("r1").model_copy(update={"owner": "count", "state": "done", "closed": 140.0})
    assert found == [done, (), tuple(closed(entry_of("r1", index)) for index in range(3))]


def test_settling_moves_the_owner_and_a_waiting_run_is_not_resumed_after_a_crash(tmp_path: Path) -> None:
    states = []

    async def script(journal: SqliteJournal) -> None:
        await one_run(journal)
        for owner, state in (("count", "waiting"), ("coordinate", "open"), ("report", "failed")):
            await journal.record([Standing(run="r1", owner=owner, state=state, at=150.0)])
            found = await journal.find("r1", ACME)
            assert found is not None
            states.append((found.owner, found.state, found.closed, len(await journal.unfinished())))

    with_journal(tmp_path / "j", script)
    assert states == [
        ("count", "waiting", None, 0),
        ("coordinate", "open", None, 1),
        ("report", "failed", 150.0, 0),
    ]


def test_a_tool_key_is_recorded_once_and_tells_what_became_of_it(tmp_path: Path) -> None:
    async def script(journal: SqliteJournal) -> list[object]:
        await journal.record([run_of("r:1"), entry_of("r:1")])  # a run's id may hold colons
        await journal.record([entry_of("r:1", 1)])
        first = [await journal.record([use_of("r:1")]), await journal.record([use_of("r:1", arguments="{}")])]
        await journal.record([ended(use_of("r:1"), "no such place", failed=True)])
        return [*first, await journal.record([use_of("r:1")]), await journal.record([use_of("r:1", ordinal=1)])]

    failed = ended(use_of("r:1"), "no such place", failed=True)
    assert with_journal(tmp_path / "j", script) == [[None, use_of("r:1"), failed, None]]


def test_of_many_coroutines_with_one_tool_key_exactly_one_is_first(tmp_path: Path) -> None:
    async def script(journal: SqliteJournal) -> int:
        await journal.record([run_of("r1"), entry_of("r1")])
        told = await asyncio.gather(*(journal.record([use_of("r1", 0)]) for _ in range(50)))
        return told.count(None)

    assert with_journal(tmp_path / "j", script) == [1]


def test_many_runs_at_once_share_transactions_and_keep_apart(tmp_path: Path) -> None:
    async def script(journal: SqliteJournal) -> tuple[bool, ...]:
        names = [f"r{number}" for number in range(64)]
        told = await asyncio.gather(*(one_run(journal, name) for name in names))
        found = await asyncio.gather(*(journal.entries(name, ACME) for name in names))
        return tuple(entries == kept for (_, entries), kept in zip(told, found, strict=True))

    path = tmp_path / "j"
    assert with_journal(path, script) == [(True,) * 64]
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT count(DISTINCT number), min(number), max(number) FROM runs").fetchone() == (
            64,
            1,
            64,
        )


def test_runs_are_listed_newest_first_and_narrowed(tmp_path: Path) -> None:
    async def script(journal: SqliteJournal) -> list[list[str]]:
        for number in range(6):
            name = f"r{number}"
            await journal.record([run_of(name, session=f"s{number % 2}"), entry_of(name)])
        await journal.record([Standing(run="r1", owner="coordinate", state="done", at=1.0)])
        await journal.record([Standing(run="r2", owner="coordinate", state="waiting", at=1.0)])
        lists = (
            await journal.runs(ACME, limit=2),
            await journal.runs(ACME, session="s1"),
            await journal.runs(ACME, state="waiting"),
            await journal.runs(ACME, session="s1", state="open", limit=1),
            await journal.runs(OTHER),
        )
        return [[run.run for run in found] for found in lists]

    wanted = [["r5", "r4"], ["r5", "r3", "r1"], ["r2"], ["r5"], []]
    assert with_journal(tmp_path / "j", script) == [wanted]


def test_feedback_is_kept_for_its_scope_only(tmp_path: Path) -> None:
    async def script(journal: SqliteJournal) -> list[object]:
        await one_run(journal)
        await journal.feedback("r1", ACME, good=False, because="one crate was a barrel", at=9.0)
        with pytest.raises(JournalError, match="there is no run r1"):
            await journal.feedback("r1", OTHER, good=True, because="", at=10.0)
        return [await journal.opinions("r1", ACME), await journal.opinions("r1", OTHER)]

    assert with_journal(tmp_path / "j", script) == [
        [(Opinion(good=False, because="one crate was a barrel", at=9.0),), ()]
    ]


REFUSED: dict[str, tuple[Act, str]] = {
    "a run of the same id": (lambda j: j.record([run_of("r1"), entry_of("r1")]), "a run of this id already"),
    "an entry that is open": (lambda j: j.record([entry_of("r1", 1)]), "open already"),
    "a second closing": (lambda j: j.record([ending(entry_of("r1", 1), "8")]), "a closed entry never changes"),
    "a closing that leads to what is open": (
        lambda j: j.record([ending(entry_of("r1", 2)), entry_of("r1", 1)]),
        "open already",
    ),
    "a closing without an opening": (lambda j: j.record([ending(entry_of("r1", 9))]), "comes before the action"),
    "an opening with an outcome": (lambda j: j.record([closed(entry_of("r1", 3))]), "with an outcome"),
    "a tool use in no entry": (lambda j: j.record([use_of("r1", 9)]), "comes before the action"),
    "a result without a use": (lambda j: j.record([ended(use_of("r1", 2))]), "comes before the action"),
    "a second result": (lambda j: j.record([ended(use_of("r1"), "8")]), "has its result already"),
    "a key that is none": (
        lambda j: j.record([use_of("r1").model_copy(update={"key": "r1:01:0"})]),
        "no idempotency key",
    ),
    "an unknown run": (lambda j: j.record([Standing(run="r2", owner="a", state="done", at=1.0)]), "there is no run r2"),
    "an unknown state": (lambda j: j.record([Standing(run="r1", owner="a", state="lost", at=1.0)]), "refused a write"),
    "an entry of another scope": (lambda j: j.record([entry_of("r1", 3, OTHER)]), "another scope"),
    "a root of another run": (lambda j: j.record([run_of("r2"), entry_of("r3")]), "there is no run r3"),
    "a number SQLite cannot hold": (
        lambda j: j.record([entry_of("r1", 3).model_copy(update={"hop": 2**70})]),
        "refused a write",
    ),
}


@pytest.mark.parametrize(("act", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_true_is_refused_and_changes_nothing(tmp_path: Path, act: Act, words: str) -> None:
    async def script(journal: SqliteJournal) -> tuple[object, ...]:
        _, before = await one_run(journal)
        with pytest.raises(JournalError, match=words):
            await act(journal)
        kept = await journal.entries("r1", ACME)
        return before == kept, await journal.uses("r1", ACME), len(await journal.runs(ACME))

    assert with_journal(tmp_path / "j", script) == [(True, (ended(use_of("r1")),), 1)]


def test_a_refused_write_takes_nothing_else_of_its_transaction_with_it(tmp_path: Path) -> None:
    async def script(journal: SqliteJournal) -> list[object]:
        await one_run(journal)
        writes = [journal.record([entry_of("r1", index)]) for index in (5, 1, 6, 2, 7)]
        told = await asyncio.gather(
            *writes,
            journal.record([ending(entry_of("r1", 1)), entry_of("r1", 8)]),
            journal.record([use_of("r1", 0)]),
            return_exceptions=True,
        )
        kept = [entry.index for entry in await journal.entries("r1", ACME)]
        return [[isinstance(one, JournalError) for one in told], kept]

    refused = [False, True, False, True, False, True, False]
    assert with_journal(tmp_path / "j", script) == [[refused, [0, 1, 2, 5, 6, 7]]]


def test_cancelling_whoever_waits_loses_no_write(tmp_path: Path) -> None:
    async def script(journal: SqliteJournal) -> list[int]:
        await journal.record([run_of("r1"), entry_of("r1")])
        for index in range(1, 30):
            waiting = asyncio.ensure_future(journal.record([entry_of("r1", index)]))
            await asyncio.sleep(0)  # it has asked, and waits
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
        await journal.record([ending(entry_of("r1"))])
        return [entry.index for entry in await journal.entries("r1", ACME)]

    assert with_journal(tmp_path / "j", script) == [list(range(30))]


def test_closing_the_journal_finishes_what_was_asked(tmp_path: Path) -> None:
    path = tmp_path / "j"

    async def leave() -> None:
        journal = SqliteJournal(path)
        await journal.record([run_of("r1"), entry_of("r1")])
        asked = [asyncio.ensure_future(journal.record([entry_of("r1", index)])) for index in range(1, 40)]
        await asyncio.sleep(0)
        await journal.aclose()
        await asyncio.gather(*asked)
        with pytest.raises(JournalError, match="closed"):
            await journal.record([entry_of("r1", 50)])

    asyncio.run(leave())
    assert sorted(one.name for one in tmp_path.iterdir()) == ["j", "j.lock"]
    assert path.stat().st_mode & 0o777 == 0o600
    kept = with_journal(path, lambda journal: journal.entries("r1", ACME))
    assert kept == [tuple(entry_of("r1", index) for index in range(40))]


def test_reading_neither_waits_for_a_write_nor_holds_one_up(tmp_path: Path) -> None:
    path = tmp_path / "j"

    async def script(journal: SqliteJournal) -> list[object]:
        await one_run(journal)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")  # somebody writes, and does not end
            read = await journal.entries("r1", ACME)
            other.execute("ROLLBACK")
            other.execute("BEGIN")
            other.execute("SELECT count(*) FROM entries").fetchone()  # somebody reads, and does not end
            await journal.record([entry_of("r1", 3)])
            return [len(read), len(await journal.entries("r1", ACME))]

    assert with_journal(path, script) == [[3, 4]]


@pytest.mark.parametrize("table", ["runs", "entries", "closings", "uses", "results", "settlements", "feedback"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET run = 7", "DELETE FROM {}"], ids=["changed", "deleted"])
def test_no_row_can_be(tmp_path: Path, table: str, verb: str) -> None:
    async def script(journal: SqliteJournal) -> None:
        await one_run(journal)
        await journal.record([Standing(run="r1", owner="count", state="done", at=1.0)])
        await journal.feedback("r1", ACME, good=True, because="", at=2.0)

    path = tmp_path / "j"
    with_journal(path, script)
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        with pytest.raises(sqlite3.IntegrityError, match="can only be added to"):
            raw.execute(verb.format(table))
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_journal_that_is_not_there_yet_is_empty_and_reading_does_not_make_it(tmp_path: Path) -> None:
    path = tmp_path / "data" / "j"
    found = with_journal(
        path,
        lambda journal: journal.find("r1", ACME),
        lambda journal: journal.runs(ACME),
        lambda journal: journal.unfinished(),
        lambda journal: journal.entries("r1", ACME),
    )
    assert found == [None, (), (), ()]
    assert not path.parent.exists()
