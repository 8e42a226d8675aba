"""A call that comes to the other truth value, where all that were chosen of a predicate come to one (pure)."""

import difflib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from improver.experiments import Case
from improver.source import Function
from improver.writing.choice.oddities import oddity, unasked_signs
from improver.writing.choice.selecting import fit, trimmed
from improver.writing.choice.telling import dullness
from improver.writing.layout.grouping import ROWS, shape

TRUTHS = frozenset({"True", "False"})


def contrasts(kept: Sequence[Case], known: Sequence[Case], node_of: Callable[[str], Function]) -> Iterator[Case]:
    """Yield for each predicate of which `kept` shows one outcome the `known` call that is nearest and has the other.

    It notices something too, though nothing new, and shares a table with what was kept.
    """
    groups: dict[str, list[Case]] = defaultdict(list)
    shown: dict[str, set[str]] = defaultdict(set)
    for case in filter(is_verdict, kept):
        groups[shape(case)].append(case)
        shown[case.function].add(outcome(case))
    for form, group in groups.items():
        function, node = group[0].function, node_of(group[0].function)
        if len(group) == ROWS:
            continue
        others = (trimmed(one) for one in known if one.function == function and one.kills and is_verdict(one))
        rivals = [one for one in others if outcome(one) not in shown[function] and shape(one) == form]
        rivals = [one for one in rivals if fit(one, node) and not oddity(one) + unasked_signs(one, node)]
        if rivals:
            yield min(rivals, key=lambda one: (dullness(one), -_nearness(one, group), one.call))


def is_verdict(case: Case) -> bool:
    """Tell whether a call comes to a truth value, and that is demanded first."""
    return bool(case.checks) and case.checks[0][:2] == ("is", "result") and outcome(case) in TRUTHS


def outcome(case: Case) -> str:
    """Return what the first check demands."""
    return case.checks[0][2]


def _nearness(case: Case, group: Sequence[Case]) -> float:
    return max(difflib.SequenceMatcher(None, case.call, one.call).ratio() for one in group)
