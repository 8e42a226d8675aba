"""The files of a project come in turn, those of which most is known first."""

from dataclasses import replace

import pytest

from improver.experiments import Recording
from improver.records import File
from improver.verify.ruff import RuffTool
from improver.writing.turns import ground_of, paths
from tests.improver.benches import FakeBench, FakeExperiments
from tests.improver.calls import RECEIPT, ground_for, source
from tests.improver.judging import PACKAGED
from tests.improver.renewing import project_of

FILES = [source("def depth(sea): ...\n", f"pier/{name}.py") for name in "abcde"]


def turns(recording: Recording) -> list[tuple[int, str]]:
    ground = replace(
        ground_for(""),
        experiments=FakeExperiments(recorded=recording),
        sources={one.path: one for one in FILES},
        tests=[source("def test_depth(): ...\n", "tests/test_a.py")],
    )
    return [*paths(ground, lambda _: None)]


def test_files_come_by_how_many_functions_calls_are_kept_and_then_by_how_many_tests_run() -> None:
    impact = {
        f"pier/{name}.py::{function}": ("t",) for name, function in (("a", "f"), ("b", "f"), ("b", "g"), ("d", "f"))
    }
    calls = {"pier/d.py::f": (b"",), "pier/e.py::f": (b"",), "pier/e.py::g": (b"",)}
    found = turns(Recording(impact, {}, calls, {}, RECEIPT))
    assert found == [(3, "pier/e.py"), (2, "pier/d.py"), (1, "pier/b.py"), (0, "pier/a.py")]


def test_no_file_comes_where_nothing_could_be_recorded() -> None:
    assert turns(Recording({"pier/a.py::f": ("t",)}, {}, {}, {}, RECEIPT, "it breaks off")) == []


@pytest.mark.parametrize(
    ("like", "made"),
    [
        pytest.param(b"x = f(1, 2)\n", b"x = g(1)\n", id="a file that the formatter keeps"),
        pytest.param(b"x = f(1,2)\n", b"x = g(\n    1\n)\n", id="one that it does not"),
    ],
)
def test_new_tests_are_formatted_where_their_file_is(like: bytes, made: bytes) -> None:
    tree = {"pyproject.toml": File(b"[tool.ruff]\nline-length = 12\n")}
    ground = ground_of(tree, PACKAGED, FakeBench(ruff=RuffTool()), project_of(tree, PACKAGED))
    assert ground.formats("tests/test_a.py", like, b"x = g(\n    1\n)\n") == made
