"""Write a tree to a fresh directory that any user may read: our own code, no git, nothing that leads out of it."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from improver.errors import SandboxError
from improver.records import EXECUTABLE, SUBMODULE, SYMLINK, File, Tree
from improver.verify.folders import temporary


@contextlib.contextmanager
def export(tree: Tree) -> Iterator[Path]:
    """Yield a directory that holds `tree`: 0755 directories, 0644 or 0755 files; it is removed afterwards.

    Left out are submodules, whatever lies in a `.git`, and symlinks that lead out of the tree.
    Raises SandboxError for a path that would leave the directory, and where nothing can be written.
    """
    with temporary("export") as root:
        root.chmod(0o755)
        kept = {path: file for path, file in tree.items() if file.mode != SUBMODULE and not _is_git(_checked(path))}
        try:
            _write_all(root, kept)
        except OSError as error:
            fix = "free some space, or point TMPDIR to where there is some"
            raise SandboxError("the tree cannot be written out", where=str(root), why=str(error), fix=fix) from error
        yield root


def _checked(path: str) -> str:
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\0" in path:
        raise SandboxError("a path of the tree leads out of it", where=repr(path))
    return path


def _is_git(path: str) -> bool:
    return any(part.casefold() == ".git" for part in PurePosixPath(path).parts)


def _write_all(root: Path, files: Tree) -> None:
    """Write files first and links last, so that no file is ever written through a link."""
    folders = {parent for path in files for parent in PurePosixPath(path).parents}
    for folder in sorted(folders, key=lambda folder: len(folder.parts)):
        (root / folder).mkdir(exist_ok=True)
        (root / folder).chmod(0o755)
    links = {path: file for path, file in files.items() if file.mode == SYMLINK}
    for path in files.keys() - links.keys():
        _write(root / path, files[path])
    for path, file in links.items():
        (root / path).symlink_to(os.fsdecode(file.data))
    for path in links:
        if not Path(os.path.realpath(root / path)).is_relative_to(root):
            (root / path).unlink()


def _write(path: Path, file: File) -> None:
    with path.open("xb") as stream:
        stream.write(file.data)
    path.chmod(0o755 if file.mode == EXECUTABLE else 0o644)
