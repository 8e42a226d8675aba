"""Where ruff's findings stand in a syntax tree, and a key for each that survives line moves and reformatting."""

import ast
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from improver.ports import RuffFinding
from improver.source import SCOPES, Source, shape_of

BLOCKS = frozenset({"body", "orelse", "finalbody", "handlers", "cases"})
Position = tuple[int, int]  # line, 1-based, and column in UTF-8 bytes, 0-based, as in `ast`


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding of ruff, the innermost statement around it, and its key."""

    found: RuffFinding
    statement: ast.stmt
    key: str


def placed(source: Source, found: Iterable[RuffFinding]) -> list[Placed]:
    """Place the findings of one file, in their order there; one outside of any statement is left out.

    The key is made of rule, file, symbol and the syntax that ruff points at, with the rank among equals;
    of a compound statement only its header counts, so that what stands in its blocks may change.
    """
    places = []
    ranks: Counter[str] = Counter()
    for item in sorted(found, key=lambda finding: (finding.line, finding.column)):
        path = list(_around(source.tree, _position(source, item)))
        statement = next((node for node in reversed(path) if isinstance(node, ast.stmt)), None)
        if statement is None:
            continue
        node = _pointed_at(path[path.index(statement) :], _position(source, item))
        text = "\0".join((item.code, source.path, source.symbol_of(statement), _header(node)))
        key = hashlib.sha256(f"{text}\0{ranks[text]}".encode()).hexdigest()[:16]
        ranks[text] += 1
        places.append(Placed(item, statement, key))
    return places


def _position(source: Source, found: RuffFinding) -> Position:
    line = source.lines[found.line - 1] if found.line <= len(source.lines) else ""
    return found.line, len(line[: found.column - 1].encode())


def _around(node: ast.AST, place: Position) -> Iterator[ast.AST]:
    """Yield the nodes that hold `place`, outermost first; positions inside f-strings are not to be trusted."""
    while not isinstance(node, ast.JoinedStr):
        inner = next((child for child in _spanned(node) if _start(child) <= place < _end(child)), None)
        if inner is None:
            return
        yield inner
        node = inner


def _spanned(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nearest descendants that have a position."""
    for child in ast.iter_child_nodes(node):
        if hasattr(child, "lineno"):
            yield child
        else:
            yield from _spanned(child)


def _start(node: ast.AST) -> Position:
    decorators = node.decorator_list if isinstance(node, SCOPES) else []
    return min((getattr(item, "lineno", 0), getattr(item, "col_offset", 0)) for item in (node, *decorators))


def _end(node: ast.AST) -> Position:
    return getattr(node, "end_lineno", 0), getattr(node, "end_col_offset", 0)


def _pointed_at(path: list[ast.AST], place: Position) -> ast.AST:
    """Return the outermost node that begins at `place`, else the innermost that holds it."""
    return next((node for node in path if _start(node) == place), path[-1])


def _header(node: ast.AST) -> str:
    fields = [
        f"{name}={shape_of(value)}"
        for name, value in ast.iter_fields(node)
        if name not in BLOCKS or not isinstance(value, list)
    ]
    return f"{type(node).__name__}({', '.join(fields)})"
