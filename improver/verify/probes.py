"""Live negative probes: attack a sandbox from inside and believe it only if all it promises to stop is stopped."""

import contextlib
import json
import secrets
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from improver.errors import SandboxError
from improver.records import Receipt, Tier
from improver.verify import intruder
from improver.verify.bubblewrap import AS_NOBODY
from improver.verify.confinement import Places, Wires, environment
from improver.verify.folders import temporary
from improver.verify.job import TOO_MANY, Ended, Job, Limits, Mount
from improver.verify.warded import may_drop

LIMITS = Limits(seconds=30, memory_mib=1024, processes=16, file_mib=1, output_mib=1)


class Target(Protocol):
    """What is attacked: a sandbox."""

    @property
    def python(self) -> str:
        """Return the interpreter that it runs."""

    @property
    def tier(self) -> Tier:
        """Return how strong it claims to be."""

    @property
    def promises(self) -> tuple[str, ...]:
        """Return the names of the attempts that it promises to stop."""

    def seen(self, mount: Mount) -> str:
        """Return the path under which the child sees `mount`."""

    def run(self, job: Job) -> Ended:
        """Run `job`."""


@dataclass(frozen=True, slots=True)
class Bait:
    """What lies about on the host for the intruder: files, a process with a secret, two listening sockets."""

    folder: Path
    token: str
    sibling: subprocess.Popen[bytes]
    server: socket.socket
    abstract: socket.socket

    @property
    def source(self) -> Path:
        """Return the tree that is mounted to be read."""
        return self.folder / "source"

    @property
    def taken(self) -> tuple[str, ...]:
        """Return which attempts left a trace out here."""
        traces = {
            "signals": self.sibling.poll() is not None,
            "write": {path.name: path.read_text() for path in self.source.iterdir()} != {"file": "kept"},
            "listener": _reached(self.server),
            "abstract": _reached(self.abstract),
        }
        return tuple(name for name, left in traces.items() if left)


def attack(target: Target) -> Receipt:
    """Make every attempt inside `target`; raise SandboxError when one succeeds that its tier promises to stop."""
    said, ended, taken = attempts(target)
    open_ways = [name for name in target.promises if said.get(name, "") == "" or name in taken]
    if open_ways:
        raise SandboxError(
            f"the sandbox of tier {target.tier} does not hold: {', '.join(open_ways)}",
            why=ended.trouble or "an attempt to get out succeeded, or did not report",
            fix="run nothing in it; tell the maintainers which kernel this is",
        )
    notes = tuple(f"{name}: {said[name]}" for name in target.promises)
    left = tuple(f"not promised: {name}" for name in said if name not in target.promises)
    return Receipt(ended.argv, ended.exit, ended.seconds, {"probes": len(target.promises)}, notes=(*notes, *left))


def attempts(target: Target) -> tuple[dict[str, str], Ended, tuple[str, ...]]:
    """Let the intruder loose; return what each attempt came to ("" for success), how it ended, and its traces."""
    with contextlib.ExitStack() as stack:
        try:
            bait = stack.enter_context(_bait())
        except OSError as error:
            why = "the probes need a file, a process and two sockets of their own"
            raise SandboxError("the sandbox cannot be probed here", where=str(error), why=why) from error
        script = Mount(Path(intruder.__file__), "/intruder.py")
        source = Mount(bait.source, "/src")
        plan = {
            "canary": str(bait.folder / "canary"),
            "token": bait.token,
            "known": [*environment(Job(()), Wires(0, 0), Places("", "", "")), "PWD", "LC_CTYPE"],
            "sibling": bait.sibling.pid,
            "port": bait.server.getsockname()[1],
            "abstract": bait.abstract.getsockname()[1:].decode(),
            "source": target.seen(source),
            "processes": LIMITS.processes * (1 if target.tier in (Tier.T3, Tier.T2) else 3),
        }
        argv = (target.python, "-I", "-S", target.seen(script), json.dumps(plan))
        ended = target.run(Job(argv, (script, source), LIMITS, report=True))
        return _parsed(ended), ended, bait.taken


def _parsed(ended: Ended) -> dict[str, str]:
    """Return what each attempt came to; who was stopped for having too many processes did not get away with it."""
    said: dict[str, str] = {}
    for line in ended.report.splitlines():
        try:
            told = json.loads(line)
        except ValueError:
            return said
        said |= told if isinstance(told, dict) else {}
    return {"fork": ended.trouble, **said} if ended.trouble.startswith(TOO_MANY) else said


@contextlib.contextmanager
def _bait() -> Iterator[Bait]:
    """Lay out the bait, and take it away at the end."""
    token = secrets.token_hex(16)
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(temporary("probe"))
        folder.chmod(0o755)
        (folder / "source").mkdir()
        (folder / "source" / "file").write_text("kept")
        (folder / "source" / "file").chmod(0o666)  # only the sandbox, no permission bit, stands before it
        (folder / "source").chmod(0o777)
        (folder / "canary").write_text(token)
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        abstract = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
        abstract.bind("\0nova-" + token[:8])
        abstract.listen()
        dropped = AS_NOBODY if may_drop() else ()
        sleeper = (*dropped, "/usr/bin/sleep", "60")
        sibling = subprocess.Popen(sleeper, env={"NOVA_CANARY": token}, stdin=subprocess.DEVNULL)
        stack.enter_context(sibling)
        stack.callback(sibling.kill)
        yield Bait(folder, token, sibling, server, abstract)


def _reached(listening: socket.socket) -> bool:
    """Tell whether somebody connected."""
    listening.setblocking(False)  # noqa: FBT003 - the name of the method says what it sets
    try:
        listening.accept()[0].close()
    except BlockingIOError:
        return False
    return True
