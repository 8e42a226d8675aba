"""Whether what a statement raises is caught in its own function, so that nobody outside of it sees it (pure)."""

import ast

from improver.source import SCOPES, Source


def is_caught_here(node: ast.Raise, raised: str, source: Source) -> bool:
    """Tell whether a clause around `node`, in its own function, catches `raised` by name and does not look at it."""
    inner: ast.AST = node
    for parent in source.ancestors(node):
        if isinstance(parent, SCOPES):
            return False
        if isinstance(parent, ast.Try) and inner in parent.body:
            unread = (one for one in parent.handlers if one.type and not one.name)
            if any(raised in _caught(one) and not _goes_on(one) for one in unread):
                return True
        inner = parent
    return False


def _caught(handler: ast.ExceptHandler) -> list[str]:
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return [ast.unparse(item) for item in types if item]


def _goes_on(handler: ast.ExceptHandler) -> bool:
    """Tell whether `handler` may raise what it caught once more."""
    return any(isinstance(item, ast.Raise) and item.exc is None for item in ast.walk(handler))
