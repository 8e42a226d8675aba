"""Functions that give objects of a class, and what is done with two of them."""

import pytest

from improver.writing.inputs.giving import giving, is_given, plain_for
from improver.writing.inputs.guessing import guessed
from improver.writing.inputs.makers import makers
from improver.writing.inputs.operating import combined
from tests.improver.calls import index_of, source

CREW = """\
def crew(names):
    if type(names) is _Crew:
        return names.other()
    return _Crew(names)


def _crew(names):
    return _Crew(names)


async def found(names):
    return _Crew(names)


def crewed(names):
    def made():
        return _Crew(names)

    return made


def size(names):
    return len(_Crew(names).names)


class _Crew:
    def __init__(self, names):
        self.names = names

    def union(self, other):
        return crew([*self.names, *other.names])

    def difference(self, other):
        return crew([])

    def first(self):
        return self.names[0]

    def _hidden(self):
        return 1

    def __and__(self, other):
        return self

    def __rand__(self, other):
        return self

    def __iand__(self, other):
        return self

    def __len__(self):
        return len(self.names)
"""
MARKS = """\
@overload
def mark(value: bool) -> Flag: ...


@overload
def mark(value: int) -> Number: ...


@overload
def mark(value: Any) -> Anything: ...


@overload
def mark(value: str) -> Word: ...


@overload
def mark(value: str, parent: Word = ...) -> Inner: ...


def mark(value: object, parent: object = None) -> Item:
    return Number(value, None)


class Item:
    def __init__(self, value, note, text):
        self.value = value


class Number(Item):
    pass


class Box:
    def __init__(self, value):
        self.value = value


def boxes(count) -> "Box":
    return Box(count)
"""


def given(text: str, owner: str, test: str = "pass") -> list[str]:
    """Return the calls that give an object of a class, where a test says this."""
    tests = source(f"from pier.a import crew, mark, boxes\n\n\ndef test_it():\n    {test}\n", "tests/test_a.py")
    return [one.call for one in giving(source(text), "pier.a", owner, index_of([tests]))]


def test_what_gives_an_object_is_public_and_called_plainly() -> None:
    assert given(CREW, "_Crew") == ["crew({1, 2})", "crew(crew({1, 2}))", "crew({2, 3})"]
    plain = CREW.replace("def union", "def joined")
    assert given(plain, "_Crew", "assert crew('ab')")[:2] == ["crew('ab')", "crew(crew('ab'))"]
    assert given(plain, "_Crew", "assert crew(found())")[0] != "crew(found())"


def test_what_no_call_of_its_own_result_tells_apart_is_not_called_again() -> None:
    assert given(CREW.replace("type(names) is _Crew", "names"), "_Crew") == [
        "crew({1, 2})",
        "crew({2, 3})",
        "crew({1})",
    ]


@pytest.mark.parametrize(
    ("owner", "calls"),
    [
        pytest.param("Number", ["mark(1)", "mark(-1)", "mark(2)"], id="by its annotation"),
        pytest.param("Flag", ["mark(True)", "mark(False)"], id="of another overload"),
        pytest.param("Anything", [], id="of what nobody knows"),
        pytest.param("Inner", [], id="of what also gives something else"),
        pytest.param("Nothing", [], id="by nobody"),
    ],
)
def test_an_overload_says_what_gives_an_object(owner: str, calls: list[str]) -> None:
    assert given(MARKS, owner) == calls


def test_an_object_is_made_by_whatever_is_less_to_write() -> None:
    def made(owner: str) -> str:
        return makers(source(MARKS), "pier.a", owner, {})[0].call

    assert made("Number") == "mark(1)"
    assert made("Box") == "Box(1)"
    tests = source("from pier.a import boxes\n\n\ndef test_boxes():\n    assert boxes(3)\n", "tests/test_a.py")
    found = [one.call for one in makers(source(MARKS), "pier.a", "Box", index_of([tests]))]
    assert found[0] == "boxes(3)"  # as tests do
    assert not [one for one in found if one.startswith("Box(")]
    assert [one.call for one in makers(source(CREW), "pier.a", "_Crew", {})] == given(CREW, "_Crew")


@pytest.mark.parametrize(
    ("name", "reached"),
    [
        pytest.param("_Crew.first", True, id="a public method"),
        pytest.param("_Crew.__len__", True, id="what Python calls"),
        pytest.param("_Crew._hidden", False, id="a private method"),
        pytest.param("_Crew.__init__", False, id="its making"),
        pytest.param("_Other.first", False, id="a class that nobody gives an object of"),
        pytest.param("_crew", False, id="a private function"),
    ],
)
def test_methods_of_a_private_class_that_others_reach(name: str, reached: bool) -> None:
    assert is_given(source(CREW), "pier.a", name, {}) is reached


def uses(name: str, text: str = CREW) -> list[str]:
    """Return what is done with two objects by a method."""
    cases = combined(source(text), "pier.a", f"pier/a.py::{name}", {})
    return ["; ".join((*one.setup, one.call)) for one in cases]


def test_two_objects_that_are_made_differently_are_combined() -> None:
    found = uses("_Crew.__and__")
    assert found[:3] == ["crew({1, 2}) & {2, 3}", "crew({1, 2}) & {1, 2}", "crew({1, 2}) & crew(crew({1, 2}))"]
    assert "crew({1, 2}) & crew({1, 2})" not in found
    assert "crew(crew({1, 2})).union(crew({2, 3}))" in uses("_Crew.union")
    assert uses("_Crew.__rand__")[0] == "{2, 3} & crew({1, 2})"
    assert not [one for one in uses("_Crew.__rand__") if one.startswith("crew")]
    assert uses("_Crew.__iand__")[0] == "made = crew({1, 2}); made &= {2, 3}; made"


@pytest.mark.parametrize("name", ["_Crew.first", "_Crew.__len__", "_Crew.__init__", "crew", "size"])
def test_what_takes_no_other_object_is_given_none(name: str) -> None:
    assert uses(name) == []


def test_only_what_combines_as_sets_do_is_given_sets() -> None:
    assert plain_for(source(CREW), "pier/a.py::_Crew.union") == ["{2, 3}", "{1, 2}"]
    assert plain_for(source(CREW), "pier/a.py::_Crew.first") == []
    assert plain_for(source(CREW.replace("def union", "def joined")), "pier/a.py::_Crew.__and__") == []


SUM = """\
class Sum:
    def __init__(self): ...

    def __add__(self, other): ...

    def __mul__(self, other): ...

    def __rmul__(self, other): ...

    def __mod__(self, other): ...

    def __imod__(self, other): ...

    def __eq__(self, other): ...

    def __ceil__(self): ...
"""


def test_only_what_reckons_is_given_numbers() -> None:
    assert uses("Sum.__rmul__", SUM) == ["7 * Sum()", "2 * Sum()"]
    assert "Sum() % 7" in uses("Sum.__mod__", SUM)
    assert uses("Sum.__imod__", SUM)[0] == "made = Sum(); made %= 7; made"
    assert [plain_for(source(SUM), f"pier/a.py::Sum.{name}") for name in ("__eq__", "__ceil__")] == [[], []]
    assert plain_for(source(SUM.replace("__add__", "plus")), "pier/a.py::Sum.__rmul__") == []


def test_an_operator_that_begins_like_one_turned_round_has_another_object_on_its_right() -> None:
    text = "class Sum:\n    def __init__(self, one): ...\n\n    def __rshift__(self, other): ...\n"
    assert uses("Sum.__rshift__", text)[0] == "Sum(1) >> Sum('a')"
    assert uses("Sum.__rrshift__", text.replace("rshift", "rrshift")) == []


def test_bits_and_powers_are_reckoned_with_as_sums_are() -> None:
    text = SUM.replace("__imod__", "__rpow__").replace("__ceil__", "__xor__")
    assert uses("Sum.__rpow__", text) == ["7 ** Sum()", "2 ** Sum()"]
    assert uses("Sum.__xor__", text)[:2] == ["Sum() ^ 7", "Sum() ^ 2"]


def test_a_power_that_takes_a_modulus_is_given_one() -> None:
    text = SUM.replace("__imod__(self, other)", "__pow__(self, other, mod=None)")
    assert uses("Sum.__pow__", text) == ["pow(Sum(), 2, 5)", "Sum() ** 7", "Sum() ** 2"]
    assert uses("Sum.__pow__", text.replace(", mod=None", "")) == ["Sum() ** 7", "Sum() ** 2"]


def test_what_knows_that_it_has_nothing_to_do_with_something_is_given_that() -> None:
    declines = "other):\n        return NotImplemented if other else self"
    assert (
        uses("Sum.__mod__", SUM.replace("__mod__(self, other): ...", f"__mod__(self, {declines}"))[-1] == "Sum() % 'a'"
    )
    assert "Sum() % 'a'" not in uses("Sum.__mod__", SUM)
    text = CREW.replace("class _Crew:", f"class _Crew:\n    def __or__(self, {declines}\n")
    assert "crew({1, 2}) | 1" in uses("_Crew.__or__", text)


NAME = """\
class Name:
    def __init__(self, name: str): ...

    def __eq__(self, other):
        return NotImplemented
"""


def test_an_object_is_asked_for_what_it_has_not() -> None:
    text = SUM.replace("__imod__(self, other)", "__getitem__(self, at)")
    assert uses("Sum.__getitem__", text) == ["Sum()['a']"]
    assert uses("Sum.__missing__", text) == []


def test_what_declines_to_be_compared_is_given_its_own_text_too() -> None:
    assert "Name('one') == 'one'" in uses("Name.__eq__", f"{NAME}\n\nONE = Name('one')\n")
    assert "Name('') == 'a'" in uses("Name.__eq__", NAME)


def test_what_python_rounds_is_rounded() -> None:
    found = [*guessed(source(SUM), "pier.a", "pier/a.py::Sum.__ceil__", {})]
    assert [(one.call, one.imports) for one in found] == [("math.ceil(Sum())", (("math", ""), ("pier.a", "Sum")))]
