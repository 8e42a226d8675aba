"""Where the faults that a test notices stand in the code, as its docstring and its name tell."""

from dataclasses import replace

import pytest

from improver.experiments import Case
from improver.judging.functions import definitions
from improver.writing.layout.grouping import grouped
from improver.writing.words.naming import name_for
from improver.writing.words.reached import where
from improver.writing.words.wording import docstring
from tests.improver.calls import PIER, case, source

QUAYS = """\
def moored(name, quay=0, berths=()):
    if not name:
        return 1
    elif quay < 0:
        raise ValueError("no such quay")
    if quay in berths:
        if len(berths) > 9:
            return 2
        else:
            berths += (quay,)
    try:
        number = int(name)
    except ValueError:
        return 3
    try:
        number += 1
        number /= quay
    except ZeroDivisionError:
        number = 0
    for berth in berths:
        if berth == "\\\\":
            return 4
        if berth == number:
            return 5
    if quay == number:
        return 6
    return 7 if number else 8


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
MOORED = NODES["moored"][-1]


LONG = """\
def moored(name):
    if name == "{0}" and name:
        if name != "b":
            return 1
    return 2
"""


def noticed(call: str, *lines: int, name: str = "moored", checks: tuple[tuple[str, str, str], ...] = ()) -> Case:
    """Return a call that notices a fault in each of some lines."""
    kills = frozenset(f"{PIER[:-2]}:{line}: `0` → `1`" for line in lines)
    return replace(case(call, "1", name=name), checks=checks or (("eq", "result", "1"),), kills=kills)


@pytest.mark.parametrize(
    ("call", "lines", "told"),
    [
        pytest.param("moored('')", [3], "`not name`", id="under a test"),
        pytest.param("moored('1', -1)", [5], "`quay < 0`", id="under the second of two"),
        pytest.param("moored('1', 2, (2,))", [10], "`quay in berths` and `len(berths) <= 9`", id="beside another"),
        pytest.param("moored('1')", [2], "`name`", id="in a test of what is given, which did not hold"),
        pytest.param("moored('')", [2], "`not name`", id="in one that held"),
        pytest.param("moored('1', pier())", [4], "", id="in one of what is not known"),
        pytest.param("moored('a')", [14], "`int(name)` raises", id="where what is tried fails"),
        pytest.param("moored('1')", [19], "", id="where more than one line is tried"),
        pytest.param("moored('1', 1, (2,))", [24], "`berth == number`", id="in a loop"),
        pytest.param("moored('1', 1, ('/',))", [22], "", id="under a test that no docstring has room for as it is"),
        pytest.param("moored('1', 2)", [27], "`quay != number`", id="behind a way out"),
        pytest.param("moored('1', 2, (2,))", [12, 27, 27, 3], "`quay != number`", id="where most are"),
        pytest.param("moored('1', 2)", [12], "", id="under no test"),
        pytest.param("moored('1', 2)", [99], "", id="in another function"),
    ],
)
def test_the_conditions_that_faults_stand_under(call: str, lines: list[int], told: str) -> None:
    assert where(noticed(call, *lines), NODES["moored"][-1]) == told


@pytest.mark.parametrize(
    ("error", "says", "told"),
    [
        pytest.param("ValueError", "no such", "`quay < 0`", id="the line says it"),
        pytest.param("ValueError", "no quay", "", id="it says something else"),
        pytest.param("KeyError", "no such", "", id="of another type"),
        pytest.param("ValueError", "", "", id="an error without words"),
    ],
)
def test_the_line_that_raises_what_is_expected_was_reached(error: str, says: str, told: str) -> None:
    one = noticed("moored('1', pier())", 4, checks=(("raises", error, says),))
    assert where(one, NODES["moored"][-1]) == told


@pytest.mark.parametrize(
    ("length", "told"),
    [
        pytest.param(30, f"`name == '{'a' * 30}' and name` and `name != 'b'`", id="short enough"),
        pytest.param(60, "`name != 'b'`", id="the outer one left out"),
    ],
)
def test_what_is_long_is_left_out(length: int, told: str) -> None:
    node = definitions(source(LONG.format("a" * length)))["moored"][-1]
    assert where(noticed(f"moored('{'a' * length}')", 4), node) == told


def test_a_docstring_begins_with_where_the_faults_are() -> None:
    [test] = grouped([noticed("moored('')", 3)], lambda name: NODES[name.partition("::")[2]][-1], ())
    assert docstring(test.kills, 120, test.where) == [
        '"""Where `not name`. Kills: `0` -> `1` at a.py:3. Characterises current behaviour, not a spec."""'
    ]
    assert docstring(test.kills, 60, test.where)[:4] == [
        '"""Where `not name`.',
        "",
        "Kills:",
        "- `0` -> `1` at a.py:3.",
    ]
    assert docstring(test.kills, 20, test.where)[0] == '"""Kills:'  # no room


@pytest.mark.parametrize(
    ("function", "call", "lines", "name"),
    [
        pytest.param("moored", "moored('a')", [14], "moored_of_invalid_name_is_1", id="what is given first"),
        pytest.param("moored", "moored('a', 1)", [12], "moored", id="a fault elsewhere"),
        pytest.param("moored", "moored(2.5)", [14], "moored", id="no text"),
        pytest.param("Quay.__eq__", "Quay('1') == 'a'", [39], "quay_equals_invalid_str", id="beside an object"),
        pytest.param("Quay.__eq__", "Quay('1') == 2", [39], "quay_equals_int", id="a number beside it"),
        pytest.param("Quay.__lt__", "Quay('1') < 'a'", [46], "quay_lt", id="one that is looked up"),
    ],
)
def test_a_text_that_cannot_be_read_is_called_so(function: str, call: str, lines: list[int], name: str) -> None:
    assert name_for(noticed(call, *lines, name=function), NODES[function][-1]) == f"test_{name}"


def test_an_object_that_refuses_a_text_that_it_cannot_read() -> None:
    one = noticed("Quay('1') < 'a'", 39, name="Quay.__eq__", checks=(("raises", "TypeError", ""),))
    other = replace(one, function=one.function.replace("eq", "lt"))
    assert name_for(other, NODES["Quay.__eq__"][-1]) == "test_quay_lt_invalid_str_raises_type_error"


def test_what_an_error_says_is_said_before_that_a_text_is_invalid() -> None:
    told = noticed("moored('a')", 14, checks=(("raises", "ValueError", "no such name"),))
    assert name_for(told, NODES["moored"][-1]) == "test_moored_raises_value_error_no_such_name"
