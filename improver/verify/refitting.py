"""Vary what comes before a call: options of what is made there, and what it defines; inside the sandbox (3.9).

A statement is left as it is but for one call in it, or it loses one part that it can do without.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import re
from typing import Any, Callable, Iterator  # noqa: UP035 - older interpreters run this file

PLAIN = (bool, int, str, bytes, float, type(None))
NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
EXAMPLES: dict[str, Any] = {"str": "", "int": 0, "float": 0.5, "bytes": b"", "bool": False, "Any": None}
WORD = re.compile(r"\w+")
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
MOST = 8  # calls in one statement
FOLDER = "mkdtemp("
Vary = Callable[[str, Any], Iterator[str]]  # a call and its parameters with plain defaults


def refitted(setup: list[str], space: dict[str, Any], vary: Vary) -> Iterator[list[str]]:
    """Yield setups that differ in one statement, the statements by turns, the last one first."""
    ways = [_changed(line, space, vary) for line in reversed(setup)]
    for turn in itertools.zip_longest(*ways):
        for at, line in enumerate(turn, 1):
            if line is not None and line != setup[-at]:
                yield [*setup[: len(setup) - at], line, *setup[len(setup) - at + 1 :]]


def within(call: str, space: dict[str, Any], vary: Vary) -> Iterator[str]:
    """Yield a call with another one in it varied: of what it is a method, or what it is given."""
    yield from _varied(f"{call}", space, vary, 1)


def _changed(line: str, space: dict[str, Any], vary: Vary) -> Iterator[str]:
    if FOLDER in line:  # that of a test is made for it
        return
    yield from _lessened(line)
    yield from _varied(line, space, vary, 0)


def _lessened(line: str) -> Iterator[str]:
    """Yield a class without one of the statements in it."""
    node = ast.parse(line).body[0]
    for at in range(len(node.body)) if isinstance(node, ast.ClassDef) and len(node.body) > 1 else ():
        other: Any = ast.parse(line).body[0]
        del other.body[at]
        yield ast.unparse(other)


def _varied(line: str, space: dict[str, Any], vary: Vary, first: int) -> Iterator[str]:
    """Yield a statement with one of its calls varied, the calls by turns, those before the `first` not."""
    spots = [*_spots(ast.parse(line).body[0])][first:MOST]
    ways = [_in_place(line, at, vary(ast.unparse(node), options(node, space))) for at, node in enumerate(spots, first)]
    for turn in itertools.zip_longest(*ways):
        yield from (one for one in turn if one is not None)


def _in_place(line: str, number: int, texts: Iterator[str]) -> Iterator[str]:
    for text in texts:
        tree = ast.parse(line)
        old = next(itertools.islice(_spots(tree.body[0]), number, None))
        yield ast.unparse(_Put(old, ast.parse(text, mode="eval").body).visit(tree))


class _Put(ast.NodeTransformer):
    def __init__(self, old: ast.expr, new: ast.expr) -> None:
        self.old, self.new = old, new

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Put the new expression in the place of the old one."""
        return self.new if node is self.old else self.generic_visit(node)


def _spots(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the calls in a statement, from the outside in; of a function only those in its decorators."""
    if isinstance(node, ast.Lambda):
        return
    if isinstance(node, ast.Call):
        yield node
    parts: Any = node.decorator_list if isinstance(node, DEFINITIONS) else ast.iter_child_nodes(node)
    for part in parts:
        yield from _spots(part)


def options(node: ast.expr, space: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return the parameters of what is called that may be given by keyword, with their plain defaults."""
    try:
        found = _named(getattr(node, "func", node), space)
        known = inspect.signature(found).parameters.values()
    except Exception:  # noqa: BLE001 - a name of the setup's own, or an object that says what it takes in code of its own
        return []
    return [(one.name, value) for one in known if one.kind in NAMED for value in _starting(one)]


def _starting(one: inspect.Parameter) -> list[Any]:
    """Return a plain value to begin with: the default, or in place of None one of the annotated type."""
    if one.default is not None or one.annotation is one.empty:
        return [one.default] if type(one.default) in PLAIN else []
    text = one.annotation if isinstance(one.annotation, str) else str(one.annotation).replace("typing.", "")
    if "[" in text.replace("Optional[", ""):
        return []
    return [EXAMPLES[word] for word in WORD.findall(text) if word in EXAMPLES][:1]


def _named(node: ast.expr, space: dict[str, Any]) -> Any:
    if isinstance(node, ast.Attribute):
        return getattr(_named(node.value, space), node.attr)
    return space[node.id] if isinstance(node, ast.Name) else None
