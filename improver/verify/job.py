"""What is run in a sandbox and how it ended: plain frozen records."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from improver.policy import Suite

MIB = 1024 * 1024
REPORT_MIB = 64
TOO_MANY = "started more than"  # how a run ends that has more processes than it may, before their number
SCRATCH_MIB = 256


@dataclass(frozen=True, slots=True)
class Mount:
    """A read-only bind of the host path `host` at the absolute path `inside`."""

    host: Path
    inside: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one run: wall clock in seconds, sizes in MiB, tasks alive at once.

    `loopback` allows IP sockets in an otherwise empty network (where the tier has one of its own).
    """

    seconds: int = 600
    memory_mib: int = 4096
    processes: int = 64
    file_mib: int = 64
    output_mib: int = 1
    loopback: bool = False

    @classmethod
    def of(cls, suite: Suite) -> "Limits":
        """Return the limits that the policy sets for one run of the test suite."""
        return cls(
            seconds=suite.seconds,
            memory_mib=suite.memory_mib,
            processes=suite.processes,
            file_mib=suite.file_mib,
            output_mib=suite.output_mib,
            loopback=suite.loopback,
        )


@dataclass(frozen=True, slots=True)
class Job:
    """One command to confine.

    The child's environment is ours plus `env`, never the host's. With `report` it finds the number of a
    private pipe in NOVA_REPORT_FD. NOVA_SCRATCH names a writable directory.
    """

    argv: tuple[str, ...]
    mounts: tuple[Mount, ...] = ()
    limits: Limits = field(default_factory=Limits)
    env: Mapping[str, str] = field(default_factory=dict)
    report: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """How a job ended. `trouble` is "" when it ended by itself, else a sentence, and then `exit` is None.

    `argv` is the whole command line that ran, confinement included; trouble is a failure, never a skip.
    """

    exit: int | None
    seconds: float
    cpu_seconds: float
    output: bytes
    report: bytes
    trouble: str
    argv: tuple[str, ...]
