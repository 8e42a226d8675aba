"""Errors and warnings that tests demand of a call already: more of the same belongs into those tests (pure)."""

import ast
from collections.abc import Iterable, Iterator

from improver.experiments import Case
from improver.source import Source
from improver.writing.inputs.kinds import last_name
from improver.writing.names import BUILT_IN
from improver.writing.pieces import called_as

DEMANDS = frozenset({"raises", "warns", "assertRaises", "assertRaisesRegex", "assertWarns", "assertWarnsRegex"})
ITEMS = {ast.Load: "__getitem__", ast.Store: "__setitem__", ast.Del: "__delitem__"}
Refusals = frozenset[tuple[str, str]]  # the last name of what is called, and of the error


def refusals_of(tests: Iterable[Source]) -> Refusals:
    """Return what tests call where they demand an error, each with the error."""
    return frozenset(one for source in tests for node in ast.walk(source.tree) for one in _demanded(node))


def is_demanded(case: Case, known: Refusals) -> bool:
    """Tell whether a test demands this error of the same function, or of what the case calls, already."""
    if not case.checks or case.checks[0][0] not in ("raises", "warns"):
        return False
    error = case.checks[0][1].rpartition(".")[2]
    return any((name, error) in known for name in (called_as(case.function), *_called(ast.parse(case.call))))


def _demanded(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield what is called in a block that demands errors, or is handed to what demands one."""
    if isinstance(node, ast.With | ast.AsyncWith):
        errors = [one for item in node.items for one in _errors(item.context_expr)]
        names = [name for part in node.body for name in (*_called(part), *_asked(part))]
        yield from ((name, error) for error in errors for name in names)
    elif isinstance(node, ast.Call) and (handed := _handed(node)):
        yield from ((last_name(handed[0]), error) for error in _errors(node))


def _handed(call: ast.Call) -> list[ast.expr]:
    """Return what is handed over after the errors, and what their text must be like, the function first."""
    return call.args[2 if last_name(call.func).endswith("Regex") else 1 :]


def _errors(node: ast.expr) -> Iterator[str]:
    """Yield the names of the errors that an expression demands."""
    if isinstance(node, ast.Call) and last_name(node.func) in DEMANDS and node.args:
        first = node.args[0]
        yield from (last_name(one) for one in (first.elts if isinstance(first, ast.Tuple) else (first,)))


def _called(tree: ast.AST) -> Iterator[str]:
    """Yield the names of what is called, built-ins aside: what `list` ends with is the error of what it reads."""
    called = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return (last_name(one) for one in called if last_name(one) and getattr(one, "id", "") not in BUILT_IN)


def _asked(tree: ast.AST) -> Iterator[str]:
    """Yield the names of the methods by which items are read, set and deleted."""
    return (ITEMS[type(node.ctx)] for node in ast.walk(tree) if isinstance(node, ast.Subscript))
