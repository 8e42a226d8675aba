"""Calls that docstrings make already."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from improver.experiments import Mutant, MutationRun
from improver.records import File, Tree
from improver.verify import configuration
from improver.verify.mutation import mutated
from improver.verify.sandbox import best_sandbox
from improver.verify.suite import Rig
from improver.verify.target import find_layout
from improver.writing.choice.doctests import TEST, Doctests
from improver.writing.targets import Ground, weak_spots
from tests.improver.benches import LAYOUT, FakeExperiments
from tests.improver.calls import SEA, case, source
from tests.improver.judging import PACKAGED

NOT_RUN = {"tox.ini": File(b"[testenv]\ncommands = pytest tests\n")}
RUN = {"tox.ini": File(b"[testenv]\ncommands = pytest --doctest-modules pier tests\n")}


@pytest.mark.parametrize(
    ("call", "setup", "repeats"),
    [
        pytest.param("depth(tide)", ("tide = 3",), True, id="an example"),
        pytest.param("depth(tide)", ("tide = 4",), False, id="with another value"),
        pytest.param("depth(4)", (), False, id="another call"),
        pytest.param("Box([1, 2]).total()", (), True, id="an example of a class"),
    ],
)
def test_examples_that_somebody_runs_are_not_repeated(call: str, setup: tuple[str, ...], repeats: bool) -> None:
    known = case(call, setup=setup)
    assert Doctests.of([source(SEA)], RUN, LAYOUT).without([known]) == [known] * (not repeats)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tox.ini", "commands = pytest tests"),
        ("pyproject.toml", "[tool.pytest.ini_options]\ndoctest_optionflags = 'ELLIPSIS'"),
        ("docs/testing.md", "pytest --doctest-modules"),
    ],
)
def test_examples_that_nobody_runs_are_good_calls(path: str, text: str) -> None:
    known = case("depth(tide)", setup=("tide = 3",))
    assert Doctests.of([source(SEA)], {path: File(text.encode())}, LAYOUT).without([known]) == [known]


def test_what_is_no_example_is_passed_over() -> None:
    broken = source('def depth(sea):\n    """Return.\n\n    >>> depth(\n    4\n    """\n')
    assert Doctests.of([broken], RUN, LAYOUT).without([case("depth(1)")]) == [case("depth(1)")]


def test_a_module_that_leaves_on_import_leaves_the_examples_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = '"""Say.\n\n>>> 1\n1\n"""\n'
    texts = {"leaving_pier": f"{shown}raise SystemExit(2)\n", "low_pier": shown}
    for name, text in texts.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    space: dict[str, Any] = {}
    exec(Doctests({}, tuple(texts)).test_file, space)  # noqa: S102
    assert [one.name for one in space["examples"]()] == ["low_pier"]


def test_an_example_holds_as_often_as_it_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = '"""Say.\n\n>>> TIDE\n3\n"""\n\nTIDE = 3\n'
    (tmp_path / "often_pier.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    space: dict[str, Any] = {}
    exec(Doctests({}, ("often_pier",)).test_file, space)  # noqa: S102
    (one,) = space["examples"]()
    for _ in range(2):  # one process tries one mutant after the other
        space[TEST](one)


LINED = '''\
def depth(sea, more=1):
    """Return how deep it is.

    >>> found = depth(3)
    >>> found
    4
    >>> print(depth(5) == 6)
    True
    >>> depth(None)
    Traceback (most recent call last):
    TypeError: in words of its own
    """
    return sea + more


def width(sea):
    """Return how wide it is.

    >>> width(7) > 4  # doctest: +NUMBER
    True
    >>> width(8)  # doctest: +SKIP
    8
    """
    return sea * 2


def length(sea):
    """Return how long it is, and no longer.

    >>> length(1)
    2
    """
    return sea
'''


class Running(FakeExperiments):
    """Tries mutants in a sandbox."""

    def __init__(self, rig: Rig) -> None:
        super().__init__()
        self.rig = rig

    def mutate(self, tree: Tree, mutants: Sequence[Mutant], tests: Sequence[str]) -> MutationRun:
        return mutated(self.rig, tree, mutants, tests)


@pytest.mark.host
def test_a_fault_is_shown_where_an_example_that_holds_fails_on_it(tmp_path: Path) -> None:
    files = {"pier/__init__.py": "", "pier/a.py": LINED, "tests/test_a.py": "def test_nothing():\n    assert True\n"}
    tree = {path: File(text.encode()) for path, text in files.items()} | RUN
    layout = find_layout(tree, tmp_path, sys.executable, PACKAGED)
    running = Running(Rig(best_sandbox(layout.python), layout, PACKAGED, configuration.read(tree)))
    product, tests = source(LINED), [source(files["tests/test_a.py"], "tests/test_a.py")]
    ground = Ground(tree, layout, PACKAGED, running, {product.path: product}, tests)
    weak = weak_spots(ground, product.path, 60)
    told = {one.rpartition(": ")[2] for one in weak.shown}
    assert {"`sea + more` → `sea - more`", "`more=1` → `more=2`", "`return sea + more` → `return None`"} <= told
    assert "`return sea * 2` → `return None`" in told
    assert {one.rpartition(": ")[2] for one in (mutant.name for mutant in weak.living)} >= {
        "`sea * 2` → `sea * 3`",  # more than four as well
        "`return sea` → `return None`",  # its example fails as it is
    }
    assert weak.shown.isdisjoint(mutant.name for mutant in weak.living)
    assert weak_spots(replace(ground, tree={**tree, **NOT_RUN}), product.path, 60).shown == frozenset()
