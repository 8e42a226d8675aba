"""Tests as text, the way the file around them writes tests: functions for pytest or methods for unittest (pure)."""

import ast
import functools
import io
import re
import tokenize
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from improver.source import Source
from improver.verify.checking import CAPSYS, COROUTINE
from improver.writing.asking import FOLDER
from improver.writing.layout.folding import folded
from improver.writing.layout.grouping import Row, Written
from improver.writing.layout.homes import base_of, is_annotated, is_case
from improver.writing.layout.statements import INDENT, body, by_assert, by_method, is_looped, laid_out
from improver.writing.placing import Place
from improver.writing.words.wording import docstring

TEXTS = (tokenize.STRING, getattr(tokenize, "FSTRING_START", tokenize.STRING))  # the second since Python 3.12
OPENING = re.compile(r"""\w*(['"])(?!\1\1)""")
CALLABLE, CAPTURE = "Callable[..., Any]", "pytest.CaptureFixture[str]"


def block(tests: Sequence[Written], place: Place, width: int, title: str) -> str:
    """Return the new tests as they stand at the end of the file; `title` names a class where tests are methods."""
    if not place.in_classes:
        return "\n\n\n".join("\n".join(_function(one, width, place)) for one in tests) + "\n"
    name, texts = class_name(title, place), [_method(one, width - 4, place) for one in tests]
    methods = ["\n".join(f"{INDENT}{line}".rstrip() for line in text) for text in texts]
    return f"class {name}({base_of(tests, place)}):\n" + "\n\n".join(methods) + "\n"


def methods(tests: Sequence[Written], place: Place, width: int, node: ast.ClassDef) -> str:
    """Return new tests as methods of a class that the file has."""
    style = replace(place, annotated=is_annotated(node))
    texts = [
        _method(one, width - 4, style) if is_case(node, place) else _function(one, width - 4, style, "self")
        for one in tests
    ]
    return "\n\n".join("\n".join(f"{INDENT}{line}".rstrip() for line in text) for text in texts) + "\n"


def class_name(title: str, place: Place) -> str:
    """Return the name of the class of new tests, which the file does not have yet."""
    name, number = f"{title}EdgesTest", 2
    while name in place.bound:
        name, number = f"{title}Edges{number}Test", number + 1
    return name


# --- pytest -------------------------------------------------------------------------------------------------------


def _function(test: Written, width: int, place: Place, *first: str) -> list[str]:
    asks, taken = test.cases[0].asks, [*test.heads] if test.rows else []
    if place.annotated:
        known = {CAPSYS: CAPTURE, FOLDER: folder_type(place)}
        asks = tuple(f"{name}: {known[name]}" if name in known else name for name in asks)
        taken = [f"{name}: {kind}" for name, kind in zip(taken, kinds(test), strict=True)] if taken else []
    signature, gives = ", ".join((*first, *taken, *asks)), " -> None" if place.annotated else ""
    text = [*_docstring(test, width, place), *_running(test, width - 4, place, gives)]
    mark = [f"@{place.loop}"] if is_looped(test) and "." in place.loop else []
    return [
        *mark,
        *(_table(test, width) if test.rows else ()),
        *folded(f"{'async ' * bool(is_looped(test) and place.loop)}def {test.name}({signature}){gives}:", width),
        *((INDENT + line) if line else "" for line in text),
    ]


def folder_type(place: Place) -> str:
    """Return how the type of a folder is called in a file: by its own name, if that is or can be imported there."""
    known, module = place.bound.get("Path", ()), place.bound.get("pathlib")
    free = known == () and module != ("pathlib", "")
    return "Path" if free or (known is not None and known[:2] == ("pathlib", "Path")) else "pathlib.Path"


def _table(test: Written, width: int) -> list[str]:
    """Return the decorator that gives a test its rows; a row that is one name, or one word, needs no id."""
    alone = [row for row in test.rows if row.values[1:] == () and not row.expected]
    if len(alone) == len(test.rows) and all(row.values[0].strip("'\"").endswith(row.id) for row in alone):
        values = ", ".join(row.values[0] for row in test.rows)
        return folded(f"@pytest.mark.parametrize({test.heads[0]!r}, [{values}])", width)
    rows = [f"pytest.param({', '.join(_row(row))}, id={row.id!r})," for row in test.rows]
    return [
        "@pytest.mark.parametrize(",
        f"{INDENT}{test.heads if len(test.heads) > 1 else test.heads[0]!r},",
        f"{INDENT}[",
        *(INDENT * 2 + part for row in rows for part in folded(row, width - 8)),
        f"{INDENT}],",
        ")",
    ]


def _row(row: Row) -> tuple[str, ...]:
    return (*row.values, row.expected) if row.expected else row.values


def _running(test: Written, width: int, place: Place, gives: str) -> list[str]:
    """Return the statements of a test; where nobody else runs an event loop, they do."""
    if not is_looped(test) or place.loop:
        return laid_out(body(test, by_assert), width)
    case = test.cases[0]
    if case.way == COROUTINE and not any("await" in text for text in (*case.setup, case.call)):
        return laid_out(body(test, by_assert, "asyncio.run({})"), width)
    inner = [INDENT + line for line in laid_out(body(test, by_assert), width - 4)]
    return ["", f"async def scenario(){gives}:", *inner, "", "asyncio.run(scenario())"]


def kinds(test: Written) -> list[str]:
    """Return the type of each column of a table, as an annotation; object where the rows do not agree."""
    columns = zip(*map(_row, test.rows), strict=True)
    found = [_common({_kind(text) for text in column}) for column in columns]
    call = ast.parse(test.call, mode="eval")
    called = {ast.unparse(node.func) for node in ast.walk(call) if isinstance(node, ast.Call)}
    whole = zip(test.heads, found, strict=True)
    return [_called([row.values[0] for row in test.rows]) if name in called else kind for name, kind in whole]


def _called(texts: Sequence[str]) -> str:
    """Return the type of classes or of functions."""
    return "type" if all(text.rpartition(".")[2][:1].isupper() for text in texts) else CALLABLE


def _kind(text: str) -> str:
    try:
        return _kind_of(ast.literal_eval(text))
    except (ValueError, SyntaxError):
        return "object"


def _kind_of(value: object) -> str:
    name = type(value).__name__
    if isinstance(value, list | set | frozenset):
        return f"{name}[{_common({_kind_of(item) for item in value})}]"
    if isinstance(value, tuple):
        return f"tuple[{_common({_kind_of(item) for item in value})}, ...]"
    if isinstance(value, dict):
        return f"dict[{_common({*map(_kind_of, value)})}, {_common({*map(_kind_of, value.values())})}]"
    return "None" if value is None else name


def _common(names: set[str]) -> str:
    """Return one type, with None beside it where it is among them."""
    plain = names - {"None"} - {name for name in names if "object" in name and len(names) > 1}
    if len(plain) > 1:
        return "object"
    return " | ".join([*plain, *(["None"] if "None" in names else [])]) or "object"


# --- unittest -----------------------------------------------------------------------------------------------------


def _method(test: Written, width: int, place: Place) -> list[str]:
    gives, is_printed = " -> None" if place.annotated else "", CAPSYS in test.cases[0].asks
    checks = by_assert if place.asserting and not is_printed else by_method  # which alone keeps what is printed
    head = [
        *folded(f"{'async ' * is_looped(test)}def {test.name}(self){gives}:", width),
        *((INDENT + line) if line else "" for line in _docstring(test, width, place)),
    ]
    if FOLDER in test.cases[0].asks:
        inner = laid_out(body(test, checks), width - 8)
        made = ["with tempfile.TemporaryDirectory() as folder:", f"{INDENT}{FOLDER} = pathlib.Path(folder)"]
        return [*head, *(INDENT + line for line in (*made, *(INDENT + line for line in inner)))]
    if not test.rows:
        return [*head, *(INDENT + line for line in laid_out(body(test, checks), width - 4))]
    rows = [f"({', '.join(_row(row))})," if len(test.heads) > 1 else f"{row.values[0]}," for row in test.rows]
    lines = [INDENT + part for row in rows for part in folded(row, width - 8)]
    said = ", ".join(f"{name}={name}" for name in test.columns)
    loop = [f"for {', '.join(test.heads)} in (", *lines, "):", f"{INDENT}with self.subTest({said}):"]
    inner = [INDENT * 2 + line for line in laid_out(body(test, checks), width - 12)]
    return [*head, *(INDENT + line for line in (*loop, *inner))]


# --- docstrings ---------------------------------------------------------------------------------------------------


def _docstring(test: Written, width: int, place: Place) -> list[str]:
    """Return the docstring of a test, which begins on a line of its own where those of its file do."""
    first, *lines = docstring(test.kills, width)
    if not lines or place.before is None or not _begins_below(place.before):
        return [first, *lines]
    quotes = first[: first.index('"""') + 3]
    return [quotes, first.removeprefix(quotes), *lines]


@functools.lru_cache(maxsize=32)  # asked for each test
def _begins_below(source: Source) -> bool:
    """Tell whether most docstrings of several lines begin on the line after their quotes."""
    nodes = [source.tree, *source.of_kind(ast.ClassDef), *source.functions]
    texts = [text for node in nodes if (text := ast.get_docstring(node, clean=False)) and "\n" in text]
    return sum(text.lstrip(" \t").startswith("\n") for text in texts) * 2 > len(texts)


# --- quotes -------------------------------------------------------------------------------------------------------


def requoted(text: str, quote: str) -> str:
    """Return code with its strings in `quote`, where that takes no more backslashes: as formatters have it."""
    other = "'" if quote == '"' else '"'
    lines = text.splitlines(keepends=True)
    for token in reversed([*tokenize.generate_tokens(io.StringIO(text).readline)]):
        inner = re.fullmatch(rf"([bBrR]*){other}((?:[^{other}\\\n]|\\.)*){other}", token.string)
        body = _within(inner[2], quote, other, is_raw="r" in inner[1].lower()) if inner else None
        if token.type == tokenize.STRING and inner and body is not None:
            (row, start), (_, end) = token.start, token.end
            line = lines[row - 1]
            lines[row - 1] = f"{line[:start]}{inner[1]}{quote}{body}{quote}{line[end:]}"
    return "".join(lines)


def _within(body: str, quote: str, other: str, *, is_raw: bool) -> str | None:
    """Return what stands between quotes as it stands between others, None where that takes more backslashes."""
    if is_raw:
        return None if quote in body or other in body else body
    parts = re.findall(r"\\.|[^\\]", body)
    if parts.count(quote) > parts.count(f"\\{other}"):
        return None
    changed = {f"\\{other}": other, quote: f"\\{quote}"}
    return "".join(changed.get(part, part) for part in parts)


@functools.lru_cache(maxsize=32)  # asked for each choice of tests
def quote_of(text: str) -> str:
    """Return the quote that most strings of one line have in a file; what stands within them is no matter."""
    tokens = tokenize.generate_tokens(io.StringIO(text, newline=None).readline)
    opened = Counter(found[1] for one in tokens if one.type in TEXTS and (found := OPENING.match(one.string)))
    return "'" if opened["'"] > opened['"'] else '"'
