"""Texts of the arguments that a function asks for, from its parameters' types and names (pure)."""

import ast
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence

from improver.source import FUNCTIONS, Function, Source
from improver.writing.inputs import standard
from improver.writing.inputs.kinds import NOTHING_KNOWN, Kinds
from improver.writing.inputs.meant import ITEMS, NUMBERS, TEXTS, meant
from improver.writing.pieces import required

GUESSES, CALLS = 6, 18  # values of one argument, calls of one function
ASYNCIO, WAITS = ("asyncio", ""), "asyncio.sleep(0, 1)"  # what can be awaited, and comes to 1
ANYTHING = ("1", "'a'", "[1, 2, 3]", "[]", "0.5", "{'a': 1}")
BY_NAME: Mapping[str, tuple[str, ...]] = {
    "text": ("'two words'", "''", "'One, two'"),
    "name": ("'first'", "''", "'second'"),
    "number": ("1", "0", "-2"),
    "items": ("[1, 2, 3]", "[]", "['a', 'b']"),
    "mapping": ("{'a': 1}", "{}"),
    "function": ("str", "len"),
    "class": ("dict", "ValueError"),
    "functions": ("[str, len]", "[len]"),
}
OF_TYPE: Mapping[str, frozenset[str]] = {  # the narrowest first
    "text": TEXTS,
    "number": NUMBERS,
    "mapping": frozenset({"dict"}),
    "function": frozenset({"function"}),
    "class": frozenset({"class"}),
    "items": ITEMS,
}
HINTS: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "string", "str", "s", "word", "html", "msg", "message", "title", "line", "pattern"),
    "name": ("name", "key", "attr", "attribute", "identifier", "label"),
    "number": ("n", "num", "number", "count", "size", "width", "i", "index", "limit", "maxsize", "start", "stop"),
    "items": ("items", "seq", "iterable", "values", "lst", "list", "src", "data", "args", "it"),
    "mapping": ("d", "dct", "dict", "mapping", "kwargs", "params"),
    "function": ("f", "fn", "fun", "func", "function", "callable", "callback", "predicate", "handler", "converter"),
    "functions": ("fns", "funs", "funcs", "functions", "callables", "callbacks", "predicates", "handlers"),
}


def definition(source: Source, parts: Sequence[str]) -> Function | None:
    """Return the function of a file that `parts` name, the last of several; None for none."""
    body: Sequence[ast.stmt] = source.tree.body
    for part in parts[:-1]:
        owner = next((one for one in body if isinstance(one, ast.ClassDef) and one.name == part), None)
        body = owner.body if owner is not None else []
    return next((one for one in reversed(body) if isinstance(one, FUNCTIONS) and one.name == parts[-1]), None)


def arguments(node: Function, *, is_method: bool, kinds: Kinds = NOTHING_KNOWN) -> Iterator[str]:
    """Yield texts of the arguments that must be given: one value after the other in every place, then mixed."""
    needed = required(node)
    if is_method and not any("staticmethod" in ast.unparse(one) for one in node.decorator_list):
        needed = needed[1:]
    named = [one for one, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if default is None]
    values = [[*_values(one, kinds, meant(node, one.arg))] for one in (*needed, *named)]
    if not values:
        yield from _any_number(node.args.vararg)
    turns = [*zip(*(itertools.islice(itertools.cycle(row), GUESSES) for row in values), strict=True)]
    for row in dict.fromkeys((*turns, *itertools.islice(itertools.product(*values), CALLS))) if values else ():
        plain = list(row[: len(needed)])
        yield ", ".join([*plain, *(f"{one.arg}={text}" for one, text in zip(named, row[len(needed) :], strict=True))])


def annotation(one: ast.arg) -> str:
    """Return the annotation of a parameter as text, "" for none."""
    return ast.unparse(one.annotation) if one.annotation is not None else ""


def _values(one: ast.arg, kinds: Kinds, types: frozenset[str]) -> Iterator[str]:
    """Yield values of a parameter: as annotated, as often given by that name, of the types it is meant for, any."""
    if re.match(r"(?:\w+\.)*(?:Awaitable|Coroutine)\b", annotation(one)):
        yield WAITS
    if known := kinds.of(one.annotation):
        yield from known[:GUESSES]
        return
    often = standard.BY_NAME.get(one.arg.strip("_").lower(), ())
    fit = next((kind for kind, known in OF_TYPE.items() if types and types <= known), "")
    yield from dict.fromkeys((*often, *BY_NAME.get(fit, ()), *BY_NAME.get(_kind(one), ()), *ANYTHING))


def _any_number(more: ast.arg | None) -> Iterator[str]:
    """Yield texts of arguments of which there may be any number, or none where there are none."""
    if more is None:
        yield ""
    elif _kind(more) == "functions":
        yield from ("str", "str, len")
    else:
        yield "'a'"


def _kind(one: ast.arg) -> str:
    """Return what the name of a parameter hints at, "" for nothing."""
    return next((kind for kind, names in HINTS.items() if one.arg.strip("_").lower() in names), "")
