"""Lookalikes of Python's containers that do what these do, that do not, and that are there to differ."""

import collections
from typing import Any

import pytest

from improver.verify import acting, likening
from tests.improver.lookalikes import (
    Bag,
    Blurred,
    Bounded,
    Broad,
    Chart,
    Checked,
    Chord,
    Closed,
    Crew,
    Crooked,
    Deaf,
    Documented,
    Endless,
    Everything,
    Exact,
    Filled,
    Folded,
    Frozen,
    Generous,
    Heap,
    Line,
    Listing,
    Miscounted,
    Motto,
    Mutinous,
    Own,
    Row,
    Shifted,
    Sorted,
    Tail,
    Unsure,
    Wide,
)


def said(kinds: dict[str, Any], *lines: str) -> list[str]:
    """Return what is told of a case with these lines, the last of which is its call; what is alike as "alike"."""
    *setup, call = lines
    case = {"imports": [], "prelude": [], "setup": setup, "call": call}
    found = likening.likened(case, acting.uses, lambda _: {"iter": iter, "len": len, **kinds})
    return [says or "alike" for _, _, says in found]


ROW = "row = Row([3, 1, 2])"
LISTS = "differs from Python's list: it "


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        pytest.param((ROW, "row[1:]"), "gives [2] where that gives [1, 2]", id="a slice"),
        pytest.param((ROW, "row[0] = 4", "3"), "leaves [2, 1, 4] where that leaves [4, 1, 2]", id="an item"),
        pytest.param((ROW, "del row[0:1]", "3"), "leaves [] where that leaves [1, 2]", id="a slice that is deleted"),
        pytest.param((ROW, "row.insert(0, 4)"), "leaves [3, 1, 2, 4] where that leaves [4, 3, 1, 2]", id="a method"),
        pytest.param(
            (ROW, "row.cut(0, 3, step=2)"), "leaves [] where that leaves [1]", id="a method that Python 2 knew"
        ),
        pytest.param((ROW, "row.cut(0, 3, step=0)"), "raises IndexError where that raises ValueError", id="another"),
        pytest.param((ROW, "row.put(0, 1, [7])"), "leaves [7] where that leaves [7, 1, 2]", id="one that sets a slice"),
        pytest.param((ROW, "row.index(9)"), "raises nothing where that raises ValueError", id="no error"),
        pytest.param((ROW, "row.pop(0)"), "gives 2 where that gives 3", id="a value"),
        pytest.param((ROW, "row.remove(1)"), "raises ValueError where that raises nothing", id="a thing not found"),
        pytest.param((ROW, "row.reverse()"), "raises IndexError where that raises nothing", id="an error of its own"),
        pytest.param((ROW, "row.__reversed__()"), "gives [3, 1, 2] where that gives [2, 1, 3]", id="an iterator"),
        pytest.param(("Row([1]) + [2]",), "gives [2] where that gives [1, 2]", id="an operator"),
        pytest.param(("Row([1]) + Row([2])",), "gives [2] where that gives [1, 2]", id="two of them"),
        pytest.param((ROW, "row += [4]", "3"), "gives [3, 1, 2] where that gives [3, 1, 2, 4]", id="in place"),
        pytest.param((ROW, "row * 2"), "gives [3, 1, 2] where that gives [3, 1, 2, 3, 1, 2]", id="times"),
        pytest.param((ROW, "len(row.pop(0) * [1])"), "gives 2 where that gives 3", id="within the call"),
        pytest.param(("row = Row(range(90))", "row[1:]"), "gives 88 items where that gives 89 items", id="many"),
    ],
)
def test_what_looks_like_a_list_does_what_lists_do(lines: tuple[str, ...], says: str) -> None:
    assert said({"Row": Row}, *lines) == ["alike"]
    assert said({"Row": Crooked}, *lines) == [f"differs from Python's list: it {says}"]


CREW = "crew = Crew('abc')"


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        pytest.param(
            (CREW, "crew.symmetric_difference()"),
            "gives [] where that gives ['a', 'b', 'c']",
            id="no other",
        ),
        pytest.param(
            (CREW, "crew.symmetric_difference('a', 'ad')"),
            "gives [] where that gives ['a', 'b', 'c', 'd']",
            id="both",
        ),
        pytest.param((CREW, "crew.difference_update()"), "leaves [] where that leaves ['a', 'b', 'c']", id="in place"),
        pytest.param(
            (CREW, "crew.intersection_update('ab', 'bc')"),
            "leaves ['a', 'b', 'c'] where that leaves ['b']",
            id="several",
        ),
        pytest.param(
            (CREW, "crew -= 'a'", "3"), "leaves ['a', 'b', 'c'] where that leaves ['b', 'c']", id="an operator"
        ),
        pytest.param((CREW, "crew.issubset('ab')"), "gives True where that gives False", id="a verdict"),
        pytest.param((CREW, "crew.remove('d')"), "raises nothing where that raises KeyError", id="nothing"),
        pytest.param((CREW, "crew <= {'a'}"), "gives True where that gives False", id="an order"),
        pytest.param(
            (CREW, "crew.add('d')"),
            "leaves ['a', 'b', 'c', 'dd'] where that leaves ['a', 'b', 'c', 'd']",
            id="one more",
        ),
        pytest.param((CREW, "{'d'} - crew"), "gives [] where that gives ['d']", id="on the right"),
    ],
)
def test_what_looks_like_a_set_does_what_sets_do(lines: tuple[str, ...], says: str) -> None:
    assert said({"Crew": Crew}, *lines) == ["alike"]
    (told,) = said({"Crew": Mutinous}, *lines)
    assert told.startswith("differs from Python's set")
    assert told.partition(": it ")[2] == says


def test_of_what_takes_one_other_set_in_python_it_is_said_that_it_does() -> None:
    (one,) = said({"Crew": Mutinous}, CREW, "crew.symmetric_difference()")
    assert one.startswith("differs from Python's set, which takes one other: it ")
    others = [
        *said({"Crew": Mutinous}, CREW, "crew.difference_update()"),
        *said({"Crew": Deaf}, CREW, "crew.symmetric_difference('a')"),
    ]
    assert [one.partition(": it ")[0] for one in others] == ["differs from Python's set"] * 2


@pytest.mark.parametrize(
    ("line", "says"),
    [
        pytest.param("chart.update({3: 4})", "leaves [(1, 7)] where that leaves [(1, 2), (3, 4)]", id="contents"),
        pytest.param("chart.update({1: 4})", "leaves [(1, 7)] where that leaves [(1, 4)]", id="one of them"),
        pytest.param("chart.setdefault(1, 3)", "gives 3 where that gives 2", id="a value"),
        pytest.param("chart.keys()", "gives ['reef', 1] where that gives [1]", id="a view"),
    ],
)
def test_what_is_made_of_a_mapping_does_what_mappings_do(line: str, says: str) -> None:
    assert said({"Chart": Chart}, "chart = Chart({1: 2})", line) == ["alike"]
    assert said({"Chart": Blurred}, "chart = Chart({1: 2})", line) == [f"differs from Python's dict: it {says}"]


# --- what is there to differ ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        pytest.param(Bounded, "row = Row([1, 2], most=2)", id="it takes a setting"),
        pytest.param(Sorted, "row = Row([1, 2])", id="it cannot hold what comes of it"),
        pytest.param(Frozen, "row = Row([1, 2])", id="it refuses what lists take"),
        pytest.param(Own, "row = Row([1, 2])", id="it says why in its own words"),
        pytest.param(Documented, "row = Row([1, 2])", id="it says so"),
        pytest.param(Unsure, "row = Row([1, 2])", id="it holds what it does not list"),
        pytest.param(Miscounted, "row = Row([1, 2])", id="it has another length"),
        pytest.param(Shifted, "row = Row([1, 2])", id="its items have other places"),
        pytest.param(Closed, "row = Row([1, 2])", id="it does not hold what it lists"),
        pytest.param(Checked, "row = Row([1, 2])", id="it takes few"),
        pytest.param(Endless, "row = Row([1, 2])", id="it holds very much"),
    ],
)
def test_a_class_that_is_there_to_differ_is_not_compared(kind: type, line: str) -> None:
    assert said({"Row": kind}, line, "row.insert(0, 9)") == []
    assert said({"Row": Crooked}, "row = Row([1, 2])", "row.insert(0, 9)") != ["alike"]


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        pytest.param(Filled, ("pier = Pier(2)", "pier.clear()"), id="not made of what it held"),
        pytest.param(Sorted, ("pier = Pier([1, 2])", "pier + [0]"), id="nor of what would come of it"),
        pytest.param(Bag, ("pier = Pier([1, 1, 2])", "pier.discard(1)"), id="one that holds a thing twice"),
        pytest.param(Folded, ("pier = Pier('ab')", "pier.remove('A')"), id="one that holds more than it lists"),
        pytest.param(Broad, ("pier = Pier('ab')", "pier < ['a', 'b', 'c', 'd']"), id="what sets leave to others"),
        pytest.param(Deaf, ("pier = Pier('ab')", "pier.symmetric_difference(other='a')"), id="by a name"),
        pytest.param(Crew, ("pier = Pier('ab')", "pier.__le__(['a'])"), id="what it leaves to others"),
        pytest.param(Tail, ("pier = Pier([1, 2], 2)", "pier.append(3)"), id="one with an end"),
        pytest.param(Motto, ("pier = Pier('ab')", "pier.count('a')"), id="a text"),
        pytest.param(list, ("pier = Pier([1, 2])", "pier.append(3)"), id="one of Python's own"),
        pytest.param(collections.UserList, ("pier = Pier([1, 2])", "pier.append(3)"), id="one that comes with it"),
    ],
)
def test_what_cannot_be_compared_is_not(kind: Any, lines: tuple[str, ...]) -> None:
    assert said({"Pier": kind}, *lines) == []


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        pytest.param(Broad, ("pier = Pier('ab')", "pier.issubset('abc')"), id="a truth at length"),
        pytest.param(Broad, ("pier = Pier('ab')", "pier -= 'a'", "3"), id="another object in its place"),
        pytest.param(Crew, ("pier = Pier([3, 1, 2])", "pier.__iter__()"), id="an order that sets do not have"),
        pytest.param(Listing, ("pier = Pier({1: 2})", "pier.keys()"), id="a list in place of a view"),
        pytest.param(Crew, ("pier = Pier('abc')", "names = {'a', 'd'}", "names ^= pier", "3"), id="a set that changes"),
        pytest.param(Row, ("pier = Pier([1])", "one = pier.pop()", "3"), id="what gets a name"),
        pytest.param(Tail, ("pier = Pier([1, 2])", "pier.append(3)"), id="one without an end"),
        pytest.param(Chart, ("pier = Pier({1: 2})", "pier | {3: 4}"), id="a sign that mappings have too"),
        pytest.param(Exact, ("pier = Pier([1])", "pier.index(2)"), id="an error of its own"),
        pytest.param(Exact, ("pier = Pier([1])", "pier.remove(2)"), id="an error of the same kind"),
        pytest.param(Heap, ("pier = Pier([1, 2])", "pier.sort()"), id="an heir"),
    ],
)
def test_another_form_of_the_same_is_alike(kind: Any, lines: tuple[str, ...]) -> None:
    assert said({"Pier": kind}, *lines) == ["alike"]


def test_what_stands_on_the_right_of_a_change_is_looked_at_too() -> None:
    assert said({"Row": Row}, ROW, "row += [row.pop()]", "3") == ["alike", "alike"]


def test_what_can_do_all_that_lists_do_is_one_too() -> None:
    told = "differs from Python's list: it leaves ['a', 'b'] where that leaves ['b', 'a']"
    assert said({"Line": Line}, "line = Line('ab')", "line.reverse()") == [told]
    assert said({"Line": Line}, "line = Line('ab')", "line.index('b')") == ["alike"]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param((ROW, "lambda: row.pop()"), id="what is not done"),
        pytest.param(("heap = Heap([1])", "heap.sort(key=lambda one: -one)"), id="a function of the call's own"),
        pytest.param((ROW, "row.extend(Everything())"), id="what nobody knows"),
        pytest.param((ROW, "row.insert(1, 2, 3)"), id="what lists do not take"),
        pytest.param((ROW, "row.append(iter([1]))"), id="what is used up"),
        pytest.param((ROW, "row.insert(len, 3)"), id="a function"),
        pytest.param((ROW, "row == [1]"), id="whether it is equal"),
        pytest.param((ROW, "row.__repr__()"), id="how it is shown"),
        pytest.param((ROW, "[row.insert(0, one) for one in '4']"), id="what comes later"),
        pytest.param((ROW, "row.insert(*[0, 1])"), id="what is spread out"),
        pytest.param((ROW, "row.widen()"), id="what lists cannot do"),
        pytest.param(("[3].insert(0, 4)",), id="a list of Python's own"),
    ],
)
def test_of_such_a_call_nothing_is_said(lines: tuple[str, ...]) -> None:
    assert said({"Row": Wide, "Heap": Heap, "Everything": Everything}, *lines) == []


def test_a_mapping_that_gives_something_for_any_key_may_do_so() -> None:
    assert said({"Chart": Generous}, "chart = Chart({1: 2})", "chart[3]") == []
    assert said({"Chart": Generous}, "chart = Chart({1: 2})", "chart[1]") == ["alike"]


def test_which_item_is_given_is_compared_only_where_python_says_which() -> None:
    assert said({"Crew": Crew}, "crew = Crew('abc')", "crew.pop()") == []
    assert said({"Row": Row}, ROW, "row.pop()") == ["alike"]


def test_what_inherits_from_a_tuple_counts_as_tuples_do() -> None:
    told = "differs from Python's tuple: it gives 0 where that gives 1"
    assert said({"Chord": Chord}, "chord = Chord('ab')", "chord.count('a')") == [told]


def test_a_call_is_named_by_the_method_that_it_comes_to() -> None:
    case = {"imports": [], "prelude": [], "setup": [ROW], "call": "row.__delslice__(0, 1)"}
    assert [*likening.likened(case, acting.uses, lambda _: {"Row": Row})] == [("Row", "cut", "")]


def test_items_that_equal_nothing_else_are_the_same_in_both() -> None:
    assert said({"Row": Row, "object": object}, "row = Row([object()])", "row.append(object())") == ["alike"]


def test_what_one_call_changes_is_there_unchanged_for_the_other() -> None:
    assert said({"Row": Row}, "row = Row([2])", "row.extend(row[:])") == ["alike", "alike"]
    assert said({"Crew": Crew}, CREW, "crew.difference_update(crew)") == ["alike"]


def test_what_equals_nothing_is_given_where_it_is_the_same() -> None:
    setup = "chart = Chart({'a': float('nan')})"
    assert said({"Chart": Chart, "float": float}, setup, "chart['a']") == ["alike"]
