"""Numbers of several digits that tests give, as years and ports are, and what made up calls give in their place."""

import pytest

from improver.judging.functions import definitions
from improver.writing.choice.custom import Custom
from improver.writing.choice.selecting import weight
from improver.writing.choice.usage import Usage
from improver.writing.inputs.misfits import Signatures
from tests.improver.calls import case, source

YEARS = source("""\
def tides(year, far=1): ...


def ebb(year): ...
""")
TIDES = definitions(YEARS)["tides"][-1]
DATED = Usage.of(
    Signatures.of([YEARS]), {"tides": [case("tides(2015)"), case("tides(12, 20)")], "ebb": [case("ebb(y)")]}
)


@pytest.mark.parametrize(
    ("call", "name", "ways"),
    [
        pytest.param("tides(0)", "tides", ["tides(2015)"], id="as tests give one"),
        pytest.param("ebb(2)", "ebb", ["ebb(2015)"], id="as they give another function under that name"),
        pytest.param("tides(2015, 3)", "tides", [], id="there it is, and nothing of so many digits for the other"),
        pytest.param("tides(True)", "tides", ["tides(12)"], id="no number: the shortest, as for any other type"),
        pytest.param("tides(-y)", "tides", [], id="who knows"),
    ],
)
def test_a_number_becomes_one_of_several_digits_that_tests_give(call: str, name: str, ways: list[str]) -> None:
    made = case(call, name=name, origin="generated")
    assert [one.call for one in DATED.usual(made, definitions(YEARS)[name][-1])] == ways


def test_a_year_that_tests_give_is_no_more_to_read_than_a_smaller_number_wherever_it_comes_back() -> None:
    real, small = case("tides(2015)", "(2015, 3)", name="tides"), case("tides(2)", "(2, 3)", name="tides")
    assert DATED.familiar(real, TIDES) == 8
    assert DATED.familiar(small, TIDES) == 0
    assert weight(real, TIDES, Custom({}, DATED)) < weight(small, TIDES, Custom({}, DATED))
