"""What a dotted name stands for, as the file's own imports tell (pure)."""

import ast
import functools
from collections.abc import Mapping
from types import MappingProxyType

from improver.names import BINDERS, EVERYTHING, bound_by
from improver.source import Source


def origin(node: ast.AST, source: Source) -> str:
    """Return the dotted name that `node` surely stands for ("time.sleep"), or "" where the file cannot tell."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    holder = _imported(source).get(node.id, "") if isinstance(node, ast.Name) else ""
    return ".".join((holder, *reversed(parts))) if holder else ""


def called(node: ast.AST, source: Source) -> str:
    """Return the dotted name of what `node` calls; "" when that is unknown, or `node` is no call."""
    return origin(node.func, source) if isinstance(node, ast.Call) else ""


def imports(source: Source) -> frozenset[str]:
    """Return the outermost packages that the file imports anywhere."""
    plain = (alias.name for node in source.of_kind(ast.Import) for alias in node.names)
    given = (node.module or "" for node in source.of_kind(ast.ImportFrom) if not node.level)
    return frozenset(name.split(".")[0] for name in (*plain, *given))


@functools.lru_cache(maxsize=32)  # codemods ask about every call of a file
def _imported(source: Source) -> Mapping[str, str]:
    """Return the names that nothing but imports bind in this file, all to the same thing; none after a star import."""
    found: dict[str, set[str]] = {}
    for node in (node for kind in BINDERS for node in source.of_kind(kind)):
        for name in bound_by(node):
            found.setdefault(name, set()).add(_meant(node, source))
    if EVERYTHING in found:
        return MappingProxyType({})
    known = {name: meanings.pop() for name, meanings in found.items() if len(meanings) == 1}
    return MappingProxyType({name: meaning for name, meaning in known.items() if meaning})


def _meant(node: ast.AST, source: Source) -> str:
    """Return what an alias of an import binds its name to, or "" for every other binding."""
    if not isinstance(node, ast.alias):
        return ""
    statement = source.parents[node]
    if isinstance(statement, ast.ImportFrom):
        return f"{statement.module}.{node.name}" if statement.module and not statement.level else ""
    return node.name if node.asname else node.name.split(".")[0]
