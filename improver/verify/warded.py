"""Confine a job without namespaces, through the warden: Landlock, seccomp and rlimits (T1), or rlimits alone (T0)."""

import json
import os
import platform
import signal
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from improver.errors import SandboxError
from improver.records import Tier
from improver.verify import warden
from improver.verify.bubblewrap import FILTERS, open_to_nobody
from improver.verify.confinement import (
    ALWAYS,
    ATTEMPTS,
    CALLS,
    CPU_FACTOR,
    FILES,
    NOBODY,
    Command,
    Places,
    Wires,
    environment,
)
from improver.verify.folders import temporary
from improver.verify.job import MIB, Job, Limits, Mount

SIGNALS = 6  # the version of Landlock that keeps a process from signalling those outside
SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache", "/proc/self", "/proc/meminfo", "/proc/cpuinfo")
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_SETGID, CAP_SETUID = 0, 1, 2, 6, 7


@dataclass(frozen=True, slots=True)
class Warded:
    """The two lower tiers; `own` may be read by every job, besides the job's own mounts."""

    own: tuple[Mount, ...]
    landlock: bool = True

    @property
    def tier(self) -> Tier:
        """Return T1 with Landlock and seccomp, T0 without."""
        return Tier.T1 if self.landlock else Tier.T0

    @property
    def gaps(self) -> tuple[str, ...]:
        """Return what it does not promise."""
        processes = () if "fork" in self.promises else ("it runs as root: processes are watched, not bounded",)
        always = (*processes, "the sizes of all files together are watched, not bounded")
        if not self.landlock:
            return ("your files can be read and written as you can", "the network is open", *always)
        signals = () if "signals" in self.promises else ("your other programs can be signalled",)
        return ("names, modes and times of your files can be seen or set", *signals, *always)

    @property
    def promises(self) -> tuple[str, ...]:
        """Return the attempts of the probes that it promises to stop on this machine."""
        undropped = os.geteuid() == 0 and not may_drop()
        weak = {"fork"} if undropped else set()
        weak |= set() if warden.landlock_version() >= SIGNALS else {"signals"}
        promised = (*ALWAYS, *ATTEMPTS, *CALLS) if self.landlock else ALWAYS
        return tuple(name for name in promised if name not in weak)

    def seen(self, mount: Mount) -> str:
        """Return the path under which the child sees `mount`: there is no other view of the files."""
        return str(mount.host)

    def command(self, job: Job, wires: Wires, stack: ExitStack) -> Command:
        """Return the command line for `job`; its scratch directory lives as long as `stack`."""
        user = NOBODY if may_drop() else None
        scratch = stack.enter_context(temporary("scratch"))
        places = Places(*(str(scratch / name) for name in ("home", "tmp", "scratch")))
        for place in (places.home, places.tmp, places.scratch):
            Path(place).mkdir(mode=0o755)
        scratch.chmod(0o755)
        if user is not None:
            for place in (places.home, places.tmp, places.scratch):
                os.chown(place, user, user)
        readable = [os.path.realpath(mount.host) for mount in (*self.own, *job.mounts)]
        orders = {
            "argv": job.argv,
            "env": environment(job, wires, places),
            "scratch": places.scratch,
            "parent": os.getpid(),
            "status": wires.status,
            "user": user,
            "keep": None if _open_to_all(job.argv[0], *readable, str(scratch)) else _to_pass_bits(),
            "landlock": self.landlock,
            "read": [*SYSTEM, *readable],
            "write": [*DEVICES, places.home, places.tmp, places.scratch],
            "limits": _rlimits(job.limits),
            "filter": _filter().hex() if self.landlock else None,
        }
        argv = (sys.executable, "-I", "-S", warden.__file__, json.dumps(orders))
        return Command(argv, stop=signal.SIGTERM, scratch=scratch)


def may_drop() -> bool:
    """Tell whether we are root and may become somebody else."""
    return os.geteuid() == 0 and {CAP_CHOWN, CAP_SETGID, CAP_SETUID} <= _held()


def _held() -> frozenset[int]:
    """Return the capabilities that are in force for us."""
    lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
    mask = next(int(line.split()[1], 16) for line in lines if line.startswith("CapEff:"))
    return frozenset(bit for bit in range(64) if mask >> bit & 1)


def _to_pass_bits() -> int | None:
    """Return the weakest capability we have by which nobody may read below a directory that is closed to all."""
    return next((bit for bit in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE) if bit in _held()), None)


def _open_to_all(*paths: str) -> bool:
    """Tell whether nobody may walk to each of `paths`, and read those that exist."""
    modes = (Path(path).stat().st_mode for path in paths if Path(path).exists())
    return all(map(open_to_nobody, paths)) and all(mode & 0o004 for mode in modes)


def _rlimits(limits: Limits) -> dict[str, int]:
    return {
        "RLIMIT_NPROC": limits.processes,
        "RLIMIT_AS": limits.memory_mib * MIB,
        "RLIMIT_CPU": limits.seconds * CPU_FACTOR,
        "RLIMIT_FSIZE": limits.file_mib * MIB,
        "RLIMIT_NOFILE": FILES,
        "RLIMIT_CORE": 0,
        "RLIMIT_MEMLOCK": 0,
        "RLIMIT_MSGQUEUE": 0,
    }


def _filter() -> bytes:
    """Return the filter that refuses sockets altogether: without a network of its own no address is safe."""
    path = FILTERS / f"{platform.machine()}-none.bpf"
    try:
        return path.read_bytes()
    except OSError as error:
        why = f"there is no seccomp filter for {platform.machine()}"
        raise SandboxError("system calls cannot be refused here", where=path.name, why=why) from error
