"""Put other values in the places of a call and of what comes before it, as source: inside the sandbox (Python 3.9)."""

from __future__ import annotations

import ast
import contextlib
import datetime
from typing import Any, Callable, Iterator, Sequence  # noqa: UP035 - older interpreters run this file

CLOSED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.JoinedStr, ast.comprehension)
LARGEST, LONGEST, SIZE = 10**6, 40, 12  # of a number, of a text in characters, of a list
FRACTION = 8  # characters of a number with a point
FIELDS = ("year", "month", "day", "hour", "minute", "second", "microsecond")
DATE = 3  # fields of a moment that are always written
DATES = (datetime.datetime, datetime.date)
AFTER, VARIED = "after", "varied"  # where cases come from
OWN, LIKELY, FAR = 0, 1, 2  # ranks: the place holds what was compared, may well decide on it, or does perhaps


class Spot:
    """A place in one of a case's lines, of which the call is the last, and the plain value or moment that is there."""

    def __init__(self, line: int, node: Any, value: Any) -> None:
        self.line, self.node, self.value = line, node, value
        self.place = place_of(node)


class Replacing:
    """The places of cases; `space_of` makes a namespace of imports."""

    def __init__(self, space_of: Callable[[Any], dict[str, Any]]) -> None:
        self.space_of = space_of

    def spots_of(self, case: dict[str, Any]) -> Iterator[Spot]:
        """Yield the places of a case that hold numbers, texts, lists or moments, those of the call first."""
        lines, space = [*case["setup"], case["call"]], self._space(case)
        for at in reversed(range(len(lines))):
            yield from _spots(ast.parse(lines[at]), at, space)

    def keyed(self, case: dict[str, Any], kind: type, name: str, value: Any) -> Iterator[dict[str, Any]]:
        """Yield cases in which what makes an object of a type is given this by name, or left to its default."""
        lines, space = [*case["setup"], case["call"]], self._space(case)
        for at, line in enumerate(lines):
            for node in ast.walk(ast.parse(line)):
                if isinstance(node, ast.Call) and _named(node.func, space) is kind:
                    kept = [one for one in node.keywords if one.arg != name]
                    more = [] if len(kept) < len(node.keywords) else [ast.keyword(name, ast.Constant(value))]
                    text = ast.unparse(ast.Call(node.func, node.args, [*kept, *more]))
                    yield put(case, Spot(at, node, None), text)

    def _space(self, case: dict[str, Any]) -> dict[str, Any]:
        with contextlib.suppress(Exception):  # an import runs foreign code
            return self.space_of(case["imports"])
        return {}


def put(case: dict[str, Any], spot: Spot, text: str) -> dict[str, Any]:
    """Return the case with an expression in a place: a variation of it, that comes after a call if it did."""
    lines = [*case["setup"], case["call"]]
    tree = _Put(spot.place, ast.parse(text, mode="eval").body).visit(ast.parse(lines[spot.line]))
    lines[spot.line] = ast.unparse(tree)
    origin = case["origin"] if case["origin"] == AFTER else VARIED
    return {**case, "setup": lines[:-1], "call": lines[-1], "origin": origin}


def moved(spot: Spot, side: Any, aims: Sequence[Any]) -> Iterator[tuple[int, str]]:
    """Yield what to put in a place so that what was compared, `side`, may become each of the aims, with its rank."""
    for aim in aims:
        if isinstance(side, list) or isinstance(aim, list):
            yield from _filled(spot, side, aim)
        elif isinstance(spot.value, DATES):
            yield from _moment(spot, side, aim)
        elif isinstance(spot.value, list) or (isinstance(spot.value, str) and type(side) is int):
            yield from _sized(spot, side, aim)
        elif type(spot.value) in (int, float) and type(side) in (int, float) and type(aim) in (int, float):
            yield from _number(spot.value, side, aim)
        elif type(spot.value) is type(side) is type(aim) and spot.value == side and len(aim) <= LONGEST:
            yield OWN, repr(aim)


def _filled(spot: Spot, side: Any, aim: Any) -> Iterator[tuple[int, str]]:
    """Yield what holds other things, where just what it holds was compared."""
    if not isinstance(spot.value, list) or not isinstance(side, list) or not isinstance(aim, list) or not aim:
        return
    with contextlib.suppress(ValueError):
        held = [ast.literal_eval(one) for one in spot.value]
        ordered = sorted(held, key=repr) if isinstance(spot.node, ast.Set) or held != side else held
        if ordered == side and len(aim) <= SIZE:
            kind: Any = type(spot.node)
            items = [ast.parse(repr(one), mode="eval").body for one in aim]
            yield OWN, ast.unparse(kind(items) if kind is ast.Set else kind(items, ast.Load()))


def _number(value: Any, side: Any, aim: Any) -> Iterator[tuple[int, str]]:
    with contextlib.suppress(OverflowError, ValueError):  # one has no end, or is no number
        other = aim if value == side else value + aim - side
        other = int(other) if type(value) is int and other == int(other) else other
        longest = LONGEST if type(other) is int else FRACTION
        if type(other) is type(value) and abs(other) <= LARGEST and len(repr(other)) <= longest:
            yield OWN if value == side else FAR, repr(other)


def _moment(spot: Spot, side: Any, aim: Any) -> Iterator[tuple[int, str]]:
    """Yield the call that makes a moment so much later or earlier; it keeps its zone, and all else that it is given."""
    with contextlib.suppress(Exception):  # a zone is foreign code
        other = spot.value + (aim - side)
        plain = side.replace(tzinfo=None) if type(side) is datetime.datetime else side
        if other != spot.value and other - spot.value == aim - side:
            call = ast.Call(spot.node.func, [ast.Constant(one) for one in _fields(other)], spot.node.keywords)
            yield OWN if plain == spot.value else LIKELY, ast.unparse(call)


def _fields(value: Any) -> list[int]:
    """Return the fields of a moment without the zeros at its end."""
    known = [getattr(value, name) for name in FIELDS if hasattr(value, name)]
    while len(known) > DATE and not known[-1]:
        known.pop()
    return known


def _sized(spot: Spot, side: Any, aim: Any) -> Iterator[tuple[int, str]]:
    """Yield a list or text of another length, where that is what was compared."""
    if type(side) is not int or type(aim) is not int or len(spot.value) != side or not 0 < aim <= SIZE or not side:
        return
    items = [spot.value[at % side] for at in range(aim)]
    if isinstance(spot.value, str):
        yield LIKELY, repr("".join(items))
        return
    kind: Any = type(spot.node)
    if kind is not ast.Set:  # a thing that it has twice is there once
        yield LIKELY, ast.unparse(kind(items, ast.Load()))


# --- places -------------------------------------------------------------------------------------------------------


def place_of(node: Any) -> tuple[int, int, int, int]:
    """Return where an expression begins and ends in its line of source."""
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset


def _spots(node: ast.AST, line: int, space: dict[str, Any]) -> Iterator[Spot]:
    """Yield the places in a statement, but for those in what it defines."""
    if isinstance(node, CLOSED):
        return
    moment = _made(node, space)
    if moment is not None:
        yield Spot(line, node, moment)
        return
    if isinstance(node, (ast.Constant, ast.UnaryOp)) or _is_repeated(node):
        with contextlib.suppress(ValueError):
            value = ast.literal_eval(node) if not isinstance(node, ast.BinOp) else eval(ast.unparse(node))  # noqa: S307
            if type(value) in (int, float, str, bytes):
                yield Spot(line, node, value)
        return
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)) and node.elts:
        yield Spot(line, node, [*node.elts])
    for child in ast.iter_child_nodes(node):
        yield from _spots(child, line, space)


def _is_repeated(node: ast.AST) -> bool:
    """Tell whether a text is written so often: it is one text, and the number no other."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult):
        return False
    text, count = getattr(node.left, "value", None), getattr(node.right, "value", None)
    return isinstance(text, (str, bytes)) and type(count) is int and count <= LARGEST


def _made(node: ast.AST, space: dict[str, Any]) -> Any:
    """Return the date or moment, without its zone, that a call writes out in numbers; None for anything else."""
    kind: Any = _named(node.func, space) if isinstance(node, ast.Call) else None
    is_moment = any(kind is one for one in DATES)  # what is equal is for foreign code to say
    if not is_moment or not isinstance(node, ast.Call) or any(one.arg in (None, *FIELDS) for one in node.keywords):
        return None
    values = [getattr(one, "value", None) for one in node.args]
    if len(values) < DATE or len(values) > len(FIELDS) or any(type(one) is not int for one in values):
        return None
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        return kind(*values)
    return None


def _named(node: ast.AST, space: dict[str, Any]) -> Any:
    """Return what a name, or a name in a module, stands for; None for nothing."""
    if isinstance(node, ast.Attribute):
        with contextlib.suppress(Exception):  # foreign code
            return getattr(_named(node.value, space), node.attr, None)
    return space.get(node.id) if isinstance(node, ast.Name) else None


class _Put(ast.NodeTransformer):
    """Writes another expression in a place."""

    def __init__(self, place: tuple[int, int, int, int], value: ast.expr) -> None:
        self.place, self.value = place, value

    def visit(self, node: ast.AST) -> Any:
        """Return the new expression for the old one."""
        if isinstance(node, ast.expr) and place_of(node) == self.place:
            return self.value
        return self.generic_visit(node)
