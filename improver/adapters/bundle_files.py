"""Proposals in a folder, for a job that has no ledger: a git bundle, the evidence, and what a re-run said of each."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from improver.adapters.git_command import GitCommand
from improver.errors import EnvironmentUnfit, ImproverError, UsageError
from improver.pulls.marking import Digest, Identity, ObjectId, Words
from improver.pulls.publishing import Offer
from improver.verify.evidence import read

COMMITS, LIST, VERDICT = "proposals.bundle", "proposals.json", "verdict.json"
VERBS = frozenset({"bundle"})
LARGEST = 64 * 2**20  # bytes of one file
MOST = 100  # proposals in one folder


@dataclass(frozen=True, slots=True)
class Entry:
    """One proposal of a bundle; `evidence` is the digest of the bytes in ID.evidence.json."""

    id: Identity
    commit: ObjectId
    path: Words
    evidence: Digest


@dataclass(frozen=True, slots=True)
class Rejudged:
    """What a re-run from a fresh baseline said of one proposal; it holds when nothing differs."""

    id: Identity
    commit: ObjectId
    evidence: Digest
    found: str  # the claims digest of the re-run, "" when there was none
    differs: tuple[str, ...]


_ENTRIES: TypeAdapter[tuple[Entry, ...]] = TypeAdapter(tuple[Entry, ...])
_VERDICTS: TypeAdapter[tuple[Rejudged, ...]] = TypeAdapter(tuple[Rejudged, ...])


class BundleFolder:
    """One folder. What stands in it was written elsewhere: it is read as data, and bounded."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder = folder.absolute()
        self._git = GitCommand(root, VERBS, {"safe.directory": str(root)})

    def write(self, offers: Sequence[Offer], branches: Sequence[str], base: str) -> None:
        """Write the commits of `branches` above `base`, their evidence and their list, replacing what was there."""
        self._write(LIST, [Entry(one.id, one.commit, one.path, one.evidence.digest) for one in offers])
        for one in offers:
            self._bytes(f"{one.id}.evidence.json", one.evidence.to_bytes())
        (self.folder / COMMITS).unlink(missing_ok=True)
        if offers:
            refs = [f"refs/heads/{branch}" for branch in branches]
            self._git.run("bundle", "create", "--quiet", str(self.folder / COMMITS), *refs, f"^{base}")

    def offers(self) -> list[Offer]:
        """Take the commits into the object store; return what is offered, each with the evidence that it names."""
        entries = self._read(LIST, _ENTRIES)
        if len(entries) > MOST:
            raise self._broken(LIST, f"{len(entries)} proposals are more than {MOST}")
        found = [self._offer(entry) for entry in entries]
        if found:
            self._size(COMMITS)
            taken = self._git.ask("bundle", "unbundle", str(self.folder / COMMITS))
            if taken.status != 0:
                raise self._broken(COMMITS, taken.stderr)
        return found

    def judged(self, verdicts: Iterable[Rejudged]) -> None:
        """Write what a re-run said."""
        self._write(VERDICT, list(verdicts))

    def verdicts(self) -> tuple[Rejudged, ...]:
        """Return what a re-run said; nothing when there was none."""
        return self._read(VERDICT, _VERDICTS) if (self.folder / VERDICT).exists() else ()

    def _offer(self, entry: Entry) -> Offer:
        name = f"{entry.id}.evidence.json"
        self._size(name)
        data = (self.folder / name).read_bytes()
        if hashlib.sha256(data).hexdigest() != entry.evidence:
            raise self._broken(name, "its digest is not the one that the list names")
        try:
            return Offer(entry.id, entry.commit, entry.path, read(data))
        except ImproverError as error:
            raise self._broken(name, f"{error.what}: {error.hint.why}") from error

    def _read(self, name: str, shape: TypeAdapter[Any]) -> Any:
        self._size(name)
        try:
            body = json.loads((self.folder / name).read_bytes())
            return shape.validate_python(body["proposals"], strict=False)
        except (ValueError, KeyError, TypeError, ValidationError) as error:
            raise self._broken(name, str(error).partition("\n")[0]) from error

    def _size(self, name: str) -> None:
        path = self.folder / name
        try:
            size = path.lstat().st_size if path.is_file() and not path.is_symlink() else -1
        except OSError:
            size = -1
        if not 0 <= size <= LARGEST:
            raise self._broken(name, "it is not there" if size < 0 else f"{size} bytes are more than {LARGEST}")

    def _write(self, name: str, rows: Sequence[Entry | Rejudged]) -> None:
        body = {"version": 1, "proposals": [asdict(row) for row in rows]}
        self._bytes(name, json.dumps(body, indent=1, sort_keys=True).encode() + b"\n")

    def _bytes(self, name: str, data: bytes) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_bytes(data)
        except OSError as error:
            fix = "name a folder that can be written"
            raise EnvironmentUnfit(
                "the bundle cannot be written", where=str(self.folder), why=str(error), fix=fix
            ) from error

    def _broken(self, name: str, why: str) -> UsageError:
        fix = "make it anew: improve --bundle DIR"
        return UsageError("this is no bundle of proposals", where=str(self.folder / name), why=why, fix=fix)
