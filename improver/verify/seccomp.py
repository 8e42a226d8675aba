"""Make the seccomp filters of the sandbox with libseccomp: python -m improver.verify.seccomp [DIRECTORY].

Run by a developer; the filters themselves (classic BPF, one per machine and socket policy) are part of the package.
"""

import ctypes
import errno
import sys
from pathlib import Path

import pyseccomp

HERE = Path(__file__).parent / "filters"
MADE_WITH = (2, 5, 4)  # the libseccomp that made the committed bytes; another may order them otherwise
MACHINES = {"x86_64": pyseccomp.Arch.X86_64, "aarch64": pyseccomp.Arch.AARCH64}
AF_UNIX, AF_INET, AF_INET6 = 1, 2, 10
SOCKETS = {"none": (), "unix": (AF_UNIX,), "inet": (AF_UNIX, AF_INET, AF_INET6)}  # families that socket() may make

REFUSED = (
    # look into, or change, another process
    *("ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "pidfd_getfd"),
    # large kernel surfaces that no test suite needs
    *("bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register"),
    *("keyctl", "add_key", "request_key", "memfd_secret", "modify_ldt", "fanotify_init", "lookup_dcookie"),
    # mounts and namespaces
    *("mount", "umount", "umount2", "pivot_root", "chroot", "setns", "unshare", "mount_setattr", "move_mount"),
    *("open_tree", "fsopen", "fsconfig", "fsmount", "fspick", "quotactl", "quotactl_fd"),
    *("open_by_handle_at", "name_to_handle_at", "personality"),
    # the machine itself
    *("init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot", "swapon", "swapoff"),
    *("acct", "syslog", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "stime", "vhangup", "iopl"),
    *("ioperm", "nfsservctl", "sethostname", "setdomainname", "migrate_pages", "move_pages"),
)
NAMESPACES = (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000)  # CLONE_NEW*
TIOCSTI, TIOCLINUX = 0x5412, 0x541C
LOW = 0xFFFFFFFF  # the kernel looks at the lower half of these arguments only
O_ACCMODE, O_TRUNC = 0o3, 0o1000


def library() -> tuple[int, int, int]:
    """Return the version of the libseccomp of this machine."""
    asked = ctypes.CDLL("libseccomp.so.2").seccomp_version
    asked.restype = ctypes.POINTER(ctypes.c_uint * 3)
    major, minor, micro = asked().contents
    return major, minor, micro


def build(machine: str, sockets: str) -> pyseccomp.SyscallFilter:
    """Return the filter for `machine` (a key of MACHINES) under the socket policy `sockets` (a key of SOCKETS)."""
    made = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    if not made.exist_arch(MACHINES[machine]):
        made.add_arch(MACHINES[machine])
        made.remove_arch(pyseccomp.system_arch())
    refuse = pyseccomp.ERRNO(errno.EPERM)
    for name in REFUSED:
        made.add_rule(refuse, name)
    for flag in NAMESPACES:
        made.add_rule(refuse, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag))
    for request in (TIOCSTI, TIOCLINUX):
        made.add_rule(refuse, "ioctl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, LOW, request))
    made.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")  # its flags lie in memory, where no filter can look
    _sockets(made, SOCKETS[sockets])
    if not SOCKETS[sockets]:
        _truncation(made)
    return made


def _sockets(made: pyseccomp.SyscallFilter, allowed: tuple[int, ...]) -> None:
    """Refuse every family but `allowed`; pairs are always AF_UNIX, and no address leads to them."""
    refuse = pyseccomp.ERRNO(errno.EAFNOSUPPORT)
    made.add_rule(refuse, "socketpair", pyseccomp.Arg(0, pyseccomp.NE, AF_UNIX))
    if not allowed:
        made.add_rule(refuse, "socket")
        return
    made.add_rule(refuse, "socket", pyseccomp.Arg(0, pyseccomp.GT, max(allowed)))
    for family in set(range(max(allowed))) - set(allowed):
        made.add_rule(refuse, "socket", pyseccomp.Arg(0, pyseccomp.EQ, family))


def _truncation(made: pyseccomp.SyscallFilter) -> None:
    """Refuse what old Landlock (before its version 3) lets through: emptying a file without writing to it."""
    refuse = pyseccomp.ERRNO(errno.EPERM)
    made.add_rule(refuse, "truncate")
    for name, index in (("open", 1), ("openat", 2)):
        made.add_rule(refuse, name, pyseccomp.Arg(index, pyseccomp.MASKED_EQ, O_ACCMODE | O_TRUNC, O_TRUNC))
    made.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "openat2")


def write(directory: Path) -> list[Path]:
    """Write every filter as MACHINE-SOCKETS.bpf into `directory` and return the paths."""
    paths = []
    for machine in MACHINES:
        for sockets in SOCKETS:
            path = directory / f"{machine}-{sockets}.bpf"
            with path.open("wb") as file:
                build(machine, sockets).export_bpf(file)
            paths.append(path)
    return paths


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
