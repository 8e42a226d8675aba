"""A test file with new tests at its end, all that was there before as it was (pure)."""

import ast
from collections.abc import Callable, Sequence

from improver.source import Source
from improver.writing.grouping import Written
from improver.writing.placing import Place
from improver.writing.rendering import block, import_lines, imports_of, quote_of, requoted

WIDTH = 88  # of a new file
GROUPS = ("future", "stdlib", "pytest", "own")


def width_of(place: Place) -> int:
    """Return how long lines may be."""
    return place.before.width if place.before is not None else WIDTH


def assembled(tests: Sequence[Written], place: Place, title: str, stdlib: frozenset[str]) -> bytes | None:
    """Return the whole file with `tests`, None where a line would be too long or the encoding cannot hold it."""
    before = place.before
    imports = import_lines(imports_of(tests, place), width_of(place))
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
    own = [line for line in imports if _top(line) not in {*stdlib, "pytest"}]
    third = [line for line in imports if line.split()[1] == "pytest"]
    first = [line for line in imports if line not in own and line not in third]
    parts = ["\n".join(part) for part in (first, third, own) if part]
    return f'"""Tests of {title}."""\n\n' + "\n\n".join(parts) + f"\n\n\n{text}"


def _grown(before: Source, text: str, told: tuple[Sequence[str], frozenset[str]]) -> str:
    """Return the file with imports among its own, and `text` at its end or before what runs it as a script."""
    newline, (imports, stdlib) = before.newline, told
    foreign = [line for line in imports if _top(line) in {*stdlib, "pytest"}]
    lines = _with_foreign(before, foreign, stdlib)
    at = _after_imports(before) + len(lines) - len(before.lines)
    end = (_script(before) or len(before.lines)) + len(lines) - len(before.lines)
    body = lines[at:end]
    while body and not body[-1].strip():
        body.pop()
    if body and not body[-1].endswith(("\n", "\r")):
        body[-1] += newline
    head = _with_own(lines[:at], [line for line in imports if line not in foreign], newline)
    fresh = [f"{line}{newline}" for line in text.splitlines()]
    tail = [newline, newline, *lines[end:]] if end < len(lines) else []
    return "".join([*head, *body, newline, newline, *fresh, *tail])


def _with_own(head: list[str], imports: Sequence[str], newline: str) -> list[str]:
    """Return the file's beginning with imports of its own project among those of their package, in order.

    They come after them where there is no order, and last where there is none of the package.
    """
    for line in imports:
        block = [at for at, one in enumerate(head) if one.startswith(("from ", "import ")) and _top(one) == _top(line)]
        texts = [head[at] for at in block]
        order = _order(texts)
        later = [
            at for at, one in zip(block, texts, strict=True) if _sorted_by(order, texts) and order(one) > order(line)
        ]
        at = later[0] if later else block[-1] + 1 if block else len(head)
        at = len(head) if any("(" in one and ")" not in one for one in texts) else at
        head = [*head[:at], *(f"{part}{newline}" for part in line.splitlines()), *head[at:]]
    return head


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


def _top(line: str) -> str:
    """Return the top-level package that an import statement names."""
    return line.split()[1].partition(".")[0]


def _with_foreign(before: Source, foreign: Sequence[str], stdlib: frozenset[str]) -> list[str]:
    """Return the file's lines with imports of other people's modules among those of their group, in order.

    Where there is none, a group of its own comes about before the first that comes later.
    """
    nodes = [node for node in before.tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    fresh: dict[int, list[str]] = {}
    for group in GROUPS:
        kin = [node for node in nodes if _group(_module(node), stdlib) == group]
        later = [node for node in nodes if GROUPS.index(_group(_module(node), stdlib)) > GROUPS.index(group)]
        mine = [line for line in foreign if _group(_top(line), stdlib) == group]
        for line in mine:
            at = _among(kin, line) if kin else later[0].lineno - 1 if later else _after_imports(before)
            fresh.setdefault(at, []).extend(line.splitlines())
        if mine and later and not kin:
            fresh[later[0].lineno - 1].append("")
    lines = []
    for at in range(len(before.lines) + 1):
        lines += [f"{part}{before.newline}" for part in fresh.get(at, ())] + list(before.lines[at : at + 1])
    return lines


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
    name = node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
    return (name or "").partition(".")[0]


def _after_imports(before: Source) -> int:
    """Return how many lines of the file come before the place for one more import."""
    last = 0
    for node in before.tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            last = node.end_lineno or node.lineno
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            break
        elif not last:
            last = node.end_lineno or node.lineno
    return last


def _script(before: Source) -> int:
    """Return how many lines come before `if __name__ == "__main__"` at the end of the file, 0 where it is not there."""
    node = before.tree.body[-1] if before.tree.body else None
    is_guard = isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)
    return node.lineno - 1 if is_guard and node is not None else 0
