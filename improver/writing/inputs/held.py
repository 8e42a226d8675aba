"""What a file itself gives its functions, and objects of its classes that it holds under public names (pure)."""

import ast
import re

from improver.experiments import Case
from improver.source import FUNCTIONS, Source
from improver.writing.pieces import is_literal

OWN = re.compile(r"self[.\[]")  # something of an object


def held(source: Source, home: str, node: ast.ClassDef) -> list[Case]:
    """Return the names that a file has for objects of a class, then the calls that make some from literals.

    What an object of the file's own would be after a call the next test would find: none is taken that a call changes.
    """
    function = f"{source.path}::{node.name}"
    plain = [(one.targets[0], one.value) for one in source.tree.body if isinstance(one, ast.Assign)]
    names = [getattr(target, "id", "_") for target, value in plain if _calls_plainly(value, node.name)]
    lasting = [] if _is_changed(node) else [one for one in names if not one.startswith("_")]
    return [*(Case(function, name, ((home, name),)) for name in lasting), *given_itself(source, home, function)]


def given_itself(source: Source, home: str, function: str) -> list[Case]:
    """Return the calls of a public function or class ("path::name") with literals alone that its own file has."""
    name = function.partition("::")[2].removesuffix(".__init__")
    if "." in name or name.startswith("_"):
        return []
    calls = [ast.unparse(one) for one in source.of_kind(ast.Call) if _calls_plainly(one, name)]
    return [Case(function, one, ((home, name),)) for one in dict.fromkeys(calls)]


def changes(node: ast.AST) -> bool:
    """Tell whether a node changes something of `self`."""
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign | ast.Delete):
        targets = node.targets
    elif isinstance(node, ast.AugAssign):
        targets = [node.target]
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        targets = [node.value.func]
    return any(OWN.match(ast.unparse(one)) for one in targets)


def _is_changed(node: ast.ClassDef) -> bool:
    """Tell whether a method other than what makes an object changes it."""
    methods = [one for one in node.body if isinstance(one, FUNCTIONS) and one.name != "__init__"]
    return any(map(changes, (part for one in methods for part in ast.walk(one))))


def _calls_plainly(node: ast.expr, name: str) -> bool:
    """Tell whether an expression calls a function or a class with literals, of which there are some."""
    if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != name:
        return False
    given = [*node.args, *(word.value for word in node.keywords)]
    return bool(given) and all(is_literal(ast.unparse(one)) for one in given)
