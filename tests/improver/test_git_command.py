"""Running git: what is missing or fails is told with a fix, and configuration from outside stays outside."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from improver.adapters.git_command import GitCommand
from improver.errors import RepositoryError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    subprocess.run(
        ["git", "init", "-q", str(tmp_path)], check=True, env={"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1"}
    )
    return tmp_path


def test_without_git_the_error_names_the_fix(tmp_path: Path) -> None:
    program = (
        "from improver.errors import EnvironmentUnfit\n"
        "try: import improver.adapters.repository\n"
        "except EnvironmentUnfit as error: print(error.hint.fix)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "apt-get install git\n"


def test_a_failing_git_is_told_with_its_own_words(root: Path) -> None:
    command = GitCommand(root, frozenset({"rev-parse"}))
    with pytest.raises(RepositoryError) as caught:
        command.run("rev-parse", "--verify", "absent")
    assert (caught.value.what, caught.value.hint.where) == ("git rev-parse failed", str(root))
    assert "Needed a single revision" in caught.value.hint.why


def test_a_lock_left_behind_is_told_with_its_fix(root: Path) -> None:
    (root / ".git" / "index.lock").write_text("")
    command = GitCommand(root, frozenset({"read-tree"}))
    with pytest.raises(RepositoryError) as caught:
        command.run("read-tree", "--empty")
    assert caught.value.hint.fix == "wait for the other git command; if none runs, remove that lock file"


@pytest.mark.parametrize(
    ("isolated", "value"),
    [
        pytest.param(True, b"", id="an isolated git does not read the user's own configuration"),
        pytest.param(False, b"global\n", id="a git that asks what the user set does"),
    ],
)
def test_whose_configuration_counts(root: Path, monkeypatch: pytest.MonkeyPatch, isolated: bool, value: bytes) -> None:
    (root / "own").write_text("[some]\n\tkey = global\n[core]\n\thooksPath = /own/hooks\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(root / "own"))
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'some.key=inherited'")
    command = GitCommand(root, frozenset({"config"}), isolated=isolated)
    assert command.ask("config", "--get", "some.key").stdout == value
    assert command.ask("config", "--get", "core.hooksPath").stdout == b"/dev/null\n"
    assert command.ask("config", "--get", "protocol.allow").stdout == b"never\n"
