"""What a docstring says that a function raises, where its code raises something else (pure)."""

import ast
import builtins
import re

from improver.source import Function

SAYS = re.compile(
    r"\b[Rr]ais(?:es?|ing)\b:?(?:\s+(?:an?|the))?\s+(?::\w+:)?[`~]*(?:\w+\.)*([A-Z]\w*(?:Error|Exception|Iteration))\b"
)
DENIES = re.compile(r"(?:\b(?:not|never|nor|without|instead of|rather than|no longer)|n't)\s+\Z", re.IGNORECASE)


def documented_otherwise(node: Function, error: str) -> str:
    """Return the error that the docstring names where the code raises `error` and never that one; "" where all is well.

    Only where all that the code raises is known by name, and is Python's own.
    """
    text = ast.get_docstring(node) or ""
    said = [*dict.fromkeys(one[1] for one in SAYS.finditer(text) if not DENIES.search(text, 0, one.start()))]
    raised = {_name(one.exc) for one in ast.walk(node) if isinstance(one, ast.Raise) and one.exc is not None}
    if not said or error not in raised or any(_kind(one) is None for one in (*said, *raised)):
        return ""
    is_kept = any(_fits(one, wanted) for one in raised for wanted in said)
    return "" if is_kept else said[0]


def _fits(error: str, wanted: str) -> bool:
    """Tell whether who expects `wanted` gets it, or something more exact or more general."""
    one, other = _kind(error), _kind(wanted)
    return one is not None and other is not None and (issubclass(one, other) or issubclass(other, one))


def _kind(name: str) -> type[BaseException] | None:
    found = getattr(builtins, name, None)
    return found if isinstance(found, type) and issubclass(found, BaseException) else None


def _name(raised: ast.expr) -> str:
    """Return the name of the class of which an error is raised, "" where that is no plain name."""
    made = raised.func if isinstance(raised, ast.Call) else raised
    return made.id if isinstance(made, ast.Name) else ""
