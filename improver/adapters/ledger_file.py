"""Open the ledger's SQLite file, and tell what is wrong with it in words a human can act on."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from improver.adapters.ledger_schema import MIGRATIONS, migrate
from improver.errors import LedgerError

OLDEST_SQLITE = (3, 37, 0)  # STRICT tables
PATIENCE = 10.0  # seconds to wait for another process
STEP = 0.02  # seconds between two tries
TROUBLES = {
    sqlite3.SQLITE_CORRUPT: ("the ledger is damaged", "move it away; a new one is made and forgets past decisions"),
    sqlite3.SQLITE_NOTADB: ("the ledger is not a database", "move it away; a new one is made"),
    sqlite3.SQLITE_READONLY: ("the ledger cannot be written", "make the file and its directory writable"),
    sqlite3.SQLITE_CANTOPEN: ("the ledger cannot be opened", "make its directory readable and writable"),
    sqlite3.SQLITE_BUSY: ("the ledger is locked by another process", "wait for the other improve command to end"),
    sqlite3.SQLITE_LOCKED: ("the ledger is locked by another process", "wait for the other improve command to end"),
    sqlite3.SQLITE_FULL: ("the disk is full", "free some space; nothing half-written was kept"),
    sqlite3.SQLITE_IOERR: ("the disk does not answer", "check the disk and its free space"),
}


@contextmanager
def told(where: str) -> Iterator[None]:
    """Turn what SQLite says into a LedgerError with a fix."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the primary of an extended code
        what, fix = TROUBLES.get(code, ("the ledger refused", "report this with the line above"))
        raise LedgerError(what, where=where, why=str(error), fix=fix) from error


def connect(path: Path, patience: float = PATIENCE) -> sqlite3.Connection:
    """Open or make the ledger at `path`: checked, current, WAL, every commit on disk before it returns.

    `patience` is in seconds. Raises LedgerError for a file that is damaged, locked, read-only or newer than we are.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise LedgerError("this Python's SQLite is too old", why=sqlite3.sqlite_version, fix="use 3.37 or newer")
    with told(str(path)):
        connection = sqlite3.connect(path, timeout=patience, isolation_level=None)
        try:
            _prepare(connection, path, patience)
        except BaseException:
            connection.close()
            raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path, patience: float) -> None:
    connection.row_factory = sqlite3.Row
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(MIGRATIONS):
        why = f"its version is {version}, this program knows {len(MIGRATIONS)}"
        raise LedgerError("the ledger was made by a newer improve", where=str(path), why=why, fix="update improve")
    mode = _write_ahead(connection, patience)
    if mode != "wal":
        fix = "put the project on a local disk"
        raise LedgerError("the ledger's disk cannot do WAL", where=str(path), why=f"it offers {mode}", fix=fix)
    for pragma in ("synchronous = FULL", "foreign_keys = ON", "trusted_schema = OFF"):
        connection.execute(f"PRAGMA {pragma}")
    verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        what, fix = TROUBLES[sqlite3.SQLITE_CORRUPT]
        raise LedgerError(what, where=str(path), why=str(verdict), fix=fix)
    if version < len(MIGRATIONS):
        migrate(connection)


def _write_ahead(connection: sqlite3.Connection, patience: float) -> str:
    """Switch to WAL and return the journal mode; SQLite itself does not wait when two make a new file at once."""
    for _ in range(int(patience / STEP)):
        try:
            return str(connection.execute("PRAGMA journal_mode = WAL").fetchone()[0])
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(STEP)
    return str(connection.execute("PRAGMA journal_mode = WAL").fetchone()[0])


@contextmanager
def transaction(connection: sqlite3.Connection, where: str) -> Iterator[sqlite3.Connection]:
    """Run the block as one write: all of it is kept, or none."""
    with told(where):
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            if connection.in_transaction:  # SQLite itself rolls back when the disk is full
                connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
