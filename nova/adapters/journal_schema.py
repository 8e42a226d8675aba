"""The journal's tables and how an older file becomes a current one; what is on record can only be added to."""

import sqlite3
from collections.abc import Sequence

APPLICATION = 0x4E4F5641  # "NOVA", in the file's header: tells a journal from any other SQLite file
EVENTS = ("feedback", "settlements", "results", "uses", "closings", "entries", "runs")  # children first

_NO_UPDATE = """CREATE TRIGGER {table}_never_change BEFORE UPDATE ON {table}
    BEGIN SELECT raise(ABORT, 'the journal can only be added to'); END"""
_NO_DELETE = """CREATE TRIGGER {table}_stay BEFORE DELETE ON {table}
    WHEN NOT EXISTS (SELECT 1 FROM retiring WHERE run = OLD.{key})
    BEGIN SELECT raise(ABORT, 'the journal can only be added to'); END"""

# One tuple of statements per version. A released one never changes: add another.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE runs (
            number INTEGER PRIMARY KEY, run TEXT NOT NULL UNIQUE,
            tenant TEXT NOT NULL, client TEXT NOT NULL, branch TEXT NOT NULL, session TEXT NOT NULL,
            project TEXT NOT NULL, owner TEXT NOT NULL, state TEXT NOT NULL, opened REAL NOT NULL,
            text TEXT NOT NULL, principal TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX runs_by_scope ON runs (tenant, client, branch)",
        "CREATE INDEX runs_by_session ON runs (tenant, client, branch, session)",
        """CREATE TABLE entries (
            seq INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs (number), idx INTEGER NOT NULL,
            parent INTEGER, relation TEXT NOT NULL, owner TEXT NOT NULL, sender TEXT NOT NULL, agent TEXT NOT NULL,
            contract TEXT NOT NULL, task TEXT NOT NULL, packet TEXT NOT NULL, opened REAL NOT NULL,
            reason TEXT NOT NULL, acceptance TEXT, budget TEXT, hop INTEGER NOT NULL,
            UNIQUE (run, idx)
        ) STRICT""",
        """CREATE TABLE closings (
            run INTEGER NOT NULL, idx INTEGER NOT NULL, outcome TEXT NOT NULL,
            tokens INTEGER NOT NULL, micros INTEGER NOT NULL, seconds REAL NOT NULL, hops INTEGER NOT NULL,
            closed REAL NOT NULL,
            PRIMARY KEY (run, idx), FOREIGN KEY (run, idx) REFERENCES entries (run, idx)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE uses (
            run INTEGER NOT NULL, idx INTEGER NOT NULL, ordinal INTEGER NOT NULL,
            tool TEXT NOT NULL, arguments TEXT NOT NULL,
            PRIMARY KEY (run, idx, ordinal), FOREIGN KEY (run, idx) REFERENCES entries (run, idx)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE results (
            run INTEGER NOT NULL, idx INTEGER NOT NULL, ordinal INTEGER NOT NULL,
            result TEXT NOT NULL, failed INTEGER NOT NULL CHECK (failed IN (0, 1)),
            PRIMARY KEY (run, idx, ordinal), FOREIGN KEY (run, idx, ordinal) REFERENCES uses (run, idx, ordinal)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE settlements (
            seq INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs (number), owner TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('open', 'waiting', 'done', 'failed')), at REAL NOT NULL
        ) STRICT""",
        "CREATE INDEX settlements_by_run ON settlements (run)",
        """CREATE TABLE feedback (
            seq INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs (number),
            good INTEGER NOT NULL CHECK (good IN (0, 1)), because TEXT NOT NULL, at REAL NOT NULL
        ) STRICT""",
        "CREATE INDEX feedback_by_run ON feedback (run)",
        "CREATE TABLE retiring (run INTEGER PRIMARY KEY) STRICT",  # what retention deletes in this transaction
        """CREATE TRIGGER open_runs_stay BEFORE INSERT ON retiring
            WHEN 'open' = coalesce(
                (SELECT state FROM settlements WHERE run = NEW.run ORDER BY seq DESC LIMIT 1), 'open')
            BEGIN SELECT raise(ABORT, 'an open run is never deleted'); END""",
        *(_NO_UPDATE.format(table=table) for table in EVENTS),
        *(_NO_DELETE.format(table=table, key="number" if table == "runs" else "run") for table in EVENTS),
    ),
)


def version_of(connection: sqlite3.Connection) -> int:
    """Return the schema version of an open file; 0 is a file that holds nothing yet."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, migrations: Sequence[Sequence[str]] = MIGRATIONS) -> int:
    """Bring the schema up to date in one transaction and return the version that the file had."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = version_of(connection)
        for statements in migrations[version:]:
            for statement in statements:
                connection.execute(statement)
        if version < len(migrations):
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            connection.execute(f"PRAGMA user_version = {len(migrations)}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return version
