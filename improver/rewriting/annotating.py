"""Annotations made wider in the way that a file writes them (pure)."""

import ast

from improver.codemod import Abstain
from improver.rewriting.splicing import text_of
from improver.source import Source


def optional(annotation: ast.expr, source: Source) -> str | Abstain:
    """Return the text of `annotation` or None, as this file can spell it."""
    if isinstance(annotation, ast.Constant) or annotation.lineno != annotation.end_lineno:
        return Abstain("the annotation is text or stands on several lines")
    text = text_of(annotation, source)
    if text.startswith("Optional[") or text.endswith("| None"):
        return text
    if _writes_unions(source):
        return f"{text} | None"
    imported = any(
        isinstance(node, ast.ImportFrom) and node.module == "typing" and ("Optional", None) in _names(node)
        for node in source.tree.body
    )
    return f"Optional[{text}]" if imported else Abstain("this file has no way to write that None is allowed")


def lazy(source: Source) -> bool:
    """Tell whether annotations of this file are never evaluated by themselves."""
    return any(
        isinstance(node, ast.ImportFrom) and node.module == "__future__" and ("annotations", None) in _names(node)
        for node in source.tree.body
    )


def _writes_unions(source: Source) -> bool:
    """Tell whether annotations may be joined by `|` here: they are never evaluated, or others do it already."""
    return lazy(source) or any(
        isinstance(node.annotation, ast.BinOp) and isinstance(node.annotation.op, ast.BitOr)
        for node in source.of_kind(ast.arg)
    )


def _names(node: ast.ImportFrom) -> list[tuple[str, str | None]]:
    return [(alias.name, alias.asname) for alias in node.names]
