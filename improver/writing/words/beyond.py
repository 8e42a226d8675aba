"""What of a call meets a fault in another function, in words: a number or a length that only there tells (pure)."""

import ast
import operator
import re
from collections.abc import Iterator

from improver.experiments import Case
from improver.writing.pieces import slug, statements
from improver.writing.words.spelling import SIZED, in_words
from improver.writing.words.wording import MUTANT

COMPARED = re.compile(r"(len\()?(?:\w+\.)*(\w+)\)? ([<>=!]=|[<>]) (-?\d+)")
SIGNS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
COMMON = range(-1, 2)  # stand in many calls, and need not be what is asked for


def edges(case: Case) -> set[str]:
    """Return the words for the numbers that tell a call's faults, wherever they are."""
    faults = filter(None, map(MUTANT.match, case.kills))
    return {words for one in faults if (words := beyond(one["old"], one["new"], case))}


def beyond(old: str, new: str, case: Case) -> str:
    """Return the words for the one number that is on the other side of a comparison with a fault, if a call gives it.

    So it is with the length of what it gives.
    """
    one, other = COMPARED.fullmatch(old), COMPARED.fullmatch(new)
    if one is None or other is None or one.group(1, 2) != other.group(1, 2):
        return ""
    ends = sorted((int(one[4]), int(other[4])))
    apart = [at for at in range(ends[0] - 1, ends[1] + 2) if _holds(one, at) is not _holds(other, at)]
    if len(apart) != 1 or apart[0] in COMMON:
        return ""
    is_length = one[1] is not None
    values = [value for value in _given(case) if _is_of(value, is_length=is_length)]
    given = [len(value) if isinstance(value, SIZED) else value for value in values]
    said = in_words(apart[0])
    return f"with_{slug(one[2])}_{'of_length_' * is_length}{said}" if said and given.count(apart[0]) == 1 else ""


def _holds(found: re.Match[str], number: int) -> bool:
    return bool(SIGNS[found[3]](number, int(found[4])))


def _is_of(value: object, *, is_length: bool) -> bool:
    """Tell whether a value has a length that may have been asked for, or is a number itself."""
    return isinstance(value, SIZED) if is_length else isinstance(value, int) and not isinstance(value, bool)


def _given(case: Case) -> Iterator[object]:
    """Yield what a test writes out: plain values, and what holds them."""
    for text in (*case.setup, case.call):
        for node in (one for line in statements(text) for one in ast.walk(line)):
            try:
                yield ast.literal_eval(node) if isinstance(node, ast.expr) else None
            except (ValueError, TypeError, SyntaxError):
                continue
