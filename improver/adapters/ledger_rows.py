"""Translate between the ledger's rows and records, and add rows; bytes that are not UTF-8 survive in diffs."""

import json
import sqlite3
from collections.abc import Iterable

from improver.adapters.ledger_records import Attempt, Decision, Proposal, Run, State, Sync
from improver.records import Draft, Finding, Safety, Verdict

Row = dict[str, str | int | bytes]


def proposal_row(number: int, run: str, draft: Draft) -> Row:
    """Return the columns of a new proposal."""
    return {
        "number": number,
        "id": draft.id,
        "run": run,
        "state": State.OPENING.value,
        "rule": draft.rule,
        "path": storable(draft.path),
        "title": storable(draft.title),
        "safety": draft.safety.value,
        "base": draft.base,
        "tree": draft.tree,
        "commit_id": draft.commit,
        "branch": draft.branch,
        "evidence": draft.evidence,
        "claims_digest": draft.claims_digest,
        "text": storable(draft.text),
        "diff": draft.diff.encode("utf-8", "surrogateescape"),
        "publishable": int(draft.publishable),
        "draft": int(draft.draft),
        "created": draft.created,
    }


def proposal_of(row: sqlite3.Row, findings: tuple[Finding, ...]) -> Proposal:
    """Return the record of one row of `proposals`."""
    draft = Draft(
        id=row["id"],
        rule=row["rule"],
        path=row["path"],
        title=row["title"],
        safety=Safety(row["safety"]),
        findings=findings,
        base=row["base"],
        tree=row["tree"],
        commit=row["commit_id"],
        branch=row["branch"],
        evidence=row["evidence"],
        claims_digest=row["claims_digest"],
        text=row["text"],
        diff=row["diff"].decode("utf-8", "surrogateescape"),
        publishable=bool(row["publishable"]),
        draft=bool(row["draft"]),
        created=row["created"],
    )
    return Proposal(row["number"], State(row["state"]), draft, row["merge_commit"], row["merged_into"])


def finding_row(number: int, rank: int, finding: Finding) -> Row:
    """Return the columns of one finding of proposal `number`."""
    return {
        "proposal": number,
        "rank": rank,
        "key": finding.key,
        "rule": finding.rule,
        "path": storable(finding.path),
        "symbol": finding.symbol,
        "line": finding.line,
        "start": finding.column,
        "message": storable(finding.message),
        "evidence": json.dumps(dict(finding.evidence), sort_keys=True),
    }


def finding_of(row: sqlite3.Row) -> Finding:
    """Return the record of one row of `findings`."""
    return Finding(
        key=row["key"],
        rule=row["rule"],
        path=row["path"],
        symbol=row["symbol"],
        line=row["line"],
        column=row["start"],
        message=row["message"],
        evidence=json.loads(row["evidence"]),
    )


def attempt_rows(attempts: Iterable[Attempt]) -> list[tuple[str, ...]]:
    """Return the columns of `attempts`, in the order of the record's fields."""
    return [
        (item.run, item.rule, storable(item.path), item.key, item.gate, storable(item.reason), item.at)
        for item in attempts
    ]


def run_of(row: sqlite3.Row) -> Run:
    """Return the record of one row of `runs`."""
    return Run(row["id"], row["started"], row["base"], row["ended"], row["outcome"], json.loads(row["funnel"]))


def decision_of(row: sqlite3.Row) -> Decision:
    """Return the record of a row of `verdicts` joined with its proposal."""
    verdict = Verdict(row["proposal_id"], row["decision"], row["reviewer"], row["reason"], row["scope"], row["decided"])
    return Decision(row["number"], row["rule"], row["path"], row["title"], verdict, bool(row["effective"]))


def sync_row(sync: Sync) -> tuple[str, str, str]:
    """Return the columns of a sync."""
    return sync.repository, sync.until, json.dumps(sorted(sync.apart))


def sync_of(row: sqlite3.Row) -> Sync:
    """Return the record of one row of `syncs`."""
    return Sync(row["repository"], row["until"], frozenset(json.loads(row["apart"])))


def insert(write: sqlite3.Connection, table: str, row: Row) -> None:
    """Add one row to a table of ours."""
    names = ", ".join(row)
    marks = ", ".join(f":{name}" for name in row)
    write.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", row)  # noqa: S608 - names are ours, values bound


def insert_verdict(write: sqlite3.Connection, number: int, verdict: Verdict) -> None:
    """Add a verdict on proposal `number`."""
    row: Row = {
        "proposal": number,
        "decision": verdict.decision,
        "reviewer": storable(verdict.reviewer),
        "reason": storable(verdict.reason),
        "scope": verdict.scope,
        "decided": verdict.decided,
    }
    insert(write, "verdicts", row)


def storable(text: str) -> str:
    """Return `text` with lone surrogates spelled out: SQLite stores only real characters."""
    return text.encode("utf-8", "backslashreplace").decode()
