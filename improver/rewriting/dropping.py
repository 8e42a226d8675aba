"""Take one item out of the parentheses of a signature or a call."""

import ast
import re
from collections.abc import Sequence

from improver.codemod import Abstain
from improver.rewriting.splicing import Position, Splice, end_of, start_of
from improver.source import Function, Source

COMMA = re.compile(r"\s*,\s*")
OPENING = re.compile(r"\(\s*")
CLOSING = re.compile(r"\s*,?\s*\)")
Span = tuple[Position, Position]


def without_parameter(function: Function, parameter: ast.arg, source: Source) -> Splice | Abstain:
    """Return what takes `parameter`, no positional-only one, with annotation and default out of the signature."""
    arguments = function.args
    named = parameter in arguments.kwonlyargs
    siblings = arguments.kwonlyargs if named else arguments.args
    starred = arguments.vararg or arguments.kwarg or arguments.kwonlyargs
    if arguments.posonlyargs or (len(siblings) == 1 and (named or starred)):
        return Abstain("a star or a slash of the signature would have to go with it")
    defaults: Sequence[ast.expr | None] = arguments.kw_defaults
    if not named:
        defaults = [*[None] * (len(siblings) - len(arguments.defaults)), *arguments.defaults]
    spans = [(start_of(item), end_of(default or item)) for item, default in zip(siblings, defaults, strict=True)]
    return _without(spans, siblings.index(parameter), source)


def without_argument(call: ast.Call, argument: ast.expr | ast.keyword, source: Source) -> Splice | Abstain:
    """Return what takes `argument` out of `call`."""
    items = sorted([*call.args, *call.keywords], key=start_of)
    if len(items) == 1:
        text = _text(source, end_of(call.func), start_of(argument)), _text(source, end_of(argument), end_of(call))
        if not OPENING.fullmatch(text[0]) or not CLOSING.fullmatch(text[1]):
            return Abstain("a call is laid out in an unusual way")
        return Splice(end_of(call.func), end_of(call), "()")
    return _without([(start_of(item), end_of(item)) for item in items], items.index(argument), source)


def _without(spans: Sequence[Span], place: int, source: Source) -> Splice | Abstain:
    """Return what removes the item at `place` with the comma after it, or before it when it is the last."""
    start, end = spans[place]
    if place + 1 < len(spans):
        gap, splice = (end, spans[place + 1][0]), Splice(start, spans[place + 1][0], "")
    elif place > 0:
        gap, splice = (spans[place - 1][1], start), Splice(spans[place - 1][1], end, "")
    else:
        return Splice(start, end, "")
    if not COMMA.fullmatch(_text(source, *gap)):
        return Abstain("more than a comma stands beside it")
    return _on_one_line(spans, splice, source) or splice


def _on_one_line(spans: Sequence[Span], splice: Splice, source: Source) -> Splice | None:
    """Return the splice that also closes up parentheses whose items, a line of their own, now fit beside them."""
    line = spans[0][0][0]
    if {place[0] for span in spans for place in span} != {line} or line < 2 or line == len(source.lines):
        return None
    above, items, below = (text.rstrip() for text in source.lines[line - 2 : line + 1])
    kept = items.encode()[: splice.start[1]] + items.encode()[splice.end[1] :]
    inner, tail = kept.decode().strip(), below.lstrip()
    alone = items.lstrip() == _text(source, spans[0][0], spans[-1][1])
    if not above.endswith("(") or not tail.startswith(")") or not alone or "(" in inner:
        return None
    if len(above + inner + tail) > source.width:
        return None
    return Splice((line - 1, len(above.encode())), (line + 1, len(below.encode()) - len(tail.encode())), inner)


def _text(source: Source, start: Position, end: Position) -> str:
    lines = [line.encode() for line in source.lines[start[0] - 1 : end[0]]]
    lines[-1] = lines[-1][: end[1]]
    lines[0] = lines[0][start[1] :]
    return b"".join(lines).decode()
