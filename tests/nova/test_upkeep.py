"""Doctor tells what is unfit; restoring keeps the old file; retention forgets whole old runs only."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from nova.adapters.journal import SqliteJournal
from nova.adapters.journal_rows import RETIRING
from nova.adapters.journal_schema import EVENTS, MIGRATIONS
from nova.adapters.journal_writer import Writer
from nova.adapters.retention import DAY, Retention, retain, retention_policy
from nova.adapters.upkeep import Check, backup, doctor, restore
from nova.contracts import Standing
from nova.errors import JournalError, PolicyError
from tests.nova.journaling import ACME, ended, ending, entry_of, run_of, use_of

ROOT = Path(__file__).resolve().parents[2]


async def record(journal: SqliteJournal, *names: str) -> None:
    for name in names:
        await journal.record([run_of(name), entry_of(name)])
        await journal.record([entry_of(name, 1, task=f'"{name * 200}"')])
        await journal.record([use_of(name)])
        await journal.record([ended(use_of(name))])
        await journal.record([ending(entry_of(name, 1))])


def recorded(path: Path, *names: str) -> Path:
    async def run() -> None:
        async with SqliteJournal(path) as journal:
            await record(journal, *names)

    asyncio.run(run())
    return path


def names_of(path: Path) -> list[str]:
    async def run() -> list[str]:
        async with SqliteJournal(path) as journal:
            return [run.run for run in await journal.runs(ACME, limit=1000)]

    return asyncio.run(run())


def checks_of(path: Path, least_free: int = 0) -> dict[str, Check]:
    return {check.name: check for check in asyncio.run(doctor(path, least_free=least_free))}


def test_doctor_finds_a_sound_journal_fit_and_changes_nothing(tmp_path: Path) -> None:
    path = recorded(tmp_path / "journal", "r1")
    before = path.read_bytes()
    found = checks_of(path)
    assert list(found) == ["journal", "permissions", "space", "fsync", "writer"]
    assert found["journal"] == Check("journal", ok=True, found=f"intact, schema version {len(MIGRATIONS)}")
    assert found["permissions"].found == "600"
    assert found["writer"].found == "nobody writes"
    assert all(check.ok for name, check in found.items() if name != "fsync")  # the disk may be busy
    assert found["fsync"].found.endswith(" ms")
    assert path.read_bytes() == before
    assert not list(tmp_path.glob("*fsync*"))


def test_doctor_names_the_writer_of_a_journal_in_use(tmp_path: Path) -> None:
    path = tmp_path / "journal"

    async def run() -> dict[str, Check]:
        async with SqliteJournal(path) as journal:
            await record(journal, "r1")
            return {check.name: check for check in await doctor(path, least_free=0)}

    found = asyncio.run(run())
    assert found["writer"].found.startswith("process ")
    assert found["journal"].ok


def test_doctor_finds_what_is_unfit_and_says_the_fix(tmp_path: Path) -> None:
    path = recorded(tmp_path / "journal", *(f"r{number}" for number in range(30)))
    with path.open("r+b") as file:
        file.seek(path.stat().st_size * 2 // 3)
        file.write(b"\xa5" * 9000)
    path.chmod(0o644)
    found = checks_of(path, least_free=2**62)
    unfit = {name: check.fix for name, check in found.items() if not check.ok and name != "fsync"}
    assert list(unfit) == ["journal", "permissions", "space"]
    assert all(unfit.values())
    assert found["journal"].found.startswith("the journal is damaged: ")


def test_doctor_of_what_is_not_there_yet(tmp_path: Path) -> None:
    assert checks_of(tmp_path / "journal")["journal"].ok
    missing = checks_of(tmp_path / "gone" / "journal")
    assert [missing["journal"].ok, missing["directory"].ok] == [True, False]


def test_a_backup_made_while_nova_writes_holds_every_run_that_was_on_record(tmp_path: Path) -> None:
    path, copy = tmp_path / "journal", tmp_path / "copies" / "backup"
    copy.parent.mkdir()

    async def run() -> int:
        async with SqliteJournal(path) as journal:
            await record(journal, "r1", "r2")
            _, size = await asyncio.gather(record(journal, "r3", "r4"), backup(path, copy))
            return size

    assert asyncio.run(run()) == copy.stat().st_size
    assert [one.name for one in copy.parent.iterdir()] == ["backup"]
    assert copy.stat().st_mode & 0o777 == 0o600
    assert {"r1", "r2"} <= {*names_of(copy)} <= {"r1", "r2", "r3", "r4"}


def test_a_backup_replaces_no_file_and_needs_a_journal(tmp_path: Path) -> None:
    path, there = recorded(tmp_path / "journal", "r1"), tmp_path / "there"
    there.write_text("precious")
    for source, destination, words in (
        (path, there, "never replaces a file"),
        (tmp_path / "none", tmp_path / "new", "no journal to back up"),
        (path, tmp_path / "gone" / "new", "cannot be written"),
        (there, tmp_path / "new", "not a journal"),
    ):
        with pytest.raises(JournalError, match=words):
            asyncio.run(backup(source, destination))
    assert there.read_text() == "precious"
    assert not (tmp_path / "new").exists()


def test_a_restored_journal_is_the_backup_and_the_old_file_is_kept_readable(tmp_path: Path) -> None:
    path, copy = recorded(tmp_path / "journal", "r1"), tmp_path / "backup"
    asyncio.run(backup(path, copy))
    recorded(path, "r2")
    kept = asyncio.run(restore(copy, path))
    assert kept == tmp_path / "journal.old-1"
    assert [names_of(path), names_of(kept), names_of(copy)] == [["r1"], ["r2", "r1"], ["r1"]]
    recorded(path, "r3")
    assert asyncio.run(restore(copy, path)) == tmp_path / "journal.old-2"
    assert names_of(tmp_path / "journal.old-2") == ["r3", "r1"]


def test_what_only_the_log_of_a_damaged_journal_holds_is_kept_and_stays_away_from_the_new_file(tmp_path: Path) -> None:
    copy, left = tmp_path / "backup", tmp_path / "left" / "journal"
    asyncio.run(backup(recorded(tmp_path / "journal", "r1"), copy))
    left.parent.mkdir()

    async def crash() -> None:
        async with SqliteJournal(tmp_path / "other") as journal:
            await record(journal, "r7", "r8")
            for suffix in ("", "-wal"):  # as a crash leaves them: the rows are only in the log
                left.with_name(left.name + suffix).write_bytes((tmp_path / f"other{suffix}").read_bytes())

    asyncio.run(crash())
    kept = asyncio.run(restore(copy, left))
    assert kept is not None
    assert [names_of(left), names_of(kept)] == [["r1"], ["r8", "r7"]]


def test_nothing_is_touched_by_a_backup_that_is_not_whole_or_while_nova_writes(tmp_path: Path) -> None:
    path, copy, empty = recorded(tmp_path / "journal", "r1"), tmp_path / "backup", tmp_path / "empty"
    asyncio.run(backup(path, copy))
    torn = tmp_path / "torn"
    torn.write_bytes(copy.read_bytes()[:-20_000] + b"\xa5" * 20_000)
    empty.touch()
    recorded(path, "r2")
    for source, words in ((torn, "damaged"), (empty, "holds nothing"), (tmp_path / "none", "no such backup")):
        with pytest.raises(JournalError, match=words):
            asyncio.run(restore(source, path))

    async def meanwhile() -> None:
        async with SqliteJournal(path) as journal:
            await record(journal, "r3")
            with pytest.raises(JournalError, match="another nova writes this journal"):
                await restore(copy, path)

    asyncio.run(meanwhile())
    assert names_of(path) == ["r3", "r2", "r1"]
    assert not [one.name for one in tmp_path.iterdir() if "old" in one.name or "restoring" in one.name]


POLICY = Retention(days={"done": 10, "waiting": 20})
NOW = 100 * DAY


def test_retention_deletes_whole_old_runs_by_state_and_never_an_open_one(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    settled = {
        "done_old": ("done", 89.9),
        "done_new": ("done", 90.1),
        "waiting_old": ("waiting", 79.9),
        "waiting_new": ("waiting", 80.1),
        "failed_old": ("failed", 1.0),  # the policy does not name it
        "open_old": ("open", 1.0),
    }

    async def run() -> tuple[int, int, list[str], int]:
        async with SqliteJournal(path) as journal:
            await record(journal, *settled, "never_settled")
            for name, (state, day) in settled.items():
                await journal.record([Standing(run=name, owner="count", state=state, at=day * DAY)])
            await journal.record([Standing(run="waiting_new", owner="count", state="waiting", at=1.0)])
            await journal.record([Standing(run="waiting_new", owner="count", state="open", at=1.0)])  # it goes on
            await journal.feedback("done_old", ACME, good=True, because="", at=1.0)
            gone = await retain(journal, POLICY, now=NOW)
            again = await retain(journal, POLICY, now=NOW)
            kept = [run.run for run in await journal.runs(ACME)]
            return gone, again, kept, len(await journal.entries("done_new", ACME))

    kept = ["never_settled", "open_old", "failed_old", "waiting_new", "done_new"]
    assert asyncio.run(run()) == (2, 0, kept, 2)
    with closing(sqlite3.connect(path)) as raw:
        for table in EVENTS:
            key = "number" if table == "runs" else "run"
            assert raw.execute(f"SELECT count(*) FROM {table} WHERE {key} IN (1, 3)").fetchone() == (0,)  # noqa: S608
        assert raw.execute("SELECT count(*) FROM retiring").fetchone() == (0,)
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_run_that_went_on_after_it_was_chosen_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "journal"

    async def run() -> None:
        async with SqliteJournal(path) as journal:
            await record(journal, "r1")
            for state in ("waiting", "done"):
                await journal.record([Standing(run="r1", owner="count", state=state, at=1.0)])

    asyncio.run(run())
    writer = Writer(path, patience=1.0)
    told = [writer([((RETIRING, (1, settlement)),)]) for settlement in (1, 2)]  # chosen while it waited, then when done
    writer.finish()
    assert told == [[0], [1]]
    assert names_of(path) == []


def test_the_space_of_forgotten_runs_is_given_back(tmp_path: Path) -> None:
    path = recorded(tmp_path / "journal", *(f"r{number}" for number in range(120)))
    before = path.stat().st_size

    async def run() -> int:
        async with SqliteJournal(path) as journal:
            for number in range(120):
                await journal.record([Standing(run=f"r{number}", owner="count", state="done", at=1.0)])
            return await retain(journal, POLICY, now=NOW)

    assert asyncio.run(run()) == 120  # more than one portion
    assert path.stat().st_size < before / 2


def test_an_open_run_cannot_be_deleted_even_by_name(tmp_path: Path) -> None:
    path = recorded(tmp_path / "journal", "r1")

    async def run() -> None:
        async with SqliteJournal(path) as journal:
            with pytest.raises(JournalError, match="an open run is never deleted"):
                await journal.retire(state="open", before=NOW)

    asyncio.run(run())
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as raw,
        pytest.raises(sqlite3.IntegrityError, match="an open run is never deleted"),
    ):
        raw.execute("INSERT INTO retiring VALUES (1)")


def test_the_policy_of_this_repository_is_one(tmp_path: Path) -> None:
    policy = retention_policy((ROOT / "policies" / "retention.yaml").read_text(encoding="utf-8"))
    assert policy.days == {"done": 365, "failed": 365, "waiting": 730}


WRONG = {
    "an open run": ("days: {open: 3}", "days.open"),
    "no days": ("days: {done: 0}", "days.done"),
    "a word too many": ("days: {done: 3}\nhours: 2", "hours"),
    "nothing at all": ("", "the file"),
    "no YAML": ("days: {", "is not YAML"),
}


@pytest.mark.parametrize(("text", "words"), WRONG.values(), ids=WRONG.keys())
def test_a_policy_that_says_something_else_is_refused(text: str, words: str) -> None:
    with pytest.raises(PolicyError, match=words):
        retention_policy(text)
