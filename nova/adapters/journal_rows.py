"""Translate between the journal's rows and Nova's records."""

import functools
import re
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from nova.adapters.journal_file import RESTORE
from nova.contracts import (
    Acceptance,
    Budget,
    Closing,
    Cost,
    Entry,
    Fact,
    Relation,
    RunRecord,
    Scope,
    Standing,
    ToolUse,
)
from nova.errors import JournalError

Value = str | int | float | None
Row = tuple[Value, ...]
Write = tuple[tuple[int, Row], ...]  # what is recorded together: (table, row) each

RUNS, ENTRIES, CLOSINGS, USES, RESULTS, SETTLEMENTS, FEEDBACK, RETIRING = range(8)  # parents first
COLUMNS = (
    ("runs", "number, run, tenant, client, branch, session, project, owner, state, opened, text, principal"),
    (
        "entries",
        "run, idx, parent, relation, owner, sender, agent, contract, task, packet, opened, reason, acceptance, "
        "budget, hop",
    ),
    ("closings", "run, idx, outcome, tokens, micros, seconds, hops, closed"),
    ("uses", "run, idx, ordinal, tool, arguments"),
    ("results", "run, idx, ordinal, result, failed"),
    ("settlements", "run, owner, state, at"),
    ("feedback", "run, good, because, at"),
)
ROWS = tuple(f"({', '.join('?' * (columns.count(',') + 1))})" for _, columns in COLUMNS)


@functools.cache
def inserting(table: int, many: int) -> str:
    """Return the statement that records so many rows of a table."""
    name, columns = COLUMNS[table]
    return f"INSERT INTO {name} ({columns}) VALUES {', '.join([ROWS[table]] * many)}"  # noqa: S608 - ours


INSERTS = tuple(inserting(table, 1) for table in range(len(COLUMNS)))
ENDED = ("done", "failed")
BEGUN = "there is a run of this id already"
ONCE = "record each thing once, in its order"
KEY = re.compile(r"(.+):(0|[1-9][0-9]{0,9}):(0|[1-9][0-9]{0,9})", re.DOTALL)  # one spelling for each use


@dataclass(frozen=True, slots=True)
class Known:
    """A run on record: its number in the file and its scope."""

    number: int
    scope: Scope


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a human thought of a run, and when (seconds since the epoch)."""

    good: bool
    because: str
    at: float


def run_named(fact: Fact) -> str:
    """Return the run that a fact is of."""
    return key_of(fact)[0] if isinstance(fact, ToolUse) else fact.run


def row_of(known: Known, fact: Fact) -> tuple[int, Row]:
    """Return a fact as a row of its table; raise JournalError for what is no fact of that run."""
    return TRANSLATIONS[type(fact)](known, fact)


def _use_row(known: Known, use: ToolUse) -> tuple[int, Row]:
    _, index, ordinal = key_of(use)
    if use.result is None:
        return USES, (known.number, index, ordinal, use.tool, use.arguments)
    return RESULTS, (known.number, index, ordinal, use.result, int(use.failed))


def _closing_row(known: Known, end: Closing) -> tuple[int, Row]:
    cost = end.cost
    spent = cost.tokens, cost.micros, cost.seconds, cost.hops
    return CLOSINGS, (known.number, end.index, end.outcome, *spent, end.closed)


def _standing_row(known: Known, stands: Standing) -> tuple[int, Row]:
    return SETTLEMENTS, (known.number, stands.owner, stands.state, stands.at)


def _run_row(known: Known, run: RunRecord) -> tuple[int, Row]:
    """Return the columns of a new run; raise JournalError unless it is a new one."""
    if run.state != "open" or run.closed is not None:
        raise JournalError(f"the run {run.run} begins as {run.state}", fix="begin it open, then settle it")
    scope = run.scope
    return RUNS, (
        known.number,
        run.run,
        scope.tenant,
        scope.client,
        scope.branch,
        run.session,
        run.project,
        run.owner,
        run.state,
        run.opened,
        run.text,
        run.principal,
    )


def _entry_row(known: Known, entry: Entry) -> tuple[int, Row]:
    """Return the columns of an entry that opens; raise JournalError for one of another scope or with an outcome."""
    if entry.scope is not known.scope and entry.scope != known.scope:
        raise JournalError(f"entry {entry.index} of the run {entry.run} is of another scope than its run")
    if entry.outcome is not None or entry.closed is not None:
        raise JournalError(f"entry {entry.index} of the run {entry.run} opens with an outcome", fix="close it after")
    acceptance, budget = entry.acceptance, entry.budget
    plain = acceptance.at_most is None and not acceptance.mentions
    return ENTRIES, (
        known.number,
        entry.index,
        entry.parent,
        entry.relation.value,
        entry.owner,
        entry.sender,
        entry.agent,
        entry.contract,
        entry.task,
        entry.packet,
        entry.opened,
        entry.reason,
        None if plain else acceptance.model_dump_json(),
        None if budget is None else _budget(budget),
        entry.hop,
    )


def _budget(left: Budget) -> str:
    """Return a budget as JSON; a purse is never without bounds, so that its numbers are JSON as they are."""
    return f'{{"tokens":{left.tokens},"micros":{left.micros},"seconds":{left.seconds!r},"hops":{left.hops}}}'


TRANSLATIONS: Mapping[type[Fact], Callable[[Known, Any], tuple[int, Row]]] = {
    RunRecord: _run_row,
    Entry: _entry_row,
    Closing: _closing_row,
    ToolUse: _use_row,
    Standing: _standing_row,
}


def key_of(use: ToolUse) -> tuple[str, int, int]:
    """Return the run, index and ordinal of an idempotency key; raise JournalError if it is none."""
    found = KEY.fullmatch(use.key)
    if found is None:
        raise JournalError(f"{use.key!r} is no idempotency key", fix="make it run:index:ordinal")
    return found[1], int(found[2]), int(found[3])


def known_of(row: sqlite3.Row) -> Known:
    """Return number and scope of a row of `runs`."""
    return Known(row["number"], _scope(row))


def run_of(row: sqlite3.Row) -> RunRecord:
    """Return the record of a row of `runs`, as its last settlement left it."""
    state: str = row["state"]
    return RunRecord(
        run=row["run"],
        session=row["session"],
        project=row["project"],
        scope=_scope(row),
        owner=row["owner"],
        state=state,
        opened=row["opened"],
        closed=row["at"] if state in ENDED else None,
        text=row["text"],
        principal=row["principal"],
    )


def entry_of(row: sqlite3.Row) -> Entry:
    """Return the record of an entry with its closing, if it has one."""
    acceptance, budget, closed = row["acceptance"], row["budget"], row["closed"]
    return Entry(
        run=row["id"],
        index=row["idx"],
        parent=row["parent"],
        relation=Relation(row["relation"]),
        owner=row["owner"],
        sender=row["sender"],
        agent=row["agent"],
        contract=row["contract"],
        task=row["task"],
        packet=row["packet"],
        scope=_scope(row),
        opened=row["opened"],
        reason=row["reason"],
        acceptance=Acceptance() if acceptance is None else Acceptance.model_validate_json(acceptance),
        budget=None if budget is None else Budget.model_validate_json(budget),
        hop=row["hop"],
        outcome=row["outcome"],
        cost=Cost() if closed is None else _cost(row),
        closed=closed,
    )


def use_of(key: str, row: sqlite3.Row) -> ToolUse:
    """Return the record of a tool use with its result, if it has one."""
    return ToolUse(
        key=key,
        tool=row["tool"],
        arguments=row["arguments"],
        result=row["result"],
        failed=bool(row["failed"]),
    )


def opinion_of(row: sqlite3.Row) -> Opinion:
    """Return the record of a row of `feedback`."""
    return Opinion(bool(row["good"]), row["because"], row["at"])


def unreadable(error: ValidationError | ValueError, where: str) -> JournalError:
    """Return what it means that a row does not fit its record."""
    why = f"a row does not fit its record: {type(error).__name__}"  # never the value: it may not be for everybody
    return JournalError("the journal is damaged", where=where, why=why, fix=RESTORE)


def _scope(row: sqlite3.Row) -> Scope:
    return Scope(tenant=row["tenant"], client=row["client"], branch=row["branch"])


def _cost(row: sqlite3.Row) -> Cost:
    return Cost(tokens=row["tokens"], micros=row["micros"], seconds=row["seconds"], hops=row["hops"])
