"""The warm first look: what it refuses, what it leaves to the cold run, and what a hostile child cannot do."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from improver.experiments import Look, Recording
from improver.records import File, Receipt, Tree
from improver.verify import configuration
from improver.verify.sandbox import Sandbox
from improver.verify.suite import Rig, run_suite
from improver.verify.target import find_layout
from improver.verify.warm import Change, Ground, Patch, looked, planned_for
from tests.improver.benches import LAYOUT, run_of
from tests.improver.judging import PACKAGED

CODE = """\
import functools
import os

LIMIT = 3


def make():
    return {"a": 1}


TABLE = make()


def depth(sea):
    return sea - 1


@functools.lru_cache
def cached(sea):
    return depth(sea) + 1


class Box:
    def __init__(self, size=LIMIT):
        self.size = size

    @property
    def area(self):
        return self.size ** 2

    @staticmethod
    def sides():
        return 4

    @classmethod
    def small(cls):
        return cls(1)


def more(function):
    @functools.wraps(function)
    def inner(*given):
        return function(*given) + 1

    return inner


@more
def double(sea):
    return sea * 2


def unused():
    return 1
"""
TESTS = """\
import subprocess
import sys

from pier.a import Box, TABLE, cached, depth, double, make


def test_depth():
    assert depth(5) == 4


def test_cached():
    assert cached(3) == 3


def test_area():
    assert Box().area == 9


def test_box():
    assert (Box.sides(), Box.small().size) == (4, 1)


def test_double():
    assert double(2) == 5


def test_table():
    assert TABLE == make() == {"a": 1}


def test_files(tmp_path):
    (tmp_path / "a").write_text("once")
    told = subprocess.run([sys.executable, "-c", "import pier.a; print(pier.a.depth(5))"], stdout=subprocess.PIPE)
    assert int(told.stdout) == depth(5)
"""
IMPACT = {
    "make": ["table"],
    "depth": ["depth", "cached", "files"],
    "cached": ["cached"],
    "Box.__init__": ["area", "box"],
    "Box.area": ["area"],
    "Box.sides": ["box"],
    "Box.small": ["box"],
    "more": ["double"],
    "double": ["double"],
}


def node(name: str) -> str:
    return f"tests/test_a.py::test_{name}"


def change(old: str, new: str) -> Change:
    assert old in CODE
    return {"pier/a.py": CODE.replace(old, new).encode()}


TREE: Tree = {
    "pier/__init__.py": File(b""),
    "pier/a.py": File(CODE.encode()),
    "tests/test_a.py": File(TESTS.encode()),
}
RECORDING = Recording(
    {f"pier/a.py::{name}": tuple(map(node, tests)) for name, tests in IMPACT.items()},
    {node("files"): 0.5},
    {},
    {},
    Receipt(("record",)),
    outside=frozenset({"pier/a.py::make", "pier/a.py::more"}),
)
GREEN = run_of({node(name): "passed/passed/passed" for tests in IMPACT.values() for name in tests})
GROUND = Ground(TREE, replace(GREEN, receipt=replace(GREEN.receipt, seconds=60.0)), RECORDING)
KILLING = "import signal; os.kill(os.getppid(), signal.SIGKILL)"


def rig_on(sandbox: Sandbox) -> Rig:
    layout = find_layout(TREE, Path("/nowhere"), sys.executable, PACKAGED)
    return Rig(sandbox, layout, PACKAGED, configuration.read(TREE))


WRONG = {  # what is changed, to what, and the test that notices; "" where a fresh import is needed to see it
    "a function": ("return sea - 1", "return sea - 2", "cached"),
    "what a cache stands before": ("return depth(sea) + 1", "return depth(sea) + 2", "cached"),
    "a property": ("self.size ** 2", "self.size ** 3", "area"),
    "a static method": ("return 4", "return 5", "box"),
    "a class method": ("return cls(1)", "return cls(2)", "box"),
    "a decorated function": ("return sea * 2", "return sea * 3", "double"),
    "a wrapper that a decorator made": ("return function(*given) + 1", "return function(*given) + 2", "double"),
    "a default": ("size=LIMIT", "size=LIMIT + 1", "area"),
    "a constant": ("LIMIT = 3", "LIMIT = 4", "area"),
    "what was called on import": ('return {"a": 1}', 'return {"a": 2}', "table"),
    "an exit": ("return sea - 1", "os._exit(0)", "cached"),
    "an import that fails": ("LIMIT = 3", "import nothing_of_that_name", "area"),
}
RIGHT = {
    "other words for the same": change("return sea - 1", "return -1 + sea"),
    "two lines instead of one": change("return sea * 2", "twice = sea * 2\n    return twice"),
    "the same on import": change('return {"a": 1}', "return dict(a=1)"),
}


@pytest.mark.host
def test_it_refuses_what_a_test_notices_and_nothing_else(strongest: Sandbox) -> None:
    rig = rig_on(strongest)
    assert run_suite(rig, TREE).manifest == GREEN.manifest
    wrong = looked(rig, GROUND, [change(old, new) for old, new, _ in WRONG.values()] + [*RIGHT.values()])
    noticed = [(name, look.refused.partition(": ")[0], look.cold) for name, look in zip(WRONG, wrong, strict=False)]
    assert noticed == [(name, node(test), "") for name, (_, _, test) in WRONG.items()]
    assert [(look.refused, look.cold, look.tests > 0) for look in wrong[len(WRONG) :]] == [("", "", True)] * len(RIGHT)
    assert wrong[2].refused.endswith("at base, passed/failed/passed now (assert 27 == 9)")
    assert all(look.cpu_seconds > 0 for look in wrong)


@pytest.mark.host
def test_a_child_that_kills_its_parents_costs_nobody_else_a_verdict(strongest: Sandbox) -> None:
    hostile, wrong = change("return sea - 1", KILLING), change("return sea * 2", "return sea * 3")
    first, second = looked(rig_on(strongest), GROUND, [hostile, wrong])
    assert (first.refused, second.cold) == ("", "")
    assert first.cold.startswith("it ended the ")
    assert second.refused.startswith(node("double"))


@pytest.mark.host
def test_nothing_is_refused_where_the_tests_fail_without_a_change_too(strongest: Sandbox) -> None:
    manifest = {**GROUND.baseline.manifest, node("cached"): "skipped: not here"}
    ground = replace(GROUND, baseline=replace(GROUND.baseline, manifest=manifest))
    (look,) = looked(rig_on(strongest), ground, [RIGHT["other words for the same"]])
    assert look.refused == ""
    told = f"{node('cached')}: skipped: not here at base, passed/passed/passed now"
    assert look.cold == f"without any change, too: {told}"


# --- what is planned ----------------------------------------------------------------------------------------------


class Nowhere:
    """A sandbox that nothing may be run in."""


def planned(files: Mapping[str, bytes | None], ground: Ground = GROUND) -> Patch | Look:
    """Plan without a sandbox."""
    rig = Rig(Nowhere(), LAYOUT, PACKAGED, configuration.Configuration())  # type: ignore[arg-type]
    return planned_for(rig, ground, files)


def test_a_changed_body_is_held_by_the_tests_that_ran_it_shortest_first() -> None:
    files = change("return sea - 1", "return sea - 2")
    one = planned(files)
    assert isinstance(one, Patch)
    assert one.near == (node("cached"), node("depth"), node("files"))
    assert set(one.far) == set(GREEN.manifest)


def test_tests_that_take_most_of_the_suites_time_are_left_to_the_cold_run() -> None:
    quick = replace(GROUND, baseline=replace(GROUND.baseline, receipt=Receipt(("pytest",), 1, 0.6)))
    one = planned(change("return sea - 1", "return sea - 2"), quick)
    assert isinstance(one, Patch)
    assert one.near == (node("cached"), node("depth"))


def test_code_that_runs_on_import_is_held_by_all_tests_of_its_file() -> None:
    one = planned(change("LIMIT = 3", "LIMIT = 4"))
    assert isinstance(one, Patch)
    assert (one.near, set(one.far)) == ((), set(GREEN.manifest))


@pytest.mark.parametrize(
    ("files", "look"),
    [
        pytest.param(change("return sea - 1", "return (sea - 1)"), Look(), id="the same program needs no look"),
        pytest.param(
            {"tests/test_a.py": b""}, Look(cold="tests/test_a.py is a test or configures tests"), id="a changed test"
        ),
        pytest.param(
            {"pyproject.toml": b""}, Look(cold="pyproject.toml is a test or configures tests"), id="configuration"
        ),
        pytest.param(
            change("return 1\n", "return 2\n"), Look(cold="the suite runs nothing of what it touches"), id="never run"
        ),
    ],
)
def test_what_needs_no_run(files: Change, look: Look) -> None:
    assert planned(files) == look


def test_without_an_impact_map_everything_goes_cold() -> None:
    ground = replace(GROUND, recording=replace(RECORDING, trouble="it broke"))
    assert planned(change("LIMIT = 3", "LIMIT = 4"), ground) == Look(cold="no impact map: it broke")
