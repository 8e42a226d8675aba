"""Calls that no annotation allows."""

import ast
from dataclasses import replace

import pytest

from improver.judging.functions import definitions
from improver.writing.inputs.misfits import Signatures, given_to
from tests.improver.calls import case, node, source

PORT = """\
from enum import Enum
from typing import Protocol


class Side(Enum):
    LEFT = 1


class Floats(Protocol):
    def sink(self): ...


if TYPE_CHECKING:

    class Counted(Protocol[T]):
        def count(self, one: T): ...


class Called(Protocol):
    def __call__(self): ...


def ring(bell: Called):
    return bell


def stock(goods: "Counted[str]"):
    return goods


class Rope:
    def __init__(self, length: int, *, side: Side = None):
        self.length = length

    def cut(self, at: "float | None"):
        return at


def tie(rope: Rope, names: list[str], other: Floats = 0, *, deep: bool = False, loose: Unknown = 1):
    return names


def haul(ropes: Iterable[Rope], names: Collection[str] = ()):
    return ropes


def berth(day: datetime.date | None, fee: Decimal | int, hours: int = 2):
    return day


def moor(place: os.PathLike | str):
    return place


def free(anything, dry=False, tidy=True):
    if tidy == "low":
        return dry
    return anything
"""


@pytest.mark.parametrize(
    ("function", "call", "misfit"),
    [
        ("tie", "tie(Rope(1), ['a'])", ""),
        ("tie", "tie(rope, names, deep=True, loose='a')", ""),
        ("tie", "tie(Rope('a'), ['a'])", "length='a'"),
        ("tie", "tie(1, ['a'])", "rope=1"),
        ("tie", "tie(Rope(1), 'a')", "names='a'"),
        ("tie", "tie(iter([1]), ['a'])", "rope=iter([1])"),
        ("tie", "tie(Rope(1), range(2))", "names=range(2)"),
        ("haul", "haul(iter([1]))", ""),
        ("haul", "haul(range(2))", ""),
        ("haul", "haul([], iter('a'))", "names=iter('a')"),  # it has no length
        ("tie", "tie(Rope(1), ['a'], 'a')", "other='a'"),  # a text cannot do what is asked for
        ("tie", "tie(Rope(1), ['a'], raft)", ""),
        ("stock", "stock('a')", ""),  # whatever can do that
        ("stock", "stock(b'a')", ""),
        ("stock", "stock(1)", "goods=1"),
        ("ring", "ring('a')", "bell='a'"),  # a class is called, and no text is
        ("ring", "ring(lambda: 1)", ""),
        ("tie", "tie(Rope(1), ['a'], deep=1)", "deep=1"),
        ("tie", "tie(*ropes, 1)", ""),
        ("tie", "tie(*[Rope(1), 'a'])", "names='a'"),
        ("tie", "tie(Rope(1), ['a'], **{'deep': 1})", "deep=1"),
        ("tie", "tie(Rope(1), ['a'], **{'a b': 1})", ""),
        ("Rope.cut", "Rope(1).cut(2)", ""),
        ("Rope.cut", "Rope(-1).cut(None)", ""),
        ("Rope.cut", "Rope(-1.5).cut(None)", "length=-1.5"),
        ("Rope.cut", "Rope(1).cut('a')", "at='a'"),
        ("Rope.cut", "Rope(1, side=None).cut(1)", ""),  # as the default is
        ("Rope.cut", "Rope(1, side=Side.LEFT).cut(1)", ""),
        ("Rope.cut", "Rope(1, side=1).cut(1)", "side=1"),
        ("Rope.__init__", "port.Rope('a')", "length='a'"),
        ("berth", "berth(date(2020, 1, 2), Decimal('1'))", ""),
        ("berth", "berth(datetime(2020, 1, 2), 1)", ""),
        ("berth", "berth(0, 1)", "day=0"),
        ("berth", "berth(day, 1.5)", "fee=1.5"),
        ("berth", "berth(day, 1, Decimal('2'))", "hours=Decimal('2')"),
        ("berth", "berth(day, 1, hours())", ""),
        ("moor", "moor('a')", ""),
        ("moor", "moor(Path('a'))", ""),
        ("moor", "moor(1)", "place=1"),  # which would be a descriptor of whoever runs the test
        ("free", "free([])", ""),
        ("free", "free([], True)", ""),
        ("free", "free([], dry=2)", "dry=2"),  # it is on or off
        ("free", "free([], tidy='low')", ""),  # the function asks for a text
        ("free", "free([], tidy=2)", "tidy=2"),
        ("free", "free(knot.tie(1, 2))", ""),  # a method of something else
    ],
)
def test_literals_are_held_to_annotations(function: str, call: str, misfit: str) -> None:
    text = source(PORT)
    known = case(call, "1", name=function)
    assert Signatures.of([text]).misfit(known, definitions(text)[function][-1]) == misfit


def test_what_was_recorded_or_is_refused_may_be_of_any_type_but_strictly() -> None:
    text = source(PORT)
    node, signatures = definitions(text)["tie"][-1], Signatures.of([text])
    recorded = replace(case("tie(1, 2)", "1", name="tie"), origin="recorded")
    refused = case("tie(1, 2)", name="tie", checks=(("raises", "ValueError", "no rope"),))
    assert signatures.misfit(recorded, node) == signatures.misfit(refused, node) == ""
    assert (
        signatures.misfit(recorded, node, strictly=True) == signatures.misfit(refused, node, strictly=True) == "rope=1"
    )


@pytest.mark.parametrize(
    ("bases", "misfit"),
    [
        pytest.param("typing.Protocol", "", id="a protocol by way of its module"),
        pytest.param("Generic[T], typing.Protocol[T]", "", id="one of types"),
        pytest.param("Other", "", id="an heir of one that stands in another file"),
        pytest.param("Unknown", "rope={'a': 1}", id="only its objects"),
        pytest.param("Enum", "rope={'a': 1}", id="an enum"),
    ],
)
def test_what_may_be_written_otherwise_is_no_misfit(bases: str, misfit: str) -> None:
    text = source(f"class Rope({bases}): ...\n\n\ndef tie(rope: Rope): ...\n")
    other = source("class Other(Base): ...\n\n\nclass Base(TypedDict): ...\n", "pier/b.py")
    known = case("tie({'a': 1})", name="tie")
    assert Signatures.of([text, other]).misfit(known, definitions(text)["tie"][-1]) == misfit


def test_nothing_is_known_of_a_name_that_two_files_define() -> None:
    text, other = source(PORT), source("class Rope:\n    def __init__(self, other: str): ...\n", "pier/b.py")
    known = case("tie(Rope('a'), ['a'])", "1", name="tie")
    assert Signatures.of([text, other]).misfit(known, definitions(text)["tie"][-1]) == ""


HEIRS = """\
class Rope:
    def __init__(self, length: int): ...

class Line(Rope[int]): ...

class Thread(Line): ...

class Own(Rope):
    def __init__(self, colour: str): ...

@dataclass
class Field(Rope):
    colour: str

class Foreign(elsewhere.Rope2): ...

class Round(Round): ...
"""


@pytest.mark.parametrize(
    ("call", "misfit"),
    [
        ("tie(Line('a'))", "length='a'"),
        ("tie(Thread('a'))", "length='a'"),
        ("tie(Own('a'))", ""),
        ("tie(Field('a'))", ""),  # its decorator makes another one
        ("tie(Foreign('a'))", ""),
        ("tie(Round('a'))", ""),
    ],
)
def test_objects_are_made_as_those_of_the_class_above(call: str, misfit: str) -> None:
    text = source(f"{HEIRS}\ndef tie(rope): ...\n")
    known = case(call, "1", name="tie")
    assert Signatures.of([text]).misfit(known, definitions(text)["tie"][-1]) == misfit


def test_nothing_is_known_of_an_heir_whose_name_two_files_define() -> None:
    text = source(f"{HEIRS}\ndef tie(rope): ...\n")
    other = source("class Line:\n    pass\n", "pier/b.py")
    for sources in ([text, other], [other, text]):
        known = case("tie(Line('a'))", "1", name="tie")
        assert Signatures.of(sources).misfit(known, definitions(text)["tie"][-1]) == ""


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("def order(cls, sea): ...", ["cls", "sea"]),
        ("@classmethod\ndef order(cls, sea, tide): ...", ["sea", "tide"]),
        ("@abc.abstractclassmethod\ndef order(cls, sea, tide): ...", ["sea", "tide"]),
        ("@staticmethod\ndef order(self, sea): ...", ["self", "sea"]),
        ("def __new__(cls, sea, tide): ...", ["sea", "tide"]),
        ("def order(self, sea, tide): ...", ["sea", "tide"]),
    ],
)
def test_a_plain_function_is_given_the_class_that_it_asks_for(text: str, given: list[str]) -> None:
    call = ast.parse("order(1, 2)", mode="eval").body
    assert isinstance(call, ast.Call)
    assert [place.arg for place, _, _ in given_to(call, node(text))] == given
