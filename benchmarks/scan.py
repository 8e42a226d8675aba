"""Our whole scan side by side with ruff and one `ast` walk, with fixit and with codemodder, over the same files."""

import argparse
import json
import statistics
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.fetching import PACKAGES, WORK, Package, made, unpacked
from benchmarks.pairing import Command, Cost, in_turns, ratios, run, say, spread, table

# Of codemodder's: the four nearest to ours that need no semgrep.
CODEMODS = ("fix-assert-tuple", "fix-file-resource-leak", "fix-mutable-params", "exception-without-raise")
CHECKOUT = Path(__file__).resolve().parent.parent
FINDS = frozenset({0, 1})  # a linter that found something ends with 1
HEAD = ("CPU seconds", "min / median / max", "against our scan", "target", "start-up counted too")


def near(folder: Path) -> dict[str, Command]:
    """Return what must cost about as much as we do."""
    python = sys.executable
    ruff = (str(Path(python).with_name("ruff")), "check", "--isolated", "--no-cache", "--select", "ALL")
    return {
        "ours": Command((python, "-m", "benchmarks.scanning", str(folder)), CHECKOUT),
        "ruff": Command((*ruff, "--output-format", "concise", str(folder)), folder.parent, FINDS),
        "walk": Command((python, "-m", "benchmarks.walking", str(folder)), CHECKOUT),
    }


def peers(folder: Path) -> dict[str, Command]:
    """Return what does a comparable job, each in an environment of its own."""
    fixit = made("fixit", ("fixit==2.2.1",)).with_name("fixit")
    codemodder = made("codemodder", ("codemodder==6.5.5",)).with_name("codemodder")
    chosen = ",".join(f"pixee:python/{name}" for name in CODEMODS)
    output = str(WORK / "codemodder.json")
    dry = ("--dry-run", "--codemod-include", chosen, "--output", output)
    return {
        "fixit": Command((str(fixit), "lint", folder.name), folder.parent, FINDS),
        "codemodder": Command((str(codemodder), str(folder), *dry), folder.parent),
    }


def measured(package: Package, rounds: int) -> str:
    """Return the comparison on one package as Markdown."""
    folder = unpacked(package) / package.folder
    slow = peers(folder)
    costs = in_turns(near(folder), rounds)
    for name, command in slow.items():
        say(f"{package.name}: {name}")
        costs[name] = [run(command)] * rounds  # minutes each: once is enough to tell a factor of 40
    parts = [json.loads(cost.output) for cost in costs["ours"]]
    walks = [json.loads(cost.output) for cost in costs["walk"]]
    title = f"### {package.name} {package.version}: {walks[0]['files']} files, {walks[0]['lines']} lines"
    counts = f"{parts[0]['findings']} findings in the {parts[0]['files']} files that a machine may touch"
    return f"{title}\n\n{table(HEAD, _rows(costs, parts, walks))}\n\n{counts}.\n"


def _rows(
    costs: Mapping[str, Sequence[Cost]], parts: Sequence[Mapping[str, float]], walks: Sequence[Mapping[str, float]]
) -> list[tuple[str, ...]]:
    scan, start, libcst = ([part[name] for part in parts] for name in ("scan", "start-up", "libcst"))
    ruff, walk = [cost.cpu for cost in costs["ruff"]], [one["walk"] for one in walks]
    both = [one + other for one, other in zip(ruff, walk, strict=True)]
    whole = [own + more for own, more in zip(scan, start, strict=True)]
    whole_both = [one + other.cpu for one, other in zip(ruff, costs["walk"], strict=True)]
    times, own_times = statistics.median(ratios(both, scan)), statistics.median(ratios(whole_both, whole))
    limit = "we cost ≤ 3 ×"
    rows: list[tuple[str, ...]] = [
        ("our scan", spread(scan), "", "", ""),
        ("our start-up, libcst apart", spread(start), "", "", ""),
        ("import of libcst", spread(libcst), "", "", ""),
        ("ruff, all rules", spread(ruff), "", "", ""),
        ("one ast walk", spread(walk), "", "", ""),
        ("ruff and the walk", spread(both), f"we cost {times:.2f} ×", limit, f"we cost {own_times:.2f} ×"),
    ]
    for name, target in (("fixit", 40), ("codemodder", 120)):
        cpu = [cost.cpu - imported for cost, imported in zip(costs[name], libcst, strict=True)]
        row = (f"{name}, libcst's import apart", f"{cpu[0]:.1f}", f"{spread(ratios(scan, cpu), 0)} ×")
        rows.append((*row, f"≥ {target} ×", f"{statistics.median(ratios(whole, cpu)):.0f} ×"))
    return rows


def main() -> None:
    """Measure the packages that were asked for, or all."""
    names = [package.name for package in PACKAGES]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help=f"of {', '.join(names)}; none means all")
    parser.add_argument("--rounds", type=int, default=9)
    asked = parser.parse_args()
    chosen = [package for package in PACKAGES if not asked.packages or package.name in asked.packages]
    for package in chosen:
        print(measured(package, asked.rounds))


if __name__ == "__main__":
    main()
