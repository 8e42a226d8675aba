"""Tests of which nobody knows what they run: with other ids in each run, or of what a function did on import."""

import sys
from pathlib import Path

import pytest

from improver.records import File, Tree
from improver.verify import configuration
from improver.verify.experimenting import SandboxExperiments
from improver.verify.sandbox import best_sandbox
from improver.verify.suite import Rig, run_suite
from improver.verify.target import find_layout
from improver.writing.targets import Ground, weak_spots
from tests.improver.calls import source
from tests.improver.judging import PACKAGED
from tests.improver.rigs import rig_of

TIDE = "def depth(sea):\n    return sea * 2\n\n\ndef width(sea):\n    return sea * 3\n"
TESTS = """\
import pytest
from pier.a import depth, width


@pytest.mark.parametrize("sea", {2, 3})
def test_depth(sea):
    assert depth(sea) == sea + sea


def test_width():
    width(2)
"""


@pytest.mark.host
@pytest.mark.parametrize(
    ("left", "asked", "living"),
    [
        ("tests/test_a.py::test_depth[", ("tests/test_a.py::test_depth",), {"width"}),
        ("tests/test_a.py::test_depth", (), {"depth", "width"}),
    ],
    ids=["for its ids", "to the host"],
)
def test_what_a_test_with_changing_ids_notices_is_noticed(
    left: str, asked: tuple[str, ...], living: set[str], tmp_path: Path
) -> None:
    files = {"pier/__init__.py": "", "pier/a.py": TIDE, "tests/test_a.py": TESTS}
    tree: Tree = {path: File(text.encode()) for path, text in files.items()}
    scope = PACKAGED.scope.model_copy(update={"host": (left,)})
    policy = PACKAGED.model_copy(update={"scope": scope})
    layout = find_layout(tree, tmp_path, sys.executable, policy)
    rig = Rig(best_sandbox(layout.python), layout, policy, configuration.read(tree))
    experiments = SandboxExperiments(rig, tree, run_suite(rig, tree))
    assert experiments.recording().renamed == asked
    product, tests = source(TIDE), [source(TESTS, "tests/test_a.py")]
    weak = weak_spots(Ground(tree, layout, policy, experiments, {product.path: product}, tests), product.path, 20)
    assert {one.function for one in weak.living} == {f"pier/a.py::{name}" for name in living}
    assert {name.split("[")[0] for name in weak.run.killed.values()} == set(asked)
    whole = experiments.mutate(tree, weak.mutants, ["tests/test_a.py"])
    assert sorted(whole.killed) == sorted(weak.run.killed), "so it is for the file that holds it"


PORT = """\
def loud(function):
    return function


@loud
def depth(sea):
    return sea


def width(sea):
    return sea
"""
SEES = "from pier.a import width\n\n\ndef test_width():\n    assert width(2) == 2\n"


@pytest.mark.host
def test_what_a_test_sees_of_a_function_that_ran_on_import_is_noticed(tmp_path: Path) -> None:
    other = "import pier.a\n\n\ndef test_depth():\n    assert pier.a.depth is not None\n"
    files = {"pier/__init__.py": "", "pier/a.py": PORT, "tests/test_a.py": SEES, "tests/test_b.py": other}
    rig, tree = rig_of(files, tmp_path)
    experiments = SandboxExperiments(rig, tree, run_suite(rig, tree))
    assert "pier/a.py::loud" in experiments.recording().outside
    product, tests = source(PORT), [source(files[f"tests/test_{name}.py"], f"tests/test_{name}.py") for name in "ab"]
    weak = weak_spots(Ground(tree, rig.layout, PACKAGED, experiments, {product.path: product}, tests), product.path, 20)
    killed = {name: test for name, test in weak.run.killed.items() if ":2:" in name}
    assert set(killed.values()) == {"tests/test_b.py::test_depth"}, "only the test of another function sees it"
    assert not any(one.function == "pier/a.py::loud" for one in weak.living)
