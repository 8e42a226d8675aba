"""The observable "file closing time": undo, in a syntax tree, the `with` that a change puts around an open file."""

import ast
from dataclasses import dataclass, field

from improver.judging.normal import rendered
from improver.names import bound_by, carried_by, is_builtin
from improver.source import FUNCTIONS, Source

BORDERS = (*FUNCTIONS, ast.Lambda, ast.ClassDef, ast.GeneratorExp)
METHODS = frozenset(
    {"read", "readline", "readlines", "write", "writelines", "seek", "tell", "truncate", "flush", "close"}
)
# What takes a file and keeps nothing of it once it has returned.
TAKERS = frozenset(
    {"list", "tuple", "set", "frozenset", "dict", "sorted", "sum", "any", "all", "max", "min"}
    | {"json.load", "json.dump", "pickle.load", "pickle.dump", "tomllib.load", "yaml.safe_load", "yaml.safe_dump"}
)
LAZY = frozenset({"enumerate", "zip", "map", "filter", "csv.reader", "csv.DictReader"})  # fine where a loop drains them
BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


@dataclass(slots=True)
class _Undoing:
    """The `with` statements that were undone so far, with the names of their files."""

    opened: list[tuple[ast.With, str]] = field(default_factory=list)

    def block(self, old: list[ast.stmt], new: list[ast.stmt]) -> list[ast.stmt]:
        """Return `new` with each `with open(...) as f` that stands for an `f = open(...)` of `old` flattened again."""
        result: list[ast.stmt] = []
        for statement in new:
            was = old[len(result)] if len(result) < len(old) else None
            name = _same_open(was, statement)
            if was is None or name is None or not isinstance(statement, ast.With):
                self.descend(was, statement)
                result.append(statement)
                continue
            self.opened.append((statement, name))
            result += [was, *self.block(old[len(result) + 1 :], statement.body)]
            if len(result) < len(old) and _closes(old[len(result)], name):
                result.append(old[len(result)])
        return result

    def descend(self, was: ast.AST | None, now: ast.AST) -> None:
        """Undo inside the blocks of `now`."""
        if type(was) is not type(now):
            return
        for name in BLOCKS:
            old, new = getattr(was, name, None), getattr(now, name, None)
            if not isinstance(old, list) or not isinstance(new, list):
                continue
            if name in {"handlers", "cases"}:
                for one, other in zip(old, new, strict=False):
                    self.descend(one, other)
            else:
                setattr(now, name, self.block(old, new))


def without_added_with(before: Source, after: Source) -> ast.Module | str:
    """Turn each added `with open(...) as f:` back into `f = open(...)`, with the `f.close()` it made needless.

    Return a sentence where the file could be used after the `with` has closed it, or `open` is not the builtin.
    """
    renewed = Source(after.path, after.data, after.encoding, after.bom)  # its tree is ours to edit
    undoing = _Undoing()
    undoing.descend(before.tree, renewed.tree)
    if undoing.opened and not is_builtin("open", before):
        return "`open` may be something else than the builtin here"
    names = {(statement.lineno, statement.col_offset): name for statement, name in undoing.opened}
    whole = [node for node in ast.walk(after.tree) if isinstance(node, ast.With)]
    reasons = [
        _outlives(node, names[node.lineno, node.col_offset], after)
        for node in whole
        if (node.lineno, node.col_offset) in names
    ]
    return next(filter(None, reasons), "") or renewed.tree


def _same_open(was: ast.stmt | None, now: ast.stmt) -> str | None:
    """Return the name of the file when `was` is `f = open(...)` and `now` is `with open(...) as f` of the same call."""
    if not isinstance(was, ast.Assign) or not isinstance(now, ast.With) or len(was.targets) != 1 or len(now.items) != 1:
        return None
    item, target = now.items[0], was.targets[0]
    is_open = isinstance(was.value, ast.Call) and ast.unparse(was.value.func) == "open"
    same = item.optional_vars is not None and rendered(item) == rendered(ast.withitem(was.value, target))
    return target.id if is_open and same and isinstance(target, ast.Name) else None


def _closes(statement: ast.stmt, name: str) -> bool:
    return isinstance(statement, ast.Expr) and ast.unparse(statement) == f"{name}.close()"


def _outlives(statement: ast.With, name: str, after: Source) -> str:
    """Say how the file could be used once the `with` has closed it; "" when it cannot."""
    place = f"line {statement.lineno}: `{name}`"
    function = after.function_of(statement)
    if function is None or any(isinstance(parent, ast.ClassDef) for parent in _up_to(function, statement, after)):
        return f"{place} can be seen from outside a function"
    inside = set(ast.walk(statement))
    for node in ast.walk(function):
        if name not in carried_by(node) or node is function:
            continue
        if node not in inside:
            return f"{place} is used outside the `with`"
        if node is not statement.items[0].optional_vars and not _is_used_up(node, statement, after):
            return f"{place} may be kept beyond the `with` by line {getattr(node, 'lineno', statement.lineno)}"
    return ""


def _up_to(top: ast.AST, node: ast.AST, source: Source) -> list[ast.AST]:
    """Return the parents of `node` below `top`, nearest first."""
    parents = list(source.ancestors(node))
    return parents[: parents.index(top)]


def _is_used_up(node: ast.AST, statement: ast.With, source: Source) -> bool:
    """Tell whether this mention of the file only calls one of its own methods, drains it, or lends it."""
    if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load):
        return False
    if any(isinstance(parent, BORDERS) for parent in _up_to(statement, node, source)):
        return False
    parent = source.parents[node]
    above = source.parents[parent]
    if isinstance(parent, ast.Attribute):
        return parent.attr in METHODS and isinstance(above, ast.Call) and above.func is parent
    if isinstance(parent, ast.keyword):
        return parent.arg == "file" and isinstance(above, ast.Call) and _called(above, source) == "print"
    if isinstance(parent, ast.Call) and node is not parent.func:
        called = _called(parent, source)
        return called in TAKERS or (called in LAZY and _is_drained(parent, above))
    return _is_drained(node, parent)


def _is_drained(node: ast.AST, parent: ast.AST) -> bool:
    return isinstance(parent, ast.For | ast.comprehension) and parent.iter is node


def _called(call: ast.Call, source: Source) -> str:
    """Return the dotted name of what is called where the file leaves that name its usual meaning, else ""."""
    name = ast.unparse(call.func)
    head = name.split(".", 1)[0]
    if "." not in name:
        return name if is_builtin(name, source) else ""
    binders = [node for node in source.parents if head in bound_by(node)]
    imported = {alias for node in source.parents if isinstance(node, ast.Import) for alias in node.names}
    plain = all(isinstance(node, ast.alias) and node in imported and node.name == head for node in binders)
    return name if binders and plain else ""
