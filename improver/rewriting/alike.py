"""Tests that stand side by side and differ in literals only (pure)."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from improver.source import Function, Source, children

FEWEST, MOST_PARAMETERS, MOST_STATEMENTS = 3, 3, 6
BY_TYPE = {str: "text", bytes: "data", int: "number", float: "number", bool: "flag"}


@dataclass(frozen=True, slots=True)
class Column:
    """One parameter: its name, its literal in each test, and the places of the first test where it stands."""

    name: str
    values: Sequence[ast.Constant]
    places: Sequence[ast.Constant]

    @property
    def type(self) -> type | None:
        """Return the one type of all values, None when they differ."""
        types = {type(item.value) for item in self.values}
        return types.pop() if len(types) == 1 else None


def run_from(first: Function, source: Source) -> list[Function]:
    """Return `first` and the tests right after it that differ in literals only; none when it is not the first such."""
    if not _may_merge(first):
        return []
    block = getattr(source.parents[first], "body", [])
    at = block.index(first) if first in block else -1
    if at < 0 or (at > 0 and _alike(block[at - 1], first)):
        return []
    run = [first]
    for node in block[at + 1 :]:
        if not isinstance(node, type(first)) or not _alike(node, first):
            break
        run.append(node)
    return run


def columns(run: Sequence[Function], source: Source) -> list[Column] | None:
    """Return what differs between the tests of `run`, or None when it cannot be made parameters with good names."""
    rows = [list(_literals(node)) for node in run]
    grouped: dict[tuple[str, ...], list[int]] = {}
    for place, items in enumerate(zip(*rows, strict=True)):
        texts = tuple(repr(item.value) for item in items)
        if len(set(texts)) > 1:
            grouped.setdefault(texts, []).append(place)
    found, roles = [], 0
    for places in grouped.values():
        here = [rows[0][place] for place in places]
        values = [row[places[0]] for row in rows]
        role = next((name for item in here if (name := _role(item, run[0], source))), "")
        roles += bool(role)
        found.append(Column(role or _by_type(values), values, here))
    distinct = len({column.name for column in found}) == len(found)
    return found if 1 <= len(found) <= MOST_PARAMETERS and distinct and len(found) - roles <= 1 else None


def _may_merge(node: ast.AST) -> bool:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or not node.name.startswith("test_"):
        return False
    arguments = node.args
    plain = not (arguments.defaults or arguments.kwonlyargs or arguments.vararg or arguments.kwarg)
    first = node.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return plain and not node.decorator_list and not documented and len(node.body) <= MOST_STATEMENTS


def _alike(node: ast.AST, first: Function) -> bool:
    """Tell whether two tests take the same and do the same, literals aside."""
    if not _may_merge(node) or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    if len(node.body) != len(first.body) or ast.dump(node.args) != ast.dump(first.args):
        return False
    same = (node.returns is None) == (first.returns is None)
    return same and all(_shape(one) == _shape(other) for one, other in zip(node.body, first.body, strict=True))


def _shape(node: ast.AST) -> str:
    """Return syntax as text without the values of its literals; what stands inside a formatted text is kept."""
    if isinstance(node, ast.JoinedStr):
        return ast.dump(node)
    if isinstance(node, ast.Constant):
        return "literal"
    parts = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, ast.AST):
            parts.append(_shape(value))
        elif isinstance(value, list):
            parts.append(f"[{','.join(_shape(item) if isinstance(item, ast.AST) else repr(item) for item in value)}]")
        else:
            parts.append(repr(value))
    return f"{type(node).__name__}({','.join(parts)})"


def _literals(node: ast.AST) -> Iterator[ast.Constant]:
    """Yield the literals of a test in the order of its syntax, none of a formatted text."""
    stack = list(reversed(getattr(node, "body", [])))
    while stack:
        item = stack.pop()
        if isinstance(item, ast.Constant):
            yield item
        elif not isinstance(item, ast.JoinedStr):
            stack.extend(reversed(children(item)))


def _role(literal: ast.Constant, function: Function, source: Source) -> str:
    """Return the name that a literal has where it stands: a parameter's, a key, what is expected."""
    for node in ast.walk(function):
        if isinstance(node, ast.keyword) and node.value is literal and node.arg:
            return node.arg
        if isinstance(node, ast.Assign) and node.value is literal and isinstance(node.targets[0], ast.Name):
            return f"={node.targets[0].id}"
        if isinstance(node, ast.Subscript) and node.slice is literal:
            return "key"
        if isinstance(node, ast.Compare) and literal in node.comparators and isinstance(node.ops[0], ast.Eq | ast.Is):
            return "expected"
        if isinstance(node, ast.Call) and literal in node.args:
            return _parameter(node, node.args.index(literal), source)
    return ""


def _parameter(call: ast.Call, place: int, source: Source) -> str:
    """Return the name of the parameter that an argument fills, where this file alone tells."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    found = [function for function in source.functions if function.name == name]
    if len(found) != 1 or any(isinstance(item, ast.Starred) for item in call.args[:place]):
        return ""
    arguments = [item.arg for item in (*found[0].args.posonlyargs, *found[0].args.args)]
    own = arguments[1:] if arguments[:1] == ["self"] else arguments
    return own[place] if place < len(own) else ""


def _by_type(values: Sequence[ast.Constant]) -> str:
    types = {type(item.value) for item in values}
    return BY_TYPE.get(types.pop(), "value") if len(types) == 1 else "value"
