"""What the product says in a call: errors and warnings of its own, and text where that is all: in the sandbox (3.9)."""

from __future__ import annotations

import contextlib
import linecache
import opcode
import re
import sys
import warnings
from typing import Any, Callable, Iterator  # noqa: UP035 - older interpreters run this file

WARNS, NONE, RESULT = "warns", "None", "result"
RAISES = ("RAISE_VARARGS", "RERAISE")
STABLE, PATTERN = re.compile(r"[A-Za-z(][A-Za-z ,'()-]{3,}"), 60  # characters of what is demanded of a message
FEW_WORDS = 2  # spaces between them
WHOLE = re.compile(r"[A-Za-z][ -~]{2,58}[A-Za-z.)]")  # a message in one line, with words at both ends
# An apostrophe within a word begins no value, but the prefix of a literal does; the end of a sentence is none.
VALUE = re.compile(r"(?:(?<![A-Za-z])|(?<=\b[bBuUrR]))'[^']*'|\"[^\"]*\"|<[^>]*>|[\w.]*(?:[\d_]|\.\w)[\w.]*")
LIBRARIES = ("warnings", "_py_warnings", "typing_extensions")  # warn for others, who mark what is deprecated
WARNING = re.compile(r"\bwarn(?:_explicit)?\(")  # how code says itself that it warns
OUTPUTS = ("out", "err")  # a test reads both at once, so that it looks at one of them
READ = "capsys.readouterr()."
# A moment, how long something took, or a place: not there tomorrow, or elsewhere.
PASSING = re.compile(r"""\d:\d\d|\d{4}-\d\d|\d ?m?s\b|\d seconds?|(?:^|[\s'"=(:])(?:/|[A-Z]:\\)\w""")
DECLINED = re.compile(r"unsupported operand type\(s\) for |'[^']+' not supported between instances of ")
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
        is_own = False
        while frame is not None and frame.f_globals.get("__name__") in LIBRARIES:
            is_own = is_own or self._is_marked(frame.f_locals.get("arg"), str(message))
            frame = frame.f_back
        path = frame.f_code.co_filename if frame is not None else ""
        if is_own or (path.startswith(self.tree) and WARNING.search(linecache.getline(path, frame.f_lineno))):
            self.warned.append(message)

    def _is_marked(self, value: Any, text: str) -> bool:
        """Tell whether a function or class of the product is marked as deprecated in these words."""
        home = sys.modules.get(getattr(value, "__module__", ""))
        return str(getattr(home, "__file__", "")).startswith(self.tree) and value.__deprecated__ == text

    def demanded(self, told: dict[str, Any], written: Callable[[Any], Any]) -> dict[str, Any]:
        """Return what was told of a call with what is demanded of its warnings, and of what it prints, before all else.

        `written` writes a value as code.
        """
        said = [*self._warnings(written), *self._prints(told, written)]
        if not said:
            return told
        rest = [tuple(one) for one in told["checks"] if tuple(one) != ("is", RESULT, NONE)]
        return {**told, "checks": [*said, *rest]}

    def _warnings(self, written: Callable[[Any], Any]) -> Checks:
        """Return how the one warning is demanded; of one that is Python's own it takes words to know it again."""
        found = {(type(one), stable(str(one))) for one in self.warned}
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


def is_deliberate(error: BaseException, tree: str, call: str) -> bool:
    """Tell whether a raise statement of the product made this error, or both sides of an operator declined.

    The product's code stands in files below `tree`, the `call` itself in one of this name.
    """
    inner = error.__traceback__
    while inner is not None and inner.tb_next is not None:
        inner = inner.tb_next
    if inner is not None and inner.tb_frame.f_code.co_filename == call:
        return type(error) is TypeError and DECLINED.match(str(error)) is not None
    if inner is None or not inner.tb_frame.f_code.co_filename.startswith(tree):
        return False
    return opcode.opname[inner.tb_frame.f_code.co_code[inner.tb_lasti]] in RAISES


def words_of(error: BaseException) -> str:
    """Return what is demanded of an error's message, nothing of what Python itself says of an operator.

    One that stands in the code that ran, word for word, is demanded whole: no value has a part in it.
    """
    text = said = str(error)
    if type(error) is TypeError and DECLINED.match(text):
        return ""
    if isinstance(error, KeyError) and len(error.args) == 1 and " " in str(error.args[0]):
        text = str(error.args[0])  # it says a message as it would a key, in quotes
    words = _literally(text.rstrip(" .")) if WHOLE.fullmatch(text) and _is_written(error, text) else stable(text)
    return words if re.search(words, said) else ""


def _is_written(error: BaseException, text: str) -> bool:
    """Tell whether code that an error passed through has a text as a literal."""
    place = error.__traceback__
    while place is not None and text not in place.tb_frame.f_code.co_consts:
        place = place.tb_next
    return place is not None


def _literally(text: str) -> str:
    """Return a text as a pattern that finds just that."""
    return re.sub(r"([\\.^$*+?{}\[\]|()])", r"\\\1", text)


def stable(message: str) -> str:
    """Return the longest plain part of a message, without anything that came from a value, as a pattern.

    The first line of several says what it is about, where it says more than a word or two.
    """
    first = _plainest(message.partition("\n")[0])
    longest = first if first.count(" ") >= FEW_WORDS else _plainest(message)
    return _literally(longest) if len(longest) >= 4 else ""


def _plainest(text: str) -> str:
    """Return the longest part of a text that came from no value, "" where there is none."""
    parts = STABLE.findall(VALUE.sub("\0", text))
    whole = (part if len(part) < PATTERN else part[:PATTERN].rpartition(" ")[0] for part in parts)
    return max((part.rstrip(" ,'-(").lstrip(" ,'-)") for part in whole), key=len, default="")
