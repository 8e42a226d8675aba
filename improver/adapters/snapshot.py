"""Read a commit's tree lazily: names from one ls-tree, bytes from one long-lived cat-file."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import git

from improver.adapters.git_command import GitCommand
from improver.errors import RepositoryError
from improver.records import SUBMODULE, File


class Entry(NamedTuple):
    """One line of a tree: git's mode string and the object id."""

    mode: str
    oid: str


class BlobReader:
    """One `git cat-file --batch`; each blob is read once and kept."""

    def __init__(self, command: GitCommand) -> None:
        self._command = command
        self._process: git.Git.AutoInterrupt | None = command.start("cat-file", "--batch")
        self._blobs: dict[str, bytes] = {}

    def read(self, oid: str) -> bytes:
        """Return the bytes of blob `oid`; raise RepositoryError when the object store lacks or spoils it."""
        if oid not in self._blobs:
            self._blobs[oid] = self._fetch(oid)
        return self._blobs[oid]

    def close(self) -> None:
        """End the process; what was read stays readable."""
        process, self._process = self._process, None
        if process is not None:
            process.communicate()

    def _fetch(self, oid: str) -> bytes:
        if self._process is None:
            raise RepositoryError("the repository was closed", where=str(self._command.directory))
        try:
            self._process.stdin.write(f"{oid}\n".encode())
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise self._broken(oid, "git ended") from error
        header = self._process.stdout.readline().decode().split()
        if len(header) != 3 or header[1] != "blob":
            raise self._broken(oid, " ".join(header) or "git ended")
        size = int(header[2])
        data: bytes = self._process.stdout.read(size + 1)
        if len(data) != size + 1:
            raise self._broken(oid, "git ended in the middle of it")
        return data[:-1]

    def _broken(self, oid: str, why: str) -> RepositoryError:
        fix = "run `git fsck`; in a partial clone fetch what is missing first"
        return RepositoryError(f"blob {oid} cannot be read", where=str(self._command.directory), why=why, fix=fix)


class Snapshot(Mapping[str, File]):
    """A commit's tree as path -> File; a submodule is File(b"", SUBMODULE).

    Paths are POSIX, relative to the root; what is not UTF-8 in them survives as surrogates.
    """

    def __init__(self, entries: Mapping[str, Entry], reader: BlobReader) -> None:
        self.entries = entries
        self._reader = reader

    def __getitem__(self, path: str) -> File:
        entry = self.entries[path]
        return File(b"" if entry.mode == SUBMODULE else self._reader.read(entry.oid), entry.mode)

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, path: object) -> bool:
        return path in self.entries


def entries_of(listing: bytes) -> dict[str, Entry]:
    """Parse the output of `git ls-tree -r -z`."""
    found = {}
    for line in listing.split(b"\0")[:-1]:
        attributes, _, path = line.partition(b"\t")
        mode, _, oid = attributes.decode("ascii").split(" ")
        found[path.decode("utf-8", "surrogateescape")] = Entry(mode, oid)
    return found


def staged_of(listing: bytes) -> tuple[dict[str, Entry], list[str]]:
    """Parse the output of `git ls-files --stage -z`: the entries, and the paths that a merge has left undecided."""
    found, undecided = {}, []
    for line in listing.split(b"\0")[:-1]:
        attributes, _, path = line.partition(b"\t")
        mode, oid, stage = attributes.decode("ascii").split(" ")
        name = path.decode("utf-8", "surrogateescape")
        found[name] = Entry(mode, oid)
        undecided += [name] if stage != "0" else []
    return found, undecided
