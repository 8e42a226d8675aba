"""The observable "file closing time": undo, in a syntax tree, the `with` that a change puts around an open file."""

import ast
from dataclasses import dataclass, field

from improver.names import carried_by, is_builtin
from improver.normal import rendered
from improver.source import FUNCTIONS, Source

BORDERS = (*FUNCTIONS, ast.Lambda, ast.ClassDef, ast.GeneratorExp)
METHODS = frozenset(
    {"read", "readline", "readlines", "write", "writelines", "seek", "tell", "truncate", "flush", "close"}
)
# What takes a file and keeps nothing of it once it has returned.
TAKERS = frozenset(
    {"list", "tuple", "set", "frozenset", "dict", "sorted", "sum", "len", "any", "all", "max", "min", "print"}
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
    renewed.parents  # noqa: B018 - taken before the tree is edited
    undoing.descend(before.tree, renewed.tree)
    reasons = [_outlives(statement, name, renewed) for statement, name in undoing.opened]
    if undoing.opened and not is_builtin("open", before):
        return "`open` may be something else than the builtin here"
    return next(filter(None, reasons), "") or renewed.tree


def _same_open(was: ast.stmt | None, now: ast.stmt) -> str | None:
    """Return the name of the file when `was` is `f = open(...)` and `now` is `with open(...) as f` of the same call."""
    if not isinstance(was, ast.Assign) or not isinstance(now, ast.With) or len(was.targets) != 1 or len(now.items) != 1:
        return None
    item, target = now.items[0], was.targets[0]
    is_open = isinstance(was.value, ast.Call) and dotted(was.value.func) == "open"
    same = item.optional_vars is not None and rendered(item) == rendered(ast.withitem(was.value, target))
    return target.id if is_open and same and isinstance(target, ast.Name) else None


def _closes(statement: ast.stmt, name: str) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and dotted(call.func) == f"{name}.close" and not call.args and not call.keywords


def _outlives(statement: ast.With, name: str, after: Source) -> str:
    """Say how the file could be used once the `with` has closed it; "" when it cannot."""
    place = f"line {statement.lineno}: `{name}`"
    function = after.function_of(statement)
    if function is None or any(isinstance(parent, ast.ClassDef) for parent in _up_to(function, statement, after)):
        return f"{place} can be seen from outside a function"
    inside = set(ast.walk(statement))
    for node in ast.walk(function):
        if name not in carried_by(node):
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
        return isinstance(above, ast.Call) and dotted(above.func) in TAKERS
    if isinstance(parent, ast.Call) and node is not parent.func:
        called = dotted(parent.func)
        return called in TAKERS or (called in LAZY and _is_drained(parent, above))
    return _is_drained(node, parent)


def _is_drained(node: ast.AST, parent: ast.AST) -> bool:
    return isinstance(parent, ast.For | ast.comprehension) and parent.iter is node


def dotted(node: ast.AST) -> str:
    """Return a dotted name such as `json.load`, or "" for any other expression."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (head := dotted(node.value)):
        return f"{head}.{node.attr}"
    return ""
