"""Look at a text of several lines a line at a time, where it is too long to be demanded whole: in the sandbox (3.9)."""

from __future__ import annotations

import collections
import itertools
import re
from typing import Any

SHORT, WIDE = 60, 72  # characters of a text that is demanded whole, and of a line; of one with words of its own
LINES, TELLING = 6, 2  # looked at of one text, and of them those that say most
WORD = re.compile(r"\w+")


def lines_of(value: Any, subject: str) -> list[tuple[str, str]]:
    """Return lines of a long text that say something, each with how it is come by; none of any other value.

    They are those nearest to its beginning and its end and those with most words that no other has: these come first.
    """
    lines = value.splitlines() if type(value) is str and len(value) > SHORT else []
    words = [{*WORD.findall(line)} for line in lines]
    counts = collections.Counter(itertools.chain.from_iterable(words))
    own = [sum(counts[word] == 1 for word in known) for known in words]
    told = [at for at, line in enumerate(lines) if line.strip() and len(line) <= (WIDE if own[at] else SHORT)]
    telling = sorted(told, key=lambda at: (-own[at], at))
    ends = itertools.chain.from_iterable(zip(told, reversed(told)))  # noqa: B905 - 3.9 has no strict; they are as many
    known = itertools.islice(dict.fromkeys([*telling[:TELLING], *ends]), LINES if len(lines) > 1 else 0)
    return [(f"{subject}.splitlines()[{at}]", lines[at]) for at in sorted(known, key=lambda at: (-own[at], at))]
