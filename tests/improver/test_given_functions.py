"""What is asked of functions that a call gives, and which functions calls are given."""

import ast
import functools
import inspect
import types
from collections.abc import Callable
from typing import Any

import pytest

from improver.verify import altering, answering, deepening, hinting, phrasing, provoking, varying
from improver.writing.choice.selecting import is_public


def defined(text: str) -> Callable[..., Any]:
    """Return the function `f` of a text, as a case defines it."""
    space: dict[str, Any] = {}
    exec(compile(text, answering.WRITTEN, "exec"), space)  # noqa: S102 - a function for one test
    found: Callable[..., Any] = space["f"]
    return found


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        pytest.param("one", ["1", "'a'", "[1, 2]"], id="one value"),
        pytest.param("*args", ["1", "'a'", "[1, 2]"], id="any values"),
        pytest.param("", [""], id="nothing"),
        pytest.param("one=1", ["", "1", "'a'", "[1, 2]"], id="what need not be given"),
        pytest.param("one, two", ["1, 2", "'a', 'b'"], id="two values"),
        pytest.param("one, *, two", ["1, two=4", "'a', two=4"], id="one by its name"),
        pytest.param("func, size=1", ["len"], id="a function"),
        pytest.param("one, two, three, four", [], id="too many"),
    ],
)
def test_a_function_is_called_with_what_it_takes(given: str, wanted: list[str]) -> None:
    assert answering.asked(defined(f"def f({given}): ...")) == wanted


def test_what_is_no_function_is_not_called() -> None:
    assert [answering.asked(one) for one in (1, str, len, "a")] == [[], [], [], []]


def test_a_plain_function_says_nothing_of_itself() -> None:
    assert [*answering.said(defined('def f(one):\n    """Tell."""'), "result")] == []
    assert [*answering.said(len, "result")] == []


def test_a_function_says_what_somebody_else_told_it() -> None:
    inner = defined('def f(one, two=2):\n    """Tell."""')
    outer = defined("def f(*args): ...")
    functools.update_wrapper(outer, inner)
    outer.__name__ = "told"
    assert [*answering.said(outer, "result")] == [
        ("result.__name__", "told"),
        ("result.__doc__", "Tell."),
        ("str(inspect.signature(result))", "(one, two=2)"),
    ]


def test_a_function_that_is_made_of_text_says_what_it_takes() -> None:
    space: dict[str, Any] = {}
    exec(compile("def f(one, *, two=2): ...", "<made>", "exec"), space)  # noqa: S102 - as products do
    assert [*answering.said(space["f"], "result")] == [("str(inspect.signature(result))", "(one, *, two=2)")]


def test_what_a_function_is_known_by_is_public() -> None:
    assert is_public("result.__name__")
    assert is_public("str(inspect.signature(result))")


def test_what_is_given_by_a_private_name_is_private() -> None:
    assert is_public("depth(sea=3)")
    assert not is_public("depth(_sea=3)")
    assert not is_public("result.__dict__")


def altered(call: str, *setup: str) -> list[dict[str, Any]]:
    guests = {one.__name__.rpartition(".")[2]: one for one in (varying, hinting, phrasing, provoking, deepening)}
    guests |= dict.fromkeys(("matching", "texting", "refitting", "noting", "calling", "coupling"), ast)  # not asked
    case = {"imports": [], "prelude": [], "setup": [*setup], "call": call, "origin": "text"}
    return [*altering.Altering(guests, ast).enriched(case)]


def test_a_function_that_is_given_is_one_that_has_more_to_tell() -> None:
    found = altered("wraps(f)", "def f():\n    return 1")
    assert [one["call"] for one in found] == ["wraps(sample)"] * 2 + ["wraps(functools.partial(sample, third=5))"] * 2
    assert [altering.NOTED in one["setup"] for one in found] == [False, True, False, True]
    assert [one["imports"] for one in found] == [[], [], [("functools", "")], [("functools", "")]]


def test_a_function_that_nobody_uses_any_more_is_left_out() -> None:
    kept, unused = "def g():\n    return 1", "def f():\n    return g()"
    assert altered("wraps(f)", kept, unused)[0]["setup"] == [kept, altering.RICH]
    assert altered("wraps(f)", unused)[0]["setup"] == [altering.RICH]


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(("wraps(1)",), id="no function is given"),
        pytest.param(("wraps(sample)", altering.RICH), id="it is given already"),
        pytest.param(("wraps(one)", "one = 1"), id="a variable is no function"),
    ],
)
def test_where_no_function_is_given_nothing_is_put(case: tuple[str, ...]) -> None:
    assert altered(*case) == []


def test_the_function_with_more_to_tell_can_be_called() -> None:
    space: dict[str, Any] = {}
    exec(altering.RICH, space)  # noqa: S102 - it is written into tests
    assert space["sample"](1, 5, third=2) == 8
    assert str(inspect.signature(space["sample"])) == "(first, second=2, *, third=3)"


FLAG = "class Flag:\n    def __init__(self, width):\n        self.size = width"


@pytest.mark.parametrize(
    ("call", "setup", "wanted"),
    [
        pytest.param("tell(f, 'b')", ["def f(a, *, b=1):\n    return a"], ["tell(f, 'a')"], id="parameters"),
        pytest.param(
            "tell(Flag(1), ['x'])", [FLAG], ["tell(Flag(1), ['width'])", "tell(Flag(1), ['size'])"], id="attributes"
        ),
        pytest.param("tell(f, 1)", ["def f(a):\n    return a"], [], id="no text is given"),
        pytest.param("tell(f, 'b')", ["f = lambda a: a"], [], id="nothing has a name of its own"),
    ],
)
def test_a_text_may_be_the_name_of_what_a_case_defines(call: str, setup: list[str], wanted: list[str]) -> None:
    assert [*altering.spoken({"call": call, "setup": setup})] == wanted


def test_a_function_of_a_case_says_nothing_of_the_module_that_it_has_there() -> None:
    space: dict[str, Any] = {}
    exec(compile("def f(): ...", "<made>", "exec"), space)  # noqa: S102 - as products do
    space["f"].__module__ = answering.CASE
    assert [name for name, _ in answering.said(space["f"], "result")] == ["str(inspect.signature(result))"]


def test_a_set_is_given_where_an_annotation_asks_for_one() -> None:
    def sink(stones: set[str], kept: frozenset[str]) -> None: ...

    wanted = ["sink({'a', 'b'}, 2)", "sink(1, frozenset({'a', 'b'}))"]
    assert [*hinting.typed("sink(1, 2)", types.SimpleNamespace(sink=sink))][:2] == wanted
