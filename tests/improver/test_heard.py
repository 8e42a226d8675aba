"""Of which types a project's own runs give values."""

import pytest

from improver.judging.functions import definitions
from improver.writing.inputs.heard import heard_in
from tests.improver.calls import source

PIER = source("class Boat:\n    def moor(self, rope): ...\n\ndef cast(off): ...\n")


@pytest.mark.parametrize(
    ("seen", "literals"),
    [
        pytest.param(["str", "NoneType"], {"str"}, id="a text, or nothing"),
        pytest.param(["tuple", "generator"], {"list"}, id="several things"),
        pytest.param(["float"], {"int"}, id="a number"),
        pytest.param(["ABCMeta"], {"class", "function"}, id="a class, which can be called"),
        pytest.param(["Rope"], {"Rope"}, id="an object, for which no literal stands"),
    ],
)
def test_each_type_has_the_literals_that_may_stand_for_it(seen: list[str], literals: set[str]) -> None:
    node = definitions(PIER)["Boat.moor"][-1]
    assert heard_in({"pier/a.py::Boat.moor": {"rope": seen}}, [PIER]) == {node: {"rope": literals}}


def test_what_takes_anything_or_is_not_there_is_left_out() -> None:
    kinds = {"pier/a.py::cast": {"off": ["str", "object"]}, "pier/b.py::gone": {"rope": ["str"]}}
    assert heard_in(kinds, [PIER]) == {definitions(PIER)["cast"][-1]: {}}
