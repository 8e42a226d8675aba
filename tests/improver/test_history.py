"""How often files changed is read from one look at real commits."""

import os
import subprocess
from pathlib import Path

from improver.adapters.history import MARK, history_of
from improver.adapters.repository import open_repository
from improver.ports import History

DAY = 86_400


def commit(root: Path, day: int, files: dict[str, bytes | None]) -> None:
    """Commit these bytes (None removes a file) on a day."""
    for name, data in files.items():
        if data is None:
            (root / name).unlink()
        else:
            (root / name).write_bytes(data)
    when = {"GIT_AUTHOR_DATE": f"{day * DAY} +0000", "GIT_COMMITTER_DATE": f"{day * DAY} +0000"}
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", f"day {day}", **when)


def git(root: Path, *arguments: str, **environment: str) -> None:
    """Run the real git."""
    own = {"PATH": os.environ["PATH"], "HOME": str(root.parent), "GIT_CONFIG_NOSYSTEM": "1", **environment}
    who = ("-c", "user.name=A User", "-c", "user.email=user@example.invalid")
    subprocess.run(["git", *who, *arguments], cwd=root, env=own, check=True, capture_output=True)


def planted(root: Path) -> Path:
    """Make a repository with five commits on days 10000 to 10400."""
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    commit(root, 10000, {"a.py": b"1", "odd\nname\x01.py": b"1"})
    commit(root, 10100, {"a.py": b"2", "odd\nname\x01.py": b"2"})
    commit(root, 10200, {"a.py": b"3", "b.py": b"3"})
    commit(root, 10300, {})
    commit(root, 10400, {"b.py": None, "c.py": b"3", "a.py": b"4"})
    return root


def test_changes_count_and_what_is_added_moved_or_removed_does_not(tmp_path: Path) -> None:
    with open_repository(planted(tmp_path / "app")) as repository:
        assert repository.history(repository.head, 400) == History(5, 400, {"a.py": 3, "odd\nname\x01.py": 1})
        assert repository.history(repository.head, 250) == History(3, 200, {"a.py": 2})


def test_the_user_s_own_configuration_changes_nothing(tmp_path: Path) -> None:
    root = planted(tmp_path / "app")
    for key, value in {"log.showSignature": "true", "gpg.program": "/bin/false", "color.ui": "always"}.items():
        git(root, "config", key, value)
    with open_repository(root) as repository:
        assert repository.history(repository.head, 400).changes["a.py"] == 3


def test_a_merge_does_not_count(tmp_path: Path) -> None:
    root = planted(tmp_path / "app")
    git(root, "checkout", "-q", "-b", "side", "HEAD~1")
    commit(root, 10401, {"d.py": b"1"})
    git(root, "merge", "-q", "--no-edit", "main")
    with open_repository(root) as repository:
        found = repository.history(repository.head, 9999)
    assert (found.commits, found.changes["a.py"]) == (6, 3)


def test_a_shallow_clone_has_no_changes_to_tell(tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{planted(tmp_path / 'app')}", "near")
    with open_repository(tmp_path / "near") as repository:
        assert repository.history(repository.head, 400) == History(1, 0, {})


def test_what_git_cannot_tell_is_told_with_the_reason(tmp_path: Path) -> None:
    with open_repository(planted(tmp_path / "app")) as repository:
        found = repository.history("0" * 40, 400)
    assert (found.commits, found.changes) == (0, {})
    assert "bad object" in found.trouble


def test_a_name_that_looks_like_the_beginning_of_a_commit_is_a_name() -> None:
    log = f"{MARK}{DAY}\0\nM\0{MARK}77\0A\0b.py\0".encode()
    assert history_of(log, 1) == History(1, 0, {f"{MARK}77": 1})
