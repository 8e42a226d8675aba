"""The live processes below one process, read from /proc."""

from dataclasses import dataclass
from pathlib import Path

PAGE_MIB = 4096 / 1024 / 1024
PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Kin:
    """One live process; `born` (clock ticks since boot) tells it from a later one of the same number."""

    pid: int
    born: int
    resident_mib: float


def read(pid: int) -> Kin | None:
    """Return the process `pid` as it is now, or None when it is gone or a zombie."""
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    if fields[0] in ("Z", "X"):
        return None
    return Kin(pid, int(fields[19]), int(fields[21]) * PAGE_MIB)


def children(pid: int) -> list[int]:
    """Return the child processes of every thread of `pid`; empty when it is gone."""
    found: list[int] = []
    try:
        for task in (PROC / str(pid) / "task").iterdir():
            found += map(int, (task / "children").read_text().split())
    except OSError:
        return found
    return found


def descendants(pid: int) -> dict[int, Kin]:
    """Return all live processes below `pid` (itself not among them) by number."""
    found: dict[int, Kin] = {}
    waiting = children(pid)
    while waiting:
        child = waiting.pop()
        if child in found:
            continue
        if (kin := read(child)) is not None:
            found[child] = kin
        waiting += children(child)
    return found


def shared_fairly_mib(pid: int) -> float | None:
    """Return the proportional set size of `pid` (shared pages divided among their users), None if not readable."""
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return None
    return sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))
