"""Whether consecutive statements could stand in a function of their own, and what would go in and come out (pure)."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from improver.codemod import FRAME_READERS, Abstain
from improver.names import bound, bound_by, carried_by, declared, own
from improver.rewriting.liveness import Liveness, assigned, bound_before, captured
from improver.source import SCOPES, Function, Source, below

LOOPS = (ast.For, ast.AsyncFor, ast.While)
WAITS = (ast.Yield, ast.YieldFrom, ast.Await, ast.AsyncFor, ast.AsyncWith)
MANGLED = re.compile(r"__\w*(?<!__)$")


@dataclass(frozen=True)
class Cut:
    """Consecutive statements of one block of `function`."""

    source: Source
    function: Function
    statements: Sequence[ast.stmt]

    @property
    def first(self) -> int:
        """Return the number of the first line, 1-based."""
        return self.statements[0].lineno

    @property
    def last(self) -> int:
        """Return the number of the last line, 1-based."""
        return self.statements[-1].end_lineno or self.statements[-1].lineno

    @property
    def lines(self) -> list[str]:
        """Return the whole lines, ends kept."""
        return self.source.lines[self.first - 1 : self.last]

    @property
    def lead(self) -> str:
        """Return the whitespace before the first statement."""
        return self.lines[0][: len(self.lines[0]) - len(self.lines[0].lstrip())]

    @property
    def leaves(self) -> bool:
        """Tell whether the last statement returns, so that control never comes out at the end."""
        return isinstance(self.statements[-1], ast.Return)


@dataclass(frozen=True, slots=True)
class Flow:
    """What goes into a cut and what comes out of it, each in the order in which the code names it."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def obstacle(cut: Cut) -> str:
    """Say why the statements cannot stand in a function of their own as they are, or ""."""
    if reason := _shared_lines(cut):
        return reason
    nodes = [node for statement in cut.statements for node in below(statement)]
    if any(isinstance(node, WAITS) for node in nodes):
        return "it waits or yields"
    if _jumps(cut):
        return "control leaves it by a jump"
    if any(isinstance(node, ast.Delete | ast.Global | ast.Nonlocal) for node in nodes):
        return "it deletes or declares names"
    if bound(*cut.statements) & (declared(cut.function) | captured(cut.function, cut.source)):
        return "an inner function reads, or a declaration moves, a name that it binds"
    return next((f"{name} depends on where it stands" for node in nodes if (name := _standing(node))), "")


def function_of(node: ast.AST, source: Source) -> Function | None:
    """Return the function around `node` when it is one of the module or of a class of the module."""
    function = source.function_of(node)
    if function is None:
        return None
    parent = source.parents[function]
    in_class = isinstance(parent, ast.ClassDef) and source.parents[parent] is source.tree
    return function if parent is source.tree or in_class else None


def _shared_lines(cut: Cut) -> str:
    first, last = cut.statements[0], cut.statements[-1]
    before = cut.lines[0].encode()[: first.col_offset].strip()
    after = cut.lines[-1].encode()[last.end_col_offset or 0 :].strip()
    if before or (after and not after.startswith(b"#")) or cut.lines[0].lstrip().startswith("elif"):
        return "it shares a line with something else"
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        return "a docstring stands in it"
    return ""


def _jumps(cut: Cut) -> bool:
    """Tell whether a jump leaves the cut; a return may where the cut itself always returns."""
    inside = [node for statement in cut.statements for node in (statement, *own(statement))]
    looped = {id(node) for loop in inside if isinstance(loop, LOOPS) for node in own(loop)}
    strays = [node for node in inside if isinstance(node, ast.Break | ast.Continue) and id(node) not in looped]
    returns = any(isinstance(node, ast.Return) for node in inside)
    return bool(strays) or (returns and not cut.leaves)


def _standing(node: ast.AST) -> str:
    """Return the name in `node` whose meaning depends on the function or frame it is used in."""
    name = str(getattr(node, "id", getattr(node, "attr", getattr(node, "arg", ""))) or "")
    if name in FRAME_READERS | {"super", "__class__", "stacklevel", "dir"}:
        return name
    return name if MANGLED.match(name) else ""


def flow_of(cut: Cut) -> Flow | Abstain:
    """Return what the cut reads and what is read of it later, when that is certain."""
    whole = Liveness(cut.function.body)
    bound_here = bound(*cut.statements)
    local = bound(cut.function) - declared(cut.function)
    needed = Liveness(cut.statements).needed & local
    unsure = needed - bound_before(cut.statements[0], cut.function, cut.source)
    if unsure:
        return Abstain(f"{min(unsure)} may have no value yet where it begins")
    if lost := bound_here & whole.raised[cut.statements[0]]:
        return Abstain(f"{min(lost)} may be needed after an error in it")
    wanted = frozenset() if cut.leaves else bound_here & whole.after[cut.statements[-1]]
    if loose := wanted - (assigned(cut.statements) or frozenset()) - needed:
        return Abstain(f"{min(loose)} may have no value yet where it ends")
    if stranded := _stranded(cut) - wanted:
        return Abstain(f"only it makes {min(stranded)} a local name of the function")
    order = _order(cut)
    if odd := (needed | wanted) & _no_values(cut.function):
        return Abstain(f"{min(odd)} is a module or a definition, and would go in or come out")
    return Flow(tuple(sorted(needed, key=order.index)), tuple(sorted(wanted, key=order.index)))


def _no_values(function: Function) -> set[str]:
    """Return the names of what the function imports and defines."""
    made = [node for node in below(function) if isinstance(node, (ast.alias, *SCOPES)) and node is not function]
    return {name for node in made for name in bound_by(node)}


def _stranded(cut: Cut) -> set[str]:
    """Return the names that the function mentions elsewhere and binds nowhere but in the cut."""
    inside = {id(node) for statement in cut.statements for node in below(statement)}
    rest = [node for node in below(cut.function) if id(node) not in inside]
    bound_there = {name for node in rest for name in bound_by(node)}
    return bound(*cut.statements) & {name for node in rest for name in carried_by(node)} - bound_there


def _order(cut: Cut) -> list[str]:
    nodes = [node for statement in cut.statements for node in below(statement)]
    found = sorted((node.lineno, node.col_offset, node.id) for node in nodes if isinstance(node, ast.Name))
    return [*(name for _, _, name in found), *sorted(bound(*cut.statements))]
