"""New test files: what is worth one, and what belongs into one that is there."""

import pytest

from improver.experiments import Case, Exploration, MutationRun, Recording, Repetition
from improver.judging.mutants import mutants_of
from improver.records import File
from improver.writing.targets import Ground
from improver.writing.writer import Outcome, write_tests
from tests.improver.benches import LAYOUT, FakeExperiments
from tests.improver.calls import RECEIPT, source
from tests.improver.judging import PACKAGED

MODULE = "def scaled(sea):\n    return sea * 3\n\n\ndef raised(sea):\n    return sea + 4\n"
CALLER = "from pier.tide import raised, scaled\n\n\ndef high(sea):\n    return raised(scaled(5))\n"
PLAIN = "def test_x():\n    assert True\n"


def written(names: list[str], stems: list[str], text: str = PLAIN, owner: str = "") -> Outcome:
    """Return what comes of a module when calls of these functions notice something, beside such test files.

    `owner` is the class that new tests stand in.
    """
    product, caller = source(MODULE, "pier/tide.py"), source(CALLER, "pier/flood.py")
    faults = {name: mutants_of(product, [name], 9)[0].name for name in names}
    cases = tuple(
        Case(f"pier/tide.py::{name}", f"{name}(2)", (("pier.tide", name),), checks=(("eq", "result", "6"),),
             kills=frozenset({fault}), shows=(frozenset({fault}),))
        for name, fault in faults.items()
    )  # fmt: skip
    tests = [source(text, f"tests/test_{stem}.py") for stem in stems]
    fake = FakeExperiments(
        recorded=Recording({}, {}, {case.function: (b"",) for case in cases}, {}, RECEIPT),
        explored=Exploration(cases, (), {}, RECEIPT),
        repeated=Repetition(1, (), {}, RECEIPT),
    )
    fake.mutated = MutationRun(
        {one: f"tests/test_tide.py::{owner}test_{name}" for name, one in faults.items()}, (), {}, RECEIPT
    )
    sources = {one.path: one for one in (product, caller)}
    tree = {path: File(one.data) for path, one in sources.items()}
    ground = Ground(tree, LAYOUT, PACKAGED, fake, sources, tests)
    return write_tests(ground, product.path, 9)


@pytest.mark.parametrize(
    ("names", "stems", "is_shown"),
    [
        pytest.param(["scaled"], ["boat", "sails"], False, id="a test alone among other files"),
        pytest.param(["scaled", "raised"], ["boat", "sails"], True, id="two tests"),
        pytest.param(["scaled"], ["tide", "sails"], True, id="a test in a file that is there"),
        pytest.param(["scaled"], ["boat"], True, id="a project with but one file, which is another's"),
        pytest.param(["scaled"], ["boat", "../__init__"], True, id="a project with but one file, in a package"),
    ],
)
def test_a_test_that_would_stand_alone_in_a_new_file_is_not_shown(
    names: list[str], stems: list[str], *, is_shown: bool
) -> None:
    outcome = written(names, stems)
    shown = () if outcome.proposal is None else outcome.proposal.change.paths
    assert (shown, outcome.withheld) == (("tests/test_tide.py",) * is_shown, 0 if is_shown else 1)


SHELF = "import unittest\n\n\nclass {}Test(unittest.TestCase):\n    def test_x(self):\n        self.assertTrue(True)\n"
HULL, SAIL = (SHELF.format(name) for name in ("Hull", "Sail"))
OWN_BASE = "from tests.base import SeaTestCase\n\n\n" + f"{HULL}\n\n{SAIL}".replace("unittest.TestCase", "SeaTestCase")


@pytest.mark.parametrize(
    ("names", "text", "owner", "is_shown"),
    [
        pytest.param(["scaled"], f"{HULL}\n\n{SAIL}", "TideEdgesTest::", False, id="a test alone beside two classes"),
        pytest.param(["scaled", "raised"], f"{HULL}\n\n{SAIL}", "TideEdgesTest::", True, id="two tests"),
        pytest.param(["scaled"], OWN_BASE, "TideEdgesTest::", False, id="a test alone beside two of an own base"),
        pytest.param(["scaled"], HULL, "TideEdgesTest::", True, id="a file with but one class"),
        pytest.param(
            ["scaled"], f"{HULL}\n\n{SHELF.format('Scaled')}", "ScaledTest::", True, id="a test whose class is there"
        ),
    ],
)
def test_a_test_that_would_stand_alone_in_a_new_class_is_not_shown(
    names: list[str], text: str, owner: str, *, is_shown: bool
) -> None:
    outcome = written(names, ["tide"], text, owner)
    assert (outcome.proposal is not None, outcome.withheld) == (is_shown, 0 if is_shown else 1)
