"""Run commands in turns and compare what they cost: CPU of a child and of all that it waited for."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run of a command took, in seconds, and what it printed on stdout."""

    cpu: float
    wall: float
    exit: int
    output: str


@dataclass(frozen=True, slots=True)
class Command:
    """A command, the directory it runs in, and the exit codes that mean it did its work."""

    argv: tuple[str, ...]
    cwd: Path | None = None
    good: frozenset[int] = frozenset({0})


def run(command: Command) -> Cost:
    """Run `command` alone; raise when it ends otherwise than it should, since a failure is no measurement."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as complaints:
        began = time.monotonic()
        child = subprocess.Popen(
            command.argv, cwd=command.cwd, stdin=subprocess.DEVNULL, stdout=output, stderr=complaints
        )
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        complaints.seek(0)
        if child.returncode not in command.good:
            said = complaints.read().decode(errors="replace")[-2000:]
            raise RuntimeError(f"{' '.join(command.argv)} ended with {child.returncode}: {said}")
        text = output.read().decode(errors="replace")
    return Cost(usage.ru_utime + usage.ru_stime, wall, child.returncode, text)


def in_turns(commands: Mapping[str, Command], rounds: int) -> dict[str, list[Cost]]:
    """Run all commands one after the other, `rounds` times: what disturbs the machine disturbs all alike."""
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for number in range(rounds):
        say(f"round {number + 1} of {rounds}")
        for name, command in commands.items():
            costs[name].append(run(command))
    return costs


def spread(values: Sequence[float], digits: int = 3) -> str:
    """Return `min / median / max`."""
    return " / ".join(f"{value:.{digits}f}" for value in (min(values), statistics.median(values), max(values)))


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Return theirs by ours, round by round."""
    return [other / own for own, other in zip(ours, theirs, strict=True)]


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


def say(text: str) -> None:
    """Tell on stderr what goes on; stdout is for the table."""
    print(text, file=sys.stderr, flush=True)
