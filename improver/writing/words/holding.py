"""Whether a test in a function holds for what a call gives it (pure)."""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import TypeGuard

from improver.writing.words.filling import UNKNOWN, Argument
from improver.writing.words.spelling import SIZED

Known = Mapping[str, Argument]
KINDS = frozenset({"str", "bytes", "int", "float", "list", "tuple", "dict", "set", "bool"})
SAME, OTHER = (ast.Is, ast.Eq), (ast.IsNot, ast.NotEq)
SIGNS: dict[type[ast.cmpop], Callable[..., object]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def truth(test: ast.expr, known: Known) -> bool | None:
    """Tell whether a test holds for these arguments; None where that is not plain."""
    test = spoken(test)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = truth(test.operand, known)
        return None if inner is None else not inner
    if isinstance(test, ast.BoolOp):
        return _joined([truth(one, known) for one in test.values], ends=isinstance(test.op, ast.Or))
    value = value_of(test, known)
    if value is not UNKNOWN:
        return bool(value)
    if isinstance(test, ast.Compare):
        sides = [value_of(one, known) for one in (test.left, *test.comparators)]
        pairs = zip(test.ops, sides, sides[1:], strict=False)
        return _joined([compared(sign, one, other) for sign, one, other in pairs], ends=False)
    return _of_type(test, known) if isinstance(test, ast.Call) and test.args else None


def spoken(test: ast.expr) -> ast.expr:
    """Return `type(x) is not str` as what it means of the types that are told apart here; any other test as it is."""
    if not isinstance(test, ast.Compare) or not isinstance(test.ops[0], (*SAME, *OTHER)):
        return test
    asked, kind = test.left, test.comparators[0]
    if not isinstance(asked, ast.Call) or getattr(asked.func, "id", "") != "type" or len(asked.args) != 1:
        return test
    made = ast.Call(ast.Name("isinstance"), [asked.args[0], kind], [])
    return made if isinstance(test.ops[0], SAME) else ast.UnaryOp(ast.Not(), made)


def _joined(parts: list[bool | None], *, ends: bool) -> bool | None:
    """Return what parts come to, any of which settles it where it is `ends`."""
    if ends in parts:
        return ends
    return None if None in parts else not ends


def value_of(read: ast.expr, known: Known) -> object:
    """Return the value of an argument, its length, or a constant."""
    if is_len(read):
        inner = value_of(read.args[0], known)
        return len(inner) if isinstance(inner, SIZED) else UNKNOWN
    if (one := argument_of(read, known)) is not None:
        return one.value
    try:
        return ast.literal_eval(read)
    except (ValueError, TypeError, SyntaxError):
        return UNKNOWN


def is_len(read: ast.expr) -> TypeGuard[ast.Call]:
    """Tell whether an expression is the length of something."""
    return isinstance(read, ast.Call) and getattr(read.func, "id", "") == "len" and len(read.args) == 1


def argument_of(read: ast.expr, known: Known) -> Argument | None:
    """Return the argument that an expression reads, None where it is something else."""
    if isinstance(read, ast.Attribute) and getattr(read.value, "id", "") == "self":
        return known.get(f"self.{read.attr.lstrip('_')}")
    return known.get(read.id) if isinstance(read, ast.Name) else None


def compared(sign: ast.cmpop, one: object, other: object) -> bool | None:
    """Return how two values compare; None where one is not known, or they do not."""
    if one is UNKNOWN or other is UNKNOWN:
        return None
    if isinstance(sign, ast.Is | ast.IsNot):
        return (one is None) is isinstance(sign, ast.Is) if other is None else None
    try:
        if isinstance(sign, ast.In | ast.NotIn):
            return (one in other) is isinstance(sign, ast.In) if isinstance(other, SIZED) else None
        return bool(SIGNS[type(sign)](one, other))
    except TypeError:
        return None


def _of_type(test: ast.Call, known: Known) -> bool | None:
    """Tell whether an argument is of a type that a test names, or can be called."""
    value, asked = value_of(test.args[0], known), getattr(test.func, "id", "")
    if value is UNKNOWN or asked not in ("isinstance", "callable"):
        return None
    if asked == "callable":
        return isinstance(value, ast.Lambda)
    kinds = test.args[-1].elts if isinstance(test.args[-1], ast.Tuple) else [test.args[-1]]
    names = {getattr(one, "id", "") for one in kinds}
    if names & {one.__name__ for one in type(value).__mro__[:-1]}:
        return True
    return False if names <= KINDS else None
