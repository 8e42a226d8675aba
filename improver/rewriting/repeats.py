"""Blocks that stand in several places, equal up to the names of their locals; in time linear in the code (pure)."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from improver.names import bound, declared
from improver.source import FUNCTIONS, SCOPES, Source

BLOCKS = ("body", "orelse", "finalbody")
COMPOUND = frozenset(
    {*SCOPES, ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match}
)
Block = Sequence[ast.stmt]
LOCALS, UNWRITTEN = frozenset({"id", "arg", "name", "asname", "rest"}), frozenset({"kind", "type_comment"})  # fields
UNTELLING = (ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal, ast.Pass)  # repeated because they must be


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive statements `start` to `stop` (exclusive) of one block."""

    source: Source
    block: Block
    start: int
    stop: int

    @property
    def statements(self) -> Block:
        """Return the statements of the window."""
        return self.block[self.start : self.stop]


def repeated(sources: Iterable[Source], smallest: int) -> Iterator[list[Window]]:
    """Yield each group of equal blocks of at least `smallest` statements, nested ones included, in their order.

    Windows of the smallest size are told apart by a cheap outline first; only those whose outlines agree are
    written out with canonical names. Windows that overlap a block already yielded belong to it.
    """
    by_outline: dict[int, list[Window]] = defaultdict(list)
    for source in sources:
        if not source.generated:
            for outline, window in _windows(source, smallest):
                by_outline[outline].append(window)
    forms = _Forms()
    taken: set[int] = set()
    for group in by_outline.values():
        for sites in forms.equal(group) if len(group) > 1 else ():
            free = _apart(sites, taken)
            if len(free) > 1:
                grown = forms.grown(free)
                taken.update(*map(_inside, grown))
                yield grown


def form_of(window: Window) -> str:
    """Return the window's syntax, its local names numbered in the order in which they come."""
    return _Forms().of(window)


def renamed(window: Window) -> list[str]:
    """Return the local names of the window in the order in which they come: equal windows' names pair up."""
    forms = _Forms()
    own, numbers = forms.start(window)
    for node in window.statements:
        _written(node, own, numbers)
    return list(numbers)


def size_of(window: Window) -> int:
    """Return the number of statements of the window, nested ones included."""
    return sum(_outlined(statement, {})[0] for statement in window.statements)


def _windows(source: Source, smallest: int) -> Iterator[tuple[int, Window]]:
    """Yield the smallest windows of `source` that hold enough statements, each with its outline."""
    known: dict[ast.stmt, tuple[int, int]] = {}
    for block in _blocks(source):
        sizes, outlines = zip(*(_outlined(statement, known) for statement in block), strict=True)
        total, stop = 0, 0
        for start in range(len(block)):
            while stop < len(block) and total < smallest:
                total += sizes[stop]
                stop += 1
            if total < smallest:
                break
            yield hash(tuple(outlines[start:stop])), Window(source, block, start, stop)
            total -= sizes[start]


def _blocks(source: Source) -> Iterator[Block]:
    """Yield every block inside functions; what stands at the top of modules and classes declares, and may repeat."""
    stack: list[tuple[ast.stmt, bool]] = [(node, False) for node in reversed(source.tree.body)]
    while stack:
        node, inside = stack.pop()
        blocks = _blocks_of(node)
        inside = inside or isinstance(node, FUNCTIONS)
        if inside:
            yield from blocks
        stack.extend((statement, inside) for block in reversed(blocks) for statement in reversed(block))


def _blocks_of(node: ast.stmt) -> list[list[ast.stmt]]:
    if type(node) not in COMPOUND:
        return []
    blocks = [block for name in BLOCKS if (block := getattr(node, name, None))]
    return blocks + [inner.body for inner in (*getattr(node, "handlers", ()), *getattr(node, "cases", ()))]


def _outlined(node: ast.stmt, known: dict[ast.stmt, tuple[int, int]]) -> tuple[int, int]:
    """Return the number of statements and a hash that equal statements share, whatever their locals are called."""
    if node not in known:
        value = getattr(node, "value", None) or getattr(node, "test", None) or getattr(node, "iter", None)
        inner = [_outlined(statement, known) for block in _blocks_of(node) for statement in block]
        size = (not isinstance(node, UNTELLING) and not _is_string(node)) + sum(size for size, _ in inner)
        known[node] = size, hash((type(node), type(value), _called(value), tuple(inner)))
    return known[node]


def _called(value: object) -> str | int:
    if isinstance(value, ast.Call):
        return value.func.attr if isinstance(value.func, ast.Attribute) else len(value.args)
    return value.attr if isinstance(value, ast.Attribute) else ""


def _is_string(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


class _Forms:
    """Canonical forms of windows; the local names of each function are looked up once."""

    def __init__(self) -> None:
        self.locals: dict[ast.AST | None, frozenset[str]] = {None: frozenset()}

    def start(self, window: Window) -> tuple[frozenset[str], dict[str, int]]:
        """Return the local names around `window` and an empty numbering of them."""
        function = window.source.function_of(window.block[window.start])
        if function is not None and function not in self.locals:
            self.locals[function] = frozenset(bound(function) - declared(function))
        return self.locals[function], {}

    def of(self, window: Window) -> str:
        """Return the window's syntax, local names numbered in the order in which they come."""
        own, numbers = self.start(window)
        return ";".join(_written(node, own, numbers) for node in window.statements)

    def equal(self, group: Iterable[Window]) -> Iterator[list[Window]]:
        """Split windows of one outline by their form; yield each part that has several."""
        by_form: dict[str, list[Window]] = defaultdict(list)
        for window in group:
            by_form[self.of(window)].append(window)
        yield from (sites for sites in by_form.values() if len(sites) > 1)

    def grown(self, sites: list[Window]) -> list[Window]:
        """Extend all sites by the statements that follow for as long as they stay equal and apart."""
        names = [self.start(window) for window in sites]
        for window, (own, numbers) in zip(sites, names, strict=True):
            _written(list(window.statements), own, numbers)
        starts = {id(window.block[window.start]) for window in sites}
        while all(window.stop < len(window.block) for window in sites):
            following = [window.block[window.stop] for window in sites]
            forms = {_written(node, *known) for node, known in zip(following, names, strict=True)}
            if len(forms) > 1 or not starts.isdisjoint(map(id, following)):
                break
            sites = [Window(window.source, window.block, window.start, window.stop + 1) for window in sites]
        return sites


def _written(value: object, own: frozenset[str], numbers: dict[str, int]) -> str:
    if isinstance(value, ast.AST):
        kind = type(value)
        named = () if kind in (ast.keyword, ast.alias) else LOCALS
        fields = []
        for name in value._fields:
            part = getattr(value, name, None)
            if name in named and isinstance(part, str) and part in own:
                fields.append(f"%{numbers.setdefault(part, len(numbers))}")
            elif name not in UNWRITTEN:
                fields.append(_written(part, own, numbers))
        return f"{kind.__name__}({','.join(fields)})"
    if isinstance(value, list):
        return f"[{','.join([_written(item, own, numbers) for item in value])}]"
    return repr(value)


def _inside(window: Window) -> set[int]:
    return {id(node) for top in window.statements for node in _statements(top)}


def _statements(statement: ast.stmt) -> Iterator[ast.stmt]:
    yield statement
    for block in _blocks_of(statement):
        for inner in block:
            yield from _statements(inner)


def _apart(windows: Iterable[Window], taken: set[int]) -> list[Window]:
    """Return the windows that share no statement with what is taken or with an earlier one, in their order."""
    seen = set(taken)
    kept = []
    for window in windows:
        if seen.isdisjoint(inside := _inside(window)):
            seen |= inside
            kept.append(window)
    return kept
