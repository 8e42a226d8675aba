"""The types of a function's names, as its annotations, assignments and loops tell (pure)."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from improver.names import bound_by, bound_in, declared
from improver.rewriting.evident import SCALARS, Known, type_of
from improver.rewriting.origins import origin
from improver.source import Function, Source, below

KEY = "Hashable"  # what a mapping has as keys, whatever else it is
ITERABLES = frozenset(
    {"Collection", "Container", "Iterable", "Iterator", "KeysView", "List", "Sequence", "Set", "MutableSequence"}
    | {"AbstractSet", "FrozenSet", "MutableSet", "Tuple", "ValuesView", "list", "set", "frozenset", "tuple"}
)
MAPPINGS = frozenset({"Dict", "Mapping", "MutableMapping", "DefaultDict", "OrderedDict", "dict"})
SAME_ITEMS = frozenset({"list", "tuple", "set", "frozenset", "sorted", "reversed", "iter"})
HASHABLE = re.compile(r"(\b(?:Hashable|bool|float|int|str|None|tuple)\b|[\[\], ])+")  # a bytearray may pass for bytes


@dataclass(frozen=True)
class Deduced:
    """What is known of the names of one function, each of which has one meaning in it."""

    known: Known

    def of(self, node: ast.expr) -> str | None:
        """Return the type of `node` as an annotation spells it, or None."""
        made = self._made(node)
        return made if made is not None else type_of(node, self.known)

    def item(self, node: ast.expr) -> str | None:
        """Return the type of what a loop over `node` yields, or None."""
        if _is_call(node, "keys"):
            return self._of_mapping(node, 0) or KEY
        if _is_call(node, "items"):
            return f"tuple[{self._of_mapping(node, 0) or KEY}, {self._of_mapping(node, 1) or '?'}]"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id not in self.known.shadowed:
            if node.func.id == "range":
                return "int"
            if node.func.id == "enumerate" and node.args:
                return f"tuple[int, {self.item(node.args[0]) or '?'}]"
        return _part(self.of(node), 0)

    def _made(self, node: ast.expr) -> str | None:
        """Return the type of a call of a builtin that holds the items of its argument."""
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or len(node.args) != 1:
            return None
        if node.func.id not in SAME_ITEMS - self.known.shadowed or isinstance(node.args[0], ast.Starred):
            return None
        item = self.item(node.args[0])
        return f"list[{item}]" if item is not None else None

    def _of_mapping(self, call: ast.expr, number: int) -> str | None:
        assert isinstance(call, ast.Call), "a call of keys() or items()"
        assert isinstance(call.func, ast.Attribute), "of something"
        kind = self.of(call.func.value) or ""
        return _part(kind, number) if kind.startswith("dict[") else None


def deduced(function: Function, source: Source) -> Deduced:
    """Return what is known of the names that are bound once in `function`."""
    counts = Counter(name for node in below(function) for name in bound_by(node))
    names: dict[str, str] = {}
    found = Deduced(Known(names, {}, bound_in(source)))
    moved = declared(function)
    told = [binding for binding in _bindings(function) if counts[binding[0]] == 1 and binding[0] not in moved]
    for _ in range(len(told)):
        before = len(names)
        for name, how, node in told:
            if name not in names and (kind := _kind(how, node, found, source)):
                names[name] = kind
        if len(names) == before:
            break
    return found


def is_hashable(kind: str | None) -> bool:
    """Tell whether whatever has this type can be hashed, and equals nothing with another hash."""
    return kind is not None and HASHABLE.fullmatch(kind) is not None


def _bindings(function: Function) -> Iterator[tuple[str, str | int, ast.expr]]:
    """Yield names with how they come by their value: what is said, the value, an item of it, or a part of an item."""
    yield from ((arg.arg, "said", arg.annotation) for arg in _certain(function) if arg.annotation is not None)
    for node in below(function):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, "said", node.annotation
        elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, "value", node.value
        elif isinstance(node, ast.For | ast.comprehension):
            if isinstance(node.target, ast.Name):
                yield node.target.id, "item", node.iter
            elif isinstance(node.target, ast.Tuple):
                parts = enumerate(node.target.elts)
                yield from ((part.id, number, node.iter) for number, part in parts if isinstance(part, ast.Name))


def _certain(function: Function) -> list[ast.arg]:
    """Return the parameters whose annotation their own default does not contradict."""
    positional = [*function.args.posonlyargs, *function.args.args]
    padding = [None] * (len(positional) - len(function.args.defaults))
    pairs = [*zip(positional, [*padding, *function.args.defaults], strict=True)]
    pairs += zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
    return [arg for arg, default in pairs if not (isinstance(default, ast.Constant) and default.value is None)]


def _kind(how: str | int, node: ast.expr, found: Deduced, source: Source) -> str | None:
    if how == "said":
        return _said(node, source)
    if how == "value":
        return found.of(node)
    item = found.item(node)
    return item if how == "item" else _part(item, int(how), "tuple")


def _said(node: ast.expr, source: Source) -> str | None:
    """Return an annotation in the one spelling used here: a scalar, or a container of such."""
    if isinstance(node, ast.Name):
        return node.id if node.id in SCALARS - bound_in(source) else None
    if not isinstance(node, ast.Subscript):
        return None
    holder = _name_of(node.value, source)
    inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    kinds = [_said(item, source) or "?" for item in inner]
    if holder in MAPPINGS:
        return f"dict[{', '.join(kinds)}]"
    if holder in ("tuple", "Tuple") and not (len(inner) == 2 and _is_ellipsis(inner[1])):
        return f"tuple[{', '.join(kinds)}]"
    return f"list[{kinds[0]}]" if holder in ITERABLES else None


def _name_of(node: ast.expr, source: Source) -> str:
    """Return the last part of a container's name when it is Python's own."""
    if isinstance(node, ast.Name) and node.id not in bound_in(source):
        return node.id if node.id in ("list", "set", "frozenset", "tuple", "dict") else ""
    module, _, name = origin(node, source).rpartition(".")
    return name if module in ("typing", "collections.abc", "collections") else ""


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


def _is_call(node: ast.expr, name: str) -> bool:
    """Tell whether `node` calls the method `name` without arguments."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == name
        and not (node.args or node.keywords)
    )


def _part(kind: str | None, number: int, holder: str = "list|set|dict") -> str | None:
    """Return the type in place `number` between the brackets of a container's, None where nothing says it."""
    match = re.fullmatch(rf"(?:{holder})\[(.*)\]", kind or "")
    if match is None:
        return "str" if kind == "str" and "list" in holder else None
    parts = re.findall(r"(?:[^,\[\]]|\[[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*\])+", match[1])
    part = parts[number].strip() if number < len(parts) else "?"
    return None if "?" in part and not part.startswith(("list[", "dict[", "tuple[")) else part
