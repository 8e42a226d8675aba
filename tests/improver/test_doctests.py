"""Calls that docstrings make already."""

import pytest

from improver.records import File
from improver.writing.choice.doctests import Doctests
from tests.improver.calls import SEA, case, source

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
    assert Doctests.of([source(SEA)], RUN).without([known]) == [known] * (not repeats)


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
    assert Doctests.of([source(SEA)], {path: File(text.encode())}).without([known]) == [known]


def test_what_is_no_example_is_passed_over() -> None:
    broken = source('def depth(sea):\n    """Return.\n\n    >>> depth(\n    4\n    """\n')
    assert Doctests.of([broken], RUN).without([case("depth(1)")]) == [case("depth(1)")]
