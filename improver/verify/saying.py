"""The name that a module holds an object by, or the call that its own text is, where that makes it again.

Both are found inside the sandbox (Python 3.9).
"""

from __future__ import annotations

import ast
import builtins
import sys
from typing import Any

LONGEST = 160  # characters of such a text
OF_ERRORS: Any = BaseException.__repr__  # it says nothing of how one is made


def written(value: Any, phrase: Any) -> str:
    """Return the public name of an object that a module holds, else the call that its text is; "" for neither."""
    return held(value, phrase) or said(value, phrase)


def held(value: Any, phrase: Any) -> str:
    """Return the public name under which the module of an object's class, or one around it, holds its like; or ""."""
    kind, found = type(value), sys.modules.get(type(value).__module__)
    if not (getattr(found, "__file__", None) or "").startswith(f"{phrase.tree}/"):
        return ""
    parts = kind.__module__.split(".")
    homes = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    for home in (one for one in homes if one in sys.modules and "._" not in f".{one}"):
        for name, one in [*vars(sys.modules[home]).items()]:
            if type(one) is kind and not name.startswith("_") and phrase.like(value, one):
                phrase.imports.add((home, name))
                return name
    return ""


def said(value: Any, phrase: Any) -> str:
    """Return the call, its public names and literals as `phrase` writes them; "" where the text is no such call.

    Whether what it makes is the same is for others to see.
    """
    kind = type(value)
    if kind.__module__ == "builtins" or kind.__repr__ is OF_ERRORS:
        return ""
    try:
        text = repr(value)
        tree = ast.parse(text[: LONGEST + 1], mode="eval").body
        known = vars(sys.modules[kind.__module__])
        return _written(tree, known, phrase) if isinstance(tree, ast.Call) else ""
    except Exception:  # noqa: BLE001 - it is foreign code's text, and may be anything
        return ""


def _written(node: ast.expr, known: dict[str, Any], phrase: Any) -> str:
    """Return an expression anew: calls of what their module or Python knows by that name, of literals."""
    if not isinstance(node, ast.Call):
        return str(phrase.of(ast.literal_eval(node)))
    name = ast.unparse(node.func)
    made = known.get(name, getattr(builtins, name, None))
    if phrase.of(made) != name or not all(one.arg for one in node.keywords):
        raise ValueError(name)
    words = [_written(one, known, phrase) for one in node.args]
    words += [f"{one.arg}={_written(one.value, known, phrase)}" for one in node.keywords]
    return f"{name}({', '.join(words)})"
