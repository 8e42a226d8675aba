"""Children of a guest: forked, heard over a pipe of their own, bounded, ended with their group (Python 3.9)."""

from __future__ import annotations

import contextlib
import json
import math
import os
import resource
import secrets
import select
import signal
import time
from typing import TYPE_CHECKING, Any, Callable, NamedTuple  # noqa: UP035 - older interpreters run this file

if TYPE_CHECKING:
    from collections.abc import Sequence

Say = Callable[..., None]
PATIENCE = 86_400.0  # seconds: the sandbox ends whatever takes longer than it may
NAP = 0.5  # seconds between two looks at whether a silent child is gone
CHUNK = 65_536
MOST = 1024 * 1024  # bytes of one line
PR_SET_PDEATHSIG, PR_SET_DUMPABLE = 1, 4
LAST = ("end", "broke")
HELD: list[int] = []  # pipes of this process that no child of it may write to


class Ended(NamedTuple):
    """How a child ended: `said` its lines; `how` "" by itself, "patience", "signal N" or "exit N"; CPU seconds."""

    said: list[list[Any]]
    how: str
    cpu: float


def speaker(pipe: int, nonce: str) -> Say:
    """Return a function that writes one line of JSON; a forked child of this process stays silent."""
    write, dumps, pid, getpid = os.write, json.dumps, os.getpid(), os.getpid

    def say(*facts: object) -> None:
        line = dumps([nonce, *facts]).encode() + b"\n" if getpid() == pid else b""
        while line:
            line = line[write(pipe, line) :]

    return say


def forked(
    body: Callable[[Say], None],
    patience: Callable[[list[Any]], float] = lambda _facts: PATIENCE,
    heard: Callable[[list[Any]], None] = lambda _facts: None,
) -> Ended:
    """Run `body` in a child that prints nowhere and has none of the pipes in `HELD`; tell each line to `heard`.

    After each line the child has `patience` of that line, in seconds, to say another.
    """
    nonce = secrets.token_hex(16)
    out, into = os.pipe()
    pid = os.fork()
    if not pid:
        _live(body, (out, *HELD), into, nonce)
    os.close(into)
    with contextlib.suppress(OSError):
        os.setpgid(pid, pid)  # both do it, so that neither has to wait for the other
    listening = _Listening(pid, out, nonce, heard)
    try:
        return listening.until_end(patience)
    finally:
        os.close(out)


def _live(body: Callable[[Say], None], closing: Sequence[int], into: int, nonce: str) -> None:
    """Be the child."""
    leave, say = os._exit, speaker(into, nonce)
    try:
        for number in closing:
            os.close(number)
        HELD[:] = [into]
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        os.setpgid(0, 0)
        control(PR_SET_DUMPABLE, 1)
        control(PR_SET_PDEATHSIG, signal.SIGKILL)
        body(say)
        say("end")
    except BaseException as error:  # noqa: BLE001 - whatever it was, no code of the parent may go on here
        say("broke", f"{type(error).__name__}: {error}"[:300])
    finally:
        leave(0)


class _Listening:
    """What the parent has of a child."""

    def __init__(self, pid: int, out: int, nonce: str, heard: Callable[[list[Any]], None]) -> None:
        self.pid, self.out, self.heard = pid, out, heard
        self.mark = json.dumps([nonce])[:-1].encode()
        self.said: list[list[Any]] = []
        self.rest = b""
        self.gone: tuple[int, Any] | None = None

    def until_end(self, patience: Callable[[list[Any]], float]) -> Ended:
        """Listen until the child ends or is too slow, then end whatever is left of its group."""
        deadline, how = time.monotonic() + patience([]), ""
        while not how:
            ready = select.select([self.out], [], [], max(0, min(NAP, deadline - time.monotonic())))[0]
            if ready and self._read():
                deadline = time.monotonic() + patience(self.said[-1] if self.said else [])
            elif ready or self._is_gone():  # a grandchild may hold the pipe for longer
                how = "gone"
            elif time.monotonic() >= deadline:
                how = "patience"
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        status, usage = self.gone or os.wait4(self.pid, 0)[1:]
        return Ended(self.said, how if how == "patience" else self._how(status), usage.ru_utime + usage.ru_stime)

    def _read(self) -> bool:
        """Read some lines; tell whether there may be more."""
        data = os.read(self.out, CHUNK)
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            if line.startswith(self.mark):
                self.said.append(json.loads(line)[1:])
                self.heard(self.said[-1])
        return bool(data) and len(self.rest) < MOST and not (self.said and self.said[-1][0] in LAST)

    def _is_gone(self) -> bool:
        pid, status, usage = os.wait4(self.pid, os.WNOHANG)
        if pid:
            self.gone = status, usage
        return bool(pid)

    def _how(self, status: int) -> str:
        if self.said and self.said[-1][0] in LAST:
            return str(self.said[-1][1]) if self.said[-1][0] == "broke" else ""
        code = os.waitstatus_to_exitcode(status)
        return f"signal {-code}" if code < 0 else f"exit {code}"


# --- bounds -------------------------------------------------------------------------------------------------------


def bound_cpu(seconds: float) -> None:
    """Let this process be killed by SIGXCPU when it uses that many more CPU seconds."""
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard < 0 else min(soft, hard), hard))


def hide() -> None:
    """Let no other process of this user look into this one, its descriptors included."""
    control(PR_SET_DUMPABLE, 0)


def control(option: int, value: int) -> None:
    """Call prctl, where the interpreter can."""
    with contextlib.suppress(ImportError, OSError, AttributeError):
        import ctypes  # noqa: PLC0415 - not every interpreter has it

        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
