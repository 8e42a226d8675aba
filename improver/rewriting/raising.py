"""Blocks of a test that expect an exception, whichever framework says so (pure)."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from improver.names import bound
from improver.rewriting.origins import origin
from improver.source import SCOPES, Function, Source

UNITTEST = frozenset({"assertRaises", "assertRaisesRegex"})
# What a failed assertion of a test is, too: an expectation of these cannot tell it from what is tested.
BROAD = frozenset({"Exception", "BaseException", "AssertionError", "object"})
LEAVES_OUT = re.compile(r"skip|xfail|requires|needs|only_|slow", re.IGNORECASE)
NEVER_RUN = "the test may be skipped, and then no run shows that what is asked for holds"


@dataclass(frozen=True, slots=True)
class Expectation:
    """A `with` that expects an exception: what it calls, which types, and the name of what was caught ("" for none).

    `held` is the attribute of that name which holds the exception.
    """

    call: ast.Call
    types: Sequence[ast.expr]
    name: str
    held: str

    @property
    def broad(self) -> bool:
        """Tell whether a failed assertion would do as well as what is expected."""
        return not self.types or any(last_name(item) in BROAD or not last_name(item) for item in self.types)


def expectation(node: ast.AST, source: Source) -> Expectation | None:
    """Return what `node` expects when it is a `with` of one expectation and nothing else."""
    if not isinstance(node, ast.With) or len(node.items) != 1:
        return None
    call, variable = node.items[0].context_expr, node.items[0].optional_vars
    held = held_by(call, source)
    if not isinstance(call, ast.Call) or not held or not (variable is None or isinstance(variable, ast.Name)):
        return None
    limit = 2 if last_name(call.func) == "assertRaisesRegex" else 1
    if not 1 <= len(call.args) <= limit or any(isinstance(item, ast.Starred) for item in call.args):
        return None
    first = call.args[0]
    types = first.elts if isinstance(first, ast.Tuple) else [first]
    return Expectation(call, types, variable.id if variable else "", held)


def held_by(call: ast.AST, source: Source) -> str:
    """Return the attribute under which the context of an expecting call holds the exception, "" for other calls."""
    if not isinstance(call, ast.Call):
        return ""
    function = call.func
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "self":
        return "exception" if function.attr in UNITTEST else ""
    return "value" if origin(function, source) == "pytest.raises" else ""


def last_name(node: ast.AST) -> str:
    """Return the last part of a dotted name, or "" for what is none."""
    return str(getattr(node, "attr", getattr(node, "id", "")))


def speller(node: ast.AST, source: Source) -> tuple[str, str] | None:
    """Return how the test around `node` spells an expectation, and where it finds the exception; None if it cannot."""
    owner = next((parent for parent in source.ancestors(node) if isinstance(parent, ast.ClassDef)), None)
    if owner is not None and any(last_name(base).endswith("TestCase") for base in owner.bases):
        return "self.assertRaises", "exception"
    for spelled in ("pytest.raises", "raises"):
        if origin(ast.parse(spelled, mode="eval").body, source) == "pytest.raises":
            return spelled, "value"
    return None


def test_around(node: ast.AST, source: Source) -> Function | None:
    """Return the test function that holds `node`, in no inner function or class of it."""
    function = source.function_of(node)
    if function is None or not function.name.startswith("test"):
        return None
    above = source.parents[function]
    return function if isinstance(above, ast.Module | ast.ClassDef) else None


def may_be_skipped(node: ast.AST, source: Source) -> bool:
    """Tell whether a decorator, or a mark of the module, may keep the test around `node` from running here."""
    scopes = [parent for parent in source.ancestors(node) if isinstance(parent, SCOPES)]
    marks = [ast.unparse(item) for scope in scopes for item in scope.decorator_list]
    named = (item for item in source.tree.body if isinstance(item, ast.Assign) and "pytestmark" in bound(item))
    return any(LEAVES_OUT.search(text) for text in (*marks, *map(ast.unparse, named)))


def fails(statement: ast.stmt, source: Source) -> bool:
    """Tell whether `statement` says that the test has failed when it is come to."""
    if isinstance(statement, ast.Assert):
        return isinstance(statement.test, ast.Constant) and not statement.test.value
    if isinstance(statement, ast.Raise):
        made = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
        return isinstance(made, ast.Name) and made.id == "AssertionError"
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call):
        return False
    return ast.unparse(call.func) == "self.fail" or origin(call.func, source) == "pytest.fail"
