"""Improve real packages end to end, then run the whole suite of each on every proposal, without the improver."""

import argparse
import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.fetching import PACKAGES, WORK, Package, environment, unpacked
from benchmarks.pairing import say, table
from benchmarks.suites import broken, outcomes

DEFAULTS = Path(__file__).resolve().parent.parent / "improver" / "defaults"
HEAD = ("package", "findings", "proposals", "refused", "baseline s", "scan s", "gates s", "tests", "broken")
ENDS = frozenset({"proposed", "budget", "blocked", "all_suppressed", "nothing_worth_it"})


@dataclass(frozen=True, slots=True)
class Checked:
    """What the improver reported on a package, how its suite stands, and every test that a proposal changed."""

    package: Package
    report: Mapping[str, Any]  # the command's JSON
    tests: str  # outcomes at base, counted
    broken: tuple[str, ...]


def repository(package: Package, proposals: int | None) -> Path:
    """Make a fresh repository of the sdist: one commit of its files, one of the policies it needs, if any."""
    root = WORK / "repositories" / package.stem
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(unpacked(package), root, ignore=shutil.ignore_patterns("__pycache__"))
    git(root, "init", "--quiet")
    _commit(root, "the sdist as it is")
    if policies := _policies(package, proposals):
        (root / "policies").mkdir(exist_ok=True)
        for name, text in policies.items():
            (root / "policies" / name).write_text(text, "utf-8")
        _commit(root, "policies for the improver")
    return root


def _policies(package: Package, proposals: int | None) -> dict[str, str]:
    """Return the packaged policies with what this package needs changed; nothing where all are fine as they are."""
    budget = [("proposals: 5\n", f"proposals: {proposals}\n")] if proposals is not None else []
    wanted = {"gates.yaml": package.gates, "budget.yaml": budget}
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


def checked(package: Package, proposals: int | None) -> Checked:
    """Improve the package, then hold every proposal to its suite."""
    python, root = environment(package), repository(package, proposals)
    say(f"{package.name}: its suite as it is")
    base = outcomes(python, root)
    argv = [sys.executable, "-m", "improver", "--repo", str(root), "--python", str(python), "--json"]
    ended = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False)
    report = json.loads(ended.stdout)
    if report["outcome"] not in ENDS:
        raise RuntimeError(f"improve ended with {ended.returncode} on {package.name}: {report}")
    changed = [line for one in report["proposals"] for line in _changed_by(one, base, (python, root))]
    counts = Counter(outcome.split(":")[0] for test, outcome in base.items() if test)
    tests = ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common())
    return Checked(package, report, tests, tuple(changed))


def _changed_by(proposal: Mapping[str, Any], base: Mapping[str, str], ground: tuple[Path, Path]) -> Iterator[str]:
    """Run the suite on the proposal's own branch, checked out beside the repository."""
    python, root = ground
    tree = WORK / "worktrees" / f"{root.name}-{proposal['number']}"
    say(f"{root.name}: the whole suite on #{proposal['number']} {proposal['rule']} {proposal['path']}")
    git(root, "worktree", "add", "--quiet", "--force", "--detach", str(tree), proposal["branch"])
    try:
        for line in broken(base, outcomes(python, tree)):
            yield f"#{proposal['number']} {line}"
    finally:
        git(root, "worktree", "remove", "--force", str(tree))


def row(done: Checked) -> tuple[object, ...]:
    """Return one package's row of the table."""
    funnel, seconds = done.report["funnel"], done.report["seconds"]
    refused = ", ".join(
        f"{count} by {reason.removeprefix('refused by ')}"
        for reason, count in funnel["drops"].items()
        if reason.startswith("refused by ")
    )
    stages = (f"{seconds[stage]:.1f}" for stage in ("baseline", "scan", "gates"))
    name = f"{done.package.name} {done.package.version}"
    made = len(done.report["proposals"])
    return (name, funnel["seen"], made, refused or "none", *stages, done.tests, len(done.broken))


def details(done: Checked) -> str:
    """Return what was proposed, why the rest was not, and what broke."""
    lines = [f"- #{one['number']} {one['rule']} ({one['safety']}) {one['path']}" for one in done.report["proposals"]]
    lines += [f"- {count} × {reason}" for reason, count in done.report["funnel"]["drops"].items()]
    lines += [f"- BROKEN {line}" for line in done.broken]
    return "\n".join([f"\n{done.package.name}, {done.report['outcome']}: {done.report['reason']}\n", *lines])


def main(arguments: Sequence[str] | None = None) -> int:
    """Work on the packages that were asked for, or all; end with 1 when a proposal changed the outcome of a test."""
    names = [package.name for package in PACKAGES]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help=f"of {', '.join(names)}; none means all")
    parser.add_argument("--proposals", type=int, help="the most that one run may make; else the packaged policy's")
    asked = parser.parse_args(arguments)
    chosen = [package for package in PACKAGES if not asked.packages or package.name in asked.packages]
    everything = [checked(package, asked.proposals) for package in chosen]
    print(table(HEAD, [row(done) for done in everything]))
    for done in everything:
        print(details(done))
    return 1 if any(done.broken for done in everything) else 0


if __name__ == "__main__":
    sys.exit(main())
