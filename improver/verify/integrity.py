"""The fourth part of the runner: what may not change while tests run, so that it can be looked at again."""

from __future__ import annotations

import hashlib
import operator
import sys
import types
from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

NEAR = (
    "builtins",
    "pytest",
    "unittest.case",
    "_pytest.approx",
    "_pytest.python",
    "_pytest.python_api",
    "_pytest.raises",
    "_pytest.runner",
)
LEANT_ON = ("builtins", "json", "math", "operator", "os", "pytest", "re", "time")  # by tests and by us
FAR = ("_pytest.", "pluggy.", "unittest.")
BY_NAME = ("builtins", "pytest")  # modules of which every name counts
PLAIN = (types.FunctionType, types.BuiltinFunctionType)
WRAPPERS = (classmethod, staticmethod, property)
HAVE_CODE = (*PLAIN, *WRAPPERS)
CODE, VALUES = operator.attrgetter("__code__"), operator.methodcaller("values")


def functions(places: Iterable[str]) -> dict[str, object]:
    """Return the code of all functions of the loaded modules `places`, and all that is built in, by dotted name."""
    found: dict[str, object] = {}
    for place in places:
        module = sys.modules.get(place)
        for name, value in list(vars(module).items()) if module is not None else ():
            whole = place in BY_NAME and callable(value) and name != "_"
            if (code := value if whole else code_of(value)) is not None:
                found[f"{place}.{name}"] = code
            if isinstance(value, type) and value.__module__ == place:
                parts = [(key, code_of(part)) for key, part in list(vars(value).items())]
                found.update({f"{place}.{name}.{key}": code for key, code in parts if code is not None})
    return found


class Standing:
    """The functions of some loaded modules, listed anew only when a module, a name, a value or a code is another."""

    def __init__(self, places: tuple[str, ...]) -> None:
        self.places = places
        self.modules: tuple[object, ...] = ()
        self.spaces: list[Mapping[str, object]] = []
        self.plain: list[types.FunctionType] = []
        self.wrapped: list[object] = []
        self.facts: list[tuple[object, ...]] = []
        self.found: dict[str, object] = {}

    def now(self) -> dict[str, object]:
        """Return what `functions` says, the very object that it was before where nothing is another.

        Objects are compared by identity: nothing foreign is asked whether it is equal.
        """
        same = self.facts and same_objects(self._modules(), self.modules)
        if not same or not all(map(same_objects, self._facts(), self.facts)):
            self._look()
            self.found = functions(self.places)
        return self.found

    def _modules(self) -> tuple[object, ...]:
        return tuple(map(sys.modules.get, self.places))

    def _facts(self) -> list[tuple[object, ...]]:
        """Return how large all name spaces are, their names, their values, and the codes of what has one."""
        names, values = chain.from_iterable(self.spaces), chain.from_iterable(map(VALUES, self.spaces))
        codes = chain(map(CODE, self.plain), map(code_of, self.wrapped))
        return [tuple(map(len, self.spaces)), tuple(names), tuple(values), tuple(codes)]

    def _look(self) -> None:
        """Note the name spaces of the modules and of their own classes, and whatever can be given another code."""
        self.modules, self.spaces = self._modules(), []
        for place, module in zip(self.places, self.modules):  # noqa: B905 - older interpreters run this file
            own = vars(module) if module is not None else {}
            classes = [value for value in tuple(own.values()) if isinstance(value, type)]
            self.spaces += [own, *(vars(one) for one in classes if one.__module__ == place)]
        values = tuple(chain.from_iterable(map(VALUES, self.spaces)))
        self.plain = [value for value in values if isinstance(value, types.FunctionType)]
        self.wrapped = [value for value in values if isinstance(value, WRAPPERS)]
        self.facts = self._facts()


def same_objects(these: tuple[object, ...], those: tuple[object, ...]) -> bool:
    """Tell whether both hold the same objects in the same order."""
    return len(these) == len(those) and all(map(operator.is_, these, those))


def everywhere() -> tuple[str, ...]:
    """Return the names of all loaded modules that tests are run with and lean on."""
    return (*LEANT_ON, *(place for place in list(sys.modules) if place.startswith(FAR)))


def code_of(value: object) -> object:
    """Return the code object behind a function, a method or a property, a built-in function itself, else None."""
    if not isinstance(value, HAVE_CODE):
        return None  # what most values are
    if isinstance(value, (classmethod, staticmethod)):
        value = value.__func__
    if isinstance(value, property):
        value = value.fget
    if isinstance(value, types.BuiltinFunctionType):
        return value
    return value.__code__ if isinstance(value, types.FunctionType) else None


def plugins_of(config: Any) -> set[str]:
    """Return the names of the registered plugins' modules or classes."""
    plugins = config.pluginmanager.get_plugins()
    return {
        getattr(plugin, "__name__", "") or f"{type(plugin).__module__}.{type(plugin).__qualname__}"
        for plugin in plugins
    }


def hooks_of(config: Any) -> dict[str, object]:
    """Return who implements each hook, by name, and what pytest's own objects carry that can be called."""
    found: dict[str, object] = {}
    for name, caller in list(vars(config.hook).items()):
        for one in caller.get_hookimpls() if hasattr(caller, "get_hookimpls") else ():
            found[f"{name} of {one.plugin_name}"] = (id(one), code_of(one.function) or code_of(_method(one.function)))
    for thing in (config, config.pluginmanager, config.hook):
        for name, value in list(vars(thing).items()):
            if isinstance(value, (*PLAIN, types.MethodType)):
                found[f"{type(thing).__name__}.{name}"] = code_of(value) or code_of(_method(value))
    return found


def _method(value: object) -> object:
    return getattr(value, "__func__", None)


# --- the tests' own code ------------------------------------------------------------------------------------------


def code_of_test(item: Any) -> str:
    """Return a digest of the code that a test stands for, as far as it lies in the test's own file.

    A decorator of the product may stand before it: its code is the candidate's to change.
    """
    name = getattr(item, "originalname", None) or item.name
    function = vars(item).get("_obj") or getattr(getattr(item.parent, "obj", None), name, None)
    function = _method(function) or function
    for _ in range(20):
        code = code_of(function)
        if isinstance(code, types.CodeType) and code.co_filename == str(getattr(item, "path", "")):
            return hashlib.sha256(repr(list(_facts(code))).encode()).hexdigest()[:16]
        function = getattr(function, "__wrapped__", None)
    return "elsewhere"


def _facts(code: types.CodeType) -> Iterator[object]:
    """Yield what makes a code object, the same in every process."""
    yield code.co_code
    yield code.co_names
    yield code.co_varnames
    yield code.co_freevars
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield list(_facts(constant))
        else:
            yield sorted(map(repr, constant)) if isinstance(constant, frozenset) else repr(constant)


def altered(item: Any) -> list[str]:
    """Return the names of functions that a test object carries itself, instead of its class."""
    own = ("runtest", "setup", "teardown", "ihook", "session", "config")
    return [name for name, value in vars(item).items() if name in own and isinstance(value, (*PLAIN, types.MethodType))]
