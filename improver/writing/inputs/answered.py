"""Names that a module's own `__getattr__` answers to, and one that nobody has (pure)."""

import ast
import keyword
from collections.abc import Iterator

from improver.experiments import Case
from improver.source import Function

GETATTR = "__getattr__"
NAMES = 4  # that are asked for
EQUALS = (ast.Eq, ast.In)


def looked_up(function: str, home: str, node: Function) -> tuple[Case, ...]:
    """Return reads of public names that the `__getattr__` of the module `home` compares with what it is asked for."""
    first = node.args.args[0].arg if node.args.args else ""
    words = (one for one in dict.fromkeys(_compared(node, first)) if one.isidentifier() and not keyword.iskeyword(one))
    names = [one for one in words if not one.startswith("_")]
    return tuple(Case(function, f"{home}.{name}", ((home, ""),)) for name in ("nothing", *names[:NAMES]))


def _compared(node: Function, name: str) -> Iterator[str]:
    """Yield the texts that a function compares with a parameter, one by one or as one of several."""
    for one in ast.walk(node):
        if isinstance(one, ast.Compare) and isinstance(one.left, ast.Name) and one.left.id == name:
            texts = zip(one.ops, one.comparators, strict=True)
            parts = (part for sign, other in texts if isinstance(sign, EQUALS) for part in ast.walk(other))
            yield from (part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str))
