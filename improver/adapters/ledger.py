"""The ledger: what was tried, proposed and decided in one project, in SQLite; it is told before anything is done."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import astuple
from pathlib import Path
from types import TracebackType
from typing import Self

from improver.adapters import ledger_rows as rows
from improver.adapters.ledger_file import PATIENCE, connect, told, transaction
from improver.adapters.ledger_records import (
    LIVE,
    Attempt,
    Decision,
    Proposal,
    Publication,
    Recovery,
    Run,
    State,
    Sync,
)
from improver.errors import LedgerError, UsageError
from improver.records import Draft, Finding, Verdict

FILE = "ledger.sqlite3"
DECIDABLE = {  # decision -> the states in which it can be made
    "approved": (State.OPEN, State.APPROVED),
    "rejected": (State.OPEN, State.APPROVED, State.REJECTED, State.STALE, State.FAILED),
}
LAST_VERDICT = "v.id = (SELECT max(id) FROM verdicts WHERE proposal = p.number)"
REJECTED = f"""
    SELECT p.number, p.title, v.scope, v.reason FROM proposals p JOIN verdicts v ON {LAST_VERDICT}
    WHERE v.decision = 'rejected' AND (
        EXISTS (SELECT 1 FROM findings f WHERE f.proposal = p.number AND f.key = :key)
        OR v.scope = 'rule' AND (p.rule = :rule
            OR EXISTS (SELECT 1 FROM findings f WHERE f.proposal = p.number AND f.rule = :rule))
        OR v.scope = 'here' AND (p.rule = :rule AND p.path = :path
            OR EXISTS (SELECT 1 FROM findings f WHERE f.proposal = p.number AND f.rule = :rule AND f.path = :path))
    ) ORDER BY p.number LIMIT 1"""  # noqa: S608 - only a constant of this module is put in
SAME = """
    SELECT p.number, p.state FROM proposals p JOIN findings f ON f.proposal = p.number
    WHERE f.key = ? AND p.state IN ('opening', 'open', 'approved') AND p.merge_commit = '' ORDER BY p.number LIMIT 1"""
DECISIONS = f"""
    SELECT p.number, p.id AS proposal_id, p.rule, p.path, p.title, v.*, {LAST_VERDICT} AS effective
    FROM verdicts v JOIN proposals p ON p.number = v.proposal ORDER BY v.id"""  # noqa: S608 - as above


def open_ledger(data: Path, patience: float = PATIENCE) -> "Ledger":
    """Open the ledger in the data folder `data`; `patience` is how many seconds to wait for another process."""
    return Ledger(connect(data / FILE, patience), str(data / FILE))


class Ledger:
    """One open ledger. Every method is one transaction; all times are ISO 8601 UTC and come in as arguments.

    Raises LedgerError when the file cannot be read or written, UsageError for a proposal that is not there
    or a decision that its state does not allow.
    """

    def __init__(self, connection: sqlite3.Connection, where: str) -> None:
        self.where = where
        self._connection = connection

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    # --- runs -------------------------------------------------------------------------------------------------

    def start_run(self, run: str, base: str, at: str) -> None:
        """Record that run `run` begins on commit `base`."""
        with self._writing() as write:
            write.execute("INSERT INTO runs (id, started, base) VALUES (?, ?, ?)", (run, at, base))

    def finish_run(self, run: str, outcome: str, funnel: Mapping[str, object], at: str) -> None:
        """Record how run `run` ended; `funnel` is plain JSON data."""
        with self._writing() as write:
            ended = (at, outcome, json.dumps(dict(funnel), sort_keys=True), run)
            write.execute("UPDATE runs SET ended = ?, outcome = ?, funnel = ? WHERE id = ?", ended)

    def runs(self) -> tuple[Run, ...]:
        """Return every run, oldest first."""
        return tuple(rows.run_of(row) for row in self._read("SELECT * FROM runs ORDER BY rowid"))

    def record_attempts(self, attempts: Iterable[Attempt]) -> None:
        """Record candidates that a gate refused."""
        with self._writing() as write:
            insert = "INSERT INTO attempts (run, rule, path, key, gate, reason, at) VALUES (?, ?, ?, ?, ?, ?, ?)"
            write.executemany(insert, rows.attempt_rows(attempts))

    def attempts(self, run: str) -> tuple[Attempt, ...]:
        """Return what was refused in run `run`, oldest first."""
        query = "SELECT run, rule, path, key, gate, reason, at FROM attempts WHERE run = ? ORDER BY id"
        return tuple(Attempt(*row) for row in self._read(query, run))

    # --- proposals --------------------------------------------------------------------------------------------

    def begin_proposal(self, draft: Draft, run: str = "") -> int:
        """Record that the draft's branch is about to be made; return the proposal's number."""
        with self._writing() as write:
            last = write.execute("SELECT seq FROM sqlite_sequence WHERE name = 'proposals'").fetchone()
            number = 1 if last is None else int(last[0]) + 1
            rows.insert(write, "proposals", rows.proposal_row(number, run, draft))
            for rank, finding in enumerate(draft.findings):
                rows.insert(write, "findings", rows.finding_row(number, rank, finding))
        return number

    def opened(self, number: int) -> None:
        """Record that the branch of proposal `number` is there."""
        self._move(number, (State.OPENING, State.OPEN), State.OPEN)

    def failed(self, number: int) -> None:
        """Record that the branch of proposal `number` could not be made."""
        self._move(number, (State.OPENING,), State.FAILED)

    def stale(self, number: int) -> None:
        """Record that proposal `number` can no longer be merged."""
        self._move(number, (State.OPEN, State.APPROVED), State.STALE)

    def proposal(self, number: int) -> Proposal:
        """Return proposal `number`."""
        found = self._read("SELECT * FROM proposals WHERE number = ?", number)
        if not found:
            raise UsageError(f"there is no proposal {number}", where=self.where, fix="improve list")
        return self._whole(found[0])

    def proposals(self, *states: State) -> tuple[Proposal, ...]:
        """Return the proposals in any of `states` (all of them when none is given), oldest first."""
        wanted = states or tuple(State)
        found = self._read("SELECT * FROM proposals ORDER BY number")
        return tuple(self._whole(row) for row in found if row["state"] in wanted)

    def published(self, publication: Publication) -> None:
        """Record on which pull request a proposal is; what was recorded of it before is replaced."""
        with self._writing() as write:
            self.proposal(publication.number)
            write.execute("INSERT OR REPLACE INTO pulls VALUES (?, ?, ?, ?, ?, ?, ?)", astuple(publication))

    def publications(self) -> tuple[Publication, ...]:
        """Return which proposals are on which pull requests, oldest proposal first."""
        return tuple(Publication(*row) for row in self._read("SELECT * FROM pulls ORDER BY proposal"))

    def synced(self, sync: Sync) -> None:
        """Record up to when a host was read; what was recorded of it before is replaced."""
        with self._writing() as write:
            write.execute("INSERT OR REPLACE INTO syncs VALUES (?, ?, ?)", rows.sync_row(sync))

    def last_sync(self, repository: str) -> Sync:
        """Return up to when `repository` (owner/name) was read at its host."""
        found = self._read("SELECT * FROM syncs WHERE repository = ?", repository)
        return rows.sync_of(found[0]) if found else Sync(repository)

    def apart(self) -> frozenset[str]:
        """Return the keys of all findings that somebody at a host wants to be proposed each by itself."""
        return frozenset(key for row in self._read("SELECT * FROM syncs") for key in rows.sync_of(row).apart)

    # --- decisions --------------------------------------------------------------------------------------------

    def decide(self, number: int, verdict: Verdict) -> Proposal:
        """Record an approval or a rejection; an approved proposal counts as merged only after `merged`."""
        with self._writing() as write:
            found = self.expect_decidable(number, verdict.decision)
            rows.insert_verdict(write, number, verdict)
            if found.state in LIVE:
                write.execute("UPDATE proposals SET state = ? WHERE number = ?", (verdict.decision, number))
        return self.proposal(number)

    def expect_decidable(self, number: int, decision: str) -> Proposal:
        """Return proposal `number`; raise UsageError when `decision` (approved or rejected) cannot be made on it."""
        if decision not in DECIDABLE:
            raise LedgerError(f"{decision!r} is no decision", fix=f"one of {', '.join(DECIDABLE)}")
        found = self._expect(number, DECIDABLE[decision], f"be {decision}")
        if found.merge:
            raise UsageError(f"proposal {number} is merged already", fix=f"improve undo {number}")
        return found

    def merged(self, number: int, commit: str, into: str) -> Proposal:
        """Record that approved proposal `number` came into branch `into` by `commit`."""
        with self._writing() as write:
            self._expect(number, (State.APPROVED,), "be merged")
            update = "UPDATE proposals SET merge_commit = ?, merged_into = ? WHERE number = ?"
            write.execute(update, (commit, into, number))
        return self.proposal(number)

    def returned(self, number: int, at: str) -> Proposal:
        """Record as a rejection that what merged proposal `number` mended is back in the branch it came into."""
        with self._writing() as write:
            found = self._expect(number, (State.APPROVED,), "come back")
            why = f"merged in #{number} and came back: reverted by a human?"
            who = f"the history of {found.into}"
            rows.insert_verdict(write, number, Verdict(found.draft.id, "rejected", who, why, "finding", at))
        return found

    def learn(self, number: int, verdict: Verdict, state: State, merge: tuple[str, str] = ("", "")) -> Proposal:
        """Record a verdict that was given elsewhere, and the state of proposal `number` since then.

        `merge` is the commit that merged it there, and the branch; what is known as merged stays so.
        """
        with self._writing() as write:
            found = self.proposal(number)
            rows.insert_verdict(write, number, verdict)
            if not found.merge:
                update = "UPDATE proposals SET state = ?, merge_commit = ?, merged_into = ? WHERE number = ?"
                write.execute(update, (state, *merge, number))
        return self.proposal(number)

    def undo(self, number: int, reviewer: str, reason: str, at: str) -> Proposal:
        """Take the verdict on proposal `number` back: it is open again, or stale and unmerged when it had been merged.

        Reverting a merge is done before this is recorded.
        """
        with self._writing() as write:
            found = self.proposal(number)
            given = [one.verdict.decision for one in self.decisions() if one.number == number and one.effective]
            if given in ([], ["undone"]):
                raise UsageError(f"nothing was decided about proposal {number}", fix=f"improve show {number}")
            rows.insert_verdict(write, number, Verdict(found.draft.id, "undone", reviewer, reason, "finding", at))
            if found.state in (State.APPROVED, State.REJECTED):
                update = "UPDATE proposals SET state = ?, merge_commit = '', merged_into = '' WHERE number = ?"
                write.execute(update, (State.STALE if found.merge else State.OPEN, number))
        return self.proposal(number)

    def decisions(self) -> tuple[Decision, ...]:
        """Return every verdict ever given, oldest first."""
        return tuple(rows.decision_of(row) for row in self._read(DECISIONS))

    def suppressed(self, finding: Finding) -> str:
        """Return why `finding` is not tried again, "" when it may be."""
        place = {"key": finding.key, "rule": finding.rule, "path": rows.storable(finding.path)}
        for row in self._read(REJECTED, place):
            scope = {"rule": f"the rule {finding.rule}", "here": f"{finding.rule} in this file"}.get(row["scope"], "")
            said = f": {row['reason']}" if row["reason"] else ""
            return f"rejected {scope}".strip() + f" in proposal #{row['number']}{said}"
        for row in self._read(SAME, finding.key):
            return f"same as {row['state']} proposal #{row['number']}"
        return ""

    # --- recovery ---------------------------------------------------------------------------------------------

    def recover(self, heads: Mapping[str, str], at: str) -> Recovery:
        """Settle what killed runs left behind; call it while holding the run lock.

        `heads` maps every branch below nova/ to its commit. A proposal that was opening is open when its branch
        stands at its commit, else failed. Branches nobody recorded are only named: they are somebody else's.
        """
        opening = self.proposals(State.OPENING)
        there = tuple(one.number for one in opening if heads.get(one.draft.branch) == one.draft.commit)
        gone = tuple(one.number for one in opening if one.number not in there)
        for number in there:
            self.opened(number)
        for number in gone:
            self.failed(number)
        unfinished = tuple(run.id for run in self.runs() if not run.ended)
        for run in unfinished:
            self.finish_run(run, "interrupted", {}, at)
        known = {row["branch"] for row in self._read("SELECT branch FROM proposals")}
        return Recovery(there, gone, unfinished, tuple(sorted(set(heads) - known)))

    # --- inside -----------------------------------------------------------------------------------------------

    def _writing(self) -> AbstractContextManager[sqlite3.Connection]:
        return transaction(self._connection, self.where)

    def _read(self, query: str, *values: int | str | Mapping[str, str]) -> list[sqlite3.Row]:
        bound = values[0] if values and isinstance(values[0], Mapping) else values
        with told(self.where):
            return self._connection.execute(query, bound).fetchall()

    def _whole(self, row: sqlite3.Row) -> Proposal:
        found = self._read("SELECT * FROM findings WHERE proposal = ? ORDER BY rank", row["number"])
        return rows.proposal_of(row, tuple(rows.finding_of(item) for item in found))

    def _move(self, number: int, before: tuple[State, ...], after: State) -> None:
        with self._writing() as write:
            self._expect(number, before, f"become {after}")
            write.execute("UPDATE proposals SET state = ? WHERE number = ?", (after, number))

    def _expect(self, number: int, states: tuple[State, ...], act: str) -> Proposal:
        found = self.proposal(number)
        if found.state not in states:
            raise UsageError(f"proposal {number} is {found.state} and cannot {act}", fix=f"improve show {number}")
        return found
