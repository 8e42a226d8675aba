"""Plainer ways to write a call: an argument less, a step less, shorter texts and lists, smaller numbers (pure)."""

import ast
import builtins
import itertools
import re
import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from improver.experiments import Case
from improver.source import Function
from improver.verify.noting import START
from improver.writing.choice.lessening import PLAIN, nearer, shorter, subsets, worded
from improver.writing.choice.oddities import contents, is_fraction, is_on_an_object, methods_called
from improver.writing.choice.switches import is_unclear, switches
from improver.writing.inputs.kinds import last_name
from improver.writing.names import bound
from improver.writing.pieces import parameters, spread

MOST = 48  # ways to write one call
USUAL = (2, PLAIN)  # in place of a fraction
DISPLAYS = {"list": ast.List, "tuple": ast.Tuple, "set": ast.Set, "dict": ast.Dict}
BRIEF = 24  # characters of a text that is written out


def plainer(case: Case, node: Function) -> Iterator[Case]:
    """Yield ways to write a call of `node` that leave something out, those that leave out most first."""
    for setup, call in itertools.islice(_ways(case, node), MOST):
        yield replace(case.untold(), setup=setup, call=call)


def _ways(case: Case, node: Function) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield other setups and calls, parts of all statements by turns."""
    setup, call = case.setup, case.call
    if START in setup:  # it was made small, and each of its words may count for what is noted
        return
    for at, line in enumerate(setup):
        if _is_idle(line, (*setup[at + 1 :], call)):
            yield (*setup[:at], *setup[at + 1 :]), call
    yield from ((setup, text) for text in _fitting(call, node))
    yield from ((setup, text) for text in _on_the_class(case, node))
    for first, *others in itertools.zip_longest(*map(rewritten, (call, *setup))):
        if first is not None:
            yield setup, first
        for at, text in enumerate(others):
            if text is not None:
                yield (*setup[:at], text, *setup[at + 1 :]), call


def _is_idle(line: str, later: tuple[str, ...]) -> bool:
    """Tell whether nothing later speaks of a name that this statement binds."""
    names = bound(ast.parse(line).body[0])
    return not any(re.search(rf"\b{re.escape(name)}\b", text) for name in names for text in later)


def _fitting(call: str, node: Function) -> Iterator[str]:
    """Yield the call with a truth value where a switch is meant, and with two alike arguments told apart."""
    tree = ast.parse(call, mode="eval").body
    if not isinstance(tree, ast.Call):
        return
    words = ((word.arg, word.value) for word in tree.keywords)
    for name, value in (*zip(parameters(node), tree.args, strict=False), *words):
        if name in switches(node) and isinstance(value, ast.Constant) and is_unclear(value):
            yield replaced(call, value, ast.Constant(bool(value.value)))
    names = [one for one in tree.args if isinstance(one, ast.Name)]
    for at, one in enumerate(names):
        if one.id in [other.id for other in names[:at]]:
            yield from (replaced(call, one, ast.Constant(other)) for other in USUAL)
    seen: list[object] = []
    for place, text in (part for one in tree.args for part in _texts(one)):
        if text in seen and (other := _other(text, seen)) is not None:
            yield replaced(call, place, ast.Constant(other))
        seen.append(text)


def _on_the_class(case: Case, node: Function) -> Iterator[str]:
    """Yield the call of a method that needs no object on the class itself."""
    owner = case.function.rpartition("::")[2].rpartition(".")[0]
    is_imported = any(one[-1] == owner for one in case.imports)
    for one in methods_called(ast.parse(case.call), node) if is_on_an_object(case, node) else ():
        made_by = one.value.func if isinstance(one.value, ast.Call) else None
        if made_by is not None and last_name(made_by) == owner:
            yield replaced(case.call, one.value, made_by)
        elif is_imported:
            yield replaced(case.call, one.value, ast.Name(owner, ast.Load()))


def _texts(node: ast.expr) -> Iterator[tuple[ast.Constant, str | bytes]]:
    """Yield the texts that an argument is, or is a list of, with their places."""
    for one in node.elts if isinstance(node, ast.List | ast.Tuple) else (node,):
        if isinstance(one, ast.Constant) and isinstance(one.value, str | bytes):
            yield one, one.value


def _other(value: str | bytes, seen: list[object]) -> str | bytes | None:
    """Return a letter that is none of `seen`, of the same type."""
    letters: list[str | bytes] = [one if isinstance(value, str) else one.encode() for one in string.ascii_lowercase]
    return next((one for one in letters if one not in seen), None)


# --- smaller parts ------------------------------------------------------------------------------------------------


def rewritten(text: str) -> Iterator[str]:
    """Yield code, an expression or a statement, with one part of it made smaller, the largest parts first."""
    root = ast.parse(text)
    called = {id(one.func) for one in ast.walk(root) if isinstance(one, ast.Call)}
    owners = {id(one.value) for one in ast.walk(root) if isinstance(one, ast.Attribute | ast.Subscript | ast.Await)}
    kept = {id(one.slice) for one in ast.walk(root) if isinstance(one, ast.Subscript)}
    first = id(root.body[0].value) if isinstance(root.body[0], ast.Expr) else 0
    kept |= {id(one.right) for one in ast.walk(root) if isinstance(one, ast.BinOp) and _names_file(one)}
    kept |= {id(text) for one in ast.walk(root) for text in contents(one)}
    kept |= {id(year) for one in ast.walk(root) for year in _years(one)}
    kept |= {id(part) for one in ast.walk(root) if _compares(one) for part in ast.walk(one)}
    nodes = [node for node in ast.walk(root) if isinstance(node, ast.expr) and id(node) not in kept]
    for node in nodes:
        if not isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
            for one in _smaller(node, argument=id(node) not in {*called, *owners, first}):
                yield replaced(text, node, one)


def _years(node: ast.AST) -> list[ast.expr]:
    """Return the year that a date is made of: a smaller one is no plainer."""
    if not isinstance(node, ast.Call) or last_name(node.func) not in ("date", "datetime"):
        return []
    return [*node.args[:1], *(word.value for word in node.keywords if word.arg == "year")]


def _compares(node: ast.AST) -> bool:
    """Tell whether a set shows whether objects are one."""
    return isinstance(node, ast.Set) and all(isinstance(one, ast.Call | ast.Name) for one in node.elts)


def _names_file(node: ast.BinOp) -> bool:
    """Tell whether a path goes on with a name."""
    return isinstance(node.op, ast.Div) and isinstance(node.right, ast.Constant) and isinstance(node.right.value, str)


def replaced(text: str, node: ast.expr, other: ast.expr) -> str:
    """Return code with another expression in the place of that which has this place."""
    return exchanged(text, [(node, other)])


def exchanged(text: str, pairs: Iterable[tuple[ast.expr, ast.expr]]) -> str:
    """Return code with other expressions in the places of some of its own."""
    return ast.unparse(_Put({_place(node): other for node, other in pairs}).visit(ast.parse(text)))


class _Put(ast.NodeTransformer):
    def __init__(self, others: Mapping[tuple[object, ...], ast.expr]) -> None:
        self.others = others

    def visit(self, node: ast.AST) -> ast.AST:
        """Put the other expressions in their places."""
        other = self.others.get(_place(node)) if isinstance(node, ast.expr) else None
        return other or self.generic_visit(node)


def _place(node: ast.expr) -> tuple[object, ...]:
    return type(node), node.lineno, node.col_offset, node.end_lineno, node.end_col_offset


def _smaller(node: ast.expr, *, argument: bool) -> Iterator[ast.expr]:
    """Yield what may stand in place of an expression; what is no `argument` stays what it is, with fewer of its own."""
    match node:
        case ast.Constant(value=str() | bytes() as text):
            yield from map(ast.Constant, (*shorter(text), *worded(text), *_as_text(text)))
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            yield from map(ast.Constant, (*nearer(number), *(USUAL if is_fraction(node) else ())))
        case ast.List() | ast.Tuple() | ast.Set():
            yield from (_like(node, kept) for kept in subsets(node.elts))
        case ast.Dict():
            for kept in subsets([*zip(node.keys, node.values, strict=True)]):
                yield ast.Dict([key for key, _ in kept], [value for _, value in kept])
            yield from (ast.List([one], ast.Load()) for one in node.keys[:1] if one is not None)
        case ast.Subscript(value=ast.List(elts=parts), slice=ast.Constant(value=int() as at)) if at < len(parts):
            yield parts[at]
        case _:
            yield from map(ast.Constant, filter(None, [_text_of(node)]))
            yield from _undone(node, argument=argument)


def _as_text(value: str | bytes) -> list[str]:
    """Return bytes as the text that most people would give: where both do, nobody wonders why it is bytes."""
    return [value.decode()] if isinstance(value, bytes) and value.isascii() else []


def _undone(node: ast.expr, *, argument: bool) -> Iterator[ast.expr]:
    """Yield what a call, a choice or an operator is made of, and a call that is given less."""
    match node:
        case ast.BinOp() if argument:
            yield node.left
        case ast.IfExp():
            yield from (node.body, node.orelse)
        case ast.BoolOp():
            yield from node.values
        case ast.Lambda(args=ast.arguments(vararg=ast.arg())):
            yield ast.parse("lambda a: a", mode="eval").body
        case ast.Call():
            yield from _of_call(node, argument=argument)
        case _:
            return


def _of_call(node: ast.Call, *, argument: bool) -> Iterator[ast.expr]:
    """Yield what a call is made of or stands for, and one that is given less."""
    match node:
        case ast.Call(func=ast.Name(id=name), args=[copied], keywords=[]) if type(copied) is DISPLAYS.get(name):
            yield copied
        case ast.Call(func=ast.Name(id="iter")):
            yield from (ast.Constant(1), *node.args)  # what is refused for its type need not be one that nobody writes
        case ast.Call(func=ast.Name(id="range")):
            yield from (ast.List([ast.Constant(1 + at) for at in range(length)], ast.Load()) for length in (0, 2))
        case _:
            yield from _without_arguments(node)
            if argument and getattr(node.func, "id", "") not in dir(builtins):
                yield from node.args


def _text_of(node: ast.expr) -> str | None:
    """Return the short text that plain texts are joined, or repeated, to; None where it is more than that."""
    match node:
        case ast.Constant(str(text)):
            return text
        case ast.BinOp(ast.Constant(str(text)), ast.Mult(), ast.Constant(int(count))) if count * len(text) <= BRIEF:
            return text * count
        case ast.Call(ast.Attribute(ast.Constant(str(mark)), "join"), [ast.List(parts) | ast.Tuple(parts)], []):
            texts = [one for one in map(_text_of, parts) if one is not None]
            return mark.join(texts) if len(texts) == len(parts) and sum(map(len, texts)) <= BRIEF else None
    return None


def _like(node: ast.List | ast.Tuple | ast.Set, kept: list[ast.expr]) -> ast.expr:
    """Return a container of the same kind; a set of nothing cannot be written so."""
    if isinstance(node, ast.Set):
        return ast.Set(kept) if kept else ast.Call(ast.Name("set", ast.Load()), [], [])
    return type(node)(kept, ast.Load())


def _without_arguments(node: ast.Call) -> Iterator[ast.expr]:
    """Yield a call that unpacks nothing, one without one of its keywords, and one without its last argument."""
    plain = spread(node)
    if ast.unparse(plain) != ast.unparse(node):
        yield plain
    for at in range(len(node.keywords)):
        yield ast.Call(node.func, node.args, [*node.keywords[:at], *node.keywords[at + 1 :]])
    if node.args:
        yield ast.Call(node.func, node.args[:-1], node.keywords)
