"""A pull request without a network: what the loop may ask of the forge, and that a kill -9 loses and halves nothing."""

import os
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from improver import ports
from improver.adapters.ledger import Ledger, open_ledger
from improver.adapters.ledger_records import Proposal, Recovery, State
from improver.adapters.local_forge import LocalForge, markdown
from improver.adapters.repository import Repository, open_repository
from improver.adapters.run_lock import run_lock
from improver.records import Draft, Edit, File, Finding, Safety, Verdict

AT = "2026-01-02T03:04:05+00:00"
FINDING = Finding("key", "explicit_cause", "app.py", "f", 1, 0, "a message")


def git(root: Path, *arguments: str) -> str:
    """Run the real git as a user would, without this machine's own configuration."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(root.parent), "GIT_CONFIG_NOSYSTEM": "1"}
    options = ("-c", "user.name=A User", "-c", "user.email=user@example.invalid")
    done = subprocess.run(
        ["git", *options, *arguments], cwd=root, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    root = tmp_path / "project"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    (root / "app.py").write_bytes(b"x = 1\n")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "start")
    return root


def draft(repository: Repository, name: str = "one") -> Draft:
    """Write the proposal's objects and return what a forge is told about them."""
    tree = repository.write_tree(repository.head, [Edit("app.py", File(b"x = 1\n"), File(b"x = 2\n"))])
    commit = repository.commit(tree, repository.head, f"Propose {name}\n", when=AT)
    return Draft(
        id=name,
        rule="explicit_cause",
        path="app.py",
        title="Keep the cause",
        safety=Safety.CONFINED,
        findings=(FINDING,),
        base=repository.head,
        tree=tree,
        commit=commit,
        branch=f"nova/{name}",
        evidence=b"{}\n",
        claims_digest="d" * 64,
        text="`improve verify NUMBER`, `improve undo NUMBER`; NUMBER of files\n",
        diff=repository.diff(repository.head, commit),
        publishable=True,
        draft=False,
        created=AT,
    )


# --- the port -----------------------------------------------------------------------------------------------------


def test_the_loop_can_use_it_as_its_forge_and_git_as_its_repository(root: Path) -> None:
    with open_repository(root) as repository, open_ledger(repository.data) as ledger:
        forge: ports.Forge = LocalForge(ledger, "run-1")
        git_of_the_loop: ports.Repository = repository
        made = draft(repository)
        number = forge.begin(made)
        git_of_the_loop.create_branch(made.branch, made.commit)
        forge.opened(number, AT)
        assert LocalForge(ledger).get(number) == Proposal(1, State.OPEN, made)
        assert LocalForge(ledger).list(State.OPEN) == (Proposal(1, State.OPEN, made),)
        assert forge.suppressed(FINDING) == "same as open proposal #1"
        ledger.decide(1, Verdict("one", "rejected", "a human", "no", "finding", AT))
        assert forge.suppressed(FINDING) == "rejected in proposal #1: no"


def test_only_the_last_verdict_on_a_proposal_counts(root: Path) -> None:
    with open_repository(root) as repository, open_ledger(repository.data) as ledger:
        forge = LocalForge(ledger, "run-1")
        assert forge.verdicts() == {}
        for name in ("one", "two", "three"):
            ledger.opened(forge.begin(draft(repository, name)))
        for number, decision in ((1, "approved"), (1, "rejected"), (2, "rejected"), (3, "approved")):
            ledger.decide(number, Verdict(str(number), decision, "a human", "", "finding", AT))
        assert forge.verdicts() == {"explicit_cause": (1, 2)}
        ledger.undo(2, "a human", "", AT)
        assert forge.verdicts() == {"explicit_cause": (1, 1)}


def test_what_a_run_refused_is_on_record_for_each_finding(root: Path) -> None:
    with open_repository(root) as repository, open_ledger(repository.data) as ledger:
        LocalForge(ledger, "run-1").refused((FINDING, replace(FINDING, key="other")), "lint", "lint: new", AT)
        told = [(one.path, one.rule, one.key, one.gate, one.reason) for one in ledger.attempts("run-1")]
        assert told == [("app.py", "explicit_cause", key, "lint", "lint: new") for key in (FINDING.key, "other")]
        assert ledger.attempts("run-2") == ()


def test_the_text_names_the_proposals_number_in_commands_only(root: Path) -> None:
    with open_repository(root) as repository:
        assert markdown(Proposal(7, State.OPEN, draft(repository))) == (
            "`improve verify 7`, `improve undo 7`; NUMBER of files\n"
        )


def test_a_forge_has_no_way_to_decide_or_merge() -> None:
    offered = {name for name in vars(LocalForge) if not name.startswith("_")}
    assert offered == {"suppressed", "refused", "verdicts", "begin", "opened", "get", "list"}


# --- kill -9 ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Desk:
    """What one process publishes with."""

    repository: Repository
    ledger: Ledger
    made: Draft


def _lock(desk: Desk) -> None:
    run_lock(desk.repository.data, AT).__enter__()


def _start(desk: Desk) -> None:
    desk.ledger.start_run("run-1", desk.repository.head, AT)


def _begin(desk: Desk) -> None:
    assert LocalForge(desk.ledger, "run-1").begin(desk.made) == 1


def _branch(desk: Desk) -> None:
    desk.repository.create_branch(desk.made.branch, desk.made.commit)


def _opened(desk: Desk) -> None:
    LocalForge(desk.ledger, "run-1").opened(1, AT)


def _finish(desk: Desk) -> None:
    desk.ledger.finish_run("run-1", "proposed", {}, AT)


STEPS: tuple[Callable[[Desk], None], ...] = (_lock, _start, _begin, _branch, _opened, _finish)


def publish_and_die(root: Path, steps: int) -> None:
    """In another process, do the first `steps` of publishing, then die by SIGKILL."""
    child = os.fork()
    if child == 0:
        try:
            with open_repository(root) as repository, open_ledger(repository.data) as ledger:
                desk = Desk(repository, ledger, draft(repository))
                for step in STEPS[:steps]:
                    step(desk)
                os.kill(os.getpid(), signal.SIGKILL)
        finally:
            os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL


@pytest.mark.parametrize(
    ("steps", "states", "recovery"),
    [
        pytest.param(1, [], Recovery((), (), (), ()), id="killed while it held the lock"),
        pytest.param(2, [], Recovery((), (), ("run-1",), ()), id="killed before the ledger was told"),
        pytest.param(3, [State.FAILED], Recovery((), (1,), ("run-1",), ()), id="killed before the branch was made"),
        pytest.param(4, [State.OPEN], Recovery((1,), (), ("run-1",), ()), id="killed before the ledger knew of it"),
        pytest.param(5, [State.OPEN], Recovery((), (), ("run-1",), ()), id="killed once it was open"),
        pytest.param(6, [State.OPEN], Recovery((), (), (), ()), id="killed at the very end"),
    ],
)
def test_a_kill_between_any_two_steps_leaves_all_consistent(
    root: Path, steps: int, states: list[State], recovery: Recovery
) -> None:
    publish_and_die(root, steps)
    with open_repository(root) as repository, open_ledger(repository.data) as ledger:
        with run_lock(repository.data, AT):
            assert ledger.recover(repository.branches(), AT) == recovery
        assert [found.state for found in ledger.proposals()] == states
        alive = {found.draft.branch: found.draft.commit for found in ledger.proposals(State.OPEN)}
        assert repository.branches() == alive
        assert git(root, "status", "--porcelain") == ""
        assert git(root, "fsck", "--no-dangling") == ""


@pytest.mark.parametrize("steps", range(1, len(STEPS) + 1))
def test_after_a_kill_the_same_proposal_can_be_made_or_is_there(root: Path, steps: int) -> None:
    publish_and_die(root, steps)
    with open_repository(root) as repository, open_ledger(repository.data) as ledger, run_lock(repository.data, AT):
        ledger.recover(repository.branches(), AT)
        forge = LocalForge(ledger, "run-2")
        if not forge.suppressed(FINDING):
            made = draft(repository)
            number = forge.begin(made)
            repository.create_branch(made.branch, made.commit)
            forge.opened(number, AT)
        found = ledger.proposals(State.OPEN)
        assert [repository.branches()[one.draft.branch] for one in found] == [found[0].draft.commit]
        assert forge.suppressed(FINDING) == f"same as open proposal #{found[0].number}"


def test_two_processes_publish_into_one_project(root: Path) -> None:
    def publish(name: str) -> None:
        with open_repository(root) as repository, open_ledger(repository.data) as ledger:
            for rank in range(5):
                made = draft(repository, f"{name}-{rank}")
                number = LocalForge(ledger, name).begin(made)
                repository.create_branch(made.branch, made.commit)
                LocalForge(ledger, name).opened(number, AT)

    child = os.fork()
    if child == 0:
        status = 1
        try:
            publish("child")
            status = 0
        finally:
            os._exit(status)
    publish("parent")
    assert os.waitpid(child, 0)[1] == 0
    with open_repository(root) as repository, open_ledger(repository.data) as ledger:
        found = ledger.proposals(State.OPEN)
        assert [one.number for one in found] == list(range(1, 11))
        assert {one.draft.branch: one.draft.commit for one in found} == repository.branches()
