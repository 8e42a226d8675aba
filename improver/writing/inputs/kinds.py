"""Values of the types that parameters are annotated with, as source: plain ones, members of enums, objects (pure)."""

import ast
import contextlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from improver.experiments import Case
from improver.judging.strategies import DICTS, LISTS, SETS, Pool, tries_of
from improver.source import FUNCTIONS, Function, Source
from improver.writing.inputs.harvest import Index
from improver.writing.inputs.standard import IMPORTS, OF_TYPE
from improver.writing.names import BUILT_IN
from improver.writing.pieces import asks_nothing
from improver.writing.placing import name_of

MOST, LONGEST = 6, 48  # values of one type, and characters of one that makes an object
OBJECTS = 2  # of one class
ENUMS = ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag")
FROZEN = frozenset({"frozenset", "FrozenSet"})
FIXED: Mapping[str, tuple[str, ...]] = {
    "bool": ("True", "False"),
    "None": ("None",),
    "bytearray": ("bytearray(b'a')",),
    **dict.fromkeys(("set", "Set", "AbstractSet", "MutableSet"), ("{'a', 'b'}", "{1}", "set()")),
    **dict.fromkeys(FROZEN, ("frozenset({'a', 'b'})", "frozenset({1})", "frozenset()")),
}
TAKING = ("lambda: 1", "str", "lambda a, b: a")  # functions by how many arguments they take


@dataclass(frozen=True)
class Kinds:
    """Texts that make objects, by the name of the class, and what the names in them import."""

    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    imports: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, annotation: ast.expr | None) -> list[str]:
        """Return texts of values that `annotation` allows, none where it says nothing that is known."""
        return list(dict.fromkeys(itertools.islice(self._of(annotation), MOST)))

    def needs(self, given: str) -> set[tuple[str, ...]]:
        """Return what the names in the arguments of a call import."""
        names = {node.id for node in ast.walk(ast.parse(f"f({given})")) if isinstance(node, ast.Name)}
        known = {**IMPORTS, **self.imports}
        return {known[name] for name in names & known.keys()}

    def _of(self, annotation: ast.expr | None) -> Iterator[str]:
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            with contextlib.suppress(SyntaxError):
                yield from self._of(ast.parse(annotation.value, mode="eval").body)
            return
        name = "None" if isinstance(annotation, ast.Constant) and annotation.value is None else last_name(annotation)
        parts = members(annotation)
        if parts:
            yield from _in_turn([self.of(part) for part in sorted(parts, key=_is_none)])
        elif isinstance(annotation, ast.Subscript) and _elements(annotation.slice):  # tuple[()] has none
            yield from self._of_generic(annotation)
        elif name in FIXED or name in self.texts:
            yield from (*FIXED.get(name, ()), *self.texts.get(name, ()))
        elif name in OF_TYPE:
            yield from OF_TYPE[name]
        else:
            yield from map(repr, tries_of(annotation, Pool()))

    def _of_generic(self, node: ast.Subscript) -> Iterator[str]:
        name, parts = last_name(node.value), _elements(node.slice)
        if name in self.texts or name in OF_TYPE:
            yield from self.texts.get(name) or OF_TYPE[name]
        elif name == "Literal":
            yield from (ast.unparse(part) for part in parts)
        elif name == "Callable" and isinstance(parts[0], ast.List):
            yield from TAKING[len(parts[0].elts) :][:1]
        elif name in DICTS and len(parts) == 2:
            yield from (f"{{{key}: {value}}}" for key, value in zip(*map(self.of, parts), strict=False))
            yield "{}"
        elif name in LISTS or (name in ("tuple", "Tuple") and ast.unparse(parts[-1]) == "..."):
            first, last = "()" if name.lower() == "tuple" else "[]"
            inner = self.of(parts[0])[:3]
            yield from (f"{first}{', '.join(inner)}{last}", f"{first}{last}") if len(inner) > 1 else ()
        elif name in SETS or name in FROZEN:
            sets = (f"{{{value}}}" for value in self.of(parts[0])[:2])
            yield from (f"frozenset({one})" if name in FROZEN else one for one in sets)
        elif name in ("tuple", "Tuple"):
            yield from (f"({', '.join(row)},)" for row in zip(*map(self.of, parts), strict=False))


NOTHING_KNOWN = Kinds()


def kinds_of(node: Function, source: Source, home: str, index: Index) -> Kinds:
    """Return the classes that the annotations of a function name, those of the file and those that tests make."""
    names = {
        last_name(part)
        for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
        for part in _names_in(one.annotation)
    }
    own = {one.name: one for one in source.tree.body if isinstance(one, ast.ClassDef)}
    texts: dict[str, tuple[str, ...]] = {}
    imports: dict[str, tuple[str, ...]] = {}
    for name in sorted(names - BUILT_IN - {""}):
        shown = [case for case in index.get(name, ()) if _is_plain_making(case, name)]
        shown = sorted(shown, key=lambda case: (len(case.call), case.call))[:OBJECTS]
        made = _made(own[name]) if name in own else ()
        texts |= {name: found} if (found := made or tuple(case.call for case in shown)) else {}
        imports |= {name: (home, name)} if made else {name_of(one): one for case in shown for one in case.imports}
    return Kinds(texts, imports)


def last_name(node: ast.expr | None) -> str:
    """Return the last part of a dotted name, "" for anything else."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def named_members(node: ast.ClassDef) -> list[str]:
    """Return the names of the members of a class that says that it is an enum."""
    if not any(last_name(base) in ENUMS for base in node.bases):
        return []
    plain = (one.targets[0] for one in node.body if isinstance(one, ast.Assign))
    return [one.id for one in plain if isinstance(one, ast.Name) and not one.id.startswith("_")]


def _names_in(annotation: ast.expr | None) -> Iterator[ast.expr]:
    """Yield the names that an annotation is made of, also where it is written as text."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        with contextlib.suppress(SyntaxError):
            yield from _names_in(ast.parse(annotation.value, mode="eval").body)
    elif annotation is not None:
        yield from (part for part in ast.walk(annotation) if isinstance(part, ast.Name | ast.Attribute))


def _made(node: ast.ClassDef) -> tuple[str, ...]:
    """Return texts for a class of the file: members of an enum, or its making where that needs nothing."""
    if known := named_members(node):
        return tuple(f"{node.name}.{member}" for member in known[:OBJECTS])
    making = next((one for one in node.body if isinstance(one, FUNCTIONS) and one.name == "__init__"), None)
    fields = [one for one in node.body if isinstance(one, ast.AnnAssign) and one.value is None]
    if making is None:
        return (f"{node.name}()",) if not (fields or node.bases or node.keywords) else ()
    return (f"{node.name}()",) if asks_nothing(making) else ()


def _is_plain_making(case: Case, name: str) -> bool:
    """Tell whether a call makes an object of the class `name` from nothing that stands elsewhere."""
    call = ast.parse(case.call, mode="eval").body
    is_making = isinstance(call, ast.Call) and last_name(call.func) == name
    return is_making and not case.setup and not case.prelude and len(case.call) <= LONGEST


def members(annotation: ast.expr | None) -> list[ast.expr]:
    """Return the members of a union, none where it is none."""
    if isinstance(annotation, ast.BinOp):
        return [*(members(annotation.left) or [annotation.left]), *(members(annotation.right) or [annotation.right])]
    if isinstance(annotation, ast.Subscript) and last_name(annotation.value) in ("Optional", "Union"):
        more: list[ast.expr] = [ast.Constant(None)] if last_name(annotation.value) == "Optional" else []
        return [*_elements(annotation.slice), *more]
    return []


def _elements(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node]


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _in_turn(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the first of every row, then the second, and so on."""
    yield from (one for turn in itertools.zip_longest(*rows) for one in turn if one is not None)
