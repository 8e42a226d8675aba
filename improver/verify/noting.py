"""Functions that note what they are handed, given in place of a callback: inside the sandbox (Python 3.9).

Where a callback is called by what the call gives, and not by the call, that is made use of before one looks.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import textwrap
from typing import Any, Iterator, Mapping, NamedTuple, Sequence  # noqa: UP035 - older interpreters run this file

NOTES = "seen"
START = f"{NOTES} = []"
INLINE, MOST = 3, 5  # values that a lambda notes, and that anything notes
USES = {  # of what is made of an object: statements, or an expression, by what makes the object
    "types.SimpleNamespace(a=1)": ("{0}.a = 2", "del {0}.a", "{0}.a"),
    "[1, 2]": ("{0}.append(3)",),
}


class Callback(NamedTuple):
    """What a function hands to one parameter of its own that it calls."""

    name: str
    needed: list[str]  # the names of what is handed over each time, in order
    optional: list[str]  # of what is handed over at times, after that
    noted: list[list[str]]  # those that are worth a note together
    is_asked: bool  # it says yes or no
    is_later: bool  # it is called by what the function makes
    by_name: bool  # something is handed over by its name


class Noting(NamedTuple):
    """What is given for a callback, and what must stand before the call for that."""

    given: dict[str, str]
    setup: list[str]
    is_later: bool


def notings(text: str, defaults: Mapping[str, Any]) -> Iterator[Noting]:
    """Yield what notes that which each callback of the function in `text` is handed; `defaults` are by its names."""
    body: list[ast.stmt] = []
    with contextlib.suppress(SyntaxError):
        body = ast.parse(textwrap.dedent(text)).body
    for node in (one for one in body[:1] if isinstance(one, ast.FunctionDef)):
        yield from (_written(one, noted) for one in callbacks(node, defaults) for noted in one.noted)


def _written(one: Callback, noted: Sequence[str]) -> Noting:
    """Return what appends what is noted: it gives nothing back, or says yes where a call asks it."""
    takes = ", ".join([*one.needed, *(f"{name}=None" for name in one.optional)])
    line = f"{NOTES}.append({noted[0] if len(noted) == 1 else '(' + ', '.join(noted) + ')'})"
    if not one.is_later and not one.is_asked and len(one.needed) <= INLINE and not one.optional:
        text = f"{NOTES}.append" if len(one.needed) == 1 and not one.by_name else f"lambda {takes}: {line}"
        return Noting({one.name: text}, [START], one.is_later)
    says = "\n    return True" if one.is_asked and not one.is_later else ""
    return Noting({one.name: one.name}, [START, f"def {one.name}({takes}):\n    {line}{says}"], one.is_later)


def callbacks(function: ast.FunctionDef, defaults: Mapping[str, Any]) -> Iterator[Callback]:
    """Yield the parameters that a function calls to tell or to ask, in one way or with names that the default has.

    One that gives what is used otherwise is not among them: a function that only notes would be none that fits.
    """
    given = function.args
    own = {one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)} - {"self", "cls"}
    asks = {id(one) for node in ast.walk(function) for one in _asked(node)}
    tells = {id(node.value) for node in ast.walk(function) if isinstance(node, ast.Expr)}
    calls: dict[str, list[tuple[ast.Call, bool]]] = {}
    for call, inner in _calls(function.body, own, is_inner=False):
        calls.setdefault(ast.unparse(call.func), []).append((call, inner))
    for name, sites in calls.items():
        if all(id(call) in asks | tells for call, _ in sites):
            is_asked = any(id(call) in asks for call, _ in sites)
            is_later = all(inner for _, inner in sites)
            by_name = any(call.keywords for call, _ in sites)
            for needed, optional, noted in _handed([call for call, _ in sites], _taken(defaults.get(name)), own):
                if {NOTES, name}.isdisjoint([*needed, *optional]):
                    rows = noted if is_later else noted[:1]
                    yield Callback(name, needed, optional, rows, is_asked, is_later, by_name)


def _handed(
    calls: Sequence[ast.Call], known: tuple[list[str], int] | None, own: set[str]
) -> Iterator[tuple[list[str], list[str], list[list[str]]]]:
    """Yield the names of what all calls hand over, and of what some do, and which of them are worth a note together.

    What the function was `own` given itself is not; those that a default asks for are in every note.
    """
    names, spare = known or (_named(calls[0]), 0)
    rows = [_row(call, names) for call in calls]
    needed = [one for one in names if all(one in row for row in rows)]
    optional = [one for one in names[len(needed) :] if any(one in row for row in rows)]
    if not all(rows) or not names or needed != names[: len(needed)] or len(needed) < len(names) - spare:
        return
    fresh = [one for one in [*needed, *optional] if any(one in row and not _is_own(row[one], own) for row in rows)]
    first = [one for one in fresh if one in names[: len(names) - spare]] or needed
    more = [[*first, one] for one in fresh if one not in first]
    yield needed, optional, [one for one in (first, *more) if 0 < len(one) <= MOST]


def _asked(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what a node asks whether it is true."""
    if isinstance(node, (ast.If, ast.While, ast.IfExp)):
        yield from _parts(node.test)
    elif isinstance(node, ast.comprehension):
        yield from (part for one in node.ifs for part in _parts(one))


def _parts(test: ast.expr) -> Iterator[ast.expr]:
    if isinstance(test, ast.BoolOp):
        yield from (part for one in test.values for part in _parts(one))
    else:
        yield from _parts(test.operand) if isinstance(test, ast.UnaryOp) else (test,)


def _calls(body: Sequence[ast.AST], own: set[str], *, is_inner: bool) -> Iterator[tuple[ast.Call, bool]]:
    """Yield the calls of parameters, each with whether a function within makes it that has no such name of its own."""
    for node in body:
        inner, names = is_inner, own
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            taken = {one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg)}
            inner, names = not isinstance(node, ast.Lambda) or is_inner, own - taken
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield node, inner
        yield from _calls([*ast.iter_child_nodes(node)], names, is_inner=inner)


def _taken(default: Any) -> tuple[list[str], int] | None:
    """Return the names of what a default takes and how many of them need not be given; None where nobody knows."""
    if not inspect.isfunction(default):
        return None
    known: list[inspect.Parameter] = []
    with contextlib.suppress(TypeError, ValueError):  # it wraps what nobody knows the parameters of
        known = [*inspect.signature(default).parameters.values()]
    names = [one.name for one in known if one.kind is one.POSITIONAL_OR_KEYWORD]
    optional = sum(one.default is not one.empty for one in known)
    return (names, optional) if names and len(names) == len(known) else None


def _named(call: ast.Call) -> list[str]:
    """Return names for what a call hands over by place, none where there are none, or two are the same."""
    names = [one.id if isinstance(one, ast.Name) else "value" for one in call.args]
    return names if len({*names}) == len(names) and not call.keywords else []


def _row(call: ast.Call, names: Sequence[str]) -> dict[str, ast.expr]:
    """Return what a call hands over by name, nothing where it does so in another way."""
    by_name = {one.arg: one.value for one in call.keywords if one.arg is not None}
    is_plain = len(by_name) == len(call.keywords) and not any(isinstance(one, ast.Starred) for one in call.args)
    row = {**dict(zip(names, call.args)), **by_name}  # noqa: B905 - 3.9
    return row if is_plain and len(call.args) <= len(names) and {*row} <= {*names} else {}


def _is_own(value: ast.expr, own: set[str]) -> bool:
    """Tell whether a value is one of the function's own arguments."""
    return isinstance(value, ast.Name) and value.id.lstrip("_") in own


def noter(text: str) -> str:
    """Return the name of the callback that takes notes in a statement or a call, "" for none."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and any(map(takes_notes, ast.walk(node))):
            return node.name
        if isinstance(node, ast.keyword) and any(
            map(takes_notes, [*ast.walk(node.value), ast.Call(node.value, [], [])])
        ):
            return node.arg or ""
    return ""


def is_idle(setup: Sequence[str], call: str) -> bool:
    """Tell whether notes are looked at that nobody could take: who takes them is given to no call."""
    if START not in setup:
        return False
    takers = {name for line in setup if line.startswith("def ") and (name := noter(line))} or {NOTES}
    lines = [line for line in (*setup, call) if line not in (START, NOTES) and not line.startswith("def ")]
    given = {one.id for line in lines for one in ast.walk(ast.parse(line)) if isinstance(one, ast.Name)}
    return takers.isdisjoint(given)


def takes_notes(node: ast.AST) -> bool:
    """Tell whether a call takes a note."""
    return isinstance(node, ast.Call) and ast.unparse(node.func) == f"{NOTES}.append"


def watched(names: set[str], case: Mapping[str, Any]) -> set[str]:
    """Return the variables that are looked at after a call: where notes are taken only they, or a look may add some."""
    return names if START not in case["setup"] else {NOTES} - {case["call"]}


def used(call: str, name: str) -> Iterator[tuple[list[str], str]]:
    """Yield statements and what to look at then: an object takes the place of the one argument of `call`, and is used.

    `name` is what the call's value is called.
    """
    tree = ast.parse(call, mode="eval").body
    if not isinstance(tree, ast.Call) or len(tree.args) != 1 or isinstance(tree.args[0], ast.Starred):
        return
    for made, forms in USES.items():
        tree.args = [ast.parse(made, mode="eval").body]
        for form in forms:
            text = form.format(name)
            is_value = isinstance(ast.parse(text).body[0], ast.Expr) and not text.endswith(")")
            yield [f"{name} = {ast.unparse(tree)}", *([] if is_value else [text])], text if is_value else NOTES
