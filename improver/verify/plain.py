"""The plain value that an object is equal to, and the parts of a long one: inside the sandbox (Python 3.9)."""

from __future__ import annotations

import collections.abc
import contextlib
import datetime
import enum
import itertools
import math
import operator
from typing import Any, Iterator  # noqa: UP035 - older interpreters run this file

SCALARS = (str, bytes, int, float, datetime.datetime, datetime.date, datetime.time, datetime.timedelta)
DEEP, DEEPEST, ITEMS = 4, 8, 12  # containers within each other that are made, and seen; items of one
KEYS = (str, int)
EXACT = 64  # parts of one that need no tolerance


def is_fixed(value: Any) -> bool:
    """Tell whether nothing can change a value: that a call leaves it as it is says nothing."""
    return type(value) in SCALARS or isinstance(value, enum.Enum)


def plain_of(value: Any) -> Any:
    """Return what is built in and equal to an object, or to a container with objects in it; None for anything else."""
    with contextlib.suppress(Exception):  # an object's own code may do anything
        made = _plain(value, 0)
        if made is not value and value == made:  # on either side its own == is asked
            return made
    return None


def _plain(value: Any, depth: int) -> Any:
    """Return what stands for a value, itself where nothing plainer does."""
    kind = type(value)
    if kind in SCALARS or isinstance(value, (bool, enum.Enum)) or depth > DEEP:
        return value
    for scalar in SCALARS:
        if isinstance(value, scalar):
            return _scalar(value, scalar)
    if isinstance(value, collections.abc.Mapping) and len(value) <= ITEMS:
        items = {_plain(key, depth + 1): _plain(value[key], depth + 1) for key in value}
        return value if kind is dict and _same([*items, *items.values()], [*value, *value.values()]) else items
    if isinstance(value, (list, tuple)) and not hasattr(kind, "_fields") and len(value) <= ITEMS:
        parts = [_plain(one, depth + 1) for one in value]
        made = parts if isinstance(value, list) else tuple(parts)
        return value if type(made) is kind and _same(parts, value) else made
    return value


def _same(ones: Any, others: Any) -> bool:
    """Tell whether these are the very same objects."""
    return len(ones) == len(others) and all(map(operator.is_, ones, others))


def _scalar(value: Any, kind: Any) -> Any:
    """Return the value of the built-in type `kind` in an object of a subclass, without asking the subclass."""
    if kind is datetime.datetime:
        day = datetime.date(value.year, value.month, value.day)
        return datetime.datetime.combine(day, datetime.datetime.timetz(value))
    if kind is datetime.date:
        return kind(value.year, value.month, value.day)
    if kind is datetime.time:
        return kind(value.hour, value.minute, value.second, value.microsecond, value.tzinfo, fold=value.fold)
    return kind.__getitem__(value, slice(None)) if kind in (str, bytes) else kind.__pos__(value)


def parts_of(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield the items of a built-in mapping by key, or how many a list has with its first and its last."""
    if type(value) is dict:
        public = (key for key in value if type(key) in KEYS and not str(key).startswith("_"))
        yield from ((f"{name}[{key!r}]", value[key]) for key in public)
    elif type(value) in (list, tuple) and value:
        yield f"len({name})", len(value)
        yield f"{name}[0]", value[0]
        if len(value) > 1:
            yield f"{name}[-1]", value[-1]


def floats(value: Any) -> bool | None:
    """Tell whether a value must be compared approximately; None when it would have to be, and cannot be."""
    if isinstance(value, float):
        return not _is_exact(value)
    if isinstance(value, (list, tuple)) and any(isinstance(item, float) and not _is_exact(item) for item in value):
        return True if all(type(item) in (int, float) for item in value) else None
    inner = value.items() if isinstance(value, dict) else value if isinstance(value, (list, tuple, set)) else ()
    return None if any(_holds_float(item) for item in inner) else False


def _is_exact(value: float) -> bool:
    """Tell whether any way to reckon a number comes to just that: a short fraction of two, 3.0, 0.75, or no end."""
    return math.isinf(value) or (math.isfinite(value) and (value * EXACT).is_integer())


def _holds_float(value: Any, depth: int = 0) -> bool:
    if isinstance(value, (float, complex)) or depth > DEEPEST:  # it may hold itself
        return not (isinstance(value, float) and _is_exact(value))
    inner = value.items() if isinstance(value, dict) else value
    return isinstance(value, (dict, list, tuple, set, frozenset)) and any(_holds_float(one, depth + 1) for one in inner)


def content_of(value: Any, name: str) -> list[tuple[str, Any]]:
    """Return the items of an object, as a mapping and as it lists them, or else gives them by number and how many.

    Of one that has none, whether it counts as true where it says so itself.
    """
    kind = type(value)
    views: list[tuple[str, Any]] = []
    try:
        if hasattr(kind, "keys") and hasattr(kind, "__getitem__"):
            views.append((f"dict({name})", dict(value)))
        if hasattr(kind, "__iter__") and hasattr(kind, "__len__") and not hasattr(kind, "__next__"):
            views.append((f"list({name})", list(value)))
        elif hasattr(kind, "__len__"):
            items = _numbered(value) if hasattr(kind, "__getitem__") and not views else []
            views += [(f"list({name})", items)] if items and len(items) == len(value) else []
            views.append((f"len({name})", len(value)))
        elif hasattr(kind, "__bool__") and not views:
            views.append((f"bool({name})", bool(value)))
    except Exception:  # noqa: BLE001 - foreign code
        return []
    return views


def _numbered(value: Any) -> list[Any]:
    """Return the first items of an object that gives them by number; none where it goes by something else."""
    with contextlib.suppress(Exception):  # foreign code
        return [*itertools.islice(value, ITEMS)]
    return []
