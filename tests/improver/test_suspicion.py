"""What is told of as a possible bug, and what may be the doing of a function that the call itself hands over."""

import ast

import pytest

from improver.experiments import Case, Exploration, MutationRun, Raised
from improver.judging.functions import definitions
from improver.source import Source
from improver.writing.choice.selecting import fit
from improver.writing.choice.suspicion import announces, possible_bugs
from improver.writing.targets import Ground, Weak
from improver.writing.writer import write_tests
from tests.improver.benches import LAYOUT, FakeExperiments
from tests.improver.calls import RECEIPT, case
from tests.improver.calls import source as read
from tests.improver.judging import PACKAGED

PIER = "pier/a.py::"
TEXT = """\
def summed(items, change=abs):
    return change(items[0]) + items[7]


def is_level(sea, of=abs):
    return of(sea) if sea else None


def is_deep(sea, of=abs):
    \"\"\"Tell whether it is.

    Returns None where nobody knows.
    \"\"\"
    return of(sea)


def is_calm(sea, of=abs):
    \"\"\"Tell whether it is; None of it is measured.\"\"\"
    return of(sea)


class Quay:
    @property
    def length(self) -> int:
        return len(self.name)

    @length.setter
    def length(self, metres: int) -> None:
        self.name = "a" * metres
"""


UNLIKE = "differs from Python's list: it leaves [1] where that leaves []"


def source() -> Source:
    made = Source.read("pier/a.py", TEXT.encode())
    assert isinstance(made, Source)
    return made


def told_of_none(call: str, *setup: str) -> list[str]:
    case = Case(
        f"{PIER}{call.partition('(')[0]}", call, setup=setup, checks=(("is", "result", "None"),), gives="NoneType"
    )
    return [one.message for one in possible_bugs(source(), (), [case])]


@pytest.mark.parametrize(
    ("call", "setup", "told"),
    [
        pytest.param("summed([])", (), True, id="its own doing"),
        pytest.param("summed([], str)", (), True, id="a function of everybody's"),
        pytest.param("summed([], lambda one: one[0])", (), False, id="one that is written out"),
        pytest.param("summed([], operator.itemgetter(0))", (), False, id="one that is made for the call"),
        pytest.param("summed([], own)", ("def own(one):\n    return one[0]",), False, id="one that is defined before"),
    ],
)
def test_an_error_on_nothing_is_told_unless_the_call_brings_a_function(
    call: str, setup: tuple[str, ...], *, told: bool
) -> None:
    raised = Raised(
        Case(f"{PIER}summed", call, setup=setup, origin="varied"), "IndexError", "out of range", deliberate=False
    )
    assert bool(possible_bugs(source(), [raised], [])) is told


def test_what_never_ends_is_told_whatever_it_is_given() -> None:
    case = Case(f"{PIER}summed", "summed([], lambda one: one)", origin="varied")
    raised = Raised(case, "RecursionError", "too deep", deliberate=False)
    assert [one.symbol for one in possible_bugs(source(), [raised], [])] == ["summed"]


def test_none_is_told_of_where_a_name_promises_yes_or_no() -> None:
    says = "gives a NoneType where its name promises yes or no, which nothing about it announces"
    assert told_of_none("is_level(0)") == [f"`is_level(0)` {says}"]
    assert told_of_none("is_calm(0)") == [f"`is_calm(0)` {says}"]
    assert told_of_none("is_level(0, operator.itemgetter(0))") == []
    assert told_of_none("is_deep(0)") == []


def depth(*unlike: tuple[str, str], gives: str = "bool") -> Case:
    """Return a call of a predicate, with what differs of what it does."""
    return Case(f"{PIER}is_calm", "is_calm(0)", checks=(("is", "result", "True"),), gives=gives, unlike=unlike)


def test_what_differs_from_the_container_that_it_looks_like_is_told_of_the_method_that_does() -> None:
    told = [one.message for one in possible_bugs(source(), (), [depth(("is_calm", UNLIKE))])]
    assert told == [f"`is_calm(0)` {UNLIKE}, which nothing about it announces"]
    assert possible_bugs(source(), (), [depth(("cut", UNLIKE))]) == ()


def test_none_is_told_of_where_what_gives_it_differs() -> None:
    (told,) = possible_bugs(source(), (), [depth(("is_deep", UNLIKE), ("is_calm", UNLIKE), gives="NoneType")])
    assert UNLIKE in told.message


def test_no_test_is_made_of_what_follows_from_something_that_differs() -> None:
    (node,) = definitions(source())["is_calm"]
    assert fit(depth(), node)
    assert not fit(depth(("cut", UNLIKE)), node)


def test_what_differed_is_found_out_anew_for_another_call() -> None:
    assert depth(("cut", UNLIKE)).untold().unlike == ()


def test_what_gives_not_implemented_has_python_raise_a_type_error() -> None:
    node = definitions(read("def low(a):\n    return NotImplemented if a else a\n"))["low"][-1]
    assert announces(node, "TypeError")
    assert not announces(node, "KeyError")
    assert not announces(definitions(read("def low(a):\n    return a\n"))["low"][-1], "TypeError")


def of_quay(text: str = TEXT, gives: str = "int") -> list[str]:
    case = Case(f"{PIER}Quay.length", "Quay().length", checks=(("eq", "result", "1"),), gives=gives)
    return [f"{one.line}: {one.message}" for one in possible_bugs(read(text, "pier/a.py"), (), [case])]


def test_what_sets_an_attribute_says_nothing_of_what_it_gives() -> None:
    assert of_quay() == []
    weak = Weak(source(), (), MutationRun({}, (), {}, RECEIPT))
    assert isinstance(weak.node_of(f"{PIER}Quay.length").returns, ast.Name)


def test_an_attribute_is_held_to_what_it_says_that_it_gives() -> None:
    line = TEXT[: TEXT.index("def length")].count("\n") + 1
    assert of_quay(gives="str") == [
        f"{line}: `Quay().length` gives a str where int is annotated, which nothing about it announces"
    ]


@pytest.mark.parametrize(
    ("call", "told"),
    [
        pytest.param("Quay().moor()", True, id="the method itself"),
        pytest.param("Quay().list_ships()", False, id="another one, which leads to it"),
        pytest.param("Quay().moor().name", False, id="a part of what it gives"),
    ],
)
def test_only_what_the_function_itself_gives_is_held_to_what_it_says(call: str, told: bool) -> None:
    text = "class Quay:\n    def moor(self) -> None:\n        return self.ships\n"
    case = Case(f"{PIER}Quay.moor", call, checks=(("eq", "result", "'a'"),), gives="str")
    assert bool(possible_bugs(read(text, "pier/a.py"), (), [case])) is told


@pytest.mark.parametrize(("line", "is_slip"), [("sea = sea = 1", True), ("sea = tide = 1", False), ("sea -= 1", False)])
def test_what_sets_one_name_twice_is_told_and_never_frozen(line: str, *, is_slip: bool) -> None:
    text = f"def depth(sea, tide=0):\n    if tide:\n        {line}\n    return sea\n"
    made = case("depth(3)", "3")
    notes = possible_bugs(read(text), (), (made,))
    assert [one.message.partition(":")[0] for one in notes] == [f"`{line}` sets one name twice"] * is_slip
    assert fit(made, definitions(read(text))["depth"][-1]) is not is_slip


@pytest.mark.parametrize(("annotation", "is_told"), [("list", True), ("str", False), ("str | None", False)])
def test_what_an_annotation_forbids_is_no_bug_whatever_it_comes_to(annotation: str, *, is_told: bool) -> None:
    product = read(f"def deepest(sea: {annotation}, tide: object = None):\n    return sea[0]\n")
    one = case("deepest([])", name="deepest")
    error = Raised(
        Case(one.function, "deepest([])", origin="generated"), "IndexError", "out of range", deliberate=False
    )
    fake = FakeExperiments(explored=Exploration((), (error,), {}, RECEIPT))
    outcome = write_tests(Ground({}, LAYOUT, PACKAGED, fake, {product.path: product}, []), product.path, 9)
    assert [note.symbol for note in outcome.notes] == ["deepest"] * is_told
