"""Improve real packages end to end, then run the whole suite of each on every proposal, without the improver."""

import argparse
import json
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.fetching import PACKAGES, WORK, Package, environment, unpacked
from benchmarks.pairing import say, table
from benchmarks.suites import broken, outcomes, steady

DEFAULTS = Path(__file__).resolve().parent.parent / "improver" / "defaults"
HEAD = (
    "package",
    "findings",
    "abstained",
    "refused",
    "proposals",
    "tests: faults noticed",
    "seconds",
    "suite",
    "broken",
)
ENDS = frozenset({"proposed", "budget", "blocked", "all_suppressed", "nothing_worth_it"})
NOT_RUN: Mapping[str, Any] = {"outcome": "not run", "reason": "", "funnel": {"seen": "", "drops": {}}, "seconds": {}}
WRITER = "write_tests"
ALL_TRIED = "every finding was tried"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much each run on a package may do."""

    proposals: int | None  # None: as many as the packaged policy says
    tests: int  # proposals of new tests
    minutes: int  # after the baseline; what was begun is finished
    stop: int  # minutes after which a run is interrupted


@dataclass(frozen=True, slots=True)
class Checked:
    """What the improver reported on a package, how its suite stands, and every test that a proposal changed."""

    package: Package
    report: Mapping[str, Any]  # the command's JSON
    written: Mapping[str, Any]  # that of the run that only writes tests
    proposals: tuple[Mapping[str, Any], ...]  # of both
    noticed: int  # faults that the new tests notice and no test did
    tests: str  # outcomes at base, counted
    broken: tuple[str, ...]


def repository(package: Package, limits: Limits) -> Path:
    """Make a fresh repository of the sdist: one commit of its files, one of the policies that hold here."""
    root = WORK / "repositories" / package.stem
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(unpacked(package), root, ignore=shutil.ignore_patterns("__pycache__"))
    git(root, "init", "--quiet")
    _commit(root, "the sdist as it is")
    (root / "policies").mkdir(exist_ok=True)
    for name, text in _policies(package, limits).items():
        (root / "policies" / name).write_text(text, "utf-8")
    _commit(root, "policies for the improver")
    return root


def _policies(package: Package, limits: Limits) -> dict[str, str]:
    """Return the packaged policies with what this package and these limits need changed."""
    budget = [("seconds: 3600\n", f"seconds: {60 * limits.minutes}\n")]
    if limits.proposals is not None:
        budget.append(("proposals: 5\n", f"proposals: {limits.proposals}\n"))
    host = [("host: []\n", f"host: {json.dumps(package.host)}\n")] if package.host else []
    wanted = {"gates.yaml": package.gates, "budget.yaml": budget, "scope.yaml": host}
    return {name: _changed(name, changes) for name, changes in wanted.items() if changes}


def _changed(name: str, changes: Sequence[tuple[str, str]]) -> str:
    text = (DEFAULTS / name).read_text("utf-8")
    for old, new in changes:
        if old not in text:
            raise RuntimeError(f"improver/defaults/{name} does not say {old!r} any more")
        text = text.replace(old, new, 1)
    return text


def _commit(root: Path, message: str) -> None:
    git(root, "add", "--all", "--force")
    git(root, "-c", "user.name=benchmark", "-c", "user.email=benchmark@localhost", "commit", "--quiet", "-m", message)


def git(root: Path, *arguments: str) -> None:
    """Run git in `root`."""
    argv = ["git", "-C", str(root), "-c", "core.hooksPath=/dev/null", *arguments]
    subprocess.run(argv, check=True, stdin=subprocess.DEVNULL, stdout=sys.stderr)


def checked(package: Package, limits: Limits) -> Checked:
    """Improve the package, write tests for it, then hold every proposal to its suite; all are left in a folder."""
    python, root = environment(package), repository(package, limits)
    say(f"{package.name}: its suite as it is")
    base = steady(package, outcomes(python, root))
    argv = (sys.executable, "-m", "improver", "run", "--repo", str(root), "--python", str(python), "--json")
    report = improve(argv, 60 * limits.stop)
    written: Mapping[str, Any] = NOT_RUN
    if limits.tests and report["reason"] != ALL_TRIED:  # else it came to the tests by itself
        most = str(min(limits.tests, limits.proposals or limits.tests))
        written = improve((*argv, "--only", WRITER, "--max", most), 60 * limits.stop)
    made = listed(root, WORK / "proposals" / package.stem)
    noticed = sum(_noticed(root, one["number"]) for one in made if one["rule"] == WRITER)
    changed = [line for one in made for line in _changed_by(one, base, package)]
    counts = Counter(outcome.split(":")[0] for test, outcome in base.items() if test)
    tests = ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common())
    return Checked(package, report, written, tuple(made), noticed, tests, tuple(changed))


def improve(argv: Sequence[str], seconds: float) -> Mapping[str, Any]:
    """Run `improve`, interrupted as by a human when it takes too long; return its JSON."""
    child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    try:
        printed, _ = child.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGINT)
        child.communicate()
        return {**NOT_RUN, "outcome": "stopped", "reason": f"it took longer than {seconds:.0f} seconds"}
    report: dict[str, Any] = json.loads(printed)
    if report["outcome"] not in ENDS:
        raise RuntimeError(f"{' '.join(argv)} ended with {child.returncode}: {report}")
    return report


def listed(root: Path, folder: Path) -> list[Mapping[str, Any]]:
    """Return the open proposals of a repository and leave each as a diff and a text in `folder`."""
    shutil.rmtree(folder, ignore_errors=True)
    argv = [sys.executable, "-m", "improver", "list", "--repo", str(root), "--export", str(folder), "--json"]
    ended = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True)
    found: list[Mapping[str, Any]] = json.loads(ended.stdout)["proposals"]
    return found


def _noticed(root: Path, number: int) -> int:
    """Return how many faults a proposal's evidence says that its tests notice and no test did."""
    argv = [sys.executable, "-m", "improver", "show", str(number), "--evidence", "--repo", str(root)]
    ended = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True)
    return sum(finding["evidence"]["faults"] for finding in json.loads(ended.stdout)["findings"])


def _changed_by(proposal: Mapping[str, Any], base: Mapping[str, str], package: Package) -> Iterator[str]:
    """Run the suite on the proposal's own branch, checked out beside the repository."""
    python, root = environment(package), WORK / "repositories" / package.stem
    tree = WORK / "worktrees" / f"{root.name}-{proposal['number']}"
    say(f"{root.name}: the whole suite on #{proposal['number']} {proposal['rule']} {proposal['path']}")
    git(root, "worktree", "add", "--quiet", "--force", "--detach", str(tree), proposal["branch"])
    try:
        here = steady(package, outcomes(python, tree))
        if proposal["rule"] == WRITER:  # its tests are new, and whatever they are they must pass
            here = {test: outcome for test, outcome in here.items() if test in base or outcome != "passed"}
        for line in broken(base, here):
            yield f"#{proposal['number']} {line}"
    finally:
        git(root, "worktree", "remove", "--force", str(tree))


def row(done: Checked) -> tuple[object, ...]:
    """Return one package's row of the table."""
    funnel, seconds = done.report["funnel"], done.report["seconds"]
    drops: Mapping[str, int] = funnel["drops"]
    refused = ", ".join(
        f"{count} by {reason.removeprefix('refused by ')}"
        for reason, count in drops.items()
        if reason.startswith("refused by ")
    )
    abstained = sum(count for reason, count in drops.items() if " abstained: " in reason)
    took = " + ".join(f"{seconds.get(stage, 0.0):.0f}" for stage in ("baseline", "scan", "gates"))
    tests = sum(one["rule"] == WRITER for one in done.proposals)
    made = f"{len(done.proposals) - tests} + {tests}"
    name = f"{done.package.name} {done.package.version}"
    return (name, funnel["seen"], abstained, refused or "none", made, done.noticed, took, done.tests, len(done.broken))


def details(done: Checked) -> str:
    """Return what was proposed, why the rest was not, and what broke."""
    lines = [f"- #{one['number']} {one['rule']} ({one['safety']}) {one['path']}" for one in done.proposals]
    for report in (done.report, done.written):
        lines.append(f"- {report['outcome']}: {report['reason']}")
        lines += [f"- {count} × {reason}" for reason, count in report["funnel"]["drops"].items()]
    lines += [f"- BROKEN {line}" for line in done.broken]
    return "\n".join([f"\n{done.package.name}\n", *lines])


def main(arguments: Sequence[str] | None = None) -> int:
    """Work on the packages that were asked for, or all; end with 1 when a proposal changed the outcome of a test."""
    names = [package.name for package in PACKAGES]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help=f"of {', '.join(names)}; none means all")
    parser.add_argument("--proposals", type=int, help="the most that one run may make; else the packaged policy's")
    parser.add_argument("--tests", type=int, default=1, help="the most that a run for tests may make")
    parser.add_argument("--minutes", type=int, default=60, help="when to begin no more")
    parser.add_argument("--stop", type=int, default=120, help="interrupt a run after so many minutes")
    asked = parser.parse_args(arguments)
    limits = Limits(asked.proposals, asked.tests, asked.minutes, asked.stop)
    everything = []
    for package in PACKAGES:
        if not asked.packages or package.name in asked.packages:
            everything.append(checked(package, limits))
            say(table(HEAD, [row(everything[-1])]))
    print(table(HEAD, [row(done) for done in everything]))
    for done in everything:
        print(details(done))
    return 1 if any(done.broken for done in everything) else 0


if __name__ == "__main__":
    sys.exit(main())
