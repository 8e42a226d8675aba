"""Put what many runs record at once on disk in one transaction; a write that cannot be recorded fails alone."""

import itertools
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from nova.adapters.journal_file import FATAL, connect_writer, primary, trouble
from nova.adapters.journal_lock import WriterLock, lock
from nova.adapters.journal_rows import BEGUN, INSERTS, ONCE, RETIRING, USES, Row, Write, inserting
from nova.adapters.journal_schema import EVENTS
from nova.errors import JournalError

Written = sqlite3.Row | int | None  # an earlier tool use, a number of deleted runs, or nothing to tell
REFUSED = (  # what is wrong with one row, not with the file
    sqlite3.IntegrityError,
    sqlite3.DataError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    UnicodeError,
    OverflowError,
)
AT_ONCE = (128, 64, 32, 16, 8, 4, 3, 2, 1)  # rows of one statement; few sizes, so that each is compiled once
USE_ONCE = "INSERT INTO uses (run, idx, ordinal, tool, arguments) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
EARLIER = """SELECT tool, arguments, result, failed FROM uses LEFT JOIN results USING (run, idx, ordinal)
    WHERE run = ? AND idx = ? AND ordinal = ?"""
RETIRE = """INSERT INTO retiring SELECT number FROM runs WHERE number = ?
    AND (SELECT max(seq) FROM settlements WHERE run = number) = ?"""
SCRUB = tuple(
    f"DELETE FROM {table} WHERE {'number' if table == 'runs' else 'run'} = ?"  # noqa: S608 - the names are ours
    for table in EVENTS
)
VACUUM = "PRAGMA incremental_vacuum(256)"  # pages given back after each retirement
ALREADY = {
    "runs.run": BEGUN,
    "entries.run, entries.idx": "this entry is open already",
    "closings.run, closings.idx": "this entry is closed already, and a closed entry never changes",
    "results.run, results.idx, results.ordinal": "this tool use has its result already",
    "FOREIGN KEY": "what it belongs to is not on record: the ledger comes before the action",
}


class Writer:
    """The one writer of the journal at `path`; lives in one thread. It opens the file at its first batch."""

    def __init__(self, path: Path, patience: float) -> None:
        self.first = 1  # number of the next new run, once open
        self._path = path
        self._patience = patience
        self._lock: WriterLock | None = None
        self._connection: sqlite3.Connection | None = None
        self._doubtful = False  # the last connection failed: look for damage before trusting the file

    def __call__(self, batch: list[Write]) -> Sequence[Written | JournalError]:
        """Record a batch; when this returns, what has no error is on disk."""
        try:
            connection = self._open()
            try:
                return _together(connection, batch)
            except REFUSED:
                _roll_back(connection)
                return _apart(connection, batch, str(self._path))
        except sqlite3.Error as error:
            self._recover(error)
            return [trouble(error, str(self._path)) for _ in batch]
        except JournalError as error:
            return [JournalError(error.what, where=error.where, why=error.why, fix=error.fix) for _ in batch]

    def finish(self) -> None:
        """Close the file and give the lock back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _open(self) -> sqlite3.Connection:
        if self._connection is not None:
            return self._connection
        if self._lock is None:
            self._lock = lock(self._path)
            self._doubtful = self._lock.unclean
        try:
            connection = connect_writer(self._path, patience=self._patience, check=self._doubtful)
        except JournalError:
            self.finish()
            raise
        connection.row_factory = sqlite3.Row
        self.first = int(connection.execute("SELECT coalesce(max(number), 0) + 1 FROM runs").fetchone()[0])
        self._connection = connection
        return connection

    def _recover(self, error: sqlite3.Error) -> None:
        """Make the connection fit for the next batch, or drop it where it can no longer be trusted."""
        connection = self._connection
        if connection is None:
            return
        if primary(error) in FATAL:
            connection.close()
            self._connection = None
            self._doubtful = True
        else:
            _roll_back(connection)


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:  # SQLite itself rolls back when the disk is full
        connection.execute("ROLLBACK")


def _together(connection: sqlite3.Connection, batch: list[Write]) -> list[Written]:
    """Record everything in one transaction; any failure, an earlier use of a key too, is everybody's."""
    tables: list[list[Row]] = [[] for _ in INSERTS]
    retiring: list[int] = []
    for place, write in enumerate(batch):
        for table, row in write:
            if table == RETIRING:
                retiring.append(place)
            else:
                tables[table].append(row)
    written: list[Written] = [None] * len(batch)
    connection.execute("BEGIN IMMEDIATE")
    for table, rows in enumerate(tables):
        _insert(connection, table, rows)
    for place in retiring:
        written[place] = _record(connection, batch[place])
    connection.execute("COMMIT")
    return written


def _insert(connection: sqlite3.Connection, table: int, rows: list[Row]) -> None:
    """Record rows with few statements: around each one, the interpreter's lock goes to whoever waits and back."""
    done = 0
    for many in AT_ONCE:
        while len(rows) - done >= many:
            connection.execute(inserting(table, many), [*itertools.chain.from_iterable(rows[done : done + many])])
            done += many


def _apart(connection: sqlite3.Connection, batch: list[Write], where: str) -> list[Written | JournalError]:
    """Record each write on its own, still in one transaction: what cannot be recorded fails alone."""
    written: list[Written | JournalError] = []
    connection.execute("BEGIN IMMEDIATE")
    for write in batch:
        connection.execute("SAVEPOINT one")
        try:
            written.append(_record(connection, write))
        except REFUSED as error:
            connection.execute("ROLLBACK TO one")
            written.append(_refusal(error, where))
        connection.execute("RELEASE one")
    connection.execute("COMMIT")
    return written


def _record(connection: sqlite3.Connection, write: Write) -> Written:
    told: Written = None
    for table, row in write:
        if table == USES:
            told = _use(connection, row)
        elif table == RETIRING:
            told = _retire(connection, row)
        else:
            connection.execute(INSERTS[table], row)
    return told


def _use(connection: sqlite3.Connection, row: Row) -> sqlite3.Row | None:
    """Record a tool use, or return the earlier one of the same key."""
    if connection.execute(USE_ONCE, row).rowcount:
        return None
    earlier: sqlite3.Row = connection.execute(EARLIER, row[:3]).fetchone()
    return earlier


def _retire(connection: sqlite3.Connection, row: Row) -> int:
    """Delete one whole run (number, last settlement) unless it went on since it was chosen; return how many."""
    gone = connection.execute(RETIRE, row).rowcount
    if gone:
        for statement in SCRUB:
            connection.execute(statement, row[:1])
        connection.execute("DELETE FROM retiring")
        connection.execute(VACUUM).fetchall()
    return gone


def _refusal(error: Exception, where: str) -> JournalError:
    said = str(error)
    why = next((meaning for sign, meaning in ALREADY.items() if sign in said), said)
    refused = JournalError("the journal refused a write", where=where, why=why, fix=ONCE)
    refused.__cause__ = error
    return refused
