"""Write tests for one file: find what its tests miss, choose calls that notice it, and show that the tests do."""

import ast
import hashlib
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from improver.experiments import Case, Exploration, MutationRun
from improver.records import Change, Edit, File, Finding, Receipt, Safety
from improver.source import Function
from improver.writing.asking import MADE, asking
from improver.writing.assembling import assembled
from improver.writing.grouping import Written, grouped
from improver.writing.misfits import Signatures
from improver.writing.placing import Place, name_of, place_for
from improver.writing.qualifying import qualified_case
from improver.writing.rendering import class_name
from improver.writing.selecting import bare, chosen
from improver.writing.suspicion import at_odds, possible_bugs
from improver.writing.targets import Ground, Weak, explore, weak_spots
from improver.writing.wording import called

RULE = "write_tests"
TESTS = 5  # of one proposal
LATE = Exploration((), (), {}, Receipt(("explore",)), "it is late")
WHY = (
    "Small faults in these functions go unnoticed by the tests that there are. Each new test notices at least one of "
    "them, which its docstring names, and records what the code does today."
)
SAFE_WHEN = "each test holds again and again on the code as it is, and fails on the faults that it names"


@dataclass(frozen=True, slots=True)
class Proposal:
    """New tests of one file as a change, what they are about, and what each notices."""

    change: Change
    findings: tuple[Finding, ...]
    tests: tuple[Written, ...]


@dataclass(frozen=True, slots=True)
class Drafted:
    """All tests that could be written for one file, those that notice most first; none of them has run under pytest."""

    weak: Weak
    exploration: Exploration
    place: Place | None = None
    tests: tuple[Written, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one file: at most one proposal, and notes for a human."""

    drafted: Drafted
    proposal: Proposal | None
    notes: tuple[Finding, ...]


def write_tests(ground: Ground, path: str, limit: int) -> Outcome:
    """Try at most `limit` mutants of the file, and propose tests that notice some of those that live.

    The tests of one proposal go to one test file.
    """
    drafts = draft_tests(ground, path, limit)
    first = drafts[0]
    notes = possible_bugs(first.weak.source, first.exploration.raised, first.exploration.cases)
    for drafted in () if ground.late() else drafts:
        kept = proved(ground, drafted, drafted.tests[:TESTS])
        proposal = proposal_of(ground, drafted, kept) if kept else None
        if proposal is not None:
            return Outcome(drafted, proposal, notes)
    return Outcome(first, None, notes)


def draft_tests(ground: Ground, path: str, limit: int) -> tuple[Drafted, ...]:
    """Find what lives of at most `limit` mutants of the file, and write all tests that notice some of it.

    There is one draft for each test file that they belong to, that which notices most first, and at least one. No
    mutant is noticed twice.
    """
    weak = weak_spots(ground, path, limit)
    exploration = LATE if ground.late() else explore(ground, weak)
    drafts: list[Drafted] = []
    known: frozenset[str] = frozenset()
    for place, cases in placed(ground, exploration.cases):
        fresh = replace(exploration, cases=tuple(_without(case, known) for case in cases))
        tests, dropped = writable(weak, fresh, place)
        known = known.union(*(test.kills for test in tests))
        drafts.append(Drafted(weak, exploration, place, tuple(tests), dropped))
    drafts.sort(key=lambda one: -len(frozenset().union(*(test.kills for test in one.tests))))
    return tuple(drafts) or (Drafted(weak, exploration),)


def placed(ground: Ground, cases: Sequence[Case]) -> list[tuple[Place, list[Case]]]:
    """Return the calls by the test files that they belong to, the file first whose calls notice most."""
    owners = {case.function: case.function.partition(".py::")[::2] for case in cases}
    owners = {function: (f"{path}.py", name.partition(".")[0]) for function, (path, name) in owners.items()}
    places = {one: place_for(one[0], ground.tests, ground.recording, one[1]) for one in {*owners.values()}}
    found: dict[str, tuple[Place, list[Case]]] = {}
    for case in cases:
        place = places[owners[case.function]]
        if place is not None:
            found.setdefault(place.path, (place, []))[1].append(case)
    return sorted(found.values(), key=lambda one: -len(frozenset().union(*(case.kills for case in one[1]))))


def _without(case: Case, known: frozenset[str]) -> Case:
    """Return the case without the mutants that other tests notice."""
    return replace(case, kills=case.kills - known, shows=tuple(one - known for one in case.shows))


def writable(weak: Weak, exploration: Exploration, place: Place) -> tuple[list[Written], Counter[str]]:
    """Return the tests that can stand in the file at `place`, those that notice most first."""
    dropped: Counter[str] = Counter()
    texts = {ast.unparse(one) for one in place.before.tree.body} if place.before is not None else set[str]()
    odd = at_odds(weak.source, exploration.cases)
    sound = [bare(asking(case, place.steps)) for case in exploration.cases if case.function not in odd]
    dropped["contradicts its parent"] += len(exploration.cases) - len(sound)
    signatures = Signatures.of({weak.source.path: weak.source, **weak.around}.values())
    typed = [case for case in sound if not signatures.misfit(case, weak.node_of(case.function))]
    dropped["gives what no annotation allows"] += _noticing(sound) - _noticing(typed)
    homely = [case for case in typed if _is_at_home(qualified_case(case, place), place, texts)]
    dropped["needs another test file"] += _noticing(typed) - _noticing(homely)
    cases = [case for case in homely if _fits(case, weak.node_of(case.function), place)]
    dropped["too long"] += _noticing(homely) - _noticing(cases)
    tests = grouped(chosen(cases, weak.node_of), weak.node_of, place.bound)
    fit = [test for test in tests if assembled([test], place, "x", frozenset()) is not None]
    dropped["too long as a table"] += len(tests) - len(fit)
    return fit, dropped


def _noticing(cases: Sequence[Case]) -> int:
    return sum(bool(case.kills) for case in cases)


def _is_at_home(case: Case, place: Place, texts: set[str]) -> bool:
    """Tell whether all names that a call uses mean the same in the file at `place`, whose statements are `texts`.

    What the call's own test file defined stands there word for word, or was recorded as that file's own.
    """
    bound, module = place.bound, place.path.removesuffix(".py").replace("/", ".")
    if not texts.issuperset(case.prelude) or any(MADE in line for line in case.setup):
        return False
    foreign = [one for one in case.imports if name_of(one) not in bound or not f".{module}".endswith(f".{one[0]}")]
    return all(name_of(one) not in bound or _same(bound[name_of(one)], one) for one in foreign)


def _same(here: tuple[str, ...] | None, there: tuple[str, ...]) -> bool:
    """Tell whether two imports bind the same thing: the same name, of one package."""
    return here is not None and here[1] == there[1] and here[0].split(".")[0] == there[0].split(".")[0]


def _fits(case: Case, node: Function, place: Place) -> bool:
    """Tell whether a test of this call alone can be written within the file's width."""
    alone = grouped([case], lambda _: node, ()) if case.kills else []
    return bool(alone) and assembled(alone, place, "x", frozenset()) is not None


# --- showing that they do -----------------------------------------------------------------------------------------


def proved(ground: Ground, drafted: Drafted, tests: Sequence[Written]) -> list[Written]:
    """Return the tests that hold under other circumstances and, run by pytest, notice what they are there for."""
    place = drafted.place
    data = file_of(ground, drafted, tests) if tests else None
    if place is None or data is None:
        return []
    tree = {**ground.tree, place.path: File(data)}
    names = {test.name: node_id(test, drafted) for test in tests}
    repeated = ground.experiments.repeat(tree, tuple(names.values()))
    unsteady = {name.split("[")[0] for name in repeated.unsteady}
    kept = [test for test in tests if names[test.name] not in unsteady] if not repeated.trouble else []
    wanted = frozenset().union(*(test.kills for test in kept))
    mutants = [one for one in drafted.weak.living if one.name in wanted]
    if not mutants:
        return []
    run = ground.experiments.mutate(tree, mutants, tuple(names[test.name] for test in kept))
    failing = {name.split("[")[0] for name in run.killed.values()}
    return _confirmed([test for test in kept if names[test.name] in failing], run)  # each was chosen for one of its own


def _confirmed(tests: Sequence[Written], run: MutationRun) -> list[Written]:
    """Return the tests with only those calls that a mutant shows to be of use."""
    if run.trouble:
        return []
    found = []
    for test in tests:
        cases = tuple(replace(case, kills=case.kills & run.killed.keys()) for case in test.cases)
        pairs = [(case, row) for case, row in zip(cases, test.rows or (None,) * len(cases), strict=True) if case.kills]
        if pairs:
            rows = tuple(row for _, row in pairs if row is not None)
            found.append(replace(test, cases=tuple(case for case, _ in pairs), rows=rows))
    return found


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
    owner = f"::{class_name(_camel(drafted, place), place)}" if place.in_classes else ""
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
    edit = Edit(place.path, ground.tree.get(place.path), File(data))
    functions = list(dict.fromkeys(test.function for test in tests))
    names = list(dict.fromkeys(called(test.cases[0]) for test in tests))
    shown = ", ".join(names[:2]) + (" and others" if len(names) > 2 else "")
    change = Change(RULE, Safety.NEW_TEST, (edit,), f"Test what {shown} do{'es' * (len(names) == 1)} at the edges", WHY)
    findings = tuple(_finding(drafted.weak, name, tests) for name in functions)
    return Proposal(change, findings, tuple(tests))


def _finding(weak: Weak, function: str, tests: Sequence[Written]) -> Finding:
    path, _, name = function.partition("::")
    node = weak.node_of(function)
    killed = sorted(frozenset().union(*(test.kills for test in tests if test.function == function)))
    key = hashlib.sha256("\0".join((RULE, function, *(one.partition(": ")[2] for one in killed))).encode()).hexdigest()
    message = f"no test notices a small fault here: {killed[0]}"
    return Finding(key[:16], RULE, path, name, node.lineno, node.col_offset, message, {"faults": len(killed)})
