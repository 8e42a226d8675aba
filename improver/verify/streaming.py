"""What can be demanded of iterators that never end, are in something or are not used up: inside the sandbox (3.9)."""

from __future__ import annotations

import ast
import contextlib
import itertools
from typing import Any, Callable  # noqa: UP035 - older interpreters run this file

FIRST, PARTS = 5, 4  # items looked at of an iterator that never ends, and of a tuple with iterators in it
RESULT, TOOLS = "result", "itertools"
EACH, PAIRS = "[list(item) for item in {0}]", "[(key, list(items)) for key, items in {0}]"
Checks = list[tuple[str, str, str]]


class Streams:
    """Looks at the iterators of a case that ran once, with what a `watcher` knows of values."""

    def __init__(self, watcher: Any, made: dict[str, Any]) -> None:
        self.watcher, self.made = watcher, made
        self.is_stream: Callable[[Any], bool] = watcher.checking.is_stream

    def seen_of(self, value: Any, *, drained: bool) -> tuple[Any, str]:
        """Return what is looked at of a value, the first items of what was drained and has very many, and by what."""
        if not drained or self.made["way"] == self.watcher.checking.ITERABLE:
            return value, RESULT
        if len(value) <= self.watcher.checking.MOST:
            return value, f"list({RESULT})"
        self.watcher.imports.add((TOOLS, ""))
        return value[:FIRST], f"list({TOOLS}.islice({RESULT}, {FIRST}))"

    async def more(self, told: dict[str, Any], value: Any, space: dict[str, Any]) -> dict[str, Any]:
        """Return what was told with what can be demanded of iterators in the value, and of those that the call read."""
        if self.made["way"]:
            return told
        inner = subjects(value, RESULT, self.is_stream)
        checks = [*(await self._within(inner) if inner else told["checks"]), *self._left(space)]
        return {**told, "checks": checks, "imports": sorted(self.watcher.imports)}

    async def _within(self, found: list[str]) -> Checks:
        """Return what can be demanded of parts of another such value: to look at one uses them up."""
        watcher, made = self.watcher, self.made
        space = watcher.space_of(made["imports"])
        await watcher.checking.valued(made["lines"], space)
        space[RESULT] = await watcher.checking.valued(made["code"], space)
        checks: Checks = watcher.seen(found, space)
        return checks

    def _left(self, space: dict[str, Any]) -> Checks:
        """Return what can be demanded of the built-in iterators of the setup: what the call did not take."""
        nodes = (one for line in self.made["setup"] for one in ast.walk(ast.parse(line)))
        names = sorted({one.id for one in nodes if isinstance(one, ast.Name)} & space.keys())
        left: Checks = []
        most = self.watcher.checking.MOST
        for name in names:
            one = space[name]
            if type(one).__module__ == "builtins" and self.is_stream(one):
                with contextlib.suppress(Exception):  # what yields its items is foreign code
                    items = list(itertools.islice(one, most + 1))
                    check = self.watcher.check(items, f"list({name})") if len(items) <= most else None
                    left += [check] if check else []
        return left


def subjects(value: Any, name: str, is_stream: Callable[[Any], bool]) -> list[str]:
    """Return expressions of what the iterators in `value` yield, in the order in which they are read; else nothing.

    `value` is a tuple, a list, or what an iterator yielded.
    """
    if type(value) not in (list, tuple) or not value:
        return []
    if all(map(is_stream, value)):
        return [EACH.format(name)]
    if all(type(one) is tuple and len(one) == 2 and is_stream(one[1]) and not is_stream(one[0]) for one in value):
        return [PAIRS.format(name)]
    if type(value) is tuple and any(map(is_stream, value)):
        parts = [(f"{name}[{at}]", one) for at, one in enumerate(value[:PARTS])]
        return [f"list({place})" if is_stream(one) else place for place, one in parts]
    return []
