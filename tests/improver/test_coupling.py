"""Options that count only together: which they are, and where they are given."""

import ast
import sys
from typing import Any

import pytest

from improver.verify import calling, coupling, hinting


class Shelf:
    """What may have notes and shows them where it is asked to."""

    def __init__(self, rows: list[int], notes: dict[str, int] | None = None, width: int = 3) -> None:
        self.rows, self.width = rows, width
        self.notes = notes or {}

    @classmethod
    def of(cls, rows: list[int], **more: Any) -> "Shelf":
        """Make one as it is."""
        return cls(rows, **more)

    @classmethod
    def empty(cls) -> "Shelf":
        """Make one that takes nothing."""
        return cls([])

    def text(self, with_notes: bool | str = False) -> str:  # noqa: FBT002
        """Say what is on it."""
        if with_notes and self.notes:
            return "low" if with_notes == "bottom" else "top"
        return ""

    def size(self, depth: int = 1) -> int:
        """Say how much is on it."""
        return depth and self.width


def coupled(method: str, *lines: str) -> list[list[str]]:
    target = calling.Target(sys.modules[__name__], f"Shelf.{method}", lambda: None)
    return [*coupling.coupled(lines, target, hinting.give)]


def pairs(text: str) -> list[dict[str, str]]:
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    return [own for own, held in coupling.pairs(function, None) if not held]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["Shelf.empty().text()"], id="what makes it takes no notes"),
        pytest.param(["shelf.text()"], id="nobody sees what made it"),
        pytest.param(["Other([1]).text()"], id="another class"),
        pytest.param(["Shelf([1]).size()"], id="another method is called"),
    ],
)
def test_nothing_is_given_where_only_half_would_be(lines: list[str]) -> None:
    assert coupled("text", *lines) == []


def test_an_option_that_needs_no_other_is_left_alone() -> None:
    assert coupled("size", "Shelf([1]).size()") == []


def test_a_call_and_what_it_is_made_on_are_given_what_one_test_asks_of_both() -> None:
    assert coupled("text", "shelf = Shelf([1])", "shelf.text()") == [
        ["shelf = Shelf([1], notes={'a': 1})", "shelf.text(with_notes=True)"],
        ["shelf = Shelf([1], notes={'a': 1})", "shelf.text(with_notes='bottom')"],
    ]
    assert coupled("text", "Shelf.of([1], notes={}).text(with_notes=False)")[0] == [
        "Shelf.of([1], notes={'a': 1}).text(with_notes=True)"
    ]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        pytest.param("Shelf([1], {}).text()", "Shelf([1], {'a': 1}).text(with_notes=True)", id="to what makes it"),
        pytest.param("Shelf([1]).text('low')", "Shelf([1], notes={'a': 1}).text(True)", id="to the call"),
        pytest.param("Shelf(*rows).text(1)", "Shelf(*rows, notes={'a': 1}).text(True)", id="perhaps"),
    ],
)
def test_what_is_given_by_place_is_given_there(line: str, wanted: str) -> None:
    assert coupled("text", line)[0] == [wanted]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("def f(a, b):\n    return a and b", [], id="they must be given anyway"),
        pytest.param("def f(a=0, b=True):\n    return a and b", [], id="one is on by default"),
        pytest.param("def f(a=0, b=''):\n    return a or b", [], id="either is enough"),
        pytest.param("def f(a=0, *, b=''):\n    return a and b", [{"a": "1", "b": "'a'"}], id="two that are off"),
        pytest.param(
            "def f(a='', b=False):\n    return a == 'z' if a and b else 0",
            [{"a": "'a'", "b": "True"}, {"a": "'z'", "b": "True"}],
            id="what one is compared with",
        ),
    ],
)
def test_two_options_of_one_call(text: str, expected: list[dict[str, str]]) -> None:
    assert pairs(text) == [{**one} for one in expected]
