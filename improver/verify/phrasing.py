"""Write values as Python source that makes them again, as a person would: runs inside the sandbox (Python 3.9).

What comes back is an expression and the imports that it needs, each (module, name); the name "" imports the module.
A value that cannot be written shortly and made again to the same is Unphrased.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import importlib
import inspect
import io
import itertools
import math
import pathlib
import re
import sys
import types
import uuid
from typing import TYPE_CHECKING, Any, Callable  # noqa: UP035 - older interpreters run this file

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST, ITEMS, DEPTH = 160, 12, 4  # characters of one expression, items of one container, containers in containers
TEXT, MONOTONE = 60, 20  # characters of one string, and of one that is all the same and written in full
LARGEST = 10**15
PLACES = re.compile(r"^/(src|tmp|home|usr|venv|scratch|runner|proc|etc|work|root|var|opt)\b")
UNITS = (("days", 86400), ("hours", 3600), ("minutes", 60), ("seconds", 1))
DATES = (datetime.datetime, datetime.date, datetime.time, datetime.timedelta, datetime.timezone)
NAMED = (decimal.Decimal, fractions.Fraction, uuid.UUID)
FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, type)


class Unphrased(Exception):
    """A value that no short expression makes."""


def _in_units(value: Any) -> str:
    """Return a span of time in the one largest unit that holds it, hours=-5; "" for what needs several, or is none."""
    if type(value) is not datetime.timedelta or value.microseconds or not value:
        return ""
    seconds = 86400 * value.days + value.seconds
    name, size = next((name, size) for name, size in UNITS if seconds % size == 0)
    return f"timedelta({name}={seconds // size})"


class Phrase:
    """One expression in the making: the imports it needs gather here. `like` tells whether two values are the same."""

    def __init__(self, tree: str, like: Callable[[Any, Any], bool], said: Callable[..., str] | None = None) -> None:
        self.tree, self.like, self.said = tree, like, said  # the last: an object's own text
        self.imports: set[tuple[str, str]] = set()
        self.told: Callable[[str], str | None] = lambda _: None  # how a path is written by a variable

    def of(self, value: Any, depth: int = 0) -> str:
        """Return the expression; raises Unphrased."""
        if depth > DEPTH:
            raise Unphrased("too deep")
        if (type(value) is str or isinstance(value, pathlib.Path)) and (place := self.told(str(value))):
            return f"str({place})" if type(value) is str else place
        made = self._plain(value, depth)
        if made is None:
            made = self._named(value) if isinstance(value, FUNCTIONS) else self._object(value, depth)
        if len(made) > LONGEST:
            raise Unphrased("too long")
        return made

    def _plain(self, value: Any, depth: int) -> str | None:
        """Return the expression of a value of a built-in type, None for another."""
        kind = type(value)
        if value is None or value is ... or kind in (bool, range):
            return "..." if value is ... else repr(value)
        if kind in (int, float, complex):
            return self._number(value, kind)
        if kind in (str, bytes):
            return self._text(value)
        if kind in (list, tuple, set, frozenset):
            return self._items(value, kind, depth)
        if kind is dict:
            self._bounded(value)
            return "{" + self._pairs(value, depth) + "}"
        if kind is slice:
            return f"slice({', '.join(self.of(one, depth + 1) for one in (value.start, value.stop, value.step))})"
        if kind is bytearray:
            return f"bytearray({self._text(bytes(value))})"
        return None

    def _number(self, value: Any, kind: type) -> str:
        if kind is int and abs(value) > LARGEST:
            raise Unphrased("a large number")
        if kind is float and math.isinf(value):
            return f"float('{value}')"
        if kind is not int and not (math.isfinite(abs(value))):
            raise Unphrased("not a finite number")
        return repr(value)

    def _text(self, value: Any) -> str:
        text = value if isinstance(value, str) else value.decode("latin-1")
        if MONOTONE < len(text) < LONGEST and text.isprintable() and len(set(text)) == 1:
            return f"{value[:1]!r} * {len(text)}"
        if len(text) > TEXT or PLACES.search(text) or self.tree in text or "0x" in text:
            raise Unphrased("a text that is long or names a place")
        if isinstance(value, str) and not all(one.isprintable() or one in "\n\t\r" for one in text):
            raise Unphrased("a text that cannot be read")
        return repr(value)

    def _bounded(self, value: Any) -> None:
        if len(value) > ITEMS:
            raise Unphrased("too many items")

    def _items(self, value: Any, kind: type, depth: int) -> str:
        self._bounded(value)
        parts = [self.of(item, depth + 1) for item in value]
        if kind is list:
            return f"[{', '.join(parts)}]"
        if kind is tuple:
            return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"
        inner = "{" + ", ".join(sorted(parts, key=lambda part: (len(part), part))) + "}" if parts else ""
        return inner if kind is set and inner else f"{kind.__name__}({inner})"

    def _pairs(self, value: Any, depth: int) -> str:
        return ", ".join(f"{self.of(key, depth + 1)}: {self.of(item, depth + 1)}" for key, item in value.items())

    def _named(self, value: Any) -> str:
        """Return the name under which a function or class can be imported."""
        module, name = str(getattr(value, "__module__", "") or ""), str(getattr(value, "__qualname__", ""))
        if not name.isidentifier() or name.startswith("_"):
            raise Unphrased("no public name")
        if module == "builtins" and getattr(sys.modules["builtins"], name, None) is value:
            return name
        home = home_of(value, module, name)
        if home in ("_operator", "operator", "math", "_functools"):
            home = home.lstrip("_")
            self.imports.add((home, ""))
            return f"{home}.{name}"
        if not home:
            raise Unphrased("no public home")
        self.imports.add((home, name))
        return name

    # --- objects --------------------------------------------------------------------------------------------------

    def _object(self, value: Any, depth: int) -> str:
        try:
            ways = (self._standard, self._pathed, self._enumerated, self._held, self._constructed)
            return next(made for way in ways if (made := way(value, depth)) is not None)
        except Unphrased:
            if self.said is None or not (text := self.said(value, self)):
                raise
        return self._sure(value, text)

    def _standard(self, value: Any, depth: int) -> str | None:
        """Return the expression of an object of the standard library."""
        kind = type(value)
        if kind in DATES:
            return self._moment(value, depth)
        if kind in NAMED:
            self.imports.add((kind.__module__, kind.__name__))
            return repr(value)
        if kind is re.Pattern:
            self.imports.add(("re", ""))
            if value.flags & ~re.UNICODE:
                raise Unphrased("a pattern with flags")
            return f"re.compile({self._text(value.pattern)})"
        if kind in (io.StringIO, io.BytesIO):
            self.imports.add(("io", ""))
            return f"io.{kind.__name__}({self._text(value.getvalue())})"
        if isinstance(value, BaseException) and kind.__module__ == "builtins":
            return f"{kind.__name__}({', '.join(self.of(one, depth + 1) for one in value.args)})"
        steps = hasattr(kind, "__next__") and kind is not types.GeneratorType
        if steps and kind.__module__ in ("builtins", "itertools"):
            return f"iter({self.of(list(itertools.islice(value, ITEMS + 1)), depth + 1)})"  # some never end
        return None

    def _pathed(self, value: Any, _depth: int) -> str | None:
        if not isinstance(value, pathlib.PurePath):
            return None
        is_here = type(value) is type(pathlib.Path())  # every system has another
        return self._called(pathlib.Path if is_here else type(value), [self._text(str(value))])

    def _moment(self, value: Any, depth: int) -> str:
        """Return the expression of a date, a time or a span; what its zone is written as, nobody knows beforehand."""
        zone = getattr(value, "tzinfo", None)
        text = _in_units(value) or repr(value if zone is None else value.replace(tzinfo=None)).replace("datetime.", "")
        self.imports |= {("datetime", name) for name in re.findall(r"[a-z]+(?=\(|\.)", text)}
        return text if zone is None else f"{text[:-1]}, tzinfo={self.of(zone, depth + 1)})"

    def _enumerated(self, value: Any, _depth: int) -> str | None:
        return f"{self._named(type(value))}.{value.name}" if isinstance(value, enum.Enum) else None

    def _held(self, value: Any, depth: int) -> str | None:
        """Return the expression of a subclass of a built-in container or value that is made from one."""
        kind = type(value)
        if kind is collections.defaultdict:
            factory = self.of(value.default_factory, depth)
            return self._called(kind, [factory, *([self.of(dict(value), depth)] if value else [])])
        if isinstance(value, tuple) and hasattr(kind, "_fields"):
            return self._called(kind, [self.of(item, depth + 1) for item in value])
        for plain in (dict, list, set, frozenset, collections.deque, str, bytes, int, float):
            if issubclass(kind, plain):
                content: Any = list(value) if plain is collections.deque else plain(value)
                return self._sure(value, self._called(kind, [self.of(content, depth)] if content else []))
        return None

    def _called(self, kind: type, parts: Iterable[str]) -> str:
        return f"{self._named(kind)}({', '.join(parts)})"

    def _constructed(self, value: Any, depth: int) -> str | None:
        """Return a call of the object's class with what it remembers of its making."""
        kind = type(value)
        try:
            parameters = list(inspect.signature(kind).parameters.values())
        except (ValueError, TypeError):
            raise Unphrased(f"a {kind.__name__}") from None
        parts = []
        named = False
        for one in parameters:
            if one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD):
                named = True
                continue
            held = remembered(value, one.name)
            if held is MISSING and one.default is one.empty:
                raise Unphrased(f"a {kind.__name__} that does not remember its {one.name}")
            if held is MISSING or is_default(held, one.default):
                named = True
                continue
            text = self.of(held, depth + 1)
            parts.append(f"{one.name}={text}" if named or one.kind is one.KEYWORD_ONLY else text)
        return self._sure(value, self._called(kind, parts))

    def _sure(self, value: Any, text: str) -> str:
        """Return `text` when it makes the same as `value`."""
        if not self.like(value, eval(text, space_of(self.imports))):  # noqa: S307 - the sandbox is for that
            raise Unphrased(f"a {type(value).__name__} that is not what its arguments make")
        return text


MISSING = object()


def remembered(value: Any, name: str) -> Any:
    """Return what an object holds under the name of a parameter of its constructor."""
    try:
        known = vars(value)
    except TypeError:
        known = {}
    mangled = [f"_{kind.__name__.lstrip('_')}__{name}" for kind in type(value).__mro__]
    for place in (name, f"_{name}", *mangled):
        if place in known:
            return known[place]
    slots = {slot for kind in type(value).__mro__ for slot in getattr(kind, "__slots__", ())}
    if name in slots or dataclasses.is_dataclass(value) or isinstance(getattr(type(value), name, None), property):
        return getattr(value, name, MISSING)
    return MISSING


def is_default(held: Any, default: Any) -> bool:
    """Tell whether what is held is what one gets without asking."""
    return held is default or (
        type(held) is type(default) and type(held) in (int, str, bytes, bool) and held == default
    )


@functools.lru_cache(maxsize=None)  # noqa: UP033 - older interpreters run this file
def _imported(module: str) -> Any:
    return importlib.import_module(module)


def home_of(value: Any, module: str, name: str) -> str:
    """Return the public module, the most outward where its own is private, that has `value` under `name`; or ""."""
    parts = module.split(".")
    homes = [".".join(parts[:length]) for length in range(1, len(parts))] if "._" in f".{module}" else [module]
    for home in homes:
        if "._" in f".{home}" and home != "_operator":
            continue
        with contextlib.suppress(Exception):  # an import runs foreign code
            if getattr(_imported(home), name, None) is value:
                return home
    return module if module in ("_operator", "_functools") else ""


def space_of(imports: Iterable[Any]) -> dict[str, Any]:
    """Return a namespace with these imports, each (module, name) or (module, name, bound to)."""
    space: dict[str, Any] = {"__name__": "__case__"}
    for module, name, *bound in imports:
        loaded = importlib.import_module(module)
        if name:
            space[bound[0] if bound else name] = getattr(loaded, name)
        else:
            space[bound[0] if bound else module.split(".")[0]] = loaded if bound else sys.modules[module.split(".")[0]]
    return space
