"""The bare repository behind the stand-in: real objects, refs, diffs and merges, by git itself."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

# What a server says when somebody pushes where nobody may.
UPDATE_HOOK = """#!/bin/sh
case "$1" in refs/pull/*) echo "deny updating a hidden ref" >&2; exit 1 ;; esac
if grep -qxF "$1" "$GIT_DIR/protected"; then
    echo "error: GH006: Protected branch update failed for $1." >&2
    echo "error: Changes must be made through a pull request." >&2
    exit 1
fi
"""
SERVED = {
    "http.receivepack": "true",
    "uploadpack.allowAnySHA1InWant": "true",
    "gc.auto": "0",
    "receive.autogc": "false",
}
HUNK = re.compile(r"^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")


def environment() -> dict[str, str]:
    """Return what every git process of the stand-in sees: nothing of this machine's configuration."""
    return {
        "PATH": os.environ["PATH"],
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_NAME": "Somebody",
        "GIT_AUTHOR_EMAIL": "somebody@example.org",
        "GIT_COMMITTER_NAME": "Somebody",
        "GIT_COMMITTER_EMAIL": "somebody@example.org",
    }


@dataclass(frozen=True)
class Spot:
    """Where a line of a diff is: on which side, at which number, in which hunk (0, 1, ...)."""

    side: str
    line: int
    hunk: int


class Bare:
    """One bare repository."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def create(self, branch: str) -> None:
        """Make it, empty."""
        self.path.mkdir(parents=True)
        self.git("init", "--quiet", "--bare", f"--initial-branch={branch}")
        for key, value in SERVED.items():
            self.git("config", key, value)
        self.protect([])
        hook = self.path / "hooks" / "update"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(UPDATE_HOOK)
        hook.chmod(0o755)

    def git(self, *words: str, stdin: str = "", more: dict[str, str] | None = None) -> str:
        """Run git here; return what it says without the last newline."""
        done = self._run(words, stdin, more)
        if done.returncode:
            raise RuntimeError(f"git {' '.join(words)}: {done.stderr}")
        return done.stdout.removesuffix("\n")

    def asks(self, *words: str) -> str | None:
        """Run git here; return what it says, None when it says no."""
        done = self._run(words, "", None)
        return None if done.returncode else done.stdout.removesuffix("\n")

    def _run(self, words: tuple[str, ...], stdin: str, more: dict[str, str] | None) -> subprocess.CompletedProcess[str]:
        env = environment() | {"GIT_DIR": str(self.path)} | (more or {})
        return subprocess.run(
            ["git", *words], input=stdin, env=env, cwd=self.path, capture_output=True, text=True, check=False
        )

    def protect(self, branches: list[str]) -> None:
        """Let nobody push to these branches, and to no others."""
        (self.path / "protected").write_text("".join(f"refs/heads/{name}\n" for name in branches))

    def heads(self) -> dict[str, str]:
        """Return the commit of every branch."""
        lines = self.git("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads/").splitlines()
        return {ref.removeprefix("refs/heads/"): sha for sha, ref in (line.split(" ", 1) for line in lines)}

    def commit(self, ref: str) -> str | None:
        """Return the commit that a ref or a commit's id names, None when there is none."""
        return self.asks("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")

    def move(self, ref: str, sha: str) -> None:
        """Put a ref somewhere, whatever it was."""
        self.git("update-ref", ref, sha)

    def delete(self, ref: str) -> None:
        self.git("update-ref", "-d", ref)

    def holds(self, ancestor: str, sha: str) -> bool:
        """Tell whether `ancestor` is in the history of `sha`."""
        return self.asks("merge-base", "--is-ancestor", ancestor, sha) is not None

    def count(self, base: str, head: str) -> int:
        """Return how many commits `head` has that `base` has not."""
        return int(self.git("rev-list", "--count", f"{base}..{head}"))

    def size(self, base: str, head: str) -> tuple[int, int, int]:
        """Return the files changed, lines added and lines deleted since `head` left `base`."""
        rows = [line.split("\t") for line in self.git("diff", "--numstat", f"{base}...{head}").splitlines()]
        added = sum(int(row[0]) for row in rows if row[0] != "-")
        return len(rows), added, sum(int(row[1]) for row in rows if row[1] != "-")

    def spots(self, base: str, head: str, path: str) -> dict[Spot, str]:
        """Return each line of a file's diff since `head` left `base`, with its hunk up to that line."""
        text = self.git("diff", "--no-ext-diff", "--no-textconv", f"{base}...{head}", "--", f":(literal){path}")
        found: dict[Spot, str] = {}
        hunk, old, new = -1, 0, 0
        kept: list[str] = []
        for line in text.splitlines():
            if header := HUNK.match(line):
                hunk, old, new, kept = hunk + 1, int(header[1]), int(header[2]), [line]
                continue
            if hunk < 0 or line.startswith("\\"):
                continue
            kept.append(line)
            if not line.startswith("+"):
                found[Spot("LEFT", old, hunk)] = "\n".join(kept)
                old += 1
            if not line.startswith("-"):
                found[Spot("RIGHT", new, hunk)] = "\n".join(kept)
                new += 1
        return found

    def merged(self, base: str, head: str, message: str) -> str | None:
        """Make a merge commit of both, on no branch; None when they conflict."""
        tree = self.asks("merge-tree", "--write-tree", base, head)
        if tree is None:
            return None
        return self.git("commit-tree", tree, "-p", base, "-p", head, "-m", message)

    def commit_files(self, parent: str | None, files: dict[str, str | None], message: str) -> str:
        """Make a commit on top of `parent` with these files written, or deleted where None; return it."""
        index = {"GIT_INDEX_FILE": str(self.path / "index.new")}
        self.git("read-tree", *([parent] if parent else ["--empty"]), more=index)
        for path, text in files.items():
            if text is None:
                self.git("update-index", "--force-remove", path, more=index)
                continue
            blob = self.git("hash-object", "-w", "--stdin", stdin=text)
            self.git("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}", more=index)
        tree = self.git("write-tree", more=index)
        return self.git("commit-tree", tree, *(["-p", parent] if parent else []), "-m", message)
