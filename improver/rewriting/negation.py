"""The readable opposite of a condition, as syntax."""

from collections.abc import Mapping
from typing import TypeVar

import libcst as cst

Expression = TypeVar("Expression", bound=cst.BaseExpression)

ORDERS: Mapping[type[cst.BaseCompOp], type[cst.BaseCompOp]] = {
    cst.LessThan: cst.GreaterThanEqual,
    cst.GreaterThanEqual: cst.LessThan,
    cst.GreaterThan: cst.LessThanEqual,
    cst.LessThanEqual: cst.GreaterThan,
}


def negated(test: cst.BaseExpression, whole: frozenset[str] = frozenset()) -> cst.BaseExpression:
    """Return the readable opposite of a condition, which evaluates the same operands in the same order.

    `whole` names the functions that surely return whole numbers: these have an order that can be turned around.
    """
    test = _bare(test)
    if isinstance(test, cst.Comparison) and (reversed_order := _reversed(test, whole)) is not None:
        return reversed_order
    if isinstance(test, cst.BooleanOperation) and _nots(test) <= 1:
        return _opposite(test)
    if _is_not(test) or (isinstance(test, cst.Comparison) and _flipped(test) is not None):
        return _opposite(test)
    tight = isinstance(test, cst.Name | cst.Attribute | cst.Call | cst.Subscript | cst.Await)
    parens = {} if tight or test.lpar else {"lpar": [cst.LeftParen()], "rpar": [cst.RightParen()]}
    return cst.UnaryOperation(cst.Not(), test.with_changes(**parens))


def _opposite(test: cst.BaseExpression) -> cst.BaseExpression:
    """Negate an operand, or by de Morgan's law a whole condition whose operands can all be negated."""
    if isinstance(test, cst.BooleanOperation):
        spaces = {"whitespace_before": cst.SimpleWhitespace(" "), "whitespace_after": cst.SimpleWhitespace(" ")}
        operator = cst.Or(**spaces) if isinstance(test.operator, cst.And) else cst.And(**spaces)
        return test.with_changes(left=_opposite(test.left), operator=operator, right=_opposite(test.right))
    if isinstance(test, cst.UnaryOperation) and _is_not(test):
        return _bare(test.expression)
    flipped = _flipped(test) if isinstance(test, cst.Comparison) else None
    return flipped if flipped is not None else cst.UnaryOperation(cst.Not(), test)


def _nots(test: cst.BaseExpression) -> int:
    """Count the `not` that de Morgan's law would leave in `test`; many when an operand needs parentheses."""
    if isinstance(test, cst.BooleanOperation):
        return _nots(test.left) + _nots(test.right)
    if isinstance(test, cst.UnaryOperation) and _is_not(test):
        return 9 if isinstance(test.expression, cst.BooleanOperation | cst.NamedExpr) else 0
    if isinstance(test, cst.Comparison):
        return 9 if _flipped(test) is None else 0
    return 1 if isinstance(test, cst.Name | cst.Attribute | cst.Call | cst.Subscript) else 9


def _is_not(test: cst.BaseExpression) -> bool:
    return isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not)


def _reversed(test: cst.Comparison, whole: frozenset[str]) -> cst.Comparison | None:
    """Turn a single comparison of whole numbers around, or return None."""
    target = test.comparisons[0]
    kind = ORDERS.get(type(target.operator))
    sides = (test.left, target.comparator)
    if kind is None or len(test.comparisons) > 1 or not any(_is_call_of(side, whole) for side in sides):
        return None
    if not all(_is_call_of(side, whole) or isinstance(side, cst.Integer) for side in sides):
        return None
    return test.with_changes(comparisons=[target.with_changes(operator=kind())])


def _is_call_of(node: cst.BaseExpression, names: frozenset[str]) -> bool:
    return isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value in names


def _flipped(test: cst.Comparison) -> cst.Comparison | None:
    """Turn a single ==, is or in around; no other comparison has an opposite (NaN, sets, partial orders)."""
    pairs: tuple[tuple[type[cst.BaseCompOp], type[cst.BaseCompOp]], ...] = (
        (cst.Equal, cst.NotEqual),
        (cst.Is, cst.IsNot),
        (cst.In, cst.NotIn),
    )
    opposites = dict(pairs) | {right: left for left, right in pairs}
    target = test.comparisons[0]
    kind = opposites.get(type(target.operator))
    if kind is None or len(test.comparisons) > 1:
        return None
    return test.with_changes(comparisons=[target.with_changes(operator=kind())])


def _bare(test: Expression) -> Expression:
    """Drop parentheses that a condition on one line does not need."""
    needless = isinstance(test, cst.BooleanOperation | cst.Comparison | cst.UnaryOperation | cst.Name | cst.Call)
    return test.with_changes(lpar=(), rpar=()) if needless else test
