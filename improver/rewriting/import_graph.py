"""Which modules of a project import which others while they are being imported (pure)."""

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from improver.records import Tree
from improver.source import Source

Import = ast.Import | ast.ImportFrom


@dataclass(frozen=True)
class ImportGraph:
    """`modules` maps paths to dotted names, `edges` each module to what it imports and the statements that do."""

    modules: Mapping[str, str]
    edges: Mapping[str, Mapping[str, tuple[Import, ...]]]

    def reaches(self, start: str, goal: str, *, without: Import | None = None) -> bool:
        """Tell whether importing `start` comes to import `goal`, were the statement `without` not there."""
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            module = waiting.pop()
            for target, statements in self.edges.get(module, {}).items():
                if statements == (without,) or target in seen:
                    continue
                if target == goal:
                    return True
                seen.add(target)
                waiting.append(target)
        return False

    def importers(self, module: str) -> set[str]:
        """Return the modules that import `module`."""
        return {name for name, targets in self.edges.items() if module in targets}


def graph_of(sources: Mapping[str, Source], tree: Tree) -> ImportGraph:
    """Return the graph of `sources`; what stands in a function or under TYPE_CHECKING is imported later, or never."""
    modules = {path: module_name(path, tree) for path in sources}
    known = set(modules.values())
    edges: dict[str, dict[str, tuple[Import, ...]]] = {}
    for path, source in sources.items():
        mine = edges.setdefault(modules[path], {})
        for statement in eager_imports(source.tree.body):
            for target in targets_of(statement, path, modules[path], known):
                mine[target] = (*mine.get(target, ()), statement)
    return ImportGraph(modules, edges)


def module_name(path: str, tree: Tree) -> str:
    """Return the dotted name of the file at `path`: its folders count from the first that is a package."""
    *folders, file = path.split("/")
    first = next((at for at in range(len(folders)) if "/".join([*folders[: at + 1], "__init__.py"]) in tree), 0)
    parts = folders[first:] + ([] if file == "__init__.py" else [file.removesuffix(".py")])
    return ".".join(parts)


def eager_imports(body: list[ast.stmt]) -> Iterator[Import]:
    """Yield the imports that run when the module does."""
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif not (isinstance(node, ast.If) and is_checking(node)):
            for name in ("body", "orelse", "finalbody", "handlers"):
                inner = getattr(node, name, []) if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else []
                if isinstance(inner, list):
                    yield from eager_imports(inner)


def is_checking(node: ast.If) -> bool:
    """Tell whether `node` is an `if TYPE_CHECKING:`."""
    return getattr(node.test, "id", getattr(node.test, "attr", "")) == "TYPE_CHECKING"


def targets_of(statement: Import, path: str, module: str, known: set[str]) -> set[str]:
    """Return the modules among `known` that `statement`, in the file of `module`, imports, with their packages."""
    if isinstance(statement, ast.Import):
        named = [alias.name for alias in statement.names]
    else:
        base = _base(statement, path, module)
        inside = [f"{base}.{alias.name}" if base else alias.name for alias in statement.names]
        named = [name if name in known else base for name in inside]
    named = [name for name in named if name.split(".")[0] not in sys.stdlib_module_names]
    above = _with_packages(module) - {module}
    return {name for target in named for name in _with_packages(target) if name == target or name not in above} & known


def _base(statement: ast.ImportFrom, path: str, module: str) -> str:
    if not statement.level:
        return statement.module or ""
    up = statement.level - 1 if path.endswith("/__init__.py") else statement.level
    package = module.split(".")
    kept = package[: len(package) - up]
    return ".".join([*kept, statement.module] if statement.module else kept)


def _with_packages(name: str) -> set[str]:
    parts = name.split(".")
    return {".".join(parts[:length]) for length in range(1, len(parts) + 1)}
