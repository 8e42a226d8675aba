"""Data of another form: within data where calls look so deep, with more in it, as named tuples: in the sandbox."""

from __future__ import annotations

import ast
import contextlib
import copy
import inspect
import itertools
import re
from typing import Any, Callable, Iterator, Sequence  # noqa: UP035 - older interpreters run this file

DEPTH = re.compile(r"(?:^|_)(?:depth|levels?|nesting)(?:_|$)")
# how often the data hold others, how deep is looked, and if not as deep, what is looked at made; 0: as the call has it
WAYS = ((1, 2, 0), (2, 2, 3), (1, 0, 2), (2, 2, 0), (2, 3, 0), (1, 0, 0))
ROWS = 2  # records, or rows under a head
NAMED = "_fields"  # what code reads that knows named tuples
POINT = "Point = collections.namedtuple('Point', 'x y')"
FORMS = ("Point(1, 2)", "[Point(1, 2), Point(3, 4)]", "(1, 2)", "[(1, 2), (3, 4)]")
NAMES = "abc"  # of fields, from the outside in
PLACED = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
MAPPINGS = 4  # that get one item more, of one case
LETTER = re.compile(r"[A-Ya-y]\Z")
CONTAINERS = (ast.Dict, ast.List, ast.Tuple)


def deepened(lines: Sequence[str], module: Any, give: Callable[..., None]) -> Iterator[list[str]]:
    """Yield statements with nested data in place of their first, where a call may be told how deep to look.

    `give` gives a call one argument.
    """
    text, depths = "\n".join(lines), dict(_depths(module))
    data = _data(ast.parse(text))
    if data is None or not any(_name(node) in depths for node in ast.walk(ast.parse(text))):
        return
    for levels, depth, made in WAYS:
        tree = ast.parse(text)
        calls = [one for one in ast.walk(tree) if isinstance(one, ast.Call) and _name(one) in depths]
        last = next((one for one in ast.walk(tree.body[-1]) if one in calls), None)
        if made and (last is None or len(calls) == 1):
            continue
        for node in calls:
            if asked := depth if node is last or not made else made:
                name, placed = depths[_name(node)]
                give(node, name, str(asked), placed)
        other = _Put((data.lineno, data.col_offset), _nested(data, levels)).visit(tree)
        yield [ast.unparse(one) for one in other.body]


def reshaped(call: str, module: Any) -> Iterator[tuple[list[str], str]]:
    """Yield statements and a call: of a module that knows named tuples, with such and plain ones as its first data."""
    tree = ast.parse(call, mode="eval").body
    code = ""
    with contextlib.suppress(OSError, TypeError):  # nobody has its source
        code = inspect.getsource(module)
    if isinstance(tree, ast.Call) and tree.args and isinstance(tree.args[0], CONTAINERS) and NAMED in code:
        for form in FORMS:
            tree.args[0] = ast.parse(form, mode="eval").body
            yield [POINT] if "Point" in form else [], ast.unparse(tree)


def widened(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield statements with one item more in one of the mappings in them: what is not asked for may get lost too."""
    text = "\n".join(lines)
    for number, node in enumerate(itertools.islice(_mappings(ast.parse(text)), MAPPINGS)):
        key = _further([getattr(one, "value", None) for one in node.keys])
        if key is not None:
            tree = ast.parse(text)
            other = next(itertools.islice(_mappings(tree), number, None))
            other.keys.append(ast.Constant(key))
            other.values.append(copy.deepcopy(other.values[-1]))
            yield [ast.unparse(one) for one in tree.body]


def _mappings(tree: ast.AST) -> Iterator[ast.Dict]:
    """Yield the mappings that are written out in a piece of code, from the outside in."""
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.Dict) and node.keys)


def _further(keys: Sequence[Any]) -> str | int | None:
    """Return the key that comes after the last of numbers, or of texts that end in a letter; None for other keys."""
    last = keys[-1]
    if type(last) is int and last + 1 not in keys:
        return last + 1
    further = f"{last[:-1]}{chr(ord(last[-1]) + 1)}" if isinstance(last, str) and LETTER.search(last) else ""
    return further if further and further not in keys else None


def _depths(module: Any) -> Iterator[tuple[str, tuple[str, list[str]]]]:
    """Yield functions of a module that may be told how deep to look, by which parameter, and which have a place."""
    owners = [module, *(one for one in vars(module).values() if inspect.isclass(one))]
    for name, function in ((name, one) for owner in owners for name, one in vars(owner).items()):
        inner = function.__func__ if type(function) in (classmethod, staticmethod) else function
        if inspect.isfunction(inner) and not name.startswith("_"):
            known: list[inspect.Parameter] = []
            with contextlib.suppress(TypeError, ValueError):  # it wraps what nobody knows the parameters of
                known = [*inspect.signature(inner).parameters.values()]
            placed = [one.name for one in known if one.kind in PLACED and one.name not in ("self", "cls")]
            yield from (
                (name, (one.name, placed)) for one in known if DEPTH.search(one.name) and _is_number(one.default)
            )


def _is_number(value: Any) -> bool:
    return value is None or type(value) is int


def _name(node: ast.AST) -> str:
    """Return the last name of what is called, "" where nothing is."""
    called = node.func if isinstance(node, ast.Call) else None
    return str(getattr(called, "attr", getattr(called, "id", "")))


def _data(tree: ast.Module) -> Any:
    """Return the first data that are written out, in a call or for a variable; None for none."""
    places = [node.args for node in ast.walk(tree) if isinstance(node, ast.Call)]
    places += [[node.value] for node in tree.body if isinstance(node, ast.Assign)]
    found = [one for place in places for one in place if isinstance(one, CONTAINERS) and ast.unparse(one)[1:-1]]
    return min(found, key=lambda one: (one.lineno, one.col_offset), default=None)


def _nested(data: ast.expr, levels: int) -> ast.expr:
    """Return data of the same form that hold others: mappings, records, rows under a head, or lists."""
    items: Any = getattr(data, "elts", ())
    is_table = bool(items) and all(isinstance(one, (ast.List, ast.Tuple)) for one in items)
    are_records = bool(items) and all(isinstance(one, ast.Dict) for one in items)
    count = min(len(items) - is_table, ROWS) if is_table or are_records else 1
    values: list[Any] = [*range(1, max(count, 1) + 1)]
    for depth, name in enumerate(reversed(NAMES[: levels + 1])):
        if are_records or isinstance(data, ast.Dict):
            values = [{name: one} for one in values]
        elif is_table:
            values = [[[name], [one]] for one in values] if depth < levels else [[[name], *([one] for one in values)]]
        else:
            values = [[name, one] for one in values]
    return ast.parse(repr(values if are_records else values[0]), mode="eval").body


class _Put(ast.NodeTransformer):
    """Writes other data in the place where some stood."""

    def __init__(self, place: tuple[int, int], value: ast.expr) -> None:
        self.place, self.value = place, value

    def visit(self, node: ast.AST) -> Any:
        """Return the new data for the old ones."""
        if isinstance(node, CONTAINERS) and (node.lineno, node.col_offset) == self.place:
            return self.value
        return self.generic_visit(node)
