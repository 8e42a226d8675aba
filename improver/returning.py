"""Tell whether what a merged change took away is back: then somebody reverted it (pure)."""

import difflib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from improver.records import Edit, File, Tree


@dataclass(frozen=True, slots=True)
class _Hunk:
    """Lines that a change replaced, and by what; lines of brackets alone are left out."""

    removed: tuple[bytes, ...]
    added: tuple[bytes, ...]


def came_back(edits: Sequence[Edit], here: Tree) -> bool:
    """Tell whether the tree `here`, which once held `edits`, holds again what one place of them had before.

    What only adds came back when nothing of it is left in its file.
    """
    return any(_returned(edit, here[edit.path]) for edit in edits if edit.after is not None and edit.path in here)


def _returned(edit: Edit, file: File) -> bool:
    before, after, now = (_lines(one) for one in (edit.before, edit.after, file))
    hunks = [one for one in _hunks(before, after) if one.removed or one.added]
    left, held = Counter(now), Counter(after)

    def gone(hunk: _Hunk) -> bool:
        return all(left[line] < held[line] for line in hunk.added)

    replaced = [one for one in hunks if one.removed]
    if not replaced:
        return bool(hunks) and all(map(gone, hunks))
    return any(gone(one) and all(left[line] > held[line] for line in one.removed) for one in replaced)


def _hunks(before: Sequence[bytes], after: Sequence[bytes]) -> Iterator[_Hunk]:
    for tag, first, last, start, end in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            yield _Hunk(_telling(before[first:last]), _telling(after[start:end]))


def _telling(lines: Sequence[bytes]) -> tuple[bytes, ...]:
    return tuple(line for line in lines if any(chr(one).isalnum() for one in line))


def _lines(file: File | None) -> list[bytes]:
    """Return the lines of a file without what surrounds them, so that a reformatted one is known again."""
    return [line.strip() for line in file.data.splitlines()] if file is not None else []
