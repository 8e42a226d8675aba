"""Which lines a change touches: hunks between two texts, and the lines one statement owns."""

import ast
import difflib
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from improver.judging.normal import is_constant
from improver.source import SCOPES

Owner = ast.stmt | ast.ExceptHandler | ast.match_case  # what owns lines
OWNERS = (ast.stmt, ast.ExceptHandler, ast.match_case)
SILENT = (ast.Global, ast.Nonlocal, ast.Pass, ast.Try, ast.TryStar)  # nothing of their own is run


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines [start, stop) of the base replaced by lines [new_start, new_stop) of the candidate; 0-based."""

    start: int
    stop: int
    new_start: int
    new_stop: int

    @property
    def old(self) -> range:
        """Return the replaced lines of the base, 1-based."""
        return range(self.start + 1, self.stop + 1)

    @property
    def new(self) -> range:
        """Return the replacing lines of the candidate, 1-based."""
        return range(self.new_start + 1, self.new_stop + 1)


def hunks(before: Sequence[str], after: Sequence[str]) -> list[Hunk]:
    """Return what changed between two lists of lines, in order."""
    head = _equal_head(before, after)
    tail = _equal_head(before[head:][::-1], after[head:][::-1])
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return [
        Hunk(head + start, head + stop, head + new_start, head + new_stop)
        for tag, start, stop, new_start, new_stop in matcher.get_opcodes()
        if tag != "equal"
    ]


def joined_over_blanks(found: list[Hunk], before: Sequence[str]) -> list[Hunk]:
    """Join neighbouring hunks that only blank lines keep apart."""
    joined: list[Hunk] = []
    for hunk in found:
        last = joined[-1] if joined else None
        if last is not None and not "".join(before[last.stop : hunk.start]).strip():
            joined[-1] = Hunk(last.start, hunk.stop, last.new_start, hunk.new_stop)
        else:
            joined.append(hunk)
    return joined


def slides(hunk: Hunk, before: Sequence[str]) -> Iterator[Hunk]:
    """Yield every place where the same lines could have been deleted from `before` with the same result."""
    yield hunk
    up = hunk
    while up.start > 0 and before[up.start - 1] == before[up.stop - 1]:
        up = Hunk(up.start - 1, up.stop - 1, up.new_start - 1, up.new_stop - 1)
        yield up
    down = hunk
    while down.stop < len(before) and before[down.start] == before[down.stop]:
        down = Hunk(down.start + 1, down.stop + 1, down.new_start + 1, down.new_stop + 1)
        yield down


def first_line(owner: Owner) -> int:
    """Return the first line of a statement or clause, its decorators included."""
    if isinstance(owner, ast.match_case):
        return owner.pattern.lineno
    decorators = owner.decorator_list if isinstance(owner, SCOPES) else []
    return min([owner.lineno, *(item.lineno for item in decorators)])


def last_line(owner: Owner) -> int:
    """Return the last line of a statement or clause, its blocks included."""
    if isinstance(owner, ast.match_case):
        return last_line(owner.body[-1])
    return owner.end_lineno or owner.lineno


def own_lines(owner: Owner) -> range:
    """Return the lines of a statement without those of its blocks: all of a simple one, the header of another."""
    first = first_line(owner)
    blocks = [first_line(child) for child in ast.iter_child_nodes(owner) if isinstance(child, OWNERS)]
    return range(first, max(min(blocks, default=last_line(owner) + 1), first + 1))


def is_executable(node: ast.AST) -> TypeGuard[Owner]:
    """Tell whether `node` is run by itself: no docstring, declaration, `else:`, `try:` or `pass`."""
    if isinstance(node, ast.AnnAssign) and node.value is None:
        return False
    return isinstance(node, OWNERS) and not isinstance(node, SILENT) and not is_constant(node)


@functools.lru_cache(maxsize=4)  # the base's tree is the same for every candidate of a file
def executables(tree: ast.Module) -> dict[int, Owner]:
    """Map each line to the innermost executable statement or clause that owns it."""
    owners: dict[int, Owner] = {}
    for node in ast.walk(tree):
        if is_executable(node):
            owners |= dict.fromkeys(own_lines(node), node)
    return owners


def is_run(owner: Owner, lines: frozenset[int]) -> bool:
    """Tell whether a run that executed `lines` executed `owner`; a definition also when its body ran."""
    extent = range(first_line(owner), last_line(owner) + 1)
    return not lines.isdisjoint(extent if isinstance(owner, SCOPES) else own_lines(owner))


def _equal_head(before: Sequence[str], after: Sequence[str]) -> int:
    pairs = enumerate(zip(before, after, strict=False))
    return next((index for index, (old, new) in pairs if old != new), min(len(before), len(after)))
