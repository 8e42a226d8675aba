"""Which ifs only wrap what follows, so that guard clauses could take their place (pure)."""

import ast
import re
from dataclasses import dataclass

from improver.names import own
from improver.source import FUNCTIONS, Source

LOOPS = (ast.For, ast.AsyncFor, ast.While)
LEAVES = (ast.Return, ast.Raise, ast.Continue)
NESTS = (*LOOPS, ast.If, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match)
SHORT = 4  # lines; a longer branch is no guard but one of two equal ways
WORTH_MOVING = 3  # lines that must gain when two levels fall
LONG = 8  # lines that must gain when only one level falls
STATIC = re.compile(r"\b(TYPE_CHECKING|platform|version_info|os\.name|__debug__)\b")  # type checkers decide these
FLIPS = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot, ast.In, ast.NotIn)
READABLE = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Compare, ast.UnaryOp, ast.NamedExpr, ast.Await)


@dataclass(frozen=True, slots=True)
class Peel:
    """One `if` to flatten. `moved` loses a level; the other branch, or the statement `leave`, becomes the guard."""

    node: ast.If
    moved: list[ast.stmt]
    leave: str = ""

    @property
    def inverted(self) -> bool:
        """Tell whether the condition must be negated: the branch under it is the one that moves."""
        return self.moved is self.node.body


def chain_from(node: ast.stmt, source: Source) -> list[Peel]:
    """Return the ifs to flatten from `node` inwards: each the last statement of what the one before moves."""
    chain: list[Peel] = []
    while isinstance(node, ast.If) and (peel := _peel(node, source)) is not None:
        chain.append(peel)
        node = peel.moved[-1]
    return chain


def _peel(node: ast.If, source: Source) -> Peel | None:
    """Say how `node` alone can be flattened, or None."""
    if node.body[0].lineno == node.lineno or _is_elif(node, source) or _has_elif(node):
        return None
    if not node.orelse:
        leave = _tail(node, source) if _negatable(node.test) and not _is_one_of_many(node, source) else ""
        return Peel(node, node.body, leave) if leave and not _is_guard(node.body) else None
    if node.orelse[0].lineno == node.body[-1].end_lineno:
        return None
    short, long = sorted((node.body, node.orelse), key=lines_of)
    if not isinstance(short[-1], LEAVES) or lines_of(short) > SHORT or lines_of(short) == lines_of(long):
        return None
    return Peel(node, long) if long is node.orelse or _negatable(node.test, ordered=True) else None


def _is_guard(body: list[ast.stmt]) -> bool:
    """Tell whether `body` is a way out already, and not the main path, which has steps or returns what they made."""
    last = body[-1]
    if len(body) == 1:
        return isinstance(last, LEAVES)
    return isinstance(last, LEAVES) and not getattr(last, "value", None) and lines_of(body) <= SHORT


def _tail(node: ast.If, source: Source) -> str:
    """Return the statement that leaves where control would fall off anyway after `node`; "" where it goes on."""
    parent = source.parents[node]
    if isinstance(parent, FUNCTIONS) and parent.body[-1] is node:
        values = any(isinstance(item, ast.Return) and item.value for item in own(parent))
        return "return None" if values else "return"
    if isinstance(parent, LOOPS) and parent.body[-1] is node:
        return "continue"
    outer = taker_of(node, source)
    return _tail(outer, source) if outer is not None else ""


def taker_of(node: ast.If, source: Source) -> ast.If | None:
    """Return the `if` that takes `node` along as the last statement it moves."""
    parent = source.parents[node]
    if not isinstance(parent, ast.If) or node not in (parent.body[-1], *parent.orelse[-1:]):
        return None
    peel = _peel(parent, source)
    return parent if peel is not None and peel.moved[-1] is node else None


def _is_one_of_many(node: ast.If, source: Source) -> bool:
    """Tell whether `node` is the last of several optional steps: as a guard it would look like more than they are."""
    parent = source.parents[node]
    block = parent.orelse if isinstance(parent, ast.If) and node in parent.orelse else getattr(parent, "body", [])
    others = (item for item in block if isinstance(item, ast.If) and item is not node)
    return any(not isinstance(item.body[-1], LEAVES) for item in others)


def _is_elif(node: ast.If, source: Source) -> bool:
    parent = source.parents[node]
    return isinstance(parent, ast.If) and parent.orelse == [node] and node.col_offset == parent.col_offset


def _has_elif(node: ast.If) -> bool:
    first = node.orelse[0] if node.orelse else None
    return isinstance(first, ast.If) and first.col_offset == node.col_offset


def gains(chain: list[Peel]) -> bool:
    """Tell whether flattening is worth a reviewer's time."""
    if not chain:
        return False
    if len(chain) > 1:
        last = chain[-1].moved
        simple = len(last) == 1 and not isinstance(last[0], NESTS)
        refuses = isinstance(last[-1], ast.Raise) or (simple and bool(chain[-1].leave))  # the ifs are guards already
        return lines_of(last) >= WORTH_MOVING and not refuses and not _tight(chain)
    moved = chain[0].moved
    return chain[0].inverted and not chain[0].leave and lines_of(moved) >= LONG and _depth(moved) >= 2


def _tight(chain: list[Peel]) -> bool:
    """Tell whether the ifs are but one question, asked in a row: several guards say it no better."""
    return all(peel.leave and len(peel.moved) == 1 for peel in chain[:-1])


def lines_of(block: list[ast.stmt]) -> int:
    """Return how many lines `block` takes."""
    return (block[-1].end_lineno or block[-1].lineno) - block[0].lineno + 1


def _depth(block: list[ast.stmt]) -> int:
    """Return how many levels of compound statements stand in `block`."""
    inner = (
        _depth([item for item in ast.iter_child_nodes(statement) if isinstance(item, ast.stmt)]) + 1
        for statement in block
        if isinstance(statement, NESTS)
    )
    return max(inner, default=0)


def _negatable(test: ast.expr, *, ordered: bool = False) -> bool:
    """Tell whether `test` reads well when negated: one line, few operands, orders of lengths only where `ordered`."""
    operands = test.values if isinstance(test, ast.BoolOp) else [test]
    if test.lineno != test.end_lineno or len(operands) > 3:
        return False
    if not all(isinstance(operand, READABLE) for operand in operands) or STATIC.search(ast.unparse(test)):
        return False
    compared = [item for item in operands if isinstance(item, ast.Compare) and not isinstance(item.ops[0], FLIPS)]
    return not compared or (ordered and len(operands) == 1 and _is_of_lengths(compared[0]))


def _is_of_lengths(test: ast.Compare) -> bool:
    """Tell whether whole numbers are compared, so that the order can be turned around."""
    sides = (test.left, *test.comparators)
    counted = [isinstance(side, ast.Call) and getattr(side.func, "id", "") == "len" for side in sides]
    whole = (isinstance(side, ast.Constant) and type(side.value) is int for side in sides)
    return len(sides) == 2 and any(counted) and all(map(any, zip(counted, whole, strict=True)))
