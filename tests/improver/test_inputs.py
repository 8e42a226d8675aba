"""Inputs made for functions from their annotations and constants."""

import ast
import pickle
import random
from pathlib import Path
from typing import Any

import pytest

from improver.judging.inputs import Version, generated
from improver.source import FUNCTIONS, Function


def function(text: str) -> Function:
    node = ast.parse(text).body[0]
    assert isinstance(node, FUNCTIONS)
    return node


def made(before: str, after: str = "", count: int = 30, tests: tuple[str, ...] = ()) -> list[tuple[Any, Any, bool]]:
    old = function(before)
    found = generated(Version(old, function(after or before), old, tuple(map(function, tests))), count)
    return [(*pickle.loads(one.data), one.loose) for one in found]  # noqa: S301 - ours


@pytest.mark.parametrize(
    ("annotation", "kinds"),
    [
        ("int", {int}),
        ("bool", {bool}),
        ("str | None", {str, type(None)}),
        ("Optional[bytes]", {bytes, type(None)}),
        ("typing.Union[str, bytes]", {str, bytes}),
        ("list[float]", {list}),
        ("Iterable[str]", {list}),
        ("tuple[int, ...]", {tuple}),
        ("tuple[int, str]", {tuple}),
        ("Mapping[str, list[int]]", {dict}),
        ("set[str]", {set}),
        ("frozenset[int]", {frozenset}),
        ("Literal['a', 3]", {str, int}),
        ("'int'", {int}),
        ("Path", {type(Path())}),
    ],
)
def test_an_annotation_says_what_is_made(annotation: str, kinds: set[type]) -> None:
    assert {type(args[0]) for args, _, _ in made(f"def f(a: {annotation}): pass")} == kinds


@pytest.mark.parametrize("text", ["def f(a): pass", "def f(a: Box): pass", "def f(*, a: Box): pass"])
def test_what_cannot_be_made_makes_no_input(text: str) -> None:
    assert made(text) == []


def test_what_has_a_default_is_sometimes_left_out() -> None:
    named = [kwargs for _, kwargs, _ in made("def f(a: int, b: int = 1, *, c: int, d: Box = None): pass")]
    assert {"c"} in [set(one) for one in named]
    assert {"b", "c"} in [set(one) for one in named]
    assert all("c" in one and "d" not in one for one in named)


def test_a_call_without_optional_arguments_comes_twice_so_that_a_changing_default_shows() -> None:
    first, second, *_ = made("def f(a: str, tags: list[str] = None): pass")
    assert first == second
    assert first[1] == {}


def test_constants_of_both_versions_and_of_tests_are_tried_with_their_neighbours() -> None:
    tests = ("def test_f(): assert f(555)",)
    tried = {args[0] for args, _, _ in made("def f(a: int): return a > 77", "def f(a: int): return a > 99", 60, tests)}
    assert {76, 77, 78, 98, 99, 100, 554, 555, 556} <= tried


def test_a_wider_except_is_tried_with_what_the_annotations_forbid() -> None:
    text = "def f(a: str):\n    try:\n        return int(a)\n    except {}:\n        return 0\n"
    narrow, wide = text.format("ValueError"), text.format("Exception")
    assert [args for args, _, loose in made(narrow, wide) if loose][:1] == [(None,)]
    assert not any(loose for _, _, loose in made(narrow, narrow.replace("0", "1")))


def test_the_same_versions_get_the_same_inputs_and_another_candidate_gets_others() -> None:
    before, after = "def f(a: int, b: str): return 1", "def f(a: int, b: str): return 2"
    first = made(before, after)
    random.seed(1)
    assert made(before, after) == first
    assert made(before, after.replace("2", "3")) != first


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert made("def f(a: str): pass")
    assert list(tmp_path.iterdir()) == []


def test_none_are_made_where_policy_asks_for_none() -> None:
    assert made("def f(a: int): pass", count=0) == []
