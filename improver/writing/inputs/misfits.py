"""Calls that give a literal of a type that an annotation forbids: a type checker would refuse the test (pure)."""

import ast
import contextlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from types import FunctionType

from improver.experiments import Case
from improver.source import FUNCTIONS, Function, Source
from improver.writing.inputs.kinds import last_name, members
from improver.writing.pieces import called_as, is_abstract, is_bound, spread

LITERALS: Mapping[type, str] = {
    ast.List: "list",
    ast.Dict: "dict",
    ast.Set: "set",
    ast.Tuple: "tuple",
    ast.Lambda: "function",
}
MADE = frozenset({"Decimal", "Fraction", "Path", "UUID", "date", "datetime", "time", "timedelta"})  # by their names
RUNNING: Mapping[str, str] = {"iter": "iterator", "range": "range"}  # what a call of Python's own gives
BOOL = frozenset({"bool"})
ITEMS = frozenset({"list", "tuple", "str", "bytes", "range"})
ALLOWED: Mapping[str, frozenset[str]] = {
    **{name: frozenset({name}) for name in ("str", "bytes", "bool", "list", "tuple", "set", "dict")},
    "int": frozenset({"int", "bool"}),
    "float": frozenset({"int", "float", "bool"}),
    "None": frozenset({"NoneType"}),
    **dict.fromkeys(("List", "MutableSequence"), frozenset({"list"})),
    **dict.fromkeys(("Dict", "Mapping", "MutableMapping"), frozenset({"dict"})),
    **dict.fromkeys(("Set", "MutableSet", "AbstractSet"), frozenset({"set"})),
    "Collection": ITEMS | {"set", "dict"},
    "Iterable": ITEMS | {"set", "dict", "iterator"},
    "Sequence": ITEMS,
    "Tuple": frozenset({"tuple"}),
    "Callable": frozenset({"function"}),
    **dict.fromkeys(("frozenset", "FrozenSet", "tzinfo", "Pattern"), frozenset()),  # which no literal makes
    **{name: frozenset({name}) for name in MADE},
    "date": frozenset({"date", "datetime"}),
    "PathLike": frozenset({"Path"}),
}
TYPES: Mapping[str, type] = {
    **{one.__name__: one for one in (str, bytes, int, float, bool, list, tuple, dict, set, range, type(None))},
    "function": FunctionType,
    "iterator": type(iter([])),
}
NO_CLASS = frozenset({"Protocol", "TypedDict", "NamedTuple"})  # whose values may be written otherwise


@dataclass(frozen=True)
class Signatures:
    """What the functions and classes of some files ask for."""

    functions: Mapping[str, Function]  # plain functions, and of each class what makes its objects
    classes: frozenset[str]
    abstract: frozenset[str] = frozenset()  # classes that are there for others to come from
    protocols: Mapping[str, frozenset[str]] = field(default_factory=dict)  # the methods that each asks for

    @staticmethod
    def of(sources: Collection[Source]) -> "Signatures":
        """Read what stands in the files; of two of one name nothing is known."""
        functions: dict[str, Function | None] = {}
        heirs: dict[str, str] = {}
        bases: dict[str, set[str]] = defaultdict(set)
        abstract: set[str] = set()
        classes = (one for source in sources for one in source.of_kind(ast.ClassDef))
        protocols = {one.name: asked for one in classes if (asked := _asked(one))}
        for node in (one for source in sources for one in source.tree.body):
            if not isinstance(node, (ast.ClassDef, *FUNCTIONS)):
                continue
            making = _making(node)
            if node.name in functions:
                heirs.pop(node.name, None)
                making = None
            elif making is None and isinstance(node, ast.ClassDef) and node.bases and not node.decorator_list:
                heirs[node.name] = _name(node.bases[0])
            functions[node.name] = making
            if isinstance(node, ast.ClassDef):
                bases[node.name] |= {*map(_name, node.bases)}
                abstract |= {node.name} if is_abstract(node) else set()
        for name in heirs:
            functions[name] = functions.get(_first(name, heirs))
        known = {name: node for name, node in functions.items() if node is not None}
        return Signatures(known, _plain(bases), frozenset(abstract & frozenset().union(*bases.values())), protocols)

    def misfit(self, case: Case, node: Function, *, strictly: bool = False) -> str:
        """Return an argument of a case of `node` that is not of the type that is asked for, "" for none.

        What was seen is as it is, and what is refused may be wrong on purpose, but `strictly` that counts too.
        """
        is_refused = bool(case.checks) and case.checks[0][0] == "raises"
        if not strictly and (case.origin == "recorded" or is_refused):
            return ""
        last = called_as(case.function)
        for call in (part for line in (*case.setup, case.call) for part in ast.walk(ast.parse(line))):
            if not isinstance(call, ast.Call):
                continue
            name, bound = last_name(call.func), isinstance(call.func, ast.Attribute)
            called = (node if name == last else None) if bound else self.functions.get(name)  # else of who knows what
            if called is not None and (found := next(self._misfits(call, called), "")):
                return found
        return ""

    def _misfits(self, call: ast.Call, node: Function) -> Iterator[str]:
        for parameter, default, value in given_to(call, node):
            is_switch = _is_switch(parameter, default)
            allowed = _of_switch(parameter.arg, node) if is_switch else self._allowed(parameter.annotation)
            kind = kind_of(value) or _made(value)
            if isinstance(default, ast.Constant) and default.value is None and kind == "NoneType":
                continue
            if allowed is not None and kind and kind not in allowed:
                yield f"{parameter.arg}={ast.unparse(value)}"

    def _allowed(self, annotation: ast.expr | None) -> frozenset[str] | None:
        """Return the kinds of literals that an annotation allows, None where it cannot be told."""
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            with contextlib.suppress(SyntaxError):
                return self._allowed(ast.parse(annotation.value, mode="eval").body)
            return None
        if parts := members(annotation):
            known = [self._allowed(part) for part in parts]
            return frozenset().union(*(one for one in known if one is not None)) if None not in known else None
        if isinstance(annotation, ast.Constant):
            return ALLOWED["None"] if annotation.value is None else None
        name = _name(annotation) if annotation is not None else ""
        if name in self.protocols:
            return frozenset(kind for kind, made in TYPES.items() if self.protocols[name] <= {*dir(made)})
        return ALLOWED.get(name, frozenset() if name in self.classes else None)


NO_SIGNATURES = Signatures({}, frozenset())


def _asked(node: ast.ClassDef) -> frozenset[str]:
    """Return the methods that a protocol asks for, none for any other class."""
    is_protocol = any(_name(base) == "Protocol" for base in node.bases)
    return frozenset(one.name for one in node.body if isinstance(one, FUNCTIONS)) if is_protocol else frozenset()


def _making(node: ast.ClassDef | Function) -> Function | None:
    """Return a function itself, and of a class what makes its objects where it says so itself."""
    if isinstance(node, FUNCTIONS):
        return node
    return next((one for one in node.body if isinstance(one, FUNCTIONS) and one.name == "__init__"), None)


def _first(name: str, heirs: Mapping[str, str]) -> str:
    """Return the nearest class above that is no heir itself."""
    seen = {name}
    while (name := heirs.get(name, name)) in heirs and name not in seen:
        seen.add(name)
    return name


def _is_switch(parameter: ast.arg, default: ast.expr | None) -> bool:
    """Tell whether nothing is said of a parameter but that it is on or off."""
    return parameter.annotation is None and isinstance(default, ast.Constant) and isinstance(default.value, bool)


def _of_switch(name: str, node: Function) -> frozenset[str]:
    """Return the kinds of literals that a switch may be: what the function itself compares it with is one too."""
    compared = (one for one in ast.walk(node) if isinstance(one, ast.Compare) and ast.unparse(one.left) == name)
    return BOOL.union(kind_of(part) for one in compared for part in one.comparators)


def _plain(bases: Mapping[str, set[str]]) -> frozenset[str]:
    """Return the classes of which only objects are that they make, or a class below them."""
    others = set(NO_CLASS)
    while more := {name for name, known in bases.items() if name not in others and not known.isdisjoint(others)}:
        others |= more
    return frozenset(bases.keys() - others)


def _name(base: ast.expr) -> str:
    return last_name(base.value if isinstance(base, ast.Subscript) else base)


def given_to(call: ast.Call, node: Function) -> Iterator[tuple[ast.arg, ast.expr | None, ast.expr]]:
    """Yield the parameters that are given something, each with its default and with what it is given.

    A list or a mapping that is written out and unpacked gives its items.
    """
    call = spread(call)
    places = [*node.args.posonlyargs, *node.args.args]
    defaults = [*[None] * (len(places) - len(node.args.defaults)), *node.args.defaults]
    by_name = {one.arg: (one, default) for one, default in zip(places, defaults, strict=True)}
    by_name |= {
        one.arg: (one, default) for one, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    }
    if not any(isinstance(one, ast.Starred) for one in call.args):
        known = [*zip(places, defaults, strict=True)][is_bound(node) :]
        for (place, default), value in zip(known, call.args, strict=False):
            yield place, default, value
    yield from ((*by_name[word.arg], word.value) for word in call.keywords if word.arg in by_name)


def _made(node: ast.expr) -> str:
    """Return the class of the standard library that a call makes a plain value of, "" for any other."""
    name = last_name(node.func) if isinstance(node, ast.Call) else ""
    return name if name in MADE else ""


def kind_of(node: ast.expr) -> str:
    """Return the name of the type of a literal, of an iterator or of a range, "" where it is none of these."""
    if isinstance(node, ast.Call):
        return RUNNING.get(getattr(node.func, "id", ""), "")
    if isinstance(node, ast.Constant):
        return type(node.value).__name__
    if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant):
        return type(node.operand.value).__name__ if not isinstance(node.op, ast.Not) else "bool"
    return LITERALS.get(type(node), "")
