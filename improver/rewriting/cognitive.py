"""Cognitive complexity, as G. Ann Campbell defines it (SonarSource, 2018) (pure)."""

import ast
import itertools
import re
import typing
from collections.abc import Sequence, Set

from improver.source import FUNCTIONS, Function, children

INLINE = re.compile(r"\b(?:else|and|or|lambda)\b")  # every break inside an expression shows one of these on its lines
LOOPS = (ast.For, ast.AsyncFor, ast.While)
NESTING = (ast.IfExp, ast.ExceptHandler, ast.Match)  # each costs one and its depth, and nests what it holds
FLAT = (ast.expr, ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Raise, ast.Assert, ast.Delete)
Placed = tuple[ast.AST, int]  # a node, and how deep it is nested


def cognitive(function: Function, lines: Sequence[str] = ()) -> int:
    """Return the cognitive complexity of `function`; the `lines` of its file make that several times faster.

    One for each break in the linear flow (`if`, `elif`, `else`, loops and their `else`, `except`, `match`, a
    conditional expression, each run of like boolean operators, direct recursion); the nesting ones cost one more
    for each level they stand in. Functions and lambdas inside nest without a cost of their own, except in a
    decorator, which is only such a function and its return.
    """
    texts = dict(enumerate(lines[function.lineno - 1 : function.end_lineno], function.lineno))
    hot = {number for number, line in texts.items() if INLINE.search(line)}
    inside = function.body[0].lineno
    named = {number for number, line in texts.items() if number >= inside and function.name in line} if lines else None
    total = 1 if _calls_itself(function, named) else 0
    outer = -1 if _is_decorator(function) else 0
    waiting: list[Placed] = [(node, outer if isinstance(node, FUNCTIONS) else 0) for node in function.body]
    while waiting:
        node, depth = waiting.pop()
        if lines and isinstance(node, FLAT) and not _touches(node, hot):
            continue
        cost, inner = _step(node, depth)
        total += cost
        waiting.extend(inner)
    return total


def _step(node: ast.AST, depth: int) -> tuple[int, list[Placed]]:
    """Return what `node` itself costs, and what is left to look at inside it."""
    if isinstance(node, ast.If):
        return _chain(node, depth)
    if isinstance(node, LOOPS):
        return 1 + depth + (1 if node.orelse else 0), _split(node, depth, node.body + node.orelse)
    if isinstance(node, NESTING):
        return 1 + depth, [(child, depth + 1) for child in children(node)]
    if isinstance(node, ast.BoolOp):
        operators, operands = _flat(node)
        runs = 1 + sum(left is not right for left, right in itertools.pairwise(operators))
        return runs, [(operand, depth) for operand in operands]
    deeper = 1 if isinstance(node, (*FUNCTIONS, ast.Lambda)) else 0
    return 0, [(child, depth + deeper) for child in children(node)]


def _chain(node: ast.If, depth: int) -> tuple[int, list[Placed]]:
    """Cost a whole `if`/`elif`/`else` at once: only its `if` pays for the depth."""
    cost = 1 + depth
    inner: list[Placed] = [(node.test, depth)]
    blocks = list(node.body)
    while _is_elif(node.orelse, node):
        node = typing.cast("ast.If", node.orelse[0])
        cost += 1
        inner.append((node.test, depth))
        blocks += node.body
    cost += 1 if node.orelse else 0
    return cost, inner + [(statement, depth + 1) for statement in blocks + node.orelse]


def _is_elif(orelse: list[ast.stmt], node: ast.If) -> bool:
    """Tell whether the else branch of `node` was written as `elif`: it then stands in the column of its `if`."""
    return len(orelse) == 1 and isinstance(orelse[0], ast.If) and orelse[0].col_offset == node.col_offset


def _split(node: ast.AST, depth: int, blocks: list[ast.stmt]) -> list[Placed]:
    within = set(map(id, blocks))
    return [(child, depth + (id(child) in within)) for child in children(node)]


def _flat(node: ast.BoolOp) -> tuple[list[type[ast.boolop]], list[ast.expr]]:
    """Return the operators of a boolean expression in reading order, and the operands between them."""
    operators: list[type[ast.boolop]] = []
    operands: list[ast.expr] = []
    for index, value in enumerate(node.values):
        if index:
            operators.append(type(node.op))
        if isinstance(value, ast.BoolOp):
            inner_operators, inner_operands = _flat(value)
            operators += inner_operators
            operands += inner_operands
        else:
            operands.append(value)
    return operators, operands


def _is_decorator(function: Function) -> bool:
    """Tell whether `function` is, docstring apart, one inner function and a return."""
    body = [node for node in function.body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))]
    return len(body) == 2 and isinstance(body[0], FUNCTIONS) and isinstance(body[1], ast.Return)


def _touches(node: ast.expr | ast.stmt, numbers: Set[int]) -> bool:
    if node.end_lineno == node.lineno:
        return node.lineno in numbers
    return not numbers.isdisjoint(range(node.lineno, (node.end_lineno or 0) + 1))


def _calls_itself(function: Function, named: Set[int] | None) -> bool:
    """Tell whether `function` calls its own name, or as a method that name of its first parameter.

    `named` are the lines of its body that hold the name; None when they are not known.
    """
    parameters = [*function.args.posonlyargs, *function.args.args]
    me = parameters[0].arg if parameters and parameters[0].arg in ("self", "cls") else ""
    waiting: list[ast.AST] = [*function.body] if named is None or named else []
    while waiting:
        node = waiting.pop()
        if named is not None and isinstance(node, FLAT) and not _touches(node, named):
            continue
        waiting.extend(children(node))
        if not isinstance(node, ast.Call):
            continue
        target = node.func
        if isinstance(target, ast.Name) and target.id == function.name and not me:
            return True
        owner = target.value if isinstance(target, ast.Attribute) and target.attr == function.name else None
        if me and isinstance(owner, ast.Name) and owner.id == me:
            return True
    return False
