"""Small faults that people make, as edits of a text: one function for each kind of syntax that can be wrong."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from improver.judging.spans import Spans

COMPARED: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Lt: ("<", "<=", ">="),
    ast.LtE: ("<=", "<", ">"),
    ast.Gt: (">", ">=", "<="),
    ast.GtE: (">=", ">", "<"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: (r"is\s+not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: (r"not\s+in", "in"),
}
COMPUTED: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: (r"\+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: (r"\*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "/"),
    ast.Mod: ("%", "*"),
    ast.Pow: (r"\*\*", "*"),
    ast.LShift: ("<<", ">>"),
    ast.RShift: (">>", "<<"),
    ast.BitAnd: ("&", "|"),
    ast.BitOr: (r"\|", "&"),
    ast.BitXor: (r"\^", "&"),
}
COMMUTES = frozenset({"max", "min", "isinstance", "issubclass", "gcd", "lcm", "isclose", "hypot", "zip"})
COERCED = frozenset({"__contains__", "__exit__", "__aexit__"})  # Python asks only whether what they return is true
TRUTHS = ast.Compare | ast.BoolOp  # what is a truth value, or near enough to be negated


@dataclass(frozen=True, slots=True)
class Fault:
    """Replace characters [start, end) of a file by `text`; `whole` is the syntax that a reader is shown."""

    kind: str
    whole: ast.AST
    start: int
    end: int
    text: str


def faults(node: ast.AST, spans: Spans) -> Iterator[Fault]:
    """Yield the faults that `node` itself, its children aside, can have."""
    for kind, make in MAKERS:
        if isinstance(node, kind):
            yield from make(node, spans)


def _over(kind: str, node: ast.AST, spans: Spans, text: str, whole: ast.AST | None = None) -> Fault:
    start, end = spans.of(node)
    return Fault(kind, whole or node, start, end, text)


def _between(first: ast.AST, second: ast.AST, pattern: str, spans: Spans) -> tuple[int, int] | None:
    """Return where the operator `pattern` stands between two operands."""
    start, stop = spans.of(first)[1], spans.of(second)[0]
    gap = re.sub(r"#[^\r\n]*", lambda match: " " * len(match[0]), spans.text[start:stop])
    found = re.search(pattern, gap)
    return (start + found.start(), start + found.end()) if found else None


def _compare(node: ast.Compare, spans: Spans) -> Iterator[Fault]:
    operands = [node.left, *node.comparators]
    for left, right, operator in zip(operands, node.comparators, node.ops, strict=False):
        pattern, *others = COMPARED[type(operator)]
        place = _between(left, right, pattern, spans)
        if place:
            yield from (Fault(f"compare {other}", node, *place, other) for other in others)


def _compute(node: ast.BinOp, spans: Spans) -> Iterator[Fault]:
    pattern, other = COMPUTED.get(type(node.op), ("", ""))
    texts = (ast.JoinedStr, ast.List, ast.Tuple)
    written = [side for side in (node.left, node.right) if isinstance(side, texts) or _is_text(side)]
    place = _between(node.left, node.right, pattern, spans) if pattern and not written else None
    if place:
        yield Fault("compute", node, *place, other)


def _add_to(node: ast.AugAssign, spans: Spans) -> Iterator[Fault]:
    pattern, other = COMPUTED.get(type(node.op), ("", ""))
    place = _between(node.target, node.value, f"{pattern}=", spans) if pattern else None
    if place:
        yield Fault("compute", node, *place, f"{other}=")
    yield _over("delete", node, spans, "pass")


def _unary(node: ast.UnaryOp, spans: Spans) -> Iterator[Fault]:
    if not isinstance(node.op, ast.UAdd):
        yield _over("unary", node, spans, f"({spans.source_of(node.operand)})")


def _boolean(node: ast.BoolOp, spans: Spans) -> Iterator[Fault]:
    old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    for left, right in zip(node.values, node.values[1:], strict=False):
        place = _between(left, right, rf"\b{old}\b", spans)
        if place:
            yield Fault("boolean", node, *place, new)


def _constant(node: ast.Constant, spans: Spans) -> Iterator[Fault]:
    value = node.value
    if isinstance(value, bool):
        yield _over("constant", node, spans, str(not value))
    elif isinstance(value, int | float):
        yield _over("constant +", node, spans, _number(value + 1))
        if isinstance(value, int) and value > 0:
            yield _over("constant -", node, spans, _number(value - 1))
    elif isinstance(value, str | bytes):
        empty, full = ('""', '"x"') if isinstance(value, str) else ('b""', 'b"x"')
        yield _over("constant", node, spans, empty if value else full)


def _number(value: float) -> str:
    return hex(value) if isinstance(value, int) and value > 10**4000 else repr(value)  # repr refuses longer ones


def _return(node: ast.Return, spans: Spans) -> Iterator[Fault]:
    value = node.value
    if value is None:
        return
    if isinstance(value, ast.Constant) and value.value is None:
        yield _over("return", value, spans, "1", node)
        return
    if isinstance(value, ast.Constant) and value.value is False:
        function = spans.source.function_of(node)
        if function is not None and function.name in COERCED:
            return
    yield _over("return", value, spans, "None", node)
    if isinstance(value, TRUTHS) and not _is_turned(value):
        yield _negated(value, spans, node)


def _yield(node: ast.Yield, spans: Spans) -> Iterator[Fault]:
    if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
        yield _over("return", node.value, spans, "None", node)


def _negated(test: ast.expr, spans: Spans, whole: ast.AST | None = None) -> Fault:
    return _over("negate", test, spans, f"(not ({spans.source_of(test)}))", whole)


def _condition(node: ast.If | ast.While | ast.IfExp | ast.Assert, spans: Spans) -> Iterator[Fault]:
    if not _is_turned(node.test):
        yield _negated(node.test, spans)


def _filter(node: ast.comprehension, spans: Spans) -> Iterator[Fault]:
    yield from (_negated(test, spans) for test in node.ifs if not _is_turned(test))


def _is_turned(test: ast.expr) -> bool:
    """Tell whether a fault of its own turns this condition around already."""
    single = isinstance(test, ast.Compare) and len(test.ops) == 1
    return single or isinstance(test, ast.Constant) or (isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not))


def _statement(node: ast.Expr, spans: Spans) -> Iterator[Fault]:
    call = node.value.value if isinstance(node.value, ast.Await) else node.value
    if isinstance(call, ast.Call) and not any(isinstance(part, ast.Yield | ast.YieldFrom) for part in ast.walk(call)):
        yield _over("delete", node, spans, "pass")


def _assignment(node: ast.Assign, spans: Spans) -> Iterator[Fault]:
    """Yield the loss of what is put somewhere; a lost local name only breaks the next line."""
    if all(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets):
        yield _over("delete", node, spans, "pass")
    if isinstance(node.value, ast.Constant) and node.value.value is None:
        yield _over("constant", node.value, spans, "1", node)


def _jump(node: ast.Break | ast.Continue, spans: Spans) -> Iterator[Fault]:
    yield _over("jump", node, spans, "continue" if isinstance(node, ast.Break) else "break")


def _slice(node: ast.Slice, spans: Spans) -> Iterator[Fault]:
    for bound in (node.lower, node.upper):
        if bound is not None and not spans.is_parenthesised(bound):
            yield _over("bound", bound, spans, "", node)


def _handler(node: ast.ExceptHandler, spans: Spans) -> Iterator[Fault]:
    if node.type is not None:
        yield _over("exception", node.type, spans, "()")


def _raise(node: ast.Raise, spans: Spans) -> Iterator[Fault]:
    yield _over("delete", node, spans, "pass")
    kind = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    if isinstance(kind, ast.Name) and kind.id[:1].isupper() and kind.id != "Exception":
        yield _over("exception", kind, spans, "Exception", node)


def _call(node: ast.Call, spans: Spans) -> Iterator[Fault]:
    """Yield the first two arguments swapped, where their order can matter."""
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if len(node.args) < 2 or name in COMMUTES or any(isinstance(item, ast.Starred) for item in node.args[:2]):
        return
    first, second = map(spans.source_of, node.args[:2])
    if any(map(spans.is_parenthesised, node.args[:2])) or first == second:
        return
    start, end = spans.of(node.args[0])[0], spans.of(node.args[1])[1]
    between = spans.text[spans.of(node.args[0])[1] : spans.of(node.args[1])[0]]
    yield Fault("swap", node, start, end, f"{second}{between}{first}")


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)


MAKERS: tuple[tuple[type[ast.AST] | tuple[type[ast.AST], ...], Callable[..., Iterator[Fault]]], ...] = (
    (ast.Compare, _compare),
    (ast.BinOp, _compute),
    (ast.AugAssign, _add_to),
    (ast.UnaryOp, _unary),
    (ast.BoolOp, _boolean),
    (ast.Constant, _constant),
    (ast.Return, _return),
    (ast.Yield, _yield),
    ((ast.If, ast.While, ast.IfExp, ast.Assert), _condition),
    (ast.comprehension, _filter),
    (ast.Expr, _statement),
    (ast.Assign, _assignment),
    ((ast.Break, ast.Continue), _jump),
    (ast.Slice, _slice),
    (ast.ExceptHandler, _handler),
    (ast.Raise, _raise),
    (ast.Call, _call),
)
