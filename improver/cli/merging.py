"""Merge an approved proposal, or revert one: a human's act, and the only place in the project that merges."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from improver.adapters.git_command import GitCommand
from improver.adapters.repository import Repository, Worktree, authorship, oid, open_repository
from improver.adapters.run_lock import run_lock
from improver.errors import RefusedByPolicy, RepositoryError, UsageError
from improver.settings import Settings

VERBS = frozenset(
    {"commit-tree", "merge", "merge-tree", "rev-list", "rev-parse", "status", "symbolic-ref", "update-ref"}
)
FORWARD = ("--ff-only", "--no-overwrite-ignore", "--no-autostash", "--no-verify-signatures", "--no-stat", "--quiet")
CONFLICT = 1  # how `git merge-tree` ends when two sides changed the same lines


@dataclass(frozen=True, slots=True)
class Approval:
    """What a human approved: `commit` on `base`, the head of `branch`, to go into the branch `into`.

    `into` is "" for the branch that is checked out. `revalidated` says that the evidence was made anew on the
    merge with the moved branch.
    """

    branch: str
    commit: str
    base: str
    into: str
    message: str
    revalidated: bool = False


@dataclass(frozen=True, slots=True)
class Reversal:
    """What a human takes back: the commit `merge` that is in the branch `into`."""

    merge: str
    into: str
    message: str


@dataclass(frozen=True, slots=True)
class Merged:
    """The commit that did it ("" for none), the branch it is on, and the checkout that followed it, if any."""

    commit: str
    into: str
    worktree: Path | None


def merge(settings: Settings, approval: Approval, at: str) -> Merged:
    """Merge an approved proposal with a merge commit dated `at` (ISO 8601 UTC).

    A proposal that is in the branch already is found there, so that an interrupted approval can be repeated.
    Raises RefusedByPolicy, UsageError, RepositoryError or EnvironmentUnfit; then nothing has moved.
    """
    with _alone(settings, at) as repository:
        into = _target(repository, approval.into)
        _expect_judged(repository, approval)
        hand = _Hand(repository, into, at)
        if repository.contains(hand.head, approval.commit):
            return Merged(hand.merge_of(approval.commit), into, None)
        if not repository.contains(hand.head, approval.base):
            why = f"{into} does not hold the commit it was made for; merging would bring in other commits as well"
            raise RefusedByPolicy("this proposal belongs to another branch", where=into, why=why, fix="use --into")
        tree = repository.tree_id(approval.commit)
        if hand.head != approval.base:
            tree = hand.merged_tree(approval.commit)
            _expect_revalidated(approval, into)
        return hand.advance(hand.commit(tree, approval.message, hand.head, approval.commit))


def revert(settings: Settings, reversal: Reversal, at: str) -> Merged:
    """Take a merged proposal back with a revert commit dated `at`; what came later stays.

    The commit is "" when its change is no longer there, so that an interrupted undo can be repeated.
    Raises like `merge`; then nothing has moved.
    """
    with _alone(settings, at) as repository:
        into = _target(repository, reversal.into)
        hand = _Hand(repository, into, at)
        if not repository.contains(hand.head, reversal.merge):
            raise UsageError(f"{into} does not hold commit {reversal.merge}", fix="name the branch with --into")
        before = repository.tree_id(repository.parents(reversal.merge)[0])
        tree = before
        if hand.head != reversal.merge:
            tree = hand.merged_tree(hand.commit(before, "without it", reversal.merge))
        if tree == repository.tree_id(hand.head):
            return Merged("", into, None)
        return hand.advance(hand.commit(tree, reversal.message, hand.head))


@contextmanager
def _alone(settings: Settings, at: str) -> Iterator[Repository]:
    """Open the repository for a human at a terminal, with no run of ours at work."""
    for refused, why in (
        (settings.inside_run, "this is inside a run of the improver"),
        (settings.ci, "this is continuous integration"),
        (not settings.terminal, "there is no terminal"),
    ):
        if refused:
            raise RefusedByPolicy("only a human merges", why=why, fix="type the command yourself, at a terminal")
    with open_repository(settings.repo) as repository, run_lock(repository.data, at):
        yield repository


def _target(repository: Repository, into: str) -> str:
    name = into or repository.branch
    if name is None:
        raise UsageError("no branch is checked out", where=str(repository.root), fix="name one with --into")
    if name.startswith("nova/"):
        raise UsageError(f"{name} is itself a proposal", fix="name the branch with --into")
    return name


def _expect_judged(repository: Repository, approval: Approval) -> None:
    """Raise unless the branch holds exactly what was judged: one commit on its base."""
    head = repository.branch_head(approval.branch)
    if head is None:
        raise RepositoryError(f"the branch {approval.branch} is gone", fix="improve reject it, or make it anew")
    if head != oid(approval.commit) or repository.parents(head) != (approval.base,):
        raise RefusedByPolicy(
            f"somebody edited {approval.branch} after it was judged",
            why=f"its head is {head}, judged was {approval.commit} on {approval.base}",
            fix=f"merge it yourself: git merge {approval.branch}",
        )


def _expect_revalidated(approval: Approval, into: str) -> None:
    if not approval.revalidated:
        raise RefusedByPolicy(
            "the evidence is stale",
            where=into,
            why=f"{into} has moved on since {approval.base[:12]}",
            fix="verify the proposal again first",
        )


class _Hand:
    """Moves one branch: `head` is where it stands, and the only place from which it will be moved."""

    def __init__(self, repository: Repository, into: str, at: str) -> None:
        head = repository.branch_head(into)
        if head is None:
            raise UsageError(f"there is no branch {into}", where=str(repository.root), fix="name one with --into")
        self.head = head
        self.into = into
        self._repository = repository
        self._signed = authorship(repository.identity, at)
        self._git = self._in(repository.root)

    def merged_tree(self, commit: str) -> str:
        """Return the tree of the branch with `commit` merged; no ref moves."""
        output = self._git.ask("merge-tree", "--write-tree", "--no-messages", self.head, oid(commit))
        if output.status == CONFLICT:
            raise RepositoryError(
                f"{self.into} has changed the same lines since",
                where=self.into,
                fix="do it by hand with git, or let the next run make the change anew",
            )
        if output.status != 0:
            raise RepositoryError("git cannot merge trees", why=output.stderr, fix="use git 2.38 or newer")
        return output.text

    def commit(self, tree: str, message: str, *parents: str) -> str:
        """Return a new commit of `tree`; no ref moves."""
        options = [word for parent in parents for word in ("-p", oid(parent))]
        text = message.encode("utf-8", "replace")
        return self._git.run("commit-tree", oid(tree), *options, stdin=text, environment=self._signed).text

    def merge_of(self, commit: str) -> str:
        """Return the commit that brought `commit` into the branch: a merge, or itself when there was none."""
        listing = self._git.run("rev-list", "--parents", "--min-parents=2", f"{oid(commit)}..{self.head}").text
        merges = [line.split() for line in listing.splitlines()]
        return next((line[0] for line in merges if commit in line[2:]), commit)

    def advance(self, commit: str) -> Merged:
        """Move the branch to `commit`, and with it the checkout that shows it."""
        ref = f"refs/heads/{self.into}"
        if self._git.ask("symbolic-ref", "--quiet", ref).status == 0:
            raise RepositoryError(f"{self.into} is an alias of another branch", fix="name that one with --into")
        shown = [tree for tree in self._repository.worktrees() if tree.branch == self.into]
        if shown:
            self._forward(shown[0], commit)
            return Merged(commit, self.into, shown[0].path)
        self._expect_idle(ref)
        note = ("-m", "improve: a human's decision")
        self._git.run("update-ref", *note, "--no-deref", ref, commit, self.head, environment=self._signed)
        return Merged(commit, self.into, None)

    def _forward(self, worktree: Worktree, commit: str) -> None:
        git = self._in(worktree.path)
        dirty = git.run("status", "--porcelain=v1", "-z", "--untracked-files=no", "--ignore-submodules=dirty").text
        if dirty:
            raise RepositoryError(
                f"{self.into} is checked out with changes that are not committed",
                where=str(worktree.path),
                why=f"for example {dirty.split(chr(0))[0]}",
                fix="commit or stash them first",
            )
        git.run("merge", *FORWARD, commit, environment=self._signed)
        if git.run("rev-parse", "HEAD").text != commit:
            raise RepositoryError(f"{self.into} did not move", where=str(worktree.path), fix="look at `git status`")

    def _expect_idle(self, ref: str) -> None:
        """Raise while some checkout rebases the branch: it would move it back at its end."""
        shared = Path(self._git.run("rev-parse", "--path-format=absolute", "--git-common-dir").text)
        for folder in (shared, *shared.glob("worktrees/*")):
            for name in ("rebase-merge/head-name", "rebase-apply/head-name"):
                file = folder / name
                if file.is_file() and file.read_text(encoding="utf-8").strip() == ref:
                    raise RepositoryError(f"{self.into} is being rebased", where=str(folder), fix="finish that first")

    def _in(self, directory: Path) -> GitCommand:
        """Return git for `directory`, with the user's own line endings: it may write their files."""
        endings = {key: value for key, value in self._repository.settings.items() if key.startswith("core.")}
        options = {f"branch.{self.into}.mergeOptions": "", "core.attributesFile": "/dev/null"}
        return GitCommand(directory, VERBS, {"safe.directory": str(directory), **options, **endings})
