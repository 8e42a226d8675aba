"""Look at a text of several lines a line at a time, where it is too long to be demanded whole: in the sandbox (3.9)."""

from __future__ import annotations

import itertools
from typing import Any

SHORT = 60  # characters of a text that is demanded whole, and of a line
LINES = 6  # looked at of one text


def lines_of(value: Any, subject: str) -> list[tuple[str, str]]:
    """Return lines of a long text that say something, each with how it is come by; none of any other value.

    They are those nearest to its beginning and its end.
    """
    lines = value.splitlines() if type(value) is str and len(value) > SHORT else []
    told = [(at, line) for at, line in enumerate(lines) if line.strip() and len(line) <= SHORT and len(lines) > 1]
    ends = itertools.chain.from_iterable(zip(told, reversed(told)))  # noqa: B905 - 3.9 has no strict; they are as many
    near = sorted(itertools.islice(dict.fromkeys(ends), LINES))
    return [(f"{subject}.splitlines()[{at}]", line) for at, line in near]
