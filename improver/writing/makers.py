"""Calls that make an object of a class, as tests and docstrings show them or as its parameters suggest (pure)."""

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from improver.experiments import Case
from improver.source import Source
from improver.writing.arguments import arguments, definition
from improver.writing.harvest import Index
from improver.writing.illustrating import documented

MAKERS = 3  # objects of one class


def makers(source: Source, home: str, owner: str, index: Index) -> list[Case]:
    """Return the shortest calls of a class that tests and its docstring show, or one without arguments."""
    node = next((one for one in source.tree.body if isinstance(one, ast.ClassDef) and one.name == owner), None)
    heirs = [one for one in source.tree.body if isinstance(one, ast.ClassDef) and owner in map(ast.unparse, one.bases)]
    if owner.endswith("Mixin") or owner.startswith("_"):
        return [case for one in heirs for case in makers(source, home, one.name, index)]
    if node is None:
        return []
    known = [case for case in (*documented(source, home, node), *index.get(owner, ())) if _is_making(case.call, owner)]
    known.sort(key=lambda case: (len(case.prelude), len(case.setup), len(case.call)))
    own = definition(source, [owner, "__init__"])
    if own is None and len(known) < MAKERS:
        known += [
            case for one in map(ast.unparse, node.bases) for case in _inherited(source, home, (one, owner), index)
        ]
    given = [*arguments(own, is_method=True)] if own is not None else ["", "'a'", "[1, 2, 3]"]
    plain = [Case(f"{source.path}::{owner}", f"{owner}({words})", ((home, owner),)) for words in given]
    return _various(known)[:MAKERS] or plain[:MAKERS]


def _is_making(text: str, owner: str) -> bool:
    """Tell whether a text is a call of the class and nothing more: a link of a chain, or an operand, may be one too."""
    call = ast.parse(text, mode="eval").body
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == owner


def _various(cases: Sequence[Case]) -> list[Case]:
    """Return the cases, the first of each way to give arguments before all that are like them."""
    ways: Counter[tuple[object, ...]] = Counter()
    turns = []
    for case in cases:
        call = ast.parse(case.call, mode="eval").body
        assert isinstance(call, ast.Call), "a class is called"
        way = (len(call.args), *(one.arg for one in call.keywords))
        turns.append(ways[way])
        ways[way] += 1
    return [case for _, case in sorted(zip(turns, cases, strict=True), key=lambda one: one[0])]


def _inherited(source: Source, home: str, names: tuple[str, str], index: Index) -> Iterator[Case]:
    """Yield calls of a class, the second of `names`, like those of the one that it takes its making from."""
    parent, owner = names
    known = any(isinstance(one, ast.ClassDef) and one.name == parent for one in source.tree.body)
    if not known or parent.endswith("Mixin") or parent.startswith("_"):  # they are made as their heirs are
        return
    for case in makers(source, home, parent, index):
        call = ast.parse(case.call, mode="eval").body
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == parent:
            call.func.id = owner
            yield replace(case, call=ast.unparse(call), imports=tuple(sorted({*case.imports, (home, owner)})))
