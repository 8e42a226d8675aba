"""What of a call decides whether its faults are met, in words: the tests that they sit in or under (pure)."""

import ast
import functools
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from improver.experiments import Case
from improver.source import Function
from improver.writing.pieces import slug
from improver.writing.words.beyond import beyond
from improver.writing.words.filling import UNKNOWN, Argument, arguments
from improver.writing.words.holding import KINDS, Known, argument_of, compared, is_len, spoken, truth, value_of
from improver.writing.words.spelling import SIZED, typed, valued
from improver.writing.words.within import inside
from improver.writing.words.wording import MUTANT

Branch = ast.If | ast.IfExp | ast.While | ast.Assert
LOOPS = (ast.For, ast.AsyncFor, ast.While)
ALIKE = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)
EDGE = re.compile(r"([<>])=")
LIMIT = re.compile(r"[<>]=? *([A-Z][A-Z_]{2,})\b|\b([A-Z][A-Z_]{2,}) *[<>]")
ASKED = frozenset({"isinstance", "callable"})
KIND_ASKED = re.compile(r"is_(?:iterable|iterator|scalar|collection|sequence|mapping|string|str|bytes|callable|number)")


def decisive(case: Case, node: Function) -> tuple[list[str], list[str]]:
    """Return, in words, what of the call decides the tests that its faults sit in or under, the most faults first.

    What nobody gave comes apart: most calls are like that.
    """
    known, raised = arguments(case, node), case.checks[0][0] == "raises"
    path, last = case.function.partition("::")[0], node.end_lineno or 0
    found: Counter[str] = Counter()
    for fault in filter(None, map(MUTANT.match, sorted(case.kills))):
        if fault["path"] == path and node.lineno <= int(fault["line"]) <= last:
            words = (*_edges(fault["old"], fault["new"]), *_met(node, int(fault["line"]), fault["old"], known))
            found.update(dict.fromkeys(words, 1))
        elif edge := beyond(fault["old"], fault["new"], case):
            found[edge] += 1
    absent = _absent(known)
    ranked = [words for words, _ in found.most_common()]
    fullest = [one for one in ranked if not any(_is_fuller(more, one) for more in ranked)]
    told = [one.replace("with_other_", "with_unknown_", 1) if raised else one for one in fullest]
    usual = [one for one in told if one in absent]
    both = [f"{usual[0]}_or_{usual[1].removeprefix('without_')}"] if len(usual) == 2 else []
    return [one for one in told if one not in absent], [*both, *usual]


def _edges(old: str, new: str) -> Iterator[str]:
    """Yield what is said of a fault that shows only where something is as far as a constant of the module allows."""
    if old != new and EDGE.sub(r"\1", old) == EDGE.sub(r"\1", new) and (limit := LIMIT.search(old)):
        yield f"at_{slug(limit[1] or limit[2])}"


def _absent(known: Known) -> set[str]:
    return {f"without_{slug(one.name)}" for one in known.values() if not one.given}


def _is_fuller(more: str, words: str) -> bool:
    """Tell whether words say more of the same argument: with_int_style of with_style, with_negative_count too."""
    other = words.removeprefix("with_other_")
    if other != words:
        return more in (f"with_negative_{other}", f"with_empty_{other}", f"of_negative_{other}", f"of_empty_{other}")
    fuller = {words.replace("_", f"_{one}_", 1) for one in ("other", "function", *KINDS)}
    return more.startswith(f"{words}_") or (words.startswith("with_") and more in fuller)


def _met(node: Function, line: int, old: str, known: Known) -> Iterator[str]:
    """Yield what is said of the tests that a fault is in, or else of the nearest that it stands under or behind."""
    tests = _branches(node)
    mutated = [one for one in tests if _is_at(one.test, line) and _plain(old) in _plain(ast.unparse(one.test))]
    for one in mutated:
        fresh = as_given(node, one.test, known)
        yield from said(one.test, fresh, held=truth(one.test, fresh))
    beside = None if mutated else nearest(node, line, old)
    if beside is not None:
        one, went = beside
        fresh = as_given(node, one.test, known)
        if truth(one.test, fresh) in (went, None):
            yield from (words for words in said(one.test, fresh, held=went) if words not in _absent(fresh))


def nearest(node: Function, line: int, old: str) -> tuple[ast.If, bool] | None:
    """Return the test right before or around a line with a fault that was met, and whether it held there."""
    under = [
        one for one in _branches(node) if isinstance(one, ast.If) and any(_is_at(part, line) for part in _parts(one))
    ]
    behind = passed(node, line, ast.Raise) if old.startswith("raise") else None
    one = behind or max(under, key=lambda one: one.lineno, default=None)
    return None if one is None else (one, one is not behind and any(_is_at(part, line) for part in one.body))


@functools.lru_cache(maxsize=64)  # the calls of one function come together
def _branches(node: Function) -> list[Branch]:
    """Return what asks something in a function."""
    return [one for one in ast.walk(node) if isinstance(one, Branch)]


def passed(node: Function, line: int, kind: type[ast.stmt]) -> ast.If | None:
    """Return the test right before a statement, beside it, that would have left the function had it held."""
    for one in ast.walk(node):
        for body in (getattr(one, "body", None), getattr(one, "orelse", None)):
            lines = body if isinstance(body, list) else []
            for before, after in itertools.pairwise(lines):
                if isinstance(after, kind) and _is_at(after, line) and isinstance(before, ast.If):
                    return before if isinstance(before.body[-1], ast.Return | ast.Raise) else None
    return None


def _is_at(node: ast.stmt | ast.expr, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or 0)


def _parts(one: ast.If) -> list[ast.stmt]:
    return [*one.body, *one.orelse]


def _plain(text: str) -> str:
    return re.sub(r"[\s'\"()]", "", text)


def as_given(node: Function, test: ast.expr | ast.stmt, known: Known) -> dict[str, Argument]:
    """Return the arguments that nothing has bound anew when a test is reached."""
    around = [one for one in ast.walk(node) if isinstance(one, LOOPS) and one.lineno <= test.lineno <= _end(one)]
    last = max((_end(one) for one in around), default=test.lineno - 1)
    names = [one for one in ast.walk(node) if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load)]
    idle = [
        part for one in ast.walk(node) if isinstance(one, ast.If) and _is_out(one, names, known) for part in one.body
    ]
    bound = {one.id for one in names if one.lineno <= last and not any(_is_at(part, one.lineno) for part in idle)}
    return {name: one for name, one in known.items() if name not in bound}


def _is_out(one: ast.If, names: Sequence[ast.Name], known: Known) -> bool:
    """Tell whether nothing under a test happens, which asks only for what nothing has bound anew."""
    asked = {part.id for part in ast.walk(one.test) if isinstance(part, ast.Name)}
    return truth(one.test, known) is False and not any(name.id in asked and name.lineno < one.lineno for name in names)


def _end(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


# --- in words -----------------------------------------------------------------------------------------------------


def said(test: ast.expr, known: Known, *, held: bool | None) -> Iterator[str]:
    """Yield what a test that held, or did not, says of the arguments; nothing where that is not known."""
    test = spoken(test)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from said(test.operand, known, held=None if held is None else not held)
    elif isinstance(test, ast.BoolOp) and held is not None:
        sure = held is isinstance(test.op, ast.And)  # each part is the same then
        for one in test.values:
            yield from said(one, known, held=held if sure or truth(one, known) is held else None)
    elif held is not None and (words := _atom(test, known, held=held)):
        yield words


def _atom(test: ast.expr, known: Known, *, held: bool) -> str:
    if words := inside(test, known, held=held):
        return words
    if isinstance(test, ast.Compare):
        return _of_comparison(test, known, held=held)
    if isinstance(test, ast.Call):
        asked = getattr(test.func, "id", "")
        is_kind = bool(test.args) and (asked in ASKED or KIND_ASKED.fullmatch(asked) is not None)
        one = argument_of(test.args[0], known) if is_kind else None
        return typed(one) if one is not None and not (held and typed(one) == "of_str") else ""
    if getattr(test, "id", "") == "self":
        return "" if held else "when_empty"
    one = argument_of(test, known)
    return _there(one, held=held) if one is not None else ""


def _of_comparison(test: ast.Compare, known: Known, *, held: bool) -> str:
    """Return the words for a comparison: of an argument with a constant or with another, or of its length."""
    sign, left, right = test.ops[0], test.left, test.comparators[0]
    if is_len(left):
        one = argument_of(left.args[0], known)
        beside = argument_of(right.args[0], known) if is_len(right) else None
        if one is not None and beside is not None:
            return _apart(one, beside)
        return _long(one, sign, value_of(right, known), held=held) if one is not None else ""
    sides = [one for side in (left, *test.comparators) if (one := argument_of(side, known)) is not None]
    if not sides or isinstance(sign, ast.Is | ast.IsNot):
        return _there(sides[0], held=held is isinstance(sign, ast.IsNot)) if sides and sides[0].name else ""
    if len(sides) == 2 and len(test.ops) == 1:
        return _beside(*sides)
    one, other = sides[0], value_of(right, known)
    if isinstance(sign, ALIKE) and isinstance(other, str | tuple | list | set) and one.value:
        same = held is isinstance(sign, ast.Eq | ast.In)
        return "" if not one.given else valued(one) if same else f"with_other_{slug(one.name)}"
    return valued(one) if UNKNOWN not in (one.value, other) else ""


def _there(one: Argument, *, held: bool) -> str:
    """Return the words for something that is asked for: with or without it, or with an empty one."""
    name = slug(one.name)
    if one.extra:
        return "with_extra_keyword" if held and one.given else ""
    if held and isinstance(one.value, int | float) and one.value < 0:
        return valued(one)
    if not held and one.value is None:
        is_asked_for = one.given and one.default is None  # whoever calls it cannot leave it out
        return (f"with_{name}_none" if one.place else "of_none") if is_asked_for else f"without_{name}"
    if held:
        return f"with_{name}" if one.given and (one.default is not None or one.place < 0) else ""
    return valued(one) if one.value is not UNKNOWN or not one.given else ""


def _beside(one: Argument, other: Argument) -> str:
    below, same = compared(ast.Lt(), one.value, other.value), compared(ast.Eq(), one.value, other.value)
    if below is None:
        return ""
    how = "equal_to" if same else "below" if below else "above"
    return f"with_{slug(one.name)}_{how}_{slug(other.name)}"


def _apart(one: Argument, other: Argument) -> str:
    """Return the words for two that are not of one length."""
    if not (isinstance(one.value, SIZED) and isinstance(other.value, SIZED)) or len(one.value) == len(other.value):
        return ""
    how = "shorter" if len(one.value) < len(other.value) else "longer"
    return f"with_{slug(one.name)}_{how}_than_{slug(other.name)}"


def _long(one: Argument, sign: ast.cmpop, limit: object, *, held: bool) -> str:
    """Return the words for a length: that it is below or above the limit, or what it is where it is near it."""
    if not isinstance(limit, int) or not isinstance(one.value, SIZED):
        return ""
    if not one.value:
        return valued(one)
    lead = f"of_{slug(one.name)}" if one.place == 0 else f"with_{slug(one.name)}"
    if held and isinstance(sign, ast.Lt | ast.Gt):
        return f"{lead}_{'shorter' if isinstance(sign, ast.Lt) else 'longer'}_than_{limit}"
    return f"{lead}_of_length_{len(one.value)}" if abs(len(one.value) - limit) <= 1 else ""
