"""The class whose object a call is of, as the text of the call or the name of the function says it (pure)."""

import ast
import re

from improver.experiments import Case
from improver.source import Function
from improver.writing.inputs.kinds import last_name
from improver.writing.pieces import asked_object, expression, slug, statements
from improver.writing.words.filling import bound
from improver.writing.words.wording import MUTANT

MAKING = ("__init__", "__new__")


def owner_of(case: Case, node: Function) -> str:
    """Return the class of the object that a method is called of, else that of the method.

    It is "" where neither the call nor a fault has to do with it.
    """
    path, _, name = case.function.partition("::")
    *owners, last = name.split(".")
    if not owners:
        return ""
    if member := _member(case, owners[-1], last):
        return slug(f"{owners[-1]}_{member}")
    is_making = last in MAKING
    if asked := _heir_made(case, owners[-1]) if is_making else class_read(case) or _class_asked(case):
        return slug(asked)
    found = [*filter(None, map(MUTANT.match, case.kills))]
    near = [one for one in found if one["path"] == path and node.lineno <= int(one["line"]) <= (node.end_lineno or 0)]
    if is_making or not found or near or owners[-1] in " ".join((*case.setup, case.call)):
        return "_".join(map(slug, owners))
    return ""


def _member(case: Case, owner: str, last: str) -> str:
    """Return what of its class stands in a call as the object that its method `last` is called of, "" for none."""
    nodes = [*ast.walk(expression(case.call))]
    called = {id(one.func) for one in nodes if isinstance(one, ast.Call)}
    parts = [one for one in nodes if isinstance(one, ast.Attribute) and last_name(one.value) == owner]
    found = {one.attr for one in parts if id(one) not in called and one.attr != last}
    return found.pop() if len(found) == 1 else ""


def class_read(case: Case) -> str:
    """Return the class whose making is read in the text of a call, in place or under a name; "" where none is."""
    call = expression(case.call)
    read = call.func if isinstance(call, ast.Call) else call
    made = read.value if isinstance(read, ast.Attribute) else None
    if isinstance(made, ast.Name):
        values = bound(case.setup, made.id)
        made = values[0] if len(values) == 1 else None
    own = read.value if isinstance(read, ast.Attribute) and isinstance(call, ast.Call) else None  # a class itself
    function = made.func if isinstance(made, ast.Call) else own
    function = function.value if isinstance(function, ast.Subscript) else function
    return _class_named(case, function)


def _class_asked(case: Case) -> str:
    """Return the class that is made in the text of a call to be asked by a special method; "" where none is."""
    made = asked_object(expression(case.call))
    return _class_named(case, made.func if isinstance(made, ast.Call) else None)


def _class_named(case: Case, function: ast.expr | None) -> str:
    """Return the name of a class of the product that is called; "" for what is none, or is defined in the test."""
    name = last_name(function)
    local = any(getattr(line, "name", "") == name for text in case.setup for line in statements(text))
    return name if name[:1].isupper() and not local else ""


def _heir_made(case: Case, owner: str) -> str:
    """Return the class that a call makes something of, where the one whose making it is nowhere stands in the text."""
    call = expression(case.call)
    name = last_name(call.func) if isinstance(call, ast.Call) else ""
    is_named = re.search(rf"\b{owner}\b", " ".join((*case.setup, case.call)))
    return name if name[:1].isupper() and not is_named else ""
