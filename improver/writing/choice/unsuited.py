"""Whether a call gives what its function could take and nobody would give it: a text for its letters (pure)."""

import ast
import functools
from collections.abc import Iterator

from improver.experiments import Case
from improver.source import Function
from improver.writing.choice.usage import Given, Usage, is_said_text
from improver.writing.inputs.meant import TEXTS, meant
from improver.writing.inputs.misfits import kind_of

ITEMWISE = frozenset({"enumerate", "iter", "list", "reversed", "set", "sorted", "tuple", "zip"})
GUESSED = frozenset({"dict", "iterator"})  # what is hardly meant where nothing is known


def is_unsuited(case: Case, node: Function, usage: Usage) -> bool:
    """Tell whether a made up call gives a text whose letters are taken one by one, though nobody gives a text there.

    So it is where a call is refused that gives a mapping or an iterator, and nothing tells what is meant. What is
    refused for its type may be of any.
    """
    kind, error, _ = case.checks[0]
    if case.origin == "recorded" or (kind, error) == ("raises", "TypeError"):
        return False
    given = (one for line in (*case.setup, case.call) for one in usage.given(line, case, node))
    return any(_is_taken_apart(one, usage) or (kind == "raises" and _is_guessed(one, usage)) for one in given)


def _is_taken_apart(given: Given, usage: Usage) -> bool:
    name, called, place, value = given
    kind = kind_of(value)
    if kind not in TEXTS or place.arg not in _gone_through(called) or kind in usage.known(name, called, place):
        return False
    aim = meant(called, place.arg)  # of texts alone where what is done with it says so
    return not is_said_text(place) and not (aim and aim <= TEXTS)


def _is_guessed(given: Given, usage: Usage) -> bool:
    name, called, place, value = given
    is_known = usage.known(name, called, place) or usage.meant(called, place.arg)
    return kind_of(value) in GUESSED and not is_known


@functools.lru_cache(maxsize=1 << 10)  # the calls of one function come together
def _gone_through(node: Function) -> frozenset[str]:
    """Return the names of what a function goes through one by one."""
    loops = [one.iter for one in ast.walk(node) if isinstance(one, ast.For | ast.AsyncFor | ast.comprehension)]
    return frozenset(name for one in loops for name in _items_of(one))


def _items_of(loop: ast.expr) -> Iterator[str]:
    """Yield the names whose items a loop has, in whatever order and with whatever beside them."""
    if isinstance(loop, ast.Name):
        yield loop.id
    elif isinstance(loop, ast.Call) and getattr(loop.func, "id", "") in ITEMWISE:
        yield from (name for one in loop.args for name in _items_of(one))
