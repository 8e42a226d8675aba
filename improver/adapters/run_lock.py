"""One run at a time in one project: a lock that the kernel drops when its holder dies, however it dies."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from improver.errors import EnvironmentUnfit

NAME = "lock"
STEP = 0.1  # seconds between two tries


@contextmanager
def run_lock(data: Path, started: str, wait: float = 0.0) -> Iterator[None]:
    """Hold the lock of the project whose data folder is `data`; wait at most `wait` seconds for it.

    `started` is ISO 8601 and told to whoever waits. Raises EnvironmentUnfit that says who holds the lock.
    """
    path = data / NAME
    try:
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        fix = "make the directory writable"
        raise EnvironmentUnfit("the run lock cannot be opened", where=str(path), why=str(error), fix=fix) from error
    with file:
        for _ in range(int(wait / STEP)):
            if _locked(file):
                break
            time.sleep(STEP)
        else:
            if not _locked(file):
                raise EnvironmentUnfit(
                    "another improve is at work here",
                    where=str(path),
                    why=f"it is {_holder(file)}",
                    fix="wait for it to end, or end it: whatever it was doing stays consistent",
                )
        file.truncate(0)
        file.write(f"process {os.getpid()}, started {started}\n")
        file.flush()
        yield
        file.truncate(0)


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(file: IO[str]) -> str:
    file.seek(0)
    return file.read(200).strip() or "a process that did not say its name"
