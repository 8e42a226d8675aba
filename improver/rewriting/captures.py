"""Which closures outlive an iteration of their loop, and which changing names they read (pure)."""

import ast
from collections.abc import Iterator

from improver.names import bound, bound_by, declared, own
from improver.source import SCOPES, Source

LOOPS = (ast.For, ast.AsyncFor, ast.While)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp)  # a generator may be read while it goes on
ENTERED = (*COMPREHENSIONS, ast.GeneratorExp)
DISPLAYS = (ast.Tuple, ast.List, ast.Set, ast.Dict, ast.keyword)
KEEPS = frozenset(
    {"append", "appendleft", "add", "insert", "extend", "update", "setdefault", "put", "put_nowait", "push"}
)
CALLS_LATER = frozenset(
    {"submit", "call_soon", "call_later", "call_at", "call_soon_threadsafe", "add_done_callback", "Thread", "Timer"}
    | {"addCleanup", "callback", "register", "finalize", "connect", "subscribe", "add_listener", "after"}
)
ENDS_IT = frozenset({"join", "result", "clear", "pop", "popleft", "popitem", "get", "run", "shutdown", "wait"})
Closure = ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef
Loop = ast.For | ast.AsyncFor | ast.While | ast.ListComp | ast.SetComp | ast.DictComp


def late_bound(closure: Closure, source: Source) -> list[str]:
    """Return the names, in order, that `closure` reads and whose value at its making is surely the one meant.

    Each changes with a loop that `closure` outlives, is bound once in it, before the closure, and never after it.
    """
    loops = list(_loops(closure, source))
    if not loops:
        return []
    names = dict.fromkeys(_read_by(closure))
    if isinstance(loops[0], COMPREHENSIONS):
        targets = bound(*(generator.target for generator in loops[0].generators))
        changing = targets - _walrus_bound(loops[0]) if _outlives(closure, loops[0], source) else set()
    else:
        kept = [loop for loop in loops if _outlives(closure, loop, source)]
        if not kept:
            return []
        fixed = declared(source.tree) | _walrus_bound(source.function_of(closure) or source.tree)
        changing = {name for name in names if name not in fixed and _changes(name, closure, kept, loops, source)}
    return [name for name in names if name in changing and not (name.startswith("__") and not name.endswith("__"))]


def _loops(closure: Closure, source: Source) -> Iterator[Loop]:
    """Yield the loops that run `closure`'s making again and again, innermost first; a comprehension ends the search."""
    child: ast.AST = closure
    for parent in source.ancestors(closure):
        if isinstance(parent, (*SCOPES, ast.Lambda, ast.GeneratorExp, ast.comprehension)):
            return
        if isinstance(parent, COMPREHENSIONS):
            yield parent
            return
        if isinstance(parent, LOOPS) and child in parent.body:
            yield parent
        child = parent


def _read_by(closure: Closure) -> list[str]:
    """Return the names that the body of `closure` takes from outside, in order; none that is bound anywhere inside."""
    body = closure.body if isinstance(closure.body, list) else [closure.body]
    inside = bound(*body) | bound(closure.args) | declared(closure)
    nodes = (node for statement in body for node in ast.walk(statement))
    reads = [node for node in nodes if isinstance(node, ast.Name) and node.id not in inside]
    return [node.id for node in sorted(reads, key=lambda node: (node.lineno, node.col_offset))]


def _walrus_bound(scope: ast.AST) -> set[str]:
    return {node.target.id for node in ast.walk(scope) if isinstance(node, ast.NamedExpr)}


def _changes(name: str, closure: Closure, kept: list[Loop], loops: list[Loop], source: Source) -> bool:
    """Tell whether one of the loops `kept` binds `name` once before `closure`, and nothing binds it again later."""
    outermost = loops[-1]
    scope = next((parent for parent in source.ancestors(outermost) if isinstance(parent, SCOPES)), source.tree)
    if isinstance(scope, ast.ClassDef):
        return False
    bindings = [node for node in own(scope) if name in bound_by(node)]
    late = [node for node in bindings if getattr(node, "lineno", 0) >= outermost.lineno]
    if len(late) != 1:
        return False
    return any(_binds_first(late[0], closure, loop, source) for loop in kept)


def _binds_first(binding: ast.AST, closure: Closure, loop: Loop, source: Source) -> bool:
    """Tell whether `binding` is the loop's target, or an assignment of every iteration that comes before `closure`."""
    above = list(source.ancestors(closure))
    for parent in source.ancestors(binding):
        if isinstance(parent, ast.Tuple | ast.List | ast.Starred):
            binding = parent
            continue
        if isinstance(parent, ast.For | ast.AsyncFor):
            return parent is loop and binding is loop.target
        if not isinstance(parent, ast.Assign | ast.AnnAssign) or parent.value is None:
            return False
        block = source.parents[parent]
        nearest = next(item for item in source.ancestors(parent) if isinstance(item, LOOPS) or item is loop)
        before = (parent.end_lineno or parent.lineno) < closure.lineno
        return nearest is loop and block in above and _same_block(parent, block, above, closure) and before
    return False


def _same_block(statement: ast.stmt, parent: ast.AST, above: list[ast.AST], closure: ast.AST) -> bool:
    """Tell whether `statement` and the statement that holds `closure` stand in the same list of `parent`."""
    holder = ([closure, *above])[above.index(parent)]
    blocks = (block for _, block in ast.iter_fields(parent) if isinstance(block, list))
    return any(statement in block and holder in block for block in blocks)


def _outlives(closure: Closure, loop: Loop, source: Source) -> bool:
    """Tell whether `closure` is stored, or handed to what calls it later, in an iteration of `loop`."""
    if isinstance(closure, ast.Lambda):
        return _is_kept(closure, loop, source)
    uses = (node for node in own(loop) if isinstance(node, ast.Name) and node.id == closure.name)
    return any(isinstance(use.ctx, ast.Load) and _is_kept(use, loop, source) for use in uses)


def _is_kept(value: ast.AST, loop: Loop, source: Source) -> bool:
    holder = source.parents[value]
    while isinstance(holder, DISPLAYS):
        value, holder = holder, source.parents[holder]
    if isinstance(holder, COMPREHENSIONS):
        return holder is loop and value in (getattr(loop, "elt", None), getattr(loop, "value", None))
    if isinstance(holder, ast.Assign) and value is holder.value:
        return any(_is_stored_by(target, loop) for target in holder.targets)
    if not isinstance(holder, ast.Call) or value is holder.func:
        return False
    last = getattr(holder.func, "attr", getattr(holder.func, "id", ""))
    if last not in KEEPS | CALLS_LATER or (last in KEEPS and isinstance(holder.func, ast.Name)):
        return False
    return not _ends_in(loop) and _stays(_root(holder.func), loop)


def _is_stored_by(target: ast.expr, loop: Loop) -> bool:
    """Tell whether each iteration stores in another place: under a key that changes, or in the object looped over."""
    names = {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}
    if isinstance(target, ast.Subscript):
        keys = {node.id for node in ast.walk(target.slice) if isinstance(node, ast.Name)}
        return bool(keys & bound(loop)) and _stays(_root(target), loop) and not _ends_in(loop)
    return isinstance(target, ast.Attribute) and bool(names & _targets(loop))


def _stays(root: str, loop: Loop) -> bool:
    """Tell whether what `root` names is there before and after an iteration of `loop`."""
    return bool(root) and (root not in bound(loop) or root in _targets(loop))


def _targets(loop: Loop) -> set[str]:
    return bound(loop.target) if isinstance(loop, ast.For | ast.AsyncFor) else set()


def _root(expression: ast.expr) -> str:
    while isinstance(expression, ast.Attribute | ast.Subscript):
        expression = expression.value
    return expression.id if isinstance(expression, ast.Name) else ""


def _ends_in(loop: Loop) -> bool:
    """Tell whether the loop itself, closures aside, may wait for, or take back, what it handed over."""
    nodes = (inner for node in own(loop) for inner in (ast.walk(node) if isinstance(node, ENTERED) else (node,)))
    return any(isinstance(node, ast.Attribute) and node.attr in ENDS_IT for node in nodes)
