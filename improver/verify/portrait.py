"""Describe any value as text, by type and content, without calling what its author wrote: runs inside the sandbox.

Two values get one text only if a caller could hardly tell them apart: exact types, floats to the last digit, order of
lists and dicts, sets sorted, objects by their type and state, and which mutable parts are one and the same object.
Addresses are left out. What cannot be looked into is `opaque`, and what is larger than the bounds is `cut`.
"""

from __future__ import annotations

import re
import types
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import Any

NODES, DEPTH, ITEMS, CHARACTERS = 20_000, 60, 300, 100_000
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{4,}\b")
PLAIN = (int, float, complex, bool, str, bytes, type(None), type(...), type(NotImplemented), range)
LISTS = {list: "[]", tuple: "()"}
NAMED = (types.FunctionType, types.BuiltinFunctionType, type, types.ModuleType)
STREAMS = (types.GeneratorType, map, filter, zip, enumerate, reversed)
NOISE = ("__dict__", "__weakref__")


class Portrait:
    """One description; `opaque` and `cut` say what it leaves out, "" where it is complete."""

    def __init__(self, own: str = "\0") -> None:
        self.own = own  # the folder whose nested functions say nothing by their name alone
        self.nodes = 0
        self.seen: dict[int, int] = {}
        self.kept: list[object] = []  # an id is an object's own only while the object lives
        self.opaque = ""
        self.cut = ""

    def of(self, value: Any, depth: int = 0) -> str:
        """Return the text of `value`."""
        self.nodes += 1
        if self.nodes > NODES or depth > DEPTH:
            self.cut = "too large to compare"
            return "…"
        kind = type(value)
        if kind in PLAIN:
            return self._plain(value, kind)
        if kind not in (tuple, frozenset) and not isinstance(value, NAMED):
            number = self.seen.get(id(value))
            if number is not None:
                return f"<same as {number}>"
            self.seen[id(value)] = len(self.seen)
            self.kept.append(value)
        return self._larger(value, kind, depth + 1)

    def _plain(self, value: Any, kind: type) -> str:
        """Return the text of a value whose built-in part is of `kind`, whatever a subclass makes of its methods."""
        if kind is int:
            return int.__repr__(value) if int.bit_length(value) < 60 else int.__format__(value, "#x")
        if kind in (str, bytes) and kind.__len__(value) > CHARACTERS:
            self.cut = "too large to compare"
            return "…"
        return str(getattr(kind, "__repr__")(value))  # noqa: B009 - the type's own, whatever the value says

    def _larger(self, value: Any, kind: type, depth: int) -> str:
        if kind in LISTS:
            return LISTS[kind][0] + self._items(value, depth) + LISTS[kind][1]
        if kind is dict:
            return "{" + self._pairs(value, depth) + "}"
        if kind in (set, frozenset):
            return f"{kind.__name__}{{{', '.join(self._sorted(value, depth))}}}"
        if isinstance(value, NAMED):
            return self._named(value)
        if kind in STREAMS or _is_builtin_stream(value, kind):
            return f"iterator<{self.drained(value, depth)}>"  # which of the built-in ones is nobody's business
        if isinstance(value, types.MethodType):
            return f"method {self.of(value.__func__, depth)} of {self.of(value.__self__, depth)}"
        return self._object(value, kind, depth)

    def drained(self, stream: Any, depth: int = 0) -> str:
        """Return what `stream` yields, up to a bound, and how it ends."""
        items: list[str] = []
        try:
            items.extend(self.of(item, depth) for item in islice(stream, ITEMS))
        except Exception as error:  # noqa: BLE001 - whatever the stream raises is its outcome
            items.append(f"raises {name_of(type(error))}{self.of(error.args, depth)}")
        return ", ".join(items)

    def _items(self, values: Any, depth: int) -> str:
        return ", ".join([self.of(item, depth) for item in values])

    def _pairs(self, values: Any, depth: int) -> str:
        return ", ".join([f"{self.of(key, depth)}: {self.of(item, depth)}" for key, item in values.items()])

    def _sorted(self, values: Any, depth: int) -> list[str]:
        return sorted(self.of(item, depth) for item in values)

    def _named(self, value: Any) -> str:
        """Return the name of a function, a class or a module; a function made by a function is a riddle."""
        place = str(getattr(value, "__qualname__", None) or getattr(value, "__name__", "?"))
        code = getattr(value, "__code__", None)
        if code is not None and code.co_filename.startswith(self.own) and "<" in place:
            self.opaque = "gives a function that it made"
        home = str(getattr(value, "__module__", None) or "")
        return f"{type(value).__name__} {place}" if home in ("", "builtins") else f"{home}.{place}"

    def _object(self, value: Any, kind: type, depth: int) -> str:
        if kind.__module__.startswith("pathlib"):  # what else it holds is remembered for speed
            return f"{kind.__name__}({str(value)!r})"
        content = self._content(value, depth)
        state = _state(value, kind)
        parts = [*([content] if content else []), *([self._pairs(state, depth)] if state else [])]
        if not parts and not _is_python(kind):
            parts.append(self._foreign(value, depth))
        return f"{name_of(kind)}({'; '.join(parts)})"

    def call(self, args: Any, kwargs: Any) -> str:
        """Return the arguments of a call as they would be written."""
        return ", ".join([*map(self.of, args), *(f"{name}={self.of(value)}" for name, value in kwargs.items())])

    def _content(self, value: Any, depth: int) -> str:
        """Return what an object of a subclass holds as the built-in type that it also is."""
        if isinstance(value, (int, float, complex, str, bytes)):
            return self._plain(value, next(plain for plain in PLAIN if isinstance(value, plain)))
        if isinstance(value, dict):
            pairs = [(key, dict.__getitem__(value, key)) for key in dict.__iter__(value)]
            makes = f"{self.of(value.default_factory, depth)} " if isinstance(value, defaultdict) else ""
            told = [f"{self.of(key, depth)}: {self.of(item, depth)}" for key, item in pairs]
            return f"{makes}{{{', '.join(told)}}}"
        if isinstance(value, (list, tuple)):
            plain: Any = list if isinstance(value, list) else tuple
            return "[" + self._items(plain.__iter__(value), depth) + "]"
        if isinstance(value, (set, frozenset)):
            plain = set if isinstance(value, set) else frozenset
            return "{" + ", ".join(self._sorted(plain.__iter__(value), depth)) + "}"
        if isinstance(value, BaseException):
            return self._items(value.args, depth)
        return ""

    def _foreign(self, value: Any, depth: int) -> str:
        """Return what pickling would keep of an object that C code made, else how it shows itself."""
        try:
            made = value.__reduce_ex__(4)
        except Exception:  # noqa: BLE001 - locks, files and the like refuse in many ways
            return ADDRESS.sub("0x…", repr(value))
        if isinstance(made, str):
            return made
        told = [self.of(part, depth) for part in made[1:3]]
        told += [f"<{self.drained(part, depth)}>" for part in made[3:5] if part is not None]
        return "; ".join(told)


def name_of(kind: type) -> str:
    """Return a type's full name as the type itself has it."""
    place, name = (str(type.__getattribute__(kind, part)) for part in ("__module__", "__qualname__"))
    return name if place == "builtins" else f"{place}.{name}"


def _is_python(kind: type) -> bool:
    """Tell whether a class statement made this type."""
    return bool(kind.__flags__ & (1 << 9))


def _is_builtin_stream(value: object, kind: type) -> bool:
    return not _is_python(kind) and isinstance(value, Iterator) and kind.__module__ in ("builtins", "itertools")


def _state(value: object, kind: type) -> dict[str, object]:
    """Return the attributes of an object: its __dict__, sorted, and the slots that are filled."""
    found: dict[str, object] = {}
    try:
        own = object.__getattribute__(value, "__dict__")
    except AttributeError:
        own = {}
    if isinstance(own, dict):
        found.update((name, own[name]) for name in sorted(own, key=str))
    for one in type.__getattribute__(kind, "__mro__"):
        slots = vars(one).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else tuple(slots):
            place = f"_{one.__name__.lstrip('_')}{name}" if name[:2] == "__" and name[-2:] != "__" else name
            member = vars(one).get(place)
            if name not in NOISE and isinstance(member, types.MemberDescriptorType):
                try:
                    found[place] = member.__get__(value, kind)
                except AttributeError:
                    found[place] = "<unset>"
    return found
