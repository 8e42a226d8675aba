"""Calls that nobody has made yet: of methods, on objects that tests and docstrings make, and of plain functions (pure).

A guess that does not fit ends in an error, and no test is made of it.
"""

import ast
import itertools
import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from improver.experiments import Case
from improver.source import FUNCTIONS, Source
from improver.writing.inputs.arguments import ASYNCIO, CALLS, GUESSES, WAITS, annotation, arguments, definition
from improver.writing.inputs.giving import EQUALITY, ORDERS
from improver.writing.inputs.harvest import Index
from improver.writing.inputs.kinds import kinds_of
from improver.writing.inputs.makers import makers, variable_for
from improver.writing.pieces import first_text, is_read

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
    "__getitem__": ("{0}[0]", "{0}[:1]"),
    "__eq__": ("{0} == {0}", "{0} == 'a'"),
    "__ne__": ("{0} != {0}", "{0} != 'a'"),
    "__format__": ("format({0}, '')",),
    "__reversed__": ("list(reversed({0}))",),
    **{f"__{name}__": (f"math.{name}({{0}})",) for name in ("ceil", "floor", "trunc")},
    **{f"__{name}__": (f"{sign}{{0}}",) for name, sign in (("neg", "-"), ("pos", "+"), ("invert", "~"))},
    "__round__": ("round({0})",),
    "__hash__": ("len({{{0}, {0}}})",),
    "__call__": ("{0}(1)", "{0}('a')", "{0}()"),
    "__signature__": ("str(inspect.signature({0}))",),
    "__setitem__": ("{1} = {0}; {1}[0] = 1; {1}[0]", "{0}.__setitem__('a', 1)"),
    "__delitem__": ("{0}.__delitem__(9)", "{0}.__delitem__('a')"),
    "__setattr__": ("{1} = {0}; {1}.note = 1; {1}.note", "{0}.__setattr__('note', 1)"),
    "__delattr__": ("{1} = {0}; {1}.note = 1; del {1}.note; {1}", "{0}.__delattr__('note')"),
    "__next__": ("next({0})",),
    **dict.fromkeys(("__copy__", "__reduce__", "__reduce_ex__", "__getstate__", "__setstate__"), COPIED),
    "__deepcopy__": ("copy.deepcopy({0})",),
    **{f"__{name}__": (f"{{0}} {sign} {{0}}",) for name, sign in ORDERED.items()},
}
FEW = 3  # arguments of one method on an object that is made otherwise
WAITED = re.compile(r"Callable\[(\[\])?.*, *(?:\w+\.)*(?:Awaitable|Coroutine)\b")


def guessed(source: Source, home: str, function: str, index: Index) -> Iterator[Case]:
    """Yield calls of `function` ("path::qualname") with arguments that its parameters suggest."""
    *owners, last = function.partition("::")[2].split(".")
    node = definition(source, [*owners, last])
    if node is None or (last.startswith("__") and last != "__init__"):
        yield from _operated(source, home, function, index)
        return
    if owners and last != "__init__":
        known = [replace(one, call=f"{one.call}.{last}") for one in makers(source, home, owners[-1], index)]
    else:
        name = owners[-1] if owners else last
        known = [Case(function, name, ((home, name),))]
    if is_read(node):
        yield from (replace(one, function=function) for one in known)
        known = [replace(one, call=one.call.removesuffix(f".{last}")) for one in known if len(node.args.args) > 1]
    kinds = kinds_of(node, source, home, index)
    words = list(arguments(node, is_method=bool(owners), kinds=kinds))
    for one, given in itertools.islice(((one, given) for given in words for one in known), CALLS):
        more = kinds.needs(given) | ({ASYNCIO} if f"{ASYNCIO[0]}." in given else set())
        made = replace(one, function=function, imports=tuple(sorted({*one.imports, *more})))
        yield _set(made, last, given) if is_read(node) else replace(made, call=f"{one.call}({given})")


def _set(case: Case, name: str, given: str) -> Case:
    """Return the read of an attribute of an object after it was set."""
    variable = variable_for(case.call)
    setup = (*case.setup, f"{variable} = {case.call}", f"{variable}.{name} = {given}")
    return replace(case, setup=setup, call=f"{variable}.{name}")


def otherwise(source: Source, home: str, function: str, index: Index) -> Iterator[Case]:
    """Yield calls of a method on an object that is made by a class method, in the way that a test makes it."""
    *owners, last = function.partition("::")[2].split(".")
    node = definition(source, [*owners, last])
    if node is None or not owners or last.startswith("_") or node.decorator_list:
        return
    kinds = kinds_of(node, source, home, index)
    words = [*dict.fromkeys(itertools.islice(arguments(node, is_method=True, kinds=kinds), FEW))]
    for one in makers(source, home, owners[-1], index):
        for given in words if one.call.startswith(f"{owners[-1]}.") else ():
            imports = tuple(sorted({*one.imports, *kinds.needs(given)}))
            yield replace(one, function=function, call=f"{one.call}.{last}({given})", imports=imports)


def _operated(source: Source, home: str, function: str, index: Index) -> Iterator[Case]:
    """Yield what Python itself does with an object that has a method for it."""
    *owners, last = function.partition("::")[2].split(".")
    for one in makers(source, home, owners[-1], index) if owners and last in OPERATORS else ():
        text = first_text(one.call) if last in EQUALITY else ""
        same = [f"{{0}} {ORDERS[last.strip('_')]} {text}"] if text else []
        for form in (*same, *OPERATORS[last]):
            *setup, call = (part.format(one.call, variable_for(one.call)) for part in form.split("; "))
            tools = ((word, "") for word in ("copy", "inspect", "math") if f"{word}." in form)
            imports = tuple(sorted({*one.imports, *tools}))
            yield replace(one, function=function, call=call, setup=(*one.setup, *setup), imports=imports)


def returned(source: Source, home: str, function: str, index: Index) -> Iterator[Case]:
    """Yield calls of `function` on what its opposite, of the same class or file, makes of plain values."""
    *owners, last = function.partition("::")[2].split(".")
    forth = opposite(last)
    node = definition(source, [*owners, forth]) if forth else None
    if node is None or not forth:
        return
    kinds = kinds_of(node, source, home, index)
    words = [*dict.fromkeys(itertools.islice(arguments(node, is_method=bool(owners), kinds=kinds), GUESSES))]
    if not owners:
        for given in words:
            imports = ((home, forth), (home, last), *sorted(kinds.needs(given)))
            yield Case(function, f"{last}({forth}({given}))", imports)
        return
    for one, given in itertools.product(makers(source, home, owners[-1], index), words):
        name = variable_for(one.call)
        call = f"{name}.{last}({name}.{forth}({given}))"
        imports = tuple(sorted({*one.imports, *kinds.needs(given)}))
        setup = (*one.setup, f"{name} = {one.call}")
        yield replace(one, function=function, setup=setup, call=call, imports=imports)


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


def decorating(source: Source, home: str, function: str) -> Iterator[Case]:
    """Yield calls of `function` with the functions that it asks for, where it needs nothing else: by their parameters.

    Of a class it is the making that asks.
    """
    *owners, last = function.partition("::")[2].split(".")
    node = definition(source, [*owners, last])
    if node is None or (owners and last != "__init__"):
        return
    places = [*node.args.posonlyargs, *node.args.args][bool(owners) :]
    if not places or len(places) - len(node.args.defaults) > 1 or "Callable" not in annotation(places[0]):
        return
    asked = [one.comparators for one in ast.walk(node) if isinstance(one, ast.Compare) and _reads_name(one.left)]
    known = [part.value for row in asked for one in row for part in ast.walk(one) if isinstance(part, ast.Constant)]
    names = [one for one in dict.fromkeys(known) if isinstance(one, str) and one.isidentifier()]
    functions = [f"lambda {name}: {name}" for name in names if not keyword.iskeyword(name)]
    if waits := WAITED.search(annotation(places[0])):
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
    return [one.name for one in alike if definition(source, [one.name, "__init__"]) is None]


def _reads_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "name"
