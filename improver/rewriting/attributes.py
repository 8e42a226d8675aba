"""When a reader is better off with an attribute reached by `getattr` or `setattr` (pure)."""

import ast
import itertools
import re

from improver.source import Function, Source

BY_NAME = frozenset({"getattr", "setattr"})
ANYTHING = frozenset({"Any", "typing.Any", "t.Any", "T.Any"})
FEWEST = 2  # arguments: an object and a name


def against_attribute(line: int, source: Source) -> str:
    """Return why the attributes reached by name on this line, 1-based, had better stay so, "" where nothing says so.

    A comment above that speaks of one gives a reason, and a type that is said of an object may not have it: what
    reaches it by name keeps a type checker silent.
    """
    calls = [node for node in source.of_kind(ast.Call) if node.lineno == line and _is_by_name(node)]
    told = _comments_above(line, source)
    for call in calls:
        name = call.args[1].value if isinstance(call.args[1], ast.Constant) else ""
        if re.search(rf"\b(?:{re.escape(str(name))}|[gs]etattr)\b", told):
            return "a comment says why the attribute is reached by its name"
        if _is_typed(call.args[0], line, source):
            return "the type that the object is said to have may not have the attribute"
    return ""


def _is_by_name(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id in BY_NAME and len(node.args) >= FEWEST


def _comments_above(line: int, source: Source) -> str:
    """Return the comments of the line, and of those right above it."""
    above = itertools.takewhile(lambda text: text.lstrip().startswith("#"), reversed(source.lines[: line - 1]))
    return "".join([*above, source.lines[line - 1].partition("#")[2]])


def _is_typed(node: ast.expr, line: int, source: Source) -> bool:
    """Tell whether an object is a name whose type is said where the function around takes or binds it."""
    if not isinstance(node, ast.Name):
        return False
    around = [one for one in source.functions if one.lineno <= line <= (one.end_lineno or one.lineno)]
    said = {text for one in around for name, text in _said(one) if name == node.id}
    return bool(said - ANYTHING)


def _said(function: Function) -> list[tuple[str, str]]:
    """Return the names of a function with the types that are said of them."""
    arguments = [one for one in ast.walk(function.args) if isinstance(one, ast.arg)]
    bound = [node for node in ast.walk(function) if isinstance(node, ast.AnnAssign)]
    return [
        *((one.arg, ast.unparse(one.annotation)) for one in arguments if one.annotation),
        *((ast.unparse(one.target), ast.unparse(one.annotation)) for one in bound),
    ]
