"""A tree is written out as it is, and nothing in it leads out of it."""

import stat
from pathlib import Path

import pytest

from improver.errors import SandboxError
from improver.records import EXECUTABLE, SUBMODULE, SYMLINK, File
from improver.verify.export import export


def shape(root: Path) -> dict[str, str]:
    """Return what lies below `root`: permission bits and content, or the link's target."""
    return {
        str(path.relative_to(root)): f"-> {path.readlink()}"
        if path.is_symlink()
        else f"{stat.S_IMODE(path.stat().st_mode):o} {path.read_text() if path.is_file() else '/'}"
        for path in root.rglob("*")
    }


def test_files_keep_their_bytes_and_their_executable_bit_and_nothing_else_is_there() -> None:
    tree = {"a.py": File(b"a\n"), "bin/run": File(b"#!", EXECUTABLE), "bin/again": File(b"run", SYMLINK)}
    with export(tree) as root:
        assert stat.S_IMODE(root.stat().st_mode) == 0o755
        assert shape(root) == {"a.py": "644 a\n", "bin": "755 /", "bin/run": "755 #!", "bin/again": "-> run"}
    assert not root.exists()


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("/etc/passwd", id="an absolute link is left out"),
        pytest.param("../outside", id="a link to above the root is left out"),
        pytest.param("up/../../outside", id="a link that leaves through another link is left out"),
    ],
)
def test_links_that_lead_out_are_left_out(target: str) -> None:
    tree = {"d/link": File(target.encode(), SYMLINK), "d/up": File(b"..", SYMLINK), "f": File(b"")}
    leaves = target != "../outside"
    with export({**tree, "link": File(target.encode(), SYMLINK)}) as root:
        assert not (root / "link").is_symlink()
        assert (root / "d/link").is_symlink() is not leaves
        assert (root / "d/up").is_symlink()


def test_submodules_and_git_directories_are_left_out() -> None:
    tree = {"sub": File(b"", SUBMODULE), ".git/config": File(b"x"), "d/.GIT/hooks/x": File(b"x"), "a": File(b"")}
    with export(tree) as root:
        assert shape(root) == {"a": "644 "}


@pytest.mark.parametrize("path", ["../a", "a/../../b", "/etc/x", ""])
def test_a_path_that_leaves_the_tree_is_refused(path: str) -> None:
    with pytest.raises(SandboxError, match="leads out of it"), export({path: File(b"")}):
        pass


def test_a_file_is_never_written_through_a_link() -> None:
    tree = {"d": File(b"/tmp", SYMLINK), "d/f": File(b"x")}
    with pytest.raises(SandboxError, match="cannot be written out"), export(tree):
        pass
