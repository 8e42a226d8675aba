"""Edit a file at places of its syntax tree: all that is not named stays as it is, byte for byte."""

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass

from improver.codemod import Abstain, Rewrite, fitted, replaced
from improver.source import Source

Position = tuple[int, int]  # line, 1-based, and column in UTF-8 bytes, 0-based, as in `ast`


@dataclass(frozen=True, slots=True, order=True)
class Splice:
    """What stands from `start` to before `end` becomes `text`, whose newlines become the file's own."""

    start: Position
    end: Position
    text: str


def inserted(at: Position, text: str) -> Splice:
    """Return the splice that puts `text` before what stands at `at`."""
    return Splice(at, at, text)


def start_of(node: ast.AST) -> Position:
    """Return where `node` begins."""
    return getattr(node, "lineno", 1), getattr(node, "col_offset", 0)


def end_of(node: ast.AST) -> Position:
    """Return where `node` ends."""
    return getattr(node, "end_lineno", 1), getattr(node, "end_col_offset", 0)


def text_of(node: ast.AST, source: Source) -> str:
    """Return the text of `node`, newlines included."""
    first, last = _offset(source, start_of(node)), _offset(source, end_of(node))
    return "".join(source.lines)[first:last]


def edited(source: Source, splices: Iterable[Splice]) -> Rewrite | Abstain:
    """Return the file with every splice made; they must not overlap, and a line of ours must not grow too long."""
    text = "".join(source.lines)
    ordered = sorted(splices, key=lambda splice: (splice.start, splice.end))
    for splice in ordered[::-1]:  # from the end, and at one place in the order given
        start, end = _offset(source, splice.start), _offset(source, splice.end)
        new = splice.text.replace("\r\n", "\n").replace("\n", source.newline)  # what is taken from the file has its own
        text = text[:start] + new + text[end:]
    return fitted(source, replaced(source, 1, len(source.lines), text))


def has_its_lines(statement: ast.stmt, source: Source) -> bool:
    """Tell whether `statement` shares its lines with nothing but a comment."""
    before = source.lines[statement.lineno - 1].encode()[: statement.col_offset].strip()
    after = source.lines[(statement.end_lineno or 1) - 1].encode()[statement.end_col_offset or 0 :].strip()
    return not before and (not after or after.startswith(b"#"))


def lead_of(statement: ast.stmt, source: Source) -> str:
    """Return the whitespace before a statement that begins its line."""
    return source.lines[statement.lineno - 1].encode()[: statement.col_offset].decode()


def put_below(statement: ast.stmt, source: Source, text: str) -> Splice:
    """Return the splice that puts whole lines under a statement that has its lines."""
    last = statement.end_lineno or statement.lineno
    if source.lines[last - 1].endswith(("\n", "\r")):
        return inserted((last + 1, 0), text)
    return inserted((last + 1, 0), "\n" + text.removesuffix("\n"))


def unfolded(call: ast.Call, statement: ast.stmt, source: Source, first: str = "") -> list[Splice]:
    """Return what puts the arguments of `call`, after `first`, on a line of their own, as formatters do."""
    last = call.keywords[-1].value if call.keywords else call.args[-1]
    opening = start_of(call.args[0] if call.args else call.keywords[0])
    closes_tight = end_of(last)[1] + 1 == end_of(call)[1]
    if statement.lineno != statement.end_lineno or end_of(call.func)[1] + 1 != opening[1] or not closes_tight:
        return [inserted(opening, first)]
    lead = lead_of(statement, source)
    return [inserted(opening, f"\n{lead}{source.indent}{first}"), inserted(end_of(last), f"\n{lead}")]


def extended(call: ast.Call, word: str, source: Source) -> Splice | None:
    """Return the splice that gives `call` one more argument, in the layout of the others, or None where that is odd."""
    given = sorted([*call.args, *call.keywords], key=end_of)
    place = end_of(given[-1] if given else call.func)
    text = "".join(source.lines)
    rest = text[_offset(source, place) : _offset(source, end_of(call))]
    if not given:
        return inserted((end_of(call)[0], end_of(call)[1] - 1), word) if rest == "()" else None
    margin = source.lines[start_of(given[-1])[0] - 1].encode()[: start_of(given[-1])[1]].decode()
    if not margin.isspace() or rest == ")":
        return inserted(place, f", {word}") if re.fullmatch(r"(\s*\n[ \t]*)?\)", rest) else None
    if re.fullmatch(r",[ \t]*(#[^\n]*)?\n[ \t]*\)", rest.replace("\r\n", "\n")):
        return inserted((place[0] + 1, 0), f"{margin}{word},\n")
    return inserted(place, f", {word}") if start_of(given[0])[0] == place[0] and not rest.strip(") \t\r\n") else None


def _offset(source: Source, place: Position) -> int:
    line, column = place
    if line > len(source.lines):
        return sum(map(len, source.lines))
    return sum(map(len, source.lines[: line - 1])) + len(source.lines[line - 1].encode()[:column].decode())
