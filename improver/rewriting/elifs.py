"""Where an ``else`` that holds one ``if`` reads better than an ``elif``."""

import ast
import builtins

from improver.source import Source


def against_elif(statement: ast.stmt, source: Source) -> str:
    """Return why `else: if` of `statement` is better left as it is, "" where nothing speaks against one case more."""
    if _is_symmetric(statement):
        return "both branches branch alike, and their symmetry says more than the depth costs"
    if _is_apart(statement) or _is_unrelated(statement, source):
        return "what the other branch asks is another question, and no further case of this one"
    if _is_introduced(statement, source) or _is_followed(statement, source):
        return "a comment speaks of the whole other branch, and would stand at a part of it"
    if _is_aligned(statement, source):
        return "the lines of the condition are aligned with an `if`, not with an `elif`"
    return ""


def _is_symmetric(statement: ast.stmt) -> bool:
    """Tell whether the `if` that owns the `else` holds nothing but another `if` as well."""
    return isinstance(statement, ast.If) and [type(inner) for inner in statement.body] == [ast.If]


def _is_apart(statement: ast.stmt) -> bool:
    """Tell whether the `if` only refuses, or asks in its own branch too what its `else` asks."""
    if not isinstance(statement, ast.If) or not statement.orelse:
        return False
    asked = {ast.dump(inner.test) for inner in statement.body if isinstance(inner, ast.If)}
    refuses = len(statement.body) == 1 and isinstance(statement.body[0], ast.Raise)
    return refuses or any(ast.dump(inner.test) in asked for inner in statement.orelse if isinstance(inner, ast.If))


def _is_unrelated(statement: ast.stmt, source: Source) -> bool:
    """Tell whether the `if` in an `else` asks of nothing that the cases before it ask of."""
    asked = set[str]()
    while isinstance(statement, ast.If) and len(statement.orelse) == 1:
        asked |= _asked(statement)
        statement = statement.orelse[0]
        if isinstance(statement, ast.If) and source.lines[statement.lineno - 1].lstrip().startswith("if"):
            return asked.isdisjoint(_asked(statement))
    return False


def _asked(node: ast.If) -> set[str]:
    """Return what a condition asks of: names, and attributes of an object's own."""
    parts = [*ast.walk(node.test)]
    own = {one.attr for one in parts if isinstance(one, ast.Attribute) and getattr(one.value, "id", "") == "self"}
    return own | {one.id for one in parts if isinstance(one, ast.Name) and one.id not in {"self", *dir(builtins)}}


def _is_introduced(statement: ast.stmt, source: Source) -> bool:
    """Tell whether an `else` begins with a comment, before an `if` that has another branch too."""
    while isinstance(statement, ast.If) and len(statement.orelse) == 1:
        statement = statement.orelse[0]
        above = next(line.lstrip() for line in reversed(source.lines[: statement.lineno - 1]) if line.strip())
        own = source.lines[statement.lineno - 1].lstrip()
        if isinstance(statement, ast.If) and statement.orelse and above.startswith("#") and own.startswith("if"):
            return True
    return False


def _is_followed(statement: ast.stmt, source: Source) -> bool:
    """Tell whether a comment stands behind an `if` that is all of an `else`, as deep as that `if`."""
    while isinstance(statement, ast.If) and len(statement.orelse) == 1:
        statement = statement.orelse[0]
        own = source.lines[statement.lineno - 1].lstrip().startswith("if")
        below = "".join(source.lines[statement.end_lineno : (statement.end_lineno or 0) + 1])
        depth = len(below) - len(below.lstrip())
        if own and below.lstrip().startswith("#") and depth == statement.col_offset:
            return True
    return False


def _is_aligned(statement: ast.stmt, source: Source) -> bool:
    """Tell whether a condition that goes on below begins on the line of its `if`."""
    inner = statement.orelse[0] if isinstance(statement, ast.If) and statement.orelse else None
    if not isinstance(inner, ast.If) or inner.test.lineno == inner.test.end_lineno:
        return False
    return not source.lines[inner.lineno - 1].split("#")[0].rstrip().endswith("(")
