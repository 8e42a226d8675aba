"""Tell which lines must run for a changed statement to matter: inside the sandbox (Python 3.9)."""

from __future__ import annotations

import ast
import collections
from typing import Any, Iterable, Iterator  # noqa: UP035 - older interpreters run this file

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
SILENT = (ast.Pass, ast.Break, ast.Continue)  # whether their lines are told of is an interpreter's own business


class Statements:
    """The statements of a file by line, the innermost last."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.known: list[tuple[range, range]] = []
        self._read(ast.parse(source), inside=False)

    def lines_of(self, start: int) -> frozenset[int]:
        """Return the lines of the statement at a byte of the file; none where it runs on import, or nobody knows."""
        line = self.source.count(b"\n", 0, start) + 1
        found = [told for place, told in self.known if line in place]
        return frozenset(found[-1]) if found else frozenset()

    def _read(self, node: Any, *, inside: bool) -> None:
        """Note what stands in a node, if it is `inside` of a function; what encloses comes before what is enclosed."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.stmt, ast.ExceptHandler)):
                place = _head(child)
                silent = isinstance(child, SILENT) and not isinstance(node, DEFINITIONS)
                told = place if not silent else range(node.lineno, (node.end_lineno or node.lineno) + 1)
                self.known.append((place, told if inside else range(0)))
            self._read(child, inside=inside or isinstance(child, DEFINITIONS))


def by_turns(groups: Iterable[int]) -> list[int]:
    """Return the places in a row, the first of each group before the second of any."""
    counts = collections.Counter[int]()
    turns = []
    for at, group in enumerate(groups):
        turns.append((counts[group], at))
        counts[group] += 1
    return [at for _, at in sorted(turns)]


def _head(node: Any) -> range:
    """Return the lines of a statement, of one that holds others those before the first of them."""
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
    inner = [one.lineno for one in _held(node)]
    last = max(first, min(inner) - 1) if inner else node.end_lineno or node.lineno
    return range(first, last + 1)


def _held(node: Any) -> Iterator[Any]:
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        held = getattr(node, name, None)
        for one in held if isinstance(held, list) else ():
            yield from one.body if not hasattr(one, "lineno") else (one,)
