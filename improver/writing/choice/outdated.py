"""Functions that their own project wants nobody to call any more: no test should begin to (pure)."""

import ast

from improver.source import Function

MARKS = frozenset({"deprecate", "deprecated"})
WARNINGS = frozenset({"DeprecationWarning", "PendingDeprecationWarning"})


def is_outdated(node: Function) -> bool:
    """Tell whether a function says of itself, whatever it is given, that it is deprecated.

    It is marked so, its docstring begins so, or it warns of it in no branch.
    """
    marked = any(_named(one.func if isinstance(one, ast.Call) else one) in MARKS for one in node.decorator_list)
    told = (ast.get_docstring(node) or "").lstrip(".: ").lower().startswith("deprecated")
    return marked or told or any(map(_warns, node.body))


def _warns(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return False
    call = statement.value
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    return any(_named(one) in WARNINGS for one in given)


def _named(node: ast.expr) -> str:
    """Return the last name of a dotted one."""
    return ast.unparse(node).rpartition(".")[2]
