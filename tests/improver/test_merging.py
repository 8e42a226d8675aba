"""Only a human merges: what is refused, what is moved, and that nobody but the command line can reach it."""

import ast
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import improver
from improver.adapters.repository import open_repository
from improver.adapters.run_lock import run_lock
from improver.cli.merging import Approval, Merged, Reversal, merge, revert
from improver.errors import EnvironmentUnfit, ImproverError, RefusedByPolicy, RepositoryError, UsageError
from improver.records import Edit, File
from improver.settings import Settings, read_settings

AT = "2026-01-02T03:04:05+00:00"
BEFORE = b"".join(b"line %d\n" % number for number in range(20))
AFTER = BEFORE.replace(b"line 10", b"line ten")
PACKAGE = Path(improver.__file__).parent


def git(root: Path, *arguments: str) -> str:
    """Run the real git as a user would, without this machine's own configuration."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(root.parent),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_OPTIONAL_LOCKS": "0",
    }
    options = ("-c", "user.name=A User", "-c", "user.email=user@example.invalid", "-c", "advice.detachedHead=false")
    done = subprocess.run(
        ["git", *options, *arguments], cwd=root, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@dataclass(frozen=True)
class Scene:
    """A repository with one proposal on it."""

    root: Path
    settings: Settings
    approval: Approval

    def head(self, branch: str = "main") -> str:
        return git(self.root, "rev-parse", branch)

    def change(self, text: bytes, name: str = "app.py") -> str:
        """Commit `text` on the branch that is checked out, as its user would."""
        (self.root / name).write_bytes(text)
        git(self.root, "add", "-A")
        git(self.root, "commit", "-q", "-m", "later")
        return self.head("HEAD")

    def approve(self, approval: Approval | None = None) -> Merged:
        return merge(self.settings, approval or self.approval, AT)


@pytest.fixture(autouse=True)
def own_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the process an empty user configuration, so that a developer's own plays no part."""
    (tmp_path / "gitconfig").write_text("")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    root = tmp_path / "project"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    (root / "app.py").write_bytes(BEFORE)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "start")
    with open_repository(root) as repository:
        tree = repository.write_tree(repository.head, [Edit("app.py", File(BEFORE), File(AFTER))])
        commit = repository.commit(tree, repository.head, "Propose\n", when=AT)
        repository.create_branch("nova/one", commit)
        approval = Approval("nova/one", commit, repository.head, "", "Approve proposal 1\n")
    settings = replace(read_settings(root, None), ci=False, inside_run=False, terminal=True)
    return Scene(root, settings, approval)


def refused(scene: Scene, kind: type[ImproverError], match: str, approval: Approval | None = None) -> None:
    """Expect that approving is refused and that nothing moved."""
    refs, status = git(scene.root, "for-each-ref"), git(scene.root, "status", "--porcelain")
    with pytest.raises(kind, match=match):
        scene.approve(approval)
    assert (git(scene.root, "for-each-ref"), git(scene.root, "status", "--porcelain")) == (refs, status)


# --- merging ------------------------------------------------------------------------------------------------------


def test_a_checked_out_branch_and_its_files_move_together(scene: Scene) -> None:
    (scene.root / "untracked.txt").write_text("mine")
    merged = scene.approve()
    assert merged == Merged(scene.head(), "main", scene.root)
    assert git(scene.root, "log", "-1", "--format=%P|%an <%ae>|%aI|%s").split("|") == [
        f"{scene.approval.base} {scene.approval.commit}",
        "Nova improver <no-reply@nova.example.invalid>",
        AT,
        "Approve proposal 1",
    ]
    assert (scene.root / "app.py").read_bytes() == AFTER
    assert git(scene.root, "status", "--porcelain") == "?? untracked.txt"
    assert git(scene.root, "rev-parse", "main^{tree}") == git(scene.root, "rev-parse", "nova/one^{tree}")


def test_a_branch_that_nobody_looks_at_moves_alone(scene: Scene) -> None:
    git(scene.root, "checkout", "-q", "-b", "elsewhere")
    (scene.root / "app.py").write_bytes(b"dirty\n")
    merged = scene.approve(replace(scene.approval, into="main"))
    assert merged == Merged(scene.head("main"), "main", None)
    assert git(scene.root, "show", "main:app.py").encode() + b"\n" == AFTER
    assert (scene.root / "app.py").read_bytes() == b"dirty\n"
    assert scene.head("elsewhere") == scene.approval.base


def test_a_branch_in_another_worktree_moves_there(scene: Scene, tmp_path: Path) -> None:
    git(scene.root, "checkout", "-q", "--detach")
    git(scene.root, "worktree", "add", "-q", str(tmp_path / "linked"), "main")
    assert scene.approve(replace(scene.approval, into="main")).worktree == tmp_path / "linked"
    assert (tmp_path / "linked" / "app.py").read_bytes() == AFTER
    assert (scene.root / "app.py").read_bytes() == BEFORE
    assert git(tmp_path / "linked", "status", "--porcelain") == ""


def test_no_hook_runs_and_no_setting_bends_the_merge(scene: Scene, tmp_path: Path) -> None:
    for name in ("pre-merge-commit", "commit-msg", "post-merge", "reference-transaction", "post-checkout"):
        hook = scene.root / ".git" / "hooks" / name
        hook.write_text(f"#!/bin/sh\ntouch '{tmp_path}/fired'\nexit 1\n")
        hook.chmod(0o755)
    for key, value in (("merge.ff", "no"), ("branch.main.mergeOptions", "--squash"), ("commit.gpgSign", "true")):
        git(scene.root, "config", key, value)
    git(scene.root, "config", "merge.verifySignatures", "true")
    scene.approve()
    assert git(scene.root, "log", "-1", "--format=%P") == f"{scene.approval.base} {scene.approval.commit}"
    assert not (tmp_path / "fired").exists()


def test_the_users_own_line_endings_are_kept(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "gitconfig").write_text("[core]\n\tautocrlf = true\n")
    scene.approve()
    assert (scene.root / "app.py").read_bytes() == AFTER.replace(b"\n", b"\r\n")
    assert git(scene.root, "-c", "core.autocrlf=true", "status", "--porcelain") == ""


def test_an_approval_that_was_interrupted_can_be_repeated(scene: Scene) -> None:
    first = scene.approve()
    later = scene.change(AFTER + b"more\n")
    assert scene.approve() == Merged(first.commit, "main", None)
    assert scene.head() == later


def test_a_moved_branch_is_merged_once_the_evidence_was_made_anew(scene: Scene) -> None:
    later = scene.change(BEFORE.replace(b"line 1\n", b"line one\n"))
    refused(scene, RefusedByPolicy, "evidence is stale")
    scene.approve(replace(scene.approval, revalidated=True))
    assert (scene.root / "app.py").read_bytes() == AFTER.replace(b"line 1\n", b"line one\n")
    assert git(scene.root, "log", "-1", "--format=%P") == f"{later} {scene.approval.commit}"


# --- refusing -----------------------------------------------------------------------------------------------------


def _merge(settings: Settings, approval: Approval) -> Merged:
    return merge(settings, approval, AT)


def _revert(settings: Settings, approval: Approval) -> Merged:
    return revert(settings, Reversal(approval.base, "main", "Revert"), AT)


@pytest.mark.parametrize(
    ("place", "why"),
    [
        pytest.param((False, False, False), "there is no terminal", id="no terminal, no merge"),
        pytest.param((True, True, False), "this is continuous integration", id="continuous integration never merges"),
        pytest.param((True, False, True), "this is inside a run of the improver", id="a run never merges"),
    ],
)
@pytest.mark.parametrize("act", [_merge, _revert])
def test_only_a_human_at_a_terminal_merges(
    scene: Scene, place: tuple[bool, bool, bool], why: str, act: Callable[[Settings, Approval], Merged]
) -> None:
    terminal, ci, inside_run = place
    settings = replace(scene.settings, terminal=terminal, ci=ci, inside_run=inside_run)
    with pytest.raises(RefusedByPolicy) as caught:
        act(settings, scene.approval)
    assert (caught.value.what, caught.value.hint.why, caught.value.exit_code) == ("only a human merges", why, 6)
    assert scene.head() == scene.approval.base


def test_nothing_merges_while_a_run_is_at_work(scene: Scene) -> None:
    with run_lock(scene.root / ".nova", AT):
        refused(scene, EnvironmentUnfit, "another improve is at work")


def _stage(scene: Scene) -> None:
    (scene.root / "app.py").write_bytes(b"staged\n")
    git(scene.root, "add", "-A")


def _dirty_elsewhere(scene: Scene) -> None:
    scene_file = scene.root / "app.py"
    scene_file.write_bytes(BEFORE.replace(b"line 1\n", b"mine\n"))


def _edit_proposal(scene: Scene) -> None:
    git(scene.root, "checkout", "-q", "nova/one")
    scene.change(b"edited\n")
    git(scene.root, "checkout", "-q", "main")


def _drop_proposal(scene: Scene) -> None:
    git(scene.root, "branch", "-q", "-D", "nova/one")


def _conflict(scene: Scene) -> None:
    scene.change(BEFORE.replace(b"line 10", b"line X"))


def _detach(scene: Scene) -> None:
    git(scene.root, "checkout", "-q", "--detach")


def _on_proposal(scene: Scene) -> None:
    git(scene.root, "checkout", "-q", "nova/one")


def _other_history(scene: Scene) -> None:
    git(scene.root, "checkout", "-q", "--orphan", "unrelated")
    scene.change(b"other\n")


def _rebasing(scene: Scene) -> None:
    git(scene.root, "checkout", "-q", "--detach")
    folder = scene.root / ".git" / "rebase-merge"
    folder.mkdir()
    (folder / "head-name").write_text("refs/heads/main\n")


def _alias(scene: Scene) -> None:
    git(scene.root, "checkout", "-q", "--detach")
    git(scene.root, "symbolic-ref", "refs/heads/alias", "refs/heads/main")


def _untracked_in_the_way(scene: Scene) -> None:
    git(scene.root, "rm", "-q", "--cached", "app.py")
    git(scene.root, "commit", "-q", "-m", "untrack")


@pytest.mark.parametrize(
    ("prepare", "into", "kind", "match"),
    [
        pytest.param(_stage, "", RepositoryError, "not committed", id="staged changes"),
        pytest.param(_dirty_elsewhere, "", RepositoryError, "not committed", id="changes in the working tree"),
        pytest.param(_edit_proposal, "", RefusedByPolicy, "somebody edited nova/one", id="a human edited the proposal"),
        pytest.param(_drop_proposal, "", RepositoryError, "nova/one is gone", id="a proposal whose branch is gone"),
        pytest.param(_conflict, "", RepositoryError, "same lines", id="a conflict with what came since"),
        pytest.param(_untracked_in_the_way, "", RepositoryError, "same lines", id="the file was dropped since"),
        pytest.param(_detach, "", UsageError, "no branch is checked out", id="a detached head"),
        pytest.param(_on_proposal, "", UsageError, "itself a proposal", id="a proposal is checked out"),
        pytest.param(_other_history, "", RefusedByPolicy, "another branch", id="a branch without the base"),
        pytest.param(_rebasing, "main", RepositoryError, "being rebased", id="a branch that is being rebased"),
        pytest.param(_alias, "alias", RepositoryError, "alias of another", id="an alias of a branch"),
        pytest.param(_detach, "absent", UsageError, "no branch absent", id="a branch that is not there"),
        pytest.param(_detach, "-d", RepositoryError, "cannot be the name", id="an option for a branch"),
    ],
)
def test_what_would_lose_or_hide_something_is_refused(
    scene: Scene, prepare: Callable[[Scene], None], into: str, kind: type[ImproverError], match: str
) -> None:
    prepare(scene)
    refused(scene, kind, match, replace(scene.approval, into=into, revalidated=True))


def test_a_proposal_that_carries_other_commits_is_refused(scene: Scene) -> None:
    git(scene.root, "checkout", "-q", "nova/one")
    commit = scene.change(b"edited\n")
    git(scene.root, "checkout", "-q", "main")
    refused(scene, RefusedByPolicy, "somebody edited nova/one", replace(scene.approval, commit=commit))


def test_an_ignored_file_in_the_way_is_never_overwritten(scene: Scene) -> None:
    with open_repository(scene.root) as repository:
        tree = repository.write_tree(repository.head, [Edit("secret.txt", None, File(b"theirs"))])
        commit = repository.commit(tree, repository.head, "Propose", when=AT)
        repository.create_branch("nova/two", commit)
    (scene.root / ".git" / "info" / "exclude").write_text("secret.txt\n")
    (scene.root / "secret.txt").write_text("mine")
    refused(scene, RepositoryError, "git merge failed", replace(scene.approval, branch="nova/two", commit=commit))
    assert (scene.root / "secret.txt").read_text() == "mine"


# --- reverting ----------------------------------------------------------------------------------------------------


def test_a_merge_is_taken_back_by_one_commit(scene: Scene) -> None:
    merged = scene.approve()
    undone = revert(scene.settings, Reversal(merged.commit, "main", "Revert proposal 1\n"), AT)
    assert undone == Merged(scene.head(), "main", scene.root)
    assert git(scene.root, "log", "-1", "--format=%P|%s") == f"{merged.commit}|Revert proposal 1"
    assert (scene.root / "app.py").read_bytes() == BEFORE


def test_what_came_after_the_merge_stays(scene: Scene) -> None:
    merged = scene.approve()
    scene.change(AFTER.replace(b"line 1\n", b"line one\n"))
    revert(scene.settings, Reversal(merged.commit, "main", "Revert"), AT)
    assert (scene.root / "app.py").read_bytes() == BEFORE.replace(b"line 1\n", b"line one\n")


def test_a_merge_is_taken_back_on_a_branch_that_nobody_looks_at(scene: Scene) -> None:
    merged = scene.approve()
    git(scene.root, "checkout", "-q", "-b", "elsewhere")
    assert revert(scene.settings, Reversal(merged.commit, "main", "Revert"), AT).worktree is None
    assert git(scene.root, "show", "main:app.py").encode() + b"\n" == BEFORE
    assert (scene.root / "app.py").read_bytes() == AFTER


def test_an_undo_that_was_interrupted_can_be_repeated(scene: Scene) -> None:
    reversal = Reversal(scene.approve().commit, "main", "Revert")
    first = revert(scene.settings, reversal, AT)
    assert revert(scene.settings, reversal, AT) == Merged("", "main", None)
    assert scene.head() == first.commit


def test_lines_that_changed_since_are_left_to_a_human(scene: Scene) -> None:
    merged = scene.approve()
    later = scene.change(AFTER.replace(b"line ten", b"line 10.0"))
    with pytest.raises(RepositoryError, match="same lines"):
        revert(scene.settings, Reversal(merged.commit, "main", "Revert"), AT)
    assert scene.head() == later


def test_a_commit_that_the_branch_does_not_hold_cannot_be_taken_back(scene: Scene) -> None:
    with pytest.raises(UsageError, match="does not hold"):
        revert(scene.settings, Reversal(scene.approval.commit, "main", "Revert"), AT)


# --- who can reach it ---------------------------------------------------------------------------------------------


def imports_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_bytes())
    found = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_nothing_outside_the_command_line_can_reach_the_merge(path: Path) -> None:
    place = path.relative_to(PACKAGE)
    if place.parts[0] == "cli":
        return
    above = {name for name in imports_of(path) if name == "improver.cli" or name.startswith("improver.cli.")}
    assert above <= ({"improver.cli.main", "improver.cli.main.main"} if place.name == "__main__.py" else set())
    assert "merging" not in {part for name in imports_of(path) for part in name.split(".")}


def test_only_one_file_names_what_moves_a_users_branch() -> None:
    moving = {"merge", "merge-tree", "push", "pull", "rebase", "cherry-pick", "reset", "checkout", "switch"}
    naming = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call):
                words = {item.value for item in ast.walk(node) if isinstance(item, ast.Constant)}
                if isinstance(node.func, ast.Name) and node.func.id == "GitCommand" and words & moving:
                    naming.add(path.name)
                if (
                    isinstance(node.func, ast.Attribute)
                    and node.func.attr in ("ask", "run", "start")
                    and words & moving
                ):
                    naming.add(path.name)
    assert naming == {"merging.py"}
