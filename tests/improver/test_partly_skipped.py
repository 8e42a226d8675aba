"""A test of which one part is skipped still notices what the other parts do."""

from pathlib import Path

import pytest

from improver.judging.mutants import mutants_of
from improver.verify.mutation import mutated
from tests.improver.calls import source
from tests.improver.rigs import rig_of

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
    rig, tree = rig_of(files, tmp_path)
    faults = mutants_of(source(TIDE), ["depth"], 20)
    found = mutated(rig, tree, faults, ["tests/test_a.py::TestDepth::test_depth"])
    assert found.killed.keys() == ({one.name for one in faults} if noticed else set())
