"""A text that a function tries to read and cannot, in the name of a test."""

from dataclasses import replace

import pytest

from improver.experiments import Case
from improver.judging.functions import definitions
from improver.writing.words.naming import name_for
from tests.improver.calls import PIER, case, source

QUAYS = """\
def moored(name, quay=0):
    try:
        number = int(name)
    except ValueError:
        return 3
    return quay


class Quay:
    def __init__(self, text):
        self.number = int(text)

    def __eq__(self, other):
        if not isinstance(other, Quay):
            try:
                other = Quay(other)
            except ValueError:
                return NotImplemented
        return self.number == other.number

    def __lt__(self, other):
        try:
            return self.number < self.lots[other]
        except KeyError:
            return NotImplemented
"""
NODES = definitions(source(QUAYS))


def noticed(call: str, *lines: int, name: str = "moored", checks: tuple[tuple[str, str, str], ...] = ()) -> Case:
    """Return a call that notices a fault in each of some lines."""
    kills = frozenset(f"{PIER[:-2]}:{line}: `0` → `1`" for line in lines)
    return replace(case(call, "1", name=name), checks=checks or (("eq", "result", "1"),), kills=kills)


@pytest.mark.parametrize(
    ("function", "call", "lines", "name"),
    [
        pytest.param("moored", "moored('a')", [5], "moored_of_invalid_name_is_1", id="what is given first"),
        pytest.param("moored", "moored('a', 1)", [6], "moored_returns_quay", id="a fault elsewhere"),
        pytest.param("moored", "moored(2.5)", [5], "moored", id="no text"),
        pytest.param("Quay.__eq__", "Quay('1') == 'a'", [18], "quay_equals_invalid_str", id="beside an object"),
        pytest.param("Quay.__eq__", "Quay('1') == 2", [18], "quay_equals_int", id="a number beside it"),
        pytest.param("Quay.__lt__", "Quay('1') < 'a'", [25], "quay_lt", id="one that is looked up"),
    ],
)
def test_a_text_that_cannot_be_read_is_called_so(function: str, call: str, lines: list[int], name: str) -> None:
    assert name_for(noticed(call, *lines, name=function), NODES[function][-1]) == f"test_{name}"


def test_an_object_that_refuses_a_text_that_it_cannot_read() -> None:
    one = noticed("Quay('1') < 'a'", 18, name="Quay.__eq__", checks=(("raises", "TypeError", ""),))
    other = replace(one, function=one.function.replace("eq", "lt"))
    assert name_for(other, NODES["Quay.__eq__"][-1]) == "test_quay_lt_invalid_str_raises_type_error"


def test_what_an_error_says_is_said_before_that_a_text_is_invalid() -> None:
    told = noticed("moored('a')", 5, checks=(("raises", "ValueError", "no such name"),))
    assert name_for(told, NODES["moored"][-1]) == "test_moored_raises_value_error_no_such_name"
