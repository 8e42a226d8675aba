"""What a test file demands, statement by statement, and what a new version of it no longer demands."""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from improver.source import FUNCTIONS, SCOPES, Source

BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
RAISES = frozenset(
    ("raises", "warns", "deprecated_call", "assertRaises", "assertRaisesRegex", "assertWarns", "assertLogs")
)
STEERS = frozenset(("pytestmark", "__test__", "collect_ignore", "collect_ignore_glob", "pytest_plugins", "load_tests"))
SKIPS = frozenset(
    (
        "skip",
        "skipif",
        "xfail",
        "importorskip",
        "skipTest",
        "skipIf",
        "skipUnless",
        "expectedFailure",
        "SkipTest",
        "flaky",
    )
)
MOCKS = frozenset(
    ("monkeypatch", "MonkeyPatch", "mocker", "mock", "Mock", "MagicMock", "AsyncMock", "PropertyMock", "patch", "seal")
)
BROAD = frozenset(("Exception", "BaseException", "AssertionError"))


@dataclass(frozen=True, slots=True)
class Line:
    """One statement, or the head of a compound one, that can be reached: where it stands and what it says."""

    scope: str
    context: tuple[str, ...]
    code: str
    kind: str  # definition, decorator, case, assertion or step
    node: ast.AST = field(compare=False)


@dataclass(frozen=True, slots=True)
class Weakness:
    """What a test demands no longer; `certain` unless the change may have kept its meaning."""

    reason: str
    certain: bool = True


def lines(source: Source) -> list[Line]:
    """Return every reachable statement of a test file."""
    return list(_inside(source.tree, "", ()))


def _inside(owner: ast.AST, scope: str, context: tuple[str, ...]) -> Iterator[Line]:
    for name in BLOCKS:
        if not _dead(owner, name):
            for node in _reachable(getattr(owner, name, [])):
                yield from _line(node, scope, context if name == "body" else (*context, name))


def _dead(owner: ast.AST, block: str) -> bool:
    """Tell whether a constant condition shuts this block off."""
    if not isinstance(owner, ast.If | ast.While) or not isinstance(owner.test, ast.Constant):
        return False
    return bool(owner.test.value) == (block == "orelse")


def _reachable(block: list[ast.AST]) -> Iterator[ast.AST]:
    for node in block:
        yield node
        if isinstance(node, ENDS) or (isinstance(node, ast.Expr) and _called(node.value) in {"skip", "xfail", "exit"}):
            return


def _line(node: ast.AST, scope: str, context: tuple[str, ...]) -> Iterator[Line]:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from _imports(node, scope, context)
        return
    code, kind = ast.unparse(_head(node)), _kind(node)
    if not isinstance(node, SCOPES):
        yield Line(scope, context, code, kind, node)
        yield from _inside(node, scope, (*context, code))
        return
    inner = f"{scope}.{node.name}".lstrip(".")
    yield Line(inner, context, code, kind, node)
    for decorator in node.decorator_list:
        yield from _decorator(decorator, inner, context)
    yield from _inside(node, inner, context)


def _imports(node: ast.Import | ast.ImportFrom, scope: str, context: tuple[str, ...]) -> Iterator[Line]:
    """Yield an import as one line for each name: a further name takes nothing from those that were there."""
    for alias in node.names:
        one = ast.Import([alias]) if isinstance(node, ast.Import) else ast.ImportFrom(node.module, [alias], node.level)
        yield Line(scope, context, ast.unparse(one), "step", ast.copy_location(one, node))


def _head(node: ast.AST) -> ast.AST:
    empty = (*BLOCKS, "decorator_list")
    head = type(node)(**{name: [] if name in empty else value for name, value in ast.iter_fields(node)})
    return ast.copy_location(head, node)


def _kind(node: ast.AST) -> str:
    if isinstance(node, SCOPES):
        return "definition"
    if isinstance(node, ast.Assert):
        return "assertion"
    if isinstance(node, ast.With | ast.AsyncWith):
        return "assertion" if any(_called(item.context_expr) in RAISES for item in node.items) else "step"
    value = node.value if isinstance(node, ast.Expr) else None
    value = value.value if isinstance(value, ast.Await) else value
    name = _called(value)
    return "assertion" if name in RAISES or name.lower().startswith("assert") else "step"


def _called(node: ast.AST | None) -> str:
    return _last(node.func) if isinstance(node, ast.Call) else ""


def _last(node: ast.AST) -> str:
    return str(getattr(node, "attr", getattr(node, "id", "")))


def _decorator(node: ast.expr, scope: str, context: tuple[str, ...]) -> Iterator[Line]:
    """Yield a decorator as one line, a parametrisation as one line per case."""
    if _called(node) == "parametrize" and isinstance(node, ast.Call) and len(node.args) > 1:
        cases = node.args[1]
        if isinstance(cases, ast.List | ast.Tuple):
            names = ast.unparse(node.args[0])
            for case in cases.elts:
                yield Line(scope, context, f"{names} = {ast.unparse(case)}", "case", case)
            return
    yield Line(scope, context, f"@{ast.unparse(node)}", "decorator", node)


def weakened(before: Source, after: Source) -> Iterator[Weakness]:
    """Yield what the tests of `before` demanded and those of `after` do not, and what was put in their way."""
    old, new = lines(before), lines(after)
    kept = {line.scope for line in new}
    for scope in sorted({line.scope for line in old} - kept - {""}):
        yield Weakness(f"{scope} is gone")
    for line in Counter(old) - Counter(new):
        if line.scope in kept or line.scope == "":
            place = line.scope or "the module"
            yield Weakness(f"{place} no longer has: {line.code[:100]}", line.kind in {"assertion", "decorator", "case"})
    yield from _obstacles(old, new)


def _obstacles(old: list[Line], new: list[Line]) -> Iterator[Weakness]:
    """Yield what was added to existing tests so that they mean less."""
    scopes = {line.scope for line in old}
    bound = {scope: {name for line in old if line.scope == scope for name in _binds(line.node)} for scope in scopes}
    known = bound.get("", set()) | {scope for scope in scopes if "." not in scope}
    ends = Counter(line.scope for line in new if isinstance(line.node, ENDS))
    ends -= Counter(line.scope for line in old if isinstance(line.node, ENDS))
    for line in Counter(new) - Counter(old):
        if line.scope not in scopes or line.kind in {"definition", "decorator", "case"}:
            continue
        if ends[line.scope] and isinstance(line.node, ENDS):
            yield Weakness(f"{line.scope} ends early: {line.code[:100]}")
        for name in sorted(_binds(line.node) & (bound[line.scope] | known)):
            yield Weakness(f"{line.scope or 'the module'} binds {name} anew")


def _binds(node: ast.AST) -> set[str]:
    """Return the names that a statement binds or deletes."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    names = {
        inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Load)
    }
    if isinstance(node, FUNCTIONS):
        return {arg.arg for arg in ast.walk(node.args) if isinstance(arg, ast.arg)}
    return set() if isinstance(node, ast.ClassDef) else names


def duplicates(source: Source) -> Counter[str]:
    """Count how often each scope is defined beyond once; only the last definition runs."""
    defined = Counter(line.scope for line in lines(source) if line.kind == "definition")
    return defined - Counter(list(defined))


def idle(before: Source | None, after: Source) -> Iterator[str]:
    """Yield each new test that demands nothing."""
    known = {line.scope for line in lines(before)} if before else set()
    found = lines(after)
    for line in found:
        name = line.scope.rsplit(".", 1)[-1]
        if isinstance(line.node, FUNCTIONS) and line.kind == "definition" and name.startswith("test"):
            own = [other for other in found if f"{other.scope}.".startswith(f"{line.scope}.")]
            demands = any(other.kind == "assertion" and not vacuous(other.node) for other in own)
            if line.scope not in known and not demands:
                yield f"{line.scope} demands nothing"


def softeners(source: Source) -> Counter[str]:
    """Count what keeps a test from failing: skips, mocks, assertions that always hold, broad expectations, hooks."""
    found: Counter[str] = Counter()
    for node in ast.walk(source.tree):
        found.update(_softens(node))
    return found


def _softens(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name) | ast.arg(arg=name) | ast.alias(name=name):
            yield from _by_name(name.rsplit(".", 1)[-1])
        case ast.Assert() if vacuous(node):
            yield f"always holds: {ast.unparse(node)[:80]}"
        case ast.Call() if _called(node) in RAISES and not node.keywords and _names(node.args[:1]) & BROAD:
            yield "expects any exception"
        case ast.Call() if any(word.arg == "autouse" for word in node.keywords):
            yield "an autouse fixture"
        case ast.ExceptHandler(type=kind) if kind is None or _names([kind]) & BROAD:
            yield "swallows a failed assertion"
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if name.startswith("pytest_"):
            yield f"a hook: {name}"


def _by_name(name: str) -> Iterator[str]:
    for what, names in (("skips", SKIPS), ("mocks", MOCKS), ("steers the collection", STEERS)):
        if name in names:
            yield f"{what}: {name}"


def _names(nodes: list[ast.expr]) -> set[str]:
    return {_last(inner) for node in nodes for inner in ast.walk(node)}


def vacuous(node: ast.AST) -> bool:
    """Tell whether an assertion holds whatever the code does."""
    return isinstance(node, ast.Assert) and _always(node.test)


def _always(test: ast.expr) -> bool:
    match test:
        case ast.Constant(value=value):
            return bool(value)
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            return bool(parts)
        case ast.Dict(keys=keys):
            return bool(keys)
        case ast.JoinedStr() | ast.Lambda() | ast.GeneratorExp():
            return True
        case ast.BoolOp(op=ast.Or(), values=parts):
            return any(map(_always, parts))
        case ast.BoolOp(values=parts):
            return all(map(_always, parts))
        case ast.UnaryOp(op=ast.Not(), operand=ast.Constant(value=value)):
            return not value
        case _:
            return _always_compares(test)


def _always_compares(test: ast.expr) -> bool:
    match test:
        case ast.Compare(left=left, ops=[ast.Eq() | ast.Is() | ast.LtE() | ast.GtE()], comparators=[right]):
            same = ast.dump(left) == ast.dump(right)
            return same or (_called(left) == "len" and isinstance(test.ops[0], ast.GtE) and _is_zero(right))
        case ast.Call(func=ast.Name(id="isinstance"), args=[_, ast.Name(id="object")]):
            return True
        case _:
            return not any(isinstance(node, ast.Name | ast.Call | ast.Attribute) for node in ast.walk(test)) and (
                isinstance(test, ast.Compare)
            )


def _is_zero(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 0
