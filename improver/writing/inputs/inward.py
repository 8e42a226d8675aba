"""Functions that are parts of others: their own file alone calls them, and tests know them only by what does (pure)."""

import ast
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from improver.judging.functions import definitions
from improver.source import Function, Source

RUN = 3  # tests that run a function, and none of them calls it by name: they could have
PLAIN = frozenset({"staticmethod", "classmethod"})


def parts_of(
    sources: Collection[Source], known: Collection[str], impact: Mapping[str, Collection[str]]
) -> frozenset[str]:
    """Return the functions, as `path::name`, that nobody tests by themselves.

    `known` are names that tests and documentation use and functions that are given out, `impact` the tests that ran
    each. What a decorator or another file makes use of, or is handed on uncalled, is no part of its file alone.
    """
    naming: dict[str, set[str]] = defaultdict(set)  # a name: the files in which it is called, "" for other uses
    for source in sources:
        for name, is_called in _uses(source.tree):
            naming[name].add(source.path if is_called else "")
    return frozenset(
        function
        for source in sources
        for name, nodes in definitions(source).items()
        if naming.get(last := name.rpartition(".")[2]) == {source.path}
        and last not in known
        and (function := f"{source.path}::{name}") not in known
        and len(impact.get(function, ())) >= RUN
        and not any(map(_is_handed_on, nodes))
    )


def _uses(tree: ast.Module) -> Iterator[tuple[str, bool]]:
    """Yield the names that code uses, with whether it calls what has that name."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute):
            yield getattr(node, "id", getattr(node, "attr", "")), id(node) in called
        elif isinstance(node, ast.ImportFrom):
            yield from ((one.name, False) for one in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            yield node.value, False  # for getattr and the like


def _is_handed_on(node: Function) -> bool:
    marks: Iterable[str] = map(ast.unparse, node.decorator_list)
    return not PLAIN.issuperset(marks) or node.name.startswith("__")
