"""The ledger's tables and how an older file becomes a current one; what a human decided can only be added to."""

import sqlite3

_APPEND_ONLY = """CREATE TRIGGER {table}_{verb} BEFORE {verb} ON {table}
    BEGIN SELECT raise(ABORT, '{table} can only be added to'); END"""
_WHAT_WAS_JUDGED = (
    "number, id, run, rule, path, title, safety, base, tree, commit_id, branch, evidence, claims_digest, text, diff, "
    "publishable, draft, created"
)

# One tuple of statements per version. A released one never changes: add another.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE runs (
            id TEXT PRIMARY KEY, started TEXT NOT NULL, base TEXT NOT NULL,
            ended TEXT NOT NULL DEFAULT '', outcome TEXT NOT NULL DEFAULT '', funnel TEXT NOT NULL DEFAULT '{}'
        ) STRICT""",
        """CREATE TABLE proposals (
            number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, run TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('opening', 'open', 'approved', 'rejected', 'stale', 'failed')),
            rule TEXT NOT NULL, path TEXT NOT NULL, title TEXT NOT NULL, safety TEXT NOT NULL,
            base TEXT NOT NULL, tree TEXT NOT NULL, commit_id TEXT NOT NULL, branch TEXT NOT NULL,
            evidence BLOB NOT NULL, claims_digest TEXT NOT NULL, text TEXT NOT NULL, diff BLOB NOT NULL,
            publishable INTEGER NOT NULL CHECK (publishable IN (0, 1)), draft INTEGER NOT NULL CHECK (draft IN (0, 1)),
            created TEXT NOT NULL, merge_commit TEXT NOT NULL DEFAULT '', merged_into TEXT NOT NULL DEFAULT ''
        ) STRICT""",
        "CREATE UNIQUE INDEX one_live_branch ON proposals (branch) WHERE state IN ('opening', 'open', 'approved')",
        """CREATE TABLE findings (
            proposal INTEGER NOT NULL REFERENCES proposals (number), rank INTEGER NOT NULL,
            key TEXT NOT NULL, rule TEXT NOT NULL, path TEXT NOT NULL, symbol TEXT NOT NULL,
            line INTEGER NOT NULL, start INTEGER NOT NULL, message TEXT NOT NULL, evidence TEXT NOT NULL,
            PRIMARY KEY (proposal, rank)
        ) STRICT""",
        "CREATE INDEX findings_by_key ON findings (key)",
        """CREATE TABLE attempts (
            id INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, rule TEXT NOT NULL, path TEXT NOT NULL,
            key TEXT NOT NULL, gate TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX attempts_by_run ON attempts (run, path, rule)",
        """CREATE TABLE verdicts (
            id INTEGER PRIMARY KEY AUTOINCREMENT, proposal INTEGER NOT NULL REFERENCES proposals (number),
            decision TEXT NOT NULL CHECK (decision IN ('approved', 'rejected', 'undone')),
            reviewer TEXT NOT NULL, reason TEXT NOT NULL,
            scope TEXT NOT NULL CHECK (scope IN ('finding', 'here', 'rule')), decided TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX verdicts_by_proposal ON verdicts (proposal, id)",
        *(
            _APPEND_ONLY.format(table=table, verb=verb)
            for table in ("verdicts", "attempts", "findings")
            for verb in ("UPDATE", "DELETE")
        ),
        _APPEND_ONLY.format(table="proposals", verb="DELETE"),
        f"""CREATE TRIGGER proposals_judged BEFORE UPDATE OF {_WHAT_WAS_JUDGED} ON proposals
            BEGIN SELECT raise(ABORT, 'what was judged cannot change'); END""",
    ),
    (
        """CREATE TABLE pulls (
            proposal INTEGER PRIMARY KEY REFERENCES proposals (number), repository TEXT NOT NULL,
            pull INTEGER NOT NULL, branch TEXT NOT NULL, commit_id TEXT NOT NULL, page TEXT NOT NULL, at TEXT NOT NULL
        ) STRICT""",
    ),
    ("CREATE TABLE syncs (repository TEXT PRIMARY KEY, until TEXT NOT NULL, apart TEXT NOT NULL) STRICT",),
)


def migrate(connection: sqlite3.Connection) -> int:
    """Bring the schema up to date in one transaction and return the version that the file had."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        for statements in MIGRATIONS[version:]:
            for statement in statements:
                connection.execute(statement)
        if version < len(MIGRATIONS):
            connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return version
