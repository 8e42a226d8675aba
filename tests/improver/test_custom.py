"""Tests of what functions take, and of calls in which only one thing is wrong."""

from dataclasses import replace

import pytest

from improver.source import Function
from improver.writing.choice.custom import Custom
from improver.writing.choice.selecting import chosen
from tests.improver.calls import case, node

DEPTH = node("def depth(sea, more=1): ...")
REFUSED = (("raises", "ValueError", "too deep"),)
GOOD = [case("depth([3, 1, 2], 2)"), case("depth('ab')"), case("depth([4], 'ab')", checks=REFUSED)]


def depth(_: str) -> Function:
    return DEPTH


@pytest.mark.parametrize(
    ("call", "names"),
    [
        pytest.param("depth([3], 4)", [], id="all is of a type that it takes"),
        pytest.param("depth(sea, more)", [], id="nobody knows what they are"),
        pytest.param("depth(7, 4)", ["sea"], id="one"),
        pytest.param("depth(7, more='a')", ["sea", "more"], id="both"),
        pytest.param("depth(len, 2)", ["sea"], id="a function"),
        pytest.param("depth(depth(1), 'a')", [], id="of two calls nothing is known"),
    ],
)
def test_what_is_wrong_is_of_a_type_that_was_never_taken(call: str, names: list[str]) -> None:
    found = Custom.of(GOOD, depth).wrongs(case(call, checks=REFUSED), DEPTH)
    assert [name for name, _ in found] == names


def test_nothing_is_wrong_with_what_gives_a_value_or_is_known_of_no_call() -> None:
    assert Custom.of(GOOD, depth).wrongs(case("depth(7, 'a')"), DEPTH) == []
    assert Custom.of([], depth).wrongs(case("depth(7, 4)", checks=REFUSED), DEPTH) == []


def test_what_no_call_says_is_right_where_it_is_of_a_type_that_it_is_meant_for() -> None:
    wave = node("def wave(func, title, sea): ...")
    custom, both = Custom.of([], lambda _: wave), case("wave(1, 2, 3)", name="wave", checks=REFUSED)
    assert [name for name, _ in custom.wrongs(both, wave)] == ["func", "title"]
    assert [one.call for one in custom.righted(both, wave)] == ["wave(len, 2, 3)", "wave(1, 'abc', 3)"]
    assert [*custom.righted(case("wave(len, 2, 3)", name="wave", checks=REFUSED), wave)] == []


def test_what_a_parameter_is_not_meant_for_is_wrong_though_some_call_gives_it() -> None:
    wave = node("def wave(func, title): ...")
    taken = [case("wave(1, 'sea')", name="wave"), case("wave(len, 'sea')", name="wave")]
    refused = case("wave(2, [])", name="wave", checks=REFUSED)
    assert [name for name, _ in Custom.of(taken, lambda _: wave).wrongs(refused, wave)] == ["func", "title"]
    assert [name for name, _ in Custom.of(taken[:1], lambda _: wave).wrongs(refused, wave)] == ["title"]


def test_what_makes_an_object_takes_what_its_class_is_given() -> None:
    making = node("def __init__(self, sea, more=1): ...")
    good = case("Box([3, 1], 2)", name="Box.__init__")
    wrong = case("Box('a', 'b')", name="Box.__init__", checks=REFUSED)
    assert [name for name, _ in Custom.of([good], lambda _: making).wrongs(wrong, making)] == ["sea", "more"]


def test_one_of_two_wrong_things_is_put_right() -> None:
    custom = Custom.of(GOOD, depth)
    both = replace(case("depth(7, 'a')", checks=REFUSED), hangs=frozenset("h"))
    found = [*custom.righted(both, DEPTH)]
    assert [one.call for one in found] == ["depth('ab', 'a')", "depth([3, 1, 2], 'a')", "depth(7, 2)"]
    assert not any(one.checks or one.kills or one.hangs for one in found)
    assert [*custom.righted(case("depth(7, 2)", checks=REFUSED), DEPTH)] == []


def test_the_call_is_chosen_in_which_one_thing_is_wrong() -> None:
    both, one = case("depth(7, 'a')", checks=REFUSED), case("depth(7, more=2)", checks=REFUSED)
    assert chosen([both, one], depth, Custom.of(GOOD, depth)) == [one]
    assert chosen([both], depth, Custom.of(GOOD, depth)) == [both]


def test_a_few_calls_bear_witness_and_notice_nothing() -> None:
    witnesses = [*Custom.of(GOOD, depth).witnesses(["pier/a.py::depth"])]
    assert [one.call for one in witnesses] == ["depth('ab')", "depth([3, 1, 2], 2)"]
    assert not any(one.kills for one in witnesses)
    both = case("depth(7, 'a')", checks=REFUSED)
    assert len(Custom.of(witnesses, depth).wrongs(both, DEPTH)) == 2
    assert [*Custom.of(GOOD, depth).witnesses([])] == []
