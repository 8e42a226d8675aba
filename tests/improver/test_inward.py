"""Functions that tests know only by what calls them."""

from dataclasses import replace

import pytest

from improver.experiments import Recording
from improver.writing.inputs.inward import parts_of
from improver.writing.targets import wanted_of
from tests.improver.calls import PIER, RECEIPT, ground_for, source

TIDE = '''\
class Tide:
    def told(self, day):
        return self.height(day) + shore(day)

    def height(self, day):
        """Return metres."""
        return day * 3


def shore(day):
    return day - 1
'''
RAN = dict.fromkeys((f"{PIER}{name}" for name in ("Tide.told", "Tide.height", "shore")), ("t::a", "t::b", "t::c"))
BOTH = {f"{PIER}Tide.height", f"{PIER}shore"}


@pytest.mark.parametrize(
    ("old", "new", "elsewhere", "known", "lost"),
    [
        pytest.param("", "", "", "", "", id="its own file calls it, and tests do not"),
        pytest.param("", "", "", "height", "Tide.height", id="tests or documents use its name"),
        pytest.param("", "", "", f"{PIER}shore", "shore", id="its file lists it for others"),
        pytest.param("", "", "from pier.a import shore\n", "", "shore", id="another file has it"),
        pytest.param("", "", "from pier import a\n\nD = a.shore(2)\n", "", "shore", id="by way of the module"),
        pytest.param("", "", "def low(tide):\n    return tide.height(2)\n", "", "Tide.height", id="another calls it"),
        pytest.param("shore(day)\n", "len(map(shore, day))\n", "", "", "shore", id="it is handed on"),
        pytest.param("shore(day)\n", "globals()['shore']\n", "", "", "shore", id="it is looked up"),
        pytest.param("shore(day)\n", "1\n", "", "", "shore", id="nothing calls it: it is there for others"),
        pytest.param("def shore", "@cache\ndef shore", "", "", "shore", id="a decorator has it"),
        pytest.param("day * 3", "(height := day * 3)", "", "", "", id="a variable has the name of a method"),
        pytest.param("", "", "def low(day):\n    return day.height * 2\n", "", "", id="an attribute of another object"),
        pytest.param("", "", "def low(tide):\n    return map(tide.height, [1])\n", "", "Tide.height", id="passed on"),
        pytest.param("", "", "def low():\n    return map(tide().height, [1])\n", "", "", id="of what a call gives"),
        pytest.param("return day * 3", "return self.height", "", "", "Tide.height", id="its object gives it away"),
        pytest.param("    def height", "    @staticmethod\n    def height", "", "", "", id="a static method"),
    ],
)
def test_a_part_is_what_its_own_file_alone_calls(old: str, new: str, elsewhere: str, known: str, lost: str) -> None:
    sources = [source(TIDE.replace(old, new) if old else TIDE), source(elsewhere, "pier/b.py")]
    assert parts_of(sources, {known}, RAN) == BOTH - {f"{PIER}{lost}"}


def test_what_few_tests_run_may_have_been_forgotten() -> None:
    ran = {**RAN, f"{PIER}shore": ("t::a", "t::b")}
    assert parts_of([source(TIDE)], (), ran) == {f"{PIER}Tide.height"}


@pytest.mark.parametrize(("ran", "called"), [(RAN, {"Tide.told"}), ({}, {"Tide.told", "Tide.height", "shore"})])
def test_no_call_of_a_part_is_tried(ran: dict[str, tuple[str, ...]], called: set[str]) -> None:
    ground = ground_for(TIDE)
    recorded = replace(Recording({}, {}, {}, {}, RECEIPT), impact=ran)
    ground.experiments.recorded = recorded  # type: ignore[attr-defined]
    wanted = wanted_of(ground, source(TIDE), {"Tide.told", "Tide.height", "shore"})
    assert {one.function.partition("::")[2] for one in wanted if one.texts or one.calls} == called
