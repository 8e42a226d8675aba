"""Tests that have other ids in each run: nothing can be held against them, but what they notice is noticed."""

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
