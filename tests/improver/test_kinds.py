"""Values that the types of parameters allow."""

import ast

import pytest

from improver.judging.functions import definitions
from improver.writing.inputs.guessing import guessed
from improver.writing.inputs.kinds import NOTHING_KNOWN, kinds_of
from tests.improver.calls import PIER, index_of, source

SHORES = """\
from enum import Enum


class Side(Enum):
    LEFT = 1
    RIGHT = 2


class Rope:
    def __init__(self, length=3):
        self.length = length


class Knot:
    def __init__(self, rope: Rope, side: "Side | None"):
        self.rope, self.side = rope, side


def tie(knot: Knot, side: Side = Side.LEFT): ...
"""


@pytest.mark.parametrize(
    ("annotation", "texts"),
    [
        ("bool", ["True", "False"]),
        ("str | None", ["''", "None", "'a'", "'A b'", "'../bc'", "'1'"]),
        ("Optional[bool]", ["True", "None", "False"]),
        ("Literal['r', 'w']", ["'r'", "'w'"]),
        ("list[bool]", ["[True, False]", "[]"]),
        ("tuple[bool, ...]", ["(True, False)", "()"]),
        ("tuple[()]", []),
        ("tuple[bool, None]", ["(True, None,)"]),
        ("dict[bool, bool]", ["{True: True}", "{False: False}", "{}"]),
        ("'Sequence[bool]'", ["[True, False]", "[]"]),
        ("Callable[[], int]", ["lambda: 1"]),
        ("Callable[[int, str], int]", ["lambda a, b: a"]),
        ("Callable[..., int]", []),
        ("frozenset[bool]", ["frozenset({True})", "frozenset({False})"]),
        ("frozenset", ["frozenset({'a', 'b'})", "frozenset({1})", "frozenset()"]),
        ("set", ["{'a', 'b'}", "{1}", "set()"]),
        ("list[Rope]", []),  # nobody knows how one is made
        ("'not an annotation'", []),
        ("T", []),
    ],
)
def test_plain_types_have_values(annotation: str, texts: list[str]) -> None:
    assert NOTHING_KNOWN.of(ast.parse(annotation, mode="eval").body) == texts


def test_members_of_enums_and_objects_that_need_nothing_are_made() -> None:
    text = source(SHORES)
    kinds = kinds_of(definitions(text)["Knot.__init__"][-1], text, "pier.a", {})
    assert kinds.texts == {"Rope": ("Rope()",), "Side": ("Side.LEFT", "Side.RIGHT")}
    assert kinds.needs("Rope(), side=Side.LEFT, other=Pole") == {("pier.a", "Rope"), ("pier.a", "Side")}


def test_objects_are_made_as_tests_make_them() -> None:
    text = source(SHORES)
    tests = source(
        "from pier.a import Knot, Rope\n\ndef test_knot():\n    assert Knot(Rope(2), None).side is None\n",
        "tests/test_a.py",
    )
    kinds = kinds_of(definitions(text)["tie"][-1], text, "pier.a", index_of([tests]))
    assert kinds.texts["Knot"] == ("Knot(Rope(2), None)",)
    assert kinds.needs("Knot(Rope(2), None)") == {("pier.a", "Knot"), ("pier.a", "Rope")}


def test_a_call_is_guessed_with_objects_and_imports_them() -> None:
    found = next(guessed(source(SHORES), "pier.a", f"{PIER}Knot.__init__", {}))
    assert found.call == "Knot(Rope(), Side.LEFT)"
    assert found.imports == (("pier.a", "Knot"), ("pier.a", "Rope"), ("pier.a", "Side"))


def test_plain_types_are_not_made_as_tests_call_them() -> None:
    text = source("def sink(depth: int, name: 'str | None'): ...\n")
    tests = source("def test_sink():\n    assert sink(int('0', 0), str(1)) is None\n", "tests/test_a.py")
    kinds = kinds_of(definitions(text)["sink"][-1], text, "pier.a", index_of([tests]))
    assert kinds.texts == {}
