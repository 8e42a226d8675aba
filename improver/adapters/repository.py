"""Read a git repository and add proposals to it: new objects and refs/heads/nova/, never the user's own state."""

import re
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from improver.adapters.git_command import GitCommand
from improver.adapters.history import LOG, history_of
from improver.adapters.opening import Place, data_folder, find
from improver.adapters.snapshot import BlobReader, Snapshot, entries_of, staged_of
from improver.errors import RepositoryError
from improver.ports import History
from improver.records import EXECUTABLE, REGULAR, SUBMODULE, Edit

OURS = re.compile(r"nova/[a-z0-9][a-z0-9-]{0,47}")
OBJECT_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
# What git may run here: nothing that moves the user's head, index or working tree.
VERBS = frozenset(
    "cat-file check-ref-format commit-tree diff-tree for-each-ref hash-object log ls-files ls-tree "  # noqa: SIM905 - one sentence
    "merge-base read-tree rev-parse show-ref status update-index update-ref worktree write-tree".split()
)
# What neither configuration nor attributes may change about a diff.
SHOWN = (  # noqa: SIM905 - a command line reads best as one
    "--text --no-ext-diff --no-textconv --no-color --no-renames --full-index --src-prefix=a/ --dst-prefix=b/ "
    "--unified=3 --diff-algorithm=myers --indent-heuristic --submodule=short"
).split()
FALLBACK_IDENTITY = ("Nova improver", "no-reply@nova.example.invalid")


@dataclass(frozen=True, slots=True)
class Worktree:
    """One checkout of the repository."""

    path: Path
    head: str
    branch: str | None


class Repository:
    """One repository as it was when opened; `head` and `branch` do not follow later commits.

    Close it, or use it as a context manager: it holds one git process for reading blobs.
    """

    def __init__(self, place: Place, data: Path) -> None:
        self.root = place.root
        self.head = place.head
        self.branch = place.branch
        self.data = data  # the improver's own directory, ignored by git
        self.settings = place.settings
        self.identity = identity_of(place.settings)
        config = {"core.attributesFile": "/dev/null", "core.splitIndex": "false", "diff.suppressBlankEmpty": "false"}
        self._git = GitCommand(place.root, VERBS, {"safe.directory": str(place.root), **config})
        self._blobs = BlobReader(self._git)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the git process that reads blobs."""
        self._blobs.close()

    # --- reading ----------------------------------------------------------------------------------------------

    def resolve(self, revision: str) -> str:
        """Return the commit id that a human's `revision` names."""
        found = self._git.ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        if found.status != 0:
            raise RepositoryError(f"no commit is called {revision!r}", where=str(self.root), fix="see `git log`")
        return found.text

    def tree(self, commit: str) -> Snapshot:
        """Return the tree of `commit`; bytes are read when asked for."""
        return Snapshot(
            entries_of(self._git.run("ls-tree", "-r", "-z", "--full-tree", oid(commit)).stdout), self._blobs
        )

    def staged(self) -> Snapshot:
        """Return what the index holds; raise RepositoryError while a merge is not finished."""
        entries, undecided = staged_of(self._git.run("ls-files", "--stage", "-z").stdout)
        if undecided:
            why = f"{undecided[0]} is in conflict"
            raise RepositoryError("what is staged is not whole", where=str(self.root), why=why, fix="finish the merge")
        return Snapshot(entries, self._blobs)

    def fork_point(self, base: str, head: str) -> str:
        """Return the best common ancestor of two commits; raise RepositoryError when they have none."""
        found = self._git.ask("merge-base", oid(base), oid(head))
        if found.status != 0:
            why = f"{base[:12]} and {head[:12]} share no commit"
            raise RepositoryError("nothing can be compared", where=str(self.root), why=why, fix="fetch more history")
        return found.text.split()[0]

    def tree_id(self, commit: str) -> str:
        """Return the id of the tree of `commit`."""
        return self._git.run("rev-parse", "--verify", f"{oid(commit)}^{{tree}}").text

    def diff(self, base: str, commit: str) -> str:
        """Return the textual difference that nothing in the repository can hide; other bytes become surrogates."""
        arguments = ("-r", "-p", "--no-commit-id", *SHOWN, oid(base), oid(commit), "--")
        return self._git.run("diff-tree", *arguments).stdout.decode("utf-8", "surrogateescape")

    def history(self, commit: str, days: int) -> History:
        """Return how often each file was changed in the `days` before `commit`, by one look at the last commits."""
        told = self._git.ask("log", *LOG, oid(commit), "--")
        return history_of(told.stdout, days) if told.status == 0 else History(trouble=told.stderr)

    def contains(self, descendant: str, ancestor: str) -> bool:
        """Tell whether `ancestor` is `descendant` or one of its ancestors."""
        return self._git.ask("merge-base", "--is-ancestor", oid(ancestor), oid(descendant)).status == 0

    def parents(self, commit: str) -> tuple[str, ...]:
        """Return the parents of `commit`, first parent first."""
        return tuple(self._git.run("rev-parse", f"{oid(commit)}^@").text.split())

    def message(self, commit: str) -> str:
        """Return the message of `commit`."""
        raw = self._git.run("cat-file", "commit", oid(commit)).stdout
        return raw.partition(b"\n\n")[2].decode("utf-8", "replace")

    def moment(self, commit: str) -> datetime:
        """Return when `commit` was committed, in UTC."""
        seconds = self._git.run("log", "-1", "--no-show-signature", "--format=%ct", oid(commit)).text
        return datetime.fromtimestamp(int(seconds), tz=UTC)

    def branch_head(self, name: str) -> str | None:
        """Return the commit of the local branch `name`, None when there is no such branch."""
        if self._git.ask("check-ref-format", "--branch", name).status != 0 or name.startswith("@"):
            raise RepositoryError(f"{name!r} cannot be the name of a branch", where=str(self.root))
        found = self._git.ask("show-ref", "--verify", "--hash", f"refs/heads/{name}")
        return found.text if found.status == 0 else None

    def branches(self) -> dict[str, str]:
        """Return every branch below nova/ with its commit."""
        lines = self._git.run("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads/nova/").text.splitlines()
        return {ref.removeprefix("refs/heads/"): head for head, _, ref in (line.partition(" ") for line in lines)}

    def worktrees(self) -> tuple[Worktree, ...]:
        """Return every checkout of this repository; bare entries are left out."""
        listing = self._git.run("worktree", "list", "--porcelain", "-z").stdout.decode("utf-8", "surrogateescape")
        blocks = [dict(line.partition(" ")[::2] for line in block.split("\0")) for block in listing.split("\0\0")]
        return tuple(
            Worktree(Path(block["worktree"]), block["HEAD"], _short(block.get("branch")))
            for block in blocks
            if "HEAD" in block
        )

    def is_dirty(self) -> bool:
        """Tell whether tracked files differ from the head, staged or not."""
        arguments = ("--porcelain=v1", "-z", "--untracked-files=no", "--ignore-submodules=dirty")
        return self._git.run("status", *arguments).stdout != b""

    # --- adding -----------------------------------------------------------------------------------------------

    def aside(self) -> AbstractContextManager[None]:
        """Keep nothing of what is written meanwhile, but for branches: their commits would be gone."""
        return self._git.aside()

    def write_tree(self, base: str, edits: Sequence[Edit]) -> str:
        """Write `edits` over the tree of commit `base` and return the new tree's id.

        Only objects are added. Each edit's `before` must be what `base` holds.
        """
        snapshot = self.tree(base)
        lines = [self._index_line(snapshot, edit) for edit in edits if edit.before != edit.after]
        with tempfile.TemporaryDirectory(prefix="improve-") as folder:
            private = {"GIT_INDEX_FILE": str(Path(folder, "index"))}
            self._git.run("read-tree", oid(base), environment=private)
            self._git.run("update-index", "-z", "--index-info", stdin=b"".join(lines), environment=private)
            tree = self._git.run("write-tree", environment=private).text
        self._expect_only(base, tree, {edit.path for edit in edits if edit.before != edit.after})
        return tree

    def commit(self, tree: str, parent: str, message: str, *, when: str = "") -> str:
        """Commit `tree` on `parent` and return the commit's id; no ref moves.

        `when` is ISO 8601 with a zone; without it git takes the time.
        """
        text = message.encode("utf-8", "surrogateescape")
        signed = authorship(self.identity, when)
        return self._git.run("commit-tree", oid(tree), "-p", oid(parent), stdin=text, environment=signed).text

    def create_branch(self, name: str, commit: str) -> None:
        """Create the branch `name`, which must begin with nova/ and be new."""
        ref = self._our_ref(name)
        if self.branch_head(name) is not None:
            raise RepositoryError(
                f"the branch {name} exists already", where=str(self.root), fix=f"see `git log {name}`"
            )
        if self.branch_head("nova") is not None:
            raise RepositoryError(
                "a branch called nova is in the way of branches below nova/",
                where=str(self.root),
                fix="rename it: git branch -m nova another-name",
            )
        self._git.run("update-ref", "--no-deref", "-m", "improve: propose", ref, oid(commit), "0" * len(commit))

    def delete_branch(self, name: str, expected: str) -> None:
        """Delete the branch `name` if it is still at `expected` and nobody has checked it out."""
        ref = self._our_ref(name)
        head = self.branch_head(name)
        if head != oid(expected):
            raise RepositoryError(
                f"the branch {name} is not where it was left",
                where=str(self.root),
                why=f"it is at {head or 'no commit'}, not at {expected}",
                fix=f"keep what was added, then delete it yourself: git branch -D {name}",
            )
        for worktree in self.worktrees():
            if worktree.branch == name:
                fix = f"check out another branch there: git -C {worktree.path} switch -"
                raise RepositoryError(f"the branch {name} is checked out", where=str(worktree.path), fix=fix)
        self._git.run("update-ref", "--no-deref", "-d", ref, expected)

    def _our_ref(self, name: str) -> str:
        ref = f"refs/heads/{name}"
        if not OURS.fullmatch(name) or self._git.ask("check-ref-format", ref).status != 0:
            raise RepositoryError(
                f"the improver writes no branch called {name!r}",
                where=str(self.root),
                why="ours are nova/[a-z0-9-]{1,48}",
            )
        return ref

    def _index_line(self, base: Snapshot, edit: Edit) -> bytes:
        """Store the edit's bytes and return its line for `update-index -z --index-info`."""
        found = base.get(edit.path)
        if found != edit.before:
            raise RepositoryError(f"{edit.path} is not what the edit was made for", where=str(self.root))
        if found is not None and found.mode == SUBMODULE:
            raise RepositoryError(f"{edit.path} is a submodule, which is never touched", where=str(self.root))
        path = edit.path.encode("utf-8", "surrogateescape")
        if edit.after is None:
            return b"0 " + b"0" * len(self.head) + b"\t" + path + b"\0"
        if edit.after.mode not in (REGULAR, EXECUTABLE):
            raise RepositoryError(f"{edit.path}: mode {edit.after.mode} is never written", where=str(self.root))
        blob = self._git.run("hash-object", "-w", "--no-filters", "--stdin", stdin=edit.after.data).text
        return f"{edit.after.mode} {blob}\t".encode() + path + b"\0"

    def _expect_only(self, base: str, tree: str, paths: set[str]) -> None:
        """Raise unless exactly `paths` differ: git itself makes room for a path by dropping what is in its way."""
        listing = self._git.run("diff-tree", "-r", "-z", "--no-renames", "--name-only", oid(base), tree).stdout
        changed = {path.decode("utf-8", "surrogateescape") for path in listing.split(b"\0")[:-1]}
        if changed != paths:
            why = f"differing: {sorted(changed ^ paths)}"
            raise RepositoryError("the new tree would not hold exactly the edits", where=str(self.root), why=why)


def open_repository(path: Path) -> Repository:
    """Open the repository that holds `path`; raise RepositoryError for one that nobody could work on."""
    place = find(path)
    return Repository(place, data_folder(place.root))


def oid(text: str) -> str:
    """Return `text` when it is a full object id; raise RepositoryError otherwise."""
    if not OBJECT_ID.fullmatch(text):
        raise RepositoryError(f"{text!r} is not a full object id")
    return text


def identity_of(settings: Mapping[str, str]) -> tuple[str, str]:
    """Return the user's own name and address when they configured both, else the improver's."""
    own = (settings.get("user.name", "").strip(), settings.get("user.email", "").strip())
    return own if all(own) else FALLBACK_IDENTITY


def authorship(identity: tuple[str, str], when: str) -> dict[str, str]:
    """Return the variables that name author and committer; `when` is ISO 8601 with a zone, or ""."""
    name, address = identity
    found = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (("NAME", name), ("EMAIL", address))
    }
    if when:
        moment = datetime.fromisoformat(when)
        if moment.tzinfo is None:
            raise RepositoryError(f"the time {when!r} has no zone")
        stamp = f"{int(moment.timestamp())} +0000"
        found |= {"GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp}
    return found


def _short(ref: str | None) -> str | None:
    return None if ref is None else ref.removeprefix("refs/heads/")
