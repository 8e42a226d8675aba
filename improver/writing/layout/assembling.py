"""A test file with new tests at its end, all that was there before as it was (pure)."""

import ast
import functools
import re
from collections.abc import Sequence
from dataclasses import replace

from improver.source import Source
from improver.writing.layout.addressing import addressed
from improver.writing.layout.bare_names import bare_names
from improver.writing.layout.grouping import Written, kills_of
from improver.writing.layout.homes import home_of, with_methods
from improver.writing.layout.importing import after_imports, import_lines, imports_of, top, with_foreign, with_own
from improver.writing.layout.joining import with_names
from improver.writing.layout.qualifying import qualified
from improver.writing.layout.rendering import block, methods, quote_of, requoted
from improver.writing.layout.statements import INDENT, indented
from improver.writing.layout.tables import with_rows
from improver.writing.placing import Place
from improver.writing.words.wording import is_untold

WIDTH = 88  # of a new file
NEWER = re.compile(r"\.assert(?:RaisesRegex|Warns)|\.subTest\(|\bpathlib\.|\bmock\.patch\(|\basync |\bawait ")


def width_of(place: Place) -> int:
    """Return how long lines may be."""
    return place.before.width if place.before is not None else WIDTH


def room_for(place: Place) -> int:
    """Return how long the lines of a test may be, less what methods are indented by where tests are such."""
    has_classes = place.before is not None and any(map(place.before.of_kind, (ast.ClassDef,)))
    return width_of(place) - len(INDENT) * (place.in_classes or has_classes)


def assembled(tests: Sequence[Written], place: Place, title: str, stdlib: frozenset[str]) -> bytes | None:
    """Return the whole file with `tests`, None where a line would be too long or the encoding cannot hold it."""
    before, width, more = place.before, width_of(place), [one for one in tests if one.table]
    tests = [qualified(one, place) for one in _told_apart(tests, width) if not one.table]
    needed, alone = addressed(imports_of(tests, place), before), [one for one in tests if home_of(one, place) is None]
    text = requoted(_block(alone, place, width, title), quote_of(before.text) if before else '"') if alone else ""
    if before is None:
        whole: str | None = place.head + _new(text, import_lines(needed, width, is_apart=place.apart), (title, stdlib))
    else:
        inside = _inside(tests, place, before)
        (text, *texts), needed = bare_names((text, *inside.values()), needed, place)
        grown = with_methods(before, dict(zip(inside, texts, strict=True)))
        whole = _grown(grown, text, needed, stdlib, is_apart=place.apart) if grown is not None else None
    if more:
        whole = _with_rows(whole, place, more)
    old = {line.rstrip("\r\n") for line in before.lines} if before else set[str]()
    if whole is None or any(len(line) > width for line in whole.splitlines() if line not in old):
        return None
    try:
        data = whole.encode("utf-8-sig" if before and before.bom else before.encoding if before else "utf-8")
    except UnicodeEncodeError:
        return None
    return data if isinstance(Source.read(place.path, data), Source) else None


def _with_rows(whole: str | None, place: Place, tests: Sequence[Written]) -> str | None:
    """Return the text of the file with more rows in its tables, None where they do not fit."""
    read = Source.read(place.path, whole.encode()) if whole is not None else None
    quote = quote_of(place.before.text) if place.before is not None else '"'
    quoted = functools.partial(requoted, quote=quote)
    return with_rows(read, tests, width_of(place), quoted) if isinstance(read, Source) else None


def _told_apart(tests: Sequence[Written], width: int) -> list[Written]:
    """Return the tests as there for what no other one of them notices, where that can be told: so docstrings differ."""
    made = []
    for at, test in enumerate(tests):
        own = test.kills - kills_of((*tests[:at], *tests[at + 1 :]))
        cases = tuple(replace(case, kills=case.kills & own) for case in test.cases)
        made.append(test if not own or is_untold(own, width) else replace(test, cases=cases))
    return made


def fits(test: Written, place: Place) -> bool:
    """Tell whether the lines of a test by itself have room in the file, whose encoding can hold them."""
    before, width, text = place.before, width_of(place), _alone(test, place)
    try:
        text.encode(before.encoding if before else "utf-8")
    except UnicodeEncodeError:
        return False
    return all(len(line) <= width for line in text.splitlines())


def needs_3(test: Written, place: Place) -> bool:
    """Tell whether a test asks for what no Python 2 has."""
    return NEWER.search(_alone(test, place)) is not None


def _alone(test: Written, place: Place) -> str:
    """Return the text of a test by itself."""
    before, width, one = place.before, width_of(place), qualified(test, place)
    node = home_of(one, place)
    if before is None or node is None:
        return _block([one], place, width, "x")
    return indented(methods([one], place, width, node), before)


def _block(tests: Sequence[Written], place: Place, width: int, title: str) -> str:
    """Return the new tests as they stand at the end of the file."""
    text = block(tests, place, width, title)
    return text if place.before is None else indented(text, place.before)


def _inside(tests: Sequence[Written], place: Place, before: Source) -> dict[str, str]:
    """Return what comes to the end of classes that the file has, by their names."""
    found: dict[str, tuple[ast.ClassDef, list[Written]]] = {}
    for one in tests:
        if node := home_of(one, place):
            found.setdefault(node.name, (node, []))[1].append(one)
    texts = {name: indented(methods(some, place, before.width, node), before) for name, (node, some) in found.items()}
    return {name: requoted(text, quote_of(before.text)) for name, text in texts.items()}


def _new(text: str, imports: Sequence[str], told: tuple[str, frozenset[str]]) -> str:
    title, stdlib = told
    own = [line for line in imports if top(line) not in {*stdlib, "pytest"}]
    third = [line for line in imports if line.split()[1] == "pytest"]
    first = [line for line in imports if line not in own and line not in third]
    parts = ["\n".join(part) for part in (first, third, own) if part]
    return f'"""Tests of {title}."""\n\n' + "\n\n".join(parts) + f"\n\n\n{text}"


def _grown(
    before: Source, text: str, needed: Sequence[tuple[str, ...]], stdlib: frozenset[str], *, is_apart: bool
) -> str:
    """Return the file with imports among its own, and `text` at its end or before what runs it as a script."""
    newline, width = before.newline, before.width
    before, left = (before, needed) if is_apart else with_names(before, needed)
    imports = [indented(line, before) for line in import_lines(left, width, is_apart=is_apart)]
    foreign = [line for line in imports if top(line) in {*stdlib, "pytest"}]
    lines = with_foreign(before, foreign, stdlib)
    at = after_imports(before) + len(lines) - len(before.lines)
    head = with_own(lines[:at], [line for line in imports if line not in foreign], newline, stdlib)
    if imports and _follows(before, after_imports(before)):
        head += [newline, newline]
    if not text:
        return "".join([*head, *lines[at:]])
    end = (_script(before) or len(before.lines)) + len(lines) - len(before.lines)
    body = lines[at:end]
    while body and not body[-1].strip():
        body.pop()
    if body and not body[-1].endswith(("\n", "\r")):
        body[-1] += newline
    fresh = [f"{line}{newline}" for line in text.splitlines()]
    tail = [newline, newline, *lines[end:]] if end < len(lines) else []
    return "".join([*head, *body, newline, newline, *fresh, *tail])


def _follows(before: Source, at: int) -> bool:
    """Tell whether code follows right after so many lines of a file without imports."""
    return not any(isinstance(node, ast.Import | ast.ImportFrom) for node in before.tree.body) and any(
        map(str.strip, before.lines[at : at + 1])
    )


def _script(before: Source) -> int:
    """Return how many lines come before `if __name__ == "__main__"` at the end of the file, 0 where it is not there."""
    node = before.tree.body[-1] if before.tree.body else None
    is_guard = isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)
    return node.lineno - 1 if is_guard and node is not None else 0
