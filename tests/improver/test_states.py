"""What stands in a text, or what a function has found, in the name of a test."""

from dataclasses import replace

import pytest

from improver.experiments import Case
from improver.judging.functions import definitions
from improver.writing.words.naming import name_for
from tests.improver.calls import PIER, case, source

LOG = """\
def read(line, sep=None, text=""):
    if ":" not in line:
        return 1
    if not line.startswith("--"):
        return 2
    if line[-1] == ".":
        return 3
    if sep and "a long sentence" in line:
        return 4
    if "/" in str(text):
        return 5
    return 6


def tide(entries, mark=None):
    changes = [one for one in entries if one]
    if len(changes) <= 0:
        return None
    high = max(changes)
    is_spring = high > 9
    if not is_spring:
        return 4
    if high is None:
        raise ValueError("nothing is high")
    if not mark:
        return 1
    return high


def ebb(entries):
    changes = [one for one in entries if one]
    if len(changes) > 0:
        return changes
    return "calm"


def flow(entries):
    changes = [one for one in entries if one]
    if changes:
        return changes
    return "still"


def drift(entries):
    changes = [one for one in entries if one]
    if changes:
        changes.pop()
    return "afloat"


class Log:
    def __init__(self, name, version=4, style=None):
        self.name, self._version, self.style = name, version, style

    def address(self):
        if self._version != 6:
            return ()
        if self.entries is None:
            raise KeyError("x")
        return 2

    def order(self, key):
        if callable(self.style):
            return 1
        raise TypeError(f"style {self.style} must be a function")


class Sea:
    def __init__(self, sea, least=0):
        if sea < least:
            raise ValueError(f"{sea} is below what is allowed for any sea")
        if len(sea) < 1:
            raise ValueError("low")
        if not isinstance(sea, str):
            raise ValueError("odd")
"""
NODES = definitions(source(LOG))
RAISES = (("raises", "ValueError", ""),)


def noticed(call: str, function: str, line: int) -> Case:
    """Return a call that notices a fault in a line."""
    kills = frozenset({f"{PIER[:-2]}:{line}: `return 0` → `return 1`"})
    return replace(case(call, "[2]", name=function), kills=kills)


def line_of(text: str) -> int:
    return LOG[: LOG.index(text)].count("\n") + 1


@pytest.mark.parametrize(
    ("call", "fault", "name"),
    [
        pytest.param("read('calm')", "return 1", "read_without_colon_in_line", id="a mark that is not there"),
        pytest.param("read('a:b')", "return 2", "read_without_double_hyphen_at_start_of_line", id="at the start"),
        pytest.param("read('--:.')", "return 3", "read_with_dot_at_end_of_line", id="at the end"),
        pytest.param("read('--: a long sentence', True)", "return 4", "read_with_sep", id="a text that is no word"),
        pytest.param("read('--:', text='/')", "return 5", "read_with_slash_in_text", id="a text that is made one"),
        pytest.param("read('')", "return 1", "read_of_empty_line", id="an empty text"),
        pytest.param("read(far)", "return 1", "read", id="a text that is not known"),
    ],
)
def test_what_stands_in_a_text_or_does_not(call: str, fault: str, name: str) -> None:
    assert name_for(noticed(call, "read", line_of(fault)), NODES["read"][-1]) == f"test_{name}"


def test_a_name_that_says_nothing_is_left_out() -> None:
    node = definitions(source("def read(value):\n    if ';' in value:\n        return 1\n    return 2\n"))["read"][-1]
    assert name_for(noticed("read('a;')", "read", 3), node) == "test_read_with_semicolon"


@pytest.mark.parametrize(
    ("call", "function", "fault", "name"),
    [
        pytest.param("tide([0])", "tide", "return None", "tide_without_changes", id="a list without anything in it"),
        pytest.param("tide([1])", "tide", "raise ValueError", "tide_without_high_raises_value_error", id="None"),
        pytest.param("tide([1])", "tide", "return 4", "tide", id="a switch"),
        pytest.param("tide([1])", "tide", "        return 1\n    return high", "tide", id="a parameter"),
        pytest.param(
            "ebb([0])", "ebb", 'return "calm"', "ebb_without_changes", id="behind a test that would have left"
        ),
        pytest.param("flow([0])", "flow", 'return "still"', "flow_without_changes", id="behind a test of it"),
        pytest.param("drift([0])", "drift", 'return "afloat"', "drift", id="behind a test that leads here too"),
        pytest.param("Log('a').address()", "Log.address", "return ()", "log_address_when_version_is_not_6", id="own"),
        pytest.param("Log('a', 6).address()", "Log.address", "return 2", "log_address", id="behind all tests"),
        pytest.param(
            "Log('a', style=1).order(1)", "Log.order", "raise TypeError", "log_order_with_style", id="made with"
        ),
    ],
)
def test_what_a_function_finds(call: str, function: str, fault: str, name: str) -> None:
    checks = RAISES if name.endswith("value_error") else (("eq", "result", "[2]"),)
    one = replace(noticed(call, function, line_of(fault)), checks=checks)
    assert name_for(one, NODES[function][-1]) == f"test_{name}"


def test_what_an_error_says_is_said_before_what_a_function_found() -> None:
    checks = (("raises", "ValueError", "nothing is high"),)
    one = noticed("tide([1])", "tide", line_of("raise ValueError"))
    assert name_for(replace(one, checks=checks), NODES["tide"][-1]) == "test_tide_raises_value_error_nothing_is_high"


@pytest.mark.parametrize(
    ("call", "fault", "origin", "name"),
    [
        pytest.param("Sea(0)", "self.name", "strange", "sea_of_0_raises_value_error", id="a number that is no good"),
        pytest.param("Sea([], least=1)", '"odd"', "text", "sea_of_empty_sea_raises_value_error", id="an empty list"),
    ],
)
def test_a_value_is_not_refused_for_its_type(call: str, fault: str, origin: str, name: str) -> None:
    one = replace(noticed(call, "Sea.__init__", line_of(fault)), checks=RAISES, origin=origin)
    assert name_for(one, NODES["Sea.__init__"][-1]) == f"test_{name}"


SPAN = """\
def span(start=None, end=None, step=None):
    if start is None and end is None:
        raise ValueError("start or end required")
    if step is None:
        return 1
    return 2
"""


@pytest.mark.parametrize(
    ("call", "line", "fault", "name"),
    [
        ("span()", 2, "`end is None` → `end is not None`", "span_without_start_or_end_raises_value_error"),
        ("span(1)", 4, "`step is None` → `step is not None`", "span_without_step_is_1"),
    ],
)
def test_two_things_that_are_not_given_are_told_together(call: str, line: int, fault: str, name: str) -> None:
    node = definitions(source(SPAN))["span"][-1]
    checks = (("raises", "ValueError", "") if "raises" in name else ("eq", "result", "1"),)
    one = replace(case(call, "1", name="span"), checks=checks, kills=frozenset({f"{PIER[:-2]}:{line}: {fault}"}))
    assert name_for(one, node) == f"test_{name}"
