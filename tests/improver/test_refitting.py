"""What comes before a call is varied: options of what is made there, and what it defines."""

import itertools
from typing import Any

import pytest

from improver.verify.refitting import options, refitted, within
from improver.verify.varying import Pool, variations


def net(knots: int, *, wet: bool = False, name: str = "net", sea: object = len) -> None:
    """Be made with options."""


def buoy(
    light: "str | None" = None,
    lens: "itertools.count[int] | None" = None,
    names: "list[str] | None" = None,
    other: Any = None,
) -> None:
    """Be made with options that are left open."""


SPACE: dict[str, Any] = {"net": net}


def vary(text: str, defaults: Any) -> Any:
    """Vary one call."""
    return variations(text, defaults, Pool([]))


def test_an_option_of_what_is_made_before_is_flipped_or_left_out_one_at_a_time() -> None:
    found = [*itertools.islice(refitted(["made = net(1)", "made.cast(2, deep=True)"], SPACE, vary), 60)]
    assert ["made = net(1, wet=True)", "made.cast(2, deep=True)"] in found
    assert ["made = net(1)", "made.cast(2)"] in found
    assert all(sum(map(str.__ne__, one, ["made = net(1)", "made.cast(2, deep=True)"])) == 1 for one in found)


def test_a_class_loses_what_it_can_do_without_and_its_options_vary() -> None:
    text = "class Low(Sea):\n    made = net(1)\n\n    @net(2)\n    def cast(self):\n        return net(3)"
    found = [one[0] for one in refitted([text], SPACE, vary)]
    assert found[:2] == [text.replace("    made = net(1)\n", ""), "class Low(Sea):\n    made = net(1)"]
    assert text.replace("net(1)", "net(1, wet=True)") in found
    assert text.replace("@net(2)", "@net(2, wet=True)") in found
    assert not [one for one in found if "net(3)" not in one and "def" in one]


@pytest.mark.parametrize("kind", ["def", "async def"])
def test_what_a_function_does_itself_stays_as_it_is(kind: str) -> None:
    text = f"@net(2)\n{kind} cast():\n    return net(3)"
    found = [one[0] for one in refitted([text], SPACE, vary)]
    assert text.replace("net(2)", "net(2, wet=True)") in found
    assert all("return net(3)" in one for one in found)


def test_what_a_method_is_called_on_and_what_a_call_is_given_vary() -> None:
    found = [*within("net(1).cast(net(2))", SPACE, vary)]
    assert {"net(1, wet=True).cast(net(2))", "net(1).cast(net(2, wet=True))"} <= {*found}
    assert "net(1).cast()" not in found


def test_only_plain_defaults_of_what_has_a_name_are_options() -> None:
    call: Any = compile("net(1)", "", "eval", 1 << 10).body
    assert options(call, SPACE) == [("wet", False), ("name", "net")]
    assert options(call, {}) == []


def test_what_is_left_open_begins_with_a_value_that_may_be_given() -> None:
    call: Any = compile("buoy()", "", "eval", 1 << 10).body
    assert options(call, {"buoy": buoy}) == [("light", ""), ("other", None)]
