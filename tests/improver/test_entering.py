"""Calls of tests that lead to functions which they do not name."""

from improver.experiments import Recording
from improver.writing.inputs.entering import Entrances
from improver.writing.inputs.harvest import calls_of
from tests.improver.calls import PIER, RECEIPT, source

PRODUCT = """\
class Boat:
    def __init__(self, sea):
        self.sea = sea

    def row(self):
        return _pull(self.sea)

    def sink(self):
        return 0


def _pull(sea):
    return sea


def rest(sea):
    return sea
"""
TESTS = """\
import pytest
from pier.a import Boat, rest


@pytest.mark.parametrize("sea", [1, 2])
def test_row(sea):
    boat = Boat(sea)
    assert boat.row() == len("a")


class TestBoat:
    def test_sink(self):
        assert Boat(3).sink() == 0
        assert rest(1)
"""
RAN = {
    "Boat.__init__": ("test_row[1]", "test_row[2]", "TestBoat::test_sink"),
    "Boat.row": ("test_row[1]", "test_row[2]"),
    "Boat.sink": ("TestBoat::test_sink",),
    "_pull": ("test_row[1]", "test_row[2]"),
    "rest": (),
}


def entrances() -> Entrances:
    """Return what leads to the functions of PRODUCT."""
    impact = {f"{PIER}{name}": tuple(f"tests/test_a.py::{one}" for one in tests) for name, tests in RAN.items()}
    recording = Recording(impact, {}, {}, {}, RECEIPT)
    return Entrances.of([source(PRODUCT)], recording, calls_of([source(TESTS, "tests/test_a.py")]))


def test_what_a_test_calls_leads_to_what_ran_in_it() -> None:
    found = entrances().indirect(f"{PIER}_pull")
    assert {owner.removeprefix(PIER): [one.call for one in cases] for owner, cases in found.items()} == {
        "Boat.__init__": ["Boat(1)", "Boat(2)"],
        "Boat.row": ["boat.row()", "boat.row()"],
    }
    assert [one.setup for one in found[f"{PIER}Boat.row"]] == [("boat = Boat(1)",), ("boat = Boat(2)",)]


def test_what_a_private_file_defines_is_no_way_to_anything() -> None:
    hidden = source(PRODUCT, "pier/_b.py")
    impact = {f"pier/_b.py::{name}": ("tests/test_a.py::test_row",) for name in RAN}
    found = Entrances.of([hidden], Recording(impact, {}, {}, {}, RECEIPT), calls_of([source(TESTS, "tests/test_a.py")]))
    assert found.indirect("pier/_b.py::_pull") == {}


def test_a_call_by_the_name_of_a_function_is_its_own_where_it_ran() -> None:
    assert [one.call for one in entrances().direct(f"{PIER}Boat.sink")] == ["Boat(3).sink()"]
    assert entrances().direct(f"{PIER}rest") == ()


def test_what_is_only_a_part_of_another_call_leads_nowhere() -> None:
    assert [*entrances().indirect(f"{PIER}Boat.sink")] == []
