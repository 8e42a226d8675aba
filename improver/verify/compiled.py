"""Test files as pytest compiles them, and where they are laid so that it need not do so again."""

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from improver.records import Tree

TAIL = re.compile(r"\.[\w.-]+\.pyc")  # of the name under which pytest looks for it; what it begins with is the module's
CACHE = "__pycache__"
FLAGS, TIMED, TIME = slice(4, 8), b"\0\0\0\0", slice(8, 12)  # of its head: a newer pytest names the source's hash there


@dataclass(frozen=True, slots=True)
class Code:
    """One compiled file: of which blob it is, the tail of its name, and its bytes."""

    digest: str
    tail: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Compiled:
    """Compiled files by path, for runs that see the tree at the absolute path `tree`, which stands in the code."""

    tree: str = ""
    files: Mapping[str, Code] = field(default_factory=dict)

    def lay(self, tree: Tree, top: Path) -> None:
        """Lay what is compiled of files that `tree` has unchanged beside them in its export at `top`."""
        own = [path for path in tree if CACHE in path]  # a folder that the project itself has is left as it is
        for path, code in self.files.items():
            folder = str(PurePosixPath(path).parent / CACHE)
            if path in tree and tree[path].digest == code.digest and not any(one.startswith(folder) for one in own):
                _write(top / folder / f"{PurePosixPath(path).stem}{code.tail}", code.data, top / path)


def _write(place: Path, data: bytes, source: Path) -> None:
    place.parent.mkdir(exist_ok=True)
    place.parent.chmod(0o755)
    if data[FLAGS] == TIMED:
        data = data[: TIME.start] + struct.pack("<L", int(source.stat().st_mtime) & 0xFFFFFFFF) + data[TIME.stop :]
    place.write_bytes(data)
    place.chmod(0o644)
