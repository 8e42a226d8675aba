"""Operands that are equal, or apart, or come back as they are: told, and exchanged for others."""

import pytest

from improver.experiments import Case
from improver.writing.choice.livelier import livelier
from improver.writing.choice.operands import idle
from improver.writing.choice.telling import dullness


def operation(call: str, wanted: str = "None", *setup: str) -> Case:
    return Case("pier/a.py::Tide.join", call, (("pier.a", "Tide"),), setup=setup, checks=(("eq", "result", wanted),))


@pytest.mark.parametrize(
    ("case", "count"),
    [
        pytest.param(operation("tide(2) & 2", "2"), 1, id="equal numbers"),
        pytest.param(operation("tide(3) & 2", "2"), 1, id="one of them comes back"),
        pytest.param(operation("(tide(3) & 2).text()", "'2'"), 1, id="one of them is printed"),
        pytest.param(operation("2 % tide(3.0)", "2.0"), 1, id="as another type"),
        pytest.param(operation("tide(6) & 3", "2"), 0, id="a third number"),
        pytest.param(operation("2 % tide(2)", "0"), 1, id="the object comes second"),
        pytest.param(operation("2 & 2", "2"), 0, id="no object at all"),
        pytest.param(operation("tide(low + 2)", "9", "low = 2"), 0, id="nor one that has a name"),
        pytest.param(operation("tide(2, more=4) << 2", "8"), 1, id="more is given than the number"),
        pytest.param(operation("tide(1) & 2", "0"), 1, id="nothing comes of it"),
        pytest.param(operation("tide(1) >> 1", "Tide()"), 1, id="what is made of nothing comes of it"),
        pytest.param(operation("tide(1) < 2", "True"), 0, id="numbers that are compared"),
        pytest.param(operation("Tide({1}) - {1, 2}"), 1, id="all is taken away"),
        pytest.param(operation("Tide({1}) & {1, 2}"), 0, id="one holds the other"),
        pytest.param(operation("Tide({1}).difference({1, 2})"), 1, id="a method takes all away"),
        pytest.param(operation("Tide({1}).symmetric_difference({1, 2})"), 0, id="both are taken from each other"),
        pytest.param(operation("Tide(set()) <= {1}"), 1, id="nothing is part of all"),
        pytest.param(operation("Tide({1}).isdisjoint({2})"), 0, id="that they share nothing is the answer"),
        pytest.param(operation("Tide(set()).isdisjoint({2})"), 1, id="nothing shares nothing"),
        pytest.param(operation("Tide().isdisjoint({2})"), 1, id="what is made of nothing shares nothing"),
        pytest.param(operation("tide().isdisjoint({2})"), 0, id="who knows what a function makes of nothing"),
        pytest.param(operation("Tide({1}) | {2}"), 1, id="sets that share nothing"),
        pytest.param(operation("Tide({1}) | Tide({1})"), 1, id="equal sets"),
        pytest.param(operation("Tide({1, 2}) | {2, 3}"), 0, id="sets that share something"),
        pytest.param(operation("Tide({1, 2}) & set()"), 1, id="an empty set"),
        pytest.param(operation("Tide(Tide([1])) - [2]"), 1, id="an object of an object"),
        pytest.param(operation("Tide([1]) + [2]"), 0, id="lists are only put together"),
        pytest.param(operation("Tide([1]).difference([2])"), 1, id="a method in place of an operator"),
        pytest.param(operation("Tide([1]).append([2])"), 0, id="a method of another kind"),
        pytest.param(operation("made", "x", "made = Tide([1])", "made -= [2]"), 1, id="a name, changed in place"),
        pytest.param(operation("made - [2]", "x", "made = Tide([1, 2])"), 0, id="a name whose thing has it"),
        pytest.param(operation("other - [2]"), 0, id="a name of which nothing is known"),
        pytest.param(operation("Tide([low]) - [2]"), 0, id="what is not plain"),
    ],
)
def test_an_operation_that_leaves_open_what_becomes_of_its_sides_is_idle(case: Case, count: int) -> None:
    assert idle(case) == count


@pytest.mark.parametrize(
    ("case", "other"),
    [
        (operation("tide(2) & 2", "2"), "tide(6) & 3"),
        (operation("tide(0.5) % 2", "0.5"), "tide(7.5) % 2"),
        (operation("Tide({1}) - {2}"), "Tide({1, 2}) - {2, 3}"),
        (operation("Tide(set()) <= {1}"), "Tide({1, 2}) <= {1, 2, 3}"),
        (operation("Tide(set()).issuperset({1})"), "Tide({1, 2, 3}).issuperset({2, 3})"),
        (operation("Tide().issuperset({1})"), "Tide([1, 2, 3]).issuperset({2, 3})"),
        (operation("Tide().isdisjoint({1})"), "Tide([1, 2]).isdisjoint({3, 4})"),
        (operation("Tide(['x']) | set()"), "Tide(['a', 'b']) | {'b', 'c'}"),
        (operation("Tide([b'x']) | set()"), "Tide([b'a', b'b']) | {b'b', b'c'}"),
    ],
)
def test_other_operands_are_tried_that_show_more(case: Case, other: str) -> None:
    assert dullness(case) > dullness(operation(other))
    assert other in [one.call for one in livelier(case)]


def test_what_a_name_is_changed_by_shares_something_with_its_thing() -> None:
    ways = [one.setup[1] for one in livelier(operation("made", "x", "made = Tide([1, 2])", "made -= [3]"))]
    assert "made -= [2, 3]" in ways
