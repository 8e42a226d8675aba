"""Tests of optional arguments that are better given by name."""

import pytest

from improver.writing.choice.by_name import by_name, unnamed
from improver.writing.choice.selecting import chosen
from tests.improver.calls import case, node

DEPTH = node('def depth(sea, more=1, deep=False, unit="m"):\n    """Measure.\n\n    >>> depth(tide, unit=sea)\n    """')
METHOD = node("def depth(self, sea, more=1): ...")


@pytest.mark.parametrize(
    ("call", "named"),
    [
        pytest.param("depth([4], 7)", "", id="of another type"),
        pytest.param("depth(4, more=7)", "", id="it has its name"),
        pytest.param("depth(4, tide)", "", id="a name says enough"),
        pytest.param("depth(*tides)", "", id="nobody knows how many"),
        pytest.param("depth(4, depth(4, 7))", "", id="of two calls"),
        pytest.param("other(4, 7)", "", id="of another function"),
        pytest.param("depth(4, 7)", "depth(4, more=7)", id="two numbers"),
        pytest.param("depth([4], 7, True)", "depth([4], 7, deep=True)", id="a switch"),
        pytest.param("depth([4], 7, deep, 'km')", "depth([4], 7, deep, unit='km')", id="the docstring names it"),
        pytest.param("next(depth(4, 7, deep))", "next(depth(4, more=7, deep=deep))", id="and those after it"),
        pytest.param("depth(4, 7, unit='km')", "depth(4, more=7, unit='km')", id="one has its name already"),
    ],
)
def test_an_argument_gets_its_name_where_it_says_nothing_without(call: str, named: str) -> None:
    assert [one.call for one in by_name(case(call), DEPTH)] == [*filter(None, [named])]
    assert bool(unnamed(case(call), DEPTH)) is bool(named)


def test_what_must_be_given_stands_in_its_place() -> None:
    two = node("def depth(sea, tide, more=1): ...")
    assert [*by_name(case("depth(4, 7)"), two)] == []
    assert [one.call for one in by_name(case("depth(4, 7, 9)"), two)] == ["depth(4, 7, more=9)"]


def test_what_has_no_name_keeps_its_place() -> None:
    assert [*by_name(case("depth(4, 7)"), node("def depth(sea, more=1, /): ..."))] == []
    assert [*by_name(case("depth(4, 7, 9)"), node("def depth(sea, more=1, *rest): ..."))] == []


def test_the_object_of_a_method_is_no_argument() -> None:
    assert [one.call for one in by_name(case("box.depth(4, 7)"), METHOD)] == ["box.depth(4, more=7)"]


def test_the_making_of_an_object_goes_by_the_name_of_its_class() -> None:
    made, making = case("Box(4, 7)", name="Box.__init__"), node("def __init__(self, sea, more=1): ...")
    assert [one.call for one in by_name(made, making)] == ["Box(4, more=7)"]
    assert unnamed(made, making) == 1
    assert [*by_name(case("other(Box(4, 7))", name="other"), making)] == []


def test_of_two_calls_that_notice_the_same_the_one_with_the_name_is_chosen() -> None:
    by_place, named = case("depth(4, 7)"), case("depth(4, more=7)")
    assert chosen([by_place, named], lambda _: DEPTH) == [named]
    assert chosen([by_place], lambda _: DEPTH) == [by_place]
