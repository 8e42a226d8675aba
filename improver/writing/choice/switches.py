"""Parameters that turn something on or off, and calls that give them something else than True or False (pure)."""

import ast
import functools
from collections.abc import Iterator

from improver.experiments import Case
from improver.source import Function
from improver.writing.choice.by_name import call_in
from improver.writing.inputs.misfits import given_to
from improver.writing.pieces import defaults_of, parameters


@functools.lru_cache(maxsize=1 << 10)  # asked for each call of a function
def switches(node: Function) -> frozenset[str]:
    """Return the parameters that are True or False where nothing is given, or are only asked whether they are."""
    plain = {name for name, default in defaults_of(node).items() if _is_truth(default)}
    return frozenset(plain | _only_asked(node))


def unclear(case: Case, node: Function) -> int:
    """Return how many switches the call of a case gives a number or a text: a reader wonders what else they do.

    Only those count that are off, or nothing, where nothing is given: what must be given is more than a switch.
    """
    call = call_in(ast.parse(case.call), case)
    given = given_to(call, node) if call is not None else ()
    plain = ((place.arg, value) for place, default, value in given if _is_truth(default) or _is_none(default))
    return sum(name in switches(node) and is_unclear(value) for name, value in plain)


def is_unclear(value: ast.expr) -> bool:
    """Tell whether a value is a literal that counts as true or false, and is neither, nor None."""
    return isinstance(value, ast.Constant) and not _is_truth(value) and value.value is not None


def _only_asked(node: Function) -> set[str]:
    """Return the parameters of which a function only asks whether they count as true."""
    conditions = [one.test for one in ast.walk(node) if isinstance(one, ast.If | ast.IfExp | ast.While)]
    asked = {id(part) for one in conditions for part in _asked_in(one)}
    names = [one for one in ast.walk(node) if isinstance(one, ast.Name)]
    others = {one.id for one in names if id(one) not in asked}
    return {one.id for one in names} & {*parameters(node)} - others


def _asked_in(condition: ast.expr) -> Iterator[ast.expr]:
    """Yield the parts of a condition that count as true or not by themselves."""
    match condition:
        case ast.BoolOp(values=parts):
            yield from (inner for one in parts for inner in _asked_in(one))
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            yield from _asked_in(inner)
        case _:
            yield condition


def _is_truth(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, bool)


def _is_none(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
