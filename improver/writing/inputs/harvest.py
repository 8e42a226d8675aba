"""Calls that stand in existing tests, each with what it needs to run alone, as source (pure)."""

import ast
import copy
import functools
import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from improver.experiments import Case
from improver.judging.functions import definitions
from improver.source import FUNCTIONS, Function, Source
from improver.writing.asking import Fixtures, versions
from improver.writing.names import Names, bound, free_names

STATEMENTS = 8  # of a setup at most
LINES = 8  # of a function or a class in it
EACH = 16  # calls kept of one name in one file, and of one function
LONGEST = 160  # characters of one call
DEFINING = (*FUNCTIONS, ast.ClassDef)
SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Delete)
Index = Mapping[str, Sequence[Case]]
Calls = Mapping[str, Sequence[Sequence[tuple[str, Case]]]]  # of each test, by row, with the name of what is called


def by_name(calls: Calls) -> Index:
    """Return calls by the last name of what is called, the first few of each file; a test's rows take turns."""
    found: dict[str, dict[str, Case]] = defaultdict(dict)
    files: dict[str, list[Sequence[Sequence[tuple[str, Case]]]]] = defaultdict(list)
    for test, rows in calls.items():
        files[test.partition("::")[0]].append(rows)
    for tests in files.values():
        of_file: dict[str, list[Case]] = defaultdict(list)
        turns = itertools.zip_longest(*tests, fillvalue=())
        for name, case in (one for turn in turns for row in turn for one in row):
            if len(of_file[name]) < EACH and case not in of_file[name]:
                of_file[name].append(case)
                found[name].setdefault(f"{case.setup} {case.call}", case)
    return {name: tuple(cases.values()) for name, cases in found.items()}


def calls_of(tests: Sequence[Source]) -> Calls:
    """Return the calls in each test, by its pytest node id; `prelude` holds what the file itself defines.

    The case's `function` is the path of the file until somebody knows better.
    """
    fixtures, found = Fixtures.of(tests), dict[str, list[list[tuple[str, Case]]]]()
    for source in tests:
        file = fixtures.files[source.path]
        for name, nodes in definitions(source).items():
            asking = (versions(node, file, fixtures) for node in nodes if node.name.startswith("test"))
            rows = [[*_calls_in(*version)] for one in asking for version in one]
            found[f"{source.path}::{name.replace('.', '::')}"] = rows
    return found


def _calls_in(test: Function, file: Names) -> Iterator[tuple[str, Case]]:
    """Yield each call in the straight beginning of a test, with the statements before it that it depends on."""
    before: list[ast.stmt] = []
    for statement in test.body:
        yield from _calls_within(statement, before, file)
        if isinstance(statement, ast.AsyncFunctionDef) and not statement.args.args:  # what the test then runs in a loop
            yield from _calls_in(statement, file)
        before = _known_after(statement, before)


def _calls_within(statement: ast.stmt, before: Sequence[ast.stmt], file: Names) -> Iterator[tuple[str, Case]]:
    """Yield the calls of a statement; one in a block that is entered also depends on what stands before it in there."""
    yield from _decorated(statement, before, file)
    if not isinstance(statement, ast.With | ast.AsyncWith):
        yield from _calls_of(statement, before, file)
        return
    for item in statement.items:  # an object to enter is seldom made elsewhere
        yield from _calls_of(ast.Expr(item.context_expr), before, file)
    given = {name for item in statement.items if item.optional_vars for name in bound(ast.Expr(item.optional_vars))}
    known, file = [one for one in before if not bound(one) & given], file.without(given)
    for one in statement.body:
        yield from _calls_within(one, known, file)
        known = _known_after(one, known)


def _decorated(statement: ast.stmt, before: Sequence[ast.stmt], file: Names) -> Iterator[tuple[str, Case]]:
    """Yield the call that a decorator makes, the one next to what it decorates, which comes plain before the call."""
    if not isinstance(statement, DEFINING) or not statement.decorator_list or not is_short(statement):
        return
    plain, decorator = copy.copy(statement), statement.decorator_list[-1]
    plain.decorator_list = []
    case = _case(ast.Call(decorator, [ast.Name(plain.name, ast.Load())], []), [*before, plain], file)
    if case is not None:
        yield name_of(decorator if isinstance(decorator, ast.Call) else ast.Call(decorator, [], [])), case


def _known_after(statement: ast.stmt, before: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Return the statements that a call may depend on after one more: one that cannot stand there takes its names."""
    if (isinstance(statement, SIMPLE) and not _asserts(statement)) or is_short(statement):
        return [*before, statement]
    if isinstance(statement, ast.Assert | ast.Import | ast.ImportFrom) or _asserts(statement):
        return [*before]
    return [one for one in before if not bound(one) & bound(statement)]


def is_short(statement: ast.stmt) -> bool:
    """Tell whether a statement defines something that a reader takes in at a glance."""
    return isinstance(statement, DEFINING) and ast.unparse(statement).count("\n") < LINES


def _asserts(statement: ast.stmt) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    name = getattr(call.func, "attr", "") if isinstance(call, ast.Call) else ""
    return isinstance(statement, ast.With | ast.AsyncWith | ast.Assert) or name.startswith("assert")


def _calls_of(statement: ast.stmt, before: Sequence[ast.stmt], file: Names) -> Iterator[tuple[str, Case]]:
    if isinstance(statement, (*DEFINING, ast.For, ast.AsyncFor, ast.While, ast.If, ast.Try)):
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
