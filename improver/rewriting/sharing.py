"""What a function does to a parameter whose default all calls share (pure)."""

import ast
from collections.abc import Iterator

from improver.names import bound_by
from improver.source import Function, Source, below

ADDING = frozenset(
    {"append", "appendleft", "extend", "insert", "add", "update", "setdefault", "symmetric_difference_update"}
)
ARRANGING = frozenset(  # what is empty stays so
    {"remove", "discard", "clear", "sort", "reverse", "pop", "popitem", "difference_update", "intersection_update"}
)
READING = frozenset({"len", "bool", "any", "all", "sorted", "max", "min", "sum", "next", "iter", "enumerate", "zip"})


def shared(name: str, function: Function, source: Source) -> str:
    """Say how a call leaves a trace in the default of `name` ("" when it does not, or reads its traces back)."""
    inside = [node for statement in function.body for node in below(statement)]
    if any(name in bound_by(node) and not _adds_to(node, source) for node in inside):
        return ""
    uses = [node for node in inside if isinstance(node, ast.Name) and node.id == name]
    kinds = [_kind(use, source) for use in uses]
    if "other" in kinds or set(_keys(uses, source, ast.Load)) & set(_keys(uses, source, ast.Store)):
        return ""
    if "changed" in kinds:
        return "" if name.startswith("_") else "this function changes it"  # a leading _ says: not for callers
    kept = [use for use, kind in zip(uses, kinds, strict=True) if kind == "kept"]
    attribute = next((attr for use in kept if (attr := _changed_attribute(use, source))), "")
    return f"`self.{attribute}`, which is changed in place, would be it" if attribute else ""


def _kind(use: ast.Name, source: Source) -> str:
    """Return what `use` does: changed, arranged, kept (as an attribute), handed (on or back), read at a key, other."""
    parent = source.parents[use]
    above = source.parents[parent]
    if isinstance(parent, ast.AugAssign):
        return "changed" if use is parent.target else "other"
    if isinstance(parent, ast.Attribute):
        is_statement = isinstance(source.parents[above], ast.Expr)
        if isinstance(above, ast.Call) and above.func is parent and is_statement and parent.attr in ADDING | ARRANGING:
            return "changed" if parent.attr in ADDING else "arranged"
        return "read" if _read_key(use, source) is not None else "other"
    if isinstance(parent, ast.Subscript) and use is parent.value:
        if not isinstance(parent.slice, ast.Constant):
            return "changed" if isinstance(parent.ctx, ast.Store) and isinstance(above, ast.Assign) else "other"
        return "read" if isinstance(parent.ctx, ast.Load) else "changed"
    if isinstance(parent, ast.Assign) and use is parent.value:
        return "kept" if all(isinstance(target, ast.Attribute) for target in parent.targets) else "other"
    if isinstance(parent, ast.Compare):
        return "read" if _read_key(use, source) is not None else "other"
    return "handed" if _is_handed(parent, above) else "other"


def _is_handed(parent: ast.AST, above: ast.AST) -> bool:
    """Tell whether the value goes to a caller or into a call that may do anything but ask about it."""
    if isinstance(parent, ast.Return):
        return True
    call = above if isinstance(parent, ast.keyword | ast.Starred) else parent
    return isinstance(call, ast.Call) and getattr(call.func, "id", "") not in READING


def _keys(uses: list[ast.Name], source: Source, context: type[ast.expr_context]) -> Iterator[object]:
    """Yield the constant keys that are read (Load) or stored (Store)."""
    for use in uses:
        parent = source.parents[use]
        if isinstance(parent, ast.Subscript) and isinstance(parent.slice, ast.Constant):
            if isinstance(parent.ctx, context):
                yield parent.slice.value
        elif context is ast.Load and (key := _read_key(use, source)) is not None:
            yield key.value


def _read_key(use: ast.Name, source: Source) -> ast.Constant | None:
    """Return the key in `name.get(key)` or `key in name` when it is a constant."""
    parent = source.parents[use]
    above = source.parents[parent]
    key: ast.expr | None = None
    if isinstance(parent, ast.Attribute) and parent.attr == "get" and isinstance(above, ast.Call) and above.args:
        key = above.args[0]
    if isinstance(parent, ast.Compare) and all(isinstance(op, ast.In | ast.NotIn) for op in parent.ops):
        key = parent.left
    return key if isinstance(key, ast.Constant) else None


def _adds_to(node: ast.AST, source: Source) -> bool:
    return isinstance(node, ast.Name) and isinstance(source.parents[node], ast.AugAssign)


def _changed_attribute(use: ast.Name, source: Source) -> str:
    """Return the attribute of self that keeps `use` when a method of the class changes it in place."""
    statement = source.parents[use]
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    kept = {target.attr for target in targets if isinstance(target, ast.Attribute) and _is_self(target.value)}
    owner = next((parent for parent in source.ancestors(use) if isinstance(parent, ast.ClassDef)), None)
    for node in below(owner) if owner is not None and kept else ():
        if isinstance(node, ast.Attribute) and node.attr in kept and _is_self(node.value) and _is_changed(node, source):
            return node.attr
    return ""


def _is_self(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _is_changed(node: ast.Attribute, source: Source) -> bool:
    """Tell whether a method or an item assignment adds to what `node` names."""
    parent = source.parents[node]
    above = source.parents[parent]
    if isinstance(parent, ast.Attribute):
        return parent.attr in ADDING and isinstance(above, ast.Call) and above.func is parent
    if isinstance(parent, ast.AugAssign):
        return parent.target is node
    return isinstance(parent, ast.Subscript) and parent.value is node and not isinstance(parent.ctx, ast.Load)
