"""The pipes between a supervisor and what it supervises, each with a cap."""

import contextlib
import os
import selectors
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field

from improver.verify.confinement import Wires
from improver.verify.job import MIB, REPORT_MIB, Job

CHUNK = 65536


@dataclass(slots=True)
class Stream:
    """What came through one pipe, and the complaint when it is more than `limit` bytes."""

    limit: int
    complaint: str
    data: bytearray = field(default_factory=bytearray)


@dataclass(slots=True)
class Pipes:
    """Output, status and perhaps report: both ends by name, and what was read."""

    reads: dict[str, int]
    writes: dict[str, int]
    streams: dict[str, Stream]

    @property
    def wires(self) -> Wires:
        """Return the ends that the child is told of."""
        return Wires(self.writes["status"], self.writes.get("report"))

    def hand_over(self) -> None:
        """Close our copies of the write ends, once the child has its own."""
        while self.writes:
            os.close(self.writes.popitem()[1])

    def close(self) -> None:
        """Close every end that is still open."""
        self.hand_over()
        while self.reads:
            os.close(self.reads.popitem()[1])

    @property
    def over(self) -> bool:
        """Tell whether the status pipe was closed by all who could write to it."""
        return "status" not in self.reads

    def read(self, timeout: float) -> str:
        """Read what comes within `timeout` seconds; return the first complaint, or ""."""
        with selectors.DefaultSelector() as selector:
            for name, end in self.reads.items():
                selector.register(end, selectors.EVENT_READ, name)
            ready = [key.data for key, _ in selector.select(max(timeout, 0))]
        complaints = [self._read_one(name) for name in ready]
        return next(filter(None, complaints), "")

    def _read_one(self, name: str) -> str:
        data, stream = os.read(self.reads[name], CHUNK), self.streams[name]
        if not data:
            os.close(self.reads.pop(name))
        room = stream.limit - len(stream.data)
        stream.data += data[:room]
        return stream.complaint if len(data) > room else ""


@contextlib.contextmanager
def wired(job: Job) -> Iterator[Pipes]:
    """Open the pipes of one run of `job`, and close whatever is still open at its end."""
    streams = {
        "output": Stream(job.limits.output_mib * MIB, f"printed more than {job.limits.output_mib} MiB"),
        "status": Stream(MIB, "the sandbox printed too much about itself"),
    }
    if job.report:
        streams["report"] = Stream(REPORT_MIB * MIB, f"reported more than {REPORT_MIB} MiB")
    pipes = Pipes({}, {}, streams)
    try:
        for name in streams:
            pipes.reads[name], pipes.writes[name] = _one_way() if name == "report" else os.pipe()
        yield pipes
    finally:
        pipes.close()


def _one_way() -> tuple[int, int]:
    """Return both ends of a stream that, unlike a pipe, nobody can open a second time through /proc and read."""
    ours, theirs = socket.socketpair()
    ours.shutdown(socket.SHUT_WR)
    theirs.shutdown(socket.SHUT_RD)
    return ours.detach(), theirs.detach()
