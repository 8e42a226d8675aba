"""What names of new tests say of a class."""

import pytest

from improver.experiments import Recording
from improver.judging.functions import definitions
from improver.writing.layout.evening import evened
from improver.writing.layout.grouping import Written
from improver.writing.placing import Place, place_for
from tests.improver.calls import PIER, RECEIPT, SEA, case, source

LONG = "test_box_above_of_2"
IMPORT = "from pier.a import Box\n\n\n"
CLASS = (
    "class TestBox:\n    def test_total(self):\n        assert Box\n\n    def test_none(self):\n        assert Box\n"
)


def names(text: str, *given: tuple[str, str]) -> list[str]:
    """Return the names that tests, each of a name and a function, have in a file of this text."""
    place = place_for("pier/a.py", [source(text, "tests/test_a.py")], Recording({}, {}, {}, {}, RECEIPT))
    assert isinstance(place, Place)
    nodes = {name: found[-1] for name, found in definitions(source(SEA)).items()}
    calls = {"Box.above": "Box([2]).above(1)", "Box.total": "Box([2]).total()", "depth": "depth(2)"}
    tests = [Written(name, (case(calls[about], name=about, imports=("pier.a", "Box")),)) for name, about in given]
    return [one.name for one in evened(tests, place, lambda function: nodes[function.removeprefix(PIER)])]


def test_tests_of_one_method_name_it_alike() -> None:
    given = [("test_above_with_limit_none", "Box.above"), (LONG, "Box.above"), ("test_box_total", "Box.total")]
    assert names(IMPORT, *given) == ["test_above_with_limit_none", "test_above_of_2", "test_box_total"]


def test_the_class_of_tests_says_the_class() -> None:
    assert names(IMPORT + CLASS, (LONG, "Box.above"), ("test_depth", "depth")) == ["test_above_of_2", "test_depth"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            IMPORT + CLASS.replace("_none", "_box").replace("_total", "_box_total"), id="its tests say it too"
        ),
        pytest.param(IMPORT + CLASS.partition("\n\n")[0] + "\n", id="one test is no habit"),
        pytest.param(IMPORT + CLASS.replace("TestBox", "TestSea"), id="a class of another name"),
        pytest.param(IMPORT + CLASS.replace("test_none", "test_above_of_2"), id="another test has the name"),
        pytest.param(IMPORT, id="no class"),
    ],
)
def test_a_name_says_the_class_where_nothing_else_does(text: str) -> None:
    assert names(text, (LONG, "Box.above")) == [LONG]


def test_no_two_tests_get_one_name() -> None:
    assert names(IMPORT, ("test_above_of_2", "Box.above"), (LONG, "Box.above")) == ["test_above_of_2", LONG]
