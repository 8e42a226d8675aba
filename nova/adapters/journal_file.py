"""Open the journal's SQLite file for its one writer or for a reader, and tell what is wrong in words to act on."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from nova.adapters.journal_lock import lock
from nova.adapters.journal_schema import APPLICATION, MIGRATIONS, migrate, version_of
from nova.errors import JournalError

OLDEST_SQLITE = (3, 37, 0)  # STRICT tables
PATIENCE = 5.0  # seconds to wait for whoever else has the file open
STATEMENTS = 256  # compiled ones that are kept
STEP = 0.02  # seconds between two tries
PAGE = 8_192  # bytes; three entries with packets of 2 KB share one, where 4 KB would hold one
CHECKPOINT = 2_000  # pages of the write-ahead log, 16 MB: the log is copied into the file when it is this long
RESTORE = "`nova restore BACKUP` puts a backup in its place and keeps this file aside; intact rows can still be read"
TROUBLES = {
    sqlite3.SQLITE_CORRUPT: ("the journal is damaged", RESTORE),
    sqlite3.SQLITE_NOTADB: ("the journal is not a journal", RESTORE),
    sqlite3.SQLITE_READONLY: ("the journal cannot be written", "make the file and its directory writable"),
    sqlite3.SQLITE_PERM: ("the journal cannot be written", "make the file and its directory writable"),
    sqlite3.SQLITE_CANTOPEN: ("the journal cannot be opened", "make its directory readable and writable"),
    sqlite3.SQLITE_BUSY: ("the journal is locked by another program", "end what has the file open, then try again"),
    sqlite3.SQLITE_LOCKED: ("the journal is locked by another program", "end what has the file open, then try again"),
    sqlite3.SQLITE_FULL: ("the disk is full", "free some space; what was on record still is, this write is not"),
    sqlite3.SQLITE_IOERR: ("the disk does not answer", "check the disk and its free space, then `nova doctor`"),
}
FATAL = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR)  # the connection cannot be trusted on


def primary(error: sqlite3.Error) -> int:
    """Return SQLite's primary result code of `error`, 0 where it has none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def trouble(error: sqlite3.Error, where: str) -> JournalError:
    """Return what SQLite says as a JournalError with a fix."""
    what, fix = TROUBLES.get(primary(error), ("the journal refused", "`nova doctor` says more"))
    return JournalError(what, where=where, why=str(error), fix=fix)


@contextmanager
def told(where: str) -> Iterator[None]:
    """Turn what SQLite says into a JournalError with a fix."""
    try:
        yield
    except sqlite3.Error as error:
        raise trouble(error, where) from error


def connect_writer(path: Path, *, patience: float = PATIENCE, check: bool = True) -> sqlite3.Connection:
    """Open or make the journal at `path` for writing; whoever calls holds its lock.

    Current schema, WAL, every commit on disk before it returns, readable by its user only. `check` looks for
    damage first, which takes as long as reading the file. Raises JournalError.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise JournalError("this Python's SQLite is too old", why=sqlite3.sqlite_version, fix="use 3.37 or newer")
    with told(str(path)):
        _make_private(path)
        connection = sqlite3.connect(path, timeout=patience, isolation_level=None, cached_statements=STATEMENTS)
        try:
            _prepare(connection, path, patience)
            if check:
                expect_intact(connection, str(path), "quick_check")
            migrate(connection)
        except BaseException:
            connection.close()
            raise
    return connection


def _make_private(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDONLY | os.O_CLOEXEC, 0o600))
    except OSError as error:
        what, fix = TROUBLES[sqlite3.SQLITE_CANTOPEN]
        raise JournalError(what, where=str(path), why=str(error), fix=fix) from error


def _prepare(connection: sqlite3.Connection, path: Path, patience: float) -> None:
    if expect_known(connection, str(path)) == 0:
        connection.execute(f"PRAGMA page_size = {PAGE}")  # both count only while the file is empty
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    mode = _write_ahead(connection, patience)
    if mode != "wal":
        fix = "put the data directory on a local disk"
        raise JournalError("the journal's disk cannot do WAL", where=str(path), why=f"it offers {mode}", fix=fix)
    for pragma in (
        "synchronous = FULL",
        "foreign_keys = ON",
        "trusted_schema = OFF",
        "cache_size = -16384",
        f"wal_autocheckpoint = {CHECKPOINT}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def expect_known(connection: sqlite3.Connection, where: str) -> int:
    """Return the file's schema version; raise JournalError if it is no journal, or one of a newer nova."""
    version, made, tables = _identity(connection)
    if version > len(MIGRATIONS):
        why = f"its version is {version}, this program knows {len(MIGRATIONS)}"
        raise JournalError("the journal was made by a newer nova", where=where, why=why, fix="update nova")
    if (version or tables) and made != APPLICATION:
        what, fix = TROUBLES[sqlite3.SQLITE_NOTADB]
        raise JournalError(what, where=where, why="it is a database of something else", fix=fix)
    return version


def _identity(connection: sqlite3.Connection) -> tuple[int, int, int]:
    """Return schema version, application and number of tables, as of one moment: somebody else may just make them."""
    connection.execute("BEGIN")
    try:
        made = int(connection.execute("PRAGMA application_id").fetchone()[0])
        tables = int(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
        return version_of(connection), made, tables
    finally:
        if connection.in_transaction:  # some errors end it, and theirs is the one to tell
            connection.execute("ROLLBACK")


def expect_intact(connection: sqlite3.Connection, where: str, check: str = "integrity_check") -> None:
    """Raise JournalError if SQLite's `check` (integrity_check, or quick_check without indexes) finds damage."""
    verdict = connection.execute(f"PRAGMA {check}(1)").fetchone()[0]
    if verdict != "ok":
        what, fix = TROUBLES[sqlite3.SQLITE_CORRUPT]
        raise JournalError(what, where=where, why=str(verdict), fix=fix)


def _write_ahead(connection: sqlite3.Connection, patience: float) -> str:
    """Switch to WAL and return the journal mode; SQLite itself does not wait when somebody else is doing so."""
    for _ in range(int(patience / STEP)):
        try:
            return str(connection.execute("PRAGMA journal_mode = WAL").fetchone()[0])
        except sqlite3.OperationalError as error:
            if primary(error) != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(STEP)
    return str(connection.execute("PRAGMA journal_mode = WAL").fetchone()[0])


def connect_reader(path: Path, *, patience: float = PATIENCE) -> sqlite3.Connection | None:
    """Open the journal at `path` for reading, or return None while there is nothing in it.

    An older schema is brought up to date first, which needs the writer's lock. Raises JournalError.
    """
    if not path.exists():
        return None
    with told(str(path)):
        connection = open_readonly(path, patience)
        try:
            version = expect_known(connection, str(path))
        except BaseException:
            connection.close()
            raise
        if version == len(MIGRATIONS):
            return connection
        connection.close()
        if version == 0:
            return None
        _bring_up_to_date(path, patience)
        return open_readonly(path, patience)


def _bring_up_to_date(path: Path, patience: float) -> None:
    held = lock(path)
    try:
        connect_writer(path, patience=patience, check=held.unclean).close()
    finally:
        held.release()


def open_readonly(path: Path, patience: float) -> sqlite3.Connection:
    """Open a file that is there for reading only.

    SQLite itself may write: what a killed writer left half-done is tidied up by whoever opens the file next. Where
    nobody can write and there is no log, the file is read as it is.
    """
    address = f"file:{quote(str(path))}"
    connection = sqlite3.connect(f"{address}?mode=rw", uri=True, timeout=patience, isolation_level=None)
    try:
        version_of(connection)
    except sqlite3.OperationalError as error:
        connection.close()
        log = path.with_name(path.name + "-wal")
        if primary(error) != sqlite3.SQLITE_CANTOPEN or (log.exists() and log.stat().st_size):
            raise
        connection = sqlite3.connect(f"{address}?mode=ro&immutable=1", uri=True, isolation_level=None)
    except BaseException:
        connection.close()
        raise
    for pragma in ("trusted_schema = OFF", "query_only = ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection
