"""Under which tests of the code the faults of a call stand, as the docstring of its test tells (pure)."""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from improver.experiments import Case
from improver.judging.powers import FIELD
from improver.source import Function
from improver.writing.words.conditions import as_given
from improver.writing.words.filling import arguments
from improver.writing.words.holding import truth
from improver.writing.words.wording import MUTANT

MOST, LONGEST = 2, 70  # conditions that are told, and characters of them all
LEAVES = ast.Return | ast.Raise | ast.Continue | ast.Break
OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
Asked = Callable[[ast.expr], bool | None]  # whether a test holds, where the call tells


def where(case: Case, node: Function) -> str:
    """Return the conditions, as code, that hold where most of a call's faults stand; "" where none does, or is short.

    A fault that is noticed was reached, so what it stands under held; so was the line that raises what is expected.
    """
    known = arguments(case, node)

    def asked(test: ast.expr) -> bool | None:
        return truth(test, as_given(node, test, known))

    met = [tuple(_conditions(node.body, line, asked))[-MOST:] for line in (*_faults(case, node), *_raising(case, node))]
    found = Counter(one for one in met if one)
    most = max(found, key=lambda one: (found[one], one), default=())
    tries = (" and ".join(most[at:]) for at in range(len(most)))
    return next((one for one in tries if len(one) <= LONGEST and _is_plain(one)), "")


def _faults(case: Case, node: Function) -> Iterator[int]:
    """Yield the lines of the function's own faults that the call notices."""
    path, last = case.function.partition("::")[0], node.end_lineno or 0
    for fault in filter(None, map(MUTANT.match, sorted(case.kills))):
        if fault["path"] == path and node.lineno <= int(fault["line"]) <= last:
            yield int(fault["line"])


def _raising(case: Case, node: Function) -> Iterator[int]:
    """Yield the line that raises what is expected, if there is but one that says so."""
    kind, error, pattern = case.checks[0]
    said = pattern.replace("\\", "")
    lines = [
        one.lineno
        for one in ast.walk(node)
        if isinstance(one, ast.Raise) and one.exc is not None and re.search(rf"\b{error}\b", ast.unparse(one.exc))
        if any(isinstance(part, ast.Constant) and said in str(part.value) for part in ast.walk(one.exc))
    ]
    if kind == "raises" and said and len(lines) == 1:
        yield lines[0]


def _is_plain(text: str) -> bool:
    """Tell whether a text can stand in a docstring as it is."""
    return text.isascii() and '"""' not in text and "\\" not in text and not FIELD.search(text)


def _conditions(body: Sequence[ast.stmt], line: int, asked: Asked) -> Iterator[str]:
    """Yield what holds where a line of statements is, the outermost first."""
    for at, one in enumerate(body):
        if not _is_within(one, line):
            continue
        before = body[at - 1] if at else None
        ends = isinstance(one, ast.Return | ast.Raise)
        if ends and isinstance(before, ast.If) and isinstance(before.body[-1], LEAVES) and not before.orelse:
            yield _quoted(_denied(before.test))
        yield from _of_if(one, line, asked) if isinstance(one, ast.If) else _of_block(one, line, asked)


def _is_within(one: ast.stmt | ast.expr | ast.ExceptHandler, line: int) -> bool:
    return one.lineno <= line <= (one.end_lineno or 0)


def _of_if(one: ast.If, line: int, asked: Asked) -> Iterator[str]:
    """Yield what holds where a line under a test is, or of the test itself."""
    if one.orelse and line >= one.orelse[0].lineno:
        if not isinstance(one.orelse[0], ast.If):
            yield _quoted(_denied(one.test))
        yield from _conditions(one.orelse, line, asked)
    elif line >= one.body[0].lineno > (one.test.end_lineno or 0):
        yield _quoted(one.test)
        yield from _conditions(one.body, line, asked)
    elif (held := asked(one.test)) is not None:
        yield _quoted(one.test if held else _denied(one.test))


def _of_block(one: ast.stmt, line: int, asked: Asked) -> Iterator[str]:
    """Yield what holds where a line of a loop, of what is tried, of any other block is."""
    for handler in getattr(one, "handlers", ()):
        if _is_within(handler, line):
            yield from _failed(one)
            yield from _conditions(handler.body, line, asked)
    for name in ("body", "orelse", "finalbody"):
        yield from _conditions(getattr(one, name, ()), line, asked)


def _failed(one: ast.stmt) -> Iterator[str]:
    """Yield the words for what raised, `int(text)` raises, unless more than one line is tried."""
    tried = one.body if isinstance(one, ast.Try) else []
    value = getattr(tried[0], "value", None) if len(tried) == 1 else None
    if isinstance(value, ast.expr):
        yield f"{_quoted(value)} raises"


def _denied(test: ast.expr) -> ast.expr:
    """Return what holds where a test does not."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return ast.Compare(test.left, [OPPOSITE[type(test.ops[0])]()], test.comparators)
    return ast.UnaryOp(ast.Not(), test)


def _quoted(test: ast.expr) -> str:
    return f"`{ast.unparse(test)}`"
