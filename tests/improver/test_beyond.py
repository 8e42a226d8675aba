"""What only a comparison in another function asks for, in the name of a test."""

from dataclasses import replace

import pytest

from improver.experiments import Case
from improver.judging.functions import definitions
from improver.writing.words.naming import name_for
from tests.improver.calls import case, source

FEES = """\
from pier.rates import settled


def fee(days, *more):
    return settled(days, *more)
"""
NODE = definitions(source(FEES))["fee"][-1]


def noticed(call: str, fault: str, place: str = "pier/rates.py:9") -> Case:
    """Return a call that notices a fault in what it calls."""
    return replace(case(call, "'a lot'", name="fee"), kills=frozenset({f"{place}: {fault}"}))


@pytest.mark.parametrize(
    ("call", "fault", "name"),
    [
        ("fee(31)", "`days > 30` → `days >= 32`", "fee_with_days_31"),
        ("fee(31)", "`days > 30` → `days > 31`", "fee_with_days_31"),
        ("fee(30, 4)", "`self.days > 30` → `self.days >= 30`", "fee_with_days_30"),
        ("fee(4, -30)", "`change < -29` → `change < -30`", "fee_with_change_minus_30"),
        ("fee('abc', 3)", "`len(name) < 4` → `len(name) < 3`", "fee_with_name_of_length_3"),
    ],
)
def test_a_number_that_tells_a_fault_elsewhere_is_named_as_it_is_there(call: str, fault: str, name: str) -> None:
    assert name_for(noticed(call, fault), NODE) == f"test_{name}"


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        pytest.param("fee(30)", "`days > 30` → `days > 31`", id="it is not given"),
        pytest.param("fee(31, 31)", "`days > 30` → `days > 31`", id="nobody knows which"),
        pytest.param("fee(31)", "`days == 31` → `days != 31`", id="any number tells"),
        pytest.param("fee(1)", "`days > 0` → `days > 1`", id="one that stands everywhere"),
        pytest.param("fee(70000)", "`days > 69999` → `days > 70000`", id="one that is too long to be said"),
        pytest.param("fee(31)", "`days > limit` → `days >= limit`", id="no number is asked for"),
        pytest.param("fee(31)", "`days > 30` → `nights > 31`", id="another thing"),
    ],
)
def test_what_tells_nothing_is_not_named(call: str, fault: str) -> None:
    assert name_for(noticed(call, fault), NODE) == "test_fee"


def test_a_fault_in_the_function_itself_has_words_of_its_own() -> None:
    assert name_for(noticed("fee(31)", "`days > 30` → `days > 31`", "pier/a.py:5"), NODE) == "test_fee"
