"""A guest's own copy of the tree, which holds a patch for a while (Python 3.9, standard library only)."""

from __future__ import annotations

import base64
import contextlib
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Copy:
    """A tree of our own in the scratch space, which nobody may write to but `patched`."""

    def __init__(self, tree: str, scratch: str) -> None:
        self.tree, self.top, self.count = tree, f"{scratch}/tree", 0
        shutil.copytree(tree, self.top, symlinks=True)
        self._allow(0o755, 0o644)

    def _allow(self, folder: int, file: int) -> None:
        for place, _, names in os.walk(self.top):
            Path(place).chmod(folder)
            for path in map(Path(place).joinpath, names):
                if not path.is_symlink():
                    path.chmod(file | (path.stat().st_mode & 0o111))

    def close(self) -> None:
        """Let nobody write to it, as the base's suite could not."""
        self._allow(0o555, 0o444)

    def renew(self) -> None:
        """Make it again, after somebody who patched it was killed."""
        self._allow(0o755, 0o644)
        shutil.rmtree(self.top)
        shutil.copytree(self.tree, self.top, symlinks=True)
        os.chdir(self.top)

    @contextlib.contextmanager
    def patched(self, files: dict[str, str | None]) -> Iterator[None]:
        """Hold these files, in base64, for a while; each write has a time of its own, so that no old code is taken."""
        before = {path: self._taken(path) for path in files}
        self.count += 1
        try:
            for path, text in files.items():
                self._put(path, None if text is None else base64.b64decode(text), 2_000_000_000 + self.count)
            yield
        finally:
            for path, (data, moment) in before.items():
                self._put(path, data, moment)

    def _taken(self, path: str) -> tuple[bytes | None, float]:
        place = Path(self.top, path)
        return (place.read_bytes(), place.stat().st_mtime) if place.is_file() else (None, 0)

    def _put(self, path: str, data: bytes | None, moment: float) -> None:
        place = Path(self.top, path)
        place.parent.mkdir(parents=True, exist_ok=True)
        mode = place.parent.stat().st_mode
        place.parent.chmod(0o755)
        with contextlib.suppress(FileNotFoundError):
            place.unlink()
        if data is not None:
            place.write_bytes(data)
            place.chmod(0o444)
            os.utime(place, (moment, moment))
        place.parent.chmod(mode)
