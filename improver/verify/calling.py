"""Turn recorded calls of a function into source that makes them: inside the sandbox (Python 3.9).

A method is called on an object that is made anew from what it holds; an operator's method by its operator.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import functools
import inspect
import keyword
import re
from typing import Any, Callable  # noqa: UP035 - older interpreters run this file

BINARY = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**", "and": "&"}
BINARY |= {"or": "|", "xor": "^", "lshift": "<<", "rshift": ">>", "matmul": "@", "eq": "==", "ne": "!=", "lt": "<"}
BINARY |= {"le": "<=", "gt": ">", "ge": ">="}
UNARY = {"len": "len", "iter": "list", "bool": "bool", "int": "int", "float": "float", "abs": "abs", "reversed": "list"}
STATEMENTS = {"setitem": "{0}[{1}] = {2}", "delitem": "del {0}[{1}]", "iadd": "{0} += {1}", "ior": "{0} |= {1}"}
ITEMS = {"getitem": "{0}[{1}]", "contains": "{1} in {0}", "neg": "-{0}", "invert": "~{0}", "missing": "{0}[{1}]"}
ASYNCHRONOUS = frozenset({"await", "aiter", "aenter", "aexit"})  # made by whoever uses the object in an event loop
WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Unreached(Exception):
    """A function that no public name leads to."""


class Target:
    """One function of the product: how a test reaches it."""

    def __init__(self, module: Any, qualname: str, phrase: Callable[[], Any]) -> None:
        self.phrase, self.module = phrase, module
        self.parts = qualname.split(".")
        self.name = self.parts[-1]
        self.owner: Any = None
        found: Any = module
        for part in self.parts:
            self.owner, found = found, inspect.getattr_static(found, part, None)
        self.raw = found
        self.is_method = len(self.parts) > 1
        self.kind = self._kind()

    def _kind(self) -> str:
        """Return what a call of it looks like."""
        if not self.is_method:
            return "function"
        if isinstance(self.raw, (staticmethod, classmethod)):
            return "static" if isinstance(self.raw, staticmethod) else "class"
        if isinstance(self.raw, (property, functools.cached_property)):
            return "property"
        if self.name in ("__init__", "__new__"):
            return "making"
        return "operator" if self.name.startswith("__") else "method"

    @property
    def text(self) -> str:
        """Return the function's source, "" where nobody has it."""
        inner = getattr(self.raw, "__func__", None) or getattr(self.raw, "fget", None) or self.raw
        try:
            return inspect.getsource(inner)
        except (OSError, TypeError):  # a decorator made something else of it
            return self._defined()

    def _defined(self) -> str:
        """Return the function's source as it stands in its module's, "" where it does not."""
        with contextlib.suppress(OSError, TypeError):
            body: list[ast.stmt] = ast.parse(inspect.getsource(self.module)).body
            for part in self.parts:
                found = [one for one in body if getattr(one, "name", "") == part]
                body = getattr(found[-1], "body", []) if found else []
            return "\n".join(map(ast.unparse, body))
        return ""

    @property
    def is_private(self) -> bool:
        """Tell whether its name says that nobody outside should use it; an object may come from elsewhere."""
        parts = self.parts[-1:] if self.kind in ("method", "property", "operator") else self.parts
        return any(part.startswith("_") and not part.endswith("__") for part in parts)

    @property
    def parameters(self) -> list[inspect.Parameter]:
        """Return the parameters of the function itself, self and cls included."""
        inner = (
            getattr(self.raw, "__func__", None) or getattr(self.raw, "fget", None) or getattr(self.raw, "func", None)
        )
        try:
            return list(inspect.signature(inner or self.raw).parameters.values())
        except (TypeError, ValueError):  # nothing stands under this name any more, or nobody says what it takes
            return []

    def case(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Return the case that makes this call; raises Unphrased or Unreached."""
        if self.is_private or self.raw is None:
            raise Unreached("private")
        phrase = self.phrase()
        setup, call = self._written(phrase, args, kwargs)
        return {"imports": sorted(phrase.imports), "prelude": [], "setup": setup, "call": call}

    def spelled(self, call: str) -> str:
        """Return a call of it as it looks however its name is reached: two that differ in nothing else are the same."""
        tree = ast.parse(call, mode="eval").body
        if self.kind == "function" and isinstance(tree, ast.Call):
            plain = isinstance(tree.func, ast.Name) or isinstance(getattr(tree.func, "value", None), ast.Name)
            if plain and getattr(tree.func, "attr", getattr(tree.func, "id", "")) == self.name:
                tree.func = ast.Name(self.name, ast.Load())
        return ast.unparse(tree)

    def _written(self, phrase: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[list[str], str]:
        if self.kind == "function":
            return [], f"{phrase.of(self.raw)}({self.words(phrase, args, kwargs)})"
        if self.kind == "static":
            return [], f"{phrase.of(self.owner)}.{self.name}({self.words(phrase, args, kwargs)})"
        if self.kind == "class":
            return [], f"{phrase.of(args[0])}.{self.name}({self.words(phrase, args, kwargs, 1)})"
        if self.kind == "making":
            return [], f"{phrase.of(self.owner)}({self.words(phrase, args, kwargs, 1)})"
        receiver = phrase.of(args[0])
        if self.kind == "property":
            return [], f"{receiver}.{self.name}"
        if self.kind == "method":
            return [], f"{receiver}.{self.name}({self.words(phrase, args, kwargs, 1)})"
        return self._operated(phrase, receiver, args)

    def _operated(self, phrase: Any, receiver: str, args: tuple[Any, ...]) -> tuple[list[str], str]:
        plain = self.name.strip("_")
        if plain in ASYNCHRONOUS:
            return [], receiver
        others = [phrase.of(one) for one in args[1:]]
        if plain == "call":
            return [], f"{receiver}({', '.join(others)})"
        if plain in BINARY and len(others) == 1:
            return [], f"{receiver} {BINARY[plain]} {others[0]}"
        if plain.startswith("r") and plain[1:] in BINARY and len(others) == 1:
            return [], f"{others[0]} {BINARY[plain[1:]]} {receiver}"
        if plain in UNARY:
            return [], f"{UNARY[plain]}({'reversed(' * (plain == 'reversed')}{receiver}{')' * (plain == 'reversed')})"
        if plain in ITEMS:
            return [], ITEMS[plain].format(receiver, *others)
        if plain in STATEMENTS:
            name = variable(self.parts[-2])
            return [f"{name} = {receiver}", STATEMENTS[plain].format(name, *others)], name
        raise Unreached(f"called as {self.name}")

    def words(self, phrase: Any, args: tuple[Any, ...], kwargs: dict[str, Any], skip: int = 0) -> str:
        """Return the arguments as they would be written: what only repeats a default is left out."""
        parts, by_name, given = list[str](), False, list(args)
        known = self.parameters
        more = len(given) > sum(one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD) for one in known)
        for one in known:
            if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD) and given:
                value = given.pop(0)
                if skip:
                    skip -= 1
                    continue
                if not more and one.kind is one.POSITIONAL_OR_KEYWORD and same(value, one.default):
                    by_name = True
                    continue
                text = phrase.of(value)
                parts.append(f"{one.name}={text}" if by_name else text)
        parts += [phrase.of(value) for value in given]
        defaults = {one.name: one.default for one in known}
        parts += [
            f"{name}={phrase.of(value)}" for name, value in kwargs.items() if not same(value, defaults.get(name, given))
        ]
        return ", ".join(parts)

    @property
    def defaults(self) -> list[tuple[str, Any]]:
        """Return the parameters that may be given by keyword, with their plain defaults.

        Of one that is annotated, None does not say what else may be given.
        """
        plain = (bool, int, str, bytes, float, type(None))
        found = [one for one in self.parameters if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)]
        told = [one for one in found if one.default is not None or one.annotation is one.empty]
        return [(one.name, one.default) for one in told if type(one.default) in plain]

    def free(self, call: str) -> list[tuple[str, Any]]:
        """Return those of the defaults that a call of it does not give by place."""
        tree = ast.parse(call, mode="eval").body
        if not isinstance(tree, ast.Call):
            return self.defaults
        own = self.parameters[1 if self.kind in ("method", "class", "making") else 0 :]
        placed = {one.name for one in own[: len(tree.args)] if one.kind is one.POSITIONAL_OR_KEYWORD}
        return [(name, default) for name, default in self.defaults if name not in placed]


def same(value: Any, default: Any) -> bool:
    """Tell whether an argument only says what is the default."""
    if value is default:
        return True
    return type(value) is type(default) and type(value) in (int, str, bytes, float, tuple) and value == default


def variable(name: str) -> str:
    """Return a name for an object of the class `name`: its last word, or the first, where Python has none such."""
    words = WORDS.sub("_", name.strip("_")).lower().split("_")
    taken = (*dir(builtins), *keyword.kwlist, name)
    return next((one for one in (words[-1], words[0]) if one.isidentifier() and one not in taken), "made")
