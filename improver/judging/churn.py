"""Formatting churn: changed lines that hold the same code as before, only laid out differently."""

import ast
import functools
import io
import tokenize
from collections import Counter
from dataclasses import dataclass

from improver.judging.touched import Hunk, hunks, joined_over_blanks
from improver.source import Source

LAYOUT = frozenset(
    {tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER}
)


@dataclass(frozen=True, slots=True)
class _Piece:
    """One token that is code or comment, with its lines (1-based) and the depth of its block."""

    first: int
    last: int
    depth: int
    starts: bool  # it is the first of its logical line
    kind: int
    text: str

    @property
    def code(self) -> tuple[int, bool, int, str]:
        """Return what makes it the same code elsewhere in the file."""
        return self.depth, self.starts, self.kind, self.text


@dataclass(frozen=True, slots=True)
class _Layout:
    """A hunk with the same code on both sides, and how its comments differ."""

    hunk: Hunk
    gained: Counter[str]
    lost: Counter[str]


def churned(before: Source, after: Source) -> list[Hunk]:
    """Return the hunks between two versions of a file that change nothing but layout or the places of comments."""
    try:
        old, new = _pieces(before), _pieces(after)
    except (tokenize.TokenError, SyntaxError):
        return []  # it parses, but its tokens cannot be told: nothing is claimed about its layout
    found = joined_over_blanks(hunks(before.lines, after.lines), before.lines)
    same = [layout for hunk in found if (layout := _layout(hunk, old, new)) is not None]
    gained = sum((layout.gained for layout in same), Counter[str]())
    lost = sum((layout.lost for layout in same), Counter[str]())
    only_moved = gained == lost
    return [layout.hunk for layout in same if only_moved or layout.gained == layout.lost]


def _layout(hunk: Hunk, old: list[_Piece], new: list[_Piece]) -> _Layout | None:
    was, now = _within(hunk.old, old), _within(hunk.new, new)
    if [piece.code for piece in was if not _is_comment(piece)] != [p.code for p in now if not _is_comment(p)]:
        return None
    lost, gained = _comments(was), _comments(now)
    return _Layout(hunk, gained - lost, lost - gained)


def _within(lines: range, pieces: list[_Piece]) -> list[_Piece]:
    return [piece for piece in pieces if piece.first < lines.stop and piece.last >= lines.start]


def _comments(pieces: list[_Piece]) -> Counter[str]:
    return Counter(piece.text for piece in pieces if _is_comment(piece))


def _is_comment(piece: _Piece) -> bool:
    return piece.kind == tokenize.COMMENT


@functools.lru_cache(maxsize=4)  # the base's side is the same for every candidate of a file
def _pieces(source: Source) -> list[_Piece]:
    pieces: list[_Piece] = []
    depth, starts = 0, True
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        depth += (token.type == tokenize.INDENT) - (token.type == tokenize.DEDENT)
        if token.type == tokenize.NEWLINE:
            starts = True
        if token.type in LAYOUT:
            continue
        is_first = starts and token.type != tokenize.COMMENT
        pieces.append(_Piece(token.start[0], token.end[0], depth, is_first, token.type, _text(token)))
        starts = starts and not is_first
    return pieces


def _text(token: tokenize.TokenInfo) -> str:
    """Return the token's text; a string is told by its prefix and value, whatever its quotes."""
    text = token.string.rstrip()
    prefix = text[: len(text) - len(text.lstrip("rRbBuUfF"))].lower()
    if token.type != tokenize.STRING or "f" in prefix:
        return text
    return f"{prefix}{ast.literal_eval(text)!a}"
