"""Tests of the other outcome of a predicate, which stands beside the one that was chosen."""

from dataclasses import replace

from improver.experiments import Case
from improver.writing.choice.contrasting import contrasts
from improver.writing.layout.grouping import ROWS
from tests.improver.calls import case, plain


def verdict(call: str, outcome: str, *, kills: str = "m", setup: tuple[str, ...] = ()) -> Case:
    return case(call, kills=kills, setup=setup, checks=(("is", "result", outcome),))


TRUE = verdict("depth([3, 1])", "True")


def beside(kept: list[Case], *known: Case) -> list[str]:
    return [one.call for one in contrasts(kept, [*kept, *known], plain)]


def test_the_nearest_call_with_the_other_outcome_is_added() -> None:
    assert beside([TRUE], verdict("depth('abc')", "False"), verdict("depth([3, 2])", "False")) == ["depth([3, 2])"]


def test_a_call_that_shows_more_goes_before_one_that_is_nearer() -> None:
    assert beside([TRUE], verdict("depth([3])", "False"), verdict("depth('abc')", "False")) == ["depth('abc')"]


def test_nothing_is_added_where_both_are_shown() -> None:
    shown = verdict("depth('abc', 2)", "False")
    assert beside([TRUE, shown], verdict("depth([3, 2])", "False")) == []


def test_nothing_is_added_to_a_full_table() -> None:
    full = [verdict(f"depth([3, {at}])", "True") for at in range(4, 4 + ROWS)]
    other = verdict("depth([3, 2])", "False")
    assert (beside(full[1:], other), beside(full, other)) == (["depth([3, 2])"], [])


def test_nothing_is_added_to_what_is_no_verdict() -> None:
    number = case("depth([3, 1])", "4")
    assert beside([number], verdict("depth([3, 2])", "False")) == []
    assert beside([TRUE], case("depth([3, 2])", "0"), verdict("depth([3, 2])", "None")) == []
    full = case("depth([3, 1])", checks=(("is", "result.full", "True"),))
    assert beside([full], case("depth([3, 2])", checks=(("is", "result.full", "False"),))) == []


def test_an_outcome_is_shown_where_it_is_demanded_first() -> None:
    more = case("depth('abc')", checks=(("is", "result", "False"), ("eq", "sea", "3")), setup=("sea = 3",))
    assert beside([TRUE, more], verdict("depth([3, 2])", "False")) == []
    shown = verdict("depth('abc', 2)", "False")
    assert beside([TRUE, replace(shown, function="pier/a.py::other")], verdict("depth([3, 2])", "False")) != []


def test_what_is_added_notices_something_and_is_of_the_same_shape() -> None:
    assert beside([TRUE], verdict("depth([3, 2])", "False", kills="")) == []
    assert beside([TRUE], verdict("depth([3, 2], 4)", "False")) == []
    assert beside([TRUE], verdict("depth(sea)", "False", setup=("sea = [3, 2]", "sea.sort()"))) == []


def test_what_nobody_would_give_is_not_added() -> None:
    assert beside([TRUE], verdict("depth(' ')", "False"), verdict("depth(-7)", "False")) == []
    assert beside([TRUE], verdict("depth(_hidden)", "False")) == []
