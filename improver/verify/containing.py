"""Whether what combines and compares sets does so for each item that is in them: inside the sandbox (Python 3.9).

A class of sets may be wrong in one of its ways to combine them, and nothing holds on to that.
"""

from __future__ import annotations

import ast
import contextlib
import itertools
import operator
from typing import Any, Callable, Iterator  # noqa: UP035 - older interpreters run this file

COMBINED: dict[str, Callable[[bool, bool], bool]] = {
    "intersection": lambda one, other: one and other,
    "union": lambda one, other: one or other,
    "difference": lambda one, other: one and not other,
    "symmetric_difference": operator.xor,
}
ORDERED = {"issubset": "<=", "issuperset": ">=", "isdisjoint": "isdisjoint"}
SIGNS = {ast.BitAnd: "intersection", ast.BitOr: "union", ast.Sub: "difference", ast.BitXor: "symmetric_difference"}
ORDERS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
ITEMS = 50  # that are looked for of one set
Use = tuple[str, ast.expr, ast.expr, ast.expr]


def broken(case: dict[str, Any], space_of: Callable[[Any], dict[str, Any]]) -> bool:
    """Tell whether a call, or what comes before it, makes of two sets what their items contradict."""
    lines = [*case["prelude"], *case["setup"], case["call"]]
    try:
        uses = [(at, use) for at, line in enumerate(lines) for use in _uses(ast.parse(line).body[0])]
        return any(_is_broken(lines[: at + 1], use, lambda: space_of(case["imports"])) for at, use in uses)
    except Exception:  # noqa: BLE001 - foreign code may raise anything
        return False


def _uses(statement: ast.stmt) -> Iterator[Use]:
    """Yield what a statement does with two sets, both of them, and what it gives or changes."""
    value: Any = getattr(statement, "value", None)
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        if type(statement.op) in SIGNS:
            name = ast.Name(statement.target.id, ast.Load())
            yield SIGNS[type(statement.op)], name, value, name
    elif isinstance(value, ast.BinOp) and type(value.op) in SIGNS:
        yield SIGNS[type(value.op)], value.left, value.right, value
    elif isinstance(value, ast.Compare) and len(value.ops) == 1 and type(value.ops[0]) in ORDERS:
        yield ORDERS[type(value.ops[0])], value.left, value.comparators[0], value
    elif isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and len(value.args) == 1:
        made, other = value.func, value.args[0]
        changing = "union" if made.attr == "update" else made.attr[: -len("_update")]
        if made.attr in COMBINED or made.attr in ORDERED:
            yield ORDERED.get(made.attr, made.attr), made.value, other, value
        elif made.attr.endswith("update") and changing in COMBINED and isinstance(made.value, ast.Name):
            yield changing, made.value, other, made.value


def _is_broken(lines: list[str], use: Use, fresh: Callable[[], dict[str, Any]]) -> bool:
    """Tell whether what the last statement makes of two sets is contradicted by an item of theirs, or by another."""
    name, *both, result = use
    space = _ran(lines[:-1], fresh())
    one, other = (_spread(_value(node, space)) for node in both)
    if not (_is_set(one) or _is_set(other)) or any(hasattr(type(each), "__next__") for each in (one, other)):
        return False
    held = [*_held([*_items(one), *_items(other), *_constants(lines), object()], one, other)]
    changes = result in both
    made = _value(result, _ran(lines if changes else lines[:-1], fresh()))
    if name not in COMBINED:
        return bool(made) != _is_so(name, [pair for _, pair in held])
    return any((item in made) != COMBINED[name](*pair) for item, pair in held)


def _held(items: list[Any], one: Any, other: Any) -> Iterator[tuple[Any, tuple[bool, bool]]]:
    """Yield the items of which both sets say whether they are in them, each with that."""
    for item in items:
        with contextlib.suppress(Exception):  # some sets can be asked for things of one kind only
            yield item, (item in one, item in other)


def _is_so(name: str, held: list[tuple[bool, bool]]) -> bool:
    """Tell whether two sets are in an order by what items are in them."""
    less, more = (any(pair == each for each in held) for pair in ((True, False), (False, True)))
    if name == "isdisjoint":
        return (True, True) not in held
    return {"<=": not less, ">=": not more, "<": more and not less, ">": less and not more}[name]


def _ran(lines: list[str], space: dict[str, Any]) -> dict[str, Any]:
    exec(compile("\n".join(lines), "<case>", "exec", dont_inherit=True), space)  # noqa: S102 - the sandbox is for that
    return space


def _value(node: ast.expr, space: dict[str, Any]) -> Any:
    return eval(ast.unparse(node), space)  # noqa: S307 - the sandbox is for that


def _is_set(value: Any) -> bool:
    """Tell whether an object of the project's own tells what is in it and combines with others as sets do."""
    kind = type(value)
    own = kind.__module__ != "builtins"
    return own and all(hasattr(kind, one) for one in ("__contains__", "__and__", "__or__", "union"))


def _spread(value: Any) -> Any:
    """Return the letters of a text, which holds more than what it is made of; anything else as it is."""
    return list(value) if isinstance(value, (str, bytes)) else value


def _items(value: Any) -> list[Any]:
    try:
        return list(itertools.islice(value, ITEMS))
    except Exception:  # noqa: BLE001 - some have no end, or none that anybody can tell
        return []


def _constants(lines: list[str]) -> list[Any]:
    return [one.value for line in lines for one in ast.walk(ast.parse(line)) if isinstance(one, ast.Constant)]
