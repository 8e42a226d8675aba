"""Which tests a person is shown, the best first: what each notices against what there is to read (pure)."""

import math
import re
from collections.abc import Callable, Collection, Iterable

from improver.experiments import Case
from improver.source import Function
from improver.writing.choice.custom import Custom
from improver.writing.choice.selecting import weight
from improver.writing.layout.grouping import Written

HEAVIEST = 110  # of the tests that weigh more, who read them sent most back
BASE = 40  # what any test costs its reader
COUNTED, VALUED = re.compile(r"_\d+$"), re.compile(r"_(?:with|at|in|of)_\d+$")
UNTOLD = 20  # a name that ends with a number, and once more where nothing says of what
GUESSED = 40  # a value that a made up call comes to: nobody has said that it is right
MADE_UP, VALUES = frozenset({"varied", "generated", "after"}), frozenset({"eq", "approx"})
FALSE = "`return False` → `return None`"


def presentable(
    tests: Iterable[Written], node_of: Callable[[str], Function], custom: Custom, covered: Collection[str]
) -> list[Written]:
    """Return the tests that may be proposed, those first that notice most for what there is to read.

    `covered` are the mutants on lines that other tests run.
    """
    priced = [(price(test, node_of, custom), test) for test in tests if not is_slight(test, covered)]
    fair = [(_worth(test, cost), test) for cost, test in priced if cost <= HEAVIEST]
    return [test for _, test in sorted(fair, key=lambda one: (-one[0], one[1].name))]


def _worth(test: Written, cost: float) -> float:
    return (1 + math.log(max(len(test.kills), 1))) / (BASE + cost)


def price(test: Written, node_of: Callable[[str], Function], custom: Custom) -> float:
    """Return how much there is to read of a test, of a table in a row on average, and how odd it looks."""
    weights = [weight(case, node_of(case.function), custom) + GUESSED * _is_guessed(case) for case in test.cases]
    return sum(weights) / len(weights) + UNTOLD * sum(bool(one.search(test.name)) for one in (COUNTED, VALUED))


def _is_guessed(case: Case) -> bool:
    return case.origin in MADE_UP and case.checks[0][0] in VALUES


def is_slight(test: Written, covered: Collection[str]) -> bool:
    """Tell whether a test only shows that False comes back, and not None, where others run that line."""
    return bool(test.kills) and all(one.endswith(FALSE) and one in covered for one in test.kills)
