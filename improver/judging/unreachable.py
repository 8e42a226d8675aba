"""Clauses that can never run, an `elif` that asks again and an `except` for what is caught: drop those a change did."""

import ast
import builtins
import functools
import re
import symtable
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from improver.judging.normal import FRAME_ATTRIBUTES, FRAME_READERS, rendered
from improver.names import EVERYTHING, bound, mentioned
from improver.records import Tree
from improver.source import FUNCTIONS, SCOPES, Source

REBINDERS = FRAME_READERS | {"globals", "builtins", "__builtins__"}  # what can hide a builtin unseen
COMPARED = (ast.Compare, ast.cmpop, ast.BoolOp, ast.boolop, ast.UnaryOp, ast.Not, ast.USub)
SIMPLE = (ast.Constant, ast.Name, ast.Attribute, ast.Load, *COMPARED)
DISPLAYS = (ast.Tuple, ast.List, ast.Set)
# Where a file names these itself, comparing, testing or reading an attribute may run any code.
OPERATORS = re.compile(r"\b__(eq|ne|lt|le|gt|ge|bool|len|hash|neg|contains|instancecheck|getattr|getattribute|get)__\b")
Clause = ast.If | ast.ExceptHandler


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file without the clauses that a change removed and that could never run, and the lines they had."""

    source: Source
    clauses: int
    lines: frozenset[int]  # of their bodies, 1-based


@dataclass(frozen=True)
class _Reader:
    """What is known while one file is read: the file, and the whole tree it stands in."""

    source: Source
    tree: Tree

    def unreachable(self) -> Iterator[Clause]:
        """Yield each clause that can never run, in the order of the lines."""
        source = self.source
        if FRAME_ATTRIBUTES & self.words:
            return
        for node in ast.walk(source.tree):
            if isinstance(node, ast.If) and not _is_elif(node, source) and self.is_plain_scope(node):
                yield from self.asked_again(list(_chain(node, source)))
            if isinstance(node, ast.Try) and self.is_plain_scope(node):
                yield from self.caught_before(node.handlers)

    @functools.cached_property
    def words(self) -> set[str]:
        """Return every name and attribute of the file."""
        return mentioned(self.source.tree) | _attributes(self.source.tree)

    @functools.cached_property
    def bound(self) -> set[str]:
        """Return every name that the file binds, "*" for those of a star import."""
        return bound(self.source.tree)

    @functools.cached_property
    def has_operators(self) -> bool:
        """Tell whether comparing, testing or reading an attribute may run code of this file."""
        return OPERATORS.search(self.source.text) is not None

    def is_builtin(self, name: str) -> bool:
        """Tell whether `name` is surely Python's own in this file."""
        return hasattr(builtins, name) and not {name, EVERYTHING} & self.bound and not REBINDERS & self.words

    def is_plain_scope(self, node: ast.AST) -> bool:
        """Tell whether names mean here what they mean in Python; in a class body its metaclass decides."""
        scope = next((parent for parent in self.source.ancestors(node) if isinstance(parent, SCOPES)), None)
        return scope is None or isinstance(scope, FUNCTIONS)

    # --- an elif that asks again ----------------------------------------------------------------------------------

    def asked_again(self, chain: Sequence[ast.If]) -> Iterator[ast.If]:
        """Yield the branches whose test was false before, with nothing in between that could change that."""
        shapes = [rendered(branch.test) for branch in chain]
        if len(set(shapes)) == len(shapes):
            return  # most chains; the rest looks through the tree
        known: set[str] = set()  # tests that were false and still are
        for branch, shape in zip(chain, shapes, strict=True):
            if not self.only_looks(branch.test):
                known = set()
                continue
            if shape in known:
                yield branch
            known.add(shape)

    def only_looks(self, test: ast.expr) -> bool:
        """Tell whether `test` only reads names, constants and plain attributes, and compares and combines them."""
        if self.has_operators or any(self.is_computed(name) for name in _attributes(test)):
            return False
        return self.is_look(test)

    def is_look(self, node: ast.AST) -> bool:
        """Judge one part of a test; `in` may use up what is searched, so it must be written out on the spot."""
        if isinstance(node, ast.Call):
            called = isinstance(node.func, ast.Name) and node.func.id == "isinstance"
            if not called or node.keywords or not self.is_builtin("isinstance"):
                return False
        elif isinstance(node, ast.Compare) and any(isinstance(item, ast.In | ast.NotIn) for item in node.ops):
            if not all(isinstance(item, (*DISPLAYS, ast.Constant)) for item in node.comparators):
                return False
        elif not isinstance(node, (*SIMPLE, *DISPLAYS)):
            return False
        return all(self.is_look(child) for child in ast.iter_child_nodes(node))

    def is_computed(self, name: str) -> bool:
        """Tell whether an attribute of this name is a function or property anywhere in the tree."""
        word = re.escape(name.encode())
        code = re.compile(rb"\bdef\s+%b\b|\b%b\s*(:[^=\n]*)?=\s*[\w.]*property\b" % (word, word))
        return any(code.search(file.data) for path, file in self.tree.items() if path.endswith((".py", ".pyi")))

    # --- an except for what is caught -----------------------------------------------------------------------------

    def caught_before(self, handlers: Sequence[ast.ExceptHandler]) -> Iterator[ast.ExceptHandler]:
        """Yield the handlers for nothing but what earlier ones of the same `try` catch."""
        for at, handler in enumerate(handlers):
            earlier = handlers[:at]
            caught = [self.builtin(kind) for clause in earlier for kind in _kinds(clause)]
            kinds = _kinds(handler)
            if BaseException in caught or (kinds and all(self.is_caught(kind, earlier) for kind in kinds)):
                yield handler

    def is_caught(self, kind: ast.expr, earlier: Sequence[ast.ExceptHandler]) -> bool:
        """Tell whether `kind` is a builtin below one that was caught, or looked up twice with only look-ups between."""
        before = [other for clause in earlier for other in _kinds(clause)]
        own = self.builtin(kind)
        if own is not None and any(issubclass(own, other) for other in map(self.builtin, before) if other):
            return True
        same = [at for at, other in enumerate(before) if rendered(other) == rendered(kind)]
        return bool(same) and all(self.is_name(other) for other in before[same[-1] :])

    def builtin(self, kind: ast.expr) -> type[BaseException] | None:
        """Return the builtin exception that `kind` surely is."""
        if not isinstance(kind, ast.Name) or not self.is_builtin(kind.id):
            return None
        found = getattr(builtins, kind.id)
        return found if isinstance(found, type) and issubclass(found, BaseException) else None

    def is_name(self, kind: ast.expr) -> bool:
        """Tell whether `kind` is a name, or a dotted one of plain attributes."""
        while isinstance(kind, ast.Attribute):
            if self.has_operators or self.is_computed(kind.attr):
                return False
            kind = kind.value
        return isinstance(kind, ast.Name)


def without_removed(before: Source, after: Source, tree: Tree) -> Dropped | None:
    """Return `before` without the clauses that `after` lacks and that could never run; None where there are none.

    `tree` is the whole tree of `before`. None too where such a clause shapes its scope by standing there.
    """
    try:
        gone = _identities(before) - _identities(after)
        dead = []
        for clause in _Reader(before, tree).unreachable() if gone else ():
            identity = _identity(clause, before)
            if gone[identity] > 0:
                gone[identity] -= 1
                dead.append(clause)
    except RecursionError:
        return None  # nested too deeply to be read
    return _dropped(before, dead) if dead and not any(map(_shapes_scope, dead)) else None


def _dropped(before: Source, dead: Sequence[Clause]) -> Dropped | None:
    lines = {line for clause in dead for line in range(clause.lineno, _end(clause) + 1)}
    text = "".join("\n" if number in lines else line for number, line in enumerate(before.lines, 1))
    left = Source.read(before.path, text.encode("utf-8-sig" if before.bom else before.encoding))
    if not isinstance(left, Source) or not _scopes_agree(before, left, lines):
        return None
    bodies = {line for clause in dead for line in range(clause.body[0].lineno, _end(clause) + 1)}
    return Dropped(left, len(dead), frozenset(bodies - {_head_end(clause) for clause in dead}))


def _end(clause: Clause) -> int:
    last = clause.body[-1]
    return last.end_lineno or last.lineno


def _head_end(clause: Clause) -> int:
    """Return the last line of what is looked at before the body would run."""
    head = clause.test if isinstance(clause, ast.If) else clause.type
    return (head.end_lineno if head else None) or clause.lineno


# --- what a clause is ---------------------------------------------------------------------------------------------


def _identities(source: Source) -> Counter[str]:
    return Counter(_identity(node, source) for node in ast.walk(source.tree) if isinstance(node, Clause))


def _identity(clause: Clause, source: Source) -> str:
    """Return the scope and the syntax of a clause; what comes after it in its chain is not part of it."""
    return "\0".join((source.symbol_of(clause), *map(rendered, _parts(clause))))


def _parts(clause: Clause) -> Sequence[ast.AST]:
    return [clause.test, *clause.body] if isinstance(clause, ast.If) else [clause]


def _is_elif(node: ast.If, source: Source) -> bool:
    parent = source.parents[node]
    line = source.lines[node.lineno - 1].encode()[node.col_offset :]
    return isinstance(parent, ast.If) and parent.orelse == [node] and line.startswith(b"elif")


def _chain(node: ast.If, source: Source) -> Iterator[ast.If]:
    """Yield an `if` and each `elif` of its chain, first to last."""
    while True:
        yield node
        following = node.orelse[0] if node.orelse else None
        if not isinstance(following, ast.If) or not _is_elif(following, source):
            return
        node = following


def _kinds(handler: ast.ExceptHandler) -> list[ast.expr]:
    """Return what a handler names; nothing for a bare `except`."""
    if isinstance(handler.type, ast.Tuple):
        return handler.type.elts
    return [handler.type] if handler.type else []


def _attributes(root: ast.AST) -> set[str]:
    return {node.attr for node in ast.walk(root) if isinstance(node, ast.Attribute)}


# --- what hangs on a clause that never runs -----------------------------------------------------------------------


def _shapes_scope(clause: Clause) -> bool:
    """Tell whether the clause makes its function a generator, or declares what holds for its whole scope."""
    shaping = (ast.Yield, ast.YieldFrom, ast.Global, ast.Nonlocal, ast.AnnAssign)
    return any(isinstance(node, shaping) for part in _parts(clause) for node in ast.walk(part))


def _scopes_agree(before: Source, left: Source, dead: set[int]) -> bool:
    """Tell whether every name that is left belongs to the same scope as before, as the compiler sees it."""
    try:
        old, new = (symtable.symtable(source.text, source.path, "exec") for source in (before, left))
    except (SyntaxError, ValueError, RecursionError):
        return False
    return _tables_agree(old, new, dead)


def _tables_agree(old: symtable.SymbolTable, new: symtable.SymbolTable, dead: set[int]) -> bool:
    left = [table for table in old.get_children() if table.get_lineno() not in dead]
    pairs = list(zip(left, new.get_children(), strict=False))
    names = () if old.get_type() == "module" else new.get_identifiers()  # a module's are looked up when needed
    return (
        len(left) == len(new.get_children())
        and (old.get_type(), old.get_name(), old.get_lineno()) == (new.get_type(), new.get_name(), new.get_lineno())
        and set(names) <= set(old.get_identifiers())
        and all(_role(old, name) == _role(new, name) for name in names)
        and all(_tables_agree(one, other, dead) for one, other in pairs)
    )


def _role(table: symtable.SymbolTable, name: str) -> tuple[bool, ...]:
    symbol = table.lookup(name)
    return symbol.is_parameter(), symbol.is_local(), symbol.is_global(), symbol.is_free(), symbol.is_declared_global()
