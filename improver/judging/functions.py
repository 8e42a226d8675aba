"""Which functions of the product a change touches, and where it touches code that runs on import."""

import ast
import functools
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from improver.gate import Candidate
from improver.judging.normal import is_constant, rendered, routines
from improver.source import FUNCTIONS, Function, Source, children

Scope = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Touched:
    """What differs in normal form between base and candidate; functions are "path::qualname".

    A nested function or lambda belongs to the function around it. Head (decorators, defaults, annotations) and
    docstring count. `module_level` are the paths whose code outside functions, class bodies included, differs.
    """

    changed: tuple[str, ...] = ()  # there before and after
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    module_level: tuple[str, ...] = ()

    @property
    def present(self) -> tuple[str, ...]:
        """Return the touched functions that the candidate has."""
        return tuple(sorted((*self.changed, *self.added)))


def functions_touched(candidate: Candidate) -> tuple[str, ...]:
    """Return the product's functions, as the candidate has them, whose code is not the base's."""
    return touched(candidate).present


def touched(candidate: Candidate) -> Touched:
    """Return what of the product, tests aside, the change touches; files that cannot be read hold no function."""
    found: dict[str, list[str]] = defaultdict(list)
    for edit in candidate.change.edits:
        if candidate.policy.is_test(edit.path):
            continue
        before, after = candidate.before(edit.path), candidate.after(edit.path)
        for kind, name in differences(edit.path, before, after):
            found[kind].append(f"{edit.path}::{name}" if name else edit.path)
    return Touched(**{kind: tuple(sorted(names)) for kind, names in found.items()})


@functools.lru_cache(maxsize=8)  # several gates ask the same of one candidate
def differences(path: str, before: Source | None, after: Source | None) -> tuple[tuple[str, str], ...]:
    """Return each difference of one file as (kind, qualified name): a field of Touched, and "" for `module_level`."""
    return tuple(_differences(path, before, after))


def _differences(path: str, before: Source | None, after: Source | None) -> Iterator[tuple[str, str]]:
    empty = Source(path, b"", "utf-8", bom=False)
    old, new = before or empty, after or empty
    had, has = definitions(old), definitions(new)
    yield from (("removed", name) for name in had.keys() - has.keys())
    yield from (("added", name) for name in has.keys() - had.keys())
    kept = had.keys() & has.keys()
    yield from (("changed", name) for name in _changed(old, new, kept))
    if import_time(old, kept) != import_time(new, kept):
        yield "module_level", ""


def _changed(before: Source, after: Source, names: set[str]) -> Iterator[str]:
    """Yield those of `names` that differ in syntax and, where their heads agree, in compiled code too."""
    had, has = definitions(before), definitions(after)
    suspects = [name for name in names if [*map(rendered, had[name])] != [*map(rendered, has[name])]]
    if not suspects:
        return
    old, new = routines(before), routines(after)
    for name in suspects:
        heads = [_head(node) for node in had[name]] == [_head(node) for node in has[name]]
        if not heads or name not in old or old[name] != new.get(name):
            yield name


@functools.lru_cache(maxsize=64)  # asked for every function and every mutant of a file
def definitions(source: Source) -> Mapping[str, list[Function]]:
    """Map the qualified name of each function that stands in no other function to its definitions, in order."""
    found: dict[str, list[Function]] = defaultdict(list)
    for scope, node in _definitions(source.tree, ()):
        found[".".join((*scope, node.name))].append(node)
    return MappingProxyType(dict(found))


def _definitions(node: ast.AST, scope: Scope) -> Iterator[tuple[Scope, Function]]:
    for child in children(node):
        if isinstance(child, FUNCTIONS):
            yield scope, child
        elif isinstance(child, ast.ClassDef):
            yield from _definitions(child, (*scope, child.name))
        elif not isinstance(child, ast.expr):  # an expression holds none
            yield from _definitions(child, scope)


class _WithoutFunctions(ast.NodeTransformer):
    """Put the qualified name of a function in its place, or nothing at all."""

    def __init__(self, kept: set[str]) -> None:
        self.kept, self.scope = kept, list[str]()

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Go into a class."""
        self.scope.append(node.name)
        self.generic_visit(node)
        self.scope.pop()
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST | None:
        """Replace a function."""
        return self._name_of(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST | None:
        """Replace a coroutine."""
        return self._name_of(node)

    def _name_of(self, node: Function) -> ast.AST | None:
        name = ".".join((*self.scope, node.name))
        return ast.Expr(ast.Name(f"def {name}", ast.Load())) if name in self.kept else None


def import_time(source: Source, kept: set[str]) -> str:
    """Return what of a file runs on import, as text: all but its functions, of which those in `kept` hold a place."""
    return rendered(_WithoutFunctions(kept).visit(ast.parse(source.data)))


def only_binds(before: Source, after: Source) -> bool:
    """Tell whether import-time code differs in imports and assignments of the module alone, whose values can be seen.

    A new function is no more than that, unless the old code already uses its name for something else.
    """
    kept = definitions(before).keys() & definitions(after).keys()
    used = {node.id for node in ast.walk(before.tree) if isinstance(node, ast.Name)}
    added = definitions(after).keys() - kept
    return _doing(before, kept) == _doing(after, kept) and not any("." in name or name in used for name in added)


def _doing(source: Source, kept: set[str]) -> str:
    module = _WithoutFunctions(kept).visit(ast.parse(source.data))
    binding = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)
    return rendered([item for item in module.body if not isinstance(item, binding) and not is_constant(item)])


def _head(node: Function) -> str:
    heads: list[ast.AST | None] = [*node.decorator_list, node.args, node.returns]
    return "\n".join("" if part is None else rendered(part) for part in heads)
