"""Facts that the words of a change are held against: are two files the same but for words, names or types (pure)."""

import ast
import re
from collections.abc import Iterable
from itertools import zip_longest

from improver.judging.normal import compared, rendered
from improver.names import bound
from improver.source import FUNCTIONS, SCOPES, Function, Source

TYPING = frozenset(("__future__", "typing", "typing_extensions", "collections.abc", "types"))
NAMES = frozenset(("id", "name", "attr", "arg", "asname", "module", "rest"))  # fields of syntax
MEMBERS = (ast.Attribute, ast.keyword, ast.alias, ast.ImportFrom)


def same(before: Source, after: Source) -> bool:
    """Tell whether both are one program: equal code, or syntax that differs in docstrings only."""
    return compared(before, after).equal or same_but_words(before, after)


def same_but_words(before: Source, after: Source) -> bool:
    """Tell whether both differ in comments, layout and docstrings only."""
    return _form(_Bare(), before) == _form(_Bare(), after)


def same_but_types(before: Source, after: Source) -> bool:
    """Tell whether both differ in annotations, in what is imported for them, and in words only."""
    return _form(_Untyped(), before) == _form(_Untyped(), after)


def same_but_imports(before: Source, after: Source) -> bool:
    """Tell whether both differ in their imports and in words only."""
    return _form(_Alone(), before) == _form(_Alone(), after)


def same_but_names(before: Source, after: Source, *, spelling: bool = False) -> bool:
    """Tell whether one becomes the other by renaming, each name to one other; texts may follow the new names.

    With `spelling` any text may differ.
    """
    walk = _Renaming(spelling=spelling)
    return walk.agree(_Bare().visit(_copy(before)), _Bare().visit(_copy(after))) and walk.settled()


def _copy(source: Source) -> ast.Module:
    return ast.parse(source.data)


def _form(visitor: ast.NodeTransformer, source: Source) -> str:
    return rendered(visitor.visit(_copy(source)))


class _Bare(ast.NodeTransformer):
    """Take the docstrings out; a block is never left empty."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Visit what is below, then drop the docstring of a module, class or function."""
        super().generic_visit(node)
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if not isinstance(block, list):
                continue
            if name == "body" and isinstance(node, (ast.Module, *SCOPES)) and block and _is_text(block[0]):
                block = block[1:]
            setattr(node, name, block or ([ast.Pass()] if name == "body" and not isinstance(node, ast.Module) else []))
        return node


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


class _Alone(_Bare):
    """Take the imports out as well."""

    def visit_Import(self, node: ast.Import) -> None:
        """Drop it."""

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Drop it."""


class _Untyped(_Bare):
    """Take annotations out as well, and what is imported for them."""

    def visit_Import(self, node: ast.Import) -> ast.AST | None:
        """Drop an import of typing's."""
        return None if all(alias.name in TYPING for alias in node.names) else node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST | None:
        """Drop an import from typing's."""
        return None if node.module in TYPING and node.level == 0 else node

    def visit_If(self, node: ast.If) -> ast.AST | None:
        """Drop what is only there for a type checker."""
        if ast.unparse(node.test).rpartition(".")[2] == "TYPE_CHECKING" and not node.orelse:
            return None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        """Leave the assignment, if there is one."""
        if node.value is None:
            return None
        return self.generic_visit(ast.Assign([node.target], node.value))

    def visit_arg(self, node: ast.arg) -> ast.AST:
        """Leave the name of a parameter."""
        return ast.arg(node.arg)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Leave what is returned unsaid."""
        node.returns = None
        return self.generic_visit(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        """Leave what is returned unsaid."""
        node.returns = None
        return self.generic_visit(node)


class _Renaming:
    """Walks two trees side by side and collects which name became which, and which text which.

    A local of an outermost function has a name of its own there; all other names are the file's.
    """

    def __init__(self, *, spelling: bool) -> None:
        self.spelling = spelling
        self.scopes: list[dict[str, str]] = [{}]  # of the file, of the outermost function that is walked
        self.locals: frozenset[str] = frozenset()
        self.texts: list[tuple[str, str, dict[str, str]]] = []
        self.members: dict[str, str] = {}  # attributes, keywords, modules

    def agree(self, old: object, new: object) -> bool:
        """Tell whether two pieces of syntax have one shape; note names and texts on the way."""
        if type(old) is not type(new):
            return False
        if isinstance(old, ast.Constant) and isinstance(new, ast.Constant):
            return self._constants(old.value, new.value)
        if isinstance(old, FUNCTIONS) and len(self.scopes) == 1:
            return self._function(old, new)
        if isinstance(old, ast.AST):
            return all(self._field(name, old, new) for name in old._fields)
        if isinstance(old, list) and isinstance(new, list):
            return all(self.agree(*pair) for pair in zip_longest(old, new))
        return old == new

    def _function(self, old: Function, new: object) -> bool:
        agreed = self._field("name", old, new)
        self.locals = frozenset(bound(old)) - {old.name}
        self.scopes.append({})
        agreed = agreed and all(self._field(name, old, new) for name in old._fields if name != "name")
        used = self.scopes.pop()
        self.locals = frozenset()
        return agreed and len(set(used.values())) == len(used)

    def _field(self, name: str, old: ast.AST, new: object) -> bool:
        before, after = getattr(old, name, None), getattr(new, name, None)
        if name not in NAMES or not isinstance(before, str) or not isinstance(after, str):
            return self.agree(before, after)
        if isinstance(old, MEMBERS) and name != "asname":
            return self.members.setdefault(before, after) == after
        return all(scope.setdefault(before, after) == after for scope in self._holding(before))

    def _holding(self, name: str) -> list[dict[str, str]]:
        return self.scopes[1:] if name in self.locals else self.scopes

    def _constants(self, old: object, new: object) -> bool:
        if isinstance(old, str) and isinstance(new, str):
            self.texts.append((old, new, self.scopes[-1]))
            return True
        return type(old) is type(new) and old == new

    def settled(self) -> bool:
        """Tell whether no two names became one, and each text is as it was or as it was with its names renamed."""
        whole = self.scopes[0]
        apart = all(len(set(names.values())) == len(names) for names in (whole, self.members))
        known = {**self.members, **whole}
        follow = (old == new or _renamed(old, {**known, **names}) == new for old, new, names in self.texts)
        return apart and (self.spelling or all(follow))


def _renamed(text: str, names: dict[str, str]) -> str:
    return re.sub(r"\w+", lambda match: names.get(match.group(), match.group()), text)


def are_texts(paths: Iterable[str]) -> bool:
    """Tell whether every path is a document."""
    return all(path.casefold().endswith((".md", ".rst", ".txt", ".adoc")) for path in paths)
