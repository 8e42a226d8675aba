"""Uses of an object that something was done with before: what it does then depends on what it holds (pure)."""

import ast
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from improver.experiments import Case
from improver.source import FUNCTIONS, Function, Source
from improver.writing.inputs.arguments import arguments
from improver.writing.inputs.following import returns_nothing
from improver.writing.inputs.harvest import Index
from improver.writing.inputs.held import changes
from improver.writing.inputs.makers import makers, variable_for
from improver.writing.pieces import asks_nothing, is_left_open, is_literal, is_read

MOST = 14  # of one function
KINDS, MAKERS, MOVERS, ROWS = 2, 2, 3, 3  # classes, objects of one, ways to change them, and arguments of each
LINES = 5  # statements of a test that somebody reads
FILLING = re.compile(r"(?:add|append|push|put|insert|write|set|update|feed|extend|send|register|enqueue)(?:_|$)")
LIST = re.compile(r"(?:[Ll]ist|Sequence|[Dd]eque)(?:\[.*\])?$")
SET, ITEMS = re.compile(r"[Ss]et(?:\[.*\])?$"), "[3, 1, 2]"
MAPPING = re.compile(r"(?:Dict|dict|Mapping|Counter)(?:\[.*\])?$")
SPECIAL: Mapping[str, tuple[str, ...]] = {  # {0} is the object, {1} what the first step was told
    "__len__": ("len({0})",),
    "__iter__": ("list({0})",),
    "__contains__": ("{1} in {0}",),
    "__getitem__": ("{0}[{1}]", "{0}[0]", "{0}[-1]", "{0}[1:]", "{0}['z']"),
    "__missing__": ("{0}['z']",),
    "__next__": ("next({0})",),
    "__reversed__": ("list(reversed({0}))",),
    "__repr__": ("repr({0})",),
    "__eq__": ("{0} == {2}", "{0} == {0}"),
}
OTHERS: Mapping[type, Callable[[Any], object]] = {
    int: lambda value: value + 1,
    str: lambda value: "b" if value == "a" else f"{value}b",
    bytes: lambda value: value + b"b",
}
CHANGING = {"__setitem__": ("{0}[{1}] = 3", "{0}[:1] = [5, 6]"), "__delitem__": ("del {0}[{1}]", "del {0}[:1]")}
REFUSED = {  # as statements, which a test has where they are refused
    "__setitem__": ("{0}.__setitem__(9, 3)", "{0}.__setitem__('z', 3)"),
    "__delitem__": ("{0}.__delitem__(9)", "{0}.__delitem__('z')"),
}


@dataclass(frozen=True, slots=True)
class _Object:
    """An object in a variable, the methods of its class, and the names of the classes that it has them from."""

    made: Case
    name: str
    methods: Mapping[str, Function]
    parents: Sequence[str]

    @property
    def setup(self) -> tuple[str, ...]:
        """Return the statements that make it."""
        return (*self.made.setup, f"{self.name} = {self.made.call}")

    @property
    def is_mapping(self) -> bool:
        """Tell whether it holds items by key."""
        return any(map(MAPPING.search, self.parents))

    @property
    def is_list(self) -> bool:
        """Tell whether it holds items by place."""
        return any(map(LIST.search, self.parents))


def stepped(source: Source, home: str, function: str, index: Index) -> Iterator[Case]:
    """Yield calls of a method after others that change its object, and of others after it."""
    *owners, last = function.partition("::")[2].split(".")
    if not owners or (last.startswith("_") and last not in SPECIAL and last not in CHANGING):
        return
    methods, _ = _methods(source, owners[-1])
    if last not in methods or any("staticmethod" in one or "classmethod" in one for one in _marks(methods[last])):
        return
    things = _objects(source, home, (owners[-1], last), index)
    found = [_used(thing, last, [*_steps(thing, _movers(thing), index)], index) for thing in things]
    turns = (case for turn in itertools.zip_longest(*found) for case in turn if case is not None)
    known = {f"{case.setup} {case.call}": replace(case, function=function) for case in turns}
    yield from itertools.islice(known.values(), MOST)


def _objects(source: Source, home: str, names: tuple[str, str], index: Index) -> Iterator[_Object]:
    """Yield objects of classes that have a method from a class, and of that itself."""
    owner, last = names
    classes = [one for one in source.tree.body if isinstance(one, ast.ClassDef)]
    heirs = [one for one in classes if owner in _methods(source, one.name)[1]]
    kinds = [one.name for one in heirs if last not in {getattr(part, "name", "") for part in one.body}]
    sketches = any(map(_is_open, _methods(source, owner)[0].values()))
    for kind in kinds[: KINDS - 1] + [owner] * (not kinds or not sketches):
        methods, parents = _methods(source, kind)
        known = makers(source, home, kind, index)[: MAKERS if kind in index and not kinds else 1]
        filled = [Case("", f"{kind}({ITEMS})", ((home, kind),))] if _takes_items(methods, parents) else []
        for made in filled or known:
            yield _Object(made, variable_for(made.call), methods, parents)


def _is_open(node: Function) -> bool:
    """Tell whether a method leaves what it does to heirs: it does nothing, or only refuses."""
    return is_left_open(node) or (len(node.body) < 3 and isinstance(node.body[-1], ast.Pass))


def _takes_items(methods: Mapping[str, Function], parents: Sequence[str]) -> bool:
    """Tell whether objects of a class are made of items that need not be given."""
    making = methods.get("__init__")
    holds = any(LIST.search(one) or SET.search(one) for one in parents)
    if making is None or making.args.vararg is not None:
        return holds
    places = [one.arg for one in making.args.args[1:]]
    return bool(places) and (holds or places[0] == "iterable") and asks_nothing(making)


def _used(thing: _Object, last: str, steps: Sequence[tuple[tuple[str, ...], str]], index: Index) -> Iterator[Case]:
    """Yield uses of an object by its method `last` after steps, each with what the first of them was told."""
    readers = [one for one in _readers(thing) if one != f"{thing.name}.{last}()"]
    repeats = not returns_nothing(thing.methods[last]) and (last not in SPECIAL or last == "__next__")
    placed = []
    for at, (before, told) in enumerate(steps):
        calls = [*_calls(thing, last, told, index)]
        pairs = [(one, one) for one in calls if repeats and last not in CHANGING]
        first = calls if last in CHANGING else calls[:1]
        pairs += [(one, reader) for reader in readers for one in first] if last not in SPECIAL else []
        ready = replace(thing.made, setup=(*thing.setup, *before))
        plain = [replace(ready, call=one) for one in (calls if last not in CHANGING else _refused(thing, last))]
        later = [
            replace(ready, setup=(*ready.setup, one), call=other, origin="after")
            for one, other in pairs
            if _is_statement(one) and len(ready.setup) < LINES
        ]
        start = 2 if last in CHANGING else 0  # what is refused comes after what is done
        placed += [(at + place, case) for way in (enumerate(plain, start), enumerate(later, 1)) for place, case in way]
    yield from (
        case for _, case in sorted(placed, key=lambda one: one[0])
    )  # what is simple in one way or another first


def _refused(thing: _Object, last: str) -> list[str]:
    """Return uses of an object that it may refuse: what it has not is set or deleted."""
    return [form.format(thing.name) for form in REFUSED[last]]


def _is_statement(call: str) -> bool:
    """Tell whether a call may stand alone as a statement that a linter does not take for a slip."""
    node = ast.parse(call).body[0]
    return not isinstance(node, ast.Expr) or isinstance(node.value, ast.Call)


def _calls(thing: _Object, last: str, told: str, index: Index) -> Iterator[str]:
    """Yield the texts of calls of the method `last` of an object."""
    node, value = thing.methods[last], told.partition("=")[2]
    if last in SPECIAL:
        forms = (form for form in SPECIAL[last] if value or "{1}" not in form)
        yield from (form.format(thing.name, value, thing.made.call) for form in forms)
    elif last in CHANGING and value:
        ways = CHANGING[last] if thing.is_list else CHANGING[last][:1]  # several at once only by place
        yield from (way.format(thing.name, value) for way in ways)
    elif is_read(node):
        yield f"{thing.name}.{last}"
    elif not last.startswith("_"):
        yield from (f"{thing.name}.{last}({words})" for words in _words(node, last, thing.made.call, index, told))


def _words(node: Function, last: str, made: str, index: Index, told: str = "") -> list[str]:
    """Return texts of arguments of a method: as tests give them, as those of a step before, as its parameters ask."""
    owner = made.partition("(")[0]
    tried = (case for case in index.get(last, ()) if owner in " ".join((*case.setup, case.call)))
    known = [*filter(None, (_plain(case.call, last) for case in tried))][:ROWS]
    name, _, value = told.partition("=")
    same = [value] if [one.arg for one in node.args.args[1:]][:1] == [name] else []
    guesses = [*itertools.islice(arguments(node, is_method=True), ROWS)]
    first = ("",) if asks_nothing(node) else (*same, *known, *guesses)[:1]
    near = [_beside(one) for one in first]
    optional = [", ".join(filter(None, (*first, option)))] if (option := _option(node)) else []
    return [*dict.fromkeys((*first, *near, *optional, *same, *known, *guesses))][: ROWS + 1]


def _beside(words: str) -> str:
    """Return a text of arguments with another last one of the same type."""
    call = ast.parse(f"f({words})", mode="eval").body
    last = call.args[-1] if isinstance(call, ast.Call) and call.args else None
    if isinstance(call, ast.Call) and isinstance(last, ast.Constant) and type(last.value) in OTHERS:
        other = repr(OTHERS[type(last.value)](last.value))
        call.args[-1] = ast.parse(other, mode="eval").body
    return ast.unparse(call)[2:-1]


def _plain(text: str, last: str) -> str:
    """Return the arguments of a call of the method `last` that are all literals, "" for any other call."""
    call = ast.parse(text, mode="eval").body
    if not isinstance(call, ast.Call) or getattr(call.func, "attr", "") != last:
        return ""
    given = [*map(ast.unparse, (*call.args, *(word.value for word in call.keywords)))]
    if not all(map(is_literal, given)) or any(word.arg is None for word in call.keywords):
        return ""
    return ast.unparse(ast.Call(ast.Name(last), call.args, call.keywords))[len(last) + 1 : -1]


# --- steps --------------------------------------------------------------------------------------------------------


def _steps(thing: _Object, movers: Sequence[str], index: Index) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield statements that change an object, with what the first of them was told: one, two, twice the same."""
    if thing.made.call.endswith(f"({ITEMS})"):
        yield (), "key=1"
    rows = [lines for lines in (_lines(thing, name, index) for name in movers) if lines]
    if not rows:
        return
    (line, told), *more = rows[0]
    yield (line,), told
    yield from (((line, other[0][0]), told) for other in rows[1:])
    yield from (((line, other), told) for other, _ in (*more[:1], *more[-1:]))
    yield (line, line), told
    yield from (((other[0][0],), other[0][1]) for other in rows[1:])


def _lines(thing: _Object, mover: str, index: Index) -> list[tuple[str, str]]:
    """Return statements that change an object by one method, with the name and value of the first argument of each."""
    if mover == "__setitem__":
        keys = ("0", "1") if thing.is_list else ("'a'", "'b'")
        return [(f"{thing.name}[{key}] = {at}", f"key={key}") for at, key in enumerate(keys, 4)]
    node = thing.methods[mover]
    words = _words(node, mover, thing.made.call, index)
    option = _option(node)
    words = [*words[:2], *([f"{words[1]}, {option}"] if len(words) > 1 and option else [])]
    return [(f"{thing.name}.{mover}({one})", f"{node.args.args[1].arg}={_first(one)}") for one in words]


def _option(node: Function) -> str:
    """Return what a method may be told besides what it needs, "" for nothing."""
    pairs = [*zip(reversed(node.args.args), reversed(node.args.defaults), strict=False)]
    for one, default in reversed(pairs):
        known = default.value if isinstance(default, ast.Constant) else None
        if isinstance(known, bool):
            return f"{one.arg}={not known}"
        if known is None or isinstance(known, int):
            return f"{one.arg}=5"
    return ""


def _first(words: str) -> str:
    """Return the first argument of a text of arguments."""
    call = ast.parse(f"f({words})", mode="eval").body
    assert isinstance(call, ast.Call), "it was written as one"
    return ast.unparse(call.args[0]) if call.args else ""


def _movers(thing: _Object) -> list[str]:
    """Return the methods that change an object by what they are told, those that say so by their name first."""
    known = [name for name, node in thing.methods.items() if _moves(name, node)]
    known.sort(key=lambda name: FILLING.match(name) is None)
    return [*(["__setitem__"] if thing.is_mapping or "__setitem__" in thing.methods else []), *known][:MOVERS]


def _moves(name: str, node: Function) -> bool:
    """Tell whether a public method takes something and changes its object with it."""
    if name.startswith("_") or _marks(node) or len(node.args.args) < 2:
        return False
    return bool(FILLING.match(name)) or name == "seek" or (returns_nothing(node) and any(map(changes, ast.walk(node))))


def _readers(thing: _Object) -> list[str]:
    """Return calls that need nothing but the object and give something of it."""
    known = thing.methods.items()
    plain = [(name, node) for name, node in known if not name.startswith("_") and not _marks(node)]
    asked = [name for name, node in plain if not returns_nothing(node) and asks_nothing(node)]
    special = [SPECIAL[name][0].format(thing.name) for name in ("__iter__", "__len__") if name in thing.methods]
    whole = [f"dict({thing.name})"] if thing.is_mapping else [f"list({thing.name})"] if thing.is_list else []
    return [*dict.fromkeys((*(f"{thing.name}.{name}()" for name in asked), *special, *whole))]


def _methods(source: Source, owner: str) -> tuple[dict[str, Function], list[str]]:
    """Return the methods of a class by name, its parents' of the same file as well, and the names of all parents."""
    classes = {node.name: node for node in source.tree.body if isinstance(node, ast.ClassDef)}
    found: dict[str, Function] = {}
    waiting, seen = [owner], list[str]()
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.append(name)
        if name in classes:
            waiting += map(ast.unparse, classes[name].bases)
            found = {**{one.name: one for one in classes[name].body if isinstance(one, FUNCTIONS)}, **found}
    return found, seen[1:]


def _marks(node: Function) -> list[str]:
    return [ast.unparse(one) for one in node.decorator_list]
