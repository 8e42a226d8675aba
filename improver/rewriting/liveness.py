"""Which local names are needed before, in and after the statements of one function (pure)."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from improver.names import bound_by
from improver.source import FUNCTIONS, SCOPES, Source, below, children

Names = frozenset[str]
NONE: Names = frozenset()
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
LOOPS = (ast.For, ast.AsyncFor, ast.While)
LATE = (*FUNCTIONS, ast.Lambda, ast.ClassDef, ast.GeneratorExp)
EAGER = frozenset({"any", "all", "sum", "max", "min", "list", "tuple", "set", "frozenset", "dict", "sorted", "join"})
Block = Sequence[ast.stmt]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Exits:
    """What is live where control may go from a statement other than to the next one."""

    breaks: Names = NONE
    continues: Names = NONE
    raises: Names = NONE
    returns: Names = NONE

    def through(self, live: Names) -> "Exits":
        """Return the exits when a `finally` that needs `live` is passed on each way."""
        ways = (self.breaks, self.continues, self.raises, self.returns)
        return Exits(*(way | live for way in ways))


class Liveness:
    """The names of `body` that are live after each of its statements, and where one of them raises.

    Errs to the live side: what may be needed on any way is live, and a `with` may swallow an error.
    """

    def __init__(self, body: Block) -> None:
        self.after: dict[ast.stmt, Names] = {}
        self.raised: dict[ast.stmt, Names] = {}
        self.needed = self._block(body, NONE, Exits())

    def _block(self, body: Block, after: Names, exits: Exits) -> Names:
        for statement in reversed(body):
            self.after[statement] = self.after.get(statement, NONE) | after
            self.raised[statement] = self.raised.get(statement, NONE) | exits.raises
            after = self._before(statement, after, exits) | exits.raises
        return after

    def _before(self, node: ast.stmt, after: Names, exits: Exits) -> Names:
        if isinstance(node, LOOPS):
            return self._loop(node, after, exits)
        if isinstance(node, ast.If):
            return reads(node.test) | self._block(node.body, after, exits) | self._block(node.orelse, after, exits)
        if isinstance(node, ast.With | ast.AsyncWith):
            inside = self._block(node.body, after, replace(exits, raises=exits.raises | after))
            return reads(*node.items) | (inside - stored(*node.items)) | after
        if isinstance(node, ast.Try | ast.TryStar):
            return self._try(node, after, exits)
        if isinstance(node, ast.Match):
            guards = reads(*(case.guard for case in node.cases if case.guard), *(case.pattern for case in node.cases))
            bodies = (self._block(case.body, after, exits) for case in node.cases)
            return reads(node.subject) | guards | after.union(*bodies)
        return self._simple(node, after, exits)

    def _simple(self, node: ast.stmt, after: Names, exits: Exits) -> Names:
        if isinstance(node, ast.Return):
            return reads(node) | exits.returns
        if isinstance(node, ast.Raise):
            return reads(node) | exits.raises
        if isinstance(node, ast.Break):
            return exits.breaks
        if isinstance(node, ast.Continue):
            return exits.continues
        return (after - stored(node)) | reads(node)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, after: Names, exits: Exits) -> Names:
        ended = self._block(node.orelse, after, exits)
        target = NONE if isinstance(node, ast.While) else stored(node.target)
        again = reads(node.test) if isinstance(node, ast.While) else reads(node.target)
        head = ended | again
        while True:
            inside = self._block(node.body, head, replace(exits, breaks=after, continues=head))
            if (inside - target) <= head:
                break
            head |= inside - target
        return head if isinstance(node, ast.While) else head | reads(node.iter)

    def _try(self, node: ast.Try | ast.TryStar, after: Names, exits: Exits) -> Names:
        ways = after.union(exits.breaks, exits.continues, exits.raises, exits.returns)
        if node.finalbody:
            after = self._block(node.finalbody, ways, exits)
            exits = exits.through(after)
        caught = exits.raises
        for handler in node.handlers:
            types = reads(handler.type) if handler.type else NONE
            caught |= types | (self._block(handler.body, after, exits) - frozenset([handler.name or ""]))
        succeeded = self._block(node.orelse, after, exits)
        return self._block(node.body, succeeded, replace(exits, raises=caught))


def reads(*nodes: ast.AST) -> Names:
    """Return the names that evaluating `nodes` may read; what an inner function or class mentions counts as read."""
    return frozenset(name for node in nodes for name in _reads(node))


def _reads(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name):
        if not isinstance(node.ctx, ast.Store):
            yield node.id
        return
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        yield node.target.id
    if isinstance(node, COMPREHENSIONS):
        targets = {name for part in node.generators for name in stored(part.target)}
        inside = {name for child in children(node) for name in _reads(child)}
        yield from inside - targets
        yield from _reads(node.generators[0].iter)
        return
    for child in children(node):
        yield from _reads(child)


def stored(*nodes: ast.AST) -> Names:
    """Return the local names that `nodes` surely bind once they are through, inner scopes and conditions aside."""
    return frozenset(name for node in nodes for name in _stored(node))


def _stored(node: ast.AST) -> Iterator[str]:
    if isinstance(node, (*SCOPES, ast.alias)):
        yield from bound_by(node)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.AnnAssign):
        yield from _stored(node.target) if node.value is not None else ()
    elif isinstance(node, ast.Assign | ast.Import | ast.ImportFrom):
        targets = node.targets if isinstance(node, ast.Assign) else node.names
        yield from (name for target in targets for name in _stored(target))
    elif isinstance(node, ast.AugAssign):
        yield from _stored(node.target)
    elif isinstance(node, ast.withitem):
        yield from _stored(node.optional_vars) if node.optional_vars else ()
    elif isinstance(node, ast.Tuple | ast.List | ast.Starred):
        yield from (name for child in children(node) for name in _stored(child))


def assigned(body: Block) -> Names | None:
    """Return the names that are surely bound when control comes to the end of `body`; None when it never does."""
    names = NONE
    for statement in body:
        more = _assigned(statement)
        if more is None:
            return None
        names |= more
    return names


def _assigned(node: ast.stmt) -> Names | None:
    if isinstance(node, ast.Return | ast.Raise | ast.Break | ast.Continue):
        return None
    if isinstance(node, ast.If):
        return _common([assigned(node.body), assigned(node.orelse)])
    if isinstance(node, ast.Try):
        last = assigned(node.finalbody)
        tried = assigned([*node.body, *node.orelse])
        ways = _common([tried, *(assigned(handler.body) for handler in node.handlers)])
        return None if last is None or ways is None else last | ways
    return stored(node)


def _common(ways: Sequence[Names | None]) -> Names | None:
    """Return what is bound on each of `ways` that comes to its end."""
    open_ways = [way for way in ways if way is not None]
    return open_ways[0].intersection(*open_ways[1:]) if open_ways else None


def bound_before(statement: ast.stmt, function: Function, source: Source) -> Names:
    """Return the local names of `function` that surely have a value whenever control comes to `statement`."""
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    names = frozenset(item.arg for item in every if item is not None)
    child: ast.AST = statement
    for parent in source.ancestors(statement):
        for _, block in ast.iter_fields(parent):
            if isinstance(block, list) and child in block and isinstance(child, ast.stmt):
                names |= assigned(block[: block.index(child)]) or NONE
        names |= _entered(parent, child)
        if parent is function:
            break
        child = parent
    gone = {item.id for item in below(function) if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Del)}
    return names - gone


def _entered(parent: ast.AST, child: ast.AST) -> Names:
    """Return what the header of `parent` has bound when control comes to `child` in its body."""
    if isinstance(parent, ast.For | ast.AsyncFor) and child in parent.body:
        return stored(parent.target)
    if isinstance(parent, ast.With | ast.AsyncWith):
        return stored(*parent.items)
    if isinstance(parent, ast.Try) and child in parent.orelse:
        return assigned(parent.body) or NONE
    if isinstance(parent, ast.ExceptHandler) and parent.name:
        return frozenset([parent.name])
    return NONE


def captured(function: Function, source: Source) -> Names:
    """Return the names that a function, lambda, class or generator inside `function` mentions: each may read late."""
    late = [node for node in below(function) if isinstance(node, LATE) and node is not function]
    late = [node for node in late if not (isinstance(node, ast.GeneratorExp) and _is_drained(node, source))]
    return frozenset(name for node in late for part in below(node) for name in _named(part))


def _is_drained(node: ast.GeneratorExp, source: Source) -> bool:
    """Tell whether the generator is the only argument of a call that is through with it when it returns."""
    parent = source.parents[node]
    if not isinstance(parent, ast.Call) or parent.args != [node]:
        return False
    return getattr(parent.func, "id", getattr(parent.func, "attr", "")) in EAGER


def _named(node: ast.AST) -> tuple[str, ...]:
    if isinstance(node, ast.Global | ast.Nonlocal):
        return tuple(node.names)
    return (node.id,) if isinstance(node, ast.Name) else ()
