"""What an operator, or a method that does the same, is given on both sides: equal or apart, it shows little (pure)."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from improver.experiments import Case
from improver.writing.inputs.kinds import last_name
from improver.writing.pieces import HOLLOW, expression, is_bare

NUMBERS = ((7, 2), (6, 3), (2, 5))  # of which nearly every operator makes a third number
FRACTION = 0.5  # what is added where one stands already
COUNTS = (1, 2, 3, 4)
LETTERS: Mapping[type, tuple[str, ...] | tuple[bytes, ...]] = {
    str: ("a", "b", "c", "d"),
    bytes: (b"a", b"b", b"c", b"d"),
}
JOINS = ast.BitAnd | ast.BitOr | ast.BitXor | ast.Sub  # what they make of two sets depends on what these share
REFLECTED = re.compile(r"__r(?:add|sub|mul|matmul|truediv|floordiv|mod|divmod|pow|lshift|rshift|and|xor|or)__")
JOINING = re.compile(r"(?:^|_)(?:union|intersection|difference)(?:_|$)")
RELATING = frozenset({"isdisjoint", "issubset", "issuperset"})
JOIN, LESS, RELATE, RECKON = "join", "less", "relate", "reckon"  # what an operation does; less: it takes things away
NAUGHT, WHOLE = frozenset({"0"}), ".0"
COLLECTIONS = ast.List | ast.Tuple | ast.Set
EMPTY = {"set": ast.Set, "frozenset": ast.Set, "list": ast.List, "tuple": ast.Tuple}


@dataclass(frozen=True, slots=True)
class Operation:
    """The plain values, or collections of such, on both sides; `near` where both stand in the same line."""

    left: ast.expr
    right: ast.expr
    near: bool
    does: str  # to two numbers, or to two sets and what is like them


def idle(case: Case) -> int:
    """Return how many operations of a call, and of what comes before it, leave open what becomes of both sides."""
    found = (one for line in (*case.setup, case.call) for one in operations(line, case))
    return sum(_is_idle(one, _wanted(case)) for one in found)


def _wanted(case: Case) -> list[str]:
    """Return the values that a case demands, as they would be written or printed; what is made of nothing is none."""
    found = [value for kind, _, value in case.checks if kind in ("eq", "approx")]
    return ["0" if HOLLOW.fullmatch(one) else one.strip("'\"") for one in found]


def _is_idle(one: Operation, wanted: list[str]) -> bool:
    """Tell whether both sides are equal, or the outcome is one of them or nothing, or sets share nothing or are empty.

    >>> [_is_idle(next(operations(text, Case("", ""))), ["2"]) for text in ("f(2) & 2", "f(6) & 3", "f({1}) - {2}")]
    [True, False, True]
    """
    if one.does == RECKON:
        sides = {ast.unparse(side).removesuffix(WHOLE) for side in (one.left, one.right)}
        return len(sides) == 1 or not (sides | NAUGHT).isdisjoint(value.removesuffix(WHOLE) for value in wanted)
    left, right = ({*map(ast.dump, _things(side))} for side in (one.left, one.right))
    if one.does == RELATE:
        return not left or not right
    return left == right or left.isdisjoint(right) or (one.does == LESS and left < right)


def asks_left(case: Case) -> bool:
    """Tell whether a case of a method for the right side has an object of the same class on the left, which is asked.

    >>> [asks_left(Case("a.py::Sea.__rmod__", text)) for text in ("Sea(3) % Sea(2)", "350 % Sea(2)")]
    [True, False]
    """
    owner, _, last = case.function.rpartition("::")[2].rpartition(".")
    call = expression(case.call)
    left = call.left if isinstance(call, ast.BinOp) and REFLECTED.fullmatch(last) else None
    return isinstance(left, ast.Call) and last_name(left.func) == owner


def busier(line: str, case: Case) -> Iterator[list[tuple[ast.expr, ast.expr]]]:
    """Yield for each idle operation in a line other things for its sides: pairs of what stands there and what may."""
    for one in operations(line, case):
        if _is_idle(one, _wanted(case)):
            for left, right in _sides(one):
                yield [(one.left, left), (one.right, right)] if one.near else [(one.right, right)]


def _sides(one: Operation) -> Iterator[tuple[ast.expr, ast.expr]]:
    if one.does == RECKON:
        yield from ((_counted(one.left, left), _counted(one.right, right)) for left, right in NUMBERS)
        return
    own = _things(one.left)
    kinds = {type(part.value) for part in (*own, *_things(one.right))}
    known = next((known for kind, known in LETTERS.items() if kind in kinds), COUNTS)
    first, second, third, fourth = map(ast.Constant, known)
    if one.near:
        yield _like(one.left, [first, second]), _like(one.right, [second, third])
        if one.does == RELATE:
            yield _like(one.left, [first, second]), _like(one.right, [first, second, third])
            yield _like(one.left, [first, second, third]), _like(one.right, [second, third])
            yield _like(one.left, [first, second]), _like(one.right, [third, fourth])
    elif own:
        others = [part for part in (first, second, third) if part.value not in [mine.value for mine in own]]
        yield one.left, _like(one.right, [own[-1], *others[:1]])


def _counted(node: ast.expr, number: int) -> ast.expr:
    """Return a number of the type of that which stands there."""
    return ast.Constant(number + FRACTION if isinstance(getattr(node, "value", 0), float) else number)


def _like(node: ast.expr, parts: list[ast.expr]) -> ast.expr:
    """Return a collection of the same kind with other things in it."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") not in EMPTY:
        return ast.Call(node.func, [ast.List(parts, ast.Load())], [])
    kind = EMPTY[getattr(node.func, "id", "set")] if isinstance(node, ast.Call) else type(node)
    return ast.Set(parts) if kind is ast.Set else kind(parts, ast.Load())


# --- finding them -------------------------------------------------------------------------------------------------


def operations(line: str, case: Case) -> Iterator[Operation]:
    """Yield the operations in a line of a case whose sides are plain, or are made of what is plain."""
    made = _made(case)
    for node in ast.walk(ast.parse(line)):
        for left, right, does in _operated(node):
            yield from _operation(left, right, made, does)


def _operated(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr, str]]:
    """Yield both sides of an operator or a method, and what it does to sets, "" where that is not known."""
    match node:
        case ast.BinOp(left, op, right):
            yield left, right, _meant(op)
        case ast.AugAssign(ast.Name(name), op, right):
            yield ast.Name(name, ast.Load()), right, _meant(op)
        case ast.Compare(left, [ast.Lt() | ast.LtE() | ast.Gt() | ast.GtE()], [right]):
            yield left, right, RELATE
        case ast.Call(ast.Attribute(owner, method), [right], []) if method in RELATING:
            yield owner, right, RELATE
        case ast.Call(ast.Attribute(owner, method), [right], []) if JOINING.search(method):
            yield owner, right, LESS if "difference" in method and "symmetric" not in method else JOIN


def _meant(op: ast.operator) -> str:
    return LESS if isinstance(op, ast.Sub) else JOIN if isinstance(op, JOINS) else ""


def _operation(left: ast.expr, right: ast.expr, made: Mapping[str, ast.expr], does: str) -> Iterator[Operation]:
    """Yield the operation where its sides come down to two numbers or two collections, and one is no plain thing."""
    is_apart = isinstance(left, ast.Name)
    whole = (made.get(left.id, left) if isinstance(left, ast.Name) else left, right)
    ends = _inner(whole[0]), _inner(right)
    is_plain = ends == whole and not any(map(is_bare, ends))  # Python's own business
    if not is_plain and does != RELATE and all(map(_is_number, ends)):
        yield Operation(*ends, near=not is_apart, does=RECKON)
    elif not is_plain and does and all(map(_is_collection, ends)):
        yield Operation(*ends, near=not is_apart, does=does)


def _made(case: Case) -> dict[str, ast.expr]:
    """Return what the names in a case are bound to before its call."""
    nodes = [node for line in case.setup for node in ast.parse(line).body if isinstance(node, ast.Assign)]
    return {one.id: node.value for node in nodes for one in node.targets if isinstance(one, ast.Name)}


def _inner(node: ast.expr) -> ast.expr:
    """Return what is given first to the call that makes an object, and to the one that makes that."""
    while isinstance(node, ast.Call) and node.args:
        node = node.args[0]
    return node


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


def _is_collection(node: ast.expr) -> bool:
    """Tell whether an expression is a collection of plain things, or makes an empty one, or an object of nothing."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in EMPTY:
        return not node.args and not node.keywords
    if is_bare(node):
        return True
    return isinstance(node, COLLECTIONS) and all(isinstance(one, ast.Constant) for one in node.elts)


def _things(node: ast.expr) -> list[ast.Constant]:
    """Return the things in a collection that is written out."""
    return [one for one in getattr(node, "elts", ()) if isinstance(one, ast.Constant)]
