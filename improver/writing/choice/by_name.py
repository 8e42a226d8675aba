"""Optional arguments that say nothing where they stand, and the same call with them by name (pure)."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

from improver.experiments import Case
from improver.source import Function
from improver.writing.inputs.kinds import last_name
from improver.writing.inputs.misfits import kind_of
from improver.writing.pieces import called_as, is_bound


def unnamed(case: Case, node: Function) -> int:
    """Return how many optional arguments of a call of `node` a reader would look for by name.

    The docstring gives them by name, they turn something on or off, or they come after one of the same type.
    """
    call = call_in(ast.parse(case.call), case)
    return len(_places(call, node)) if call is not None else 0


def by_name(case: Case, node: Function) -> Iterator[Case]:
    """Yield the call with such arguments, and those after them, by name."""
    tree = ast.parse(case.call)
    call = call_in(tree, case)
    places = _places(call, node) if call is not None else []
    if call is None or not places:
        return
    names = [one.arg for one in _parameters(node)]
    named = [ast.keyword(name, value) for name, value in zip(names, call.args, strict=False)]
    call.args, call.keywords = call.args[: places[0]], [*named[places[0] :], *call.keywords]
    text = ast.unparse(tree)
    yield replace(case.untold(), call=text)


def _places(call: ast.Call, node: Function) -> list[int]:
    """Return the positions of arguments that are better given by name."""
    parameters = _parameters(node)
    if node.args.posonlyargs or len(call.args) > len(parameters):
        return []
    needed = len(parameters) - len(node.args.defaults)
    said, kinds = ast.get_docstring(node) or "", [kind_of(one) for one in call.args]
    return [
        at
        for at in range(max(needed, 1), len(call.args))
        if kinds[at]
        and (kinds[at] in ("bool", kinds[at - 1]) or re.search(rf"\b{parameters[at].arg}=(?!=)", said) is not None)
    ]


def _parameters(node: Function) -> list[ast.arg]:
    """Return what a call can give by position: not the object itself."""
    return node.args.args[is_bound(node) :]


def call_in(tree: ast.AST, case: Case) -> ast.Call | None:
    """Return the one call of its function that a case makes, None where there is not one, or it is not so plain."""
    name = called_as(case.function)
    calls = [one for one in ast.walk(tree) if isinstance(one, ast.Call) and last_name(one.func) == name]
    if len(calls) != 1 or any(isinstance(one, ast.Starred) for one in calls[0].args):
        return None
    return calls[0]
