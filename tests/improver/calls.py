"""A small product, and calls of it, for what is written about them."""

import ast
from collections.abc import Sequence

from improver.experiments import Case
from improver.records import File, Receipt
from improver.source import Function, Source
from improver.writing.inputs.harvest import Index, by_name, calls_of
from improver.writing.targets import Ground
from tests.improver.benches import LAYOUT, FakeExperiments
from tests.improver.judging import PACKAGED

PIER = "pier/a.py::"
RECEIPT = Receipt(("fake",))
SEA = '''\
def depth(sea, more=1):
    """Return a depth.

    >>> tide = 3
    >>> depth(tide)
    4
    """
    return sea + more


class Box:
    """A box.

    >>> Box([1, 2]).total()
    3
    """

    def __init__(self, items):
        self.items = items

    def _calc_first(self):
        return self.items[0]

    first = property(_calc_first)

    def total(self):
        return sum(self.items)

    def above(self, limit):
        return [one for one in self.items if one > limit]


def _low(sea):
    return sea - 1


def lowest(sea):
    return _low(sea)
'''


def source(text: str, path: str = "pier/a.py") -> Source:
    found = Source.read(path, text.encode())
    assert isinstance(found, Source)
    return found


def index_of(tests: Sequence[Source]) -> Index:
    """Return the calls in test files by the last name of what is called."""
    return by_name(calls_of(tests))


def node(text: str) -> Function:
    found = ast.parse(text).body[0]
    assert isinstance(found, ast.FunctionDef)
    return found


def case(call: str, expected: str = "1", *, kills: str = "m", name: str = "depth", **more: object) -> Case:
    checks = more.get("checks", (("eq", "result", expected),))
    setup, gives = more.get("setup", ()), more.get("gives", "")
    assert isinstance(checks, tuple)
    assert isinstance(setup, tuple)
    assert isinstance(gives, str)
    return Case(PIER + name, call, setup=setup, checks=checks, gives=gives, kills=frozenset(kills.split()))


def ground_for(text: str) -> Ground:
    product = source(text)
    return Ground({"pier/a.py": File(product.data)}, LAYOUT, PACKAGED, FakeExperiments(), {"pier/a.py": product}, [])


def plain(_: str) -> Function:
    return node("def depth(sea, more=1): ...")
