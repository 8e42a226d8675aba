"""Functions that are parts of others: their own file alone calls them, and tests know them only by what does (pure)."""

import ast
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from improver.judging.functions import definitions
from improver.source import Function, Source

RUN = 3  # tests that run a function, and none of them calls it by name: they could have
PLAIN = frozenset({"staticmethod", "classmethod"})
LOOK_UPS = frozenset({"getattr", "globals", "vars", "attrgetter", "methodcaller"})
Uses = Mapping[str, Collection[str]]  # a name, of an attribute after a dot: files that call it, "" for other uses


def parts_of(
    sources: Collection[Source], known: Collection[str], impact: Mapping[str, Collection[str]]
) -> frozenset[str]:
    """Return the functions, as `path::name`, that nobody tests by themselves.

    `known` are names that tests and documentation use and functions that are given out, `impact` the tests that ran
    each. What a decorator or another file makes use of, or is handed on uncalled, is no part of its file alone.
    """
    uses: dict[str, set[str]] = defaultdict(set)
    for source in sources:
        for name, is_called in _uses(source.tree):
            uses[name].add(source.path if is_called else "")
    return frozenset(
        function
        for source in sources
        for name, nodes in definitions(source).items()
        if _is_called_only_in(source.path, name, uses)
        and name.rpartition(".")[2] not in known
        and (function := f"{source.path}::{name}") not in known
        and len(impact.get(function, ())) >= RUN
        and not any(map(_is_handed_on, nodes))
    )


def _is_called_only_in(path: str, name: str, uses: Uses) -> bool:
    """Tell whether calls in its own file are all the uses of a function: a variable of a method's name is none."""
    owner, _, last = name.rpartition(".")
    attributes = {*uses.get(f".{last}", ())}
    return attributes == {path} if owner else {*uses.get(last, ())} == {path} and attributes <= {path}


def _uses(tree: ast.Module) -> Iterator[tuple[str, bool]]:
    """Yield the names that code uses, with whether it calls what has that name.

    What is read of an object is no method, unless it is the file's own, or is handed on, unless a call gives it.
    """
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    called = {id(node.func) for node in calls}
    given = {id(one) for node in calls for one in (*node.args, *(word.value for word in node.keywords))}
    texts = _looked_up(tree, calls)
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                yield name, id(node) in called
            case ast.Attribute(attr=name, ctx=ast.Load()) if id(node) in called or _is_own(node.value):
                yield f".{name}", id(node) in called
            case ast.Attribute(value=value, attr=name) if id(node) in given and not isinstance(value, ast.Call):
                yield f".{name}", False
            case ast.ImportFrom(names=names):
                yield from ((one.name, False) for one in names)
    yield from ((f"{dot}{text}", False) for text in texts for dot in ("", "."))


def _looked_up(tree: ast.Module, calls: Sequence[ast.Call]) -> set[str]:
    """Return the texts of a file that looks things up by name."""
    if LOOK_UPS.isdisjoint(getattr(one.func, "id", getattr(one.func, "attr", "")) for one in calls):
        return set()
    return {one.value for one in ast.walk(tree) if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def _is_own(node: ast.expr) -> bool:
    """Tell whether an expression is an object's own, or a class."""
    return isinstance(node, ast.Name) and (node.id in ("self", "cls") or node.id[:1].isupper())


def _is_handed_on(node: Function) -> bool:
    return not PLAIN.issuperset(map(ast.unparse, node.decorator_list)) or node.name.startswith("__")
