"""A test file with new tests at its end, all that was there before as it was (pure)."""

import ast
from collections.abc import Sequence

from improver.source import Source
from improver.writing.grouping import Written
from improver.writing.importing import after_imports, import_lines, imports_of, top, with_foreign, with_own
from improver.writing.joining import is_single, with_names
from improver.writing.placing import Place
from improver.writing.qualifying import qualified
from improver.writing.rendering import block, quote_of, requoted

WIDTH = 88  # of a new file


def width_of(place: Place) -> int:
    """Return how long lines may be."""
    return place.before.width if place.before is not None else WIDTH


def assembled(tests: Sequence[Written], place: Place, title: str, stdlib: frozenset[str]) -> bytes | None:
    """Return the whole file with `tests`, None where a line would be too long or the encoding cannot hold it."""
    before, tests = place.before, [qualified(one, place) for one in tests]
    needed, is_apart = imports_of(tests, place), before is not None and is_single(before)
    if before is not None:
        before, needed = with_names(before, needed)
    imports = import_lines(needed, width_of(place), is_apart=is_apart)
    text = requoted(block(tests, place, width_of(place), title), quote_of(before.text) if before else '"')
    whole = _new(text, imports, (title, stdlib)) if before is None else _grown(before, text, (imports, stdlib))
    if any(
        len(line) > width_of(place)
        for line in [*text.splitlines(), *(part for one in imports for part in one.splitlines())]
    ):
        return None
    try:
        data = whole.encode("utf-8-sig" if before and before.bom else before.encoding if before else "utf-8")
    except UnicodeEncodeError:
        return None
    return data if isinstance(Source.read(place.path, data), Source) else None


def _new(text: str, imports: Sequence[str], told: tuple[str, frozenset[str]]) -> str:
    title, stdlib = told
    own = [line for line in imports if top(line) not in {*stdlib, "pytest"}]
    third = [line for line in imports if line.split()[1] == "pytest"]
    first = [line for line in imports if line not in own and line not in third]
    parts = ["\n".join(part) for part in (first, third, own) if part]
    return f'"""Tests of {title}."""\n\n' + "\n\n".join(parts) + f"\n\n\n{text}"


def _grown(before: Source, text: str, told: tuple[Sequence[str], frozenset[str]]) -> str:
    """Return the file with imports among its own, and `text` at its end or before what runs it as a script."""
    newline, (imports, stdlib) = before.newline, told
    foreign = [line for line in imports if top(line) in {*stdlib, "pytest"}]
    lines = with_foreign(before, foreign, stdlib)
    at = after_imports(before) + len(lines) - len(before.lines)
    end = (_script(before) or len(before.lines)) + len(lines) - len(before.lines)
    body = lines[at:end]
    while body and not body[-1].strip():
        body.pop()
    if body and not body[-1].endswith(("\n", "\r")):
        body[-1] += newline
    head = with_own(lines[:at], [line for line in imports if line not in foreign], newline)
    fresh = [f"{line}{newline}" for line in text.splitlines()]
    tail = [newline, newline, *lines[end:]] if end < len(lines) else []
    return "".join([*head, *body, newline, newline, *fresh, *tail])


def _script(before: Source) -> int:
    """Return how many lines come before `if __name__ == "__main__"` at the end of the file, 0 where it is not there."""
    node = before.tree.body[-1] if before.tree.body else None
    is_guard = isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)
    return node.lineno - 1 if is_guard and node is not None else 0
