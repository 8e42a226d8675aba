"""Recording: which tests run which functions, which calls are kept and why others are not, and what is believed."""

import dataclasses
import pickle
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from improver.experiments import Recording
from improver.policy import Policy
from improver.ports import Layout, SuiteRun
from improver.records import File, Tree
from improver.verify.configuration import Configuration
from improver.verify.recording import recorded
from improver.verify.sandbox import Sandbox
from improver.verify.suite import Rig, run_suite
from tests.improver.judging import PACKAGED

pytestmark = pytest.mark.host
LAYOUT = Layout(("",), ("pkg",), ("tests",), sys.executable)
Record = Callable[[Mapping[str, str]], Recording]


def tree_of(files: Mapping[str, str]) -> Tree:
    return {path: File(text.encode()) for path, text in {"pkg/__init__.py": "", **files}.items()}


def policy(**bounds: int) -> Policy:
    trials = PACKAGED.gates.trials.model_copy(update={"seconds": 60, **bounds})
    return PACKAGED.model_copy(update={"gates": PACKAGED.gates.model_copy(update={"trials": trials})})


@pytest.fixture
def rig(strongest: Sandbox) -> Rig:
    return Rig(strongest, LAYOUT, policy(), Configuration())


@pytest.fixture
def record(rig: Rig) -> Record:
    def run(files: Mapping[str, str]) -> Recording:
        tree = tree_of(files)
        return recorded(rig, tree, run_suite(rig, tree), None)

    return run


CALC = """
import functools

TABLE = []

def build(size):
    TABLE.extend(range(size))

build(3)

def loud(function):
    @functools.wraps(function)
    def wrapper(*args):
        return function(*args)
    return wrapper

@loud
def double(value):
    return value * 2

def add(first, second=2, *rest, sign=1, **more):
    first.append(second) if isinstance(first, list) else None
    return first

def count(most):
    yield from range(most)

class Box:
    def __init__(self, side):
        self.side = side

    @property
    def area(self):
        return sum(self.side for _ in range(self.side))

    @area.setter
    def area(self, value):
        self.side = value

    @classmethod
    def unit(cls):
        return cls(1)
"""
TESTS = """
import pytest
from pkg.calc import Box, add, count, double

@pytest.fixture(scope="module")
def box():
    return Box.unit()

def test_area(box):
    assert box.area == 1

def test_side(box):
    assert box.side == 1

def test_add():
    assert add([1], 2, 3, sign=-1, far=0) == [1, 2]
    assert add("x") == "x"

@pytest.mark.parametrize("value", ["a b::c/ä", "[x]"])
def test_double(value):
    assert double(value) == value * 2

def test_count():
    assert list(count(3)) == [0, 1, 2]
    Box(2).area = 5
"""


def loaded(recording: Recording, name: str) -> list[object]:
    """Unpickle calls of builtins alone: the test wrote them itself."""
    return [pickle.loads(call) for call in recording.calls.get(name, ())]  # noqa: S301


def test_functions_tests_and_calls_are_recorded(record: Record) -> None:
    found = record({"pkg/calc.py": CALC, "tests/test_calc.py": TESTS})
    assert found.trouble == ""
    impact = {name.removeprefix("pkg/calc.py::"): set(tests) for name, tests in found.impact.items()}
    node = "tests/test_calc.py::test_"
    doubles = {node + "double[a b::c/\\xe4]", node + "double[[x]]"}
    assert impact == {
        "build": set(),
        "loud": doubles,  # what it contains ran
        "loud.<locals>.wrapper": doubles,
        "double": doubles,
        "add": {node + "add"},
        "count": {node + "count"},
        "Box.__init__": {node + "area", node + "side", node + "count"},
        "Box.area": {node + "area", node + "count"},
        "Box.unit": {node + "area", node + "side"},
    }
    assert found.outside == {"pkg/calc.py::build", "pkg/calc.py::loud"}
    assert set(found.seconds) == {node + name for name in ("area", "side", "add", "count")} | doubles
    assert loaded(found, "pkg/calc.py::add") == [(("x", 2), {"sign": 1}), (([1], 2, 3), {"sign": -1, "far": 0})]
    assert loaded(found, "pkg/calc.py::count") == [((3,), {})]
    numbers = {name: ["int"] for name in ("second", "sign", "rest")}
    assert found.kinds["pkg/calc.py::add"] == {
        "first": ["list", "str"],
        "first[]": ["int"],
        "first''": ["letter"],
        **numbers,
    }
    assert found.kinds["pkg/calc.py::Box.unit"] == {"cls": ["type"]}
    assert len(found.calls["pkg/calc.py::Box.area"]) == 1  # the getter's: the setter is not what the name gives


WAITING = """
import asyncio

async def depth(sea, *, more=1):
    await asyncio.sleep(0)
    sea = sea + more
    await asyncio.sleep(0)
    return sea

async def waves(count):
    for number in range(count):
        yield number
"""
WAITED = """
import asyncio
from pkg.sea import depth, waves

def test_sea():
    async def scenario():
        both = depth(3), depth(4, more=2)
        return await asyncio.gather(*both), [wave async for wave in waves(2)]

    assert asyncio.run(scenario()) == ([4, 6], [0, 1])
"""


def test_an_asynchronous_call_is_recorded_once_with_what_it_was_given(record: Record) -> None:
    found = record({"pkg/sea.py": WAITING, "tests/test_sea.py": WAITED})
    assert found.trouble == ""
    assert loaded(found, "pkg/sea.py::depth") == [((3,), {"more": 1}), ((4,), {"more": 2})]
    assert loaded(found, "pkg/sea.py::waves") == [((2,), {})]


def test_tests_of_a_function_come_shortest_first(record: Record) -> None:
    slow = "import time\nfrom pkg.a import f\ndef test_slow():\n    time.sleep(0.2)\n    f()\ndef test_fast():\n    f()"
    found = record({"pkg/a.py": "def f():\n    pass\n", "tests/test_a.py": slow})
    assert found.impact["pkg/a.py::f"] == ("tests/test_a.py::test_fast", "tests/test_a.py::test_slow")
    assert found.seconds["tests/test_a.py::test_slow"] > 0.2


def test_a_suite_that_fares_otherwise_is_no_recording(rig: Rig) -> None:
    tree = tree_of({"pkg/a.py": "def f():\n    return 1\n", "tests/test_a.py": "def test_a():\n    pass\n"})
    baseline = SuiteRun({"tests/test_a.py::test_a": "passed/failed/passed"}, "failed", 1, run_suite(rig, tree).receipt)
    found = recorded(rig, tree, baseline, None)
    assert "tests/test_a.py::test_a: passed/failed/passed → passed/passed/passed" in found.trouble
    assert (found.impact, found.calls) == ({}, {})


def test_where_no_test_runs_the_recording_says_why(rig: Rig) -> None:
    tree = tree_of({"pkg/a.py": "", "tests/test_a.py": "import missing_part\n\ndef test_a():\n    pass\n"})
    found = recorded(rig, tree, run_suite(rig, tree), None)
    why = "no test ran: tests/test_a.py: error: ModuleNotFoundError: No module named 'missing_part'"
    assert (found.trouble, found.impact) == (why, {})


@pytest.mark.parametrize(
    ("things", "trouble"),
    [
        pytest.param('["0x7c8EE9977c", "0x7c8EE9977d"]', "", id="numbers"),
        pytest.param(
            "[object(), object()]",
            "a test is called by an address, which is another one in each run (give its cases ids): "
            "tests/test_a.py::test_a[<object object at 0x…>]",
            id="addresses",
        ),
    ],
)
def test_a_number_in_the_name_of_a_test_is_no_address(things: str, trouble: str, record: Record) -> None:
    table = f"@pytest.mark.parametrize('thing', {things}, ids=str)\ndef test_a(thing):\n    f()\n"
    found = record(
        {"pkg/a.py": "def f():\n    pass\n", "tests/test_a.py": f"import pytest\nfrom pkg.a import f\n\n{table}"}
    )
    assert (found.trouble, len(found.seconds)) == (trouble, 0 if trouble else 2)


def test_a_recording_is_kept_and_a_damaged_one_made_anew(rig: Rig, tmp_path: Path) -> None:
    tree = tree_of(
        {"pkg/a.py": "def f(n):\n    return n\n", "tests/test_a.py": "from pkg.a import f\ndef test():\n    f(1)\n"}
    )
    baseline = run_suite(rig, tree)
    first = recorded(rig, tree, baseline, tmp_path)
    (place,) = tmp_path.iterdir()
    kept = place.read_bytes()
    assert recorded(rig, {**tree}, baseline, tmp_path) == first
    place.write_bytes(kept.replace(b"test_a.py::test", b"test_a.py::tset"))
    assert dataclasses.replace(recorded(rig, tree, baseline, tmp_path), seconds={}, receipt=first.receipt) == (
        dataclasses.replace(first, seconds={})
    )
    assert place.read_bytes() != kept  # other seconds: it was recorded again
