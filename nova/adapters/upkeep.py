"""Look after a journal: is it fit, copy it, put a copy back."""

import asyncio
import os
import shutil
import sqlite3
import statistics
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from nova.adapters.journal_file import expect_intact, expect_known, open_readonly, told
from nova.adapters.journal_lock import holder, lock
from nova.adapters.journal_schema import MIGRATIONS
from nova.errors import JournalError

PATIENCE = 5.0  # seconds to wait for a foreign program that has the file locked
PAGES = 512  # copied at a time, so that writing goes on in between
LEAST_FREE = 256 * 2**20  # bytes
SLOW = 0.02  # seconds: a disk that takes longer for one fsync makes every handoff slow
TRIES = 15  # fsyncs measured
BLOCK = 4_096  # bytes written before each
OTHERS = 0o077  # permission bits of everybody but the user


@dataclass(frozen=True, slots=True)
class Check:
    """One thing doctor looked at: whether it is fit, what was found, and what to do where it is not."""

    name: str
    ok: bool
    found: str
    fix: str = ""


async def doctor(path: Path, *, least_free: int = LEAST_FREE) -> tuple[Check, ...]:
    """Look at the journal at `path` and at its disk; changes nothing and also works while nova runs."""
    return await asyncio.to_thread(lambda: tuple(_checks(path, least_free)))


async def backup(path: Path, destination: Path) -> int:
    """Copy the journal at `path` to the new file `destination` while nova runs; return its size in bytes.

    The copy is checked before it gets its name. Raises JournalError.
    """
    return await asyncio.to_thread(_backup, path, destination)


async def restore(source: Path, path: Path) -> Path | None:
    """Put the backup `source` in the place of the journal at `path`; return where the old file was kept, if any.

    Nothing is touched unless the backup is whole and nova is not running. Raises JournalError.
    """
    return await asyncio.to_thread(_restore, source, path)


def _checks(path: Path, least_free: int) -> Iterator[Check]:
    if path.exists():
        yield _content(path)
        yield _permissions(path)
    else:
        yield Check("journal", ok=True, found="not there yet; the first run makes it")
    if not path.parent.is_dir():
        yield Check("directory", ok=False, found=f"{path.parent} is not there", fix="make it, or correct the settings")
        return
    free = shutil.disk_usage(path.parent).free
    fix = "free some space, or shorten policies/retention.yaml"
    yield Check("space", ok=free >= least_free, found=f"{free / 2**20:.0f} MiB free", fix=fix)
    yield _latency(path)
    yield Check("writer", ok=True, found=holder(path) or "nobody writes")


def _content(path: Path) -> Check:
    """Read the whole file; tells damage, foreign files, and schemas that are too new."""
    try:
        with told(str(path)), closing(open_readonly(path, PATIENCE)) as connection:
            version = expect_known(connection, str(path))
            expect_intact(connection, str(path))
            _expect_related(connection, path)
    except JournalError as error:
        return Check("journal", ok=False, found=f"{error.what}: {error.why}", fix=error.fix)
    older = f", becomes {len(MIGRATIONS)} at the next start" if version < len(MIGRATIONS) else ""
    return Check("journal", ok=True, found=f"intact, schema version {version}{older}")


def _permissions(path: Path) -> Check:
    mode = path.stat().st_mode & 0o777
    if not os.access(path, os.R_OK | os.W_OK) or not os.access(path.parent, os.W_OK):
        fix = "make the file and its directory writable"
        return Check("permissions", ok=False, found="this user may not write", fix=fix)
    return Check("permissions", ok=not mode & OTHERS, found=f"{mode:o}", fix="chmod 600: it holds what people said")


def _latency(path: Path) -> Check:
    """Measure how long this disk takes to make one small write last."""
    place = path.with_name(f"{path.name}.fsync-{os.getpid()}")
    seconds = []
    try:
        with place.open("xb", buffering=0) as file:
            for _ in range(TRIES):
                begun = time.perf_counter()
                file.write(bytes(BLOCK))
                os.fsync(file.fileno())
                seconds.append(time.perf_counter() - begun)
    except OSError as error:
        return Check("fsync", ok=False, found=str(error), fix="make the directory writable, check the disk")
    finally:
        place.unlink(missing_ok=True)
    median = statistics.median(seconds)
    return Check("fsync", ok=median <= SLOW, found=f"{median * 1e3:.2f} ms", fix="put the data on a faster local disk")


def _backup(path: Path, destination: Path) -> int:
    if not path.exists():
        raise JournalError("there is no journal to back up", where=str(path), fix="nova doctor")
    if destination.exists():
        raise JournalError("a backup never replaces a file", where=str(destination), fix="choose another name")
    with told(str(path)), closing(open_readonly(path, PATIENCE)) as connection:
        expect_known(connection, str(path))
        _copy(connection, destination)
    return destination.stat().st_size


def _restore(source: Path, path: Path) -> Path | None:
    if not source.exists():
        raise JournalError("there is no such backup", where=str(source), fix="nova backup FILE makes one")
    held = lock(path)
    try:
        staged = path.with_name(f"{path.name}.restoring")
        staged.unlink(missing_ok=True)
        with told(str(source)), closing(open_readonly(source, PATIENCE)) as connection:
            if expect_known(connection, str(source)) == 0:
                raise JournalError("the backup holds nothing", where=str(source), fix="choose another one")
            expect_intact(connection, str(source))
            _copy(connection, staged)
        kept = _set_aside(path) if path.exists() else None
        staged.replace(path)
        _make_last(path.parent)
    except OSError as error:
        fix = "check the directory; the old file is still there, under its own or its new name"
        raise JournalError("the backup cannot be put in place", where=str(path), why=str(error), fix=fix) from error
    finally:
        held.release()
    return kept


def _copy(connection: sqlite3.Connection, destination: Path) -> None:
    """Copy a whole journal into the new file `destination`, which has its name only once it is checked and lasts."""
    draft = destination.with_name(f"{destination.name}.partial")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with told(str(draft)), closing(sqlite3.connect(draft, isolation_level=None)) as copy:
            connection.backup(copy, pages=PAGES)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
            expect_intact(copy, str(draft))
            _expect_related(copy, draft)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(destination)
        _make_last(destination.parent)
    except OSError as error:
        fix = "choose a directory that is there and can be written"
        raise JournalError("the copy cannot be written", where=str(draft), why=str(error), fix=fix) from error
    finally:
        draft.unlink(missing_ok=True)


def _expect_related(connection: sqlite3.Connection, path: Path) -> None:
    """Raise JournalError if a row belongs to a row that is not there."""
    if orphan := connection.execute("PRAGMA foreign_key_check").fetchone():
        why = f"a row of {orphan[0]} belongs to nothing"
        raise JournalError("the journal is damaged", where=str(path), why=why, fix="nova restore BACKUP")


def _set_aside(path: Path) -> Path:
    """Give the old file, and its log, a second name; only then may its own name go to the new one."""
    number = 1
    while (kept := path.with_name(f"{path.name}.old-{number}")).exists():
        number += 1
    os.link(path, kept)
    log = path.with_name(f"{path.name}-wal")
    if log.exists():  # what only the log holds stays with the old file; beside the new one it would be damage
        os.link(log, kept.with_name(f"{kept.name}-wal"))
        _make_last(path.parent)
        log.unlink()
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
    return kept


def _make_last(directory: Path) -> None:
    """Make the names in `directory` survive a power cut."""
    opened = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
