"""What a killed run leaves below TMPDIR is removed by the next; what is alive, strange or another's stays."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from improver.verify import kin
from improver.verify.folders import sweep, temporary

ROOT = Path(__file__).parents[2]
SPACE = os.stat("/proc/self/ns/pid").st_ino  # noqa: PTH116 - the link leads to no path
GONE = 999_999_999  # no process has this number
CODE = """import sys
from improver.records import File
from improver.verify.export import export
with export({"pkg/a.py": File(b"x = 1")}) as root:
    print(root, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the directory that stands for TMPDIR."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_folder_lasts_as_long_as_its_block(place: Path) -> None:
    with temporary("export") as folder:
        (folder / "locked").mkdir()
        (folder / "locked" / "file").write_text("x")
        (folder / "locked").chmod(0)
        assert [folder] == list(place.iterdir())
        assert folder.stat().st_mode & 0o777 == 0o700
        assert sweep() == ()
    assert list(place.iterdir()) == []


def test_what_a_killed_process_left_is_removed_and_what_lives_is_not(place: Path) -> None:
    with subprocess.Popen(
        (sys.executable, "-c", CODE),
        cwd=ROOT,
        env={"TMPDIR": str(place)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        left = Path(process.stdout.readline().strip())
        assert (left.is_dir(), sweep()) == (True, ())
        process.kill()
    assert (left.is_dir(), sweep(), left.exists()) == (True, (left,), False)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("nova-export-0d0bz_pq", id="without an owner"),
        pytest.param("nova-export-{space}-{pid}-{born}-abc", id="of a process that lives"),
        pytest.param(f"nova-export-1-{GONE}-1-abc", id="of a process among others than ours"),
        pytest.param(f"mine-export-{{space}}-{GONE}-1-abc", id="of another name"),
    ],
)
def test_what_is_not_known_to_be_left_stays(name: str, place: Path) -> None:
    own = kin.read(os.getpid())
    assert own is not None
    folder = place / name.format(space=SPACE, pid=own.pid, born=own.born)
    folder.mkdir()
    assert (sweep(), folder.is_dir()) == ((), True)


def test_a_link_by_such_a_name_is_not_followed(place: Path) -> None:
    kept = place / "kept"
    kept.mkdir()
    (place / f"nova-export-{SPACE}-{GONE}-1-abc").symlink_to(kept)
    assert (sweep(), kept.is_dir()) == ((), True)


def test_a_number_that_another_process_has_now_is_no_owner(place: Path) -> None:
    folder = place / f"nova-export-{SPACE}-{os.getpid()}-1-abc"
    folder.mkdir()
    assert (sweep(), folder.exists()) == ((folder,), False)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to somebody else")
def test_a_folder_of_another_user_stays(place: Path) -> None:
    folder = place / f"nova-export-{SPACE}-{GONE}-1-abc"
    folder.mkdir()
    os.chown(folder, 65534, 65534)
    assert (sweep(), folder.is_dir()) == ((), True)
