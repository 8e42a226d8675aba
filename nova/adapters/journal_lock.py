"""One writer process a journal: a lock that the kernel drops when its holder dies, however it dies."""

import fcntl
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from nova.errors import JournalError

SUFFIX = ".lock"


def lock_path(path: Path) -> Path:
    """Return where the lock of the journal at `path` is."""
    return path.with_name(path.name + SUFFIX)


@dataclass(frozen=True, slots=True)
class WriterLock:
    """The right to write one journal. `unclean` says that the last holder died without releasing it."""

    file: IO[str]
    unclean: bool

    def release(self) -> None:
        """Give the right back, cleanly."""
        self.file.truncate(0)
        self.file.close()


def lock(path: Path) -> WriterLock:
    """Take the right to write the journal at `path` at once; raise JournalError that says who has it."""
    place = lock_path(path)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = place.open("a+", encoding="utf-8")
    except OSError as error:
        fix = "make the journal's directory writable"
        raise JournalError("the journal cannot be written", where=str(path), why=str(error), fix=fix) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        held = holder(path)
        file.close()
        raise JournalError(
            "another nova writes this journal",
            where=str(path),
            why=f"it is {held}",
            fix="end it, or ask it instead; reading goes on meanwhile",
        ) from error
    file.seek(0)
    unclean = bool(file.read(1))
    file.truncate(0)
    file.write(f"process {os.getpid()}")
    file.flush()
    return WriterLock(file, unclean)


def holder(path: Path) -> str:
    """Return who holds, or last held and did not release, the lock of the journal at `path`; "" when nobody."""
    place = lock_path(path)
    try:
        told = place.read_text(encoding="utf-8").strip()
        since = datetime.fromtimestamp(place.stat().st_mtime, UTC).isoformat(timespec="seconds")
    except OSError:
        return ""
    return f"{told}, since {since}" if told else ""
