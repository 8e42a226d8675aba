"""Changes of words alone: docstrings and annotations, and who in the project reads them when it runs."""

import ast
import re
from collections.abc import Iterator

from improver.judging.normal import is_constant, rendered
from improver.records import Tree
from improver.source import FUNCTIONS, Function, Source

DOCSTRINGS, ANNOTATIONS = "docstrings", "annotations"
PLAIN = frozenset(  # decorators that read neither
    {"staticmethod", "classmethod", "property", "setter", "getter", "deleter", "cached_property", "abstractmethod"}
    | {"overload", "override", "final", "lru_cache", "cache", "contextmanager", "asynccontextmanager", "wraps"}
)
READERS = {
    DOCSTRINGS: re.compile(
        rb"__doc__|\bgetdoc\b|\bget_docstring\b|\bhelp\(|\bdocopt\b|doctest|\bimport (fire|pydoc)\b"
    ),
    ANNOTATIONS: re.compile(
        rb"\b(get_type_hints|__annotations__|__annotate__|get_annotations|getfullargspec|singledispatch)\b"
        rb"|\bsignature\(|\.signature\b"
        rb"|^\s*(?:from|import) (?:attrs?|beartype|cattrs?|fastapi|injector|lagom|litestar|msgspec|ninja|pydantic"
        rb"|strawberry|typeguard|typer)\b",
        re.MULTILINE,
    ),
}
TOLD = (".py", ".cfg", ".toml", ".ini")  # files whose text says that something is read


def words_alone(before: Source, after: Source) -> tuple[str, ...]:
    """Return which words make all the difference between two files, () when more than words differs."""
    both = (DOCSTRINGS, ANNOTATIONS)
    if _without(before, both) != _without(after, both):
        return ()  # which holds for each alone all the more
    alone = ((DOCSTRINGS,), (ANNOTATIONS,))
    return next((kinds for kinds in alone if _without(before, kinds) == _without(after, kinds)), both)


def reader_of(kinds: tuple[str, ...], before: Source, after: Source, base: Tree) -> str:
    """Say what may read the changed words when the project runs, "" when nothing does."""
    for kind in kinds:
        for source in (before, after):
            owner = _owner(kind, before, after, source)
            if owner:
                return f"{kind} may be read by what {owner} is made with"
        for path, file in {**base, after.path: None}.items():
            data = after.data if file is None else file.data
            if path.endswith(TOLD) and (found := READERS[kind].search(data)):
                return f"{kind} may be read: {path} has {found[0].decode('utf-8', 'replace').strip()}"
    return ""


class _Wordless(ast.NodeTransformer):
    """Drop docstrings, or annotations, or both."""

    def __init__(self, kinds: tuple[str, ...]) -> None:
        self.kinds = kinds

    def visit(self, node: ast.AST) -> ast.AST:
        """Drop the words of one node and of what it holds."""
        self.generic_visit(node)
        if DOCSTRINGS in self.kinds and isinstance(node, ast.Module | ast.ClassDef | Function):
            node.body = node.body[1:] if node.body and _is_docstring(node.body[0]) else node.body
        if ANNOTATIONS in self.kinds and isinstance(node, Function):
            node.returns = None
        if ANNOTATIONS in self.kinds and isinstance(node, ast.arg):
            node.annotation = None
        if ANNOTATIONS in self.kinds and isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(None)
        return node


def _is_docstring(node: ast.stmt) -> bool:
    return is_constant(node) and isinstance(node.value.value, str)  # type: ignore[attr-defined]


def _without(source: Source, kinds: tuple[str, ...]) -> str:
    return rendered(_Wordless(kinds).visit(ast.parse(source.data)))


def _owner(kind: str, before: Source, after: Source, source: Source) -> str:
    """Name a function or class of `source` whose words changed, and whose decorators or bases may read them."""
    other = after if source is before else before
    known = {name: _words(kind, node) for name, node in _scopes(other)}
    for name, node in _scopes(source):
        if known.get(name) != _words(kind, node) and not _is_plain(node):
            return name
    return ""


def _scopes(source: Source) -> Iterator[tuple[str, Function | ast.ClassDef]]:
    for node in ast.walk(source.tree):
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            yield f"{source.symbol_of(node)}:{type(node).__name__}", node


def _words(kind: str, node: Function | ast.ClassDef) -> str:
    """Return the words of `node` itself, those of what it holds aside."""
    if kind == DOCSTRINGS:
        return ast.get_docstring(node, clean=False) or ""
    if isinstance(node, ast.ClassDef):
        return "\n".join(rendered(item.annotation) for item in node.body if isinstance(item, ast.AnnAssign))
    return rendered(node.args) + ("" if node.returns is None else rendered(node.returns))


def _is_plain(node: Function | ast.ClassDef) -> bool:
    """Tell whether neither decorators nor bases can act on the words of `node`."""
    if isinstance(node, ast.ClassDef):
        return not node.decorator_list and not node.keywords and all(_last(base) == "object" for base in node.bases)
    return {_last(decorator) for decorator in node.decorator_list} <= PLAIN


def _last(node: ast.expr) -> str:
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
