"""From opening a file to its last use: the statements of one block, where nobody can use the file beyond them."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from improver.names import bound_by, carried_by, is_builtin
from improver.source import FUNCTIONS, Source

BORDERS = (*FUNCTIONS, ast.Lambda, ast.ClassDef, ast.GeneratorExp)
# Methods that hand out nothing which needs the file open.
METHODS = frozenset({"read", "readline", "readlines", "write", "writelines", "seek", "tell", "truncate", "flush"})
# Callables that are done with a file when they return.
DONE = frozenset(
    {"list", "tuple", "set", "frozenset", "dict", "sorted", "sum", "any", "all", "max", "min"}
    | {"json.load", "json.dump", "pickle.load", "pickle.dump", "tomllib.load", "yaml.safe_load", "yaml.safe_dump"}
)
# Iterators over a file: fine as the subject of a loop that stands in the block.
LAZY = frozenset({"enumerate", "zip", "map", "filter", "csv.reader", "csv.DictReader"})


@dataclass(frozen=True, slots=True)
class Stretch:
    """The statements from `name = open(...)` to the last use, in one block; `closes` when that is `name.close()`."""

    name: str
    statements: Sequence[ast.stmt]
    closes: bool


def opened(node: ast.AST) -> str | None:
    """Return the name in `name = open(...)`, or None for any other statement."""
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call) or len(node.targets) != 1:
        return None
    target, called = node.targets[0], node.value.func
    is_open = isinstance(called, ast.Name) and called.id == "open"
    return target.id if is_open and isinstance(target, ast.Name) else None


def stretch_of(node: ast.Assign, name: str, source: Source) -> Stretch | None:
    """Return the statements that use the file opened by `node`, or None when anything may use it beyond them."""
    after = _rest_of_block(node, source)
    function = source.function_of(node)
    if function is None or not after:
        return None
    order: dict[ast.AST, int] = {statement: index for index, statement in enumerate(after)}
    mentions = [item for item in ast.walk(function) if name in carried_by(item) and item is not node.targets[0]]
    places = [_place(item, order, source) for item in mentions]
    end = max(places, default=-1)
    if end < 0 or min(places) < 0:
        return None
    closes = _closed(after[end]) == name
    uses = [item for item, place in zip(mentions, places, strict=True) if place < end or not closes]
    if not uses or not all(_is_plain(item, order, source) for item in uses):
        return None
    return Stretch(name, (node, *after[: end + 1]), closes)


def crossed(stretch: Stretch) -> bool:
    """Tell whether another file is opened in the stretch and closed after it, or the other way round."""
    opens = {name for statement in stretch.statements[1:] if (name := opened(statement))}
    closes = {name for statement in stretch.statements if (name := _closed(statement))}
    return opens != closes - {stretch.name}


def _rest_of_block(node: ast.Assign, source: Source) -> Sequence[ast.stmt]:
    """Return the statements after `node` in its block; none where the block is a class's."""
    scope = next((parent for parent in source.ancestors(node) if isinstance(parent, BORDERS)), None)
    if not isinstance(scope, FUNCTIONS):
        return ()
    for _, block in ast.iter_fields(source.parents[node]):
        if isinstance(block, list) and node in block:
            return block[block.index(node) + 1 :]
    return ()


def _place(item: ast.AST, order: Mapping[ast.AST, int], source: Source) -> int:
    """Return the index of the statement in `order` that holds `item`, or -1."""
    return next((order[parent] for parent in (item, *source.ancestors(item)) if parent in order), -1)


def _closed(statement: ast.stmt) -> str | None:
    """Return the name in `name.close()`, or None for any other statement."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.args or call.keywords:
        return None
    file = call.func.value
    return file.id if isinstance(file, ast.Name) and call.func.attr == "close" else None


def _is_plain(item: ast.AST, order: Mapping[ast.AST, int], source: Source) -> bool:
    """Tell whether this mention reads or writes through the file and lets nobody keep it."""
    if not isinstance(item, ast.Name) or not isinstance(item.ctx, ast.Load) or _is_captured(item, order, source):
        return False
    parent = source.parents[item]
    above = source.parents[parent]
    if isinstance(parent, ast.Attribute):
        return parent.attr in METHODS and isinstance(above, ast.Call) and above.func is parent
    if isinstance(parent, ast.keyword):
        return parent.arg == "file" and isinstance(above, ast.Call) and _called(above, source) == "print"
    if isinstance(parent, ast.Call):
        called = _called(parent, source)
        return called in DONE or (called in LAZY and _is_drained(parent, source))
    return _is_drained(item, source)


def _is_captured(item: ast.AST, order: Mapping[ast.AST, int], source: Source) -> bool:
    """Tell whether an inner function, class or generator between `item` and its statement may keep it."""
    for parent in source.ancestors(item):
        if isinstance(parent, BORDERS):
            return True
        if parent in order:
            return False
    return True


def _called(call: ast.Call, source: Source) -> str:
    """Return the name of what is called when it is surely the builtin, or the function of the module, of that name."""
    if isinstance(call.func, ast.Name):
        return call.func.id if is_builtin(call.func.id, source) else ""
    if not isinstance(call.func, ast.Attribute) or not isinstance(call.func.value, ast.Name):
        return ""
    module = call.func.value.id
    binders = [node for node in source.parents if module in bound_by(node)]
    plain = [
        isinstance(node, ast.alias) and node.name == module and isinstance(source.parents[node], ast.Import)
        for node in binders
    ]
    return f"{module}.{call.func.attr}" if plain and all(plain) else ""


def _is_drained(item: ast.AST, source: Source) -> bool:
    """Tell whether a loop or a list-like comprehension runs over `item`."""
    parent = source.parents[item]
    eager = not isinstance(source.parents[parent], ast.GeneratorExp)
    return isinstance(parent, ast.For | ast.comprehension) and parent.iter is item and eager
