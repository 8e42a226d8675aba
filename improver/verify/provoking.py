"""Arguments that meet what a function asks about them before it raises, as source: inside the sandbox (Python 3.9)."""

from __future__ import annotations

import ast
import itertools
from typing import Any, Iterator, Mapping, Sequence  # noqa: UP035 - older interpreters run this file

Given = dict[str, str]  # values by the names of parameters
MOST, WAYS = 24, 3  # sets of arguments for one function, ways to meet one test
LEAVING = (ast.Return, ast.Raise, ast.Continue, ast.Break)
MIRRORED = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE}
OPPOSITE = {ast.Lt: ast.GtE, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
OPPOSITE |= {ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is}
FALSE = ("0", "''", "None")
OTHER = "other"  # a text that is none of those that a function knows
OF_TYPES = {
    "str": "'a'",
    "int": "1",
    "float": "0.5",
    "list": "[1]",
    "tuple": "(1,)",
    "dict": "{'a': 1}",
    "bytes": "b'a'",
}
HELD_BY_TEXT = frozenset({"str", "Iterable", "Sequence", "Collection", "Container", "Sized", "Hashable", "Reversible"})
HELD_BY_NUMBER = frozenset({"int", "float", "Number", "Real", "Integral", "Complex", "Hashable"})
NOTHING = object()


def provoked(function: ast.FunctionDef, known: Mapping[str, Any]) -> Iterator[Given]:
    """Yield arguments with which the tests before each `raise` come out so that it is reached.

    What is asked about anything but arguments is taken to hold; `known` are the names of the function's module.
    """
    asked = Asked(function, known)
    found = (given for tests in _reaching(function.body, (), ()) for given in asked.all_met(tests))
    unique = {repr(given): given for given in found if given}
    yield from itertools.islice(unique.values(), MOST)


def compared(function: ast.FunctionDef, known: Mapping[str, Any]) -> Iterator[Given]:
    """Yield arguments that are equal to what the function compares them with."""
    asked = Asked(function, known)
    found: dict[str, Given] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.Eq, ast.NotEq, ast.In, ast.NotIn)):
            left, right = node.left, node.comparators[0]
            if isinstance(node.ops[0], (ast.In, ast.NotIn)) and asked.name(right):  # it holds a text, or is one
                left, right = right, left
            name, value = asked.name(left), asked.value(right)
            values = value if isinstance(value, (tuple, list, set, frozenset)) else (value,)
            texts = sorted(one for one in values if isinstance(one, str) and one) if name else []
            found.update((f"{name}={text}", {name: repr(text)}) for text in texts)
    yield from itertools.islice(found.values(), MOST)


def _reaching(body: Sequence[ast.stmt], held: tuple[Any, ...], passed: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Yield the tests that lead to each `raise`, with what they come to: those around it, else those passed before."""
    for one in body:
        if isinstance(one, ast.Raise):
            yield held or passed
        elif isinstance(one, ast.If):
            yield from _reaching(one.body, (*held, (one.test, True)), passed)
            yield from _reaching(one.orelse, (*held, (one.test, False)), passed)
            passed = (*passed, (one.test, False)) if isinstance(one.body[-1], LEAVING) else passed
        elif not isinstance(one, (ast.FunctionDef, ast.ClassDef)):
            for part in ("body", "orelse", "finalbody"):
                yield from _reaching(getattr(one, part, ()), held, passed)


class Asked:
    """What a function asks about its arguments."""

    def __init__(self, function: ast.FunctionDef, known: Mapping[str, Any]) -> None:
        given = function.args
        self.names = {one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)} - {"self", "cls"}
        self.known = known

    def all_met(self, tests: Sequence[tuple[ast.expr, bool]]) -> list[Given]:
        """Return arguments with which all tests come out as they must."""
        ways = [self.met(test, holds)[:WAYS] or [{}] for test, holds in tests]
        return [{name: text for one in row for name, text in one.items()} for row in itertools.product(*ways)][:WAYS]

    def met(self, test: ast.expr, holds: bool) -> list[Given]:  # noqa: FBT001 - what it comes to
        """Return arguments with which one test comes out so, none where it asks about something else."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return self.met(test.operand, not holds)
        if isinstance(test, ast.BoolOp):
            if isinstance(test.op, ast.And) == holds:
                return self.all_met([(one, holds) for one in test.values])
            return [given for one in test.values for given in self.met(one, holds)[:1]]
        if isinstance(test, ast.Compare):
            return self._compared(test, holds)
        if isinstance(test, ast.Call):
            return self._typed(test, holds)
        name = self.name(test)
        return [{name: text} for text in (("1",) if holds else FALSE)] if name else []

    def _typed(self, test: ast.Call, holds: bool) -> list[Given]:  # noqa: FBT001
        asks = getattr(test.func, "id", "")
        name = self.name(test.args[0]) if test.args else ""
        if not name or asks not in ("isinstance", "callable"):
            return []
        if asks == "callable":
            return [{name: "len" if holds else "1"}]
        kinds = [getattr(one, "attr", getattr(one, "id", "")) for one in ast.walk(test.args[1])]
        if holds:
            return [{name: OF_TYPES[kind]} for kind in kinds if kind in OF_TYPES]
        others = [text for text, held in (("'a'", HELD_BY_TEXT), ("1", HELD_BY_NUMBER)) if held.isdisjoint(kinds)]
        return [{name: text} for text in others or ["None"]]

    def _compared(self, test: ast.Compare, holds: bool) -> list[Given]:  # noqa: FBT001
        sides = [test.left, *test.comparators]
        pairs = [(type(sign), sides[at], sides[at + 1]) for at, sign in enumerate(test.ops)]
        if holds:
            return self._pair(*pairs[0]) if len(pairs) == 1 else []
        return [given for sign, left, right in pairs for given in self._pair(OPPOSITE[sign], left, right)]

    def _pair(self, sign: type[ast.cmpop], left: ast.expr, right: ast.expr) -> list[Given]:
        """Return arguments of which this comparison is true."""
        if self.name(left) and self.name(right):
            one, other = _ordered(sign)
            return [{self.name(left): one, self.name(right): other}] if one else []
        if self.value(left) is not NOTHING:
            return self._pair(MIRRORED.get(sign, sign), right, left) if self.value(right) is NOTHING else []
        value = self.value(right)
        if value is NOTHING:
            return []
        if isinstance(left, ast.Call) and getattr(left.func, "id", "") == "len" and left.args:
            return self._sized(sign, self.name(left.args[0]), value)
        name = self.name(left)
        return [{name: text} for text in _true_of(sign, value)] if name else []

    def _sized(self, sign: type[ast.cmpop], name: str, value: Any) -> list[Given]:
        """Return an argument that is so long: a list, or a text."""
        sizes = [int(text) for text in _true_of(sign, value)] if name and type(value) is int else []
        sizes = [one for one in sizes if 0 <= one < MOST]
        return [{name: repr(made)} for one in sizes for made in ([*range(1, one + 1)], "a" * one)]

    def name(self, node: ast.expr) -> str:
        """Return the parameter that an expression is, "" for anything else."""
        return node.id if isinstance(node, ast.Name) and node.id in self.names else ""

    def value(self, node: ast.expr) -> Any:
        """Return the plain value that an expression stands for, NOTHING where it is none."""
        if isinstance(node, ast.Name) and node.id not in self.names:
            found = self.known.get(node.id, NOTHING)
            return found if isinstance(found, (str, int, float, tuple, list, set, frozenset, dict)) else NOTHING
        try:
            return ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError):
            return NOTHING


def _ordered(sign: type[ast.cmpop]) -> tuple[str, str]:
    """Return two numbers of which a comparison is true."""
    if sign in (ast.Gt, ast.GtE, ast.NotEq):
        return "2", "1"
    return ("1", "2") if sign in (ast.Lt, ast.LtE) else ("1", "1") if sign is ast.Eq else ("", "")


def _true_of(sign: type[ast.cmpop], value: Any) -> list[str]:
    """Return what compares so with a plain value."""
    if sign in (ast.Is, ast.Eq):
        return [repr(value)]
    if sign in (ast.In, ast.NotIn):
        first = next(iter(value), None) if isinstance(value, (tuple, list, set, frozenset, dict)) else None
        if first is None or sign is ast.In:
            return [] if first is None else [repr(first)]
        return [repr(OTHER)] if isinstance(first, str) else [repr(max(value) + 1)] if _are_numbers(value) else []
    if sign in (ast.IsNot, ast.NotEq):
        return ["1"] if value is None else [repr(OTHER)] if isinstance(value, str) else _numbers(value, 1)
    return _numbers(value, {ast.Lt: -1, ast.Gt: 1}.get(sign, 0))


def _numbers(value: Any, step: int) -> list[str]:
    return [repr(value + step)] if type(value) in (int, float) else []


def _are_numbers(values: Any) -> bool:
    return all(type(one) in (int, float) for one in values)
