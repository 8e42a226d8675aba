"""Put the new code of a file into the live functions of a process, where only function bodies differ (Python 3.9).

`swap` answers with the reason why it did nothing, where a fresh import is needed instead. It is not for functions that
ran on import: what they made then is not made again.
"""

from __future__ import annotations

import gc
import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Code = types.CodeType
FUNCTION = 0x1 | 0x2  # CO_OPTIMIZED and CO_NEWLOCALS: not a module's and not a class's body
IMPORT = "what runs on import differs"


class Stock:
    """What one process holds of a tree after it collected: live functions by file and code."""

    def __init__(self, tree: str) -> None:
        self.tree = f"{tree}/"
        self.functions: dict[str, dict[Code, list[Any]]] = {}
        self.compiled: dict[str, Code] = {}  # by path, as it was

    def take(self) -> None:
        """Find the live functions of the tree, wherever they are held: wrapped, bound, in a cache or a closure."""
        for item in gc.get_objects():
            if type(item) is types.FunctionType and item.__code__.co_filename.startswith(self.tree):
                codes = self.functions.setdefault(item.__code__.co_filename, {})
                codes.setdefault(item.__code__, []).append(item)

    def compile(self, path: str, source: bytes) -> None:
        """Remember how the file at the absolute `path` compiles as it is."""
        if path not in self.compiled:
            self.compiled[path] = compile(source, path, "exec", dont_inherit=True)


def swap(source: bytes, path: str, stock: Stock) -> str:
    """Let the live functions of the file at `path` run what `source` says; return "" or why that cannot be done."""
    try:
        new = compile(source, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        return f"it does not compile: {error}"
    pairs: list[tuple[Code, Code]] = []
    live = stock.functions.get(path, {})
    obstacles = (_obstacle(old, fresh, live) for old, fresh in pairs)
    if reason := _paired(stock.compiled[path], new, pairs) or next(filter(None, obstacles), ""):
        return reason
    swaps: dict[Code, Code] = {}
    for old, fresh in (part for pair in pairs for part in _nested(*pair)):
        if swaps.setdefault(old, fresh) != fresh:
            return "two functions look the same"
    for old, fresh in swaps.items():
        for function in live.get(old, ()):
            function.__code__ = fresh
    return ""


def _paired(old: Code, new: Code, pairs: list[tuple[Code, Code]]) -> str:
    """Pair the functions that two module or class bodies define; return why that cannot be done."""
    if _shape(old) != _shape(new):
        return IMPORT
    for one, other in zip(_inner(old), _inner(new)):  # noqa: B905 - 3.9 has no strict; equal shapes have as many
        if one.co_flags & FUNCTION == FUNCTION:
            if one != other:
                pairs.append((one, other))
        elif reason := _paired(one, other, pairs):
            return reason
    return ""


def _obstacle(old: Code, new: Code, live: dict[Code, list[Any]]) -> str:
    """Return why the functions that run `old` cannot just run `new`."""
    pairs = list(_nested(old, new))
    if any(one.co_freevars != other.co_freevars for one, other in pairs if one in live):
        return f"{old.co_name} closes over other variables"
    if old not in live:
        return f"{old.co_name} is not live as it was compiled"
    kept = {one for one, _ in pairs}
    if any(one in live and one not in kept for one in _all(old)):
        return f"a live part of {old.co_name} has no counterpart"
    return f"the docstring of {old.co_name} differs" if _doc(old) != _doc(new) else ""


def _inner(code: Code) -> list[Code]:
    return [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]


def _all(code: Code) -> Iterator[Code]:
    yield code
    for inner in _inner(code):
        yield from _all(inner)


def _nested(old: Code, new: Code) -> Iterator[tuple[Code, Code]]:
    """Yield both and what they define, in pairs of the same names; a part without counterpart is in none."""
    yield old, new
    mine, others = _inner(old), _inner(new)
    if [one.co_name for one in mine] == [other.co_name for other in others]:
        for one, other in zip(mine, others):  # noqa: B905 - as many, and 3.9 has no strict
            yield from _nested(one, other)


def _shape(code: Code) -> tuple[object, ...]:
    """Return all of a code but its lines and the codes in it."""
    constants = [
        ("code", one.co_name, one.co_flags) if isinstance(one, types.CodeType) else (type(one).__name__, repr(one))
        for one in code.co_consts
    ]
    counts = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags)
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    return (code.co_code, constants, counts, names, getattr(code, "co_exceptiontable", b""))


def _doc(code: Code) -> object:
    first = code.co_consts[0] if code.co_consts else None
    return first if isinstance(first, str) else None
