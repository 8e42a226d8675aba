"""Look at lines of a text that is too long to be demanded whole, or at parts of its only line: in the sandbox (3.9)."""

from __future__ import annotations

import collections
import itertools
import re
from typing import Any

SHORT, WIDE = 60, 72  # characters of a text that is demanded whole, and of a line; of one with words of its own
LINES, TELLING = 6, 2  # looked at of one text, and of them those that say most
WORD = re.compile(r"\w+")
STOP = re.compile(r"(?<=[\w'\")\]])[.,;:!?]\s+|\s[-–—]\s")  # between two parts of a sentence
PARTS, WORDS = 4, 3  # looked at of one long line, and words of each
PLACED = re.compile(r"(?:^|[\s'\"=(:])(?:/|[A-Z]:\\)\w|0x[0-9a-f]{4}")


def looks_at(value: Any, subject: str) -> list[tuple[str, Any]]:
    """Return what says something of a long text: lines of it, of a single line its parts; nothing of another value."""
    if type(value) is not str or len(value) <= SHORT:
        return []
    lines = value.splitlines()
    return _lines(lines, subject) if len(lines) > 1 else [(f"{part!r} in {subject}", True) for part in _parts(value)]


def _lines(lines: list[str], subject: str) -> list[tuple[str, Any]]:
    """Return lines that say something, each with how it is come by.

    They are those nearest to the beginning and the end and those with most words that no other has: these come first.
    """
    words = [{*WORD.findall(line)} for line in lines]
    counts = collections.Counter(itertools.chain.from_iterable(words))
    own = [sum(counts[word] == 1 for word in known) for known in words]
    told = [at for at, line in enumerate(lines) if line.strip() and len(line) <= (WIDE if own[at] else SHORT)]
    telling = sorted(told, key=lambda at: (-own[at], at))
    ends = itertools.chain.from_iterable(zip(told, reversed(told)))  # noqa: B905 - 3.9 has no strict; they are as many
    known = itertools.islice(dict.fromkeys([*telling[:TELLING], *ends]), LINES)
    return [(f"{subject}.splitlines()[{at}]", lines[at]) for at in sorted(known, key=lambda at: (-own[at], at))]


def _parts(line: str) -> list[str]:
    """Return the parts of a sentence that a test may look for, none that names a place."""
    parts = [part.strip() for part in STOP.split(line) if part.isprintable() and not PLACED.search(part)]
    return [part for part in parts if len(part) <= SHORT and len(part.split()) >= WORDS][:PARTS]
