"""Which lines of a file only another version of Python, or another system, ever runs (pure)."""

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from improver.source import Source

COMPARED: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
PARTS = {"major": 0, "minor": 1, "micro": 2}
SYSTEMS = {"win32": "nt"}  # what `os.name` is, "posix" on all others
TYPES_ONLY = {"TYPE_CHECKING": False, "typing.TYPE_CHECKING": False}
KNOWN = 3  # numbers of a version
Machine = Mapping[str, object]


def lines_elsewhere(source: Source, version: tuple[int, ...], platform: str) -> frozenset[int]:
    """Return the lines, 1-based, in branches that an interpreter of this version never takes on this platform.

    Only conditions count that plainly ask for `sys.version_info`, `sys.platform`, `os.name` or `TYPE_CHECKING`; without
    a known version, () or "", nothing is taken to be elsewhere for that reason.
    """
    system = SYSTEMS.get(platform, "posix") if platform else ""
    asked = {"sys.version_info": version, "sys.platform": platform, "os.name": system}
    known = {name: value for name, value in asked.items() if value} | TYPES_ONLY
    return frozenset(line for node in ast.walk(source.tree) if isinstance(node, ast.If) for line in _never(node, known))


def _never(node: ast.If, machine: Machine) -> Iterator[int]:
    """Yield the lines of the branch that is never taken, none where both may be."""
    holds = _decided(node.test, machine)
    if holds is not None:
        for statement in node.orelse if holds else node.body:
            yield from range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)


def _decided(test: ast.expr, machine: Machine) -> bool | None:
    """Return what a condition comes to on a machine, None where it depends on something else."""
    match test:
        case ast.UnaryOp(ast.Not(), operand):
            inner = _decided(operand, machine)
            return None if inner is None else not inner
        case ast.BoolOp(op, values):
            parts, decisive = [_decided(one, machine) for one in values], isinstance(op, ast.Or)
            if decisive in parts:
                return decisive
            return None if None in parts else not decisive
        case ast.Compare(left, [op], [right]) if type(op) in COMPARED:
            return _compared(op, _value(left, machine), _value(right, machine))
        case ast.Call(ast.Attribute(place, "startswith"), [ast.Constant(str(start))], []):
            value = _value(place, machine)
            return value.startswith(start) if isinstance(value, str) else None
        case ast.Name() | ast.Attribute():
            value = machine.get(ast.unparse(test))
            return value if isinstance(value, bool) else None
    return None


def _compared(op: ast.cmpop, left: object, right: object) -> bool | None:
    """Return how two values of one kind compare, None where one is not known, or they do not."""
    if left is None or type(left) is not type(right) or _go_on(left, right):
        return None
    try:
        return COMPARED[type(op)](left, right)
    except TypeError:  # of what is in them
        return None


def _go_on(left: object, right: object) -> bool:
    """Tell whether two versions begin alike: an interpreter's own goes on after three numbers, which nobody knows."""
    if not isinstance(left, tuple) or not isinstance(right, tuple):
        return False
    return len(left) >= KNOWN and left[:KNOWN] == right[:KNOWN]


def _value(node: ast.expr, machine: Machine) -> object:
    """Return what a part of a condition is on a machine, None where that is not known."""
    match node:
        case ast.Constant(int() | str() as plain):
            return plain
        case ast.Tuple(elts) if all(isinstance(one, ast.Constant) for one in elts):
            return tuple(one.value for one in elts if isinstance(one, ast.Constant))
        case ast.Attribute(inner, part) if part in PARTS:
            version = _value(inner, machine)
            return version[PARTS[part]] if isinstance(version, tuple) and PARTS[part] < len(version) else None
        case ast.Subscript(inner, ast.Constant(int(at))):
            version = _value(inner, machine)
            return version[at] if isinstance(version, tuple) and 0 <= at < len(version) else None
        case ast.Subscript(inner, ast.Slice(None, ast.Constant(int(end)), None)):
            version = _value(inner, machine)
            return version[:end] if isinstance(version, tuple) else None
        case ast.Name() | ast.Attribute():
            return machine.get(ast.unparse(node))
    return None
