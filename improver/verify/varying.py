"""Vary calls that are written as source: one literal, or one argument, other than before (standard library, 3.9)."""

from __future__ import annotations

import ast
import contextlib
import copy
import itertools
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

LITERALS = (ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.UnaryOp)
SHORT, TURNS = 40, 160  # characters of a literal that is varied, and variations of one call at most
NUMBERS, TEXTS = (0, 1, -1, 2, 3, 10), ("", "a", "One two", "1", "one,two", " a ", "é", "a\nb")
SYMMETRIC = frozenset({"add", "mul", "max", "min", "eq", "gcd"})
STRANGE = ("None", "[]", "'a'", "0.5", "1", "[1]")
FUNCTIONS, ERRORS = ("str", "len", "bool", "list"), ("ValueError", "KeyError", "TypeError")
UNARY = frozenset({"len", "abs", "hash", "next", "repr"})  # that have one argument, and no other
ODD = ("operator.itemgetter(0)", "lambda a, *b, c: a")  # without a name, and with arguments of all kinds
FEW, MANY = 3, 40  # others that come before a repeated text, and how often it is repeated
SIZES, LEAST_SIZE, LARGEST_SIZE = 6, 11, 260  # of texts that are as long as a number in the function says


class Pool:
    """Constants by type that stand in the function, or are usual, and are likely to make a difference.

    `forms` are texts that it looks for, and `restructured` makes texts like one that has several parts.
    """

    def __init__(
        self,
        constants: Iterable[Any],
        forms: Iterable[Any] = (),
        restructured: Callable[[str], Iterable[str]] = lambda _: (),
    ) -> None:
        self.forms, self.restructured = [*forms], restructured
        known = [*constants]
        self.numbers = distinct([*(one for one in known if type(one) is int), *NUMBERS])
        self.sizes = [one for one in self.numbers if LEAST_SIZE <= one <= LARGEST_SIZE][:SIZES]
        self.floats = distinct([*(one for one in known if type(one) is float and math.isfinite(one)), 0.5, -1.5, 0.0])
        self.texts = distinct([*(one for one in known if type(one) is str and len(one) <= SHORT), *TEXTS])
        self.bytes = distinct([*(one for one in known if type(one) is bytes and len(one) <= SHORT), b"", b"a"])

    def others(self, value: Any) -> list[Any]:
        """Return values of the type of `value` that are worth a try in its place."""
        kind = type(value)
        if kind is bool:
            return [not value]
        if kind is int:
            return distinct([value + 1, value - 1, *self.numbers, -value])
        if kind is float:
            return distinct(one for one in (value / 2 or 0.01, *self.floats, -value) if math.isfinite(one))
        if kind is str:
            whole = [*self.texts, value[:1], value[::-1], value + value, value.upper(), value.lower(), f" {value}"]
            pasted = [f"{value}{one}" for one in self.texts[:4]] + [f"{one}{value}" for one in self.texts[:4]]
            ways = ([one for one in self.forms if type(one) is str], whole + pasted, [*self.restructured(value)])
            return [one for one in distinct(in_turn(ways)) if len(one) <= SHORT]
        if kind is bytes:
            known = [one for one in self.forms if type(one) is bytes]
            return distinct(in_turn((known, [*self.bytes, value[:1], value[::-1], value + value])))
        return [0, "", [], 1, "a"] if value is None else []


def distinct(values: Iterable[Any]) -> list[Any]:
    """Return the values once each, by type and text, in order."""
    return list({(type(one), repr(one)): one for one in values}.values())


def in_turn(ways: Iterable[Iterable[Any]]) -> Iterator[Any]:
    """Yield the first of each way, then the second of each."""
    yield from (one for turn in itertools.zip_longest(*ways) for one in turn if one is not None)


def variations(call: str, parameters: Sequence[tuple[str, Any]], pool: Pool) -> Iterator[str]:
    """Yield calls that differ from `call` in one place, the places by turns.

    `parameters` are the function's names with a plain default each that may be given by keyword.
    """
    tree = ast.parse(call, mode="eval").body
    ways = [_replaced(call, path, node, pool) for path, node in _literals(tree, ())]
    head, last = _link(tree)
    ways += [_replaced(call, path, node, pool) for path, node in _functions_in(tree, (), (*FUNCTIONS, *ERRORS))]
    ways += [(f"{head}{one}" for one in way) for way in (_given(last, parameters, pool), _ordered(last))]
    ways.append(_regiven(call))
    turns = itertools.zip_longest(*ways)
    sets = [one for one in ast.walk(tree) if isinstance(one, ast.Set)]  # of objects, it shows whether they are one
    held = [ast.unparse(one) for one in sets if all(isinstance(part, ast.Call) for part in one.elts)]
    others = (one for turn in turns for one in turn if one is not None and one != call)
    yield from itertools.islice((one for one in others if all(text in one for text in held)), TURNS)


def _link(tree: ast.expr) -> tuple[str, ast.expr]:
    """Return a chain, `a() | b()`, before its last link, and that; of anything else, nothing and all of it."""
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.BitOr) and isinstance(tree.right, ast.Call):
        return f"{ast.unparse(tree.left)} | ", tree.right
    return "", tree


def shape(call: str) -> str:
    """Return what a call looks like without its values: their types, and whether there is anything in them."""
    tree = ast.parse(call, mode="eval").body
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            node.value = f"{type(node.value).__name__}{bool(node.value)}"
    return ast.dump(tree)


def announces(text: str) -> bool:
    """Tell whether a function says in its source that it refuses arguments."""
    return "raise TypeError" in text or "raise ValueError" in text


def strange(call: str, names: Iterable[str] = ()) -> Iterator[str]:
    """Yield calls with one argument of a type that nobody gives, in its place or by one of the `names`."""
    head, last = _link(ast.parse(call, mode="eval").body)
    if not isinstance(last, ast.Call):
        return
    given = [one.arg for one in last.keywords if one.arg]
    for place, text in itertools.product(
        (*range(len(last.args)), *given, *(one for one in names if one not in given)), STRANGE
    ):
        other: Any = ast.parse(ast.unparse(last), mode="eval").body
        value = ast.parse(text, mode="eval").body
        if isinstance(place, int):
            other.args[place] = value
        else:
            other.keywords = [one for one in other.keywords if one.arg != place] + [ast.keyword(place, value)]
        yield f"{head}{ast.unparse(other)}"


def _literals(node: ast.AST, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], ast.AST]]:
    """Yield each literal in a call that is not part of a larger number or text, with the way to it."""
    if isinstance(node, (ast.Lambda, ast.JoinedStr)):
        return
    if isinstance(node, LITERALS) and path:
        yield path, node
    if not isinstance(node, ast.UnaryOp):
        for place, child in _children(node):
            yield from _literals(child, (*path, place))


def _children(node: ast.AST) -> Iterator[tuple[tuple[str, Any], ast.AST]]:
    for name, value in ast.iter_fields(node):
        called = name == "func" and isinstance(value, ast.Name)
        types = name == "slice" and isinstance(value, ast.Tuple)  # which a class is given, mostly
        if isinstance(value, ast.AST) and not called and not types:
            yield (name, None), value
        elif isinstance(value, list):
            yield from (((name, at), item) for at, item in enumerate(value) if isinstance(item, ast.AST))


def odd(call: str, names: Iterable[str], texts: Iterable[str] = ODD) -> Iterator[str]:
    """Yield calls that are given a function of a rare sort in place of one that they write out or that has a name."""
    functions = [path for path, _ in _functions_in(ast.parse(call, mode="eval").body, (), (*FUNCTIONS, *names))]
    for text, path in itertools.product(texts, functions):
        yield _with_other(call, path, ast.parse(text, mode="eval").body)


def _replaced(call: str, path: tuple[Any, ...], node: ast.AST, pool: Pool) -> Iterator[str]:
    others = _other_functions(node) if isinstance(node, (ast.Lambda, ast.Name)) else _others(node, pool)
    yield from (text for text in (_with_other(call, path, other) for other in others) if not _repeats(text))


def _repeats(text: str) -> bool:
    """Tell whether a set is written with something in it twice."""
    sets = [one.elts for one in ast.walk(ast.parse(text)) if isinstance(one, ast.Set)] if "{" in text else []
    return any(len({*map(ast.dump, items)}) < len(items) for items in sets)


def _with_other(call: str, path: tuple[Any, ...], other: ast.expr) -> str:
    """Return the call with `other` in the place to which `path` leads."""
    tree = ast.parse(call, mode="eval").body
    place: Any = tree
    for name, at in path[:-1]:
        place = getattr(place, name) if at is None else getattr(place, name)[at]
    name, at = path[-1]
    if at is None:
        setattr(place, name, other)
    else:
        getattr(place, name)[at] = other
    return ast.unparse(tree)


def _others(node: ast.AST, pool: Pool) -> Iterator[ast.expr]:
    if isinstance(node, (ast.Constant, ast.UnaryOp)):
        with contextlib.suppress(ValueError):
            value = ast.literal_eval(node)
            others = [ast.parse(repr(other), mode="eval").body for other in pool.others(value)]
            others[FEW:FEW] = _long(value, pool.sizes) if isinstance(value, (str, bytes)) else []
            yield from others
    elif isinstance(node, ast.Dict):
        yield ast.Dict([], [])
        yield ast.Dict(node.keys[:1], node.values[:1])
    elif isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        for items in _rearranged(node.elts):
            other_node = copy.copy(node)
            other_node.elts = items
            if items or not isinstance(node, ast.Set):
                yield other_node
            if isinstance(node, ast.List) and not items:  # what has been read is no longer there
                yield ast.Call(ast.Name("iter"), [node], [])


def _long(value: str | bytes, sizes: Sequence[int]) -> list[ast.expr]:
    """Return texts of one kind of character: of these sizes, at which they may be cut or broken, or just much."""
    known = [*(sizes if isinstance(value, str) else []), *([MANY] if len(value) == 1 else [])]
    return [ast.BinOp(ast.Constant(value[:1] or "a"), ast.Mult(), ast.Constant(size)) for size in dict.fromkeys(known)]


def _rearranged(items: list[ast.expr]) -> Iterator[list[ast.expr]]:
    if items:
        yield []
        yield [*items, items[0]]
        yield [items[0], *items]
    if len(items) > 1:
        yield items[:1]
        yield items[:-1]
        yield items[::-1]
        yield [items[1], items[0], *items[2:]]


def _functions_in(
    node: ast.AST, path: tuple[Any, ...], names: tuple[str, ...]
) -> Iterator[tuple[tuple[Any, ...], ast.AST]]:
    """Yield each function that a call is given, written out or of one of these names, with the way to it."""
    if isinstance(node, (ast.Lambda, ast.comprehension)):
        return
    for place, child in _children(node):
        is_given = place[0] in ("args", "elts", "value") and not isinstance(node, ast.Attribute)
        if is_given and (isinstance(child, ast.Lambda) or getattr(child, "id", "") in names):
            yield (*path, place), child
        yield from _functions_in(child, (*path, place), names)


def _other_functions(node: ast.Lambda | ast.Name) -> Iterator[ast.expr]:
    """Yield others like it; for one written out, one that gives back just what it takes, or if nothing a number."""
    if isinstance(node, ast.Name):
        kind = FUNCTIONS if node.id in FUNCTIONS else ERRORS
        yield from (ast.Name(name, ast.Load()) for name in kind if name != node.id)
        return
    names = tuple(one.arg for one in node.args.args)
    if len(names) == len([one for one in ast.walk(node.args) if isinstance(one, ast.arg)]):
        values: list[ast.expr] = [ast.Name(name, ast.Load()) for name in names]
        body = values[0] if len(values) == 1 else ast.Tuple(values, ast.Load()) if values else ast.Constant(1)
        yield ast.Lambda(node.args, body)


def _regiven(call: str) -> Iterator[str]:
    """Yield the call with one argument fewer or more of one call in it: there may be any number."""
    known = enumerate(ast.walk(ast.parse(call, mode="eval")))
    for number, node in [(at, one) for at, one in known if isinstance(one, ast.Call) and one.args]:
        if getattr(node.func, "id", "") not in UNARY and not any(isinstance(one, ast.Starred) for one in node.args):
            for args in filter(None, (node.args[:-1], [*node.args, node.args[0]])):
                tree = ast.parse(call, mode="eval")
                other: Any = list(ast.walk(tree))[number]
                other.args = args
                yield ast.unparse(tree)


def _ordered(tree: ast.expr) -> Iterator[str]:
    """Yield calls with a function that minds the order of its arguments in place of one that does not."""
    if not isinstance(tree, ast.Call):
        return
    for at, value in enumerate(tree.args):
        if getattr(value, "attr", getattr(value, "id", "")) in SYMMETRIC:
            args = [*tree.args[:at], ast.Name("pow"), *tree.args[at + 1 :]]
            yield ast.unparse(ast.Call(tree.func, args, tree.keywords))


def _given(tree: ast.expr, parameters: Sequence[tuple[str, Any]], pool: Pool) -> Iterator[str]:
    """Yield calls with one more keyword argument, or one fewer."""
    if not isinstance(tree, ast.Call):
        return
    known = {word.arg for word in tree.keywords}
    for at in range(len(tree.keywords)):
        words = [word for place, word in enumerate(tree.keywords) if place != at]
        yield ast.unparse(ast.Call(tree.func, tree.args, words))
    own = [*_containers(tree)]  # what may be given where nobody says what: it is likely to be like the rest
    tries = [(name, [*(own if default is None else []), *pool.others(default)]) for name, default in parameters]
    ways = [_with(tree, name, values) for name, values in tries if name not in known]
    for turn in itertools.zip_longest(*ways):
        yield from (one for one in turn if one is not None)


def _containers(tree: ast.Call) -> Iterator[Any]:
    """Yield the containers that a call writes out in full."""
    for one in tree.args:
        with contextlib.suppress(ValueError, TypeError):
            if isinstance(one, (ast.List, ast.Tuple, ast.Dict, ast.Set)):
                yield ast.literal_eval(one)


def _with(tree: ast.Call, name: str, values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        word = ast.keyword(name, ast.parse(repr(value), mode="eval").body)
        yield ast.unparse(ast.Call(tree.func, tree.args, [*tree.keywords, word]))
