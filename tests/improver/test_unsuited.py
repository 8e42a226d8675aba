"""Calls that give what nobody would give, though the function takes it."""

from dataclasses import replace

import pytest

from improver.judging.functions import definitions
from improver.writing.choice.unsuited import is_unsuited
from improver.writing.choice.usage import Usage
from improver.writing.inputs.misfits import Signatures
from tests.improver.calls import case, source

PIERS = """\
def docked(boats, limit=9, style=None):
    return [boat for boat in boats if boat != limit]


def moored(boats, **more):
    for _, boat in enumerate(boats):
        raise LookupError(boat)


def named(boats):
    return len(boats.items())


def parted(line, sep):
    return [part for part in line.split(sep)]


def berthed(table, key):
    for boat in table[key]:
        return boat


def spelled(name: str):
    return [letter for letter in sorted(name)]


def numbered(boats):
    return [boat for _, boat in enumerate(reversed(boats))]
"""
PRODUCT = source(PIERS)
USAGE = Usage.of(Signatures.of([PRODUCT]), {"moored": [case("moored('abc')")]})
KEY, TYPE, VALUE = ("raises", "KeyError", ""), ("raises", "TypeError", ""), ("eq", "result", "[]")


@pytest.mark.parametrize(
    ("call", "check", "unsuited"),
    [
        pytest.param("docked('abc')", VALUE, True, id="the letters of a text"),
        pytest.param("docked([])", VALUE, False, id="a list"),
        pytest.param("docked(name)", VALUE, False, id="what is no literal"),
        pytest.param("docked([], 'a')", VALUE, False, id="a text that is taken whole"),
        pytest.param("docked('abc')", KEY, True, id="a text that is refused"),
        pytest.param("docked('abc')", TYPE, False, id="a text that is refused for being one"),
        pytest.param("moored('ab')", VALUE, False, id="a text where a test gives one"),
        pytest.param("docked([], style={'a': 1})", KEY, True, id="a mapping of which nothing is known, refused"),
        pytest.param("docked([], style=iter([1]))", KEY, True, id="an iterator"),
        pytest.param("docked([], style={'a': 1})", VALUE, False, id="a mapping that is no matter"),
        pytest.param("named({'a': 1})", KEY, False, id="a mapping that is asked for"),
        pytest.param("parted('a:b', ':')", VALUE, False, id="texts of which one is split"),
        pytest.param("berthed({'a': [1]}, 'a')", VALUE, False, id="a text that is a key"),
        pytest.param("spelled('abc')", VALUE, False, id="a parameter that is said to be a text"),
        pytest.param("numbered('abc')", VALUE, True, id="the letters of a text, in another order"),
    ],
)
def test_what_nobody_would_give(call: str, check: tuple[str, str, str], unsuited: bool) -> None:
    name = call.partition("(")[0]
    one = replace(case(call, "1", name=name), checks=(check,))
    assert is_unsuited(one, definitions(PRODUCT)[name][-1], USAGE) is unsuited
    assert not is_unsuited(replace(one, origin="recorded"), definitions(PRODUCT)[name][-1], USAGE)
