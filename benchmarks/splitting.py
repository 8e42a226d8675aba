"""Split the difference between two releases into changes as a human might have made them one by one (pure)."""

import ast
import difflib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from improver.records import File, Tree

Span = tuple[str, int, int, int, int]  # difflib's opcode: tag, old start and end, new start and end


@dataclass(frozen=True, slots=True)
class Unit:
    """One change of one statement at the top of a product file, with the tests that came with it."""

    name: str  # "path::function"
    files: Mapping[str, bytes]  # path -> the whole new file
    with_tests: bool


def units(old: Tree, new: Tree, product: str, tests: str) -> Iterator[Unit]:
    """Yield a unit for each changed top-level statement below `product`; both are folders of the trees.

    A changed test file's new tests go with the first unit whose name they mention; what parses alone is yielded.
    """
    added = {path: _parts(old[path], new[path]) for path in _changed(old, new, tests)}
    for path in _changed(old, new, product):
        for name, spans in sorted(_parts(old[path], new[path]).items()):
            data = _applied(old[path], new[path], spans)
            files = {path: data, **_mentioning(name.split(".")[0], added, old, new)}
            if data != old[path].data and all(_parses(text) for text in files.values()):
                yield Unit(f"{path}::{name or 'module'}", files, len(files) > 1)


def _changed(old: Tree, new: Tree, folder: str) -> list[str]:
    shared = sorted(path for path in old.keys() & new.keys() if path.startswith(f"{folder}/") and path.endswith(".py"))
    return [path for path in shared if old[path].data != new[path].data and _parses(new[path].data)]


def _parts(old: File, new: File) -> dict[str, list[Span]]:
    """Group the differences by the statement of the old file that they touch, or the new one that they add."""
    before, after = _lines(old), _lines(new)
    places, news = _statements(old.data), _statements(new.data)
    found: dict[str, list[Span]] = defaultdict(list)
    for span in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        tag, start, end, first, last = span
        if tag != "equal":
            name = _at(places, start + 1) if end > start else _at(news, first + 1)
            found[name or _at(news, last) or ""].append(span)
    return found


def _statements(data: bytes) -> list[tuple[int, int, str]]:
    """Return the (first, last) lines of each function, method and class, inner ones last."""
    found = []
    for node in ast.walk(ast.parse(data)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = min([node.lineno, *(item.lineno for item in node.decorator_list)])
            found.append((first, node.end_lineno or first, node.name))
    return sorted(found, key=lambda place: place[1] - place[0], reverse=True)


def _at(places: list[tuple[int, int, str]], line: int) -> str:
    inside = [name for first, last, name in places if first <= line <= last]
    return ".".join(inside)


def _mentioning(name: str, added: Mapping[str, Mapping[str, list[Span]]], old: Tree, new: Tree) -> dict[str, bytes]:
    """Return the test files with those new tests applied whose text names `name`."""
    files = {}
    for path, parts in added.items():
        lines = _lines(new[path])
        chosen = [
            span
            for spans in parts.values()
            for span in spans
            if name and span[0] == "insert" and name in "".join(lines[span[3] : span[4]])
        ]
        if chosen:
            files[path] = _applied(old[path], new[path], chosen)
    return files


def _applied(old: File, new: File, spans: list[Span]) -> bytes:
    """Return the old file with only `spans` of the new one."""
    before, after = _lines(old), _lines(new)
    for _, start, end, first, last in sorted(spans, key=lambda span: span[1], reverse=True):
        before[start:end] = after[first:last]
    return "".join(before).encode()


def _lines(file: File) -> list[str]:
    return file.data.decode().splitlines(keepends=True)


def _parses(data: bytes) -> bool:
    try:
        ast.parse(data)
    except SyntaxError:
        return False
    return True
