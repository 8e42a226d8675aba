"""Find out how what a call gives is come by: awaited, iterated over, entered; inside the sandbox (Python 3.9)."""

from __future__ import annotations

import contextlib
import inspect
import re
from typing import Any, Callable  # noqa: UP035 - older interpreters run this file

NO_LOOP = re.compile(r"no (?:running|current) event loop")


class Ways:
    """Makes a call once and looks at its value; `checking` is the guest of that name."""

    def __init__(self, checking: Any, space_of: Callable[[Any], dict[str, Any]]) -> None:
        self.checking, self.space_of = checking, space_of

    def of(self, case: dict[str, Any], patience: float) -> list[str]:
        """Return the ways to a compiled case's value; none where it stands there with the call.

        What is iterated over comes before what is awaited: if it never ends, nothing else need be tried.
        """
        try:
            with self.checking.within(patience):
                found: list[str] = self.checking.came_of(self._found(case), case["way"], patience)[0]
                return found
        except RuntimeError as error:
            needs = not case["way"] and NO_LOOP.search(str(error))
            return self.of({**case, "way": self.checking.LOOP}, patience) if needs else []
        except BaseException:  # noqa: BLE001 - foreign code may raise anything
            return []

    async def _found(self, case: dict[str, Any]) -> list[str]:
        space = self.space_of(case["imports"])
        await self.checking.valued(case["lines"], space)
        found = self._to(await self.checking.valued(case["code"], space))
        return found or [case["way"]] * bool(case["way"])

    def _to(self, value: Any) -> list[str]:
        kind = type(value)
        if inspect.iscoroutine(value):
            value.close()
            return [self.checking.COROUTINE]
        if is_context(kind):  # what is only awaited, or not even that, nobody would leave
            return [self.checking.CONTEXT]
        found = [self.checking.AWAITABLE] if inspect.isawaitable(value) else []
        return [self._iterated(value, kind), *found] if hasattr(kind, "__aiter__") else found

    def _iterated(self, value: Any, kind: Any) -> str:
        """Return how an object is iterated over: by a method of its own where its iterator asks to be entered."""
        iterable: str = self.checking.ITERABLE
        with contextlib.suppress(Exception):  # foreign code
            wanted = kind.__aiter__.__annotations__.get("return")
            if wanted is not None and is_context(type(value.__aiter__())):
                names = (name for name in dir(kind) if not name.startswith("_") and gives(getattr(kind, name), wanted))
                return next((f"{self.checking.CONTEXT}.{name}" for name in names), iterable)
        return iterable


def is_context(kind: type) -> bool:
    """Tell whether objects of this type can be entered and left in an event loop."""
    return all(callable(getattr(kind, name, None)) for name in ("__aenter__", "__aexit__"))


def gives(method: Any, wanted: object) -> bool:
    """Tell whether a method needs nothing but its object and is said to give what is wanted."""
    if not inspect.isfunction(method) or method.__annotations__.get("return") != wanted:
        return False
    return len(inspect.signature(method).parameters) == 1
