"""The ledger on real SQLite: what it remembers, what it refuses, and what survives kills, damage and company."""

import functools
import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from improver.adapters.ledger import Ledger, open_ledger
from improver.adapters.ledger_file import connect
from improver.adapters.ledger_records import Attempt, Decision, Proposal, Publication, Recovery, Run, State, Sync
from improver.adapters.ledger_schema import MIGRATIONS, migrate
from improver.adapters.run_lock import run_lock
from improver.errors import EnvironmentUnfit, LedgerError, UsageError
from improver.records import Draft, Finding, Safety, Verdict

AT = "2026-01-02T03:04:05+00:00"
FINDING = Finding("key-a", "explicit_cause", "pkg/a.py", "f", 3, 4, "raise without a cause", {"complexity": 7})


def draft(name: str = "one", *findings: Finding) -> Draft:
    found = findings or (FINDING,)
    return Draft(
        id=name,
        rule=found[0].rule,
        path=found[0].path,
        title=f"Keep the cause in {name}",
        safety=Safety.CONFINED,
        findings=found,
        base="b" * 40,
        tree="7" * 40,
        commit="c" * 40,
        branch=f"nova/{name}",
        evidence=b'{"bytes": "\xff"}\n',
        claims_digest="d" * 64,
        text="# Text\n\n`improve verify NUMBER`\n",
        diff="-a\n+latin \udce9 byte\n",
        publishable=True,
        draft=False,
        created=AT,
    )


def verdict(decision: str, scope: str = "finding", reason: str = "") -> Verdict:
    return Verdict("one", decision, "a human", reason, scope, AT)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path) as opened:
        yield opened


def opened(ledger: Ledger, made: Draft) -> int:
    number = ledger.begin_proposal(made)
    ledger.opened(number)
    return number


# --- what it remembers --------------------------------------------------------------------------------------------


def test_a_proposal_comes_back_as_it_went_in(ledger: Ledger, tmp_path: Path) -> None:
    made = draft("one", FINDING, replace(FINDING, key="key-b", evidence={}))
    assert ledger.begin_proposal(made, "run-1") == 1
    assert ledger.proposal(1) == Proposal(1, State.OPENING, made)
    ledger.opened(1)
    with open_ledger(tmp_path) as other:
        assert other.proposals() == (Proposal(1, State.OPEN, made),)


def test_numbers_are_small_and_never_used_again(ledger: Ledger) -> None:
    numbers = [ledger.begin_proposal(draft(name)) for name in ("one", "two")]
    ledger.failed(2)
    assert [*numbers, ledger.begin_proposal(draft("two"))] == [1, 2, 3]
    assert [found.number for found in ledger.proposals(State.OPENING)] == [1, 3]
    assert [found.number for found in ledger.proposals(State.FAILED)] == [2]


def test_runs_and_their_refusals_are_kept(ledger: Ledger) -> None:
    ledger.start_run("run-1", "b" * 40, AT)
    refused = Attempt("run-1", "rule", "a.py", "key", "lint", "lint: one new finding", AT)
    ledger.record_attempts([refused])
    assert ledger.runs() == (Run("run-1", AT, "b" * 40, "", "", {}),)
    ledger.finish_run("run-1", "blocked", {"seen": 3, "drops": {"lint": 1}}, AT)
    assert ledger.runs() == (Run("run-1", AT, "b" * 40, AT, "blocked", {"seen": 3, "drops": {"lint": 1}}),)
    assert (ledger.attempts("run-1"), ledger.attempts("run-2")) == ((refused,), ())


def test_a_path_that_is_no_unicode_is_spelled_out(ledger: Ledger) -> None:
    odd = replace(FINDING, path="latin-\udce9.py")
    ledger.decide(opened(ledger, draft("one", odd)), verdict("rejected", "here"))
    assert ledger.proposal(1).draft.path == r"latin-\udce9.py"
    assert ledger.suppressed(replace(odd, key="another")) == "rejected explicit_cause in this file in proposal #1"


# --- decisions ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "finding", "suppressed"),
    [
        pytest.param("finding", FINDING, "rejected in proposal #1: ugly", id="the same finding never comes back"),
        pytest.param("finding", replace(FINDING, line=99, path="b.py"), "rejected in proposal #1: ugly", id="moved"),
        pytest.param("finding", replace(FINDING, key="new"), "", id="code that truly changed may come back"),
        pytest.param("here", replace(FINDING, key="new"), "rejected explicit_cause in this file", id="same file"),
        pytest.param("here", replace(FINDING, key="new", path="b.py"), "", id="here spares other files"),
        pytest.param("here", replace(FINDING, key="new", rule="other"), "", id="here spares other rules"),
        pytest.param("rule", replace(FINDING, key="new", path="b.py"), "rejected the rule explicit_", id="whole rule"),
        pytest.param("rule", replace(FINDING, key="new", rule="other"), "", id="rule spares other rules"),
    ],
)
def test_a_rejection_reaches_as_far_as_its_scope(ledger: Ledger, scope: str, finding: Finding, suppressed: str) -> None:
    ledger.decide(opened(ledger, draft()), verdict("rejected", scope, "ugly"))
    found = ledger.suppressed(finding)
    assert found.startswith(suppressed)
    assert bool(found) == bool(suppressed)
    ledger.undo(1, "a human", "", AT)
    assert ledger.suppressed(replace(finding, key="new")) == ""


def test_a_rejection_covers_the_rules_of_its_findings_and_its_codemods(ledger: Ledger) -> None:
    made = replace(draft("one", replace(FINDING, rule="ruff:B904")), rule="explicit_cause")
    ledger.decide(opened(ledger, made), verdict("rejected", "rule"))
    for rule in ("ruff:B904", "explicit_cause"):
        assert ledger.suppressed(Finding("new", rule, "b.py", "", 1, 0, "")).startswith("rejected the rule")


def test_a_finding_with_a_pending_proposal_is_not_proposed_twice(ledger: Ledger) -> None:
    assert ledger.suppressed(FINDING) == ""
    opened(ledger, draft())
    assert ledger.suppressed(FINDING) == "same as open proposal #1"
    ledger.decide(1, verdict("approved"))
    assert ledger.suppressed(FINDING) == "same as approved proposal #1"
    ledger.merged(1, "e" * 40, "main")
    assert ledger.suppressed(FINDING) == ""


def test_a_merged_approval_that_is_undone_leaves_a_stale_proposal(ledger: Ledger) -> None:
    opened(ledger, draft())
    assert ledger.decide(1, verdict("approved")).state is State.APPROVED
    assert ledger.merged(1, "e" * 40, "main") == Proposal(1, State.APPROVED, draft(), "e" * 40, "main")
    assert ledger.undo(1, "a human", "broke it", AT) == Proposal(1, State.STALE, draft())


def test_what_was_merged_and_came_back_is_a_rejection_until_it_is_undone(ledger: Ledger) -> None:
    opened(ledger, draft())
    with pytest.raises(UsageError, match="cannot come back"):
        ledger.returned(1, AT)
    ledger.decide(1, verdict("approved"))
    ledger.merged(1, "e" * 40, "main")
    assert ledger.returned(1, AT).merge == "e" * 40
    why = "merged in #1 and came back: reverted by a human?"
    assert ledger.suppressed(FINDING) == f"rejected in proposal #1: {why}"
    assert ledger.decisions()[-1].verdict == Verdict("one", "rejected", "the history of main", why, "finding", AT)
    assert ledger.undo(1, "a human", "", AT) == Proposal(1, State.STALE, draft())
    assert ledger.suppressed(FINDING) == ""


def test_an_unmerged_approval_that_is_undone_leaves_an_open_proposal(ledger: Ledger) -> None:
    opened(ledger, draft())
    ledger.decide(1, verdict("approved"))
    assert ledger.undo(1, "a human", "", AT) == Proposal(1, State.OPEN, draft())


def test_a_stale_proposal_can_be_rejected_and_that_undone(ledger: Ledger) -> None:
    ledger.stale(opened(ledger, draft()))
    assert ledger.decide(1, verdict("rejected")).state is State.STALE
    assert ledger.suppressed(FINDING) == "rejected in proposal #1"
    assert ledger.undo(1, "a human", "", AT).state is State.STALE
    assert ledger.suppressed(FINDING) == ""


def test_every_verdict_stays_and_only_the_last_counts(ledger: Ledger) -> None:
    opened(ledger, draft())
    given = [verdict("rejected", "here", "ugly"), verdict("rejected", "rule", "all ugly")]
    for one in given:
        ledger.decide(1, one)
    ledger.undo(1, "another", "no, nice", AT)
    undone = Verdict("one", "undone", "another", "no, nice", "finding", AT)
    common = (1, "explicit_cause", "pkg/a.py", "Keep the cause in one")
    assert ledger.decisions() == (
        Decision(*common, given[0], effective=False),
        Decision(*common, given[1], effective=False),
        Decision(*common, undone, effective=True),
    )


@pytest.mark.parametrize(
    ("before", "act", "says"),
    [
        pytest.param((), lambda one: one.decide(2, verdict("approved")), "no proposal 2", id="an unknown number"),
        pytest.param(
            (), lambda one: one.decide(1, verdict("approved")), "is opening", id="approving what is half made"
        ),
        pytest.param((), lambda one: one.merged(1, "e", "main"), "is opening", id="merging what nobody approved"),
        pytest.param((), lambda one: one.undo(1, "x", "", AT), "nothing was decided", id="undoing nothing"),
        pytest.param(("failed",), lambda one: one.opened(1), "is failed", id="opening what failed"),
        pytest.param(("opened",), lambda one: one.failed(1), "is open", id="failing what is open"),
    ],
)
def test_what_a_state_does_not_allow_is_a_usage_error(
    ledger: Ledger, before: tuple[str, ...], act: Callable[[Ledger], object], says: str
) -> None:
    ledger.begin_proposal(draft())
    for name in before:
        getattr(ledger, name)(1)
    with pytest.raises(UsageError, match=says):
        act(ledger)
    assert ledger.decisions() == ()


def test_a_merged_proposal_is_neither_approved_nor_rejected_again(ledger: Ledger) -> None:
    opened(ledger, draft())
    ledger.decide(1, verdict("approved"))
    ledger.merged(1, "e" * 40, "main")
    for decision in ("approved", "rejected"):
        with pytest.raises(UsageError, match="merged already"):
            ledger.expect_decidable(1, decision)
        with pytest.raises(UsageError, match="merged already"):
            ledger.decide(1, verdict(decision))


def test_a_decision_that_is_none_is_refused(ledger: Ledger) -> None:
    opened(ledger, draft())
    with pytest.raises(LedgerError, match="'maybe' is no decision"):
        ledger.decide(1, verdict("maybe"))
    with pytest.raises(LedgerError, match="refused"):
        ledger.decide(1, verdict("rejected", "everywhere"))
    assert (ledger.decisions(), ledger.proposal(1).state) == ((), State.OPEN)


@pytest.mark.parametrize("state", ["rejected", "stale", "failed", "opening"])
def test_only_what_is_open_can_be_approved(ledger: Ledger, state: str) -> None:
    ledger.begin_proposal(draft())
    if state == "failed":
        ledger.failed(1)
    if state in ("rejected", "stale"):
        ledger.opened(1)
    if state == "stale":
        ledger.stale(1)
    if state == "rejected":
        ledger.decide(1, verdict("rejected"))
    with pytest.raises(UsageError, match=f"is {state} and cannot be approved"):
        ledger.expect_decidable(1, "approved")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE verdicts SET decision = 'approved'",
        "DELETE FROM verdicts",
        "DELETE FROM proposals",
        "UPDATE proposals SET commit_id = 'f'",
        "UPDATE proposals SET evidence = x'00'",
        "UPDATE findings SET key = 'other'",
        "DELETE FROM findings",
        "DELETE FROM attempts",
    ],
)
def test_what_was_judged_or_decided_cannot_be_rewritten(ledger: Ledger, tmp_path: Path, statement: str) -> None:
    opened(ledger, draft())
    ledger.decide(1, verdict("rejected"))
    ledger.record_attempts([Attempt("run", "rule", "a.py", "key", "lint", "why", AT)])
    raw = sqlite3.connect(tmp_path / "ledger.sqlite3")
    with pytest.raises(sqlite3.IntegrityError, match=r"can only be added to|cannot change"):
        raw.execute(statement)
    raw.close()


def test_what_was_decided_elsewhere_is_learned_whatever_the_state_here(ledger: Ledger) -> None:
    ledger.stale(opened(ledger, draft()))
    assert ledger.learn(1, verdict("rejected"), State.REJECTED) == Proposal(1, State.REJECTED, draft())
    merge = ("e" * 40, "main")
    assert ledger.learn(1, verdict("approved"), State.APPROVED, merge) == Proposal(1, State.APPROVED, draft(), *merge)
    assert ledger.learn(1, verdict("rejected", "rule"), State.REJECTED).merge == merge[0]
    given = [(one.verdict.decision, one.verdict.scope, one.effective) for one in ledger.decisions()]
    assert given == [("rejected", "finding", False), ("approved", "finding", False), ("rejected", "rule", True)]


def test_up_to_when_a_host_was_read_is_kept_and_replaced(ledger: Ledger) -> None:
    assert ledger.last_sync("shop/shop") == Sync("shop/shop")
    ledger.synced(Sync("shop/shop", AT))
    last = Sync("shop/shop", "2026-02-01T00:00:00Z", frozenset({"key-a", "key-b"}))
    ledger.synced(last)
    ledger.synced(Sync("shop/other", AT, frozenset({"key-c"})))
    assert ledger.last_sync("shop/shop") == last
    assert ledger.apart() == {"key-a", "key-b", "key-c"}


# --- recovery -----------------------------------------------------------------------------------------------------


def test_recovery_settles_what_was_opening_and_names_strange_branches(ledger: Ledger) -> None:
    ledger.start_run("run-1", "b" * 40, AT)
    for name in ("made", "missing", "moved", "was-open"):
        ledger.begin_proposal(draft(name), "run-1")
    ledger.opened(4)
    heads = {"nova/made": "c" * 40, "nova/moved": "a" * 40, "nova/strange": "c" * 40}
    assert ledger.recover(heads, AT) == Recovery((1,), (2, 3), ("run-1",), ("nova/strange",))
    states = [found.state for found in ledger.proposals()]
    assert states == [State.OPEN, State.FAILED, State.FAILED, State.OPEN]
    assert ledger.runs()[0].outcome == "interrupted"
    assert ledger.recover(heads, AT) == Recovery((), (), (), ("nova/strange",))


def test_where_a_proposal_was_published_is_kept_and_replaced(ledger: Ledger) -> None:
    ledger.begin_proposal(draft())
    first = Publication(1, "shop/shop", 7, "nova/a", "a" * 40, "http://127.0.0.1/shop/shop/pull/7", AT)
    ledger.published(first)
    moved = replace(first, commit="b" * 40)
    ledger.published(moved)
    assert ledger.publications() == (moved,)
    with pytest.raises(UsageError, match="there is no proposal 2"):
        ledger.published(replace(first, number=2))


# --- the file -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", range(len(MIGRATIONS) + 1))
def test_a_ledger_of_any_version_becomes_current(tmp_path: Path, version: int) -> None:
    raw = sqlite3.connect(tmp_path / "ledger.sqlite3", isolation_level=None)
    for statements in MIGRATIONS[:version]:
        for statement in statements:
            raw.execute(statement)
    raw.execute(f"PRAGMA user_version = {version}")
    raw.close()
    with open_ledger(tmp_path) as ledger:
        assert ledger.begin_proposal(draft()) == 1
    raw = sqlite3.connect(tmp_path / "ledger.sqlite3", isolation_level=None)
    assert migrate(raw) == len(MIGRATIONS)
    found = [raw.execute(f"PRAGMA {name}").fetchone()[0] for name in ("user_version", "journal_mode")]
    assert found == [len(MIGRATIONS), "wal"]
    raw.close()


def test_a_migration_that_breaks_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    raw = sqlite3.connect(tmp_path / "ledger.sqlite3", isolation_level=None)
    raw.execute("CREATE TABLE verdicts (in_the_way)")
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        migrate(raw)
    assert raw.execute("SELECT name FROM sqlite_master").fetchall() == [("verdicts",)]
    assert raw.execute("PRAGMA user_version").fetchone()[0] == 0
    raw.close()


def test_every_commit_reaches_the_disk(tmp_path: Path) -> None:
    connection = connect(tmp_path / "ledger.sqlite3")
    found = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "foreign_keys")]
    assert found == [2, 1]
    connection.close()


def _newer(path: Path) -> None:
    raw = sqlite3.connect(path)
    raw.execute("PRAGMA user_version = 99")
    raw.close()


def _garbage(path: Path) -> None:
    path.write_bytes(b"this is no database at all, whatever its name says\n" * 100)


def _spoiled(path: Path) -> None:
    with open_ledger(path.parent) as ledger:
        for rank in range(50):
            ledger.begin_proposal(draft(f"number-{rank}"))
    data = bytearray(path.read_bytes())
    for page in range(2, len(data) // 4096):
        data[page * 4096 : page * 4096 + 200] = b"\xff" * 200
    path.write_bytes(data)


def _directory(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        pytest.param(_newer, "made by a newer improve", id="a ledger from the future"),
        pytest.param(_garbage, "not a database", id="a file that is no database"),
        pytest.param(_spoiled, "damaged", id="a database with spoiled pages"),
        pytest.param(_directory, "cannot be opened", id="a directory in its place"),
    ],
)
def test_a_ledger_that_cannot_be_used_says_what_to_do(tmp_path: Path, spoil: Callable[[Path], None], what: str) -> None:
    spoil(tmp_path / "ledger.sqlite3")
    with pytest.raises(LedgerError, match=what) as caught:
        open_ledger(tmp_path)
    assert caught.value.hint.where == str(tmp_path / "ledger.sqlite3")
    assert caught.value.hint.fix != ""


def test_a_locked_ledger_says_so_after_waiting(tmp_path: Path, ledger: Ledger) -> None:
    other = sqlite3.connect(tmp_path / "ledger.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    impatient = open_ledger(tmp_path, patience=0.05)
    with pytest.raises(LedgerError, match="locked by another process"):
        impatient.begin_proposal(draft())
    assert impatient.proposals() == ()
    other.execute("ROLLBACK")
    assert impatient.begin_proposal(draft()) == 1
    impatient.close()
    other.close()


@pytest.mark.parametrize(
    ("pragma", "what"),
    [
        pytest.param("query_only = ON", "cannot be written", id="a ledger that is read-only"),
        pytest.param("max_page_count = 1", "the disk is full", id="a disk that is full"),
    ],
)
def test_a_write_that_fails_keeps_nothing(tmp_path: Path, ledger: Ledger, pragma: str, what: str) -> None:
    connection = connect(tmp_path / "ledger.sqlite3")
    connection.execute(f"PRAGMA {pragma}")
    hindered = Ledger(connection, "the ledger")
    with pytest.raises(LedgerError, match=what):
        hindered.begin_proposal(replace(draft(), evidence=b"x" * 1_000_000))
    assert (hindered.proposals(), ledger.proposals()) == ((), ())
    hindered.close()


# --- company ------------------------------------------------------------------------------------------------------


def child_of(act: Callable[[], object]) -> int:
    """Run `act` in a forked process and return its id; the process ends with status 1 when `act` raises."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            act()
            status = 0
        finally:
            os._exit(status)
    return child


def in_child(act: Callable[[], object]) -> int:
    """Run `act` in a forked process and return its wait status."""
    return os.waitpid(child_of(act), 0)[1]


def test_two_processes_write_one_ledger(tmp_path: Path) -> None:
    waiting, go = os.pipe()

    def write(name: str) -> None:
        with open_ledger(tmp_path) as ledger:
            os.read(waiting, 1)  # both begin to write together
            for rank in range(25):
                ledger.opened(ledger.begin_proposal(draft(f"{name}-{rank}")))

    children = [child_of(functools.partial(write, name)) for name in ("left", "right")]
    os.write(go, b"xx")
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    with open_ledger(tmp_path) as ledger:
        found = ledger.proposals(State.OPEN)
    assert [one.number for one in found] == list(range(1, 51))
    assert {one.draft.id for one in found} == {f"{name}-{rank}" for name in ("left", "right") for rank in range(25)}
    for descriptor in (waiting, go):
        os.close(descriptor)


def test_a_kill_in_the_middle_of_a_write_keeps_nothing_of_it(tmp_path: Path) -> None:
    def die() -> None:
        connection = connect(tmp_path / "ledger.sqlite3")
        connection.create_function("die", 0, lambda: os.kill(os.getpid(), signal.SIGKILL))
        connection.execute("CREATE TEMP TRIGGER t AFTER INSERT ON findings BEGIN SELECT die(); END")
        Ledger(connection, "").begin_proposal(draft())

    assert os.WTERMSIG(in_child(die)) == signal.SIGKILL
    with open_ledger(tmp_path) as ledger:
        assert ledger.proposals() == ()
        assert ledger.begin_proposal(draft()) == 1


def test_a_second_run_waits_for_the_first_or_says_who_holds_the_lock(tmp_path: Path) -> None:
    with run_lock(tmp_path, AT):
        for wait in (0.0, 0.2):
            with pytest.raises(EnvironmentUnfit) as caught, run_lock(tmp_path, AT, wait):
                pass
            assert caught.value.hint.why == f"it is process {os.getpid()}, started {AT}"
    with run_lock(tmp_path, AT):
        pass


def test_a_lock_is_free_once_its_holder_was_killed(tmp_path: Path) -> None:
    def die() -> None:
        with run_lock(tmp_path, AT):
            os.kill(os.getpid(), signal.SIGKILL)

    assert os.WTERMSIG(in_child(die)) == signal.SIGKILL
    with run_lock(tmp_path, AT):
        assert (tmp_path / "lock").read_text() == f"process {os.getpid()}, started {AT}\n"


def test_a_waiting_run_goes_on_when_the_first_ends(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    ending, end = os.pipe()

    def hold() -> None:
        with run_lock(tmp_path, AT):
            os.write(writing, b"held")
            os.read(ending, 1)

    child = child_of(hold)
    assert os.read(reading, 4) == b"held"
    with pytest.raises(EnvironmentUnfit), run_lock(tmp_path, AT):
        pass
    os.write(end, b"x")
    with run_lock(tmp_path, AT, wait=10.0):
        os.waitpid(child, 0)
    for descriptor in (reading, writing, ending, end):
        os.close(descriptor)
