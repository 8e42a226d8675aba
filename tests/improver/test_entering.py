"""Calls of tests that lead to functions which they do not name."""

from improver.experiments import Case, Recording
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


def leading(ran: dict[str, str], calls: dict[str, str]) -> dict[str, list[str]]:
    """Return what leads to `deep`, where tests of one letter run functions, and call them in this order."""
    known = {
        test: [[(name, Case("", f"{name}('{test}{at}')")) for at, name in enumerate(names.split())]]
        for test, names in calls.items()
    }
    named = {name.removesuffix(".__init__"): [name] for name in ran}
    found = Entrances(named, {name: frozenset(tests) for name, tests in ran.items()}, known).indirect("deep")
    return {owner: [one.call for one in cases] for owner, cases in found.items()}


def test_what_many_of_its_tests_call_and_few_others_comes_first() -> None:
    ran = {"deep": "abc", "often": "abcdefghijkl", "near": "abd", "once": "c"}
    assert [*leading(ran, {"a": "often near", "b": "often near", "c": "often once"})] == ["near", "once"]


def test_the_making_of_an_object_comes_last() -> None:
    ran = {"deep": "ab", "Box.__init__": "ab", "near": "a", "once": "b"}
    assert [*leading(ran, {"a": "near Box", "b": "once Box"})] == ["near", "once"]


def test_no_more_calls_lead_to_one_function_than_somebody_tries() -> None:
    found = leading({"deep": "a", "near": "a", "far": "a", "more": "a"}, {"a": "near " * 9 + "far " * 9 + "more"})
    assert {owner: len(calls) for owner, calls in found.items()} == {"far": 5, "near": 5}


def test_a_call_is_of_that_which_most_tests_run_of_those_by_its_name() -> None:
    ran = {
        "deep": frozenset("a"),
        "x.py::row": frozenset("a"),
        "y.py::row": frozenset("ab"),
        "z.py::row": frozenset("bc"),
    }
    known = Entrances({"row": ["x.py::row", "y.py::row", "z.py::row"]}, ran, {"a": [[("row", Case("", "row(1)"))]]})
    assert [*known.indirect("deep")] == ["y.py::row"]


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


def test_what_is_built_in_leads_nowhere_and_is_no_call_of_ours() -> None:
    product = source("def len(sea): return _pull(sea)\n\n\ndef _pull(sea): ...\n")
    tests = source("from pier import a\n\n\ndef test_len():\n    assert len('b') == a.len(3)\n", "tests/test_a.py")
    ran = dict.fromkeys((f"{PIER}len", f"{PIER}_pull"), ("tests/test_a.py::test_len",))
    found = Entrances.of([product], Recording(ran, {}, {}, {}, RECEIPT), calls_of([tests]))
    assert [one.call for one in found.direct(f"{PIER}len")] == ["a.len(3)"]
    assert [one.call for one in found.indirect(f"{PIER}_pull")[f"{PIER}len"]] == ["a.len(3)"]
