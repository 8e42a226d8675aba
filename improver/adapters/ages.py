"""Read how old the lines of a file are from `git blame`."""

from collections.abc import Sequence
from pathlib import Path

from improver.adapters.git_command import GitCommand

DAY = 86_400  # seconds
VERBS = frozenset({"blame", "log"})
# Blame runs no program of the user's, skips no commit of theirs, and takes moved indentation for no change.
BLAME = ("--porcelain", "-w", "--no-textconv", "--no-progress", "--no-ignore-revs-file")
FIRST = 1_000_000  # days: older than anything, since nothing tells how old it was when the history began


class Ages:
    """Tells, of one commit, how many days before it each line of a file was last changed."""

    def __init__(self, root: Path, commit: str) -> None:
        self._git = GitCommand(root, VERBS, {"safe.directory": str(root)})
        self._commit = commit

    def __call__(self, path: str) -> Sequence[int]:
        """Return days by line, FIRST for what came with the first commit that is known; nothing when none is told."""
        moment = self._git.ask("log", "--max-count=1", "--format=%ct", "--no-show-signature", self._commit, "--")
        told = self._git.ask("blame", *BLAME, self._commit, "--", path)
        return ages_of(told.stdout, int(moment.text)) if moment.status == told.status == 0 else ()


def ages_of(blame: bytes, now: int) -> list[int]:
    """Return what `blame`, made with BLAME, says of each line, in days before the moment `now` in seconds."""
    ages: dict[str, int] = {}
    found: list[int] = []
    commit = ""
    for line in blame.split(b"\n"):
        if line.startswith(b"\t"):
            found.append(ages[commit])
            commit = ""
        elif line and not commit:
            commit = line.split(b" ", 1)[0].decode("ascii")
        elif line.startswith(b"committer-time "):
            ages.setdefault(commit, max(now - int(line.split()[1]), 0) // DAY)
        elif line == b"boundary":
            ages[commit] = FIRST
    return found
