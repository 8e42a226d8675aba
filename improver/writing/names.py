"""What names stand for in a file, and which of them code reads and binds (pure)."""

import ast
import builtins
import copy
import functools
import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from improver.names import bound_by
from improver.source import FUNCTIONS, Source, below

PRELUDE_LINES = 15
BELOW = "src."
BUILT_IN = frozenset(dir(builtins))


@dataclass
class Names:
    """A file: what its names stand for."""

    source: Source
    imports: dict[str, tuple[str, ...]] = field(default_factory=dict)
    defined: dict[str, ast.stmt] = field(default_factory=dict)

    @staticmethod
    def of(source: Source) -> "Names":
        """Read what the statements of a file bind."""
        found = Names(source)
        for node in source.tree.body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                found.imports |= brought(node, source)
            elif isinstance(node, (*FUNCTIONS, ast.ClassDef)):
                found.defined[node.name] = node
            elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                found.defined[node.targets[0].id] = node
        return found

    def without(self, names: Collection[str]) -> "Names":
        """Return the file without what these names stand for there: where the code in question is, they are others."""
        imports = {name: one for name, one in self.imports.items() if name not in names}
        return replace(self, imports=imports, defined={k: one for k, one in self.defined.items() if k not in names})

    def needs(self, names: set[str]) -> tuple[set[tuple[str, ...]], list[str]] | None:
        """Return the imports and the definitions that stand behind `names`; None where one is not known."""
        imports: set[tuple[str, ...]] = set()
        prelude: dict[str, str] = {}
        waiting = sorted(names - BUILT_IN)
        while waiting:
            name = waiting.pop()
            if name in self.imports:
                imports.add(self.imports[name])
            elif name in self.defined and name not in prelude:
                node = self.defined[name]
                prelude[name] = ast.unparse(node)
                waiting += sorted(free_names([node]) - BUILT_IN - prelude.keys())
            elif name not in prelude:
                return None
        texts = [prelude[name] for name in self.defined if name in prelude]  # in the order of the file
        return None if sum(text.count("\n") + 1 for text in texts) > PRELUDE_LINES else (imports, texts)


def imported(node: ast.Import | ast.ImportFrom) -> dict[str, tuple[str, ...]]:
    """Map each name that an absolute import binds to (module, name, bound), or (module, "") for a whole module."""
    if isinstance(node, ast.Import):
        return {
            (one.asname or one.name.split(".")[0]): (one.name, "", one.asname) if one.asname else (one.name, "")
            for one in node.names
        }
    if node.level or node.module is None:
        return {}
    return {
        (one.asname or one.name): (node.module, one.name, *([one.asname] if one.asname else []))
        for one in node.names
        if one.name != "*"
    }


def brought(node: ast.Import | ast.ImportFrom, source: Source) -> dict[str, tuple[str, ...]]:
    """Map each name that an import of a file binds as `imported` does, a module named by dots by its full name."""
    if isinstance(node, ast.Import):
        return imported(node)
    folder, _, name = source.path.rpartition("/")
    here = module_of(folder if name == "__init__.py" else source.path)
    return imported(ast.ImportFrom(absolute(node, here, is_package=name == "__init__.py"), node.names, 0))


def is_same(here: tuple[str, ...] | None, there: tuple[str, ...]) -> bool:
    """Tell whether two imports bind the same thing: the same name, of one package; None is no import."""
    tops = {plain(one[0]).partition(".")[0] for one in (here, there) if one is not None}
    return here is not None and here[1] == there[1] and len(tops) == 1


def plain(module: str) -> str:
    """Return the full name of a module, which some test files know below the folder of its package: src.pier.a."""
    return module.removeprefix(BELOW)


def module_of(path: str) -> str:
    """Return the name of a test file as a module."""
    return plain(path.removesuffix(".py").replace("/", "."))


def absolute(node: ast.ImportFrom, here: str, *, is_package: bool) -> str:
    """Return the full name of the module that a statement of the module `here` imports from."""
    if not node.level:
        return node.module or ""
    parts = here.split(".")
    parts = parts[: len(parts) - node.level + is_package]
    return ".".join([*parts, *([node.module] if node.module else [])])


def free_names(nodes: Sequence[ast.AST]) -> set[str]:
    """Return the names that are read and not bound in `nodes`, roughly: what is bound anywhere inside is bound."""
    known = [*map(_names_in, nodes)]
    return set().union(*(read for read, _ in known)).difference(*(binds for _, binds in known))


@functools.lru_cache(maxsize=4096)  # the same statements come before many calls
def _names_in(root: ast.AST) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names that are read and those that are bound in a piece of code."""
    read: set[str] = set()
    binds: set[str] = set()
    for node in below(root):
        binds.update(bound_by(node))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            read.add(node.id)
    return frozenset(read), frozenset(binds)


def needed(definitions: Sequence[str], names: Collection[str]) -> tuple[str, ...]:
    """Return those of the definitions that stand behind these names, and behind each other, in their order."""
    nodes, used, size = [ast.parse(text).body[0] for text in definitions], {*names}, 0
    while len(used) > size:
        size = len(used)
        used.update(*(free_names([node]) for node in nodes if bound(node) & used))
    return tuple(text for text, node in zip(definitions, nodes, strict=True) if bound(node) & used)


@functools.lru_cache(maxsize=4096)
def bound(statement: ast.stmt) -> frozenset[str]:
    """Return the names that a statement binds."""
    if isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
        return frozenset({statement.name})
    return frozenset(
        node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    )


class Renamed(ast.NodeTransformer):
    """The same code with another name for one variable."""

    def __init__(self, old: str, new: str) -> None:
        self.old, self.new = old, new

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """Put the new name in the place of the old one."""
        return ast.Name(self.new, node.ctx) if node.id == self.old else node


class Filled(ast.NodeTransformer):
    """The same code with expressions in the place of names that are read."""

    def __init__(self, values: Mapping[str, ast.expr]) -> None:
        self.values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Put an expression in the place of its name."""
        is_read = isinstance(node.ctx, ast.Load)
        return copy.deepcopy(self.values[node.id]) if is_read and node.id in self.values else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        """Write plain values out as part of the text: no expression in it may hold a backslash before Python 3.12.

        All else in it keeps its name.
        """
        parts = [*map(self._within, node.values)]
        runs = [(plain, [*some]) for plain, some in itertools.groupby(parts, lambda one: isinstance(one, ast.Constant))]
        joined = [one for plain, some in runs for one in ([ast.Constant(_whole(some))] if plain else some)]
        return joined[0] if len(joined) == 1 and isinstance(joined[0], ast.Constant) else ast.JoinedStr(joined)

    def _within(self, part: ast.expr) -> ast.expr:
        """Return a part of a text, one that only shows a plain value by its name as that itself."""
        if not isinstance(part, ast.FormattedValue) or not isinstance(part.value, ast.Name):
            return part
        value, is_bare = self.values.get(part.value.id), part.conversion == -1 and part.format_spec is None
        return ast.Constant(str(value.value)) if is_bare and isinstance(value, ast.Constant) else part


def _whole(parts: Sequence[ast.expr]) -> str:
    """Return texts that follow each other as one."""
    return "".join(str(one.value) for one in parts if isinstance(one, ast.Constant))
