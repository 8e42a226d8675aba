"""New names among those that the file imports from the same module, in the form that its import has (pure)."""

import ast
from collections.abc import Callable, Sequence

from improver.source import Source
from improver.writing.layout.addressing import dotted

Import = tuple[str, ...]


def _by_kind(name: str) -> tuple[int, str]:
    """Return what orders names as import sorters do: constants, classes, and the rest."""
    word = name.partition(" ")[0]
    return (0 if word.isupper() and len(word) > 1 else 1 if word[:1].isupper() else 2), name


ORDERS: tuple[Callable[[str], tuple[int, str]], ...] = (
    _by_kind,
    lambda name: (_by_kind(name)[0], name.lower()),
    lambda name: (0, name),
    lambda name: (0, name.lower()),
)


def with_names(source: Source, needed: Sequence[Import]) -> tuple[Source, list[Import]]:
    """Return the file with names in the lines that import others of their modules, and the imports that are left."""
    left: list[Import] = []
    for one in needed:
        text = _joined(source, one) if one[1] else None
        found = Source.read(source.path, _encoded(source, text)) if text is not None else None
        if isinstance(found, Source):
            source = found
        else:
            left.append(one)
    return source, left


def _encoded(source: Source, text: str) -> bytes:
    return text.encode("utf-8-sig" if source.bom else source.encoding, "surrogateescape")


def _joined(source: Source, one: Import) -> str | None:
    """Return the file's text with one more name, None where no line is of that module or none can be read."""
    name = f"{one[1]} as {one[2]}" if len(one) > 2 and one[2] != one[1] else one[1]
    kin = [node for node in source.tree.body if isinstance(node, ast.ImportFrom) and dotted(node) == one[0]]
    nodes = [node for node in kin if node.names[0].name != "*" and _stands_alone(source, node)]
    for node in nodes:
        at = _place(node.names, name)
        for gap in _gaps(source, node):
            made = _edited(source, node, at, (name, gap))
            if _fits(source, made):
                return "".join(made)
    return _enclosed(source, nodes[0], _place(nodes[0].names, name), name) if len(kin) == len(nodes) == 1 else None


def _stands_alone(source: Source, node: ast.ImportFrom) -> bool:
    """Tell whether nothing else stands on the lines of an import, comments aside, and it is plain text."""
    last = source.lines[(node.end_lineno or node.lineno) - 1]
    lines = source.lines[node.lineno - 1 : node.end_lineno]
    rest = last[node.end_col_offset :].strip()
    return all(map(str.isascii, lines)) and not node.col_offset and (not rest or rest.startswith("#"))


def _place(names: Sequence[ast.alias], name: str) -> int:
    """Return how many of the names come before a new one: by their order, all where they have none."""
    known = [_text(one) for one in names]
    for key in ORDERS:
        keys = [key(one) for one in known]
        if keys == sorted(keys):
            return sum(one < key(name) for one in keys)
    return len(known)


def _text(one: ast.alias) -> str:
    return f"{one.name} as {one.asname}" if one.asname else one.name


def _gaps(source: Source, node: ast.ImportFrom) -> list[str]:
    """Return what may stand between two names: a new line where each has one, and where brackets let it be so."""
    first = next(one for one in node.names if one.lineno == node.names[-1].lineno)
    broken = f",{source.newline}{' ' * first.col_offset}"
    if (node.end_lineno or node.lineno) == node.lineno:
        return [", "]
    is_column = len({one.lineno for one in node.names}) == len(node.names)
    is_bracketed = "(" in source.lines[node.lineno - 1]
    return [broken] if is_column and is_bracketed else [", ", broken] if is_bracketed else [", "]


def _edited(source: Source, node: ast.ImportFrom, at: int, told: tuple[str, str]) -> list[str]:
    """Return the file's lines with a name at its place, and a gap between it and the one beside it."""
    lines, (name, gap) = list(source.lines), told
    if at < len(node.names):
        after = node.names[at]
        return _put(lines, after.lineno, after.col_offset, f"{name}{gap}")
    last = node.names[-1]
    end = last.end_col_offset or 0
    if gap != ", " and lines[last.lineno - 1][end:].lstrip().startswith(","):
        lines.insert(last.lineno, f"{gap.splitlines()[-1]}{name},{source.newline}")
        return lines
    return _put(lines, last.lineno, end, f"{gap}{name}")


def _put(lines: list[str], row: int, column: int, text: str) -> list[str]:
    """Return the lines with a text in one of them, which may become two."""
    line = lines[row - 1]
    whole = line[:column] + text + line[column:]
    return [*lines[: row - 1], *whole.splitlines(keepends=True), *lines[row:]]


def _fits(source: Source, lines: Sequence[str]) -> bool:
    """Tell whether no line has become longer than lines of the file may be."""
    old = {*source.lines}
    return all(len(line.rstrip("\r\n")) <= source.width for line in lines if line not in old)


def _enclosed(source: Source, node: ast.ImportFrom, at: int, name: str) -> str | None:
    """Return the file's text with an import that has become too long for its line in brackets, a name a line."""
    texts = [*map(_text, node.names)]
    texts.insert(at, name)
    line = source.lines[node.lineno - 1]
    if node.end_lineno != node.lineno or "(" in line or "#" in line:
        return None
    inner = "".join(f"{source.indent}{text},{source.newline}" for text in texts)
    made = f"from {dotted(node)} import ({source.newline}{inner}){source.newline}"
    return "".join([*source.lines[: node.lineno - 1], made, *source.lines[node.lineno :]])
