"""Draft tests for one file: choose calls that notice what lives, for each test file that they belong to."""

import ast
import functools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from improver.experiments import Case, Exploration
from improver.records import Receipt
from improver.rewriting.floor import runs_on_2
from improver.source import Source
from improver.writing.admitting import admitted
from improver.writing.choice.selecting import trimmed
from improver.writing.layout.assembling import assembled, room_for
from improver.writing.layout.evening import evened
from improver.writing.layout.families import joined
from improver.writing.layout.grouping import Written, grouped, kills_of
from improver.writing.layout.unshadowing import unshadowed
from improver.writing.placing import Place, errors_of, has_all, place_for, place_of, place_of_method
from improver.writing.showing import with_shown
from improver.writing.shrinking import shrunk
from improver.writing.targets import Ground, Weak, explore, weak_spots
from improver.writing.words.owners import class_read
from improver.writing.words.wording import is_untold

LATE = Exploration((), (), {}, Receipt(("explore",)), "it is late")


@dataclass(frozen=True, slots=True)
class Drafted:
    """All tests that could be written for one file, those that notice most first; none of them has run under pytest."""

    weak: Weak
    exploration: Exploration
    place: Place | None = None
    tests: tuple[Written, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)


def draft_tests(ground: Ground, path: str, limit: int) -> tuple[Drafted, ...]:
    """Find what lives of at most `limit` mutants of the file, and write all tests that notice some of it.

    There is one draft for each test file that they belong to, that which notices most first, and at least one. No
    mutant is noticed twice.
    """
    weak = weak_spots(ground, path, limit)
    exploration = LATE if ground.late() else explore(ground, weak)
    drafts: list[Drafted] = []
    known: frozenset[str] = frozenset()
    plainest = shrunk(ground, weak, exploration.cases, lambda cases: _kept(ground, weak, cases))
    for place, cases in placed(ground, plainest):
        tests, dropped = writable(weak, [unshadowed(_without(case, known), place) for case in cases], place)
        known |= kills_of(tests)
        drafts.append(Drafted(weak, exploration, place, tuple(tests), dropped))
    drafts.sort(key=lambda one: -len(kills_of(one.tests)))
    return tuple(drafts) or (Drafted(weak, exploration),)


def redrafted(ground: Ground, drafted: Drafted, failed: Sequence[Case], kept: Sequence[Written]) -> Drafted:
    """Draft tests of other calls, for the same test file, of what was lost with the calls that `failed`.

    Those of the tests that are `kept` have their names, and what they notice is noticed.
    """
    place, weak = drafted.place, drafted.weak
    assert place is not None, "what has no place has no test that could fail"
    lost = kills_of(failed) - kills_of(kept)
    calls = {case.call for case in failed}
    known = frozenset(one.name for one in weak.living) - lost
    left = [one for one in (_without(case, known) for case in drafted.exploration.cases) if one.kills]
    others = [one for one in left if trimmed(one).call not in calls]
    plainest = shrunk(ground, weak, others, lambda cases: _kept(ground, weak, cases))
    others = [one for one in plainest if trimmed(one).call not in calls]
    cases = next((own for where, own in placed(ground, others) if where.path == place.path), [])
    beside = replace(place, inherited=place.inherited.union(test.name for test in kept))
    tests, dropped = writable(weak, [unshadowed(case, beside) for case in cases], beside)
    return replace(drafted, tests=tuple(tests), dropped=dropped)


def placed(ground: Ground, cases: Sequence[Case]) -> list[tuple[Place, list[Case]]]:
    """Return the calls by the test files that they belong to, the file first whose calls notice most.

    One that uses what a test file defines belongs to that one, and one of a method to the file with the method's name.
    """
    cases = ground.worthy(cases)
    read = [(case, (case.function, class_read(case))) for case in cases]
    owners = {one: _owner(ground, *one) for one in {one for _, one in read}}
    places = {one: place_for(one[0], ground.tests, ground.recording, one[1]) for one in {*owners.values()}}
    found: dict[str, tuple[Place, list[Case]]] = {}
    home = functools.cache(lambda prelude, path: place_of(prelude, path, ground.tests, ground.recording))
    named = functools.cache(lambda function: place_of_method(function, ground.tests, ground.recording))
    for case, one in read:
        place = named(case.function) or places[owners[one]]
        if case.prelude and (place is None or not has_all(place, case.prelude)):
            place = home(case.prelude, one[0].partition("::")[0]) or place
        if place is not None and (place.before is not None or place.path not in ground.tree):  # nobody could read it
            if place.path not in found:
                found[place.path] = (_known(ground, place, one[0].partition("::")[0]), [])
            found[place.path][1].append(case)
    return sorted(found.values(), key=lambda one: -len(kills_of(one[1])))


def _known(ground: Ground, place: Place, path: str) -> Place:
    """Return the place with what the product tells of it, whose file `path` it is to test.

    That is whether its tests run on Python 2 too, and which packages show what they need.
    """
    files = [one for one in (ground.sources.get(path), place.before) if one is not None]
    shown = with_shown(place, ground.sources, ground.layout)
    return replace(shown, elderly=all(runs_on_2(ground.tree, one) for one in files))


def _owner(ground: Ground, function: str, called: str) -> tuple[str, str]:
    """Return the file of a function, and the class or function of it that a test file may be about.

    It is that of the class whose method is `called`, where it has it from another one. None is about an error: a test
    that speaks of one is about what raises it.
    """
    path, _, name = function.partition("::")
    owner = name.partition(".")[0]
    if "." in name and called not in ("", owner):
        homes = (home for home in (path, *ground.sources) if _defines(ground.sources[home], called))
        path, owner = next(((home, called) for home in homes), (path, owner))
    return path, "" if owner in errors_of(ground.sources[path]) else owner


@functools.lru_cache(maxsize=1 << 12)  # asked again for each round of plainer calls
def _defines(source: Source, name: str) -> bool:
    """Tell whether a file has a class of this name."""
    return any(isinstance(node, ast.ClassDef) and node.name == name for node in source.tree.body)


def _kept(ground: Ground, weak: Weak, cases: Sequence[Case]) -> list[Case]:
    """Return the calls that tests would be written of."""
    found = placed(ground, cases)
    return [case for place, own in found for case in admitted(weak, own, place, Counter())]


def _without(case: Case, known: frozenset[str]) -> Case:
    """Return the case without the mutants that other tests notice."""
    return replace(case, kills=case.kills - known, shows=tuple(one - known for one in case.shows))


def writable(weak: Weak, cases: Sequence[Case], place: Place) -> tuple[list[Written], Counter[str]]:
    """Return the tests that can stand in the file at `place`, those that notice most first."""
    dropped: Counter[str] = Counter()
    alone = grouped(admitted(weak, cases, place, dropped), weak.node_of, place.taken)
    tests = joined(alone, weak.node_of, place.taken, lambda test: _is_writable(test, place))
    fit = evened([test for test in tests if _is_writable(test, place)], place, weak.node_of)
    dropped["too long as a table"] += len(tests) - len(fit)
    told = [test for test in fit if not is_untold(test.kills, room_for(place))]
    dropped["has no room for its fault"] += len(fit) - len(told)
    return told, dropped


def _is_writable(test: Written, place: Place) -> bool:
    return assembled([test], place, "x", frozenset()) is not None
