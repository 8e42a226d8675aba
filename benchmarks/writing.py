"""Write tests for real packages and count how many of the small faults that their suites let live the tests notice."""

import argparse
import difflib
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.benches import bench_of, policy_for, tree_of
from benchmarks.fetching import FRESH, PACKAGES, WORK, Package, unpacked
from benchmarks.pairing import say, table
from improver.scan import read_project
from improver.verify.ruff import RuffTool
from improver.writing.choice.suspicion import possible_bugs
from improver.writing.drafting import Drafted, draft_tests
from improver.writing.inputs.reaching import is_private
from improver.writing.layout.grouping import Written, kills_of
from improver.writing.targets import Ground
from improver.writing.turns import ground_of
from improver.writing.writer import Proposal, presented, proposal_of, settled

CHOSEN = ("toolz", "cachetools", "itsdangerous", "boltons")
HEAD = (
    *("package", "files", "mutants", "living", "on eligible", "noticed now", "share", "excluded", "tests"),
    *("may be proposed", "they notice", "seconds"),
)
LIMIT = 240  # mutants of one file, as in a run under the packaged policy


@dataclass
class Tally:
    """What came of one package's files."""

    files: int = 0
    mutants: int = 0
    living: int = 0
    eligible: int = 0
    noticed: int = 0
    tests: int = 0
    presentable: int = 0
    shown: int = 0  # faults that those notice
    notes: int = 0
    excluded: Counter[str] = field(default_factory=Counter)


def eligible(ground: Ground, drafted: Drafted) -> frozenset[str]:
    """Return the functions of which a call is recorded, or could be made and came to something twice."""
    made = {case.function for case in drafted.exploration.cases}
    return frozenset(made | ground.recording.calls.keys())


def why_not(function: str, drafted: Drafted) -> str:
    """Return why a function is not eligible."""
    if is_private(function.partition("::")[2]):
        return "private"
    if any(one.case.function == function for one in drafted.exploration.raised):
        return "every call that was made ends in an error"
    known = drafted.exploration.left_out.get(function)
    return "its calls cannot be written" if known else "no call of it is known or comes to anything steady"


def diffs(proposal: Proposal | None) -> Iterator[str]:
    """Yield what a proposal changes."""
    for edit in proposal.change.edits if proposal is not None else ():
        old, new = (file.data.decode().splitlines(keepends=True) if file else [] for file in (edit.before, edit.after))
        yield "".join(difflib.unified_diff(old, new, edit.path, edit.path))


def _listed(how: str, ground: Ground, draft: Drafted, tests: Sequence[Written]) -> Iterator[str]:
    """Yield tests of one draft as a change, in their order, after a line that says what may become of them."""
    if tests:
        yield f"{how}: {', '.join(test.name for test in tests)}\n"
        yield from diffs(proposal_of(ground, draft, tests))


def written(ground: Ground, path: str, tally: Tally) -> Iterator[str]:
    """Write tests for one file, count what they notice, and yield the tests, the notes and what is left as text."""
    drafts = draft_tests(ground, path, LIMIT)
    drafted = drafts[0]
    living, fit = drafted.weak.living, eligible(ground, drafted)
    kept = [(one, settled(ground, one, one.tests, lambda draft: draft.tests)) for one in drafts]
    noticed = kills_of(test for _, tests in kept for test in tests)
    tally.files += 1
    tally.mutants += len(drafted.weak.mutants)
    tally.living += len(living) + len(drafted.weak.shown)
    tally.excluded["in a branch for another Python or system"] += len(drafted.weak.elsewhere)
    tally.excluded["noticed by an example in a docstring, which the project runs"] += len(drafted.weak.shown)
    within = [one.name for one in living if one.function in fit or one.name in noticed]
    tally.eligible += len(within)
    tally.noticed += len(noticed)
    tally.tests += sum(len(tests) for _, tests in kept)
    for one in living:
        if one.function not in fit and one.name not in noticed:
            tally.excluded[why_not(one.function, drafted)] += 1
    counts = [(len(tests), len(one.tests)) for one, tests in kept]
    found = f"{len(noticed)} of {len(within)} noticed ({len(living)} living)"
    say(f"{path}: {found} by {counts} tests, kept and drafted of each test file")
    for draft, tests in kept:
        fair = presented(replace(draft, tests=tuple(tests)))
        tally.presentable += len(fair)
        tally.shown += len(kills_of(fair))
        yield from _listed("may be proposed", ground, draft, fair)
        yield from _listed("may not be proposed", ground, draft, [test for test in tests if test not in fair])
    for note in possible_bugs(drafted.weak.source, drafted.exploration.raised, drafted.exploration.cases):
        tally.notes += 1
        yield f"{note.rule} {note.path}:{note.line} {note.symbol}: {note.message}\n"
    yield from (f"{note}\n" for note in drafted.exploration.receipt.notes)
    yield from (f"left: {name}\n" for name in within if name not in noticed)


def measured(package: Package, paths: Sequence[str], folder: Path) -> tuple[object, ...]:
    """Return the package's row; its tests, its notes and the faults left on eligible functions go to `folder`."""
    tree, policy = tree_of(unpacked(package)), policy_for(package)
    bench = bench_of(package, tree, policy)
    project, _ = read_project(tree, policy, RuffTool(), ())
    ground = ground_of(tree, policy, bench, project)
    if ground.recording.trouble:  # every fault would be told as living
        raise SystemExit(f"{package.name}: what its tests run is not known: {ground.recording.trouble}")
    tally, began, texts = Tally(), time.monotonic(), list[str]()
    for path in sorted(ground.sources):
        if not paths or any(one in path for one in paths):
            texts += written(ground, path, tally)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{package.stem}.txt").write_text("\n".join(texts), "utf-8")
    share = f"{100 * tally.noticed / tally.eligible:.0f} %" if tally.eligible else "none"
    excluded = ", ".join(f"{count} {why}" for why, count in tally.excluded.most_common() if count) or "none"
    numbers = (tally.files, tally.mutants, tally.living, tally.eligible, tally.noticed)
    return (
        f"{package.name} {package.version}",
        *numbers,
        share,
        excluded,
        tally.tests,
        tally.presentable,
        tally.shown,
        f"{time.monotonic() - began:.0f}",
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Work on the packages that were asked for, or on a few whose suites are quick."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help=f"none means {', '.join(CHOSEN)}")
    parser.add_argument(
        "--paths", nargs="*", default=(), metavar="TEXT", help="only files whose path holds one of these"
    )
    parser.add_argument("--into", type=Path, default=WORK / "written", metavar="FOLDER", help="where the tests go")
    asked = parser.parse_args(arguments)
    names = asked.packages or CHOSEN
    rows = [measured(one, asked.paths, asked.into) for one in (*PACKAGES, *FRESH) if one.name in names]
    print(table(HEAD, rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
