"""Calls that make an object of a class, as tests and docstrings show them or as its parameters suggest (pure)."""

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from improver.experiments import Case
from improver.source import FUNCTIONS, Function, Source
from improver.verify.calling import variable
from improver.writing import placing
from improver.writing.inputs.arguments import arguments, definition
from improver.writing.inputs.giving import giving
from improver.writing.inputs.harvest import Index, name_of
from improver.writing.inputs.held import held
from improver.writing.inputs.illustrating import documented
from improver.writing.inputs.kinds import NOTHING_KNOWN, kinds_of, named_members
from improver.writing.pieces import asks_nothing, called_as, is_abstract

MAKERS, MEMBERS = 3, 6  # objects of one class, and of one that counts its own


def makers(source: Source, home: str, owner: str, index: Index) -> list[Case]:
    """Return the shortest calls of a class that tests and its docstring show, or one without arguments.

    A function that gives its objects comes first where it is less to write, and alone where the class is private. Of a
    class that is only there for others to come from theirs are made, those first that tests make most.
    """
    node = _class(source, owner)
    heirs = [one for one in _after(source, owner) if owner in map(ast.unparse, one.bases)]
    given = giving(source, home, owner, index)
    if owner.endswith("Mixin") or owner.startswith("_"):
        given += held(source, home, node) if node is not None and not given else []
        return [*given, *(case for one in heirs for case in makers(source, home, one.name, index))]
    if node is None:
        return []
    if is_abstract(node) and (whole := [one for one in heirs if not (is_abstract(one) or one.name.startswith("_"))]):
        whole.sort(key=lambda one: -len(index.get(one.name, ())))
        return [*given, *(case for one in whole[:MAKERS] for case in _made_itself(source, home, one, index)[:1])]
    return _made_itself(source, home, node, index, given)


def _made_itself(source: Source, home: str, node: ast.ClassDef, index: Index, given: Sequence[Case] = ()) -> list[Case]:
    """Return calls of a class itself, after the first of those that are `given` where it is less to write.

    They stand alone where tests call what gives them, and nobody the class. Of an enum nothing is made: its members are
    there.
    """
    owner = node.name
    if members := named_members(node):
        return [Case(f"{source.path}::{owner}", f"{owner}.{one}", ((home, owner),)) for one in members[:MEMBERS]]
    known = [case for case in (*documented(source, home, node), *index.get(owner, ())) if _is_making(case, owner)]
    known.sort(key=lambda case: (len(case.prelude), len(case.setup), len(case.call)))
    known = known or held(source, home, node)
    own = definition(source, [owner, "__init__"])
    if own is None and len(known) < MAKERS:
        known += [
            case for one in map(ast.unparse, node.bases) for case in _inherited(source, home, (one, owner), index)
        ]
    if not known and (shown := [one for one in given if called_as(one.function) in index]):
        return [*shown, *_otherwise(node, index)]
    kinds = kinds_of(own, source, home, index) if own is not None else NOTHING_KNOWN
    asked = ["", *arguments(own, is_method=True, kinds=kinds)] if own is not None else ["", "'a'", "[1, 2, 3]"]
    asked = asked[own is not None and not asks_nothing(own) :]
    needs = [tuple(sorted({(home, owner), *kinds.needs(words)})) for words in asked]
    plain = [Case(f"{source.path}::{owner}", f"{owner}({words})", one) for words, one in zip(asked, needs, strict=True)]
    found = _various(known)[:MAKERS] or [*dict.fromkeys(plain)][:MAKERS]
    less = [one for one in given[:1] if not found or len(one.call) < len(_written(found[0]))]
    return [*less, *found[:1], *_otherwise(node, index), *found[1:]]


def _class(source: Source, name: str) -> ast.ClassDef | None:
    return next((one for one in source.tree.body if isinstance(one, ast.ClassDef) and one.name == name), None)


def _after(source: Source, name: str) -> list[ast.ClassDef]:
    """Return the classes after one of this name, each name once: only they can be its heirs."""
    classes = {one.name: one for one in reversed(source.tree.body) if isinstance(one, ast.ClassDef)}
    first = classes.get(name)
    return [one for one in classes.values() if first is None or one.lineno > first.lineno][::-1]


def _written(case: Case) -> str:
    """Return all that there is to write of a case."""
    return "\n".join((*case.prelude, *case.setup, case.call))


def _otherwise(node: ast.ClassDef, index: Index) -> list[Case]:
    """Return the shortest call of another way to make objects of a class: a class method that tests call on it."""
    names = [one.name for one in node.body if isinstance(one, FUNCTIONS) and _makes(one)]
    known = [one for name in names for one in index.get(name, ()) if one.call.startswith(f"{node.name}.{name}(")]
    known = [one for one in known if getattr(ast.parse(one.call, mode="eval").body, "args", ()) and not one.prelude]
    return sorted(known, key=lambda one: (len(one.setup), len(one.call), one.call))[:1]


def _makes(node: Function) -> bool:
    """Tell whether a function is a class method that says by its name what it makes objects from."""
    marks = [ast.unparse(one) for one in node.decorator_list]
    return "classmethod" in marks and node.name.startswith("from_")


def _is_making(case: Case, owner: str) -> bool:
    """Tell whether a case is a call of the class and nothing more: a link of a chain, or an operand, may be one too."""
    call = ast.parse(case.call, mode="eval").body
    if not isinstance(call, ast.Call) or name_of(call) != owner:
        return False
    module = call.func.value if isinstance(call.func, ast.Attribute) else None
    imported = {*map(placing.name_of, case.imports)}
    return isinstance(call.func, ast.Name) or (isinstance(module, ast.Name) and module.id in imported)


def _various(cases: Sequence[Case]) -> list[Case]:
    """Return the cases, the first of each way to give arguments before all that are like them."""
    ways: Counter[tuple[object, ...]] = Counter()
    turns = []
    for case in cases:
        call = ast.parse(case.call, mode="eval").body
        way = (len(call.args), *(one.arg for one in call.keywords)) if isinstance(call, ast.Call) else ()
        turns.append(ways[way])
        ways[way] += 1
    return [case for _, case in sorted(zip(turns, cases, strict=True), key=lambda one: one[0])]


def _inherited(source: Source, home: str, names: tuple[str, str], index: Index) -> Iterator[Case]:
    """Yield calls of a class, the second of `names`, like those of the one that it takes its making from."""
    parent, owner = names
    above = _class(source, parent) if _class(source, owner) in _after(source, parent) else None
    if above is None or parent.endswith("Mixin") or parent.startswith("_"):  # they are made as their heirs are
        return
    for case in _made_itself(source, home, above, index, giving(source, home, parent, index)):
        call = ast.parse(case.call, mode="eval").body
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == parent:
            call.func.id = owner
            yield replace(case, call=ast.unparse(call), imports=tuple(sorted({*case.imports, (home, owner)})))


def variable_for(call: str) -> str:
    """Return a name for what a call of a class makes, or of one of its methods."""
    parts = call.partition("(")[0].split(".")
    return variable(next((one for one in reversed(parts) if one[:1].isupper()), parts[-1]))
