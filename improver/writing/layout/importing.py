"""Imports of new tests: which are needed, how they are written, and where they stand among those of the file (pure)."""

import ast
import itertools
from collections.abc import Callable, Iterator, Sequence

from improver.source import Source
from improver.verify.checking import CAPSYS
from improver.writing.asking import FOLDER
from improver.writing.layout.addressing import dotted
from improver.writing.layout.grouping import Written
from improver.writing.layout.homes import base_of, home_of, is_method
from improver.writing.layout.rendering import CALLABLE, folder_type, kinds
from improver.writing.layout.statements import INDENT, is_looped
from improver.writing.placing import Place

GROUPS = ("future", "stdlib", "pytest", "own")


def imports_of(tests: Sequence[Written], place: Place) -> list[tuple[str, ...]]:
    """Return the imports that the tests need and the file does not have."""
    needed = {one for test in tests for case in test.cases for one in case.imports}
    alone = [test for test in tests if home_of(test, place) is None]
    if place.in_classes and alone and base_of(alone, place).startswith("unittest."):
        needed.add(("unittest", ""))
    plain = [test for test in tests if not is_method(test, place)]
    if any(test.rows for test in plain) or any(map(_asks_pytest, tests if place.asserting else plain)):
        needed.add(("pytest", ""))
    needed |= {*_for_asked([test for test in tests if test not in plain], plain, place)}
    if any(map(is_looped, plain)):
        needed |= (
            {("asyncio", "")} if not place.loop else {("pytest", "")} if place.loop.startswith("pytest.") else set()
        )
    if place.annotated and any(CALLABLE in kinds(test) for test in tests if test.rows):
        needed |= {("collections.abc", "Callable"), ("typing", "Any")}
    return sorted((place.shown.get((one[0], one[1]), one[0]), *one[1:]) for one in needed if not place.binds(one))


def _asks_pytest(test: Written) -> bool:
    """Tell whether what a test demands is no statement of Python's own."""
    return not {"raises", "warns", "approx"}.isdisjoint(one[0] for one in test.cases[0].checks)


def _for_asked(methods: Sequence[Written], plain: Sequence[Written], place: Place) -> Iterator[tuple[str, ...]]:
    """Yield what stands in methods for what pytest has a fixture for, and the types of those that functions ask for."""
    if any(CAPSYS in test.cases[0].asks for test in methods):
        yield from (("io", ""), ("unittest", "mock"))
    if any(FOLDER in test.cases[0].asks for test in methods):
        yield from (("pathlib", ""), ("tempfile", ""))
    if place.annotated and any(CAPSYS in test.cases[0].asks for test in plain):
        yield ("pytest", "")
    if place.annotated and any(FOLDER in test.cases[0].asks for test in plain):
        yield ("pathlib", "Path" if folder_type(place) == "Path" else "")


def import_lines(needed: Sequence[tuple[str, ...]], width: int, *, is_apart: bool = False) -> list[str]:
    """Return import statements, those of one module together if not `is_apart`, each a text of one line or several."""
    plain = [f"import {one[0]}" + (f" as {one[2]}" if len(one) > 2 else "") for one in needed if not one[1]]
    named: dict[str, list[str]] = {}
    for module, name, *bound in (one for one in needed if one[1]):
        named.setdefault(module, []).append(f"{name} as {bound[0]}" if bound and bound[0] != name else name)
    parts = [(module, part) for module, names in named.items() for part in _parts(names, is_apart=is_apart)]
    whole = [f"from {module} import {', '.join(names)}" for module, names in parts]
    return [*dict.fromkeys(plain), *(_enclosed(line, width) for line in whole)]


def _parts(names: Sequence[str], *, is_apart: bool) -> list[list[str]]:
    known = list(dict.fromkeys(names))
    return [[name] for name in known] if is_apart else [known]


def _enclosed(line: str, width: int) -> str:
    """Return an import in brackets, a name a line, where it is too long."""
    head, _, names = line.partition(" import ")
    inner = "".join(f"{INDENT}{name},\n" for name in names.split(", "))
    return line if len(line) <= width else f"{head} import (\n{inner})"


# --- among those of the file ---------------------------------------------------------------------------------------


def with_own(head: list[str], imports: Sequence[str], newline: str, stdlib: frozenset[str]) -> list[str]:
    """Return the file's beginning with imports of its own project among those of their package, in order.

    They come after them where there is no order, and last where there is none of the package: apart from other groups.
    """
    for line in imports:
        nodes = [node for node in _parsed(head) if isinstance(node, ast.Import | ast.ImportFrom)]
        kin = [node for node in nodes if _module(node) == top(line)]
        at = _among(kin, line) if kin else len(head)
        is_apart = not kin and _ends(head) and not (nodes and _group(_module(nodes[-1]), stdlib) == "own")
        parts = [*([""] if is_apart else []), *line.splitlines()]
        head = [*head[:at], *(f"{part}{newline}" for part in parts), *head[at:]]
    return head


def _parsed(head: Sequence[str]) -> list[ast.stmt]:
    """Return the statements of a file's beginning, none where it ends within one."""
    try:
        return ast.parse("".join(head)).body
    except SyntaxError:
        return []


def _order(texts: Sequence[str]) -> Callable[[str], tuple[bool, *tuple[str, ...]]]:
    return _exact if len({*map(_key, texts)}) < len(texts) and _sorted_by(_exact, texts) else _key


def _sorted_by(order: Callable[[str], tuple[bool, *tuple[str, ...]]], lines: Sequence[str]) -> bool:
    keys = [*map(order, lines)]
    return keys == sorted(keys)


def _key(line: str) -> tuple[bool, str]:
    """Return what orders imports of one package: whole modules first, then by module."""
    words = line.split()
    return words[0] == "from", words[1]


def _exact(line: str) -> tuple[bool, str, str]:
    """Return what orders imports of one package where each name has a line: by name within a module."""
    return *_key(line), line.partition(" import ")[2].strip()


def top(line: str) -> str:
    """Return the top-level package that an import statement names, "" where it does so by dots."""
    return line.split()[1].partition(".")[0]


def with_foreign(before: Source, foreign: Sequence[str], stdlib: frozenset[str]) -> list[str]:
    """Return the file's lines with imports of other people's modules among those of their group, in order.

    Where there is none, a group of its own comes about before the first that comes later, or after all that there is.
    """
    end = after_imports(before)
    nodes = [node for node in before.tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    fresh: dict[int, list[str]] = {}
    for group in GROUPS:
        kin = [node for node in nodes if _group(_module(node), stdlib) == group]
        later = [node for node in nodes if GROUPS.index(_group(_module(node), stdlib)) > GROUPS.index(group)]
        mine = [line for line in foreign if _group(top(line), stdlib) == group]
        if mine and not kin and not later and (end in fresh or _ends(before.lines[:end])):
            fresh.setdefault(end, []).append("")
        for line in mine:
            at = _among(kin, line) if kin else later[0].lineno - 1 if later else end
            fresh.setdefault(at, []).extend(line.splitlines())
        if mine and later and not kin:
            fresh[later[0].lineno - 1].append("")
    lines = []
    for at in range(len(before.lines) + 1):
        lines += [f"{part}{before.newline}" for part in fresh.get(at, ())] + list(before.lines[at : at + 1])
    return lines


def _ends(lines: Sequence[str]) -> bool:
    """Tell whether the last line holds something, from which another group of imports stands apart."""
    return bool(lines) and bool(lines[-1].strip())


def _group(module: str, stdlib: frozenset[str]) -> str:
    """Return the group that imports of a top-level module stand in, as isort and ruff order them."""
    if module == "__future__":
        return "future"
    return "stdlib" if module in stdlib else "pytest" if module == "pytest" else "own"


def _among(kin: Sequence[ast.Import | ast.ImportFrom], line: str) -> int:
    """Return how many lines of the file come before the place of an import among its like."""
    texts = [ast.unparse(node) for node in kin]
    order = _order(texts)
    later = [node.lineno - 1 for node, text in zip(kin, texts, strict=True) if order(text) > order(line)]
    return later[0] if later and _sorted_by(order, texts) else kin[-1].end_lineno or kin[-1].lineno


def _module(node: ast.Import | ast.ImportFrom) -> str:
    name = dotted(node) if isinstance(node, ast.ImportFrom) else node.names[0].name
    return name.partition(".")[0]


def after_imports(before: Source) -> int:
    """Return how many lines of the file come before the place for one more import: what is said first stays first."""
    last = 0
    for node in before.tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            last = node.end_lineno or node.lineno
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            break
        elif not last:
            last = node.end_lineno or node.lineno
    return last or sum(1 for _ in itertools.takewhile(lambda line: line.startswith("#"), before.lines))
