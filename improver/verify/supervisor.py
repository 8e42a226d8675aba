"""Run one confined command from outside: wall clock, capped pipes, watched memory, and an end that leaves nobody."""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from improver.errors import SandboxError
from improver.verify import kin
from improver.verify.confinement import Command
from improver.verify.job import MIB, SCRATCH_MIB, TOO_MANY, Ended, Job
from improver.verify.wiring import Pipes

LOOK = 0.2  # seconds between two looks at memory, number of processes and scratch space
GRACE = 5.0  # seconds for killed processes to be gone
PATIENCE = 60.0  # seconds for the outermost process to end all others, however little of the machine it gets
NAP = 0.002  # seconds between two looks at whether a killed process is gone
OWN = 4  # processes of the confinement itself, which the limit of the job does not count
PR_SET_CHILD_SUBREAPER = 36


def supervise(job: Job, command: Command, pipes: Pipes) -> Ended:
    """Run `command` under the limits of `job` to its end, of its own accord or not; leave no process behind.

    Raises SandboxError when the confinement itself did not come about.
    """
    _adopt_orphans()
    run = _Run(job, command, pipes)
    try:
        run.watch()
    finally:
        with _undisturbed():
            run.end()
    return run.ended()


def _adopt_orphans() -> None:
    """Become the parent of what the confined command leaves, so that its end can be awaited and its time counted."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold back Ctrl-C and termination while processes are being ended."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _spawn(command: Command, pipes: Pipes) -> subprocess.Popen[bytes]:
    output = pipes.writes["output"]
    try:
        return subprocess.Popen(
            command.argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=dict(command.env),
            pass_fds=(*(end for end in pipes.writes.values() if end != output), *command.fds),
            start_new_session=True,
            cwd="/",
        )
    except OSError as error:
        raise SandboxError("the sandbox cannot be started", where=command.argv[0], why=str(error)) from error


class _Run:
    """The state of one run between its start and its end."""

    def __init__(self, job: Job, command: Command, pipes: Pipes) -> None:
        self.job, self.command, self.pipes = job, command, pipes
        self.trouble = ""
        self.seen: dict[int, kin.Kin] = {}
        self.cpu = self.seconds = 0.0
        self.outer = 0  # how the outermost process ended; negative: by this signal
        self.started = time.monotonic()
        self.process = _spawn(command, pipes)
        pipes.hand_over()

    def watch(self) -> None:
        """Read until all is over or something is wrong."""
        deadline = self.started + self.job.limits.seconds
        look = self.started + LOOK
        while not self.pipes.over and not self.trouble:
            now = time.monotonic()
            if now >= look:
                self.trouble = self.look()
                look = now + LOOK
            if now >= deadline:
                self.trouble = self.trouble or f"timed out after {self.job.limits.seconds} s"
            if not self.trouble:
                self.trouble = self.pipes.read(min(deadline, look) - now)

    def look(self) -> str:
        """Remember who is alive; complain about too many processes, too much memory or scratch space."""
        limits = self.job.limits
        alive = kin.descendants(self.process.pid)
        self.seen.update(alive)
        if len(alive) > limits.processes + OWN:
            return f"{TOO_MANY} {limits.processes} processes"
        if sum(one.resident_mib for one in alive.values()) > limits.memory_mib and _fair_mib(alive) > limits.memory_mib:
            return "ran out of memory"
        if self.command.scratch is not None and _size_mib(self.command.scratch) > SCRATCH_MIB:
            return f"wrote more than {SCRATCH_MIB} MiB to its scratch directory"
        return ""

    def end(self) -> None:
        """Stop what still runs, wait until it is gone, and add up what it used."""
        if not self.pipes.over:
            self.seen.update(kin.descendants(self.process.pid))
            os.killpg(self.process.pid, self.command.stop)
        if not self._reap(self.process.pid, PATIENCE):
            self.seen.update(kin.descendants(self.process.pid))
            os.killpg(self.process.pid, signal.SIGKILL)
            self._reap(self.process.pid)
        self.process.returncode = self.outer
        self._end_orphans()
        self.seconds = time.monotonic() - self.started
        deadline = time.monotonic() + GRACE
        while self.pipes.reads and not self.trouble and time.monotonic() < deadline:
            self.trouble = self.pipes.read(deadline - time.monotonic())

    def _end_orphans(self) -> None:
        """Kill and await the first process of the inner namespace, and everybody seen who is still there."""
        status = self.status
        inner = status.get("child-pid", 0)
        if inner:
            self._kill_ours(int(inner))
        for pid, one in self.seen.items():
            again = kin.read(pid)
            if again is not None and again.born == one.born:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
                self._reap(pid)
        self.cpu = float(status.get("cpu", self.cpu))

    def _kill_ours(self, pid: int) -> None:
        """Kill `pid` if it has become a child of ours, and await its end."""
        try:
            gone, _, usage = os.wait4(pid, os.WNOHANG)
        except ChildProcessError:
            return
        if gone:
            self.cpu += usage.ru_utime + usage.ru_stime
            return
        os.kill(pid, signal.SIGKILL)
        self._reap(pid)

    def _reap(self, pid: int, seconds: float = GRACE) -> bool:
        """Await the end of our child `pid`, at most for so many seconds; tell whether it is gone."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                gone, code, usage = os.wait4(pid, os.WNOHANG)
            except ChildProcessError:
                return True
            if gone:
                self.cpu += usage.ru_utime + usage.ru_stime
                self.outer = os.waitstatus_to_exitcode(code) if pid == self.process.pid else self.outer
                return True
            time.sleep(NAP)
        return False

    @property
    def status(self) -> dict[str, int | float | str]:
        """Return what the confinement said about itself."""
        found: dict[str, int | float | str] = {}
        for line in bytes(self.pipes.streams["status"].data).splitlines():
            with contextlib.suppress(ValueError):  # a line cut short by a kill
                found.update(json.loads(line))
        return found

    def ended(self) -> Ended:
        """Return the record of this run."""
        output = bytes(self.pipes.streams["output"].data)
        report = bytes(self.pipes.streams["report"].data) if "report" in self.pipes.streams else b""
        code = self._exit(output) if not self.trouble else None
        return Ended(code, self.seconds, self.cpu, output, report, self.trouble, self.command.argv)

    def _exit(self, output: bytes) -> int | None:
        """Return the exit code of the job, or note its trouble and return None."""
        status = self.status
        lines = output.decode("utf-8", "replace").splitlines()
        if "error" in status or ("exit-code" not in status and self.outer >= 0):
            why = str(status.get("error", "")) or (lines[-1] if lines else f"it ended with {self.outer}")
            raise SandboxError("the sandbox did not come about", where=self.command.argv[0], why=why)
        code = int(status.get("exit-code", 128 - self.outer))
        if code > 128:
            self.trouble = f"killed by signal {code - 128}"
        elif code == 1 and lines and lines[-1].startswith("MemoryError"):
            self.trouble = "ran out of memory"
        return None if self.trouble else code


def _fair_mib(alive: Mapping[int, kin.Kin]) -> float:
    """Return the memory of all in `alive`, shared pages counted once where that can be read."""
    sizes = ((kin.shared_fairly_mib(pid), one.resident_mib) for pid, one in alive.items())
    return sum(plain if fair is None else fair for fair, plain in sizes)


def _size_mib(directory: Path) -> float:
    """Return the disk space that the files below `directory` take."""
    total = 0
    for folder, _, names in os.walk(directory):
        for name in names:
            with contextlib.suppress(OSError):
                total += (Path(folder) / name).lstat().st_blocks * 512
    return total / MIB
