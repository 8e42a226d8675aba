"""Move whole lines of a block one or more levels out, comments included (pure)."""

import ast
from collections.abc import Iterable, Sequence
from itertools import pairwise

from improver.source import Source


def head_end(node: ast.With, source: Source) -> int | None:
    """Return the line on which the head of `node` ends, or None when its block begins on that line."""
    ends = [item.optional_vars or item.context_expr for item in node.items]
    last: int = max(item.end_lineno or item.lineno for item in ends)
    for number in range(last, node.body[0].lineno):
        if _code_of(source.lines[number - 1]).endswith(":"):
            return number
    return None


def begin_of(statement: ast.stmt, above: int, source: Source) -> int:
    """Return the first line of `statement` with its decorators and the comments right above; none reaches `above`."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(item.lineno for item in decorators)])
    while first - 1 > above and source.lines[first - 2].lstrip().startswith("#"):
        first -= 1
    return first


def moved_out(lines: Sequence[str], inner: str, outer: str) -> str | None:
    """Return `lines` with the indentation `outer` for `inner` and no blank ends; None where one is to the left."""
    moved = []
    for line in lines:
        if not line.strip():
            moved.append(line)
        elif line.startswith(inner):
            moved.append(outer + line.removeprefix(inner))
        else:
            return None
    while moved and not moved[-1].strip():
        moved.pop()
    while moved and not moved[0].strip():
        moved.pop(0)
    return "".join(moved)


def own_lines(block: Sequence[ast.stmt], source: Source) -> bool:
    """Tell whether no statement of `block` shares a line with another, and no text in it spans lines."""
    for before, after in pairwise(block):
        if after.lineno <= (before.end_lineno or before.lineno):
            return False
    nodes = (node for statement in block for node in ast.walk(statement))
    if any(_spans(node) for node in nodes if isinstance(node, ast.Constant | ast.JoinedStr)):
        return False
    return all(_code_of(_rest(statement, source)) == "" for statement in block)


def _spans(node: ast.expr) -> bool:
    text = not isinstance(node, ast.Constant) or isinstance(node.value, str | bytes)
    return text and node.lineno != node.end_lineno


def _rest(statement: ast.stmt, source: Source) -> str:
    line = source.lines[(statement.end_lineno or statement.lineno) - 1].encode()
    return line[statement.end_col_offset or 0 :].decode()


def _code_of(line: str) -> str:
    """Return `line` without a comment at its end, where no `#` stands in a text."""
    return line.split("#", 1)[0].strip()


def renamed(source: Source, texts: Iterable[tuple[ast.expr, str]]) -> list[str]:
    """Return the lines of the file with a text in place of each of these expressions, which stand on one line each."""
    lines = [line.encode() for line in source.lines]
    for node, text in sorted(texts, key=lambda pair: (pair[0].lineno, pair[0].col_offset), reverse=True):
        line = lines[node.lineno - 1]
        lines[node.lineno - 1] = line[: node.col_offset] + text.encode() + line[node.end_col_offset or 0 :]
    return [line.decode() for line in lines]
