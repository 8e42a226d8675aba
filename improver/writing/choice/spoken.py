"""What the literals of calls say by themselves: words, numbers, and how much of a call they are (pure)."""

import ast
import functools
import re

from improver.experiments import Case

SPOKEN = re.compile(r"[A-Za-z][\w-]*[A-Za-z0-9]")
WORD = re.compile(r"[A-Za-z]{4,}")
LONG = 16  # characters of a word
NO_NUMBER = -1


def spared(case: Case) -> int:
    """Return how many characters of a case are words that say what they stand for: there is nothing to puzzle out."""
    wanted = " ".join(value for _, _, value in case.checks)
    words = [one for line in (*case.setup, case.call) for one in _spoken_in(line)]
    return sum(map(len, words)) + sum(wanted.count(one) * len(one) for one in {*words})


@functools.lru_cache(maxsize=1 << 13)  # the same setup stands before many calls
def _spoken_in(line: str) -> tuple[str, ...]:
    """Return the words that a line of code gives to what it calls, as code."""
    given = (one for call in calls_in(line) for one in (*call.args, *(word.value for word in call.keywords)))
    return tuple(ast.unparse(one) for one in given if is_word(text_of(one)))


@functools.lru_cache(maxsize=1 << 13)
def calls_in(line: str) -> tuple[ast.Call, ...]:
    """Return the calls in a line of code."""
    return tuple(one for one in ast.walk(ast.parse(line)) if isinstance(one, ast.Call))


def is_word(text: str) -> bool:
    """Tell whether a text is a short word that says what it stands for.

    >>> [one for one in ("secret-key", "signed_value", "a", "abc", "two words", "-dash", "") if is_word(one)]
    ['secret-key', 'signed_value']
    """
    return len(text) <= LONG and SPOKEN.fullmatch(text) is not None and WORD.search(text) is not None


def number_of(node: ast.expr) -> int:
    """Return the whole number that an expression is, `NO_NUMBER` where it is none."""
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else NO_NUMBER


def text_of(node: ast.expr) -> str:
    """Return the text that an expression is, "" where it is none."""
    value = node.value if isinstance(node, ast.Constant) else None
    return value.decode("latin-1") if isinstance(value, bytes) else value if isinstance(value, str) else ""
