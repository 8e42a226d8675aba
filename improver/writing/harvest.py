"""Calls that stand in existing tests, each with what it needs to run alone, as source (pure)."""

import ast
import builtins
import functools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from improver.experiments import Case
from improver.judging.functions import definitions
from improver.source import FUNCTIONS, Function, Source

STATEMENTS = 8  # of a setup at most
PRELUDE_LINES = 15
EACH = 16  # calls kept of one name in one file, and of one function
LONGEST = 160  # characters of one call
SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Delete)
BUILT_IN = frozenset(dir(builtins))
Index = Mapping[str, Sequence[Case]]


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
                found.imports |= imported(node)
            elif isinstance(node, (*FUNCTIONS, ast.ClassDef)):
                found.defined[node.name] = node
            elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                found.defined[node.targets[0].id] = node
        return found

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


def free_names(nodes: Sequence[ast.AST]) -> set[str]:
    """Return the names that are read and not bound in `nodes`, roughly: what is bound anywhere inside is bound."""
    read: set[str] = set()
    bound: set[str] = set()
    for node in (inner for root in nodes for inner in ast.walk(root)):
        if isinstance(node, ast.Name):
            (read if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            bound.add(node.name)
        elif isinstance(node, ast.alias):
            bound.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            bound.add(node.name)
    return read - bound


def index_of(tests: Sequence[Source]) -> Index:
    """Return the calls in test files by the last name of what is called; `prelude` holds what the file itself defines.

    The case's `function` is the path of the file until somebody knows better.
    """
    found: dict[str, dict[str, Case]] = defaultdict(dict)
    for source in tests:
        for name, cases in _calls_of_file(source).items():
            for case in cases:
                found[name].setdefault(f"{case.setup} {case.call}", case)
    return {name: tuple(cases.values()) for name, cases in found.items()}


def _calls_of_file(source: Source) -> dict[str, list[Case]]:
    """Return the first few calls of each name in the tests of one file."""
    file, found = Names.of(source), defaultdict[str, list[Case]](list)
    tests = (node for nodes in definitions(source).values() for node in nodes if node.name.startswith("test"))
    for name, case in (one for node in tests for one in _calls_in(node, file)):
        if len(found[name]) < EACH and case not in found[name]:
            found[name].append(case)
    return found


def _calls_in(test: Function, file: Names) -> Iterator[tuple[str, Case]]:
    """Yield each call in the straight beginning of a test, with the statements before it that it depends on."""
    before: list[ast.stmt] = []
    for statement in test.body:
        blocks = [*statement.body] if isinstance(statement, ast.With | ast.AsyncWith) else [statement]
        if isinstance(statement, ast.AsyncWith):  # an object to enter is seldom made elsewhere
            blocks = [*(ast.Expr(one.context_expr) for one in statement.items), *blocks]
        for one in blocks:
            yield from _calls_of(one, before, file)
        if isinstance(statement, ast.AsyncFunctionDef) and not statement.args.args:  # what the test then runs in a loop
            yield from _calls_in(statement, file)
        if isinstance(statement, SIMPLE) and not _asserts(statement):
            before.append(statement)
        elif not isinstance(statement, ast.Assert | ast.Import | ast.ImportFrom) and not _asserts(statement):
            before = [one for one in before if not bound(one) & bound(statement)]


def _asserts(statement: ast.stmt) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    name = getattr(call.func, "attr", "") if isinstance(call, ast.Call) else ""
    return isinstance(statement, ast.With | ast.AsyncWith | ast.Assert) or name.startswith("assert")


def _calls_of(statement: ast.stmt, before: Sequence[ast.stmt], file: Names) -> Iterator[tuple[str, Case]]:
    if isinstance(statement, (*FUNCTIONS, ast.ClassDef, ast.For, ast.AsyncFor, ast.While, ast.If, ast.Try)):
        return
    inner = {id(part) for node in ast.walk(statement) if isinstance(node, INNER) for part in ast.walk(node)}
    nodes = [node for node in ast.walk(statement) if id(node) not in inner]
    for node in nodes:
        if isinstance(node, ast.Call) and (case := _case(node, before, file)) is not None:
            yield name_of(node), case
    for chain in _chains(nodes):
        yield from _linked(chain, before, file)


def name_of(call: ast.Call) -> str:
    """Return the last name of what is called."""
    return str(getattr(call.func, "attr", getattr(call.func, "id", "")))


def _chains(nodes: Sequence[ast.AST]) -> Iterator[list[ast.expr]]:
    """Yield the links of each chain, `a() | b() | c()`, that is no part of a longer one."""
    inside: set[int] = set()
    for node in nodes:  # from the outside in
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.BitOr) or id(node) in inside:
            continue
        links: list[ast.expr] = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp) and isinstance(left.op, ast.BitOr):
            inside.add(id(left))
            links.append(left.right)
            left = left.left
        yield [left, *reversed(links)]


def _linked(links: Sequence[ast.expr], before: Sequence[ast.stmt], file: Names) -> Iterator[tuple[str, Case]]:
    """Yield a chain as calls of each of its links but the first: right after the first one, then as it is."""
    for at, link in enumerate(links[1:], 2):
        if not isinstance(link, ast.Call):
            continue
        owner = link.func.value if isinstance(link.func, ast.Attribute) else link.func
        for chain in ([links[0], link], links[:at]) if at > 2 else (links[:2],):
            whole = functools.reduce(lambda left, right: ast.BinOp(left, ast.BitOr(), right), chain)
            case = _case(whole, before, file)
            if case is not None:  # a decorated function may be called by a method of what it became
                yield from ((name, case) for name in (name_of(link), getattr(owner, "attr", getattr(owner, "id", ""))))


INNER = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def _case(call: ast.expr, before: Sequence[ast.stmt], file: Names) -> Case | None:
    setup = depended_on(call, before)
    text = ast.unparse(call)
    known = file.needs(free_names([*setup, call]))
    if known is None or len(setup) > STATEMENTS or len(text) > LONGEST:
        return None
    imports, prelude = known
    lines = tuple(ast.unparse(one) for one in setup)
    return Case(file.source.path, text, tuple(sorted(imports)), tuple(prelude), lines)


def depended_on(call: ast.expr, before: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Return the statements that the call depends on: those that bind or use a variable of it, transitively."""
    local = {name for one in before for name in bound(one)}
    wanted = free_names([call]) & local
    kept: list[ast.stmt] = []
    for statement in reversed(before):
        used = (free_names([statement]) | bound(statement)) & local
        if used & wanted:
            wanted = (wanted | used) - _bound_anew(statement)
            kept.append(statement)
    return kept[::-1]


def _bound_anew(statement: ast.stmt) -> set[str]:
    """Return the names that an assignment binds whatever they stood for before."""
    plain = statement.targets if isinstance(statement, ast.Assign) else []
    names = {one.id for one in plain if isinstance(one, ast.Name)}
    read = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    return names - read


def bound(statement: ast.stmt) -> set[str]:
    """Return the names that a statement binds."""
    return {
        node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    }
