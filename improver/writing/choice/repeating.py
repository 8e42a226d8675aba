"""Tests that show the same again: of each kind a reader wants one, or the two ends of a range (pure)."""

from collections import Counter
from collections.abc import Iterable, Iterator

from improver.writing.layout.grouping import Written

ENDS = 2  # of a range: what shows the same more often goes through a list


def few_alike(tests: Iterable[Written]) -> Iterator[Written]:
    """Yield the tests, of those that show the same of one function at the same lines only the first ones.

    Of those that one `raise` ends, be it of several functions, or that are refused at one line, the first is enough.
    """
    seen: Counter[object] = Counter()
    for test in tests:
        refused = all(case.checks[0][0] == "raises" for case in test.cases)
        raised = frozenset(map(_line, filter(_is_raise, test.kills))) if refused else frozenset[str]()
        lines = raised or frozenset(map(_line, test.kills))
        shown = {("" if raised else case.function, case.checks, lines) for case in test.cases}
        if any(seen[one] < (1 if refused else ENDS) for one in shown):
            yield test
        seen.update(shown)


def _line(mutant: str) -> str:
    return mutant.partition("`")[0]


def _is_raise(mutant: str) -> bool:
    return mutant.partition("`")[2].startswith("raise ")
