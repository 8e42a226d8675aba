"""Options that count only together, two of a call or one of it and one of what it is a method of: in the sandbox (3.9).

A test such as ``if with_notes and self.notes`` is met by neither alone.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import itertools
import textwrap
from typing import Any, Callable, Iterator, Sequence  # noqa: UP035 - older interpreters run this file

FILLED = {"{}": "{'a': 1}", "[]": "['a']", "()": "('a',)", "''": "'a'", "0": "1", "False": "True"}
MOST = 4  # values of one option
PLACED = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
Given = dict[str, str]


def coupled(lines: Sequence[str], target: Any, give: Callable[..., None]) -> Iterator[list[str]]:
    """Yield statements in which a call of the target, and what it is made on, are given what one test asks of both.

    `give` gives a call one argument.
    """
    function, making = _defined(target.text), None
    if inspect.isclass(target.owner):
        with contextlib.suppress(OSError, TypeError):  # the class has none of its own
            making = _defined(inspect.getsource(target.owner.__init__))
    placed = [one.name for one in target.parameters if one.kind in PLACED and one.name not in ("self", "cls")]
    for own, held in pairs(function, making) if function else ():
        tree = ast.parse("\n".join(lines))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        asked = [node for node in calls if _last(node) == target.name]
        made = [node for node in calls if held and _makes(node, target.owner, held)]
        if asked and (made or not held):
            for node, name in itertools.product(asked, own):
                give(node, name, own[name], placed)
            for node, name in itertools.product(made, held):
                give(node, name, held[name], [one.name for one in _taken(node, target.owner) if one.kind in PLACED])
            yield [ast.unparse(one) for one in tree.body]


def pairs(function: ast.FunctionDef, making: ast.FunctionDef | None) -> Iterator[tuple[Given, Given]]:
    """Yield options of a function and of what makes its object that one test of it asks for together."""
    options, held = _options(function), _held(making)
    found: dict[str, tuple[Given, Given]] = {}
    for node in ast.walk(function):
        parts = node.values if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And) else []
        own = [one.id for one in parts if isinstance(one, ast.Name) and one.id in options]
        more = {name: held[name] for one in parts if (name := _attribute(one)) in held}
        if len(own) + len(more) > 1 and own:
            for text in options[own[0]]:
                given = {**{name: options[name][0] for name in own[1:]}, own[0]: text}
                found[repr((given, more))] = (given, more)
    yield from found.values()


def _options(function: ast.FunctionDef) -> dict[str, list[str]]:
    """Map parameters that are off by default to what turns them on: texts that the function compares them with, too."""
    given = function.args
    placed = [*given.posonlyargs, *given.args]
    known = [*zip(placed[len(placed) - len(given.defaults) :], given.defaults)]  # noqa: B905 - 3.9
    known += [(one, text) for one, text in zip(given.kwonlyargs, given.kw_defaults) if text is not None]  # noqa: B905
    found = {one.arg: [FILLED[ast.unparse(text)]] for one, text in known if ast.unparse(text) in FILLED}
    for node in ast.walk(function):
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Name) and node.left.id in found:
            found[node.left.id] += [ast.unparse(one) for one in node.comparators if _is_text(one)]
    return {name: [*dict.fromkeys(texts)][:MOST] for name, texts in found.items()}


def _held(making: ast.FunctionDef | None) -> dict[str, str]:
    """Map attributes that are a parameter of the making, or nothing of a kind that it writes out, to one of that."""
    found = {}
    for node in ast.walk(making) if making else ():
        value = getattr(node, "value", None)
        if isinstance(node, ast.Assign) and isinstance(value, ast.BoolOp) and isinstance(value.op, ast.Or):
            name, empty = _attribute(node.targets[0]), ast.unparse(value.values[-1])
            if name and empty in FILLED and ast.unparse(value.values[0]) == name:
                found[name] = FILLED[empty]
    return found


def _attribute(node: ast.expr) -> str:
    """Return the name of an attribute of the object itself, "" for anything else."""
    return node.attr if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self" else ""


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _last(node: ast.Call) -> str:
    return str(getattr(node.func, "attr", getattr(node.func, "id", "")))


def _makes(node: ast.Call, owner: Any, held: Given) -> bool:
    """Tell whether a call makes an object of the class and takes these options."""
    known = _taken(node, owner)
    return held.keys() <= {one.name for one in known} or any(one.kind is one.VAR_KEYWORD for one in known)


def _taken(node: ast.Call, owner: Any) -> list[inspect.Parameter]:
    """Return the parameters of a call of the class, or of a method on it; none where nobody says what it takes."""
    place = node.func.value if isinstance(node.func, ast.Attribute) else node.func
    if not isinstance(place, ast.Name) or place.id != owner.__name__:
        return []
    with contextlib.suppress(AttributeError, TypeError, ValueError):
        made = getattr(owner, node.func.attr) if isinstance(node.func, ast.Attribute) else owner
        return [*inspect.signature(made).parameters.values()]
    return []


def _defined(text: str) -> ast.FunctionDef | None:
    """Return the function that a source defines, None for anything else."""
    with contextlib.suppress(SyntaxError):
        body = ast.parse(textwrap.dedent(text)).body
        return body[0] if body and isinstance(body[0], ast.FunctionDef) else None
    return None
