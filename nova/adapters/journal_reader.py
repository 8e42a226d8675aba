"""Read the journal beside its writer: a reader never waits for a write, nor a write for a reader."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nova.adapters.journal_file import FATAL, connect_reader, primary, trouble
from nova.adapters.journal_rows import unreadable
from nova.errors import JournalError

_STANDING = """SELECT r.number, r.run, r.tenant, r.client, r.branch, r.session, r.project, r.opened, r.text,
    r.principal, coalesce(s.owner, r.owner) AS owner, coalesce(s.state, r.state) AS state, s.at, s.seq
    FROM runs r LEFT JOIN settlements s ON s.seq = (SELECT max(seq) FROM settlements WHERE run = r.number)"""
_MINE = "r.tenant = :tenant AND r.client = :client AND r.branch = :branch"
_STATE = "(:state = '' OR coalesce(s.state, r.state) = :state)"
_NEWEST = "ORDER BY r.number DESC LIMIT :limit"

NUMBER = "SELECT number, tenant, client, branch FROM runs WHERE run = :run"
FIND = f"{_STANDING} WHERE r.run = :run AND {_MINE}"
LIST = f"{_STANDING} WHERE {_MINE} AND {_STATE} {_NEWEST}"
LIST_SESSION = f"{_STANDING} WHERE {_MINE} AND r.session = :session AND {_STATE} {_NEWEST}"
UNFINISHED = f"{_STANDING} WHERE coalesce(s.state, r.state) = 'open' ORDER BY r.number"
SETTLED = f"{_STANDING} WHERE s.state = :state AND s.at < :before ORDER BY r.number LIMIT :limit"
ENTRIES = f"""SELECT r.run AS id, r.tenant, r.client, r.branch, e.*, c.outcome, c.tokens, c.micros, c.seconds, c.hops,
    c.closed FROM runs r JOIN entries e ON e.run = r.number LEFT JOIN closings c ON c.run = e.run AND c.idx = e.idx
    WHERE r.run = :run AND {_MINE} ORDER BY e.idx"""  # noqa: S608 - only constants of this module are put in
USES = f"""SELECT u.idx, u.ordinal, u.tool, u.arguments, x.result, x.failed FROM runs r
    JOIN uses u ON u.run = r.number LEFT JOIN results x ON x.run = u.run AND x.idx = u.idx AND x.ordinal = u.ordinal
    WHERE r.run = :run AND {_MINE} ORDER BY u.idx, u.ordinal"""  # noqa: S608 - as above
FEEDBACK = f"""SELECT f.good, f.because, f.at FROM runs r JOIN feedback f ON f.run = r.number
    WHERE r.run = :run AND {_MINE} ORDER BY f.seq"""  # noqa: S608 - as above


@dataclass(frozen=True, slots=True)
class Query:
    """One question: SQL, its named values, and what makes a record of a row."""

    sql: str
    values: Mapping[str, str | int | float]
    record: Callable[[sqlite3.Row], Any]


Found = tuple[Any, ...]


class Reader:
    """Answers queries from its own connection; lives in one thread. A journal that is not there yet is empty."""

    def __init__(self, path: Path, patience: float) -> None:
        self._path = path
        self._patience = patience
        self._connection: sqlite3.Connection | None = None

    def __call__(self, batch: list[Query]) -> Sequence[Found | JournalError]:
        """Answer each query with its records, or with what is wrong."""
        return [self._answer(query) for query in batch]

    def finish(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _answer(self, query: Query) -> Found | JournalError:
        try:
            connection = self._open()
            if connection is None:
                return ()
            return tuple(query.record(row) for row in connection.execute(query.sql, query.values))
        except sqlite3.Error as error:
            if primary(error) in FATAL:
                self.finish()
            return trouble(error, str(self._path))
        except ValueError as error:
            return unreadable(error, str(self._path))
        except JournalError as error:
            return error

    def _open(self) -> sqlite3.Connection | None:
        if self._connection is None:
            self._connection = connect_reader(self._path, patience=self._patience)
            if self._connection is not None:
                self._connection.row_factory = sqlite3.Row
        return self._connection
