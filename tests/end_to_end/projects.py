"""Small projects in real repositories, and the real command run on them as a process of its own."""

import json
import os
import pty
import select
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

TIMEOUT = 900  # seconds: a bound for what hangs, not for what a busy machine takes
# What would tell the command that it is not a human's, or lead git elsewhere.
SURROUNDINGS = ("CI", "NO_COLOR", "FORCE_COLOR", "TERM", "PYTHONPATH")
IDENTITY = {"user.name": "Ada", "user.email": "ada@example.invalid"}

PYPROJECT = """\
[project]
name = "pier"
version = "1.0"
requires-python = ">=3.11"

[tool.pytest.ini_options]
testpaths = ["tests"]
"""
DEPTH = '''\
"""Depths of the pier."""


def depth(text: str) -> int:
    """Read a depth."""
    try:
        return int(text)
    except ValueError:
        raise LookupError(text)
'''
DEPTH_MENDED = DEPTH.replace("except ValueError:", "except ValueError as error:").replace(
    "raise LookupError(text)", "raise LookupError(text) from error"
)
TESTS = '''\
"""Tests of the pier."""

import pytest

from pier.a import depth


def test_a_depth_is_read():
    assert depth("4") == 4


def test_anything_else_is_refused():
    with pytest.raises(LookupError):
        depth("deep")
'''


def packaged(name: str, *changes: tuple[str, str]) -> str:
    """Return the packaged policy `name` with each (old, new) put in; an old text that is not there is an error."""
    text = files("improver").joinpath(f"defaults/{name}.yaml").read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


QUICK = packaged("gates", ("flake_runs: 2", "flake_runs: 1"))
NO_NEW_TESTS = packaged("review", ("codemods_off: []", "codemods_off: [write_tests]"))  # each costs many runs
TINY: Mapping[str, str | bytes] = {
    "pyproject.toml": PYPROJECT,
    "policies/gates.yaml": QUICK,
    "pier/__init__.py": "",
    "pier/a.py": DEPTH,
    "tests/test_a.py": TESTS,
}


@dataclass(frozen=True, slots=True)
class Ended:
    """How one process ended."""

    status: int
    out: str
    err: str

    @property
    def data(self) -> dict[str, Any]:
        """Return the one JSON object on stdout; anything else there is an error."""
        found: dict[str, Any] = json.loads(self.out)
        return found


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a human's shell, whoever runs these tests."""
    kept = {key: value for key, value in os.environ.items() if key not in SURROUNDINGS}
    own = {key: value for key, value in kept.items() if not key.startswith(("GIT_", "NOVA_"))}
    return own | {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", **more}


def git(root: Path, *arguments: str) -> str:
    """Run git in `root` and return what it printed."""
    options = [word for key, value in IDENTITY.items() for word in ("-c", f"{key}={value}")]
    argv = ["git", *options, *arguments]
    quiet = environment(GIT_OPTIONAL_LOCKS="0")
    return subprocess.run(argv, cwd=root, env=quiet, capture_output=True, text=True, check=True).stdout


def write(root: Path, texts: Mapping[str, str | bytes]) -> None:
    """Write `texts` below `root`."""
    for path, text in texts.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)


def made(root: Path, texts: Mapping[str, str | bytes] = TINY) -> Path:
    """Make a repository with one commit of `texts`."""
    root.mkdir(parents=True, exist_ok=True)
    write(root, {"policies/review.yaml": NO_NEW_TESTS, **texts})
    git(root, "init", "--quiet", "--initial-branch=main")
    for key, value in IDENTITY.items():
        git(root, "config", key, value)
    committed(root, {})
    return root


def committed(root: Path, texts: Mapping[str, str | bytes]) -> str:
    """Write `texts`, commit everything and return the commit."""
    write(root, texts)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "a step")
    return git(root, "rev-parse", "HEAD").strip()


def command(root: Path, *arguments: str) -> list[str]:
    """Return the command line; a bare run when nothing, or only options, are given."""
    return [sys.executable, "-m", "improver", *arguments, "--repo", str(root)]


def improve(root: Path, *arguments: str, **more: str) -> Ended:
    """Run the command on `root` without a terminal, with `more` in its environment."""
    done = subprocess.run(
        command(root, *arguments),
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def branches(root: Path) -> list[str]:
    """Return the branches of the improver."""
    return git(root, "for-each-ref", "--format=%(refname:short)", "refs/heads/nova/").split()


def user_state(root: Path) -> dict[str, object]:
    """Return all that belongs to the user: head, index bytes, status, files, other refs, stash, configuration."""
    folder = root / ".git"
    return {
        "head": (folder / "HEAD").read_bytes(),
        "index": (folder / "index").read_bytes(),
        "config": (folder / "config").read_bytes(),
        "reflog": (folder / "logs/HEAD").read_bytes(),
        "status": git(root, "status", "--porcelain", "--untracked-files=all", "--ignored=no"),
        "refs": [line for line in git(root, "for-each-ref").splitlines() if "refs/heads/nova/" not in line],
        "files": {
            path.relative_to(root).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
            for path in sorted(root.rglob("*"))
            if path.is_file() and not {".git", ".nova"} & set(path.relative_to(root).parts[:1])
        },
    }


def forged(root: Path, number: int, evidence: bytes, commit: str = "") -> None:
    """Replace the evidence of a proposal, and the commit that it is about, behind the improver's back."""
    with sqlite3.connect(root / ".nova/ledger.sqlite3") as ledger:
        ledger.execute("DROP TRIGGER IF EXISTS proposals_judged")
        ledger.execute("UPDATE proposals SET evidence = ? WHERE number = ?", (evidence, number))
        if commit:
            ledger.execute("UPDATE proposals SET commit_id = ? WHERE number = ?", (commit, number))
    ledger.close()


# --- at a terminal ------------------------------------------------------------------------------------------------


class AtTerminal:
    """The command at a pseudo-terminal that it controls, as a human would run it; `seen` is all it showed."""

    def __init__(self, root: Path, *arguments: str, **more: str) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            ["/usr/bin/setsid", "--ctty", "--wait", *command(root, *arguments)],
            env=environment(TERM="xterm", **more),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        self.seen = ""

    def until(self, text: str) -> None:
        """Read until `text` was shown; fail when the command ends or takes too long before."""
        while text not in self.seen:
            assert self._read(), f"{text!r} was never shown: {self.seen}"

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._ours, keys.encode())

    def end(self) -> Ended:
        """Read to the end and return how it ended; stdout and stderr are one on a terminal."""
        while self._read():
            pass
        status = self.process.wait(TIMEOUT)
        os.close(self._ours)
        return Ended(status, self.seen.replace("\r\n", "\n"), "")

    def _read(self) -> bool:
        ready, _, _ = select.select([self._ours], [], [], TIMEOUT)
        assert ready, f"nothing more came after: {self.seen}"
        try:
            data = os.read(self._ours, 65536)
        except OSError:  # EIO: the last process at the terminal ended
            return False
        self.seen += data.decode("utf-8", "replace")
        return bool(data)


def descendants(pid: int) -> list[int]:
    """Return every process below `pid`."""
    found: list[int] = []
    queue = [pid]
    while queue:
        parent = queue.pop()
        try:
            below = [int(word) for word in Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii").split()]
        except OSError:  # it ended meanwhile
            below = []
        found += below
        queue += below
    return found


def is_gone(pid: int, seconds: float = 20) -> bool:
    """Tell whether process `pid` ends within `seconds`; one that nobody reaped has ended as well."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False
