"""How guards stand in a file: what follows them, after a blank line or none, and never in an `else` (pure)."""

import ast
import itertools
from collections.abc import Sequence

import libcst as cst

from improver.source import Source

FEWEST = 3  # guards of a file that show how it writes them


def gap_after(source: Source) -> Sequence[cst.EmptyLine]:
    """Return the blank line that follows most guards of a file, each an `if` without `else` that leaves, or nothing."""
    blocks = (
        block for node in source.parents for block in (getattr(node, "body", None), getattr(node, "orelse", None))
    )
    pairs = [pair for block in blocks if isinstance(block, list) for pair in itertools.pairwise(block)]
    found = [
        not source.lines[guard.end_lineno or 0].strip()
        for guard, _ in pairs
        if isinstance(guard, ast.If) and not guard.orelse and isinstance(guard.body[-1], ast.Return | ast.Raise)
    ]
    return [cst.EmptyLine(indent=False)] if len(found) >= FEWEST and sum(found) * 2 > len(found) else []


def spaced(statements: Sequence[cst.BaseStatement], gap: Sequence[cst.EmptyLine]) -> list[cst.BaseStatement]:
    """Return statements with a gap before the first, but where a blank line stands there already."""
    first, *rest = statements
    if not isinstance(first, cst.SimpleStatementLine | cst.BaseCompoundStatement):
        return [first, *rest]
    lines = first.leading_lines
    is_apart = bool(lines) and lines[0].comment is None
    return [first if is_apart else first.with_changes(leading_lines=[*gap, *lines]), *rest]


def without_else(last: cst.BaseStatement) -> Sequence[cst.BaseStatement]:
    """Return an `if` whose branch leaves, and after it what stood in its `else`; no comment may speak of that."""
    other = last.orelse if isinstance(last, cst.If) else None
    if not isinstance(last, cst.If) or not isinstance(other, cst.Else) or not _leaves(last.body):
        return [last]
    is_remarked = any(line.comment for line in other.leading_lines)
    if is_remarked or not isinstance(other.body, cst.IndentedBlock) or other.body.header.comment:
        return [last]
    return [last.with_changes(orelse=None), *other.body.body]


def _leaves(block: cst.BaseSuite) -> bool:
    """Tell whether the last thing in a block is to leave what it stands in."""
    line = block.body[-1] if isinstance(block, cst.IndentedBlock) else None
    small = line.body[-1] if isinstance(line, cst.SimpleStatementLine) else None
    return isinstance(small, cst.Return | cst.Raise | cst.Continue | cst.Break)
