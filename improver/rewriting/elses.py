"""An `else` after a branch that leaves: what stands in it may follow (pure)."""

from collections.abc import Sequence

import libcst as cst


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
