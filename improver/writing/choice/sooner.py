"""Leave out of a call that is refused what comes after a part which may be refused already, as a making (pure)."""

import ast
from dataclasses import replace

from improver.experiments import Case
from improver.writing.choice.spoken import calls_in
from improver.writing.pieces import asked_object, expression


def making_of(function: str) -> str:
    """Return the name of what makes the objects that a method is of, "" for a function.

    >>> making_of("pier/a.py::Box.put"), making_of("pier/a.py::put")
    ('pier/a.py::Box.__init__', '')
    """
    path, _, name = function.partition("::")
    owner = name.rpartition(".")[0]
    return f"{path}::{owner}.__init__" if owner else ""


def sooner(case: Case) -> Case | None:
    """Return the making alone of an object of which the call is refused, None where it is no such call.

    An object is made by its class, by an heir, or by a method of the class.
    """
    making = making_of(case.function)
    if not making or making == case.function or not case.checks or case.checks[0][0] != "raises":
        return None
    call = expression(case.call)
    made = asked_object(call) or (call.func if isinstance(call, ast.Call) else call)
    owner = making.partition("::")[2].removesuffix(".__init__")
    *homes, name = ast.unparse(made.func).split(".") if isinstance(made, ast.Call) else [""]
    if homes[-1:] == [owner]:
        making = f"{making.removesuffix('__init__')}{name}"
    elif name != owner and not name[:1].isupper():  # neither the class nor an heir, which is made as it is
        return None
    return replace(case.untold(), function=making, call=ast.unparse(made)) if making != case.function else None


def within(case: Case) -> frozenset[str]:
    """Return what else of its file a case calls, by name: functions, methods of classes, and the making of objects.

    >>> sorted(within(Case("pier/a.py::Box.__lt__", "Box(1) < Box.of('a')")))
    ['pier/a.py::Box', 'pier/a.py::Box.__init__', 'pier/a.py::Box.of', 'pier/a.py::Box.of.__init__']
    """
    path = case.function.partition("::")[0]
    texts = {ast.unparse(call.func) for line in (*case.setup, case.call) for call in calls_in(line)}
    names = {f"{path}::{text}{making}" for text in texts for making in ("", ".__init__")}
    return frozenset(names - {case.function})
