"""The days that a call speaks of, in words: the year, the month, the hour (pure)."""

import ast
from collections.abc import Iterator

from improver.experiments import Case
from improver.writing.inputs.kinds import last_name
from improver.writing.pieces import statements

DAYS = frozenset({"date", "datetime"})
MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
EARLY = 1000  # a year before it is any number


def moments(case: Case) -> list[str]:
    """Return words for the days that a test makes: in_1966, in_november, at_6."""
    lines = [line for text in (*case.setup, case.call) for line in statements(text)]
    made = [one for line in lines for one in ast.walk(line) if isinstance(one, ast.Call)]
    days = [one.args for one in made if last_name(one.func) in DAYS]
    return list(dict.fromkeys(words for given in days for words in _said(given)))


def _said(given: list[ast.expr]) -> Iterator[str]:
    parts = [one.value if isinstance(one, ast.Constant) and isinstance(one.value, int) else 0 for one in given]
    if len(parts) < 3 or parts[0] < EARLY or not 1 <= parts[1] <= 12:
        return
    yield f"in_{parts[0]}"
    yield f"in_{MONTHS[parts[1] - 1]}"
    if len(parts) > 3:
        yield f"at_{parts[3]}"
