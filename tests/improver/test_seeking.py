"""The search for calls: which of those that are alike it looks at."""

from pathlib import Path

import pytest

from improver.experiments import Case, Wanted
from improver.verify.exploring import explored
from tests.improver.rigs import rig_of

SHADES = (255, 192, 128, 96, 64, 48, 32, 24, 16, 12)
PALE = """\
import sys


def shade(sea):
    return {255: "a", 192: "b", 128: "c", 96: "d", 64: "e", 48: "f", 32: "g", 24: "h", 16: "i", 12: "j"}.get(sea, "")


def mix(text):
    return text[1] + text[3] + text[2]


def typed(count):
    return sys.stdin.read(count) or count
"""
FILES = {"pier/__init__.py": "", "pier/a.py": PALE, "tests/test_a.py": "def test_nothing():\n    assert True\n"}


def wanted(name: str, call: str, constants: tuple[object, ...]) -> Wanted:
    function = f"pier/a.py::{name}"
    return Wanted(function, (Case(function, call, (("pier.a", name),)),), (), constants)


@pytest.mark.host
def test_each_constant_is_met_a_text_tells_its_letters_apart_and_nothing_is_typed(tmp_path: Path) -> None:
    rig, tree = rig_of(FILES, tmp_path)
    asked = [wanted("shade", "shade(5)", SHADES), wanted("mix", "mix('#fff')", ())]
    found = explored(rig, tree, [*asked, wanted("typed", "typed(3)", ())], [])
    assert {f"shade({one})" for one in SHADES} <= {case.call for case in found.cases}
    assert not [case for case in found.cases if case.function.endswith("typed")], "nobody types in a test"
    assert ("mix('#abc')", "'acb'") in {(case.call, case.checks[0][2]) for case in found.cases}
