"""Confine a job with bubblewrap: namespaces, read-only mounts, rlimits, and (at T3) a seccomp filter."""

import os
import platform
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from improver.errors import SandboxError
from improver.records import Tier
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
from improver.verify.job import MIB, SCRATCH_MIB, Job, Limits, Mount

BWRAP = "/usr/bin/bwrap"
FILTERS = Path(__file__).parent / "filters"
INSTALL = "sudo apt install bubblewrap"
PLACES = Places(home="/home/sbx", tmp="/tmp", scratch="/scratch")  # noqa: S108 - a tmpfs of the child's own
STAGE = "/sys"  # any directory that no mount comes from; covered in a mount namespace of the child's own

ISOLATION = (
    *("--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"),
    *("--disable-userns", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "sandbox"),
    *("--uid", "1000", "--gid", "1000", "--clearenv"),
)
SYSTEM = (
    *("--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib"),
    *("--symlink", "usr/lib64", "/lib64", "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"),
    *("--proc", "/proc", "--dev", "/dev", "--size", str(64 * MIB), "--tmpfs", "/dev/shm", "--remount-ro", "/dev"),  # noqa: S108 - the child's
    *("--size", str(64 * MIB), "--tmpfs", PLACES.tmp, "--size", str(16 * MIB), "--tmpfs", PLACES.home),
    *("--size", str(SCRATCH_MIB * MIB), "--tmpfs", PLACES.scratch),
)
AS_NOBODY = (
    *("/usr/bin/setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups", "--no-new-privs", "--"),
)
# $1 is the stage, then sources up to "--", then the command; each source is bound at STAGE/<its number>.
STAGING = """set -e
stage=$1; shift
/usr/bin/mount -t tmpfs -o mode=755,size=1m tmpfs "$stage"
number=0
while [ "$1" != -- ]; do
  if [ -d "$1" ]; then /usr/bin/mkdir "$stage/$number"; else : > "$stage/$number"; fi
  /usr/bin/mount --bind "$1" "$stage/$number"
  number=$((number + 1)); shift
done
shift
exec "$@"
"""


@dataclass(frozen=True, slots=True)
class Bubblewrap:
    """The two upper tiers; `own` is mounted for every job, before the job's own mounts, and `links` are made."""

    own: tuple[Mount, ...]
    links: Mapping[str, str] = field(default_factory=dict)  # path inside -> what it points to
    filtered: bool = True

    @property
    def tier(self) -> Tier:
        """Return T3 with the seccomp filter, T2 without."""
        return Tier.T3 if self.filtered else Tier.T2

    @property
    def gaps(self) -> tuple[str, ...]:
        """Return what it does not promise."""
        return () if self.filtered else ("no system call is refused (ptrace, keyctl, io_uring and others)",)

    @property
    def promises(self) -> tuple[str, ...]:
        """Return the attempts of the probes that it promises to stop."""
        return (*ALWAYS, *ATTEMPTS, *(CALLS if self.filtered else CALLS[:1]))

    def seen(self, mount: Mount) -> str:
        """Return the path under which the child sees `mount`."""
        return mount.inside

    def command(self, job: Job, wires: Wires, stack: ExitStack) -> Command:
        """Return the command line for `job`."""
        mounts = {mount.inside: os.path.realpath(mount.host) for mount in (*self.own, *job.mounts)}
        hidden = [host for host in dict.fromkeys(mounts.values()) if os.geteuid() == 0 and not open_to_nobody(host)]
        staged = {host: f"{STAGE}/{number}" for number, host in enumerate(hidden)}
        argv = [BWRAP, *ISOLATION]
        for name, value in environment(job, wires, PLACES).items():
            argv += ["--setenv", name, value]
        argv += SYSTEM
        for inside, host in mounts.items():
            argv += ["--ro-bind", staged.get(host, host), inside]
        for link, end in self.links.items():
            argv += ["--symlink", end, link]
        argv += ["--remount-ro", "/", "--chdir", PLACES.scratch, "--json-status-fd", str(wires.status)]
        fds = [self._filter(job.limits, stack)] if self.filtered else []
        argv += [part for fd in fds for part in ("--seccomp", str(fd))]
        argv += ["--", *_limited(job.limits), "--", *job.argv]
        return Command(_as_nobody(tuple(argv), hidden), tuple(fds))

    def _filter(self, limits: Limits, stack: ExitStack) -> int:
        """Open the seccomp filter of this machine for as long as `stack` lives."""
        path = FILTERS / f"{platform.machine()}-{'inet' if limits.loopback else 'unix'}.bpf"
        try:
            return stack.enter_context(path.open("rb")).fileno()
        except OSError as error:
            why = f"there is no seccomp filter for {platform.machine()}"
            raise SandboxError("system calls cannot be refused here", where=path.name, why=why) from error


def _limited(limits: Limits) -> tuple[str, ...]:
    return (
        "/usr/bin/prlimit",
        f"--nproc={limits.processes}",
        f"--as={limits.memory_mib * MIB}",
        f"--cpu={limits.seconds * CPU_FACTOR}",
        f"--fsize={limits.file_mib * MIB}",
        f"--nofile={FILES}",
        *("--core=0", "--memlock=0", "--msgqueue=0"),
    )


def _as_nobody(argv: tuple[str, ...], hidden: list[str]) -> tuple[str, ...]:
    """As root, drop to nobody first (no limit on processes binds root) and bind what nobody cannot reach."""
    if os.geteuid() != 0:
        return argv
    dropped = (*AS_NOBODY, *argv)
    if not hidden:
        return dropped
    namespace = ("/usr/bin/unshare", "--mount", "--propagation", "private", "--")
    return (*namespace, "/bin/sh", "-c", STAGING, "stage", STAGE, *hidden, "--", *dropped)


def open_to_nobody(path: str) -> bool:
    """Tell whether nobody may walk to `path` by the permission bits."""
    return all(_passable(parent) for parent in Path(path).parents if parent.exists())


def _passable(directory: Path) -> bool:
    found = directory.stat()
    return bool(found.st_mode & (0o100 if found.st_uid == NOBODY else 0o010 if found.st_gid == NOBODY else 0o001))
