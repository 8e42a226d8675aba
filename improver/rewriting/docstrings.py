"""The parameters that a docstring describes, line by line (pure)."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from improver.source import Function, Source

HEADER = re.compile(r"(?P<lead>\s*)(?:Args|Arguments|Parameters|Params):\s*")
ENTRY = re.compile(r"(?P<lead>\s+)\*{0,2}(?P<name>\w+)(?:\s*\([^()]*(?:\([^()]*\))?[^()]*\))?\s*:(?:\s|$)")
FIELD = re.compile(r"(?P<lead>\s*):(?P<kind>param|parameter|arg|argument|type)\s+(?:[^:]*[\s*])?(?P<name>\w+)\s*:")


@dataclass(frozen=True, slots=True)
class Described:
    """One parameter's entry: the 1-based lines from `first` to before `after`, and the column of its name."""

    name: str
    first: int
    after: int
    column: int  # in characters
    is_type: bool = False  # only its type: a `:type name:` field


def docstring_of(function: Function) -> ast.Constant | None:
    """Return the docstring of `function`, if it has one on several lines."""
    first = function.body[0]
    value = first.value if isinstance(first, ast.Expr) else None
    is_text = isinstance(value, ast.Constant) and isinstance(value.value, str)
    return value if is_text and first.lineno != first.end_lineno else None  # type: ignore[return-value] # a constant


def described(docstring: ast.Constant, source: Source) -> list[Described]:
    """Return what the docstring says of parameters, in Google's sections or in fields; not both, and no other style."""
    first, last = docstring.lineno, (docstring.end_lineno or docstring.lineno)
    sections, fields = list(_sections(first, last, source)), list(_fields(first, last, source))
    return sections or fields if not (sections and fields) else []


def _sections(first: int, last: int, source: Source) -> Iterator[Described]:
    inside = _section(first, last, source)
    indents = [_indent(source.lines[line - 1]) for line in inside if source.lines[line - 1].strip()]
    for line in inside:
        found = ENTRY.match(source.lines[line - 1])
        if found and len(found["lead"]) == indents[0]:
            yield Described(found["name"], line, _end_of(line, last, source), found.start("name"))


def _section(first: int, last: int, source: Source) -> range:
    """Return the lines under the header of the one section about parameters."""
    headers = [line for line in range(first + 1, last) if HEADER.fullmatch(source.lines[line - 1].rstrip("\r\n"))]
    if len(headers) != 1:
        return range(0)
    begin = headers[0] + 1
    depth = _indent(source.lines[begin - 2])
    below = range(begin, last)
    end = next((n for n in below if source.lines[n - 1].strip() and _indent(source.lines[n - 1]) <= depth), last)
    return range(begin, end) if any(source.lines[n - 1].strip() for n in range(begin, end)) else range(0)


def _fields(first: int, last: int, source: Source) -> Iterator[Described]:
    for line in range(first + 1, last):
        if found := FIELD.match(source.lines[line - 1]):
            end = _end_of(line, last, source)
            yield Described(found["name"], line, end, found.start("name"), found["kind"] == "type")


def _end_of(line: int, last: int, source: Source) -> int:
    """Return the line after the entry that begins at `line`: what follows and is indented deeper belongs to it."""
    depth, end = _indent(source.lines[line - 1]), line + 1
    while end < last and source.lines[end - 1].strip() and _indent(source.lines[end - 1]) > depth:
        end += 1
    return end


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
