"""Plainer texts, numbers and parts of a container in the place of those that a call gives (pure)."""

import re
import string
from collections.abc import Iterator
from typing import TypeVar

from improver.writing.choice.oddities import is_jumble

T = TypeVar("T")
SINGLE = 8  # parts of a text or a container that are left out one at a time
PLAIN, WORD = "a", "abc"
TOKEN = re.compile(r"\w+\W*|\W+")
LARGE = 10  # numbers from here on are halved too


def shorter(text: str | bytes) -> Iterator[str | bytes]:
    """Yield texts of the same type with fewer words; a word stays whole.

    >>> [*shorter("51,8-5,3")]
    ['', 'a', '51,8-', '51,8', '5,3', '8-5,3', '51,5,3', '51,8-3', '51,8-5,', '51,8-5']
    """
    if isinstance(text, bytes):
        yield from (one.encode("latin-1") for one in shorter(text.decode("latin-1")) if isinstance(one, str))
        return
    tokens = TOKEN.findall(text)
    yield from (one for one in ("", PLAIN) if text and text != one)
    for kept in map("".join, subsets(tokens) if len(tokens) > 1 else ()):
        yield from dict.fromkeys(one for one in (kept, kept.rstrip(string.punctuation + string.whitespace)) if one)


def worded(text: str | bytes) -> Iterator[str | bytes]:
    """Yield words, or digits, of the same type in place of a text that is no word, and a letter in place of nothing.

    Each of its marks may stand between two words.

    >>> [*worded("A b")], [*worded(b"a1")], [*worded("")], [*worded("A_--,")], [*worded("tide")]
    (['abc', 'abc def'], [b'abc', b'12'], ['b'], ['abc', 'abc_def', 'abc-def', 'abc,def'], [])
    """
    if isinstance(text, bytes):
        yield from (one.encode() for one in worded(text.decode("latin-1")) if isinstance(one, str))
    elif is_jumble(text):
        yield WORD
        if any(map(str.isdigit, text)):
            yield "12"
        yield from (f"{WORD}{one}def" for one in dict.fromkeys(text) if not one.isalnum())
    elif not text:
        yield "b"


def nearer(number: float) -> Iterator[float]:
    """Yield numbers of the same type and sign nearer to nothing, which itself is a case of its own.

    >>> [*nearer(40)], [*nearer(-7)], [*nearer(2.5)], [*nearer(1)]
    ([1, 2, 3, 20], [-1, -2, -3], [1.0, 2.0], [])
    """
    made, sign = type(number), 1 if number > 0 else -1
    yield from (made(sign * one) for one in (1, 2, 3) if one < abs(number))
    if LARGE <= abs(number) < float("inf"):
        yield made(int(number) // 2)


def subsets(parts: list[T]) -> Iterator[list[T]]:
    """Yield none of the parts, each half of them, and all but one."""
    count, half = len(parts), len(parts) // 2
    ways: list[list[T]] = [[]] if count else []
    ways += [parts[:half], parts[half:]] if count > 3 else []
    ways += [[*parts[:at], *parts[at + 1 :]] for at in range(min(count, SINGLE))] if count > 1 else []
    yield from ways
