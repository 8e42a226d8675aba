"""Temporary folders that carry their owner's name, so that what a killed run left is known and removed by the next."""

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from improver.verify import kin

# a process is told from a later one of its number by its birth, from a stranger's by its namespace
NAME = re.compile(r"nova-[a-z]+-(?P<space>\d+)-(?P<pid>\d+)-(?P<born>\d+)-\w+")


@contextlib.contextmanager
def temporary(kind: str) -> Iterator[Path]:
    """Yield a new folder of this process below TMPDIR, closed to others; it is removed afterwards."""
    own = kin.read(os.getpid())
    born = own.born if own else 0
    folder = Path(tempfile.mkdtemp(prefix=f"nova-{kind}-{_space()}-{os.getpid()}-{born}-")).resolve()
    try:
        yield folder
    finally:
        remove(folder)


def sweep() -> tuple[Path, ...]:
    """Remove our own user's folders whose process is gone; return them. What cannot be read or removed stays."""
    found = []
    with contextlib.suppress(OSError):
        for entry in os.scandir(tempfile.gettempdir()):
            name = NAME.fullmatch(entry.name)
            if name and int(name["space"]) == _space() and _is_ours(entry) and _is_gone(name):
                remove(Path(entry.path))
                found.append(Path(entry.path))
    return tuple(found)


def remove(folder: Path) -> None:
    """Remove `folder` and what is in it, locked directories included; what cannot be removed stays."""
    for top, names, _ in os.walk(folder):
        for name in names:
            path = Path(top) / name
            if not path.is_symlink() and not os.access(path, os.W_OK | os.X_OK):
                with contextlib.suppress(OSError):
                    path.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)


def _space() -> int:
    """Return the number of the process namespace that our process numbers belong to."""
    return os.stat("/proc/self/ns/pid").st_ino  # noqa: PTH116 - the link leads to no path


def _is_ours(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_uid == os.geteuid()
    except OSError:
        return False


def _is_gone(name: "re.Match[str]") -> bool:
    alive = kin.read(int(name["pid"]))
    return alive is None or alive.born != int(name["born"])
