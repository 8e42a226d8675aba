"""What it costs to record which test runs which function, and calls: beside the same sandboxed run without it."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.benches import bench_of, policy_for, tree_of
from benchmarks.fetching import OURS, PACKAGES, Package, unpacked
from benchmarks.gating import cpu
from benchmarks.pairing import ratios, say, spread, table
from improver.verify.bench import SandboxBench
from improver.verify.recording import recorded
from improver.verify.suite import run_suite

DEFAULT = ("boltons", "click", "sqlite-utils")
HEAD = ("package", "python", "functions", "calls kept", "plain CPU s", "recorded CPU s", "recorded / plain")


def measured(package: Package, python: Path, rounds: int) -> tuple[object, ...]:
    """Run the suite plainly and recorded, in turns; return a row of the table."""
    tree = tree_of(unpacked(package))
    bench = bench_of(package, tree, policy_for(package), python)
    plain, told, functions, calls = list[float](), list[float](), 0, 0
    for number in range(rounds):
        say(f"{package.name}: round {number + 1} of {rounds}")
        began = cpu()
        run_suite(bench.rig, tree)
        middle = cpu()
        recording = recorded(bench.rig, tree, bench.baseline, None)
        plain.append(middle - began)
        told.append(cpu() - middle)
        if recording.trouble:
            raise RuntimeError(f"{package.name} is not recorded: {recording.trouble}")
        functions, calls = len(recording.impact), sum(map(len, recording.calls.values()))
    release = ".".join(map(str, _release(bench)))
    return (package.name, release, functions, calls, spread(plain, 1), spread(told, 1), spread(ratios(plain, told), 2))


def _release(bench: SandboxBench) -> tuple[int, ...]:
    return tuple(bench.rig.interpreter.version[:2])


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the packages that were asked for, or three, under each interpreter."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help=f"none means {', '.join(DEFAULT)}")
    parser.add_argument("--python", type=Path, action="append", help="an interpreter; none means this one")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args(arguments)
    chosen = [package for package in PACKAGES if package.name in (asked.packages or DEFAULT)]
    rows = [measured(package, python, asked.rounds) for python in asked.python or [OURS] for package in chosen]
    print(table(HEAD, rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
