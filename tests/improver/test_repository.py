"""Real repositories in every awkward shape: proposals are added, and nothing else ever changes."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from improver.adapters.repository import Repository, open_repository
from improver.errors import RepositoryError
from improver.records import EXECUTABLE, REGULAR, SUBMODULE, SYMLINK, Edit, File

WHEN = "2026-01-02T03:04:05+00:00"
HOOKS = ("pre-commit", "commit-msg", "post-commit", "reference-transaction", "post-checkout", "post-index-change")
NAMES = ("plain.py", "with space.py", "überraschung.py", "line\nbreak.py", "-dash.py", "tab\there.py")


def git(root: Path, *arguments: str) -> str:
    """Run the real git as a user would, without this machine's own configuration."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(root.parent),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_OPTIONAL_LOCKS": "0",  # looking at the status must not refresh the index
        "GIT_AUTHOR_DATE": WHEN,
        "GIT_COMMITTER_DATE": WHEN,
    }
    options = ("-c", "user.name=A User", "-c", "user.email=user@example.invalid", "-c", "protocol.file.allow=always")
    done = subprocess.run(
        ["git", *options, *arguments], cwd=root, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def planted(root: Path, **files: bytes) -> Path:
    """Make a repository with one commit that holds app.py and `files`."""
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    (root / "app.py").write_bytes(b"x = 1\n")
    for name, data in files.items():
        (root / name).write_bytes(data)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "start")
    return root


def state(root: Path) -> tuple[str, ...]:
    """Return all of the user's own state: head, status, index bytes, refs of theirs, stash, configuration."""
    folder = Path(git(root, "rev-parse", "--absolute-git-dir"))
    index = folder / "index"
    return (
        (folder / "HEAD").read_text(),
        index.read_bytes().hex() if index.exists() else "",
        _their_refs(root),
        git(root, "config", "--local", "--list"),
        git(root, "status", "--porcelain=v2", "--branch", "--untracked-files=all"),
    )


def _their_refs(root: Path) -> str:
    return "\n".join(line for line in git(root, "for-each-ref").splitlines() if "refs/heads/nova/" not in line)


def edit(repository: Repository, path: str, after: bytes | None, mode: str = REGULAR) -> Edit:
    before = repository.tree(repository.head).get(path)
    return Edit(path, before, None if after is None else File(after, mode))


def propose(repository: Repository, *edits: Edit, name: str = "nova/one") -> str:
    tree = repository.write_tree(repository.head, edits)
    commit = repository.commit(tree, repository.head, "Propose\n\nNova-Rule: rule\n", when=WHEN)
    repository.create_branch(name, commit)
    return commit


@pytest.fixture(autouse=True)
def own_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the process an empty user configuration, so that a developer's own plays no part."""
    (tmp_path / "gitconfig").write_text("")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return planted(tmp_path / "project")


@pytest.fixture
def repository(root: Path) -> Iterator[Repository]:
    with open_repository(root) as opened:
        yield opened


# --- opening ------------------------------------------------------------------------------------------------------


def test_opening_tells_head_branch_and_root(root: Path, repository: Repository) -> None:
    assert (repository.root, repository.head, repository.branch) == (root, git(root, "rev-parse", "HEAD"), "main")


def test_opening_leaves_the_status_of_the_target_alone(tmp_path: Path) -> None:
    root = planted(tmp_path / "other")
    before = state(root)
    with open_repository(root) as repository:
        (repository.data / "ledger.sqlite3").write_bytes(b"")
    assert state(root) == before
    assert (root / ".nova" / ".gitignore").read_text() == "*\n"


def test_a_directory_inside_the_repository_opens_the_whole(root: Path) -> None:
    (root / "deep" / "er").mkdir(parents=True)
    with open_repository(root / "deep" / "er") as repository:
        assert repository.root == root


def _nothing(root: Path) -> Path:
    return root / "absent"


def _plain(root: Path) -> Path:
    root.mkdir()
    return root


def _bare(root: Path) -> Path:
    _plain(root)
    git(root, "init", "-q", "--bare")
    return root


def _unborn(root: Path) -> Path:
    _plain(root)
    git(root, "init", "-q")
    (root / "app.py").write_text("x = 1\n")
    git(root, "add", "-A")
    return root


def _inside_git(root: Path) -> Path:
    return planted(root) / ".git"


def _no_head_commit(root: Path) -> Path:
    commit = git(planted(root), "rev-parse", "HEAD")
    (root / ".git" / "objects" / commit[:2] / commit[2:]).unlink()
    return root


def _no_head_tree(root: Path) -> Path:
    tree = git(planted(root), "rev-parse", "HEAD^{tree}")
    (root / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    return root


def _garbage_ref(root: Path) -> Path:
    (planted(root) / ".git" / "refs" / "heads" / "main").write_text("garbage\n")
    return root


def _spoiled_configuration(root: Path) -> Path:
    (planted(root) / ".git" / "config").write_text("[core\n")
    return root


def _gone_git_directory(root: Path) -> Path:
    _plain(root)
    (root / ".git").write_text("gitdir: /nowhere/at/all\n")
    return root


def _linked_data_folder(root: Path) -> Path:
    (planted(root) / ".nova").symlink_to(root.parent)
    return root


def _visible_data_folder(root: Path) -> Path:
    (planted(root) / ".nova").mkdir()
    (root / ".nova" / ".gitignore").write_text("*.log\n")
    return root


@pytest.mark.parametrize(
    ("make", "what", "fix"),
    [
        pytest.param(_nothing, "no such directory", "give the path", id="a path that is not there"),
        pytest.param(_plain, "not a git repository", "git init", id="a directory without git"),
        pytest.param(_bare, "a bare repository", "git clone", id="a bare repository"),
        pytest.param(_unborn, "no commit yet", "git commit", id="an unborn branch"),
        pytest.param(_inside_git, "the inside of a .git", "holds .git", id="the inside of .git"),
        pytest.param(_no_head_commit, "damaged", "git fsck", id="a missing head commit"),
        pytest.param(_no_head_tree, "damaged", "git fsck", id="a missing head tree"),
        pytest.param(_garbage_ref, "damaged", "git fsck", id="a branch file full of garbage"),
        pytest.param(_spoiled_configuration, "damaged", "git config", id="a broken configuration"),
        pytest.param(_gone_git_directory, "damaged", "clone it anew", id="a .git file that points nowhere"),
        pytest.param(_linked_data_folder, ".nova is not a directory of ours", "move", id="a symlink called .nova"),
        pytest.param(_visible_data_folder, ".nova is not ignored", "put a line", id="a .nova that git would show"),
    ],
)
def test_what_cannot_be_worked_on_is_refused_with_a_fix(
    tmp_path: Path, make: Callable[[Path], Path], what: str, fix: str
) -> None:
    with pytest.raises(RepositoryError) as caught:
        open_repository(make(tmp_path / "project"))
    assert what in caught.value.what
    assert fix in caught.value.hint.fix
    assert caught.value.exit_code == 3


@pytest.mark.host
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_somebody_elses_repository_is_refused_until_the_user_trusts_it(root: Path, tmp_path: Path) -> None:
    for path in (root, *root.rglob("*")):
        os.lchown(path, 65534, 65534)
    with pytest.raises(RepositoryError) as caught:
        open_repository(root)
    assert caught.value.what == "this repository belongs to somebody else"
    assert f"git config --global --add safe.directory {root}" in caught.value.hint.fix
    assert not (root / ".nova").exists()
    (tmp_path / "gitconfig").write_text(f"[safe]\n\tdirectory = {root}\n")
    with open_repository(root) as repository:
        assert repository.tree(repository.head)["app.py"] == File(b"x = 1\n")


# --- reading ------------------------------------------------------------------------------------------------------


def test_a_tree_holds_every_kind_of_entry_byte_for_byte(tmp_path: Path) -> None:
    inner = planted(tmp_path / "inner")
    root = planted(
        tmp_path / "outer", **{name: name.encode() for name in NAMES}, crlf=b"a\r\nb\n", binary=bytes(range(256))
    )
    (root / "run.sh").write_bytes(b"#!/bin/sh\n")
    (root / "run.sh").chmod(0o755)
    (root / "link.py").symlink_to("app.py")
    (root / os.fsdecode(b"latin-\xe9.py")).write_bytes(b"")
    git(root, "submodule", "--quiet", "add", str(inner), "vendored")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "more")
    with open_repository(root) as repository:
        tree = dict(repository.tree(repository.head))
    del tree[".gitmodules"]
    assert tree == {
        **{name: File(name.encode()) for name in NAMES},
        "app.py": File(b"x = 1\n"),
        "crlf": File(b"a\r\nb\n"),
        "binary": File(bytes(range(256))),
        "run.sh": File(b"#!/bin/sh\n", EXECUTABLE),
        "link.py": File(b"app.py", SYMLINK),
        "latin-\udce9.py": File(b""),
        "vendored": File(b"", SUBMODULE),
    }


def test_a_tree_is_the_commits_and_not_the_working_trees(root: Path, repository: Repository) -> None:
    (root / "app.py").write_bytes(b"dirty\n")
    git(root, "add", "-A")
    tree = repository.tree(repository.head)
    assert (dict(tree), len(tree), "other.py" in tree) == ({"app.py": File(b"x = 1\n")}, 1, False)


def test_a_missing_blob_is_an_error_that_names_it(root: Path, repository: Repository) -> None:
    blob = File(b"x = 1\n").digest
    (root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(RepositoryError, match=f"blob {blob} cannot be read"):
        repository.tree(repository.head)["app.py"]


def test_a_closed_repository_reads_no_more_blobs(root: Path) -> None:
    repository = open_repository(root)
    tree = repository.tree(repository.head)
    repository.close()
    with pytest.raises(RepositoryError, match="was closed"):
        tree["app.py"]


def test_a_detached_head_has_no_branch_but_a_base(root: Path) -> None:
    git(root, "checkout", "-q", "--detach")
    before = state(root)
    with open_repository(root) as repository:
        assert (repository.branch, repository.head) == (None, git(root, "rev-parse", "HEAD"))
        propose(repository, edit(repository, "app.py", b"x = 2\n"))
    assert state(root) == before


def test_a_revision_that_a_human_names_is_resolved_or_refused(root: Path, repository: Repository) -> None:
    assert repository.resolve("main") == repository.head
    with pytest.raises(RepositoryError, match="no commit is called '--all'"):
        repository.resolve("--all")


@pytest.mark.parametrize("name", ["HEAD", "--all", "main", "a" * 39, "g" * 40])
def test_only_full_object_ids_reach_git(repository: Repository, name: str) -> None:
    with pytest.raises(RepositoryError, match="not a full object id"):
        repository.tree(name)


# --- adding -------------------------------------------------------------------------------------------------------


def test_a_proposal_is_a_commit_on_its_own_branch(root: Path, repository: Repository) -> None:
    commit = propose(repository, edit(repository, "app.py", b"x = 2\r\n"), edit(repository, "new/b.py", b""))
    assert repository.branches() == {"nova/one": commit}
    assert repository.branch_head("nova/one") == commit
    assert repository.parents(commit) == (repository.head,)
    assert dict(repository.tree(commit)) == {"app.py": File(b"x = 2\r\n"), "new/b.py": File(b"")}
    assert git(root, "log", "-1", "--format=%an <%ae> %aI %cn %cI%n%B", commit) == (
        f"Nova improver <no-reply@nova.example.invalid> {WHEN} Nova improver {WHEN}\nPropose\n\nNova-Rule: rule"
    )


def test_what_is_written_aside_leaves_no_object(root: Path, repository: Repository) -> None:
    before, edits = sorted((root / ".git" / "objects").rglob("*")), [edit(repository, "app.py", b"x = 3\n")]
    with repository.aside():
        commit = repository.commit(repository.write_tree(repository.head, edits), repository.head, "Propose\n")
        assert "+x = 3" in repository.diff(repository.head, commit)
    assert sorted((root / ".git" / "objects").rglob("*")) == before
    repository.write_tree(repository.head, edits)
    assert sorted((root / ".git" / "objects").rglob("*")) != before


def test_the_same_proposal_at_the_same_moment_is_the_same_commit(repository: Repository) -> None:
    change = edit(repository, "app.py", b"x = 2\n")
    trees = [repository.write_tree(repository.head, [change]) for _ in range(2)]
    commits = {repository.commit(tree, repository.head, "Propose", when=WHEN) for tree in trees}
    assert len(commits) == 1
    assert repository.tree_id(commits.pop()) == trees[0]


def test_the_users_own_identity_is_used_when_it_is_complete(root: Path, tmp_path: Path) -> None:
    (tmp_path / "gitconfig").write_text("[user]\n\tname = Ü Ser\n\temail = u@example.invalid\n")
    with open_repository(root) as repository:
        commit = propose(repository, edit(repository, "app.py", b"x = 2\n"))
    assert git(root, "log", "-1", "--format=%an <%ae>", commit) == "Ü Ser <u@example.invalid>"


def test_deleting_renaming_and_modes_survive(root: Path) -> None:
    (root / "run.sh").write_bytes(b"#!/bin/sh\n")
    (root / "run.sh").chmod(0o755)
    for name in NAMES:
        (root / name).write_bytes(b"old\n")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "more")
    with open_repository(root) as repository:
        edits = [edit(repository, name, b"new\r\n") for name in NAMES]
        edits += [edit(repository, "app.py", None), edit(repository, "run.sh", b"#!/bin/bash\n", EXECUTABLE)]
        commit = propose(repository, *edits)
        assert dict(repository.tree(commit)) == {
            **{name: File(b"new\r\n") for name in NAMES},
            "run.sh": File(b"#!/bin/bash\n", EXECUTABLE),
        }


def _dirty(root: Path) -> None:
    (root / "app.py").write_bytes(b"dirty\n")


def _staged(root: Path) -> None:
    (root / "app.py").write_bytes(b"staged\n")
    (root / "added.py").write_bytes(b"added\n")
    git(root, "add", "-A")
    (root / "app.py").write_bytes(b"dirty as well\n")


def _hooked(root: Path) -> None:
    for name in HOOKS:
        hook = root / ".git" / "hooks" / name
        hook.write_text(f"#!/bin/sh\ntouch '{root.parent}/fired-{name}'\nexit 1\n")
        hook.chmod(0o755)
    git(root, "config", "core.fsmonitor", f"touch '{root.parent}/fired-fsmonitor'; false")


def _attributes(root: Path) -> None:
    (root / ".gitattributes").write_text("*.py filter=loud text eol=crlf export-ignore -diff ident\n")
    git(root, "config", "filter.loud.clean", f"touch '{root.parent}/fired-clean'; tr a-z A-Z")
    git(root, "config", "filter.loud.smudge", f"touch '{root.parent}/fired-smudge'; cat")


def _autocrlf(root: Path) -> None:
    git(root, "config", "core.autocrlf", "true")


def _merging(root: Path) -> None:
    (root / ".git" / "MERGE_HEAD").write_text(git(root, "rev-parse", "HEAD") + "\n")


def _split_index(root: Path) -> None:
    git(root, "update-index", "--split-index")
    git(root, "config", "core.splitIndex", "true")


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(_dirty, id="a dirty tree"),
        pytest.param(_staged, id="staged changes under dirty ones"),
        pytest.param(_hooked, id="hooks that would fire and fail"),
        pytest.param(_attributes, id="filters and attributes that would rewrite bytes"),
        pytest.param(_autocrlf, id="autocrlf"),
        pytest.param(_merging, id="an unfinished merge"),
        pytest.param(_split_index, id="a split index"),
    ],
)
def test_making_a_proposal_changes_nothing_of_the_users(
    root: Path, trouble: Callable[[Path], None], tmp_path: Path
) -> None:
    trouble(root)
    before, files = state(root), sorted(path.name for path in (root / ".git").iterdir())
    for fired in tmp_path.glob("fired-*"):
        fired.unlink()
    with open_repository(root) as repository:
        commit = propose(repository, edit(repository, "app.py", b"x = 2\r\ny = 3\n"))
        repository.delete_branch("nova/one", commit)
        repository.create_branch("nova/two", commit)
        assert repository.tree(commit)["app.py"] == File(b"x = 2\r\ny = 3\n")
        assert "-x = 1\n+x = 2\r\n+y = 3\n" in repository.diff(repository.head, commit)
    assert list(tmp_path.glob("fired-*")) == []
    assert state(root) == before
    assert sorted(path.name for path in (root / ".git").iterdir()) == files


def test_the_environment_of_a_hook_that_starts_us_points_nowhere(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = planted(tmp_path / "other", **{"other.py": b""})
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other / ".git" / "objects"))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody Else")
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'user.name=x'")
    with open_repository(root) as repository:
        assert repository.root == root
        commit = propose(repository, edit(repository, "app.py", b"x = 2\n"))
        assert repository.branches() == {"nova/one": commit}
    assert "nova/one" not in git(other, "for-each-ref")
    assert "Nova improver" in git(root, "log", "-1", "--format=%an", commit)


def test_a_linked_worktree_has_its_own_data_and_shares_the_branches(root: Path, tmp_path: Path) -> None:
    git(root, "worktree", "add", "-q", "-b", "feature", str(tmp_path / "linked"))
    before = (state(root), state(tmp_path / "linked"))
    with open_repository(tmp_path / "linked") as repository:
        assert (repository.root, repository.branch) == (tmp_path / "linked", "feature")
        assert repository.data == tmp_path / "linked" / ".nova"
        commit = propose(repository, edit(repository, "app.py", b"x = 2\n"))
        assert [(tree.path, tree.branch) for tree in repository.worktrees()] == [
            (root, "main"),
            (tmp_path / "linked", "feature"),
        ]
    with open_repository(root) as repository:
        assert repository.branches() == {"nova/one": commit}
        shutil.rmtree(repository.data)
    assert (state(root), state(tmp_path / "linked")) == before


def test_a_submodule_is_never_touched(root: Path, tmp_path: Path) -> None:
    inner = planted(tmp_path / "inner")
    git(root, "submodule", "--quiet", "add", str(inner), "vendored")
    git(root, "commit", "-q", "-m", "submodule")
    with open_repository(root) as repository:
        with pytest.raises(RepositoryError, match="vendored is a submodule"):
            repository.write_tree(repository.head, [edit(repository, "vendored", b"")])
        with pytest.raises(RepositoryError, match="exactly the edits"):
            repository.write_tree(repository.head, [edit(repository, "vendored/app.py", b"")])
        commit = propose(repository, edit(repository, "app.py", b"x = 2\n"))
        assert repository.tree(commit).entries["vendored"].oid == git(inner, "rev-parse", "HEAD")


def test_a_path_through_a_symlink_replaces_nothing(root: Path) -> None:
    (root / "link").symlink_to("/tmp")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "link")
    with open_repository(root) as repository, pytest.raises(RepositoryError, match="exactly the edits"):
        repository.write_tree(repository.head, [edit(repository, "link/app.py", b"")])


@pytest.mark.parametrize("path", ["../out.py", ".git/config", "a/../b.py", "/abs.py", "", "a//b.py", ".GIT/hooks/x"])
def test_a_path_that_leaves_the_tree_is_refused(repository: Repository, path: str) -> None:
    with pytest.raises(RepositoryError):
        repository.write_tree(repository.head, [Edit(path, None, File(b""))])


def test_an_edit_made_for_other_bytes_is_refused(repository: Repository) -> None:
    with pytest.raises(RepositoryError, match="not what the edit was made for"):
        repository.write_tree(repository.head, [Edit("app.py", File(b"x = 0\n"), File(b"x = 2\n"))])


def test_a_symlink_is_never_written(repository: Repository) -> None:
    with pytest.raises(RepositoryError, match="mode 120000 is never written"):
        repository.write_tree(repository.head, [Edit("link", None, File(b"/etc/passwd", SYMLINK))])


# --- refs ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        *("main", "nova", "nova/", "nova/../main", "nova/A", "nova/a.lock", "nova/-a", "nova/a/b", "refs/heads/main"),
        *("-d", "nova/" + "a" * 49, "nova/a\n", "nova/a b", "../main", ""),
    ],
)
def test_no_ref_outside_ours_is_ever_written(root: Path, repository: Repository, name: str) -> None:
    before = git(root, "for-each-ref")
    with pytest.raises(RepositoryError, match="writes no branch"):
        repository.create_branch(name, repository.head)
    with pytest.raises(RepositoryError, match="writes no branch"):
        repository.delete_branch(name, repository.head)
    assert git(root, "for-each-ref") == before


def test_a_branch_is_created_only_once(repository: Repository) -> None:
    commit = propose(repository, edit(repository, "app.py", b"x = 2\n"))
    with pytest.raises(RepositoryError, match="exists already"):
        repository.create_branch("nova/one", repository.head)
    assert repository.branch_head("nova/one") == commit


def test_a_symbolic_ref_of_ours_leads_nowhere(root: Path, repository: Repository) -> None:
    git(root, "symbolic-ref", "refs/heads/nova/one", "refs/heads/elsewhere")
    repository.create_branch("nova/one", repository.head)
    assert repository.branch_head("elsewhere") is None
    assert repository.branches() == {"nova/one": repository.head}


def test_a_branch_called_nova_is_named_as_what_is_in_the_way(root: Path, repository: Repository) -> None:
    git(root, "branch", "nova")
    with pytest.raises(RepositoryError) as caught:
        repository.create_branch("nova/one", repository.head)
    assert caught.value.hint.fix == "rename it: git branch -m nova another-name"


def test_a_branch_that_a_human_moved_is_not_deleted(root: Path, repository: Repository) -> None:
    commit = propose(repository, edit(repository, "app.py", b"x = 2\n"))
    git(root, "branch", "-f", "nova/one", "main")
    with pytest.raises(RepositoryError, match="not where it was left"):
        repository.delete_branch("nova/one", commit)
    assert repository.branch_head("nova/one") == repository.head


def test_a_branch_that_is_checked_out_is_not_deleted(root: Path, repository: Repository, tmp_path: Path) -> None:
    commit = propose(repository, edit(repository, "app.py", b"x = 2\n"))
    git(root, "worktree", "add", "-q", str(tmp_path / "look"), "nova/one")
    with pytest.raises(RepositoryError, match="is checked out"):
        repository.delete_branch("nova/one", commit)
    git(root, "worktree", "remove", str(tmp_path / "look"))
    repository.delete_branch("nova/one", commit)
    assert repository.branches() == {}


@pytest.mark.parametrize("verb", ["merge", "push", "checkout", "reset", "commit", "config", "merge-tree"])
def test_the_repository_has_no_way_to_run_what_merges(repository: Repository, verb: str) -> None:
    with pytest.raises(RepositoryError, match=f"git {verb} is not among"):
        repository._git.run(verb)


# --- telling ------------------------------------------------------------------------------------------------------


def test_a_diff_cannot_be_hidden_or_reshaped(root: Path) -> None:
    (root / ".gitattributes").write_text("*.py -diff binary diff=odd\n")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "attributes")
    for key, value in (("diff.odd.textconv", "echo"), ("diff.odd.command", "false"), ("diff.external", "false")):
        git(root, "config", key, value)
    for key, value in (("diff.noprefix", "true"), ("diff.context", "0"), ("color.diff", "always")):
        git(root, "config", key, value)
    with open_repository(root) as repository:
        commit = propose(repository, edit(repository, "app.py", b"x = 2\n"))
        old, new = File(b"x = 1\n").digest, File(b"x = 2\n").digest
        assert repository.diff(repository.head, commit) == (
            "diff --git a/app.py b/app.py\n"
            f"index {old}..{new} 100644\n"
            "--- a/app.py\n+++ b/app.py\n@@ -1 +1 @@\n-x = 1\n+x = 2\n"
        )


def test_dirt_is_told(root: Path, repository: Repository) -> None:
    assert not repository.is_dirty()
    (root / "untracked.py").write_text("")
    assert not repository.is_dirty()
    (root / "app.py").write_text("dirty\n")
    assert repository.is_dirty()


def test_looking_for_dirt_does_not_refresh_the_users_index(root: Path, repository: Repository) -> None:
    os.utime(root / "app.py", (1, 1))
    before = (root / ".git" / "index").read_bytes()
    assert not repository.is_dirty()
    assert (root / ".git" / "index").read_bytes() == before


def test_ancestry_is_told(repository: Repository) -> None:
    commit = propose(repository, edit(repository, "app.py", b"x = 2\n"))
    assert repository.contains(commit, repository.head)
    assert repository.contains(commit, commit)
    assert not repository.contains(repository.head, commit)
