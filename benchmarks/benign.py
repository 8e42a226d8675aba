"""Put changes that humans released through all gates: what is refused, by which gate, and why."""

import argparse
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.benches import bench_of, policy_for, tree_of
from benchmarks.fetching import PACKAGES, WORK, Package, environment, unpacked
from benchmarks.pairing import say, table
from benchmarks.splitting import Unit, units
from benchmarks.suites import broken, outcomes
from improver.app import gates
from improver.gate import Candidate
from improver.judge import judge, ordered
from improver.records import Change, Edit, File, GateResult, Ruling, Safety, Tree

# The releases to step through, newest last; of the differences the newest that suffice are taken.
RELEASES = {
    "boltons": ("23.1.1", "24.0.0", "24.1.0", "25.0.0", "26.0.0", "26.1.0", "26.2.0"),
    "more-itertools": ("10.8.0", "11.0.2", "11.1.0"),  # 11.2.0 comes without tests
    "sqlite-utils": ("4.0", "4.1", "4.1.1", "4.2"),  # 4.2 does not declare what it imports, so it is no base
}
WANTED = {"boltons": 25, "more-itertools": 5, "sqlite-utils": 20}
HEAD = ("package", "changes", "with tests", "passed", "a human is asked", "refused", "not sound alone")


@dataclass(frozen=True, slots=True)
class Judged:
    """One human change and how it fared; `alone` names a test that fails with it by itself, under plain pytest."""

    release: str
    unit: Unit
    results: tuple[GateResult, ...]
    refusals: tuple[str, ...]
    alone: str = ""

    @property
    def verdict(self) -> str:
        """Return refused, asked (a human is) or passed."""
        if self.refusals:
            return "refused"
        return "asked" if any(result.ruling is Ruling.ESCALATE for result in self.results) else "passed"


def changed(base: Tree, unit: Unit) -> Change:
    """Return the unit as a human's change; what humans release may change behaviour."""
    edits = tuple(Edit(path, base.get(path), File(data)) for path, data in sorted(unit.files.items()))
    title = f"Change {unit.name.partition('::')[2]}"
    return Change("human", Safety.BEHAVIOUR_CHANGE, edits, title, "It was released.", author="human")


def formatted(unit: Unit, package: Package, base: Tree, after: Tree) -> Unit:
    """Return the unit with each file formatted that both releases format: blank lines are lost where it was cut out."""
    place = unpacked(package)

    def by_ruff(path: str, data: bytes) -> bytes:
        argv = (str(Path(sys.executable).with_name("ruff")), "format", "--stdin-filename", path, "-")
        return subprocess.run(argv, cwd=place, input=data, capture_output=True, check=True).stdout

    files = {
        path: by_ruff(path, data)
        if all(by_ruff(path, one[path].data) == one[path].data for one in (base, after))
        else data
        for path, data in unit.files.items()
    }
    return replace(unit, files=files)


def judged(package: Package, most: int, skip: int) -> Iterator[Judged]:
    """Judge units of the package but the first `skip`, release after release, until `most` are sound by themselves."""
    releases, left = RELEASES[package.name], most
    for older, newer in zip(reversed(releases[:-1]), reversed(releases[1:]), strict=True):
        old, new = replace(package, version=older), replace(package, version=newer)
        base = tree_of(unpacked(old))
        after = tree_of(unpacked(new))
        every = list(units(base, after, package.folder, "tests"))
        found = [formatted(unit, old, base, after) for unit in every[skip:]]
        skip = max(0, skip - len(every))
        if not found:
            continue
        say(f"{package.name} {older} → {newer}: {len(found)} of {len(every)} changes")
        policy = policy_for(package)
        bench = bench_of(old, base, policy)
        for unit in found:
            one = _one(old, unit, Candidate(base, changed(base, unit), policy, bench))
            left -= not one.alone
            said = f"{one.verdict}{' (not sound alone)' if one.alone else ''}: {unit.name}"
            say("; ".join((said, *one.refusals))[:400])
            yield one
            if left == 0:
                return


def _one(package: Package, unit: Unit, candidate: Candidate) -> Judged:
    results = tuple(judge(ordered(gates(), candidate.policy), candidate))
    refusals = candidate.policy.decides(candidate.change.safety, results)
    alone = _unsound(package, candidate) if refusals else ""
    return Judged(f"{package.name} {package.version}", unit, results, refusals, alone)


def _unsound(package: Package, candidate: Candidate) -> str:
    """Return the first test, the change's own included, that fails with it under plain pytest, "" when none does."""
    place = WORK / "worktrees" / f"benign-{package.stem}"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(unpacked(package), place)
    python = environment(package)
    base = outcomes(python, place)
    for edit in candidate.change.edits:
        if edit.after is not None:
            (place / edit.path).write_bytes(edit.after.data)
    here = {test: outcome for test, outcome in outcomes(python, place).items() if not outcome.startswith("passed")}
    found = next(broken({test: outcome for test, outcome in base.items() if test in here}, here), "")
    shutil.rmtree(place)
    return found


def row(name: str, found: Sequence[Judged]) -> tuple[object, ...]:
    """Return one package's row of the table."""
    sound = [one for one in found if not one.alone]
    verdicts = Counter(one.verdict for one in sound)
    tested = sum(one.unit.with_tests for one in sound)
    return (
        name,
        len(sound),
        tested,
        *(verdicts[word] for word in ("passed", "asked", "refused")),
        len(found) - len(sound),
    )


def details(found: Sequence[Judged]) -> Iterator[str]:
    """Yield a line for each change that did not simply pass."""
    for one in found:
        if one.verdict == "refused":
            yield f"- refused: {one.release} {one.unit.name}: {'; '.join(one.refusals)}" + (
                f" (alone it breaks {one.alone})" if one.alone else ""
            )
        elif one.verdict == "asked":
            asked = [result for result in one.results if result.ruling is Ruling.ESCALATE]
            why = "; ".join(f"{result.gate}: {', '.join(result.reasons)}" for result in asked)
            yield f"- asked: {one.release} {one.unit.name}: {why}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge the packages that were asked for, or all; end with 1 when a sound change was refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help=f"of {', '.join(WANTED)}; none means all")
    parser.add_argument("--most", type=int, help="sound changes of each package")
    parser.add_argument("--skip", type=int, default=0, help="changes of each to pass over: an earlier run judged them")
    asked = parser.parse_args(arguments)
    everything = {
        package.name: list(judged(package, asked.most or WANTED[package.name], asked.skip))
        for package in PACKAGES
        if package.name in WANTED and (not asked.packages or package.name in asked.packages)
    }
    print(table(HEAD, [row(name, found) for name, found in everything.items()]))
    for found in everything.values():
        print("\n".join(details(found)))
    return 1 if any(one.verdict == "refused" and not one.alone for found in everything.values() for one in found) else 0


if __name__ == "__main__":
    sys.exit(main())
