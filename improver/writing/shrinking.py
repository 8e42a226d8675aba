"""Write the calls that were chosen in plainer ways that show no less, as long as they notice the same faults."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from improver.experiments import Case, Wanted
from improver.judging.functions import definitions
from improver.writing.asking import FOLDERS, asking, unasked
from improver.writing.choice.by_name import by_name
from improver.writing.choice.custom import Custom
from improver.writing.choice.livelier import livelier
from improver.writing.choice.plainer import plainer
from improver.writing.choice.selecting import DULL, fit, trimmed, weight
from improver.writing.choice.sooner import sooner, within
from improver.writing.choice.telling import dullness
from improver.writing.cutting import cut_down
from improver.writing.targets import Ground, Weak

ROUNDS = 6
KEPT = 4  # ways to write one call that are kept of a round

Key = tuple[str, tuple[str, ...], str, str]


def shrunk(
    ground: Ground, weak: Weak, cases: Sequence[Case], choose: Callable[[Sequence[Case]], Sequence[Case]]
) -> Sequence[Case]:
    """Return the calls that `choose` takes of `cases`, with plainer ways to write them beside them.

    Those that are too long to read are left out, and cut down where nothing else notices the same.
    """
    cases = _soonest(cut_down(ground, weak, cases))
    kept, custom = [*choose(cases)], Custom.of(cases, weak.node_of, weak.usage)
    pool, tried = [*kept], {_key(case) for case in kept}
    pool += custom.witnesses({case.function for case in kept if case.checks[0][0] == "raises"})
    dull = [*_dull(weak, kept, cases, custom)]
    for at in range(ROUNDS):
        wanted = list(_wanted(weak, kept, () if at else dull, tried, custom))
        if not wanted or ground.late():
            break
        names = frozenset().union(*(case.kills for case in kept))
        faults = [one for one in weak.living if one.name in names]
        found = [*_better(weak, kept, ground.experiments.explore(ground.tree, wanted, faults).cases, custom)]
        if not found:
            break
        pool = _soonest([*pool, *found])
        kept = [*choose(pool)]
    return pool


def _dull(weak: Weak, kept: Sequence[Case], cases: Sequence[Case], custom: Custom) -> Iterator[Case]:
    """Yield for each call that was chosen the one that was not for being dull, and reads best but for that."""
    known: dict[str, list[tuple[int, Case]]] = defaultdict(list)
    for one in cases:
        if one.kills and dullness(one):
            known[one.function].append((weight(one, weak.node_of(one.function), custom) - DULL * dullness(one), one))
    for case in kept:
        wanted = case.kills.difference(*(one.kills for one in kept if one is not case))
        price = weight(case, weak.node_of(case.function), custom)
        rivals = [(cost, one) for cost, one in known[case.function] if cost < price and wanted <= one.kills]
        if wanted and rivals:
            yield min(rivals, key=lambda pair: (pair[0], pair[1].call))[1]


def _wanted(
    weak: Weak, kept: Sequence[Case], dull: Sequence[Case], tried: set[Key], custom: Custom
) -> Iterator[Wanted]:
    """Yield the plainer, livelier and more telling ways that are not `tried` yet, by function; they are then.

    Of the `dull` ones only the livelier.
    """
    texts: dict[str, list[Case]] = defaultdict(list)
    for at, case in enumerate([*kept, *dull]):
        node, whole = weak.node_of(case.function), unasked(case)
        if whole.asks:
            continue
        ways = [*livelier(whole)]
        if at < len(kept):
            more = (*by_name(whole, node), *custom.righted(whole, node), *weak.usage.usual(whole, node))
            ways = [*more, *ways, *plainer(whole, node), *_sooner(weak, whole)]
        for one in ways:
            if _key(one) not in tried:
                tried.add(_key(one))
                texts[one.function].append(one)
    yield from (Wanted(function, tuple(found), vary=False) for function, found in texts.items())


def _sooner(weak: Weak, case: Case) -> Iterator[Case]:
    """Yield the making alone of an object of which the call is refused, where the file says how it is made."""
    one = sooner(case)
    if one is not None and one.function.partition("::")[2] in definitions(weak.source):
        yield one


def _soonest(cases: Sequence[Case]) -> list[Case]:
    """Return the calls without those that are refused for a part of them which is among them alone.

    So the making of an object stands for all that is done with it. Whatever it is made of, the same refusal shows the
    same.
    """
    alone: dict[tuple[str, object], frozenset[str]] = defaultdict(frozenset)
    for one in cases:
        if one.checks and one.checks[0][0] == "raises":
            alone[one.function, one.checks[:1]] |= one.kills
    shown = ((one, {name for name, check in alone if check == one.checks[:1]}) for one in cases)
    parts = ((one, names & within(one) if names else names) for one, names in shown)
    return [one for one, names in parts if not any(one.kills <= alone[name, one.checks[:1]] for name in names)]


def _key(case: Case) -> Key:
    return case.function, case.setup, case.call, case.way


def _is_of(one: Case, case: Case) -> bool:
    """Tell whether a call is another way to write a case: of its function, or the making of what that is called of."""
    making = sooner(case)
    is_made = making is not None and one.function == making.function and one.checks[:1] == case.checks[:1]
    return one.function == case.function or is_made


def _better(weak: Weak, kept: Sequence[Case], found: Sequence[Case], custom: Custom) -> Iterator[Case]:
    """Yield of what was found the few that do the part of one that was kept, show no less, and are easier to read."""
    given: set[Key] = set()
    for case in kept:
        wanted = case.kills.difference(*(one.kills for one in kept if one is not case))
        if not wanted:
            continue  # it is there for the contrast
        node = weak.node_of(case.function)
        steps = {name: (FOLDERS[name][0],) for name in case.asks if name in FOLDERS}
        alike = (asking(one, steps) if steps else one for one in found)
        able = [(one, trimmed(one)) for one in alike if _is_of(one, case) and wanted <= one.kills]
        able = [(one, trim) for one, trim in able if wanted <= trim.kills and dullness(trim) <= dullness(case)]
        known = [(one, trim, weak.node_of(one.function)) for one, trim in able]
        rivals = [(weight(trim, own, custom), one) for one, trim, own in known if fit(trim, own)]
        rivals.sort(key=lambda pair: (pair[0], pair[1].call))
        for price, one in rivals[:KEPT]:
            is_plainer = price < weight(case, node, custom) or one.function != case.function
            if is_plainer and _key(one) not in given:
                given.add(_key(one))
                yield one
