"""How the cost of a whole scan grows with the project: real packages under ever new names, to a million lines."""

import argparse
import ast
import hashlib
import itertools
import json
import keyword
import math
import re
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.fetching import PACKAGES, unpacked
from benchmarks.pairing import Command, run, say, spread, table

AIM = 1.05
CHECKOUT = Path(__file__).resolve().parent.parent
COPIES = (1, 10, 100)
HEAD = ("lines", "files", "findings", "scan, CPU seconds: min / median / max", "µs a line", "peak MiB", "exponent")
OTHERWISE = re.compile(r"__|\w{1,2}$")  # two letters may be the prefix of a string
WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Part:
    """One product file of a package."""

    path: str
    text: str

    @property
    def lines(self) -> int:
        """Return how many lines it has."""
        return self.text.count("\n")


def parts(lines: int) -> list[Part]:
    """Return about `lines` lines of product files, a fair sample of all packages and always the same."""
    folders = [(package.stem, unpacked(package) / package.folder) for package in PACKAGES]
    found = [
        Part(f"{stem}/{path.relative_to(folder).as_posix()}", path.read_text("utf-8"))
        for stem, folder in folders
        for path in _python(folder)
    ]
    mixed = sorted(found, key=lambda part: hashlib.sha256(part.path.encode()).digest())
    total = list(itertools.accumulate(part.lines for part in mixed))
    return [part for part, so_far in zip(mixed, total, strict=True) if so_far - part.lines < lines]


def _python(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def defined(text: str) -> set[str]:
    """Return the names of the functions and classes of a file, but for those that Python may read otherwise."""
    nodes = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.ClassDef))
    return {node.name for node in nodes if not OTHERWISE.match(node.name) and not keyword.issoftkeyword(node.name)}


def copied(parts: Sequence[Part], names: frozenset[str], number: int) -> Iterator[Part]:
    """Yield the files as package `number` of a project, in which they define names of their own."""

    def renamed(word: re.Match[str]) -> str:
        return f"{word[0]}_{number}" if word[0] in names else word[0]

    for part in parts:
        yield Part(f"copy_{number}/{part.path}", WORD.sub(renamed, part.text))


def project(folder: Path, parts: Sequence[Part], names: frozenset[str], copies: int) -> int:
    """Write a project of so many copies; return how many lines there are."""
    for number in range(copies):
        for part in copied(parts, names, number):
            place = folder / part.path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(part.text, "utf-8")
    return copies * sum(part.lines for part in parts)


def measured(copies: int, rounds: int, parts: Sequence[Part]) -> tuple[int, list[dict[str, float]]]:
    """Scan a project of so many copies, each time in a fresh process; return its lines and what was measured."""
    names = frozenset().union(*(defined(part.text) for part in parts))
    root = Path(tempfile.mkdtemp(prefix="growth-"))
    try:
        lines = project(root / "project", parts, names, copies)
        say(f"{lines} lines, {rounds} rounds")
        command = Command((sys.executable, "-m", "benchmarks.scanning", str(root / "project")), CHECKOUT)
        runs = [json.loads(run(command).output) for _ in range(rounds)]
        if any(one["unreadable"] for one in runs):
            raise RuntimeError(f"the copies are no Python any more: {runs}")
        return lines, runs
    finally:
        shutil.rmtree(root)


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """Return the slope of the line of least squares through the logarithms of (lines, seconds)."""
    xs, ys = ([math.log(point[axis]) for point in points] for axis in (0, 1))
    return statistics.linear_regression(xs, ys).slope


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure every size; end with 1 when the cost grows faster than the aim."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=10_000, help="lines of the sample that is copied")
    parser.add_argument("--copies", type=int, nargs="+", default=COPIES)
    parser.add_argument("--rounds", type=int, default=5, help="of the smallest project; each next has two fewer")
    asked = parser.parse_args(arguments)
    sample = parts(asked.sample)
    rows: list[tuple[object, ...]] = []
    points: list[tuple[float, float]] = []
    for number, copies in enumerate(asked.copies):
        lines, runs = measured(copies, max(asked.rounds - 2 * number, 1), sample)
        seconds = [one["scan"] for one in runs]
        points.append((lines, statistics.median(seconds)))
        step = f"{exponent(points[-2:]):.3f}" if number else ""
        cost, memory = 1e6 * points[-1][1] / lines, max(one["peak MiB"] for one in runs)
        found = (f"{runs[0]['files']:.0f}", f"{runs[0]['findings']:.0f}")
        rows.append((lines, *found, spread(seconds, 2), f"{cost:.0f}", f"{memory:.0f}", step))
        say(str(rows[-1]))
    print(table(HEAD, rows))
    slope = exponent(points)
    print(f"\nGrowth exponent over all sizes: {slope:.3f}; the aim is at most {AIM}.")
    return 1 if slope > AIM else 0


if __name__ == "__main__":
    sys.exit(main())
