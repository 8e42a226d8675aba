"""Whatever happens to the file, the journal says what, where, why and the fix, and what is intact stays readable."""

import asyncio
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from nova.adapters.journal import SqliteJournal
from nova.adapters.journal_file import PAGE
from nova.errors import JournalError
from tests.nova.journaling import ACME, closed, ending, entry_of, run_of

ROOT = Path(__file__).resolve().parents[2]
BWRAP = "/usr/bin/bwrap"
PRELUDE = """
import asyncio, os, resource, signal, sys
from pathlib import Path
from nova.adapters.journal import SqliteJournal
from nova.errors import JournalError
from tests.nova.journaling import ACME, closed, ending, entry_of, run_of
path = Path(sys.argv[1])
"""


async def record(journal: SqliteJournal, *names: str) -> None:
    for name in names:
        await journal.record([run_of(name), entry_of(name)])
        await journal.record([entry_of(name, 1, task=f'"{name * 500}"')])
        await journal.record([ending(entry_of(name, 1))])


def recorded(path: Path, *names: str) -> Path:
    async def run() -> None:
        async with SqliteJournal(path) as journal:
            await record(journal, *names)

    asyncio.run(run())
    return path


def error_of(path: Path, *, write: bool) -> JournalError:
    """Return what a new run, or a list of runs, meets."""

    async def run() -> JournalError:
        async with SqliteJournal(path, patience=0.1) as journal:
            with pytest.raises(JournalError) as caught:
                await (journal.record([run_of("new"), entry_of("new")]) if write else journal.runs(ACME))
            return caught.value

    return asyncio.run(run())


def names_of(path: Path) -> list[str]:
    async def run() -> list[str]:
        async with SqliteJournal(path, patience=0.1) as journal:
            return [run.run for run in await journal.runs(ACME)]

    return asyncio.run(run())


def program(path: Path, text: str) -> list[str]:
    return [sys.executable, "-c", PRELUDE + text, str(path)]


def printed(command: list[str]) -> list[str]:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


HOLD = """
async def main():
    async with SqliteJournal(path) as journal:
        await journal.record([run_of("r1"), entry_of("r1")])
        print("here", flush=True)
        sys.stdin.read()
asyncio.run(main())
"""


def test_a_second_process_reads_but_is_told_who_writes_until_that_one_dies(tmp_path: Path) -> None:
    path = tmp_path / "journal"

    async def run(other: "subprocess.Popen[str]") -> None:
        async with SqliteJournal(path) as journal:
            with pytest.raises(
                JournalError, match=f"another nova writes this journal(.|\n)*process {other.pid}, since"
            ):
                await record(journal, "r2")
            assert [run.run for run in await journal.runs(ACME)] == ["r1"]
            other.kill()
            other.wait()
            await record(journal, "r2")
            assert [run.run for run in await journal.runs(ACME)] == ["r2", "r1"]

    with subprocess.Popen(
        program(path, HOLD), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "here\n"
        asyncio.run(run(other))


def test_a_foreign_program_that_locks_the_file_is_told_and_the_journal_goes_on_after(tmp_path: Path) -> None:
    path = recorded(tmp_path / "journal", "r1")

    async def run() -> None:
        async with SqliteJournal(path, patience=0.1) as journal:
            await record(journal, "r2")
            with closing(sqlite3.connect(path, isolation_level=None)) as foreign:
                foreign.execute("BEGIN IMMEDIATE")
                with pytest.raises(JournalError, match="locked by another program"):
                    await record(journal, "r3")
                assert len(await journal.runs(ACME)) == 2
            await record(journal, "r3")
            assert len(await journal.runs(ACME)) == 3

    asyncio.run(run())


NOT_OURS = {
    "a text": (b"Dear diary, today I counted crates. " * 400, "the journal is not a journal"),
    "a newer journal": (99, "made by a newer nova"),
    "another program's database": (0, "the journal is not a journal"),
}


@pytest.mark.parametrize(("content", "words"), NOT_OURS.values(), ids=NOT_OURS.keys())
@pytest.mark.parametrize("write", [True, False], ids=["for writing", "for reading"])
def test_a_file_that_is_not_ours_is_left_alone(tmp_path: Path, content: bytes | int, words: str, write: bool) -> None:
    path = tmp_path / "journal"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        with closing(sqlite3.connect(path, isolation_level=None)) as made:
            made.execute("CREATE TABLE crates (label TEXT)")
            made.execute(f"PRAGMA user_version = {content}")
    before = path.read_bytes()
    error = error_of(path, write=write)
    assert words in error.what
    assert error.where == str(path)
    assert error.fix
    assert path.read_bytes() == before


def test_a_torn_end_of_the_log_loses_nothing_that_was_on_record(tmp_path: Path) -> None:
    path, copy = tmp_path / "journal", tmp_path / "copy" / "journal"
    copy.parent.mkdir()

    async def run() -> None:
        async with SqliteJournal(path) as journal:
            await record(journal, "r1", "r2")
            for suffix in ("", "-wal"):  # as a crash leaves them
                shutil.copy(f"{path}{suffix}", f"{copy}{suffix}")

    asyncio.run(run())
    with Path(f"{copy}-wal").open("ab") as log:
        log.write(b"half a page" * 300)
    assert names_of(copy) == ["r2", "r1"]
    recorded(copy, "r3")
    assert names_of(copy) == ["r3", "r2", "r1"]


def damaged(path: Path) -> Path:
    """Record 40 runs and overwrite the end of the file, as a failing disk might."""
    recorded(path, *(f"r{number}" for number in range(40)))
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size - size // 6)
        file.write(b"\xa5" * (size // 6))
    return path


def test_after_a_crash_a_file_with_damage_that_no_write_would_touch_is_not_written(tmp_path: Path) -> None:
    path = recorded(tmp_path / "journal", *(f"r{number}" for number in range(40)))
    page = path.read_bytes().index(b"r5" * 100) // PAGE * PAGE
    with path.open("r+b") as file:
        file.seek(page)
        file.write(b"\xa5" * PAGE)
    path.with_name(path.name + ".lock").write_text("process 1")  # it died
    before = path.read_bytes()
    error = error_of(path, write=True)
    assert (error.what, error.where) == ("the journal is damaged", str(path))
    assert "nova restore" in error.fix
    assert path.read_bytes() == before
    assert len(names_of(path)) == 40


def test_of_a_damaged_file_what_is_intact_is_read_and_what_is_not_is_told(tmp_path: Path) -> None:
    path = damaged(tmp_path / "journal")

    async def run() -> tuple[bool, list[JournalError]]:
        async with SqliteJournal(path) as journal:
            intact = await journal.entries("r0", ACME) == (
                entry_of("r0"),
                closed(entry_of("r0", 1, task=f'"{"r0" * 500}"')),
            )
            asked = (journal.entries(f"r{number}", ACME) for number in range(40))
            told = await asyncio.gather(*asked, return_exceptions=True)
            return intact, [one for one in told if isinstance(one, JournalError)]

    intact, errors = asyncio.run(run())
    assert intact
    assert 0 < len(errors) < 30
    assert {(error.what, error.where) for error in errors} == {("the journal is damaged", str(path))}
    assert all("nova restore" in error.fix for error in errors)


def test_a_row_that_fits_no_record_is_told_without_its_content(tmp_path: Path) -> None:
    path = recorded(tmp_path / "journal", "r1")
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("DROP TRIGGER entries_never_change")
        raw.execute("UPDATE entries SET relation = 'canary'")

    async def run() -> JournalError:
        async with SqliteJournal(path) as journal:
            with pytest.raises(JournalError) as caught:
                await journal.entries("r1", ACME)
            return caught.value

    error = asyncio.run(run())
    assert error.what == "the journal is damaged"
    assert "canary" not in str(error)


LIMITED = """
async def main():
    async with SqliteJournal(path) as journal:
        await journal.record([run_of("r1"), entry_of("r1")])
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
        kept = 0
        try:
            for kept in range(1, 1000):
                await journal.record([entry_of("r1", kept, task="x" * 5000)])
        except JournalError as error:
            print(error.what)
            print(bool(error.where and error.why and error.fix))
        print(len(await journal.entries("r1", ACME)) == kept)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        await journal.record([entry_of("r1", 2000)])
        print(len(await journal.entries("r1", ACME)) == kept + 1)
asyncio.run(main())
"""


@pytest.mark.host  # it sets a limit of its own on the size of files
def test_a_disk_that_does_not_answer_is_told_and_the_journal_goes_on_when_it_does_again(tmp_path: Path) -> None:
    assert printed(program(tmp_path / "journal", LIMITED)) == ["the disk does not answer", "True", "True", "True"]


FULL = """
filler = path.with_name("filler")
async def main():
    async with SqliteJournal(path) as journal:
        await journal.record([run_of("r1"), entry_of("r1")])
        filler.write_bytes(bytes(3_000_000))
        kept = 0
        try:
            for kept in range(1, 1000):
                await journal.record([entry_of("r1", kept, task="x" * 5000)])
        except JournalError as error:
            print(error.what)
            print(bool(error.where and error.why and error.fix))
        print(len(await journal.entries("r1", ACME)) == kept)
        filler.unlink()
        await journal.record([entry_of("r1", 2000)])
        print(len(await journal.entries("r1", ACME)) == kept + 1)
asyncio.run(main())
"""


@pytest.mark.host
@pytest.mark.t3
def test_a_full_disk_is_told_and_the_journal_goes_on_when_there_is_room(tmp_path: Path) -> None:
    small = [BWRAP, "--dev-bind", "/", "/", "--size", "4000000", "--tmpfs", str(tmp_path)]
    assert printed([*small, *program(tmp_path / "journal", FULL)]) == ["the disk is full", "True", "True", "True"]


READ_ONLY = """
async def main():
    async with SqliteJournal(path) as journal:
        try:
            await journal.record([run_of("r2"), entry_of("r2")])
        except JournalError as error:
            print(error.what)
            print(bool(error.where and error.why and error.fix))
        print([run.run for run in await journal.runs(ACME)])
asyncio.run(main())
"""


@pytest.mark.host
@pytest.mark.t3
@pytest.mark.parametrize("crashed", [False, True], ids=["after a clean end", "after a crash"])
def test_a_read_only_disk_is_told_and_reading_goes_on(tmp_path: Path, crashed: bool) -> None:
    path = tmp_path / "journal"
    if crashed:
        text = HOLD.replace("sys.stdin.read()", "os.kill(os.getpid(), signal.SIGKILL)")
        subprocess.run(program(path, text), cwd=ROOT, check=False, capture_output=True, timeout=60)
    else:
        recorded(path, "r1")
    read_only = [BWRAP, "--dev-bind", "/", "/", "--ro-bind", str(tmp_path), str(tmp_path)]
    told = printed([*read_only, *program(path, READ_ONLY)])
    assert told == ["the journal cannot be written", "True", "['r1']"]
