"""What one way of confining a job is, and the environment that every confined job gets."""

import signal
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from improver.records import Tier
from improver.verify.job import Job, Mount

NOBODY = 65534  # the user and group that foreign code runs as when we are root
ATTEMPTS = ("canary", "listener", "abstract", "siblings", "signals", "write")  # what the probes try; see intruder.py
CALLS = ("namespace", "trace", "keyring")
ALWAYS = ("inherited", "fork")
CPU_FACTOR = 2  # CPU seconds of one process (its threads included) for each second of wall clock
FILES = 256  # open files of one process


@dataclass(frozen=True, slots=True)
class Wires:
    """The write ends of the supervisor's pipes, to be named on the command line that is built for them."""

    status: int  # carries the JSON lines {"child-pid": N} and {"exit-code": N}, as bubblewrap writes them
    report: int | None


@dataclass(frozen=True, slots=True)
class Command:
    """A confined command line; `stop` is the signal that ends it and all below it, `scratch` is watched for size."""

    argv: tuple[str, ...]
    fds: tuple[int, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    stop: signal.Signals = signal.SIGKILL
    scratch: Path | None = None


class Confinement(Protocol):
    """One way of confining a job."""

    @property
    def tier(self) -> Tier:
        """Return how strong it is."""

    @property
    def gaps(self) -> tuple[str, ...]:
        """Return what it does not promise, a phrase each."""

    @property
    def promises(self) -> tuple[str, ...]:
        """Return the attempts of the probes that it promises to stop on this machine."""

    def seen(self, mount: Mount) -> str:
        """Return the path under which the child sees `mount`."""

    def command(self, job: Job, wires: Wires, stack: ExitStack) -> Command:
        """Return the command line for `job`; what it needs for a while is entered into `stack`."""


@dataclass(frozen=True, slots=True)
class Places:
    """The writable directories as the child names them."""

    home: str
    tmp: str
    scratch: str


def environment(job: Job, wires: Wires, places: Places) -> dict[str, str]:
    """Return the whole environment of the child."""
    made = {
        "PATH": "/usr/bin:/bin",
        "HOME": places.home,
        "USER": "sandbox",
        "LOGNAME": "sandbox",
        "TMPDIR": places.tmp,
        "NOVA_SCRATCH": places.scratch,
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONNOUSERSITE": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    if wires.report is not None:
        made["NOVA_REPORT_FD"] = str(wires.report)
    return {**made, **job.env}
