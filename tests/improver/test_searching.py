"""A search for differences: what it suggests is replayed, and where nothing searches nothing changes."""

import pickle
import sys
import types
from pathlib import Path

import pytest

from improver.experiments import Comparison, Recording
from improver.policy import Policy
from improver.records import File, Receipt, Tree
from improver.verify import configuration, searcher
from improver.verify.sandbox import Sandbox
from improver.verify.searching import compared, searched
from improver.verify.suite import Rig
from improver.verify.target import find_layout
from tests.improver.judging import PACKAGED

OLD = "def fare(miles: int, *, child: bool = False) -> int:\n    return 7 * miles\n"
RARE = "def fare(miles: int, *, child: bool = False) -> int:\n    return 7 * miles if 7 * miles != 5432203 else 0\n"
SAME = "def fare(miles: int, *, child: bool = False) -> int:\n    return miles * 7\n"
NAME = "pier/a.py::fare"
KNOWN = Recording({NAME: ("t",)}, {}, {NAME: (pickle.dumps(((3,), {})),)}, {}, Receipt(("record",)))


def tree_of(text: str) -> Tree:
    texts = {"pier/__init__.py": "", "pier/a.py": text, "tests/test_a.py": "def test_a():\n    assert True\n"}
    return {path: File(content.encode()) for path, content in texts.items()}


def searching(seconds: int) -> Policy:
    trials = PACKAGED.gates.trials.model_copy(update={"symbolic": seconds, "generated": 0})
    return PACKAGED.model_copy(update={"gates": PACKAGED.gates.model_copy(update={"trials": trials})})


def rig_of(sandbox: Sandbox, root: Path, seconds: int) -> Rig:
    policy, tree = searching(seconds), tree_of(OLD)
    return Rig(sandbox, find_layout(tree, root, sys.executable, policy), policy, configuration.read(tree))


def comparison(sandbox: Sandbox, root: Path, after: str, seconds: int = 20) -> Comparison:
    return compared(rig_of(sandbox, root, seconds), (tree_of(OLD), tree_of(after)), (NAME,), KNOWN)


def test_the_candidate_is_annotated_as_base_is() -> None:
    module = types.ModuleType("pier")
    module.__file__ = "pier.py"
    assert searcher.renewed(module, OLD.encode()).fare.__annotations__["miles"] is int


@pytest.mark.host
def test_a_rare_difference_is_found_and_shown_by_a_replay(strongest: Sandbox, tmp_path: Path) -> None:
    found = comparison(strongest, tmp_path, RARE)
    assert found.differences
    assert all("fare(776029, child=" in one and "gives 5432203 before, gives 0 now" in one for one in found.differences)
    assert found.receipt.counts["searched"] >= 1


@pytest.mark.host
def test_a_search_proves_nothing(strongest: Sandbox, tmp_path: Path) -> None:
    searched_in_vain = comparison(strongest, tmp_path, SAME)
    assert searched_in_vain == comparison(strongest, tmp_path, SAME, seconds=0)
    assert searched_in_vain.differences == ()


@pytest.mark.host
@pytest.mark.parametrize(
    "after",
    [
        pytest.param("import absent\n", id="a module that cannot be imported"),
        pytest.param("def fare(*miles):\n    return 7\n", id="arguments without end"),
        pytest.param(f"import os\n\nos._exit(0)\n{OLD}", id="a module that leaves"),
    ],
)
def test_what_cannot_be_searched_suggests_nothing(after: str, strongest: Sandbox, tmp_path: Path) -> None:
    before = OLD if "*miles" not in after else after
    trees = (tree_of(before), tree_of(after))
    assert list(searched(rig_of(strongest, tmp_path, 5), trees, (NAME,))) == []


@pytest.mark.host
@pytest.mark.parametrize(
    ("seconds", "name"),
    [
        pytest.param(0, NAME, id="no time"),
        pytest.param(5, "pier/a.py::Boat.fare", id="a method"),
        pytest.param(5, "pier/a.py::<module>", id="a module"),
        pytest.param(5, "pier/b.py::fare", id="a file that is not there"),
    ],
)
def test_what_is_not_searched(seconds: int, name: str, strongest: Sandbox, tmp_path: Path) -> None:
    assert list(searched(rig_of(strongest, tmp_path, seconds), (tree_of(OLD), tree_of(RARE)), (name,))) == []
