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
    def wide(cls, width: int) -> "Shelf":
        """Make one of a width."""
        return cls([], width=width)

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


class Tag:
    """What takes nothing but notes."""

    def __init__(self, notes: str = "") -> None:
        self.notes = notes or ""

    def text(self, loud: bool = False) -> bool:  # noqa: FBT002
        """Say whether it is loud."""
        return bool(loud and self.notes)


def label(text: str, loud: bool = False, end: str = "") -> str:  # noqa: FBT002
    """Write what it says."""
    return text.upper() if loud and end else text


brief = lambda loud=False, end="": loud and end  # noqa: E731


def coupled(name: str, *lines: str) -> list[list[str]]:
    target = calling.Target(sys.modules[__name__], name, lambda: None)
    return [*coupling.coupled(lines, target, hinting.give)]


def pairs(text: str) -> list[dict[str, str]]:
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    return [own for own, held in coupling.pairs(function, None) if not held]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["Shelf.empty().text()"], id="what makes it takes no notes"),
        pytest.param(["Shelf.wide(3).text()"], id="what makes it takes something else"),
        pytest.param(["Shelf.nowhere(3).text()"], id="nobody knows what makes it"),
        pytest.param(["shelf.text()"], id="nobody sees what made it"),
        pytest.param(["Other([1]).text()"], id="another class"),
        pytest.param(["Shelf([1]).size()"], id="another method is called"),
    ],
)
def test_nothing_is_given_where_only_half_would_be(lines: list[str]) -> None:
    assert coupled("Shelf.text", *lines) == []


def test_two_options_of_a_function_are_given_to_its_calls() -> None:
    assert coupled("label", "label('a')", "shelf.text('b')") == [["label('a', end='a', loud=True)", "shelf.text('b')"]]
    assert coupled("brief", "brief()") == []  # what is no statement of its own is not read


def test_what_takes_nothing_else_is_given_it() -> None:
    assert coupled("Tag.text", "Tag().text()") == [["Tag(notes='a').text(loud=True)"]]


def test_an_option_that_needs_no_other_is_left_alone() -> None:
    assert coupled("Shelf.size", "Shelf([1]).size()") == []


def test_a_call_and_what_it_is_made_on_are_given_what_one_test_asks_of_both() -> None:
    assert coupled("Shelf.text", "shelf = Shelf([1])", "shelf.text()") == [
        ["shelf = Shelf([1], notes={'a': 1})", "shelf.text(with_notes=True)"],
        ["shelf = Shelf([1], notes={'a': 1})", "shelf.text(with_notes='bottom')"],
    ]
    assert coupled("Shelf.text", "Shelf.of([1], notes={}).text(with_notes=False)")[0] == [
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
    assert coupled("Shelf.text", line)[0] == [wanted]


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
        pytest.param("def f(a='', b=0):\n    return a == 3 if a and b else 0", [{"a": "'a'", "b": "1"}], id="no text"),
        pytest.param(
            "def f(a='', b=0):\n    return a in ('x', a == 'y' == 'z' == 'u' == 'v') if a and b else 0",
            [{"a": text, "b": "1"} for text in ("'a'", "'y'", "'z'", "'u'")],
            id="a few of what one is compared with",
        ),
    ],
)
def test_two_options_of_one_call(text: str, expected: list[dict[str, str]]) -> None:
    assert pairs(text) == [{**one} for one in expected]


@pytest.mark.parametrize(
    ("line", "held"),
    [
        pytest.param("self.notes = notes or {}", {"notes": "{'a': 1}"}, id="an attribute"),
        pytest.param("self.notes = notes or more or ''", {"notes": "'a'"}, id="the last of several"),
        pytest.param("self.notes = notes and {}", None, id="what is kept only where it is given"),
        pytest.param("self.notes = notes or 3", None, id="what is never empty"),
        pytest.param("self.notes = more or {}", None, id="under another name than it is given by"),
        pytest.param("other.notes = notes or {}", None, id="of something else"),
        pytest.param("notes = notes or {}", None, id="a variable"),
    ],
)
def test_an_option_and_what_the_object_holds(line: str, held: dict[str, str] | None) -> None:
    function, making = ast.parse(f"def f(self, a=0):\n    return a and self.notes\n\n\ndef g(self):\n    {line}").body
    assert isinstance(function, ast.FunctionDef)
    assert isinstance(making, ast.FunctionDef)
    assert [*coupling.pairs(function, making)] == ([({"a": "1"}, held)] if held else [])
