"""What the first proposal costs, from a fresh checkout without anything kept, beside one plain run of the suite."""

import argparse
import sys
from collections.abc import Sequence

from benchmarks.fetching import PACKAGES, Package, environment
from benchmarks.gating import SOUND, cpu
from benchmarks.packages import Limits, improve, repository
from benchmarks.pairing import ratios, say, spread, table
from benchmarks.suites import outcomes

LIMITS = Limits(proposals=1, tests=0, minutes=60, stop=60)
HEAD = ("package", "suite CPU s", "first proposal CPU s", "×", "baseline + scan + gates", "refused before it")


def measured(package: Package, rounds: int) -> tuple[object, ...]:
    """Run the suite plainly, and improve until there is a proposal, in turns; return a row of the table."""
    python, plain, first = environment(package), list[float](), list[float]()
    for number in range(rounds):
        say(f"{package.name}: round {number + 1} of {rounds}")
        root = repository(package, LIMITS)
        began = cpu()
        outcomes(python, root)
        middle = cpu()
        argv = (sys.executable, "-m", "improver", "run", "--repo", str(root), "--python", str(python), "--json")
        report = improve((*argv, "--max", "1"), 60 * LIMITS.stop)
        plain.append(middle - began)
        first.append(cpu() - middle)
        if report["outcome"] != "proposed":
            raise RuntimeError(f"{package.name}: nothing was proposed: {report['reason']}")
    took = " + ".join(f"{report['seconds'].get(stage, 0.0):.0f} s" for stage in ("baseline", "scan", "gates"))
    refused = sum(count for why, count in report["funnel"]["drops"].items() if why.startswith("refused by "))
    return (package.name, spread(plain, 1), spread(first, 1), spread(ratios(plain, first), 1), took, refused)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the packages that were asked for, or three."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help=f"none means {', '.join(SOUND)}")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args(arguments)
    chosen = [package for package in PACKAGES if package.name in (asked.packages or SOUND)]
    print(table(HEAD, [measured(package, asked.rounds) for package in chosen]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
