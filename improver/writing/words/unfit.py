"""Which texts a function tries to read and cannot, in words: it takes others, and the name of a test says so (pure)."""

import ast
import functools
from collections.abc import Sequence

from improver.experiments import Case
from improver.source import Function
from improver.writing.pieces import parameters
from improver.writing.words.conditions import as_given
from improver.writing.words.filling import arguments
from improver.writing.words.spelling import known_as
from improver.writing.words.wording import MUTANT

INVALID = "invalid"
# What is looked up may not be there, which is no fault of a text, and what is of a wrong type is named by its type.
OTHERWISE = frozenset(
    {"KeyError", "IndexError", "LookupError", "AttributeError", "TypeError", "ImportError", "OSError"}
)


def unfit(case: Case, node: Function) -> list[str]:
    """Return the words for the one text that a call gives and that cannot be read: of_invalid_label."""
    tried = _tried(case, node)
    known = as_given(node, tried[0], arguments(case, node)) if tried else {}
    names = _names(tried)
    read = [one for one in known.values() if one.name in names and one.given and one.value]
    if len(read) != 1 or not isinstance(read[0].value, str | bytes):
        return []
    name = known_as(read[0])
    return [f"of_{INVALID}_{name}" if read[0].place == 0 else f"with_{INVALID}_{name}"]


def is_unfit_operand(case: Case, node: Function) -> bool:
    """Tell whether what stands beside an object, `Box("1") == "x"`, cannot be read as one."""
    return not _names(_tried(case, node)).isdisjoint(parameters(node)[:1])


def _tried(case: Case, node: Function) -> Sequence[ast.stmt]:
    """Return what is tried in vain right where a fault stands that the call notices."""
    path = case.function.partition("::")[0]
    faults = [one for one in map(MUTANT.match, sorted(case.kills)) if one is not None and one["path"] == path]
    lines = [int(one["line"]) for one in faults]
    found = [one for one in _handled(node) if any(one[0].lineno <= line <= (one[0].end_lineno or 0) for line in lines)]
    return found[-1][1] if found else ()


@functools.lru_cache(maxsize=64)  # the calls of one function come together
def _handled(node: Function) -> list[tuple[ast.ExceptHandler, list[ast.stmt]]]:
    """Return what handles an error of something that was read, with what was tried, the innermost last."""
    tries = [one for one in ast.walk(node) if isinstance(one, ast.Try)]
    return [(handler, one.body) for one in tries for handler in one.handlers if _is_of_reading(handler)]


def _is_of_reading(handler: ast.ExceptHandler) -> bool:
    """Tell whether an error may come of reading a text that is not as it should be."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return not all(one is not None and ast.unparse(one) in OTHERWISE for one in kinds)


def _names(lines: Sequence[ast.stmt]) -> set[str]:
    """Return the names of what is given to anything in some lines."""
    calls = [one for line in lines for one in ast.walk(line) if isinstance(one, ast.Call)]
    given = [part for one in calls for part in (*one.args, *(word.value for word in one.keywords))]
    return {one.id for one in given if isinstance(one, ast.Name)}
