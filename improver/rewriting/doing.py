"""What statements that are cut out of a function do beside making what comes out of them (pure)."""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

from improver.names import bound
from improver.rewriting.extraction import Cut
from improver.source import below

TAKES_OUT = frozenset({"pop", "popitem", "popleft", "setdefault"})  # what gives a value and changes its object
BUILDS = re.compile(r"(add|append|appendleft|extend|insert|update|set|setdefault|put|push|discard|remove|sort)(_|$)")
SPEAKS = re.compile(r"(^|_)(print|log|debug|info|warn|warning|error|exception|echo|write)$")


def acts(cut: Cut) -> bool:
    """Tell whether the cut changes what it did not make, or makes something do more than take in a part."""
    made = bound(*cut.statements)
    for node in (node for statement in cut.statements for node in below(statement)):
        called = node.value.func if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) else None
        if called is not None and (_root(called) not in made or not BUILDS.match(getattr(called, "attr", "add"))):
            return True
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in TAKES_OUT and _root(node.func) not in made:
            return True
    return fills(cut)


def fills(cut: Cut) -> bool:
    """Tell whether the cut stores into an object that it did not make: no name for what comes out says so."""
    return bool(_stored(cut.statements) - bound(*cut.statements))


def speaks(cut: Cut) -> bool:
    """Tell whether the cut prints or logs: no name for what comes out says so."""
    calls = (node.value for statement in cut.statements for node in below(statement) if isinstance(node, ast.Expr))
    called = (call.func for call in calls if isinstance(call, ast.Call))
    return any(SPEAKS.search(getattr(item, "attr", getattr(item, "id", ""))) for item in called)


def is_unfinished(cut: Cut, names: Iterable[str]) -> bool:
    """Tell whether the rest of the function goes on making one of `names`, which the cut began."""
    body = cut.function.body
    after = body[body.index(cut.statements[-1]) + 1 :]
    nodes = [node for statement in after for node in below(statement)]
    told = {_root(node.value.func) for node in nodes if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)}
    taken = {
        _root(node.func) for node in nodes if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in TAKES_OUT
    }
    return not (bound(*after) | _stored(after) | told | taken).isdisjoint(names)


def is_taken_over(cut: Cut, names: Iterable[str]) -> bool:
    """Tell whether one of `names` only stands for a constant, or for what is there already: the cut makes neither."""
    for name in names:
        values = list(_values(cut.statements, name))
        if all(value is not None and _is_plain(value) for value in values):
            return True
        if len(values) == 1 and isinstance(values[0], ast.Constant):
            return True
    return False


def _values(statements: Sequence[ast.stmt], name: str) -> Iterator[ast.expr | None]:
    """Yield each value that `name` is bound to as a whole; None for a binding of another kind."""
    nodes = [node for statement in statements for node in below(statement)]
    plain = {
        id(node.targets[0]): node.value for node in nodes if isinstance(node, ast.Assign) and len(node.targets) == 1
    }
    for node in nodes:
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load):
            yield plain.get(id(node))


def _is_plain(value: ast.expr) -> bool:
    while isinstance(value, ast.Attribute):
        value = value.value
    return isinstance(value, ast.Name)


def _stored(statements: Sequence[ast.stmt]) -> set[str]:
    """Return the names of the objects into which `statements` store attributes or items."""
    return {
        _root(node)
        for statement in statements
        for node in below(statement)
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load)
    }


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
