"""A test of which one part is skipped still notices what the other parts do."""

import sys
from pathlib import Path

import pytest

from improver.judging.mutants import mutants_of
from improver.records import File, Tree
from improver.verify import configuration
from improver.verify.mutation import mutated
from improver.verify.sandbox import best_sandbox
from improver.verify.suite import Rig
from improver.verify.target import find_layout
from tests.improver.calls import source
from tests.improver.judging import PACKAGED

TIDE = "def depth(sea):\n    return sea * 2\n"
TESTS = """\
import unittest
from pier.a import depth


class TestDepth(unittest.TestCase):
    def test_depth(self):
        for sea in (2, 3):
            with self.subTest(sea=sea):
                if sea in EBB:
                    self.skipTest("ebb")
                self.assertEqual(depth(sea), sea + sea)
"""


@pytest.mark.host
@pytest.mark.parametrize(("ebb", "noticed"), [("(2,)", True), ("(2, 3)", False)], ids=["one of two", "both"])
def test_a_test_of_which_a_part_ran_notices_faults(ebb: str, tmp_path: Path, *, noticed: bool) -> None:
    files = {"pier/__init__.py": "", "pier/a.py": TIDE, "tests/test_a.py": TESTS.replace("EBB", ebb)}
    tree: Tree = {path: File(text.encode()) for path, text in files.items()}
    layout = find_layout(tree, tmp_path, sys.executable, PACKAGED)
    rig = Rig(best_sandbox(layout.python), layout, PACKAGED, configuration.read(tree))
    faults = mutants_of(source(TIDE), ["depth"], 20)
    found = mutated(rig, tree, faults, ["tests/test_a.py::TestDepth::test_depth"])
    assert found.killed.keys() == ({one.name for one in faults} if noticed else set())
