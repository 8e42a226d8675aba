"""Calls that nobody has made yet: of methods, on objects that tests and docstrings make, and of plain functions (pure).

A guess that does not fit ends in an error, and no test is made of it.
"""

import ast
import builtins
import itertools
import keyword
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from improver.experiments import Case
from improver.judging.strategies import Pool, tries_of
from improver.source import FUNCTIONS, Function, Source
from improver.writing.harvest import Index
from improver.writing.illustrating import documented
from improver.writing.wording import SNAKE

OPPOSITES = (
    *(("load", "dump"), ("unsign", "sign"), ("decode", "encode"), ("unpack", "pack"), ("unquote", "quote")),
    *(("unescape", "escape"), ("decompress", "compress"), ("gunzip", "gzip"), ("deserialize", "serialize")),
    *(("decrypt", "encrypt"), ("parse", "format"), ("unflatten", "flatten"), ("from_json", "to_json")),
)
ORDERED = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "add": "+", "or": "|", "and": "&", "sub": "-"}
COPIED = ("copy.copy({0})", "{1} = {0}; {1}.note = 1; copy.copy({1}).note")
OPERATORS: Mapping[str, tuple[str, ...]] = {  # statements and, last, a call: {0} makes an object, {1} is a name for one
    **{f"__{name}__": (f"{name}({{0}})",) for name in ("len", "int", "float", "bool", "abs")},
    "__iter__": ("list({0})",),
    "__contains__": ("1 in {0}",),
    "__getitem__": ("{0}[0]",),
    "__eq__": ("{0} == {0}", "{0} == 'a'"),
    "__ne__": ("{0} != {0}", "{0} != 'a'"),
    "__format__": ("format({0}, '')",),
    "__reversed__": ("list(reversed({0}))",),
    "__neg__": ("-{0}",),
    "__hash__": ("len({{{0}, {0}}})",),
    "__call__": ("{0}(1)", "{0}('a')", "{0}()"),
    "__signature__": ("str(inspect.signature({0}))",),
    "__setitem__": ("{1} = {0}; {1}[0] = 1; {1}[0]",),
    "__next__": ("next({0})",),
    **dict.fromkeys(("__copy__", "__reduce__", "__reduce_ex__", "__getstate__", "__setstate__"), COPIED),
    "__deepcopy__": ("copy.deepcopy({0})",),
    **{f"__{name}__": (f"{{0}} {sign} {{0}}",) for name, sign in ORDERED.items()},
}
MAKERS, GUESSES, CALLS = 3, 6, 18  # objects, values of one argument, calls of one function
ASYNCIO, WAITS = ("asyncio", ""), "asyncio.sleep(0, 1)"  # what can be awaited, and comes to 1
WAITED = re.compile(r"Callable\[(\[\])?.*, *(?:\w+\.)*(?:Awaitable|Coroutine)\b")
ANYTHING = ("1", "'a'", "[1, 2, 3]", "[]", "0.5", "{'a': 1}")
BY_NAME: Mapping[str, tuple[str, ...]] = {
    "text": ("'a b'", "''", "'Ab, c'"),
    "number": ("1", "0", "-2"),
    "items": ("[1, 2, 3]", "[]", "['a', 'b']"),
    "mapping": ("{'a': 1}", "{}"),
    "function": ("str", "len"),
    "functions": ("[str, len]", "[len]"),
}
HINTS: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "string", "str", "name", "s", "word", "html", "msg", "message", "title", "line", "pattern", "key"),
    "number": ("n", "num", "number", "count", "size", "width", "i", "index", "limit", "maxsize", "start", "stop"),
    "items": ("items", "seq", "iterable", "values", "lst", "list", "src", "data", "args", "it"),
    "mapping": ("d", "dct", "dict", "mapping", "kwargs", "params"),
    "function": ("f", "fn", "fun", "func", "function", "callable", "callback", "predicate", "handler", "converter"),
    "functions": ("fns", "funs", "funcs", "functions", "callables", "callbacks", "predicates", "handlers"),
}


def guessed(source: Source, home: str, function: str, index: Index) -> Iterator[Case]:
    """Yield calls of `function` ("path::qualname") with arguments that its parameters suggest."""
    *owners, last = function.partition("::")[2].split(".")
    node = _definition(source, [*owners, last])
    if node is None or (last.startswith("__") and last != "__init__"):
        yield from _operated(source, home, function, index)
        return
    if not owners:
        known = [Case(function, node.name, ((home, node.name),))]
    else:
        known = [*makers(source, home, owners[-1], index)]
        is_property = any("property" in ast.unparse(one) for one in node.decorator_list)
        if last == "__init__":
            known = [Case(function, owners[-1], ((home, owners[-1]),))]
        elif is_property:
            yield from (replace(one, function=function, call=f"{one.call}.{last}") for one in known)
            return
        known = [replace(one, call=f"{one.call}.{last}" if last != "__init__" else one.call) for one in known]
    words = list(_arguments(node, is_method=bool(owners)))
    for one, given in itertools.islice(((one, given) for given in words for one in known), CALLS):
        more = {ASYNCIO} if f"{ASYNCIO[0]}." in given else set()
        yield replace(one, function=function, call=f"{one.call}({given})", imports=tuple(sorted({*one.imports, *more})))


def _operated(source: Source, home: str, function: str, index: Index) -> Iterator[Case]:
    """Yield what Python itself does with an object that has a method for it."""
    *owners, last = function.partition("::")[2].split(".")
    for one in makers(source, home, owners[-1], index) if owners and last in OPERATORS else ():
        for form in OPERATORS[last]:
            *setup, call = form.format(one.call, _variable(one.call)).split("; ")
            tools = ((word, "") for word in ("copy", "inspect") if f"{word}." in form)
            imports = tuple(sorted({*one.imports, *tools}))
            yield replace(one, function=function, call=call, setup=(*one.setup, *setup), imports=imports)


def returned(source: Source, home: str, function: str, index: Index) -> Iterator[Case]:
    """Yield calls of `function` on what its opposite, of the same class or file, makes of plain values."""
    *owners, last = function.partition("::")[2].split(".")
    forth = opposite(last)
    node = _definition(source, [*owners, forth]) if forth else None
    if node is None or not forth:
        return
    words = [*dict.fromkeys(itertools.islice(_arguments(node, is_method=bool(owners)), GUESSES))]
    if not owners:
        imports = ((home, forth), (home, last))
        yield from (Case(function, f"{last}({forth}({given}))", imports) for given in words)
        return
    for one, given in itertools.product(makers(source, home, owners[-1], index), words):
        name = _variable(one.call)
        call = f"{name}.{last}({name}.{forth}({given}))"
        yield replace(one, function=function, setup=(*one.setup, f"{name} = {one.call}"), call=call)


def _variable(call: str) -> str:
    """Return a name for what a call of a class makes: the last word of the class's name."""
    name = call.partition("(")[0]
    word = SNAKE.sub("_", name).lower().rpartition("_")[2]
    is_free = word.isidentifier() and not keyword.iskeyword(word) and word not in (*dir(builtins), name)
    return word if is_free else "made"


def opposite(name: str) -> str:
    """Return the name of what `name` takes back, "" when the name takes nothing back."""
    for back, forth in OPPOSITES:
        if found := re.fullmatch(rf"(.*_|){back}(_.*|s|)", name):
            return f"{found[1]}{forth}{found[2]}"
    return ""


def attributes(source: Source, home: str, index: Index) -> dict[str, list[Case]]:
    """Map a private function of a class to reads of the public attributes that the class makes of it."""
    found: dict[str, list[Case]] = {}
    for node in source.tree.body:
        if not isinstance(node, ast.ClassDef):
            continue
        private = {one.name for one in node.body if isinstance(one, FUNCTIONS) and one.name.startswith("_")}
        for one in node.body:
            if isinstance(one, ast.Assign) and isinstance(one.value, ast.Call) and isinstance(one.targets[0], ast.Name):
                words = {part.id for part in ast.walk(one.value) if isinstance(part, ast.Name)} & private
                for name in words if not one.targets[0].id.startswith("_") else ():
                    function = f"{source.path}::{node.name}.{name}"
                    made = makers(source, home, node.name, index)
                    found[function] = [
                        replace(m, function=function, call=f"{m.call}.{one.targets[0].id}") for m in made
                    ]
    return found


def makers(source: Source, home: str, owner: str, index: Index) -> list[Case]:
    """Return the shortest calls of a class that tests and its docstring show, or one without arguments."""
    node = next((one for one in source.tree.body if isinstance(one, ast.ClassDef) and one.name == owner), None)
    heirs = [one for one in source.tree.body if isinstance(one, ast.ClassDef) and owner in map(ast.unparse, one.bases)]
    if owner.endswith("Mixin") or owner.startswith("_"):
        return [case for one in heirs for case in makers(source, home, one.name, index)]
    if node is None:
        return []
    known = [case for case in (*documented(source, home, node), *index.get(owner, ())) if _is_making(case.call, owner)]
    known.sort(key=lambda case: (len(case.prelude), len(case.setup), len(case.call)))
    own = _definition(source, [owner, "__init__"])
    if own is None and len(known) < MAKERS:
        known += [
            case for one in map(ast.unparse, node.bases) for case in _inherited(source, home, (one, owner), index)
        ]
    given = [*_arguments(own, is_method=True)] if own is not None else ["", "'a'", "[1, 2, 3]"]
    plain = [Case(f"{source.path}::{owner}", f"{owner}({words})", ((home, owner),)) for words in given]
    return _various(known)[:MAKERS] or plain[:MAKERS]


def _is_making(text: str, owner: str) -> bool:
    """Tell whether a text is a call of the class and nothing more: a link of a chain, or an operand, may be one too."""
    call = ast.parse(text, mode="eval").body
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == owner


def _various(cases: Sequence[Case]) -> list[Case]:
    """Return the cases, the first of each way to give arguments before all that are like them."""
    ways: Counter[tuple[object, ...]] = Counter()
    turns = []
    for case in cases:
        call = ast.parse(case.call, mode="eval").body
        assert isinstance(call, ast.Call), "a class is called"
        way = (len(call.args), *(one.arg for one in call.keywords))
        turns.append(ways[way])
        ways[way] += 1
    return [case for _, case in sorted(zip(turns, cases, strict=True), key=lambda one: one[0])]


def _inherited(source: Source, home: str, names: tuple[str, str], index: Index) -> Iterator[Case]:
    """Yield calls of a class, the second of `names`, like those of the one that it takes its making from."""
    parent, owner = names
    known = any(isinstance(one, ast.ClassDef) and one.name == parent for one in source.tree.body)
    if not known or parent.endswith("Mixin") or parent.startswith("_"):  # they are made as their heirs are
        return
    for case in makers(source, home, parent, index):
        call = ast.parse(case.call, mode="eval").body
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == parent:
            call.func.id = owner
            yield replace(case, call=ast.unparse(call), imports=tuple(sorted({*case.imports, (home, owner)})))


def _definition(source: Source, parts: Sequence[str]) -> Function | None:
    body: Sequence[ast.stmt] = source.tree.body
    for part in parts[:-1]:
        owner = next((one for one in body if isinstance(one, ast.ClassDef) and one.name == part), None)
        body = owner.body if owner is not None else []
    return next((one for one in reversed(body) if isinstance(one, FUNCTIONS) and one.name == parts[-1]), None)


def _arguments(node: Function, *, is_method: bool) -> Iterator[str]:
    """Yield texts of the arguments that must be given: one value after the other in every place, then mixed."""
    places = [*node.args.posonlyargs, *node.args.args]
    needed = places[: len(places) - len(node.args.defaults)]
    if is_method and not any("staticmethod" in ast.unparse(one) for one in node.decorator_list):
        needed = needed[1:]
    named = [one for one, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if default is None]
    values = [[*_values(one)] for one in (*needed, *named)]
    if not values:
        yield from _any_number(node.args.vararg)
    turns = [*zip(*(itertools.islice(itertools.cycle(row), GUESSES) for row in values), strict=True)]
    for row in dict.fromkeys((*turns, *itertools.islice(itertools.product(*values), CALLS))) if values else ():
        plain = list(row[: len(needed)])
        yield ", ".join([*plain, *(f"{one.arg}={text}" for one, text in zip(named, row[len(needed) :], strict=True))])


def decorating(source: Source, home: str, function: str) -> Iterator[Case]:
    """Yield calls of `function` with the functions that it asks for, where it needs nothing else: by their parameters.

    Of a class it is the making that asks.
    """
    *owners, last = function.partition("::")[2].split(".")
    node = _definition(source, [*owners, last])
    if node is None or (owners and last != "__init__"):
        return
    places = [*node.args.posonlyargs, *node.args.args][bool(owners) :]
    if not places or len(places) - len(node.args.defaults) > 1 or "Callable" not in _annotation(places[0]):
        return
    asked = [one.comparators for one in ast.walk(node) if isinstance(one, ast.Compare) and _reads_name(one.left)]
    known = [part.value for row in asked for one in row for part in ast.walk(one) if isinstance(part, ast.Constant)]
    names = [one for one in dict.fromkeys(known) if isinstance(one, str) and one.isidentifier()]
    functions = [f"lambda {name}: {name}" for name in names if not keyword.iskeyword(name)]
    if waits := WAITED.search(_annotation(places[0])):
        functions.append(f"lambda: {WAITS}" if waits[1] else f"lambda item: {WAITS.replace('1', 'item')}")
    else:
        functions += ["str", "len"]
    more = {ASYNCIO} if waits else set[tuple[str, ...]]()
    for made, given in itertools.product([owners[-1], *_heirs(source, owners[-1])] if owners else [last], functions):
        yield Case(function, f"{made}({given})", tuple(sorted({(home, made), *more})))


def _heirs(source: Source, owner: str) -> list[str]:
    """Return the public classes of the file that are made as `owner` is."""
    known = [one for one in source.tree.body if isinstance(one, ast.ClassDef) and not one.name.startswith("_")]
    alike = [one for one in known if owner in (ast.unparse(base).partition("[")[0] for base in one.bases)]
    return [one.name for one in alike if _definition(source, [one.name, "__init__"]) is None]


def _annotation(one: ast.arg) -> str:
    return ast.unparse(one.annotation) if one.annotation is not None else ""


def _reads_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "name"


def _values(one: ast.arg) -> Iterator[str]:
    if re.match(r"(?:\w+\.)*(?:Awaitable|Coroutine)\b", _annotation(one)):
        yield WAITS
    tries = [repr(value) for value in tries_of(one.annotation, Pool())] if one.annotation is not None else []
    if tries:
        yield from tries[:GUESSES]
        return
    yield from dict.fromkeys((*BY_NAME.get(_kind(one), ()), *ANYTHING))


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
