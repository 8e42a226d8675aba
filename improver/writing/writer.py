"""Write tests for one file: find what its tests miss, choose calls that notice it, and show that the tests do."""

import hashlib
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from improver.records import Change, Edit, File, Finding, Safety, Tree
from improver.writing.choice.custom import Custom
from improver.writing.choice.ranking import presentable
from improver.writing.choice.suspicion import possible_bugs
from improver.writing.drafting import Drafted, draft_tests, redrafted
from improver.writing.layout.assembling import assembled
from improver.writing.layout.grouping import Written, kills_of
from improver.writing.layout.homes import home_of, without_lone
from improver.writing.layout.rendering import class_name
from improver.writing.layout.tables import in_tables, without
from improver.writing.placing import Place
from improver.writing.targets import Ground, Weak
from improver.writing.words.wording import by_place, called

RULE = "write_tests"
TESTS = 5  # of one proposal
SHOWN = 8  # faults that a proposal's text names of one function
AGAIN = 2  # times that other calls are tried for what was lost
HEADLINE = 72  # characters of a title: longer ones are cut in lists of commits and pull requests
WHY = (
    "Small faults in these functions go unnoticed by the tests that there are. Each new test, or row of one, "
    "notices at least one of them and records what the code does today: that is no word on what it should do."
)
SAFE_WHEN = "each test holds again and again on the code as it is, and fails on the faults that it names"


@dataclass(frozen=True, slots=True)
class Proposal:
    """New tests of one file as a change, what they are about, and what each notices."""

    change: Change
    findings: tuple[Finding, ...]
    tests: tuple[Written, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one file: at most one proposal, notes for a human, and how many tests nobody is shown."""

    drafted: Drafted
    proposal: Proposal | None
    notes: tuple[Finding, ...]
    withheld: int = 0


def write_tests(ground: Ground, path: str, limit: int) -> Outcome:
    """Try at most `limit` mutants of the file, and propose the best tests that notice some of those that live.

    The tests of one proposal go to one test file. Those that are hard to read, or show too little, are not proposed.
    """
    drafts = draft_tests(ground, path, limit)
    first = drafts[0]
    notes = _notes(first)
    shown = [presented(one) for one in drafts]
    withheld = sum(len(one.tests) - len(tests) for one, tests in zip(drafts, shown, strict=True))
    for drafted, tests in () if ground.late() else zip(drafts, shown, strict=True):
        kept = settled(ground, drafted, tests[:TESTS], presented)[:TESTS]
        joining = without_lone(kept, drafted.place, [test.path for test in ground.tests])
        withheld, kept = withheld + len(kept) - len(joining), joining
        proposal = proposal_of(ground, drafted, kept) if kept else None
        if proposal is not None:
            return Outcome(drafted, proposal, notes, withheld)
    return Outcome(first, None, notes, withheld)


def _notes(drafted: Drafted) -> tuple[Finding, ...]:
    """Return what looks like a mistake of the file: what an annotation forbids may come to anything."""
    weak, found = drafted.weak, drafted.exploration
    misfit = weak.usage.signatures.misfit
    raised = [one for one in found.raised if not misfit(one.case, weak.node_of(one.case.function), strictly=True)]
    cases = [one for one in found.cases if not misfit(one, weak.node_of(one.function), strictly=True)]
    return possible_bugs(weak.source, raised, cases)


def presented(drafted: Drafted) -> list[Written]:
    """Return the tests of a draft that a person may be shown, the best first."""
    weak = drafted.weak
    return presentable(drafted.tests, weak.node_of, Custom({}, weak.usage), frozenset(weak.run.survived))


# --- showing that they do -----------------------------------------------------------------------------------------


def settled(
    ground: Ground, drafted: Drafted, tests: Sequence[Written], fit: Callable[[Drafted], Sequence[Written]]
) -> list[Written]:
    """Return the tests that show what they are there for, and for what is lost with others those that are `fit`.

    A call may hold on what other calls did before it when it was found; of another one the same may be seen.
    """
    kept, left = _in_tables(ground, drafted, tests)
    kept += proved(ground, drafted, left)
    failed = _fallen(left, kept)
    for _ in range(AGAIN):
        if ground.late() or not kills_of(failed) - kills_of(kept):
            break
        again = redrafted(ground, drafted, [case for test in failed for case in test.cases], kept)
        others = fit(again)
        kept += proved(ground, again, others)
        failed = [*failed, *_fallen(others, kept)]
    return kept


def _in_tables(ground: Ground, drafted: Drafted, tests: Sequence[Written]) -> tuple[list[Written], list[Written]]:
    """Return the calls that show as rows of tables all that they are there for, and tests of those that do not."""
    before = drafted.place.before if drafted.place is not None else None
    rows = {one.name: one for one in in_tables(tests, before, drafted.weak.node_of)}
    kept: list[Written] = []
    for one in proved(ground, drafted, [*rows.values()]) if rows else ():
        wanted = {case.call: case.kills for case in rows[one.name].cases}
        lost = {(case.function, case.call) for case in one.cases if not case.kills >= wanted[case.call]}
        kept += [left] if (left := without(one, lost)) is not None else []
    held = {(case.function, case.call) for one in kept for case in one.cases}
    return kept, [left for test in tests if (left := without(test, held)) is not None]


def _fallen(tests: Sequence[Written], kept: Sequence[Written]) -> list[Written]:
    names = {test.name for test in kept}
    return [test for test in tests if test.name not in names]


def proved(ground: Ground, drafted: Drafted, tests: Sequence[Written]) -> list[Written]:
    """Return the tests that hold under other circumstances and, run by pytest, notice what they are there for."""
    kept, tree = _steady(ground, drafted, tests)
    names = {test.name: node_id(test, drafted) for test in kept}
    wanted = kills_of(kept)
    mutants = [one for one in drafted.weak.living if one.name in wanted]
    if not mutants:
        return []
    run = ground.experiments.mutate(tree, mutants, tuple(names[test.name] for test in kept))
    noticed: dict[str, set[str]] = defaultdict(set)  # by the test that noticed it first
    for mutant, name in run.killed.items():
        noticed[name.split("[")[0]].add(mutant)
    of_use = [(test, frozenset(noticed[names[test.name]])) for test in kept if names[test.name] in noticed]
    return [] if run.trouble else [_confirmed(test, frozenset(run.killed), first) for test, first in of_use]


def _steady(ground: Ground, drafted: Drafted, tests: Sequence[Written]) -> tuple[list[Written], Tree]:
    """Return the tests that hold in all rounds, and the tree with them: the rounds end where the first fails."""
    kept = list(tests)
    while kept and drafted.place is not None and (data := file_of(ground, drafted, kept)) is not None:
        tree = {**ground.tree, drafted.place.path: File(data)}
        names = {node_id(test, drafted): test for test in kept}
        repeated = ground.experiments.repeat(tree, tuple(names))
        if repeated.trouble:
            break
        if not repeated.unsteady:
            return kept, tree
        unsteady = {name.split("[")[0] for name in repeated.unsteady} & names.keys()
        if not unsteady:
            break
        kept = [test for name, test in names.items() if name not in unsteady]
    return [], ground.tree


def _confirmed(test: Written, killed: frozenset[str], first: frozenset[str]) -> Written:
    """Return a test with what it showed: only calls that are of use, and all that was noticed by it `first`."""
    cases = [replace(case, kills=case.kills & killed) for case in test.cases]
    rows = test.rows or (None,) * len(cases)
    pairs = [(case, row) for case, row in zip(cases, rows, strict=True) if case.kills] or [(cases[0], rows[0])]
    (one, row), *others = pairs
    more = first.difference(*(case.kills for case, _ in pairs))
    pairs = [(replace(one, kills=one.kills | more), row), *others]
    left = tuple(row for _, row in pairs if row is not None) if len(pairs) > 1 or test.table else ()
    return replace(test, cases=tuple(case for case, _ in pairs), rows=left)


def _about(drafted: Drafted) -> str:
    """Return the product file that the tests are about: the one of the mutants, or another that leads to them."""
    own = drafted.weak.source.path
    paths = [test.function.partition("::")[0] for test in drafted.tests]
    return own if own in paths or not paths else paths[0]


def _title(path: str) -> str:
    return path.removesuffix("/__init__.py").removesuffix(".py").rsplit("/", 1)[-1].strip("_")


def node_id(test: Written, drafted: Drafted) -> str:
    """Return what pytest calls a test of a draft that has a place."""
    place = drafted.place
    assert place is not None, "what has no place has no name"
    if test.table:
        return f"{place.path}::{test.table}"
    home = home_of(test, place)
    fresh = f"::{class_name(_camel(drafted, place), place)}" if place.in_classes else ""
    owner = f"::{home.name}" if home is not None else fresh
    return f"{place.path}{owner}::{test.name}"


def _camel(drafted: Drafted, place: Place) -> str:
    return "".join(part[:1].upper() + part[1:] for part in (place.about or _title(_about(drafted))).split("_"))


def file_of(ground: Ground, drafted: Drafted, tests: Sequence[Written]) -> bytes | None:
    """Return the whole test file with `tests` in it, None where they do not fit."""
    place, path = drafted.place, _about(drafted)
    if place is None:
        return None
    title = _camel(drafted, place) if place.in_classes else ground.layout.module_of(path) or _title(path)
    return assembled(tests, place, title, frozenset(sys.stdlib_module_names))


def proposal_of(ground: Ground, drafted: Drafted, tests: Sequence[Written]) -> Proposal | None:
    """Return these tests as a change of the test file that they belong to."""
    data, place = file_of(ground, drafted, tests), drafted.place
    if place is None or data is None:
        return None
    like = place.before or next(iter(ground.tests), None)
    whole = ground.formats(place.path, like.data, data) if like else data
    edit = Edit.written(place.path, ground.tree, whole)
    functions = list(dict.fromkeys(case.function for test in tests for case in test.cases))
    change = Change(RULE, Safety.NEW_TEST, (edit,), headline(tests, _about(drafted)), WHY)
    findings = tuple(_finding(drafted.weak, name, tests) for name in functions)
    return Proposal(change, findings, tuple(tests))


def headline(tests: Sequence[Written], path: str) -> str:
    """Return what these tests are about as one line that nothing cuts: up to two names, else the file's."""
    names = list(dict.fromkeys(called(case) for test in tests for case in test.cases))
    ways = [
        " and ".join(names[:2]) if len(names) < 3 else f"{', '.join(names[:2])} and others",
        f"{names[0]} and others",
    ]
    lines = [f"Test what {way} do{'es' * (way in names)} at the edges" for way in ways]
    return next((line for line in lines if len(line) <= HEADLINE), f"Test what {path.rsplit('/', 1)[-1]} does")


def _finding(weak: Weak, function: str, tests: Sequence[Written]) -> Finding:
    path, _, name = function.partition("::")
    node = weak.node_of(function)
    cases = [case for test in tests for case in test.cases if case.function == function]
    killed = by_place(frozenset().union(*(case.kills for case in cases)))
    key = hashlib.sha256("\0".join((RULE, function, *(one.partition(": ")[2] for one in killed))).encode()).hexdigest()
    texts = [one.removeprefix(f"{path}:") for one in killed]
    shown = [*texts[:SHOWN], *([f"and {len(texts) - SHOWN} more"] if len(texts) > SHOWN else [])]
    message = f"no test notices {'these faults' if len(texts) > 1 else 'this fault'}, by line: {'; '.join(shown)}"
    return Finding(key[:16], RULE, path, name, node.lineno, node.col_offset, message, {"faults": len(killed)})
