"""The files of a project come in turn, those of which most is known first."""

from dataclasses import replace

from improver.experiments import Recording
from improver.writing.turns import paths
from tests.improver.benches import FakeExperiments
from tests.improver.calls import RECEIPT, ground_for, source

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
