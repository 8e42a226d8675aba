"""A function that a call gives: what to call it with, and what it says of itself: inside the sandbox (Python 3.9)."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any, Iterator  # noqa: UP035 - older interpreters run this file

DECORATED = frozenset(
    {"f", "fn", "fun", "func", "function", "method", "callable", "wrapped", "wrapper", "user_function"}
)
PLACED = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
ONE, NUMBERS, WORDS = ["1", "'a'", "[1, 2]"], ("1", "2", "3"), ("'a'", "'b'", "'c'")
WRITTEN, CASE = "<case>", "__case__"  # where the functions stand that a case defines, and their module


def asked(value: Any) -> list[str]:
    """Return texts of arguments to call a value with, none for what cannot be called, or is more than that."""
    is_object = callable(value) and type(value).__module__ != "builtins" and not inspect.isclass(value)
    if not inspect.isfunction(value) and not is_object:
        return []
    try:
        known = [one for one in inspect.signature(value).parameters.values() if one.name != "self"]
    except Exception:  # noqa: BLE001 - an object may say what it takes in code of its own
        return ONE
    placed = [one for one in known if one.kind in PLACED]
    needed = [one for one in placed if one.default is one.empty]
    if (needed or placed) and placed[0].name.strip("_") in DECORATED:
        return ["len"]
    named = [one.name for one in known if one.kind is one.KEYWORD_ONLY and one.default is one.empty]
    if not known or named or len(needed) > 1:
        rows = ([*way[: len(needed)], *(f"{one}=4" for one in named)] for way in (NUMBERS, WORDS))
        return [*dict.fromkeys(map(", ".join, rows))] if len(needed) <= len(NUMBERS) else []
    return ONE if needed or not placed else ["", *ONE]


def said(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield what a function says of itself that its code does not say: names, a docstring, a signature."""
    if not inspect.isfunction(value):
        return
    code = value.__code__
    if value.__name__ != code.co_name:
        yield f"{name}.__name__", value.__name__
    if value.__doc__ and value.__doc__ not in code.co_consts:
        yield f"{name}.__doc__", value.__doc__
    if value.__module__ not in (None, CASE, "builtins", value.__globals__.get("__name__", "builtins")):
        yield f"{name}.__module__", value.__module__
    is_made = code.co_filename != WRITTEN and not Path(code.co_filename).exists()
    if is_made or hasattr(value, "__wrapped__") or hasattr(value, "__signature__"):
        yield f"str(inspect.signature({name}))", str(inspect.signature(value))
