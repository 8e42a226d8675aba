"""A journal of every released schema opens, keeps what it holds, and can go on; a failed migration changes nothing."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from nova.adapters.journal import SqliteJournal
from nova.adapters.journal_file import PAGE, connect_writer, expect_known
from nova.adapters.journal_rows import Opinion
from nova.adapters.journal_schema import EVENTS, MIGRATIONS, migrate, version_of
from tests.nova.journaling import ACME, closed, ended, ending, entry_of, run_of, use_of

RELEASED = Path(__file__).parent / "journals"  # version_N.sql: a file as nova of that schema version left it


def released(path: Path, version: int) -> Path:
    with closing(sqlite3.connect(path, isolation_level=None)) as made:
        made.executescript((RELEASED / f"version_{version}.sql").read_text(encoding="utf-8"))
    return path


def test_there_is_a_file_of_every_released_schema() -> None:
    kept = sorted(int(one.stem.removeprefix("version_")) for one in RELEASED.glob("version_*.sql"))
    assert kept == list(range(1, len(MIGRATIONS) + 1))


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS) + 1), ids="version {}".format)
def test_what_an_older_nova_recorded_is_read_and_goes_on(tmp_path: Path, version: int) -> None:
    path = released(tmp_path / "journal", version)

    async def run() -> list[object]:
        async with SqliteJournal(path) as journal:
            found: list[object] = [
                await journal.find("r1", ACME),
                await journal.entries("r1", ACME),
                await journal.uses("r1", ACME),
                await journal.opinions("r1", ACME),
            ]
            await journal.record([ending(entry_of("r1"))])
            await journal.record([run_of("r2"), entry_of("r2")])
            return [*found, [one.run for one in await journal.runs(ACME)]]

    assert asyncio.run(run()) == [
        run_of("r1").model_copy(update={"owner": "count", "state": "waiting"}),
        (entry_of("r1"), closed(entry_of("r1", 1))),
        (ended(use_of("r1"), failed=True),),
        (Opinion(good=True, because="quick", at=130.0),),
        ["r2", "r1"],
    ]
    with closing(sqlite3.connect(path)) as raw:
        assert version_of(raw) == len(MIGRATIONS)
        with closing(fresh()) as new:
            assert schema_of(raw) == schema_of(new)


def fresh() -> sqlite3.Connection:
    made = sqlite3.connect(":memory:", isolation_level=None)
    migrate(made)
    return made


def schema_of(connection: sqlite3.Connection) -> set[str]:
    found = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {" ".join(sql.split()) for (sql,) in found}


NEXT = ("ALTER TABLE runs ADD COLUMN channel TEXT NOT NULL DEFAULT ''",)


def test_a_migration_is_made_once_and_keeps_the_rows(tmp_path: Path) -> None:
    path = released(tmp_path / "journal", 1)
    following = (*MIGRATIONS, NEXT)
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        assert [migrate(raw, following), migrate(raw, following)] == [1, len(following)]
        assert version_of(raw) == len(following)
        assert raw.execute("SELECT run, channel FROM runs").fetchall() == [("r1", "")]


def test_a_migration_that_fails_half_way_changes_nothing(tmp_path: Path) -> None:
    path = released(tmp_path / "journal", len(MIGRATIONS))
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        before = list(raw.iterdump())
        with pytest.raises(sqlite3.OperationalError, match="no_such_table"):
            migrate(raw, (*MIGRATIONS, (*NEXT, "INSERT INTO no_such_table VALUES (1)")))
        assert (list(raw.iterdump()), version_of(raw)) == (before, len(MIGRATIONS))
        assert not raw.in_transaction


def test_a_file_whose_tables_are_made_meanwhile_is_no_foreign_one(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with closing(sqlite3.connect(path, isolation_level=None)) as other, closing(sqlite3.connect(path)) as raw:
        other.execute("PRAGMA journal_mode = WAL")

        def make_tables(statement: str) -> None:
            if "sqlite_master" in statement:
                raw.set_trace_callback(None)
                migrate(other)

        raw.set_trace_callback(make_tables)
        assert expect_known(raw, str(path)) == 0
        assert expect_known(raw, str(path)) == len(MIGRATIONS)


def test_the_writer_puts_every_commit_on_disk_and_checks_what_belongs_together(tmp_path: Path) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "auto_vacuum": 2, "page_size": PAGE}
    for _ in range(2):  # a new file, and one that is there
        with closing(connect_writer(tmp_path / "journal")) as raw:
            assert {name: raw.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted} == wanted


def test_every_kind_of_row_is_guarded() -> None:
    with closing(fresh()) as raw:
        tables = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        triggers = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    assert tables == {*EVENTS, "retiring"}
    assert triggers == {f"{table}_{verb}" for table in EVENTS for verb in ("stay", "never_change")} | {"open_runs_stay"}
