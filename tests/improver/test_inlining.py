"""A variable that a test uses once, in its call, says nothing: what it stands for is put there."""

import pytest

from improver.experiments import Case
from improver.writing.choice.inlining import inline


def case(call: str, *setup: str, subject: str = "result") -> Case:
    """Return a call with statements before it and one thing that is looked at."""
    return Case("pier/tides.py::depth", call, setup=setup, checks=(("eq", subject, "3"),))


@pytest.mark.parametrize(
    ("before", "setup", "call"),
    [
        pytest.param(case("depth(sea)", "sea = [1, 2]"), (), "depth([1, 2])", id="an argument"),
        pytest.param(case("box.depth(2)", "box = Box(1)"), (), "Box(1).depth(2)", id="an object"),
        pytest.param(case("depth(a, b)", "a = [1]", "b = [2]"), (), "depth([1], [2])", id="several"),
        pytest.param(case("depth(a, b)", "a = dig()", "b = [2]"), (), "depth(dig(), [2])", id="right before the call"),
    ],
)
def test_what_is_used_once_stands_where_it_is_used(before: Case, setup: tuple[str, ...], call: str) -> None:
    after = inline(before)
    assert (after.setup, after.call) == (setup, call)


@pytest.mark.parametrize(
    "one",
    [
        pytest.param(case("depth(sea)", "sea = [1, 2]", subject="sea"), id="it is looked at"),
        pytest.param(case("depth(sea, sea)", "sea = [1, 2]"), id="it is used twice"),
        pytest.param(case("depth(sea)", "sea = [1, 2]", "sea.append(3)"), id="it changes before"),
        pytest.param(case("depth(lambda: sea)", "sea = [1, 2]"), id="it is used later"),
        pytest.param(case("depth(sea)", f"sea = '{'wave' * 15}'"), id="the call would be long"),
        pytest.param(case("depth(sea)", "sea = dig()", "dry()"), id="something happens in between"),
        pytest.param(case("depth(sea)", "def sea():\n    return 1"), id="it is a function"),
        pytest.param(case("depth(sea)", "sea, shore = 1, 2"), id="it is one of two"),
        pytest.param(case("depth(sea)", "sea = await dig()"), id="it is waited for"),
        pytest.param(case("depth(f'<{sea}>')", "sea = 'a\\\\d'"), id="it is shown in a text"),
    ],
)
def test_a_variable_stays_where_it_is_of_use(one: Case) -> None:
    assert inline(one) == one


def test_of_two_things_that_happen_only_the_last_moves() -> None:
    after = inline(case("depth(a, b)", "a = dig()", "b = fill()"))
    assert (after.setup, after.call) == (("a = dig()",), "depth(a, fill())")
