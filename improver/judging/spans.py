"""Where syntax stands in a text: the characters of a node, and a function cut out so that it compiles alone."""

import ast
import bisect
import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from improver.source import Function, Source


@dataclass(frozen=True)
class Spans:
    """The characters of one file."""

    source: Source

    @property
    def text(self) -> str:
        """Return the whole text."""
        return self.source.text

    @functools.cached_property
    def _starts(self) -> list[int]:
        return [0, *accumulate(map(len, self.source.lines))]

    def _offset(self, line: int, column: int) -> int:
        """Return the character at a 1-based line and a column in UTF-8 bytes, as `ast` counts."""
        text = self.source.lines[line - 1]
        inside = column if text.isascii() else len(text.encode()[:column].decode())
        return self._starts[line - 1] + inside

    def place_of(self, offset: int) -> tuple[int, int]:
        """Return the 1-based line and column of a character."""
        line = bisect.bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def of(self, node: ast.AST) -> tuple[int, int]:
        """Return [start, end) of a node that has a place, parentheses around it left out."""
        assert isinstance(node, ast.expr | ast.stmt | ast.ExceptHandler)
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start = self._offset(node.lineno, node.col_offset)
        return start, self._offset(node.end_lineno, node.end_col_offset)

    def source_of(self, node: ast.AST) -> str:
        """Return the text of a node."""
        start, end = self.of(node)
        return self.text[start:end]

    def is_parenthesised(self, node: ast.AST) -> bool:
        """Tell whether more than the node itself stands between it and the punctuation around it."""
        end = self.of(node)[1]
        return self.text[end:].lstrip()[:1] == ")" and self.text[: self.of(node)[0]].rstrip()[-1:] == "("


@dataclass(frozen=True, slots=True)
class Cutting:
    """A function of a file by itself: lines that compile to the same code as in their file, the first at `first`.

    `heads` stand before them, one for each enclosing class, so that names are mangled and qualified as in the file.
    """

    heads: tuple[str, ...]
    first: int  # 1-based; decorators included
    last: int
    deep: bool  # indented without a class around it, below an `if` for instance

    def grown(self, lines: int) -> "Cutting":
        """Return the same cutting of a file in which the function has that many more lines."""
        return replace(self, last=self.last + lines)

    def text(self, lines: Sequence[str]) -> str:
        """Return the cutting from `lines` of the file; its own lines keep their numbers where there is room above."""
        headers = [f"{' ' * depth}class {name}:\n" for depth, name in enumerate(self.heads)]
        headers += ["if True:\n"] if self.deep else []
        return "\n" * (self.first - 1 - len(headers)) + "".join([*headers, *lines[self.first - 1 : self.last]])


def cutting(qualname: str, node: Function) -> Cutting:
    """Return how `node` is cut out of its file; `qualname` names the classes around it."""
    classes = tuple(qualname.split(".")[:-1])
    first = min([node.lineno, *(item.lineno for item in node.decorator_list)])
    return Cutting(classes, first, node.end_lineno or node.lineno, not classes and node.col_offset > 0)
