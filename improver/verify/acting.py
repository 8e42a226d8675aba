"""What a statement does with the containers that it speaks of, method by method: inside the sandbox (Python 3.9)."""

from __future__ import annotations

import ast
import operator
from typing import Any, Callable, Iterator  # noqa: UP035 - older interpreters run this file

SIGNS: dict[type, tuple[str, Callable[[Any, Any], Any]]] = {
    ast.BitAnd: ("and", operator.and_),
    ast.BitOr: ("or", operator.or_),
    ast.Sub: ("sub", operator.sub),
    ast.BitXor: ("xor", operator.xor),
    ast.Add: ("add", operator.add),
    ast.Mult: ("mul", operator.mul),
    ast.Lt: ("lt", operator.lt),
    ast.LtE: ("le", operator.le),
    ast.Gt: ("gt", operator.gt),
    ast.GtE: ("ge", operator.ge),
}
IN_PLACE: dict[str, Callable[[Any, Any], Any]] = {
    "and": operator.iand,
    "or": operator.ior,
    "sub": operator.isub,
    "xor": operator.ixor,
    "add": operator.iadd,
    "mul": operator.imul,
}
Act = Callable[..., Any]
Use = tuple[str, list[str], dict[str, str], Act]  # a method, its object and what it is handed, how it is done


def uses(statement: ast.stmt) -> Iterator[Use]:
    """Yield what a statement may do with a container."""
    targets = getattr(statement, "targets", [])
    if isinstance(statement, ast.AugAssign) and type(statement.op) in SIGNS:
        sign = SIGNS[type(statement.op)][0]
        yield f"__i{sign}__", [ast.unparse(statement.target), ast.unparse(statement.value)], {}, IN_PLACE[sign]
    elif isinstance(statement, ast.Delete):
        yield from (
            ("__delitem__", _item(one), {}, operator.delitem) for one in targets if isinstance(one, ast.Subscript)
        )
    elif isinstance(statement, ast.Assign):
        value = ast.unparse(statement.value)
        yield from (
            ("__setitem__", [*_item(one), value], {}, operator.setitem)
            for one in targets
            if isinstance(one, ast.Subscript)
        )
    if isinstance(statement, (ast.Assign, ast.Expr, ast.AugAssign)):
        yield from filter(None, map(_use, _parts(statement.value)))


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of an expression that stand for something where it stands."""
    yield node
    if not isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
        for one in ast.iter_child_nodes(node):
            yield from _parts(one)


def _use(node: ast.AST) -> Use | None:
    if isinstance(node, ast.BinOp) and type(node.op) in SIGNS:
        sign, does = SIGNS[type(node.op)]
        return f"__{sign}__", [ast.unparse(node.left), ast.unparse(node.right)], {}, does
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SIGNS:
        sign, does = SIGNS[type(node.ops[0])]
        return f"__{sign}__", [ast.unparse(node.left), ast.unparse(node.comparators[0])], {}, does
    if isinstance(node, ast.Subscript):
        return "__getitem__", _item(node), {}, operator.getitem
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    name, texts = node.func.attr, [ast.unparse(one) for one in (node.func.value, *node.args)]
    return name, texts, {str(one.arg): ast.unparse(one.value) for one in node.keywords}, _calling(name)


def _calling(name: str) -> Act:
    return lambda value, *args, **kwargs: getattr(value, name)(*args, **kwargs)


def _item(node: Any) -> list[str]:
    """Return what an item or a slice is taken of, and which."""
    if not isinstance(node.slice, ast.Slice):
        return [ast.unparse(node.value), ast.unparse(node.slice)]
    ends = (node.slice.lower, node.slice.upper, node.slice.step)
    return [ast.unparse(node.value), f"slice({', '.join(ast.unparse(one) if one else 'None' for one in ends)})"]
