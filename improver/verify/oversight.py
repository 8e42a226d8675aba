"""What a supervising guest hears and sees of its children: a pipe that they write to, and how long each is at a test.

The standard library only, Python 3.9 or later.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import secrets
import select
import signal
import struct
import time
from pathlib import Path
from typing import Any

CPU, CPU_FACTOR = 0.4, 5  # seconds of processor time a test may take: this, and this many times its usual
WALL, WALL_FACTOR = 4.0, 20  # the same by the clock on the wall, which other load can slow
TICK = os.sysconf("SC_CLK_TCK")
TURN = struct.Struct("qq")  # how many tests were begun, and which is the last


class Wire:
    """A pipe that children write to; lines without its nonce are not theirs."""

    def __init__(self) -> None:
        self.reads, self.writes = os.pipe()
        self.nonce, self.rest = secrets.token_hex(8), b""

    def next(self, seconds: float) -> list[Any]:
        """Return the next message, "quiet" when none came in time."""
        while b"\n" not in self.rest:
            if not select.select([self.reads], [], [], seconds)[0]:
                return ["quiet"]
            self.rest += os.read(self.reads, 65536)
        line, _, self.rest = self.rest.partition(b"\n")
        with contextlib.suppress(ValueError):
            nonce, *facts = json.loads(line)
            if nonce == self.nonce and facts:
                return list(facts)
        return ["noise"]


class Board:
    """Memory shared with children, where the one that runs tests notes which."""

    def __init__(self) -> None:
        self.shared, self.begun = mmap.mmap(-1, mmap.PAGESIZE), 0

    def note(self, test: int) -> None:
        """Note that a test begins."""
        self.begun += 1
        TURN.pack_into(self.shared, 0, self.begun, test)

    @property
    def turn(self) -> tuple[int, int]:
        """Return how many tests were begun and the last of them."""
        begun, test = TURN.unpack_from(self.shared)
        return begun, test


class Clock:
    """How long one child has been at what it does, by the processor and by the wall."""

    def __init__(self, board: Board, usual: dict[int, float], others: float) -> None:
        self.board, self.usual, self.others = board, usual, others
        self.pid, self.turn, self.cpu, self.wall = 0, (0, 0), 0.0, 0.0

    def start(self, pid: int) -> None:
        """Begin to watch the child `pid`."""
        self.pid = pid
        self._restart(self.board.turn)

    def _restart(self, turn: tuple[int, int]) -> None:
        self.turn, self.cpu, self.wall = turn, processor_seconds(self.pid), time.monotonic()

    def is_over(self, times: int) -> bool:
        """Tell whether the child is at one test for longer than `times` what is allowed; to be asked now and then."""
        turn = self.board.turn
        if not self.pid or turn != self.turn:
            self._restart(turn)
            return False
        usual = self.usual.get(turn[1], self.others)
        cpu, wall = processor_seconds(self.pid) - self.cpu, time.monotonic() - self.wall
        return cpu > times * (CPU + CPU_FACTOR * usual) or wall > times * (WALL + WALL_FACTOR * usual)


def processor_seconds(pid: int) -> float:
    """Return what the process `pid` has used, 0 where that cannot be read."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICK


def end(pid: int) -> None:
    """End a child that leads a group, and its group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
