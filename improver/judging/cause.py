"""The observable "exception cause": undo, in a syntax tree, the causes that a change adds to its raises."""

import ast
from typing import TypeVar

from improver.judging.normal import FRAME_ATTRIBUTES, FRAME_READERS
from improver.names import EVERYTHING, bound, carried_by, declared
from improver.source import FUNCTIONS, Source

T = TypeVar("T", bound=ast.AST)
BORDERS = (*FUNCTIONS, ast.Lambda, ast.ClassDef)
SEERS = FRAME_READERS | {EVERYTHING}
CAUSES = frozenset({"__cause__", "__context__", "__suppress_context__"})


def without_added_causes(before: Source, after: Source) -> ast.Module | str:
    """Drop the causes that `after` adds to raises without one, and handler names that only they use.

    Return a sentence where an added cause is more than the error that an enclosing handler caught (or None).
    """
    renewed = Source(after.path, after.data, after.encoding, after.bom)  # its tree is ours to edit
    raises = _pairs(ast.Raise, before.tree, renewed.tree)
    handlers = _pairs(ast.ExceptHandler, before.tree, renewed.tree)
    if raises is None or handlers is None:
        return "raise statements or handlers were added or removed"
    added = [now for was, now in raises if was.cause is None and now.cause is not None]
    named = [(was, now) for was, now in handlers if was.name is None and now.name is not None]
    reasons = [_strange_cause(now, renewed) for now in added]
    reasons += [_shadowing(was, now.name or "", before) for was, now in named]
    if added and any(isinstance(node, ast.Attribute) and node.attr in CAUSES for node in ast.walk(before.tree)):
        reasons.append("the file itself reads causes")
    for statement in added:
        statement.cause = None
    for _, handler in named:
        handler.name = None
    return next(filter(None, reasons), "") or renewed.tree


def _pairs(kind: type[T], before: ast.AST, after: ast.AST) -> list[tuple[T, T]] | None:
    old, new = ([node for node in ast.walk(tree) if isinstance(node, kind)] for tree in (before, after))
    return list(zip(old, new, strict=True)) if len(old) == len(new) else None


def _strange_cause(statement: ast.Raise, after: Source) -> str:
    """Say why the cause is not simply the error that an enclosing handler caught; "" when it is, or is None."""
    cause, place = statement.cause, f"line {statement.lineno}"
    if isinstance(cause, ast.Constant) and cause.value is None:
        return ""
    if not isinstance(cause, ast.Name):
        return f"{place}: the new cause is computed"
    for parent in after.ancestors(statement):
        if isinstance(parent, BORDERS):
            break
        if isinstance(parent, ast.ExceptHandler) and parent.name == cause.id:
            again = cause.id in bound(*parent.body) | declared(after.tree)
            return f"{place}: `{cause.id}` may no longer be what was caught" if again else ""
    return f"{place}: the new cause `{cause.id}` is not what an enclosing handler caught"


def _shadowing(handler: ast.ExceptHandler, name: str, before: Source) -> str:
    """Say why naming the caught error `name`, which unbinds it afterwards, can be noticed; "" when it cannot."""
    scope = next((node for node in before.ancestors(handler) if isinstance(node, BORDERS)), before.tree)
    if not isinstance(scope, FUNCTIONS):
        scope = before.tree  # a module's or class's names can be seen from anywhere in the file
    around = {handler, *before.ancestors(handler)}
    for node in ast.walk(scope):
        seen = {node.attr} & FRAME_ATTRIBUTES if isinstance(node, ast.Attribute) else set(carried_by(node)) & SEERS
        if seen:
            return f"line {handler.lineno}: something in the scope may see the new name `{name}`"
        if name in carried_by(node) and not _in_other_handler(node, name, around, before):
            return f"line {handler.lineno}: the new name `{name}` is used elsewhere in the scope"
    return ""


def _in_other_handler(node: ast.AST, name: str, around: set[ast.AST], before: Source) -> bool:
    """Tell whether `node` stands in a handler beside ours that binds and unbinds the same name."""
    holders = (node, *before.ancestors(node))
    return any(isinstance(item, ast.ExceptHandler) and item.name == name and item not in around for item in holders)
