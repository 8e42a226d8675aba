"""Arguments that meet what a function asks before it raises."""

import ast

import pytest

from improver.verify import hinting, provoking

KNOWN = {"MODES": ("wide", "tall"), "LIMIT": 9, "date": object}


def reached(body: str, given: str = "one, other=None") -> list[dict[str, str]]:
    """Return the arguments that lead to the `raise` statements of a function."""
    return [*provoking.provoked(defined(body, given), KNOWN)]


def defined(body: str, given: str = "one, other=None") -> ast.FunctionDef:
    text = "\n    ".join([f"def f({given}):", *body.splitlines()])
    node = ast.parse(text).body[0]
    assert isinstance(node, ast.FunctionDef)
    return node


@pytest.mark.parametrize(
    ("test", "wanted"),
    [
        pytest.param("one < 0", [{"one": "-1"}], id="a number below"),
        pytest.param("10 <= one", [{"one": "10"}], id="the constant first"),
        pytest.param("not 0 < one < 5", [{"one": "0"}, {"one": "5"}], id="not in between"),
        pytest.param("one > LIMIT", [{"one": "10"}], id="a constant of the module"),
        pytest.param("one not in MODES", [{"one": "'other'"}], id="none of the module's"),
        pytest.param("one not in ('a', 'b')", [{"one": "'other'"}], id="none of those written out"),
        pytest.param("one == 'wide'", [{"one": "'wide'"}], id="just this"),
        pytest.param("one is None", [{"one": "None"}], id="nothing"),
        pytest.param("not isinstance(one, str)", [{"one": "1"}], id="no text"),
        pytest.param("not isinstance(one, (str, int))", [{"one": "None"}], id="neither text nor number"),
        pytest.param("not isinstance(one, date)", [{"one": "'a'"}, {"one": "1"}], id="no object of a class"),
        pytest.param("isinstance(one, bytes)", [{"one": "b'a'"}], id="of a type"),
        pytest.param("not callable(one)", [{"one": "1"}], id="no function"),
        pytest.param("len(one) != 2", [{"one": "[1, 2, 3]"}, {"one": "'aaa'"}], id="another length"),
        pytest.param("one and other", [{"one": "1", "other": "1"}], id="both"),
        pytest.param("one < 0 or other == 'a'", [{"one": "-1"}, {"other": "'a'"}], id="either"),
        pytest.param("one > other", [{"one": "2", "other": "1"}], id="in the wrong order"),
        pytest.param("ready() and one < 0", [{"one": "-1"}], id="what is no argument is taken to hold"),
    ],
)
def test_a_raise_is_reached_by_what_its_test_asks(test: str, wanted: list[dict[str, str]]) -> None:
    assert reached(f"if {test}:\n    raise ValueError('no')") == wanted


def test_the_last_branch_is_reached_by_what_no_other_knows() -> None:
    body = "if one == 'a':\n    other = 1\nelif one == 'b':\n    other = 2\nelse:\n    raise ValueError('no')"
    assert reached(body) == [{"one": "'other'"}]


def test_a_raise_at_the_end_is_reached_past_what_returns() -> None:
    assert reached("if isinstance(one, str):\n    return 1\nraise TypeError('no')") == [{"one": "1"}]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("if one < 0:\n    return 1", id="nothing is raised"),
        pytest.param("raise ValueError('no')", id="nothing is asked"),
        pytest.param("if self.closed:\n    raise ValueError('no')", id="its object is asked"),
        pytest.param("if one.size > 3:\n    raise ValueError('no')", id="something of an argument is asked"),
        pytest.param("def inner(one):\n    if one < 0:\n        raise ValueError('no')", id="another function asks"),
        pytest.param("two = 1\nif two < 0:\n    raise ValueError('no')", id="a variable is asked"),
    ],
)
def test_where_no_argument_decides_nothing_is_given(body: str) -> None:
    assert reached(body) == []


def test_an_argument_is_given_what_it_is_compared_with() -> None:
    body = "if one == 'repeat' or other in MODES:\n    return other != 3\nreturn two == 'a'"
    wanted = [{"one": "'repeat'"}, {"other": "'tall'"}, {"other": "'wide'"}]
    assert [*provoking.compared(defined(body), KNOWN)] == wanted


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        pytest.param("f(1)", ["f('b', other=2)"], id="by place, else by name"),
        pytest.param("jar.f(1, 3)", ["jar.f('b', 2)"], id="both by place"),
        pytest.param("f(*many)", [], id="nobody knows the places"),
        pytest.param("f(1)(2)", [], id="a call of what it gives"),
        pytest.param("f", [], id="no call"),
    ],
)
def test_arguments_are_put_into_a_call(call: str, wanted: list[str]) -> None:
    given = {"one": "'b'", "other": "2"}
    assert [*hinting.met(call, "def f(self, one, other=None): ...", lambda *_: [given], ast)] == wanted
