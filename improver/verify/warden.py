"""Confine one command without namespaces and outlive it: Landlock, seccomp, rlimits; a script of the standard library.

Started as `python -I -S warden.py ORDERS` (JSON). The warden is the parent of everything that the command leaves
behind: when the command ends, or the warden is told to stop, it kills all of it and only then goes. It answers on the
status pipe with the lines that bubblewrap would write.
"""

import contextlib
import ctypes
import json
import os
import resource
import signal
import stat
import struct
import sys
from collections.abc import Callable
from typing import Any, NoReturn

PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_SET_SECCOMP = 1, 8, 22
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 36, 38, 47
PR_CAP_AMBIENT_RAISE, SECCOMP_MODE_FILTER = 2, 2
CAPABILITY_VERSION_3 = 0x20080522
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446  # the same on every machine
PASSES = 1000  # looks at all processes while they are being stopped
READ = 0b1101  # execute, read files, list directories
TRUNCATE, IOCTL_DEV = 1 << 14, 1 << 15
ON_FILES = 0b111 | TRUNCATE | IOCTL_DEV  # the rights that a rule about a single file may name
LIBC = ctypes.CDLL(None, use_errno=True)


class Stopped(Exception):
    """The warden was told to end its command."""


def main(orders: dict[str, Any]) -> int:
    """Run the command of `orders` confined, sweep up after it, report on the status pipe."""
    os.set_inheritable(orders["status"], False)  # noqa: FBT003 - the system's own signature
    _call("prctl", PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.signal(signal.SIGTERM, _stop)
    _call("prctl", PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
    if os.getppid() != orders["parent"]:
        return 1
    code = None
    try:
        child = os.fork()
        if child == 0:
            _become(orders)
        _tell(orders["status"], {"child-pid": child})
        code = _await(child)
    except Stopped:
        pass
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        _sweep()
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = {"cpu": usage.ru_utime + usage.ru_stime}
    _tell(orders["status"], said if code is None else {**said, "exit-code": code})
    return 0


def _stop(number: int, frame: object) -> NoReturn:
    del number, frame
    raise Stopped


def _tell(pipe: int, said: dict[str, Any]) -> None:
    os.write(pipe, json.dumps(said).encode() + b"\n")


def _await(child: int) -> int:
    """Reap whoever ends until `child` has ended; return its exit code, 128 + N after signal N."""
    while True:
        gone, status = os.waitpid(-1, 0)
        if gone == child:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def _sweep() -> None:
    """Kill all who are left, whoever forked them, until nobody is; each that ends makes room for others to fork."""
    _hold()
    while True:
        for pid in _below():
            _signal(pid, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                pass
        except ChildProcessError:
            return


def _hold() -> None:
    """Stop all who are left, so that none forks while others are killed; give up when some do not stay stopped."""
    before = None
    for _ in range(PASSES):
        found = _below()
        running = [pid for pid in found if _is_running(pid)]
        for pid in running:
            _signal(pid, signal.SIGSTOP)
        if not running and found == before:  # looked at twice: a fork that was under way is over
            return
        before = found


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _is_running(pid: int) -> bool:
    """Tell whether a process may still do something: it is neither stopped nor gone."""
    return _read(f"/proc/{pid}/stat").rpartition(b")")[2].split()[:1] not in ([], [b"T"], [b"t"], [b"Z"], [b"X"])


def _below() -> list[int]:
    """Return all processes below this one."""
    found: list[int] = []
    waiting = [os.getpid()]
    while waiting:
        pid = waiting.pop()
        try:
            tasks = os.listdir(f"/proc/{pid}/task")  # noqa: PTH208 - as below
        except OSError:
            continue
        below = [int(one) for task in tasks for one in _read(f"/proc/{pid}/task/{task}/children").split()]
        found += below
        waiting += below
    return sorted(found)


def _read(path: str) -> bytes:
    """Return what a file of /proc says, nothing when its process is gone."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib takes longer to import than all this takes
            return file.read()
    except OSError:
        return b""


def _become(orders: dict[str, Any]) -> NoReturn:
    """In the child: confine it, then become the command; whatever fails is told and ends it."""
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        os.setsid()
        _confine(orders)
    except OSError as error:
        _tell(orders["status"], {"error": f"{type(error).__name__}: {error}"})
        os._exit(125)
    try:
        os.execve(orders["argv"][0], orders["argv"], orders["env"])  # noqa: S606 - the one purpose of this script
    except OSError as error:
        os.write(2, f"cannot run {orders['argv'][0]}: {error}\n".encode())
    os._exit(127)


def _confine(orders: dict[str, Any]) -> None:
    ruleset = _ruleset(orders) if orders["landlock"] else None
    limits = orders["limits"]
    if orders["user"] is not None or os.geteuid() != 0:
        user = os.geteuid() if orders["user"] is None else orders["user"]
        limits = {**limits, "RLIMIT_NPROC": limits["RLIMIT_NPROC"] + _tasks_of(user)}
    if orders["user"] is not None:
        _drop(orders["user"], orders["keep"])
    _call("prctl", PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    _call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    os.chdir(orders["scratch"])
    if ruleset is not None:
        _call("syscall", LANDLOCK_RESTRICT_SELF, ruleset, 0)
    for name, value in limits.items():
        hard = resource.getrlimit(getattr(resource, name))[1]
        wanted = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(getattr(resource, name), (wanted, wanted))
    if orders["filter"] is not None:
        _refuse(bytes.fromhex(orders["filter"]))


def _call(name: str, *arguments: object) -> int:
    """Call the C function `name` with integers (as longs) or pointers; raise OSError when it returns -1."""
    function: Callable[..., int] = getattr(LIBC, name)
    result = function(*(ctypes.c_long(item) if isinstance(item, int) else item for item in arguments))
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def _tasks_of(user: int) -> int:
    """Return how many threads `user` runs now: the limit on processes counts them all together."""
    total = 0
    for entry in os.scandir("/proc"):
        try:
            if entry.name.isdigit() and entry.stat().st_uid == user:
                total += sum(1 for _ in os.scandir(f"{entry.path}/task"))
        except OSError:  # gone meanwhile, or hidden
            continue
    return total


def _drop(user: int, keep: int | None) -> None:
    """Become `user` for good; keep at most one capability, by which the command passes permission bits."""
    os.setgroups([])
    os.setresgid(user, user, user)
    if keep is not None:
        _call("prctl", PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setresuid(user, user, user)
    if keep is not None:
        mask = 1 << keep
        header = ctypes.create_string_buffer(struct.pack("=Ii", CAPABILITY_VERSION_3, 0))
        wanted = ctypes.create_string_buffer(struct.pack("=6I", mask, mask, mask, 0, 0, 0))
        _call("capset", header, wanted)
        _call("prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, keep, 0, 0)


def landlock_version() -> int:
    """Return the version of the kernel's Landlock, 0 where there is none."""
    return max(int(LIBC.syscall(LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))), 0)


def _ruleset(orders: dict[str, Any]) -> int:
    """Make the ruleset: read where told, write where told, no TCP, no signal to anybody outside."""
    version = landlock_version()
    rights = sum(1 << bit for bit in range(16) if version >= {13: 2, 14: 3, 15: 5}.get(bit, 1))
    fields = [rights, 0b11, 0b11][: 1 if version < 4 else 2 if version < 6 else 3]
    attributes = ctypes.create_string_buffer(struct.pack(f"={len(fields)}Q", *fields), 8 * len(fields))
    ruleset = _call("syscall", LANDLOCK_CREATE_RULESET, attributes, 8 * len(fields), 0)
    for paths, allowed in ((orders["read"], READ), (orders["write"], rights)):
        for path in paths:
            _allow(ruleset, path, allowed & rights)
    return ruleset


def _allow(ruleset: int, path: str, allowed: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(os.fstat(place).st_mode):
        allowed &= ON_FILES
    rule = ctypes.create_string_buffer(struct.pack("=Qi", allowed, place))
    _call("syscall", LANDLOCK_ADD_RULE, ruleset, 1, rule, 0)
    os.close(place)


def _refuse(code: bytes) -> None:
    """Load the seccomp filter `code` (classic BPF)."""
    body = ctypes.create_string_buffer(code, len(code))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(code) // 8, ctypes.addressof(body)))
    _call("prctl", PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0)


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
