"""Texts that are likely to make a difference to a function that reads text: inside the sandbox (Python 3.9)."""

from __future__ import annotations

import ast
import contextlib
import inspect
import itertools
import re
import textwrap
from typing import Any, Callable, Collection, Iterator  # noqa: UP035 - older interpreters run this file

PATTERNS, WORDS, LENGTH = 4, 12, 40  # of one function, of one constant, and characters of a text
PARTS, LONG = 12, 5  # of a text that is taken apart; digits of a long number
LOW = 2  # numbers up to here are tried anyhow
DEEP = 2  # calls from the function to one that matches a pattern
MATCHING = frozenset({"match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer", "compile"})
CONTAINERS = (dict, set, frozenset, list, tuple)
PART, WORD = re.compile(r"\d+|[^\W\d_]+|\s+|.", re.DOTALL), re.compile(r"[a-z]+")


def forms(function: Any, package: str, texts_of: Callable[[re.Pattern[Any]], list[Any]]) -> list[Any]:
    """Return texts of the patterns that a function and those that it calls match, and of constants that they name."""
    known = [*_reached(function, package)]
    patterns = dict.fromkeys(one for made in known for one in _patterns(made))
    ways = [texts_of(one) for one in [*patterns][:PATTERNS]]
    words = [*dict.fromkeys(word for made in known for value in _named(made) for word in _words(value))]
    first = next((one for way in ways for one in way if isinstance(one, str) and WORD.search(one)), "")
    spoken = [WORD.sub(lambda _, word=one: word, first) for one in words if first and str(one).isalpha()]  # type: ignore[misc]
    turns = itertools.zip_longest(*ways, spoken, words)
    return [*dict.fromkeys(one for turn in turns for one in turn if one is not None)]


def restructured(text: str) -> Iterator[str]:
    """Yield texts like one of several parts: it breaks off, or one part is left out, shorter or another.

    Before them one in which no two letters, and no two digits, are alike: it shows which of them is read.
    """
    parts = PART.findall(text)
    if len(parts) > PARTS:
        return
    apart = _unlike(text)
    if apart != text:
        yield apart
    if len(parts) == 1:
        return
    ways = [["".join(parts[:count]) for count in range(1, len(parts))]]
    for at, part in enumerate(parts):
        others = ["", part * 2, "0" if part.isdecimal() else "," if part != "," else ";"]
        others += [str(int(part) + 1), part[:1]] if part.isdecimal() else []
        ways.append(["".join([*parts[:at], other, *parts[at + 1 :]]) for other in others])
    yield from (one for turn in itertools.zip_longest(*ways) for one in turn if one is not None)


def _unlike(text: str) -> str:
    """Return a text with other letters and digits, in order, where two of them are alike; signs stay.

    >>> _unlike("#fff"), _unlike("10:00"), _unlike("abc")
    ('#abc', '12:34', 'abc')
    """
    known = [one for one in text if one.isascii() and one.isalnum()]
    if len({*known}) == len(known):
        return text
    letters, digits = itertools.cycle("abcdefghijklmnopqrstuvwxyz"), itertools.cycle("1234567890")
    return re.sub(r"[0-9]|[A-Za-z]", lambda found: next(digits if found[0].isdecimal() else letters), text)


def met(call: str, constants: Collection[str]) -> str:
    """Return the numbers in a call that are `constants` of the function, as source: they may make a difference."""
    values = [node.value for node in ast.walk(ast.parse(call)) if isinstance(node, ast.Constant)]
    numbers = {repr(one) for one in values if type(one) is int and abs(one) > LOW}
    return " ".join(sorted(numbers.intersection(constants)))


def outline(call: str) -> str:
    """Return what the texts in a call look like: the order of numbers, words and marks in each that has several."""
    texts = [node.value for node in ast.walk(ast.parse(call)) if isinstance(node, ast.Constant)]
    return "\0".join(_outlined(one) for one in texts if isinstance(one, str) and len(PART.findall(one)) > 1)


def _outlined(text: str) -> str:
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", lambda found: "9" * (1 + len(found[0]) // LONG), text))


def _reached(function: Any, package: str) -> Iterator[Any]:
    """Yield plain functions of the package, from this one to those that it calls by name, each once."""
    known: dict[int, Any] = {}
    waiting = [(_plain(function), 0)]
    while waiting:
        one, depth = waiting.pop(0)
        if one is None or id(one) in known or str(one.__module__).partition(".")[0] != package:
            continue
        known[id(one)] = one
        yield one
        if depth < DEEP:
            waiting += [(_plain(value), depth + 1) for value in _named(one)]


def _plain(function: Any) -> Any:
    """Return the function that Python code defines behind a method, a property or a decorator; None for none."""
    inner = getattr(function, "__func__", None) or getattr(function, "fget", None) or function
    while hasattr(inner, "__wrapped__"):
        inner = inner.__wrapped__
    return inner if inspect.isfunction(inner) else None


def _named(function: Any) -> Iterator[Any]:
    """Yield what the names in a function's code stand for in its module, and in the class that defines it."""
    codes, names = [function.__code__], dict[str, None]()
    while codes:
        code = codes.pop()
        names.update(dict.fromkeys(code.co_names))
        codes += [one for one in code.co_consts if inspect.iscode(one)]
    owner = function.__globals__.get(function.__qualname__.partition(".")[0])
    for name in names:
        if name in function.__globals__:
            yield function.__globals__[name]
        elif inspect.isclass(owner):
            yield inspect.getattr_static(owner, name, None)


def _patterns(function: Any) -> Iterator[re.Pattern[Any]]:
    """Yield the patterns that a function names, and those that it writes out."""
    yield from (one for one in _named(function) if isinstance(one, re.Pattern))
    with contextlib.suppress(OSError, TypeError, SyntaxError):
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MATCHING:
                first = node.args[0] if node.args and ast.unparse(node.func.value) == "re" else None
                if isinstance(first, ast.Constant) and isinstance(first.value, (str, bytes)):
                    with contextlib.suppress(re.error):
                        yield re.compile(first.value)


def _words(value: Any) -> list[Any]:
    """Return the short texts in a constant of a module."""
    found = [value] if isinstance(value, (str, bytes)) else [*value] if type(value) in CONTAINERS else []
    words = [one for one in found if isinstance(one, (str, bytes)) and 0 < len(one) <= LENGTH]
    return sorted(words)[:WORDS] if isinstance(value, (set, frozenset)) else words[:WORDS]
