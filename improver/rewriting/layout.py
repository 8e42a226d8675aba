"""Lay out what a rewrite moved as the formatter of its file would: on one line where that fits now (pure)."""

import ast
import re
from collections.abc import Iterator, Sequence

from improver.codemod import Rewrite
from improver.source import Source

OPENS = re.compile(r"[^#'\"]*[(\[{]$")  # no comment, and nothing that may stand inside a text
CLOSES = re.compile(r"\s*[)\]}]")


def relaid(rewrite: Rewrite, before: Source) -> Rewrite:
    """Return `rewrite` with the brackets of `before` joined that fit on one line now, where none did so far."""
    data = rewrite.get(before.path)
    if data is None or next(_joinable(before.lines, before.width), None) is not None:
        return rewrite
    after = Source.read(before.path, data)
    if not isinstance(after, Source):
        return rewrite
    lines = list(after.lines)
    while (at := next(_joinable(lines, before.width), None)) is not None:
        lines[at : at + 3] = [_joined(lines[at : at + 3])]
    text = "".join(lines)
    same = text == after.text or ast.dump(ast.parse(text)) != ast.dump(after.tree)
    return rewrite if same else {**rewrite, before.path: text.encode("utf-8-sig" if after.bom else after.encoding)}


def longest(kind: type[ast.stmt], source: Source) -> int:
    """Return how long the longest statement of a kind is that stands on one line, comments aside; 0 for none."""
    return max((node.end_col_offset or 0 for node in source.of_kind(kind) if node.lineno == node.end_lineno), default=0)


def _joinable(lines: Sequence[str], width: int) -> Iterator[int]:
    """Yield the index of each line that opens a bracket which would fit on it whole, and holds no last comma."""
    for at in range(len(lines) - 2):
        first, inside, last = (line.rstrip() for line in lines[at : at + 3])
        if not OPENS.match(first) or not CLOSES.match(last) or inside.endswith(",") or "#" in inside + last:
            continue
        if inside.strip() and len(_joined(lines[at : at + 3]).rstrip()) <= width:
            yield at


def _joined(lines: Sequence[str]) -> str:
    first, inside, last = lines
    return first.rstrip() + inside.strip() + last.lstrip()
