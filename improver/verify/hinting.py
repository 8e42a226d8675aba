"""What the parameters of the functions in a call allow, as source: inside the sandbox (Python 3.9)."""

from __future__ import annotations

import ast
import inspect
import itertools
import re
import textwrap
from typing import Any, Callable, Iterable, Iterator, Sequence  # noqa: UP035 - older interpreters run this file

ONE = {"None": "None", "Optional": "None", "str": "'a'", "bytes": "b'a'", "int": "1", "float": "0.5", "bool": "True"}
MANY = {"str": "['a', 'b']", "bytes": "[b'a', b'b']", "int": "[1, 2]"}
EXAMPLES = {
    "str": "'a'",
    "bytes": "b'a'",
    "int": "2",
    "float": "0.5",
    "bool": "True",
    "bytearray": "bytearray(b'a')",
    "list": "['a', 'b']",
    "tuple": "('a', 'b')",
    "dict": "{'a': 1}",
    "set": "{'a'}",
    "frozenset": "frozenset({'a'})",
    "Mapping": "{'a': 1}",
    "Sequence": "['a', 'b']",
    "range": "range(3)",
    "complex": "1j",
}
LISTS = frozenset({"Iterable", "Sequence", "Collection", "list", "List", "Iterator", "tuple", "Tuple"})
SETS = {"set": "{'a', 'b'}", "Set": "{'a', 'b'}", "frozenset": "frozenset({'a', 'b'})"}
PAIRS = frozenset({"dict", "Dict", "Mapping", "MutableMapping"})
TELLING = ("lambda a, b: (a, b)", "lambda a: [a]")  # what they are given can be seen in what they give
JOINING = frozenset({"combine", "merge", "reducer", "join", "binop", "conflict"})  # names of functions of two arguments
MANY_ITEMS, ALL_ITEMS = 10, 1000  # a default in between may say how many there are of something
FUNCTIONS = frozenset({"key", "func", "function", "predicate", "callback", "factory", "filter", "convert", "cast"})
ANY = "a"  # the name of an argument where any name will do
PLACED = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def allowed(one: inspect.Parameter) -> list[str]:
    """Return expressions that the parameter's annotation allows; without one, functions where its name asks for one."""
    if one.annotation is one.empty:
        asks = one.name.strip("_") in FUNCTIONS and (one.default is None or one.default is one.empty)
        return ["str", "len", "bool"] if asks else []
    known = one.annotation
    text = known if isinstance(known, str) else f"{getattr(known, '__name__', '')} {known!r}"
    words = set(re.findall(r"\w+", text))
    if "Callable" in words:
        return ["str", "len"]
    many = [text for kind, text in MANY.items() if kind in words] or ["['a', 'b']", "[2, 1]"]
    found = [*(many if words & LISTS else []), *(text for kind, text in ONE.items() if kind in words)]
    sets = [text for kind, text in SETS.items() if kind in words]
    return [*dict.fromkeys([*sets, *found]), *(["{'a': 1}"] if words & PAIRS else [])]


def typed(call: str, module: Any) -> Iterator[str]:
    """Yield calls that differ from `call` in one argument, which the annotation of its parameter allows."""
    whole = ast.parse(call, mode="eval").body
    for number, node in enumerate(ast.walk(whole)):
        if isinstance(node, ast.Call) and not any(isinstance(one, ast.Starred) for one in node.args):
            for place, text in _places(node, parameters(node.func, module)):
                yield _changed(call, number, place, text)


def beyond(call: str, defaults: Iterable[tuple[str, Any]], module: Any) -> Iterator[str]:
    """Yield calls with two items more than a default may count, also with a function that tells what it is given."""
    whole = ast.parse(call, mode="eval").body
    sizes = [(name, size) for name, size in defaults if type(size) is int and MANY_ITEMS <= size <= ALL_ITEMS]
    if not isinstance(whole, ast.Call):
        return
    known = parameters(whole.func, module)
    optional = [one.name for one in known if one.default is None and one.name.strip("_") in JOINING | FUNCTIONS]
    given = {one.arg for one in whole.keywords} | {one.name for one in known[: len(whole.args)]}
    for (name, size), (at, value) in itertools.product(sizes, enumerate(whole.args)):
        if name not in given and (
            isinstance(value, ast.List) or getattr(getattr(value, "func", None), "id", "") == "range"
        ):
            more = _changed(call, 0, at, f"range({size + 2})")
            yield more
            for other in (one for one in optional if one not in given):
                yield _changed(more, 0, other, TELLING[other.strip("_") not in JOINING])


def told_apart(call: str, text: str) -> Iterator[str]:
    """Yield calls of the function in `text` that give it values of the types by which it tells arguments apart."""
    whole = ast.parse(call, mode="eval").body
    function = _function(text)
    if function is None or not isinstance(whole, ast.Call) or any(isinstance(one, ast.Starred) for one in whole.args):
        return
    names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
    names = names[1:] if names[:1] in (["self"], ["cls"]) else names
    for node in ast.walk(function):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "isinstance" or len(node.args) != 2:
            continue
        subject, kinds = ast.unparse(node.args[0]), ast.walk(node.args[1])
        place = names.index(subject) if subject in names[: len(whole.args)] else subject
        known = [EXAMPLES[kind.id] for kind in kinds if isinstance(kind, ast.Name) and kind.id in EXAMPLES]
        yield from (_changed(call, 0, place, value) for value in known if subject in names)


def met(call: str, text: str, asks: Callable[..., Iterable[dict[str, str]]], module: Any) -> Iterator[str]:
    """Yield calls of the function in `text`, of `module`, with the arguments by name that it `asks` for."""
    whole, function = ast.parse(call, mode="eval").body, _function(text)
    if function is None or not isinstance(whole, ast.Call) or isinstance(whole.func, ast.Call):
        return
    if not any(isinstance(one, ast.Starred) for one in whole.args):
        names = [one.arg for one in (*function.args.posonlyargs, *function.args.args) if one.arg not in ("self", "cls")]
        for given in asks(function, vars(module)):
            other = call
            for name, value in given.items():
                place = names.index(name) if name in names[: len(whole.args)] else name
                other = _changed(other, 0, place, value)
            yield other


def _function(text: str) -> ast.FunctionDef | None:
    """Return the function that a source defines, None for anything else."""
    try:
        function = ast.parse(textwrap.dedent(text)).body[0]
    except (SyntaxError, IndexError):
        return None
    return function if isinstance(function, ast.FunctionDef) else None


def stand_ins(call: str, text: str) -> Iterator[str]:
    """Yield calls of the function in `text` that give it an object with just the method that it looks for in one."""
    whole = ast.parse(call, mode="eval").body
    if not isinstance(whole, ast.Call) or any(isinstance(one, ast.Starred) for one in whole.args):
        return
    nodes = [*ast.walk(whole)]
    numbers = [one.value for one in nodes if isinstance(one, ast.Constant) and type(one.value) in (int, float)]
    for (at, name), method in sought(text).items():
        place = at if at < len(whole.args) else name
        for value in dict.fromkeys([*numbers[:2], 1]):
            yield _changed(call, 0, place, f"types.SimpleNamespace({method}=lambda: {value!r})")


def sought(text: str) -> dict[tuple[int, str], str]:
    """Map parameters by place and name to the method of theirs that a function asks about and calls with nothing."""
    function = _function(text)
    if function is None:
        return {}
    calls = [one for one in ast.walk(function) if isinstance(one, ast.Call)]
    asked = {ast.unparse(one) for one in calls if getattr(one.func, "id", "") == "hasattr"}
    found: dict[tuple[int, str], str] = {}
    for at, one in enumerate([*function.args.posonlyargs, *function.args.args]):
        for used in (call.func for call in calls if not call.args and not call.keywords):
            if isinstance(used, ast.Attribute) and f"hasattr({one.arg}, {used.attr!r})" in asked:
                found.update({(at, one.arg): used.attr} if getattr(used.value, "id", "") == one.arg else {})
    return found


def parameters(called: ast.expr, module: Any) -> list[inspect.Parameter]:
    """Return the parameters of what is called by a name of `module`, or by a method's on an object that it makes."""
    is_method = isinstance(called, ast.Attribute)
    place: Any = called.value if isinstance(called, ast.Attribute) else called
    if is_method and isinstance(place, ast.Call):
        place = place.func
    if not isinstance(place, ast.Name):
        return []
    try:
        found = getattr(module, place.id)
        found = getattr(found, called.attr) if isinstance(called, ast.Attribute) else found
        known = list(inspect.signature(found).parameters.values())
    except (AttributeError, TypeError, ValueError):  # another module's name, or nobody says what it takes
        return []
    return known[1:] if is_method and known and known[0].name == "self" else known


def _places(node: ast.Call, known: list[inspect.Parameter]) -> Iterator[tuple[Any, str]]:
    """Yield each place, a number or a name, with what may stand there, the places by turns."""
    placed = [one for one in known if one.kind in PLACED]
    left = [*placed[len(node.args) :], *(one for one in known if one.kind is inspect.Parameter.KEYWORD_ONLY)]
    places: list[tuple[Any, inspect.Parameter]] = list(enumerate(placed[: len(node.args)]))
    places += [(one.name, one) for one in left if one.kind in NAMED]
    rows = [[(place, text) for text in allowed(one)] for place, one in places]
    rows += [[(ANY, "1")] for one in known if one.kind is inspect.Parameter.VAR_KEYWORD]
    for turn in range(max(map(len, rows), default=0)):
        yield from (row[turn] for row in rows if turn < len(row))


def _changed(call: str, number: int, place: Any, text: str) -> str:
    whole = ast.parse(call, mode="eval").body
    node: Any = list(ast.walk(whole))[number]
    _put(node, place, ast.parse(text, mode="eval").body)
    return ast.unparse(whole)


def give(node: ast.Call, name: str, text: str, placed: Sequence[str]) -> None:
    """Give a call an argument, in its place where it has it there; `placed` are the names of those by place."""
    plain = [*itertools.takewhile(lambda one: not isinstance(one, ast.Starred), node.args)]
    place = placed.index(name) if name in placed[: len(plain)] else name
    _put(node, place, ast.parse(text, mode="eval").body)


def _put(node: ast.Call, place: int | str, value: ast.expr) -> None:
    if isinstance(place, int):
        node.args[place] = value
    else:
        node.keywords = [one for one in node.keywords if one.arg != place] + [ast.keyword(place, value)]
