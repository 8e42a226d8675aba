"""Tests of how little a call shows, and of ways to write it that show more."""

from dataclasses import replace

import pytest

from improver.writing.choice.livelier import livelier
from improver.writing.choice.selecting import chosen, trimmed
from improver.writing.choice.telling import coincides, dullness, hollow
from tests.improver.calls import case, node, plain


def test_of_a_thing_that_is_given_twice_nobody_knows_which_comes_back() -> None:
    same = (("is", "result", "sea"),)
    calls = ("depth(sea, 'a', sea)", "depth(sea, 'a', 4)")
    assert [dullness(case(call, checks=same)) for call in calls] == [2, 0]


Checks = tuple[tuple[str, str, str], ...]
REFUSED = (("raises", "ValueError", "too deep"),)


@pytest.mark.parametrize(
    ("call", "expected", "points"),
    [
        pytest.param("depth([3, 1, 2])", "[1, 2, 3]", 0, id="it puts things in order"),
        pytest.param("depth('abc', 'a')", "3", 0, id="a letter that is sought"),
        pytest.param("depth([3, 1], sep='a')", "4", 0, id="a letter by name"),
        pytest.param("depth('-')", "4", 0, id="a mark"),
        pytest.param("depth({'a': 1})", "4", 0, id="a mapping may be small"),
        pytest.param("other('a')", "4", 0, id="another function"),
        pytest.param("depth(True)", "4", 0, id="a truth value"),
        pytest.param("depth('a')", "4", 2, id="a letter to work on"),
        pytest.param("depth('')", "4", 2, id="an empty text"),
        pytest.param("depth('')", "''", 2, id="nothing comes of nothing"),
        pytest.param("depth({})", "4", 2, id="an empty mapping"),
        pytest.param("depth([1])", "4", 2, id="a list of one"),
        pytest.param("depth([3, 3])", "4", 2, id="a thing twice"),
        pytest.param("depth(iter([1]))", "4", 2, id="an iterator over one"),
        pytest.param("depth([1, 2] * 1)", "4", 1, id="repeated once"),
        pytest.param("depth(range(1))", "4", 2, id="a range of one"),
        pytest.param("depth(0)", "4", 1, id="zero"),
        pytest.param("depth(bool)", "4", 1, id="a type that has two values"),
        pytest.param("depth(str)", "4", 0, id="a type with many"),
        pytest.param("depth(-7)", "4", 1, id="less than nothing"),
        pytest.param("depth([1, 2])", "[1, 2]", 2, id="it was in order before"),
        pytest.param("depth('ab')", "['ab']", 2, id="it comes back alone"),
        pytest.param("depth(1)", "1", 3, id="the only number comes back"),
        pytest.param("depth(1, 5)", "1", 1, id="one of two numbers may be the least"),
        pytest.param("depth(7, None)", "7", 2, id="the only number comes back beside nothing"),
        pytest.param("depth([1, 2])", "Box([1, 2])", 2, id="in an object"),
        pytest.param("depth([1, 2])", "Box(items=[1, 2])", 2, id="in an object by name"),
        pytest.param("depth(pow, [1, 2])", "[1, 1]", 2, id="again and again the same"),
        pytest.param("list(depth([1, 2]))", "[3]", 2, id="one thing of several"),
        pytest.param("depth(pow, [2, 3])", "[2, 8]", 0, id="twice something else"),
        pytest.param("depth(str)(1)", "'1'", 1, id="what it gave is called"),
        pytest.param("depth([1, 2])", "{True: [1, 2]}", 4, id="all of it in one group"),
    ],
)
def test_a_call_is_dull_or_not(call: str, expected: str, points: int) -> None:
    assert dullness(case(call, expected)) == points


@pytest.mark.parametrize(("line", "points"), [("SEA = 7", 2), ("SEA = 8", 0), ("SEA = TIDE = 7", 0)])
def test_what_a_name_of_the_test_file_stands_for_comes_back(line: str, points: int) -> None:
    assert dullness(replace(case("depth(SEA)", "7"), prelude=(line,))) == points


@pytest.mark.parametrize(
    ("subject", "points"),
    [("result", 2), ("list(result)", 2), ("result.tides", 0), ("len(result)", 0)],
    ids=["a list", "what gives items", "a part of it", "its length"],
)
def test_it_is_the_whole_that_is_the_same_again_and_again(subject: str, points: int) -> None:
    assert dullness(case("depth(pow, [1, 2])", checks=(("eq", subject, "[1, 1]"),))) == points


@pytest.mark.parametrize(
    ("call", "expected", "points"),
    [
        pytest.param("Box('abc').within('abcd')", "True", 0, id="it is told apart"),
        pytest.param("Box([3, 1]).within(1)", "True", 1, id="of one kind"),
        pytest.param("Box([3, 1]) == 'ab'", "False", 0, id="whether they are equal"),
        pytest.param("Box('abc').within('abc')", "True", 2, id="the same again"),
        pytest.param("Box([3, 1]).within('abc')", "False", 2, id="of another kind"),
        pytest.param("Box(range(4)).within('abc')", "False", 2, id="of another kind than a range has"),
        pytest.param("Box(range(4)).within(3)", "True", 0, id="of that kind"),
        pytest.param("Box().within('abc')", "True", 2, id="of nothing all is true"),
        pytest.param("Box().within()", "True", 0, id="of nothing, and of nothing else"),
        pytest.param("Box().within()", "False", 2, id="of nothing nothing is true"),
        pytest.param("Box().within('abc')", "3", 0, id="of nothing, but it is counted"),
    ],
)
def test_a_method_is_given_what_its_object_has_not(call: str, expected: str, points: int) -> None:
    kind = "is" if expected in ("True", "False") else "eq"
    assert dullness(case(call, name="Box.within", checks=((kind, "result", expected),))) == points


@pytest.mark.parametrize(
    ("imported", "points"),
    [
        pytest.param(("pier.a", "within"), 2, id="of the same package"),
        pytest.param(("pier.a", "Box", "within"), 2, id="by another name"),
        pytest.param(("datetime", "within"), 0, id="of another"),
    ],
)
def test_what_makes_an_object_of_the_package_is_looked_at_too(imported: tuple[str, ...], points: int) -> None:
    made = replace(case("within({1}).total()", "4", name="_Box.total"), imports=(imported,))
    assert dullness(made) == points


@pytest.mark.parametrize(
    ("call", "expected", "chance"),
    [
        pytest.param("depth('calm')", "'calm'", True, id="a constant of the function"),
        pytest.param("depth('wild')", "'wild'", False, id="no constant"),
        pytest.param("depth('wild')", "'calm'", False, id="not what was given"),
        pytest.param("depth('')", "''", False, id="nothing comes of much else"),
        pytest.param("depth(True)", "True", False, id="and so does a truth value"),
    ],
)
def test_a_constant_that_was_given_too_may_come_back_by_chance(call: str, expected: str, *, chance: bool) -> None:
    calm = node("def depth(sea, style='calm', loud=True):\n    return '' if loud else style")
    assert coincides(case(call, expected), calm) is chance
    assert not coincides(case(call, checks=REFUSED), calm)


def test_what_comes_back_by_chance_is_not_chosen() -> None:
    calm = node("def depth(sea, style='calm'):\n    return style")
    chance, other = case("depth('calm')", "'calm'"), case("depth('storm')", "'calm'")
    assert chosen([chance, other], lambda _: calm) == [other]


def test_an_error_need_not_show_more_than_that_it_is_raised() -> None:
    assert dullness(case("depth('')", checks=REFUSED)) == 0
    assert [*livelier(case("depth('')", checks=REFUSED))] == []


def test_a_call_that_shows_more_is_chosen_though_it_is_longer() -> None:
    dull, lively = case("depth([1, 2])", "[1, 2]"), case("depth([3, 1, 2])", "[1, 2, 3]")
    assert chosen([dull, lively], plain) == [lively]
    assert chosen([dull], plain) == [dull]


@pytest.mark.parametrize(
    ("call", "expected", "ways"),
    [
        pytest.param("depth([3, 1, 2], 5)", "4", set(), id="nothing is dull"),
        pytest.param("depth('a', 'b')", "4", {"depth('abc', 'b')", "depth('baa', 'b')"}, id="a letter"),
        pytest.param("depth(b'A')", "4", {"depth(b'Abc')", "depth(b'Baa')"}, id="a capital byte"),
        pytest.param("depth('7')", "4", {"depth('12')", "depth('31')"}, id="a digit"),
        pytest.param("depth((4,))", "4", {"depth((3, 1, 2))", "depth((3, 1, 3))"}, id="a pair of one"),
        pytest.param("depth(['a'])", "4", {"depth(['b', 'a', 'c'])", "depth(['c', 'a', 'c'])"}, id="a list of one"),
        pytest.param("depth([[1]])", "4", set(), id="what is in it is not plain"),
        pytest.param("depth(0.0)", "4", {"depth(2.0)", "depth(3.0)"}, id="a number keeps its type"),
        pytest.param(
            "depth(pow, [1, 2])", "[1, 1]", {"depth(pow, [2, 3])", "depth(pow, [2, 1])"}, id="the same again and again"
        ),
        pytest.param("depth(range(1))", "4", {"depth(range(4))"}, id="a range"),
        pytest.param("depth(bool)", "4", {"depth(len)", "depth(lambda: 2)", "depth(lambda item: item)"}, id="a type"),
        pytest.param("depth(4)", "4", {"depth(-2)", "depth(2.5)"}, id="a number that comes back"),
        pytest.param(
            "depth(1)", "1", {"depth(2)", "depth(3)", "depth(-2)", "depth(2.5)"}, id="the least number that comes back"
        ),
        pytest.param("depth(SEA)", "8", set(), id="what a name stands for comes to something else"),
        pytest.param("depth(4.5)", "4.5", {"depth(-2.0)", "depth(2.5)"}, id="a fraction that comes back"),
        pytest.param(
            "depth([1, 2, 3])", "[1, 2, 3]", {"depth([2, 3, 4])", "depth([3, 2, 1])", "depth([2, 3, 1])"}, id="an echo"
        ),
    ],
)
def test_more_is_given(call: str, expected: str, ways: set[str]) -> None:
    found = [*livelier(case(call, expected))]
    assert {one.call for one in found} == ways
    assert not any(one.checks or one.kills for one in found)


def test_a_name_that_stands_for_what_comes_back_gives_way_to_numbers() -> None:
    named = replace(case("depth(SEA)", "7"), prelude=("SEA = 7",))
    assert {one.call for one in livelier(named)} == {"depth(-2.0)", "depth(2.5)"}


def test_what_a_method_is_given_is_told_apart_and_of_the_kind_that_its_object_has() -> None:
    same = case("Box('abc').within('abc')", name="Box.within", checks=(("is", "result", "True"),))
    assert {"Box('abc').within('abcd')", "Box('abc').within('ab')"} <= {one.call for one in livelier(same)}
    other = case("Box([3, 1]).within('ab')", name="Box.within", checks=(("is", "result", "False"),))
    assert {"Box([3, 1]).within(4)", "Box([3, 1]).within([3, 4])"} <= {one.call for one in livelier(other)}
    spans = case("Box(range(4)).within('ab')", name="Box.within", checks=(("is", "result", "False"),))
    assert {"Box(range(4)).within(4)", "Box(range(4)).within(0)"} <= {one.call for one in livelier(spans)}


def test_a_step_before_the_call_is_made_to_show_more_too() -> None:
    after = case("box.total()", "1", name="Box.total", setup=("box = Box([1])",))
    assert ("box = Box([3, 1, 2])",) in [one.setup for one in livelier(after)]


def test_what_an_object_looks_for_is_given_to_it_where_a_text_only_comes_back() -> None:
    idle = case("Swap('sea', 'land')('abc')", "'abc'", name="Swap.__call__")
    assert {"Swap('sea', 'land')('sea')", "Swap('sea', 'land')('land')"} <= {one.call for one in livelier(idle)}
    apart = case("Swap('sea', 'land')('abc')", "'abd'", name="Swap.__call__")
    assert not [one for one in livelier(apart) if one.call.endswith("('sea')")]


def test_to_an_object_that_has_all_letters_no_other_one_is_given() -> None:
    whole = case(f"Box({[*'abcdefghijklmnopqrstuvwxyz']}).within(7)", name="Box.within")
    assert [one.call.rpartition(".")[2] for one in livelier(whole)] == ["within('a')", "within(['a'])", "within([])"]


@pytest.mark.parametrize(
    ("call", "setup", "count"),
    [
        pytest.param("Box() == 4", (), 1, id="of nothing"),
        pytest.param("pier.Box(deep=True, tide=0) == 4", (), 1, id="told how to be"),
        pytest.param("Box(sea=3) == 4", (), 0, id="of something by name"),
        pytest.param("Box(sea=tide) == 4", (), 0, id="of who knows what"),
        pytest.param("Box([]) == 4", (), 0, id="of an empty list, which is seen elsewhere"),
        pytest.param("box.keys(deep=True)", (), 0, id="no object is made"),
        pytest.param("Box()('sea')", (), 0, id="what is made to be called"),
        pytest.param("box.total(Box())", ("box = Box()",), 2, id="each counts, and those before"),
    ],
)
def test_objects_are_hollow_that_are_made_of_nothing(call: str, setup: tuple[str, ...], count: int) -> None:
    assert hollow(case(call, setup=setup)) == count


@pytest.mark.parametrize(
    ("gives", "checks", "kept"),
    [
        pytest.param("Sea", (("eq", "result", "4.0"), ("eq", "result.as_string()", "'4.0'")), 1, id="its own text"),
        pytest.param("float", (("eq", "result", "4.0"), ("eq", "result.hex()", "'0x1'")), 0, id="a plain number"),
        pytest.param("Sea", (("eq", "result", "'a'"), ("eq", "result.as_string()", "'a'")), 0, id="no number"),
        pytest.param("Sea", (("eq", "result", "4.0"), ("eq", "result.depth()", "4.0")), 0, id="no text"),
    ],
)
def test_of_a_number_of_ones_own_its_text_is_demanded(gives: str, checks: Checks, kept: int) -> None:
    whole = replace(case("-sea", checks=checks, gives=gives, kills="a"), shows=(frozenset("a"),) * 2)
    assert trimmed(whole).checks == (checks[kept],)
    alone = replace(whole, shows=(frozenset("ab"), frozenset("a")), kills=frozenset("ab"))
    assert trimmed(alone).checks == (checks[0],), "it notices less"
