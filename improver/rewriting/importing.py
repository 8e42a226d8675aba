"""Bring an import that new code needs, and take away one that nothing uses any more."""

import ast
import re
import sys
from collections.abc import Collection, Sequence

from improver.codemod import Abstain
from improver.names import EVERYTHING, bound_by, mentioned
from improver.observer import Project
from improver.rewriting.splicing import Splice, has_its_lines, inserted, put_below
from improver.source import Source

Import = ast.Import | ast.ImportFrom
IMPORTS = (ast.Import, ast.ImportFrom)


def brought(module: str, source: Source) -> list[Splice] | Abstain:
    """Return what makes `module`, of the standard library, a name of the file; nothing when it is one already."""
    top = [
        item for item in source.tree.body if isinstance(item, IMPORTS) and getattr(item, "module", "") != "__future__"
    ]
    if any(alias.name == module and not alias.asname for item in top for alias in item.names if not _given(item)):
        return []
    if {module, EVERYTHING} & mentioned(source.tree):
        return Abstain(f"{module} may mean something else somewhere in this file")
    block = _standard(top)
    before = [item for item in block if isinstance(item, ast.Import) and item.names[0].name < module]
    if not top or not all(has_its_lines(item, source) for item in [*block, top[0]]):
        return Abstain("the file has no imports to put one more beside")
    if before:
        return [put_below(before[-1], source, f"import {module}\n")]
    gap = "" if block else "\n"
    return [inserted(((block or top)[0].lineno, 0), f"import {module}\n{gap}")]


def dropped(name: str, unused: Collection[ast.AST], source: Source, project: Project) -> list[Splice] | Abstain:
    """Return what takes the import of `name` away when only the nodes `unused` use it; nothing when others do."""
    users = [node for node in source.of_kind(ast.Name) if node.id == name and node not in unused]
    if users or _is_asked_for(name, source, project):
        return []
    binders = [node for node in source.of_kind(ast.alias) if name in bound_by(node)]
    statement = source.parents[binders[0]] if len(binders) == 1 else None
    if not isinstance(statement, IMPORTS) or statement not in source.tree.body or not _is_plain(statement, source):
        return Abstain(f"the import of {name}, which nothing uses any more, cannot be taken away cleanly")
    rest = [alias for alias in statement.names if alias is not binders[0]]
    if rest:
        text = ast.unparse(ast.ImportFrom(statement.module, rest, 0) if _given(statement) else ast.Import(rest))  # type: ignore[union-attr] # given is from
        return [Splice((statement.lineno, 0), (statement.lineno, statement.end_col_offset or 0), text)]
    last = statement.lineno + 1
    around = [source.lines[at - 1].strip() for at in (statement.lineno - 1, last) if 0 < at <= len(source.lines)]
    return [Splice((statement.lineno, 0), (last + (around == ["", ""]), 0), "")]


def exchanged(
    old: str, new: str, unused: Collection[ast.AST], source: Source, project: Project
) -> list[Splice] | Abstain:
    """Return what imports `new` beside `old`, from the same module, or in its place when only `unused` use it."""
    binders = [node for node in source.of_kind(ast.alias) if old in bound_by(node)]
    statement = source.parents[binders[0]] if len(binders) == 1 else None
    if not isinstance(statement, ast.ImportFrom) or statement not in source.tree.body:
        return Abstain(f"{old} is not imported once, at the top of the file")
    if any(alias.name == new and not alias.asname for alias in statement.names):
        return dropped(old, unused, source, project)
    if new in mentioned(source.tree) or not _is_plain(statement, source):
        return Abstain(f"{new} cannot be imported beside {old} cleanly")
    users = [node for node in source.of_kind(ast.Name) if node.id == old and node not in unused]
    used = bool(users) or _is_asked_for(old, source, project)
    kept = [ast.unparse(item) for item in statement.names if item is not binders[0] or used]
    names = [*kept, new]
    if [*map(ast.unparse, statement.names)] == sorted(map(ast.unparse, statement.names)):
        names.sort()
    text = f"from {statement.module} import {', '.join(names)}"
    return [Splice((statement.lineno, 0), (statement.lineno, statement.end_col_offset or 0), text)]


def _given(statement: Import) -> bool:
    """Tell whether the statement is a `from … import …`."""
    return isinstance(statement, ast.ImportFrom)


def _standard(top: Sequence[Import]) -> list[Import]:
    """Return the first run of imports from the standard library."""
    block: list[Import] = []
    for item in top:
        module = item.module or "" if isinstance(item, ast.ImportFrom) else item.names[0].name
        if module.split(".")[0] in sys.stdlib_module_names and not getattr(item, "level", 0):
            block.append(item)
        elif block:
            break
    return block


def _is_plain(statement: Import, source: Source) -> bool:
    """Tell whether the statement is one whole line, written as usual and without a comment."""
    line = source.lines[statement.lineno - 1]
    return line.rstrip() == ast.unparse(statement)


def _is_asked_for(name: str, source: Source, project: Project) -> bool:
    """Tell whether `__all__`, a quoted annotation or another file may want `name`; tests patch such names."""
    quoted = re.compile(rf"{name}|(.*\W)?{name}\.\w.*", re.DOTALL)
    texts = (node.value for node in source.of_kind(ast.Constant) if isinstance(node.value, str))
    if any(quoted.fullmatch(text) for text in texts):
        return True
    parts = source.path.removesuffix(".py").removesuffix("/__init__").split("/")
    asks = re.compile(rf"\b{re.escape(parts[-1])}(\.{name}\b|\s+import\b[^\n]*\b{name}\b)")
    others = [*project.sources.values(), *project.context.values()]
    return any(asks.search(other.text) for other in others if other.path != source.path)
