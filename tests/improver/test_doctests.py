"""Calls that docstrings make already."""

from dataclasses import replace

import pytest

from improver.experiments import Case
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


LINED = source('''\
def depth(sea):
    """Return.

    >>> list(depth(3))
    [4]
    >>> found = depth(5)
    >>> found
    6
    >>> unseen = depth(7)
    >>> named = depth(8)
    >>> named == 9
    True
    >>> depth(10) == 11
    True
    >>> print(' '.join(depth(12)))
    13
    >>> depth(14) > 13
    True
    >>> changed = depth(15)
    >>> changed.sink(2)
    >>> changed
    18
    >>> depth(16)  # doctest: +SKIP
    17
    >>> sorted(depth(17))
    [18]
    >>> depth(None)
    Traceback (most recent call last):
    TypeError: no sea
    """
''')


def noticing(call: str, *subjects: str, kind: str = "eq") -> Case:
    """Return a call each of whose checks notices a fault of its own: a, b, ..."""
    checks = tuple((kind, subject, "4") for subject in subjects)
    shows = tuple(frozenset("abc"[at]) for at in range(len(subjects)))
    return replace(case(call, checks=checks), shows=shows, kills=frozenset().union(*shows))


@pytest.mark.parametrize(
    ("known", "noticed"),
    [
        pytest.param(noticing("depth(3)", "list(result)", "result.size"), "a", id="what a list shows, and no more"),
        pytest.param(noticing("depth(5)", "result"), "a", id="a name that is looked at"),
        pytest.param(noticing("depth(7)", "result"), "", id="a name that is not"),
        pytest.param(noticing("depth(8)", "result"), "a", id="a name that is compared"),
        pytest.param(noticing("depth(10)", "result", "result.size"), "a", id="what is compared with all that it is"),
        pytest.param(noticing("depth(12)", "result"), "a", id="what is joined and printed"),
        pytest.param(noticing("depth(14)", "result"), "", id="what is only found to be more"),
        pytest.param(noticing("depth(15)", "result"), "", id="a name whose thing was changed before it is looked at"),
        pytest.param(noticing("depth(16)", "result"), "", id="what nobody runs"),
        pytest.param(noticing("depth(17)", "result"), "", id="of which the order is not shown"),
        pytest.param(noticing("depth(None)", "TypeError", kind="raises"), "a", id="an error"),
        pytest.param(noticing("depth(4)", "list(result)"), "", id="another call"),
        pytest.param(noticing("depth(3)", "results(list)"), "", id="what only begins like it"),
    ],
)
def test_what_an_example_shows_is_noticed_already(known: Case, noticed: str) -> None:
    assert Doctests.of([LINED], RUN).noticed([known]) == frozenset(noticed)
    assert Doctests.of([LINED], {}).noticed([known]) == frozenset()
