"""Whether a call gives what its function could take and nobody would give it: a text for its letters (pure)."""

import ast
import functools

from improver.experiments import Case
from improver.source import Function
from improver.writing.choice.usage import Given, Usage, alike
from improver.writing.inputs.misfits import kind_of

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
    is_text = isinstance(value, ast.Constant) and isinstance(value.value, str | bytes)
    return is_text and place.arg in _gone_through(called) and alike(value) not in usage.known(name, called, place)


def _is_guessed(given: Given, usage: Usage) -> bool:
    name, called, place, value = given
    is_known = usage.known(name, called, place) or usage.meant(called, place.arg)
    return kind_of(value) in GUESSED and not is_known


@functools.lru_cache(maxsize=1 << 10)  # the calls of one function come together
def _gone_through(node: Function) -> frozenset[str]:
    """Return the names in what a function goes through one by one."""
    loops = [one.iter for one in ast.walk(node) if isinstance(one, ast.For | ast.AsyncFor | ast.comprehension)]
    return frozenset(part.id for one in loops for part in ast.walk(one) if isinstance(part, ast.Name))
