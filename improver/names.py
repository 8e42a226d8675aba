"""Which names a piece of syntax carries, and what hangs on a piece that never runs."""

import ast
import builtins
import functools
from collections.abc import Iterator

from improver.source import KINDS, SCOPES, Source, below, children

INNER = (*SCOPES, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
EVERYTHING = "*"  # what `from x import *` is said to bind
BINDERS: tuple[type[ast.AST], ...] = (  # what may bind a name by itself
    ast.Name,
    *(kind for kind in KINDS if {"name", "rest", "arg"} & {*kind._fields}),
)


def bound_by(node: ast.AST) -> tuple[str, ...]:
    """Return the names that `node` itself binds, rebinds or deletes (its children aside)."""
    if isinstance(node, ast.Name):
        return () if isinstance(node.ctx, ast.Load) else (node.id,)
    if isinstance(node, ast.arg):
        return (node.arg,)
    if isinstance(node, ast.alias):
        return (node.asname or node.name.split(".")[0],)
    if isinstance(node, ast.MatchMapping):
        return (node.rest,) if node.rest else ()
    name = getattr(node, "name", None)  # definitions, handlers, captures, type parameters
    return (name,) if isinstance(name, str) else ()


def carried_by(node: ast.AST) -> tuple[str, ...]:
    """Return the names that `node` itself carries in any role."""
    if isinstance(node, ast.Name):
        return (node.id,)
    if isinstance(node, ast.Global | ast.Nonlocal):
        return tuple(node.names)
    return bound_by(node)


def bound(*roots: ast.AST) -> set[str]:
    """Return every name bound anywhere below `roots`, inner scopes included."""
    return {name for root in roots for node in below(root) for name in bound_by(node)}


def mentioned(*roots: ast.AST) -> set[str]:
    """Return every name that stands anywhere below `roots` in any role, inner scopes included."""
    return {name for root in roots for node in below(root) for name in carried_by(node)}


@functools.lru_cache(maxsize=32)  # codemods ask for every place of a file
def bound_in(source: Source) -> frozenset[str]:
    """Return every name bound anywhere in the file."""
    return frozenset(name for kind in BINDERS for node in source.of_kind(kind) for name in bound_by(node))


@functools.lru_cache(maxsize=32)
def named_in(source: Source) -> frozenset[str]:
    """Return every name that stands anywhere in the file in any role."""
    return frozenset(mentioned(source.tree))


def declared(root: ast.AST) -> set[str]:
    """Return the names that some scope below `root` declares global or nonlocal."""
    found = (node.names for node in below(root) if isinstance(node, ast.Global | ast.Nonlocal))
    return {name for names in found for name in names}


def is_builtin(name: str, source: Source) -> bool:
    """Tell whether `name` is surely Python's own in this file: bound nowhere in it, no star import."""
    return hasattr(builtins, name) and not {name, EVERYTHING} & bound_in(source)


def own(scope: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of `scope` itself: inner functions, classes and comprehensions are not entered."""
    stack = children(scope)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, INNER):
            stack += children(node)


def tie(source: Source, *dead: ast.AST) -> str:
    """Say what in the enclosing scope hangs on `dead`, code that never runs, or "" when it may go.

    Code shapes its scope by standing there, run or not: a yield makes a generator, a declaration moves a name,
    and a binding makes the name local to the whole function.
    """
    inside = [node for root in dead for node in below(root)]
    if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in inside):
        return "a yield in it makes its function a generator"
    if any(isinstance(node, ast.Global | ast.Nonlocal | ast.AnnAssign) for node in inside):
        return "a declaration in it holds for the whole scope"
    function = source.function_of(dead[0])
    if function is None:
        return ""
    gone = set(map(id, inside))
    rest = [node for node in below(function) if id(node) not in gone]
    elsewhere = {name for node in rest for name in carried_by(node)}
    still_local = {name for node in own(function) if id(node) not in gone for name in bound_by(node)}
    still_local |= {node.arg for node in below(function.args) if isinstance(node, ast.arg)}
    moved = (bound(*dead) & elsewhere) - (still_local - declared(function))
    return f"only it makes {min(moved)} a local name of its function" if moved else ""
