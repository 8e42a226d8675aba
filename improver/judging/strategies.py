"""What values an annotation allows, as hypothesis strategies of built-in types; it is read, never evaluated."""

import ast
import pathlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

Strategy = st.SearchStrategy[Any]
TEXT = st.text("abAZ z09_-.,/:ßé\n", max_size=12)
PATHS = ("/a/b", "a", ".", "/", "a/../b")  # "../bc" is beside /a/b and shares its beginning
USUAL: Mapping[type, tuple[object, ...]] = {
    int: (0, 1, -1, 2, 3, 7, 10, -10, 100),
    float: (0.0, -0.0, 1.0, 0.5, -2.5, 1e300, float("inf"), float("nan"), 3),
    str: ("", "a", "A b", "../bc", "1", " -3 ", "a,b", "ß", "1.5", "a\nb", "../x", "a/b", "..", "/etc"),
    bytes: (b"", b"a", b"\x00\xff", b"a b"),
}
LISTS = frozenset({"list", "List", "Sequence", "Iterable", "Collection", "MutableSequence", "Iterator", "Reversible"})
SETS = frozenset({"set", "Set", "AbstractSet", "MutableSet"})
DICTS = frozenset({"dict", "Dict", "Mapping", "MutableMapping"})
CALLS = (str, bool, repr, type)  # any of them takes any one value


@dataclass(frozen=True, slots=True)
class Pool:
    """Constants by type that stand in the code, or in its tests, and are likely to make a difference."""

    constants: Mapping[type, tuple[object, ...]] = field(default_factory=dict)

    def of(self, kind: type) -> list[object]:
        """Return what to try of this type before anything else."""
        return list(dict.fromkeys((*self.constants.get(kind, ()), *USUAL.get(kind, ()))))


def strategy_of(annotation: ast.expr | None, pool: Pool) -> Strategy | None:
    """Return a strategy for `annotation`, None where it names anything but simple types."""
    if isinstance(annotation, ast.Constant):
        return _of_constant(annotation.value, pool)
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        return _one_of((annotation.left, annotation.right), pool)
    if isinstance(annotation, ast.Subscript):
        return _of_generic(annotation, pool)
    simple = _simple(pool).get(_name(annotation))
    return simple() if simple else None


def tries_of(annotation: ast.expr | None, pool: Pool) -> list[object]:
    """Return the values that are worth a try each where `annotation` is a plain type, or a union with one."""
    if isinstance(annotation, ast.BinOp):
        return [*tries_of(annotation.left, pool), *tries_of(annotation.right, pool)]
    if isinstance(annotation, ast.Subscript) and _name(annotation.value) in ("Optional", "Union"):
        parts = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        return [value for part in parts for value in tries_of(part, pool)]
    kind = next((kind for kind in USUAL if kind.__name__ == _name(annotation)), None)
    return pool.of(kind) if kind else []


def _simple(pool: Pool) -> Mapping[str, Callable[[], Strategy]]:
    """Return what makes the strategy of each plain name."""
    made: dict[str, Callable[[], Strategy]] = {
        "int": lambda: _pooled(pool, int, st.integers(-1000, 1000)),
        "float": lambda: _pooled(pool, float, st.floats()),
        "str": lambda: _pooled(pool, str, TEXT),
        "bytes": lambda: _pooled(pool, bytes, st.binary(max_size=12)),
        "bool": st.booleans,
        "None": st.none,
        "Path": lambda: st.sampled_from([pathlib.Path(path) for path in PATHS]),
        "Callable": lambda: st.sampled_from(CALLS),
    }
    made |= dict.fromkeys(("object", "Any", "Hashable"), lambda: _anything(pool))
    made |= dict.fromkeys(LISTS, lambda: st.lists(_anything(pool), max_size=6))
    made |= dict.fromkeys(("tuple", "Tuple"), lambda: st.lists(_anything(pool), max_size=6).map(tuple))
    made |= dict.fromkeys(SETS, lambda: st.sets(_anything(pool), max_size=6))
    made["frozenset"] = made["FrozenSet"] = lambda: st.frozensets(_anything(pool), max_size=6)
    made |= dict.fromkeys(DICTS, lambda: st.dictionaries(TEXT, _anything(pool), max_size=6))
    return made


def _anything(pool: Pool) -> Strategy:
    """Return a strategy of values that can be compared with each other and are hashable."""
    return _pooled(pool, int, st.integers(-20, 20))


def _pooled(pool: Pool, kind: type, other: Strategy) -> Strategy:
    return st.one_of(st.sampled_from(pool.of(kind)), other)


def _of_constant(value: object, pool: Pool) -> Strategy | None:
    if value is None:
        return st.none()
    if not isinstance(value, str):
        return None
    try:
        return strategy_of(ast.parse(value, mode="eval").body, pool)
    except SyntaxError:
        return None


def _one_of(parts: Iterable[ast.expr], pool: Pool) -> Strategy | None:
    """Return a strategy for those members of a union that are simple."""
    found = [strategy for part in parts if (strategy := strategy_of(part, pool)) is not None]
    return st.one_of(found) if found else None


def _of_generic(node: ast.Subscript, pool: Pool) -> Strategy | None:
    name = _name(node.value)
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if name == "Literal":
        values = [part.value for part in parts if isinstance(part, ast.Constant)]
        return st.sampled_from(values) if values else None
    if name in ("Optional", "Union"):
        return _one_of([*parts, *([ast.Constant(None)] if name == "Optional" else [])], pool)
    if name in ("Annotated", "Final", "ClassVar"):
        return strategy_of(parts[0], pool)
    if name in ("Callable", "type", "Type"):
        return st.sampled_from(CALLS if name == "Callable" else (int, str, list))
    inner = [strategy_of(part, pool) for part in parts if not _is_ellipsis(part)]
    known = [strategy for strategy in inner if strategy is not None]
    return _container(name, known, parts) if len(known) == len(inner) else None


def _container(name: str, inner: list[Strategy], parts: list[ast.expr]) -> Strategy | None:
    if name in LISTS and inner:
        return st.lists(inner[0], max_size=6)
    if name in ("tuple", "Tuple"):
        return st.lists(inner[0], max_size=6).map(tuple) if _is_ellipsis(parts[-1]) else st.tuples(*inner)
    if name in DICTS and len(inner) == 2:
        return st.dictionaries(inner[0], inner[1], max_size=6)
    if name in SETS | {"frozenset", "FrozenSet"} and inner:
        return (st.sets if name in SETS else st.frozensets)(inner[0], max_size=6)
    return None


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


def _name(node: ast.expr | None) -> str:
    """Return the last part of a dotted name, "" for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
