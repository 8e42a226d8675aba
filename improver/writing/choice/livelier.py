"""Ways to write a dull call that show more of what the function does: words, several things, in no order (pure)."""

import ast
import itertools
import string
from collections.abc import Iterator
from dataclasses import replace

from improver.experiments import Case
from improver.writing.choice.operands import busier
from improver.writing.choice.plainer import exchanged, replaced
from improver.writing.choice.telling import arguments_of, doubled, dullness, echoes, foreign, is_uniform, slightness

MOST = 16  # ways to write one call
NUMBERS, WORDS = ([3, 1, 2], [3, 1, 3]), (["b", "a", "c"], ["c", "a", "c"])
TEXTS = ("abc", "baa")
SEVERAL = 4
FUNCTIONS = ("len", "lambda: 2", "lambda item: item")


def livelier(case: Case) -> Iterator[Case]:
    """Yield ways to write a call in which less is left open, none for a call that is not dull."""
    if dullness(case):
        for setup, call in itertools.islice(_ways(case), MOST):
            yield replace(case.untold(), setup=setup, call=call)


def _ways(case: Case) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield other calls and setups, the call's first."""
    yield from ((case.setup, text) for text in _other(case.call, case))
    for at, line in enumerate(case.setup):
        yield from (((*case.setup[:at], text, *case.setup[at + 1 :]), case.call) for text in _other(line, case))


def _other(text: str, case: Case) -> Iterator[str]:
    """Yield code with one thing that is dull made into more."""
    tree = ast.parse(text)
    yield from (exchanged(text, sides) for sides in busier(text, case))
    pairs = [(node, one) for node, inner in foreign(tree) for one in _akin(node, inner)]
    pairs += [(node, one) for node in doubled(tree) for one in _apart(node)]
    is_idle = echoes(case) or is_uniform(case)
    for is_first, node in arguments_of(tree, case):
        others = [*_more(node)] if slightness(node, is_first=is_first) else []
        others += [*_turned(node)] if is_idle and (not others or isinstance(node, ast.Constant)) else []
        others += [*_spoken(node, case)] if is_idle else []
        pairs += [(node, one) for one in others]
    for node, value in pairs:
        yield replaced(text, node, value)


def _more(node: ast.expr) -> Iterator[ast.expr]:
    """Yield what is no longer one letter, one thing, or the least number."""
    match node:
        case ast.Constant(value=str() | bytes() as text):
            yield from (ast.Constant(one if isinstance(text, str) else one.encode()) for one in _texts(text))
        case ast.Constant(value=int() | float() as number):
            yield from (ast.Constant(type(number)(one)) for one in (2, 3))
        case ast.List(elts=[ast.Constant(value=one), *_]) | ast.Tuple(elts=[ast.Constant(value=one), *_]):
            yield from (type(node)([ast.Constant(value) for value in row], ast.Load()) for row in _rows(one))
        case ast.BinOp(left=ast.List() as part) | ast.Call(func=ast.Name(id="iter" | "list"), args=[part]):
            yield from _more(part)
        case ast.Name():
            yield from (ast.parse(one, mode="eval").body for one in FUNCTIONS)
        case ast.Call(func=ast.Name(id="range")):
            yield ast.Call(node.func, [ast.Constant(SEVERAL)], [])
        case _:
            return


def _texts(text: str | bytes) -> tuple[str, ...]:
    if text.isdigit():
        return ("12", "31")
    return TEXTS if text.islower() else tuple(one.capitalize() for one in TEXTS)


def _rows(one: object) -> Iterator[list[str] | list[int]]:
    """Yield several things of the type of one, in no order, and with one that comes twice."""
    if isinstance(one, str):
        yield from WORDS
    elif isinstance(one, int | float) and not isinstance(one, bool):
        yield from NUMBERS


def _apart(node: ast.expr) -> Iterator[ast.expr]:
    """Yield a text that has a letter more, or less, than one that it must not be alike."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        rest = next((one for one in string.ascii_lowercase if one not in node.value), "")
        yield from map(ast.Constant, (node.value + rest, *([node.value[:-1]] if len(node.value) > 2 else ()), rest))
    elif isinstance(node, ast.List) and node.elts:
        new = _new(node.elts)
        yield from (ast.List(parts, ast.Load()) for parts in ([*node.elts, *new], node.elts[:-1], new) if parts)


def _akin(node: ast.expr, inner: list[ast.expr]) -> Iterator[ast.expr]:
    """Yield things like those that an object has, one that it has and one that it has not."""
    new = _new(inner)
    if isinstance(node, ast.List | ast.Tuple):
        yield from (type(node)(parts, ast.Load()) for parts in ([inner[0], *new], [*new]))
    else:
        yield from (*new, inner[0], ast.List([inner[0], *new], ast.Load()), ast.List([*new, *new[:1]], ast.Load()))


def _new(known: list[ast.expr]) -> list[ast.expr]:
    """Return a thing of the type of those that are known, and none of them; nothing where it is no plain one."""
    values = [one.value for one in known if isinstance(one, ast.Constant)]
    numbers = [one for one in values if isinstance(one, int | float) and not isinstance(one, bool)]
    if numbers and len(numbers) == len(known):
        return [ast.Constant(max(numbers) + 1)]
    texts = [one for one in values if isinstance(one, str)]
    if texts and len(texts) == len(known):
        letter = next((one for one in string.ascii_lowercase if one not in texts), "")
        return [ast.Constant(letter)] if letter else []
    return []


def _spoken(node: ast.expr, case: Case) -> Iterator[ast.expr]:
    """Yield in place of a text the other ones that a case has: what an object looks for may be found."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        parts = [part for line in (*case.setup, case.call) for part in ast.walk(ast.parse(line))]
        texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        yield from (ast.Constant(one) for one in dict.fromkeys(texts) if one and one != node.value)


def _turned(node: ast.expr) -> Iterator[ast.expr]:
    """Yield a list of plain things in other orders and with other numbers, or a number below nothing, or a fraction."""
    if isinstance(node, ast.Constant) and type(node.value) is int:
        yield from (ast.UnaryOp(ast.USub(), ast.Constant(2)), ast.Constant(2.5))
    elif isinstance(getattr(node, "value", None), float) or (isinstance(node, ast.Name) and node.id.isupper()):
        yield from (ast.UnaryOp(ast.USub(), ast.Constant(2.0)), ast.Constant(2.5))
    elif isinstance(node, ast.List | ast.Tuple) and len(node.elts) > 1:
        if all(isinstance(one, ast.Constant) and type(one.value) is int for one in node.elts):
            yield type(node)([ast.Constant(2 + at) for at in range(len(node.elts))], ast.Load())
        yield type(node)(node.elts[::-1], ast.Load())
        yield type(node)([*node.elts[1:], node.elts[0]], ast.Load())
