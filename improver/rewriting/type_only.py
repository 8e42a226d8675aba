"""Imports whose names stand in annotations alone, and the circles of modules that they close (pure)."""

import ast
import functools
import re

from improver.names import bound_by
from improver.rewriting.annotating import lazy
from improver.rewriting.import_graph import ImportGraph, targets_of
from improver.source import Source, below

READS_HINTS = re.compile(
    r"\b(get_type_hints|get_annotations|eval_str|singledispatch)\b"
    r"|^\s*(from|import) (beartype|cattrs?|fastapi|injector|lagom|litestar|ninja|pydantic|strawberry)\b"
    r"|^\s*(from|import) (typeguard|typer)\b",
    re.MULTILINE,
)
QUIET = frozenset(
    {"staticmethod", "classmethod", "property", "abstractmethod", "override", "overload", "cached_property", "wraps"}
    | {"contextmanager", "asynccontextmanager", "setter", "getter", "deleter", "final", "cache", "lru_cache"}
)


def only_annotates(statement: ast.stmt, source: Source) -> bool:
    """Tell whether the import `statement` binds names that stand in annotations, never evaluated, and nowhere else."""
    if not isinstance(statement, ast.ImportFrom) or statement.module == "__future__" or not lazy(source):
        return False
    names = {alias.asname or alias.name for alias in statement.names}
    if "*" in names or source.path.endswith("__init__.py"):
        return False
    said = _annotating(source)
    uses = [node for node in source.of_kind(ast.Name) if node.id in names]
    rest = [node for node in source.parents if not isinstance(node, ast.Name) and names & set(bound_by(node))]
    quoted = any(node.value in names for node in source.of_kind(ast.Constant) if isinstance(node.value, str))
    return (
        {node.id for node in uses} == names
        and all(node in said for node in uses)
        and len(rest) == len(names)
        and not quoted
    )


@functools.lru_cache(maxsize=32)  # every import of a file asks
def _annotating(source: Source) -> frozenset[ast.AST]:
    """Return what stands in annotations that no decorator or class machinery is likely to evaluate."""
    found: set[ast.AST] = set()
    for function in source.functions:
        if all(_last(item) in QUIET for item in function.decorator_list):
            arguments = [node.annotation for node in below(function.args) if isinstance(node, ast.arg)]
            found.update(node for said in (*arguments, function.returns) if said is not None for node in below(said))
    for node in source.of_kind(ast.AnnAssign):
        holder = source.parents[node]
        if not isinstance(holder, ast.ClassDef) or _is_plain(holder):
            found.update(below(node.annotation))
    return frozenset(found)


def _is_plain(node: ast.ClassDef) -> bool:
    decorated = all(_last(item) in ("dataclass", "final") for item in node.decorator_list)
    return decorated and not node.keywords and all(_last(base) in ("object", "ABC", "Exception") for base in node.bases)


def _last(node: ast.expr) -> str:
    called = node.func if isinstance(node, ast.Call) else node
    return str(getattr(called, "id", getattr(called, "attr", "")))


def closing(statement: ast.stmt, source: Source, graph: ImportGraph) -> str:
    """Return the module whose import, by `statement` alone, makes a circle, or "".

    Somebody else imports it as well, so that it is there all the same, with what it registers.
    """
    module = graph.modules.get(source.path, "")
    if not isinstance(statement, ast.ImportFrom):
        return ""
    known = set(graph.modules.values())
    targets = sorted(targets_of(statement, source.path, module, known))
    for target in targets:
        back = target == module or graph.reaches(target, module)
        if (
            back
            and not graph.reaches(module, target, without=statement)
            and graph.importers(target) - {module} | {module} & {target}
        ):
            return target
    return ""


def taken(names: set[str], source: Source, others: list[Source]) -> bool:
    """Tell whether another file takes one of `names` from this one, by import, as an attribute or for a patch."""
    stem = source.path.rsplit("/", 1)[-1].removesuffix(".py")
    either = "|".join(map(re.escape, sorted(names)))
    asks = re.compile(
        rf"\b{re.escape(stem)}(\.({either})\b|\s+import\b[^\n]*\b({either})\b|\s+import\s*\([^)]*\b({either})\b)"
    )
    return any(asks.search(other.text) for other in others if other.path != source.path)
