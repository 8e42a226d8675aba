"""Functions that their own project wants nobody to call any more: no test should begin to (pure)."""

import ast

from improver.source import Function

WARNINGS = frozenset({"DeprecationWarning", "PendingDeprecationWarning"})


def is_outdated(node: Function) -> bool:
    """Tell whether a function says of itself, whatever it is given, that it is deprecated.

    It is marked so, its docstring begins so, or it warns of it before it asks anything.
    """
    marked = any("deprecated" in ast.unparse(one).lower() for one in node.decorator_list)
    told = (ast.get_docstring(node) or "").lstrip(".: ").lower().startswith("deprecated")
    return marked or told or any(map(_warns, node.body))


def _warns(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return False
    call = statement.value
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    return any(ast.unparse(one).rpartition(".")[2] in WARNINGS for one in given)
