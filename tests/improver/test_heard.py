"""Of which types a project's own runs give values."""

import pytest

from improver.judging.functions import definitions
from improver.writing.inputs.heard import heard_in
from tests.improver.calls import source

PIER = source("""\
class Boat:
    def moor(self, rope): ...

class Raft:
    def moor(self, rope, deep): ...

def cast(off, at=None, *, low=None): ...
""")


@pytest.mark.parametrize(
    ("seen", "literals"),
    [
        pytest.param(["str", "NoneType"], {"str", "NoneType"}, id="a text, or nothing"),
        pytest.param(["tuple", "generator"], {"list"}, id="several things"),
        pytest.param(["float"], {"int"}, id="a number"),
        pytest.param(["ABCMeta"], {"class", "function"}, id="a class, which can be called"),
        pytest.param(["Rope"], {"Rope"}, id="an object, for which no literal stands"),
    ],
)
def test_each_type_has_the_literals_that_may_stand_for_it(seen: list[str], literals: set[str]) -> None:
    boat, raft = (definitions(PIER)[name][-1] for name in ("Boat.moor", "Raft.moor"))
    heard = heard_in({"pier/a.py::Boat.moor": {"rope": seen}}, [PIER])
    assert heard == {boat: {"rope": literals}, raft: {"rope": literals}}, "no run calls the other of its name"


def test_what_takes_anything_or_is_not_there_is_left_out() -> None:
    kinds = {"pier/a.py::cast": {"off": ["str", "object"]}, "pier/b.py::gone": {"rope": ["str"]}}
    assert heard_in(kinds, [PIER]) == {}


def test_a_method_is_given_what_it_is_itself_given() -> None:
    kinds = {"pier/a.py::Boat.moor": {"rope": ["Rope"]}, "pier/a.py::Raft.moor": {"rope": ["str"], "deep": ["int"]}}
    boat, raft = (definitions(PIER)[name][-1] for name in ("Boat.moor", "Raft.moor"))
    assert heard_in(kinds, [PIER]) == {boat: {"rope": {"Rope"}}, raft: {"rope": {"str"}, "deep": {"int"}}}


def test_nothing_is_given_where_that_is_the_default_and_says_nothing_alone() -> None:
    kinds = {"pier/a.py::cast": {"off": ["str"], "at": ["NoneType"], "low": ["int"]}}
    node = definitions(PIER)["cast"][-1]
    assert heard_in(kinds, [PIER]) == {node: {"off": {"str"}, "low": {"int", "NoneType"}}}
