"""Overhear a call: what the product warns of, and what it prints where that is all it does: in the sandbox (3.9)."""

from __future__ import annotations

import contextlib
import linecache
import re
import sys
import warnings
from typing import Any, Callable, Iterator  # noqa: UP035 - older interpreters run this file

WARNS, NONE, RESULT = "warns", "None", "result"
WARNING = re.compile(r"\bwarn(?:_explicit)?\(")  # how code says itself that it warns
OUTPUTS = ("out", "err")  # a test reads both at once, so that it looks at one of them
READ = "capsys.readouterr()."
# A moment, how long something took, or a place: not there tomorrow, or elsewhere.
PASSING = re.compile(r"""\d:\d\d|\d{4}-\d\d|\d ?m?s\b|\d seconds?|(?:^|[\s'"=(:])(?:/|[A-Z]:\\)\w""")
Checks = list[tuple[str, str, str]]


def is_printed(subject: str) -> bool:
    """Tell whether a check looks at what the call prints."""
    return subject.startswith(READ)


class Overheard:
    """What one call said beside what it gives."""

    def __init__(self, checking: Any, tree: str) -> None:
        self.checking, self.tree = checking, tree
        self.warned: list[Warning] = []  # by a statement of the product
        self.printed: Any = None

    @contextlib.contextmanager
    def listening(self, space: dict[str, Any]) -> Iterator[None]:
        """Overhear what runs meanwhile, every warning as if it were the first."""
        with self.checking.overheard(space):
            warnings.showwarning = self._hear
            yield
        self.printed = space.pop(self.checking.CAPSYS).readouterr()

    def _hear(self, message: Any, *_place: Any, **_more: Any) -> None:
        frame: Any = sys._getframe(1)  # noqa: SLF001 - who warns is told by no one else
        while frame is not None and frame.f_globals.get("__name__") in ("warnings", "_py_warnings"):
            frame = frame.f_back
        path = frame.f_code.co_filename if frame is not None else ""
        if path.startswith(self.tree) and WARNING.search(linecache.getline(path, frame.f_lineno)):
            self.warned.append(message)

    def demanded(self, told: dict[str, Any], written: Callable[[Any], Any], pattern: Callable[[str], str]) -> Any:
        """Return what was told of a call with what is demanded of its warnings, and of what it prints, before all else.

        `written` writes a value as code, and `pattern` makes one of a message.
        """
        said = [*self._warnings(written, pattern), *self._prints(told, written)]
        if not said:
            return told
        rest = [tuple(one) for one in told["checks"] if tuple(one) != ("is", RESULT, NONE)]
        return {**told, "checks": [*said, *rest]}

    def _warnings(self, written: Callable[[Any], Any], pattern: Callable[[str], str]) -> Checks:
        """Return how the one warning is demanded; of one that is Python's own it takes words to know it again."""
        found = {(type(one), pattern(str(one))) for one in self.warned}
        if len(found) != 1:
            return []
        kind, words = found.pop()
        name = written(kind) if words or kind.__module__ != "builtins" else None
        return [(WARNS, name, repr(words) if words else NONE)] if name else []

    def _prints(self, told: dict[str, Any], written: Callable[[Any], Any]) -> Checks:
        """Return how what was printed is demanded, where the call gives nothing else."""
        texts = [(name, getattr(self.printed, name)) for name in OUTPUTS if told.get("type") == "NoneType"]
        name, text = next((one for one in texts if one[1]), ("", ""))
        code = written(text) if text.strip() and not PASSING.search(text) else None
        return [("eq", READ + name, code)] if code else []
