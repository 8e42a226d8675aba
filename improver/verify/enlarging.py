"""Make the arguments of a call larger, of elements that count how often they are compared: runs inside the sandbox.

Standard library only, Python 3.9 or later. A larger list either repeats its elements or goes on with others of their
kind. Costs that stand in C, such as looking for something in a list, show in the comparisons of counting elements.
"""

from __future__ import annotations

import copy
from typing import Any, Callable, Iterator  # noqa: UP035 - older interpreters run this file

SIZED = (list, tuple, set, frozenset, dict, str, bytes, range)
COUNTS = frozenset(
    ("n", "k", "count", "size", "length", "width", "height", "depth", "times", "number", "total", "limit")
)
COMPARISONS = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__")
ALL = "*"  # in the place of one argument: every sized one at once
COMPARED = [0]  # how often counting elements were compared or hashed


def counting(kind: type) -> type:
    """Return a subclass of `kind` whose values count what they are compared and hashed for."""

    def noted(method: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*values: Any) -> Any:
            COMPARED[0] += 1
            return method(*values)

        return counted

    return type(kind.__name__, (kind,), {name: noted(getattr(kind, name)) for name in COMPARISONS})


COUNTED = {kind: counting(kind) for kind in (str, int, float, bytes)}


# --- elements -----------------------------------------------------------------------------------------------------


def other(item: Any, lap: int, span: float) -> Any:
    """Return another element of the kind of `item`, the same one in lap 0."""
    kind = type(item)
    if lap == 0:
        return copy.copy(item) if kind in (list, dict, set) else item
    if kind in (int, float):
        return item + kind(lap * span)
    if kind is str:
        return f"{item}{lap}"
    if kind is bytes:
        return item + str(lap).encode()
    if kind is tuple:
        return tuple(other(part, lap, span) for part in item)
    return copy.copy(item) if kind in (list, dict, set) else item


def counted(item: Any) -> Any:
    """Return `item`, or the like that counts its comparisons."""
    kind = type(item)
    if kind is tuple:
        return tuple(map(counted, item))
    return COUNTED[kind](item) if kind in COUNTED else item


def elements(items: list[Any], size: int, style: str) -> Iterator[Any]:
    """Yield `size` elements like `items`: the same ones again and again, or others each time around."""
    numbers = [item for item in items if type(item) in (int, float)]
    span = max(numbers) - min(numbers) + 1 if numbers else 1
    for place in range(size):
        lap = place // len(items) if style.startswith("distinct") else 0
        made = other(items[place % len(items)], lap, span)
        yield counted(made) if style.endswith("counted") else made


# --- arguments ----------------------------------------------------------------------------------------------------


def larger(value: Any, size: int, style: str) -> Any:
    """Return a value of the same type with `size` elements, or the number `size`."""
    kind = type(value)
    if kind is int:
        return size
    if kind is range:
        return range(value.start, value.start + size * value.step, value.step)
    if kind in (str, bytes):
        return (value * (size // len(value) + 1))[:size]
    if kind is dict:
        values = elements(list(value.values()), size, style)
        return {key: next(values) for key in elements(list(value), size, style)}
    return kind(elements(list(value), size, style))


def can_grow(name: str, value: Any) -> bool:
    """Tell whether an argument has a size that can be another one; an integer only if its name says so."""
    if type(value) is int:
        return name in COUNTS and value > 0
    return type(value) in SIZED and len(value) > 0


def places(names: list[str], args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
    """Return the arguments that can be made larger: positions, keywords, and all at once if there are several."""
    called = [*names[: len(args)], *[""] * (len(args) - len(names))]
    found: list[Any] = [at for at, value in enumerate(args) if can_grow(called[at], value)]
    found += [name for name, value in kwargs.items() if can_grow(name, value)]
    values = [args[at] if isinstance(at, int) else kwargs[at] for at in found]
    several = sum(type(value) is not int for value in values) > 1
    return [*found, *([ALL] if several else [])]


def styles(value: Any) -> tuple[str, ...]:
    """Return the ways in which `value` may be made larger, those that count comparisons first."""
    if type(value) in (int, range, str, bytes):
        return ("plain",)
    if type(value) in (set, frozenset, dict):
        return ("distinct counted", "distinct")
    return ("distinct counted", "distinct", "repeated counted", "repeated")


def grown(call: Any, place: Any, size: int, style: str) -> Any:
    """Return (args, kwargs) of `call` with the argument at `place` made larger."""
    args, kwargs = list(call[0]), dict(call[1])
    for at, value in enumerate(args):
        if place == at or (place == ALL and type(value) in SIZED and len(value)):
            args[at] = larger(value, size, style)
    for name, value in kwargs.items():
        if place == name or (place == ALL and type(value) in SIZED and len(value)):
            kwargs[name] = larger(value, size, style)
    return tuple(args), kwargs
