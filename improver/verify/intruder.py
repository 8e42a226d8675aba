"""Try to get out of the sandbox: a script of the standard library; it reports what each attempt came to, as JSON.

Started as `python -I -S intruder.py PLAN` (JSON); an attempt that fails says how it was refused, one that succeeds
says nothing ("").
"""

import contextlib
import ctypes
import json
import os
import platform
import signal
import socket
import sys
from pathlib import Path
from typing import Any

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWUSER, PTRACE_ATTACH, PR_SET_PDEATHSIG = 0x10000000, 16, 1
KEYCTL = {"x86_64": 250, "aarch64": 219}
KEYCTL_GET_KEYRING_ID, SESSION_KEYRING = 0, -3


def canary(plan: dict[str, Any]) -> str:
    """Read a file of the host that anybody may read."""
    found = Path(plan["canary"]).read_text(encoding="utf-8")
    return "" if plan["token"] in found else "something else is there"


def inherited(plan: dict[str, Any]) -> str:
    """Find a variable of the host's environment in ours."""
    strangers = sorted(set(os.environ) - set(plan["known"]))
    return "" if strangers else "only the sandbox's own variables"


def siblings(plan: dict[str, Any]) -> str:
    """Read the environment of a process of the same user."""
    for environ in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if plan["token"].encode() in environ.read_bytes():
                return ""
    return "no environment that could be read holds it"


def signals(plan: dict[str, Any]) -> str:
    """End a process of the same user; whether it worked is seen outside."""
    os.kill(plan["sibling"], signal.SIGKILL)
    return "sent"


def listener(plan: dict[str, Any]) -> str:
    """Reach a server on the host's loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        probe.connect(("127.0.0.1", plan["port"]))
    return ""


def abstract(plan: dict[str, Any]) -> str:
    """Reach an abstract socket of the host."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.connect("\0" + plan["abstract"])
    return ""


def write(plan: dict[str, Any]) -> str:
    """Change the tree that is mounted to be read."""
    for name in ("new", "file"):
        with contextlib.suppress(OSError):
            Path(plan["source"], name).write_text("x", encoding="utf-8")
            return ""
    os.truncate(Path(plan["source"], "file"), 0)
    return ""


def namespace(plan: dict[str, Any]) -> str:
    """Make a user namespace."""
    del plan
    return _refused(LIBC.unshare(CLONE_NEWUSER))


def trace(plan: dict[str, Any]) -> str:
    """Attach to a child as a debugger does."""
    del plan
    child = os.fork()
    if child == 0:
        signal.pause()
    try:
        return _refused(LIBC.ptrace(PTRACE_ATTACH, child, None, None))
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def keyring(plan: dict[str, Any]) -> str:
    """Reach the kernel's key rings."""
    del plan
    number = KEYCTL[platform.machine()]
    wanted = (ctypes.c_long(KEYCTL_GET_KEYRING_ID), ctypes.c_long(SESSION_KEYRING), ctypes.c_long(0))
    return _refused(LIBC.syscall(ctypes.c_long(number), *wanted))


def fork(plan: dict[str, Any]) -> str:
    """Have more processes at once than the limit."""
    children: list[int] = []
    try:
        while len(children) <= plan["processes"]:
            child = os.fork()
            if child == 0:
                LIBC.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
                signal.pause()
            children.append(child)
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    return ""


def _refused(result: int) -> str:
    return os.strerror(ctypes.get_errno()) if result == -1 else ""


ATTEMPTS = (canary, inherited, siblings, signals, listener, abstract, write, namespace, trace, keyring, fork)


def main(plan: dict[str, Any]) -> int:
    """Make every attempt and report each in a line, {name: "" for success, else how it was refused}."""
    with os.fdopen(int(os.environ["NOVA_REPORT_FD"]), "w", buffering=1) as report:
        for attempt in ATTEMPTS:
            try:
                came = attempt(plan)
            except OSError as error:
                came = f"{type(error).__name__}: {error.strerror}"
            report.write(json.dumps({attempt.__name__: came}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
