"""What is done with two objects of a class that are made differently, or with one and what is like it (pure)."""

import itertools
from collections.abc import Iterator
from dataclasses import replace

from improver.experiments import Case
from improver.source import Source
from improver.writing.inputs.arguments import definition
from improver.writing.inputs.giving import EQUALITY, ORDERS, is_set, plain_for
from improver.writing.inputs.harvest import Index
from improver.writing.inputs.makers import makers, variable_for
from improver.writing.pieces import declines, first_text

OBJECTS = 3  # of one class
NAMES = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor", "lshift", "rshift")
SIGNS = dict(zip(NAMES, ("+", "-", "*", "/", "//", "%", "**", "@", "&", "|", "^", "<<", ">>"), strict=True))
OTHERS = ("1", "'a'")  # of another kind than sets, and than what is no set
MODULAR = "pow({0}, 2, 5)"
ALONE = {"__getitem__": "{0}['a']"}  # what is no place, or no key that it has


def combined(source: Source, home: str, function: str, index: Index) -> Iterator[Case]:
    """Yield calls of a method with another object of its class, or with a set or a number where it is like one.

    What a call changes in place is looked at under the name of its object. One that knows what it has nothing to do
    with is given that too.
    """
    *owners, last = function.partition("::")[2].split(".")
    plain = [Case(function, text) for text in plain_for(source, function)]
    node = definition(source, [*owners, last])
    if not owners or node is None or not (plain or _sign(last) or last in ALONE):
        return
    known = makers(source, home, owners[-1], index)
    objects = [replace(one, function=function) for one in known if not one.setup and not one.prelude][:OBJECTS]
    if last in ALONE:
        yield from (replace(one, call=ALONE[last].format(one.call)) for one in objects)
        return
    if _sign(last) and declines(node):
        own = [text for one in objects if (text := first_text(one.call))] if last in EQUALITY else []
        plain += [Case(function, text) for text in (*own[:1], OTHERS[not is_set(source, owners[-1])])]
    if last == "__pow__" and len(node.args.args) > len(("self", "other")):
        yield from (replace(one, call=MODULAR.format(one.call)) for one in objects)
    for left, right in itertools.product(objects, (*plain, *objects)):
        if left.call == right.call or (_is_turned(last) and right in objects):
            continue  # an object has no need of what turns an operator round for another one of its class
        *setup, call = _used(last, left, right.call)
        imports = tuple(sorted({*left.imports, *right.imports}))
        yield replace(left, imports=imports, setup=tuple(setup), call=call)


def _sign(special: str) -> str:
    """Return the operator that a method is for, "" for none."""
    plain = special.removeprefix("__").removesuffix("__") if special.startswith("__") else ""
    return {**SIGNS, **ORDERS}.get(plain) or SIGNS.get(plain[1:], "")


def _is_turned(last: str) -> bool:
    """Tell whether a method is for an operator whose other side comes first."""
    return last.startswith("__r") and last.strip("_") not in SIGNS and bool(_sign(last))


def _used(last: str, left: Case, right: str) -> tuple[str, ...]:
    """Return the statements and, last, the call that use a method of an object."""
    sign, name = _sign(last), variable_for(left.call)
    if not sign:
        return (f"{left.call}.{last}({right})",)
    if last.strip("_") in (*SIGNS, *ORDERS):
        return (f"{left.call} {sign} {right}",)
    if _is_turned(last):
        return (f"{right} {sign} {left.call}",)
    return (f"{name} = {left.call}", f"{name} {sign}= {right}", name)
