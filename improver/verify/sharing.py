"""What the cases of a module share: objects that modules hold, which no case may change (sandbox, Python 3.9)."""

from __future__ import annotations

import copy
import types
from typing import Any, Callable  # noqa: UP035 - older interpreters run this file

FIXED = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type, str)  # nobody changes them by a call
CONTAINERS = (list, dict, set)


class Shared:
    """The objects that cases import, and the containers among them as they were before any case used them."""

    def __init__(self, space_of: Callable[[Any], dict[str, Any]], portrait: Any) -> None:
        self.space_of, self.portrait = space_of, portrait
        self.first: dict[int, tuple[Any, str, Any]] = {}  # by id: a container, what can be seen of it, and a copy

    def seen(self, case: dict[str, Any]) -> str:
        """Return what can be seen of the objects that a case imports, which other tests may use too; "" for none."""
        objects = self._objects(case)
        return str(self.portrait.Portrait().of(objects)) if objects else ""

    def mended(self, case: dict[str, Any]) -> bool:
        """Tell whether a container that a case imports is not as it was at first sight: it is again afterwards.

        An object of another kind may hold more after its first use, and say the same.
        """
        found = False
        for one in self._objects(case):
            if type(one) in CONTAINERS:
                found = self._is_mended(one) or found
        return found

    def _objects(self, case: dict[str, Any]) -> list[Any]:
        try:
            return [one for one in self.space_of(case["imports"]).values() if not isinstance(one, FIXED)]
        except BaseException:  # noqa: BLE001 - a foreign module may raise anything on import, and may want to leave
            return []

    def _is_mended(self, one: Any) -> bool:
        text = str(self.portrait.Portrait().of(one))
        if id(one) not in self.first:
            try:
                self.first[id(one)] = (one, text, copy.deepcopy(one))
            except BaseException:  # noqa: BLE001 - what is in it may not let itself be copied
                return False
        _, before, kept = self.first[id(one)]
        if text == before:
            return False
        _refill(one, copy.deepcopy(kept))
        return True


def _refill(one: Any, items: Any) -> None:
    """Put these items into a container in place of its own."""
    one.clear()
    if type(one) is list:
        one.extend(items)
    else:
        one.update(items)
