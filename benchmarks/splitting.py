"""Split the difference between two releases into changes as a human might have made them one by one (pure)."""

import ast
import difflib
import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from improver.records import File, Tree

Statement = tuple[int, int, str]  # first and last line, and name, of a function, method or class
WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Unit:
    """One change, with the tests that came with it; `name` is "path::function" of its first part."""

    name: str
    files: Mapping[str, bytes]  # path -> the whole new file
    with_tests: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of lines that differs: where it stands in both files, and in which function or class."""

    path: str
    name: str  # dotted; "" outside of all
    old: tuple[int, int]
    new: tuple[int, int]
    before: str
    after: str
    is_test: bool

    @property
    def words(self) -> set[str]:
        """Return every name in its text, old and new."""
        return {*WORD.findall(self.before), *WORD.findall(self.after)}

    @property
    def known_as(self) -> set[str]:
        """Return the names by which others must all call it: the function's, and its class's; none for dunders."""
        return {word for word in self.name.split(".") if word and not word.startswith("__")}


def units(old: Tree, new: Tree, product: str, tests: str) -> Iterator[Unit]:
    """Yield what belongs together of the differences below the folders `product` and `tests`, if it parses alone.

    What differs in one function belongs together, with the tests that name it, and with what stands outside of
    functions and binds a name that it uses (an import, a constant). A test that names two functions joins them.
    """
    parts = [
        part
        for folder, is_test in ((product, False), (tests, True))
        for path in _changed(old, new, folder)
        for part in _parts(path, old[path], new[path], is_test=is_test)
    ]
    for group in _joined(parts):
        product_parts = [part for part in group if not part.is_test]
        if not product_parts:
            continue
        by_path: dict[str, list[Part]] = defaultdict(list)
        for part in group:
            by_path[part.path].append(part)
        files = {path: _applied(old[path], chosen) for path, chosen in by_path.items()}
        if all(_parses(data) for data in files.values()):
            first = next((part for part in product_parts if part.name), product_parts[0])
            yield Unit(f"{first.path}::{first.name or 'module'}", files, len(product_parts) < len(group))


def _changed(old: Tree, new: Tree, folder: str) -> list[str]:
    shared = sorted(path for path in old.keys() & new.keys() if path.startswith(f"{folder}/") and path.endswith(".py"))
    return [path for path in shared if old[path].data != new[path].data and _parses(new[path].data)]


# --- parts --------------------------------------------------------------------------------------------------------


def _parts(path: str, old: File, new: File, *, is_test: bool) -> Iterator[Part]:
    """Yield the differences of one file; what is inserted in one stretch is cut between statements."""
    before, after = _lines(old), _lines(new)
    places, news = _statements(old.data), _statements(new.data)
    starts = {first for first, _, _ in news}
    for tag, start, end, first, last in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        cuts = [first, *(line - 1 for line in sorted(starts) if first < line - 1 < last and tag == "insert"), last]
        for low, high in itertools.pairwise(cuts):
            name = _at(places, start + 1) if end > start else _at(news, low + 1) or _at(news, high)
            texts = "".join(before[start:end]), "".join(after[low:high])
            yield Part(path, name, (start, end), (low, high), *texts, is_test)


def _statements(data: bytes) -> list[Statement]:
    """Return each function, method and class, inner ones last."""
    found = []
    for node in ast.walk(ast.parse(data)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = min([node.lineno, *(item.lineno for item in node.decorator_list)])
            found.append((first, node.end_lineno or first, node.name))
    return sorted(found, key=lambda place: place[1] - place[0], reverse=True)


def _at(places: Sequence[Statement], line: int) -> str:
    return ".".join(name for first, last, name in places if first <= line <= last)


# --- what belongs together ----------------------------------------------------------------------------------------


def _joined(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """Yield groups of parts that need each other."""
    group = list(range(len(parts)))
    for number, one in enumerate(parts):
        for other in range(number):
            if group[number] != group[other] and (_needs(one, parts[other]) or _needs(parts[other], one)):
                gone, kept = group[number], group[other]
                group = [kept if each == gone else each for each in group]
    for kept in dict.fromkeys(group):
        yield [part for number, part in enumerate(parts) if group[number] == kept]


def _needs(one: Part, other: Part) -> bool:
    """Tell whether `one` makes no sense without `other`."""
    if one.path == other.path and one.name and one.name == other.name:
        return True
    if not other.name:
        return one.path == other.path and bool(_bound(other) & one.words)
    if other.is_test:
        return False
    is_new = not other.before and other.after.lstrip().startswith(("def ", "async def ", "class ", "@"))
    return (one.is_test or is_new) and bool(other.known_as) and other.known_as <= one.words


def _bound(part: Part) -> set[str]:
    """Return the names that a stretch outside of functions binds, before or after; all where it does not parse."""
    found: set[str] = set()
    for text in (part.before, part.after):
        try:
            nodes = list(ast.walk(ast.parse(text)))
        except SyntaxError:
            return part.words
        found |= {(item.asname or item.name).split(".")[0] for item in nodes if isinstance(item, ast.alias)}
        found |= {item.id for item in nodes if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store)}
    return found


def _applied(old: File, parts: Sequence[Part]) -> bytes:
    """Return the old file with only `parts` of the new one."""
    lines = _lines(old)
    for part in sorted(parts, key=lambda part: (part.old, part.new), reverse=True):
        lines[part.old[0] : part.old[1]] = part.after.splitlines(keepends=True)
    return "".join(lines).encode()


def _lines(file: File) -> list[str]:
    return file.data.decode().splitlines(keepends=True)


def _parses(data: bytes) -> bool:
    try:
        ast.parse(data)
    except SyntaxError:
        return False
    return True
