"""Cut down what comes before a call until somebody reads it, where nothing shorter notices the same faults."""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from improver.experiments import Case, Wanted
from improver.writing.asking import unasked
from improver.writing.choice.oddities import oddity
from improver.writing.choice.plainer import rewritten
from improver.writing.choice.selecting import LINE, is_short, trimmed
from improver.writing.targets import Ground, Weak

ROUNDS = 4
MOST = 60  # ways to cut one call down


def cut_down(ground: Ground, weak: Weak, cases: Sequence[Case]) -> list[Case]:
    """Return the calls without those that nobody would read, and shorter ways to write these where they alone notice.

    What is too long must not take the place of what is not.
    """
    short = [case for case in cases if not case.kills or _is_read(case)]
    noticed = frozenset().union(*(case.kills for case in short))
    long = _shortest([case for case in cases if not case.kills <= noticed])
    left = {name: case for name, case in long.items() if name not in noticed and not unasked(case).asks}
    tried: set[tuple[tuple[str, ...], str]] = set()
    for _ in range(ROUNDS):
        wanted = [*_wanted(left.values(), tried)]
        if not wanted or ground.late():
            break
        faults = [one for one in weak.living if one.name in left]
        found = ground.experiments.explore(ground.tree, wanted, faults).cases
        short += [case for case in found if case.kills and _is_read(case)]
        shorter = _shortest([*left.values(), *found])
        left = {name: shorter[name] for name in left if not _is_read(shorter[name])}
    return short


def _is_read(case: Case) -> bool:
    """Tell whether somebody reads a call that notices something, at least once what it does not need is gone."""
    return is_short(case) or is_short(trimmed(case))


def _shortest(cases: Sequence[Case]) -> dict[str, Case]:
    """Map each fault to the call that notices it with the least before it, and is not odd."""
    found: dict[str, Case] = {}
    for case in sorted(cases, key=_length):
        for name in case.kills:
            found.setdefault(name, case)
    return found


def _length(case: Case) -> tuple[int, int, int, str]:
    return len(case.setup), oddity(case), sum(map(len, (*case.setup, case.call))), case.call


def _wanted(cases: Iterable[Case], tried: set[tuple[tuple[str, ...], str]]) -> Iterator[Wanted]:
    """Yield by function the shorter ways that are not `tried` yet; they are then."""
    texts: dict[str, list[Case]] = defaultdict(list)
    for case in dict.fromkeys(map(unasked, cases)):
        for setup in itertools.islice(_cuts(case), MOST):
            if (setup, case.call) not in tried:
                tried.add((setup, case.call))
                texts[case.function].append(replace(case.untold(), setup=setup))
    yield from (Wanted(function, tuple(found), vary=False) for function, found in texts.items())


def _cuts(case: Case) -> Iterator[tuple[str, ...]]:
    """Yield what comes before a call without some statements in a row, most of them first, or with a line cut down."""
    setup = case.setup
    for at, line in enumerate(setup):
        if len(line) > LINE:
            yield from ((*setup[:at], text, *setup[at + 1 :]) for text in rewritten(line))
    for count in range(len(setup) - 1, 0, -1):
        yield from ((*setup[:at], *setup[at + count :]) for at in range(len(setup) - count + 1))
