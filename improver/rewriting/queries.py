"""SQL that is put together from text: which of its parts are values, and how it reads with parameters (pure)."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from improver.names import bound, bound_in
from improver.rewriting.evident import SCALARS, Known, type_of
from improver.source import FUNCTIONS, Source

# One literal: prefix, quotes, body. A backslash, which could hide a quote, is not read at all.
LITERAL = re.compile(r"(?P<prefix>[fF]?)(?P<quote>\"\"\"|'''|\"|')(?P<body>.*?)(?P=quote)", re.DOTALL)
HOLE = re.compile(r"\{[^{}]*\}|%s")
STATEMENT = re.compile(r"\s*(select|insert|update|delete|replace)\b", re.IGNORECASE)
COMPARED = re.compile(r"(=|<|>|\blike|\blimit|\boffset|\bbetween)\s*$", re.IGNORECASE)
LISTED = re.compile(r"\b(values|in)\s*\(([^()]*,)?\s*$", re.IGNORECASE)
ENDED = re.compile(r"\s|,|\)|;|$")
VALUES = (ast.Name, ast.Attribute, ast.Subscript)
NUMBERS = ("int", "float")


@dataclass(frozen=True, slots=True)
class Query:
    """A statement as literals with places for parameters, and the parameters as code."""

    text: str
    values: tuple[str, ...]


def parametrised(code: str, values: Sequence[ast.expr], mark: str, known: Known) -> Query | None:
    """Return the literals `code` with every hole, which `values` fill in order, made a parameter; None if one is not.

    A hole is a value where it stands after a comparison or in a list of values, and is either a whole quoted text or
    a number. What is quoted and not surely a text is turned into one, as formatting did.
    """
    sql = _joined(code)
    if sql is None or not STATEMENT.match(sql) or mark[0] in HOLE.sub("", sql):
        return None
    holes = list(HOLE.finditer(sql))
    if len(holes) != len(values) or not holes:
        return None
    given = [_value(sql, hole, value, known) for hole, value in zip(holes, values, strict=True)]
    if None in given:
        return None
    text = re.sub(r"'(\{[^{}]*\}|%s)'|\{[^{}]*\}|%s", mark, _plain(code))
    return Query(text, tuple(map(str, given)))


def known_at(node: ast.AST, source: Source) -> Known:
    """Return the types that parameters of the function around `node` are annotated with, where nothing rebinds them."""
    function = source.function_of(node)
    shadowed = bound_in(source)
    if not isinstance(function, FUNCTIONS):
        return Known({}, {}, shadowed)
    rebound = bound(*function.body)
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    defaults = [*function.args.defaults, *function.args.kw_defaults]
    names = {
        item.arg: item.annotation.id
        for item in arguments
        if isinstance(item.annotation, ast.Name) and item.annotation.id in SCALARS - shadowed
        if item.arg not in rebound and not any(isinstance(one, ast.Constant) and one.value is None for one in defaults)
    }
    return Known(names, {}, shadowed)


def _joined(code: str) -> str | None:
    """Return what the literals of `code` say together, or None when they are not plain ones."""
    if "\\" in code or "{{" in code or "%%" in code or "#" in code:
        return None
    literals = list(LITERAL.finditer(code))
    if LITERAL.sub("", code).strip() or len({len(item["quote"]) for item in literals}) > 1:
        return None
    if any(not item["prefix"] and "{" in item["body"] for item in literals):
        return None
    return "".join(item["body"] for item in literals)


def _plain(code: str) -> str:
    """Return `code` with literals that format nothing any more."""
    return LITERAL.sub(lambda item: f"{item['quote']}{item['body']}{item['quote']}", code)


def _value(sql: str, hole: re.Match[str], value: ast.expr, known: Known) -> str | None:
    """Return the code of the parameter for `hole`, or None when it may be more than a value."""
    before, after = sql[: hole.start()], sql[hole.end() :]
    quoted = before.endswith("'") and after.startswith("'")
    if quoted:
        before, after = before[:-1], after[1:]
    apart = before.count("'") % 2 == 0 and '"' not in before and ENDED.match(after) is not None
    if not apart or not (COMPARED.search(before) or LISTED.search(before)):
        return None
    kind = type_of(value, known)
    if not quoted:
        return ast.unparse(value) if kind in NUMBERS else None
    is_text = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "str"
    if not (isinstance(value, VALUES) or is_text) or "str" in known.shadowed:
        return None
    return ast.unparse(value) if kind == "str" else f"str({ast.unparse(value)})"
