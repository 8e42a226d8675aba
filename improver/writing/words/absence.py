"""What a call leaves out, or looks up in an object of plain items that is not among them, in words (pure)."""

import ast

from improver.experiments import Case
from improver.source import Function
from improver.writing.pieces import defaults_of, expression, is_bare, slug
from improver.writing.words.filling import bound
from improver.writing.words.wording import MUTANT

MISSING = "of_missing_"
ITEMS = frozenset({"index", "rindex", "count", "remove", "discard", "find", "rfind"})
KEYS = frozenset({"get", "getlist", "pop", "popall", "poplast", "setdefault", "remove", "discard", "count"})
ABSENT = frozenset({"0", "-1", "None", "False", "[]", "()", "''"})  # what comes of looking for what is not there
REFUSED = frozenset({"KeyError", "ValueError", "IndexError", "LookupError"})


def left_out(case: Case, node: Function, *, partly: bool = False) -> list[str]:
    """Return "with_default_" and the name of the one parameter of `node` whose default all faults change; else none.

    It may be `partly` so: other faults are not counted then.
    """
    path, last = case.function.partition("::")[0], max(node.lineno, node.body[0].lineno - 1)
    defaults, found = defaults_of(node), set[str]()
    for fault in map(MUTANT.match, case.kills):
        name, is_given, _ = fault["old"].partition("=") if fault is not None else ("", "", "")
        is_own = fault is not None and fault["path"] == path and node.lineno <= int(fault["line"]) <= last
        found.add(name if is_own and is_given and name in defaults else "")
    found -= {""} if partly else set()
    return [f"with_default_{slug(one)}" for one in found if one] if len(found) == 1 else []


def missing(case: Case) -> str:
    """Return "of_missing_item" or "of_missing_key" for what is not in the object, and comes to nothing; else ""."""
    kind, wanted, value = case.checks[0]
    call = expression(case.call)
    if not (wanted in REFUSED if kind == "raises" else wanted == "result" and value in ABSENT):
        return ""
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return ""
    given = [*call.args, *(word.value for word in call.keywords)]
    if len(given) != 1:
        return ""
    among = _items(case, call.func.value)
    try:
        sought = ast.literal_eval(given[0])
        is_known = among is None or sought in among
    except (ValueError, TypeError):
        return ""
    is_key = isinstance(among, dict) or (wanted == "KeyError" and call.func.attr not in ITEMS)
    names, word = (KEYS, "key") if is_key else (ITEMS, "item")
    return f"{MISSING}{word}" if call.func.attr in names and not is_known else ""


def _items(case: Case, made: ast.expr) -> dict[object, object] | list[object] | tuple[object, ...] | set[object] | None:
    """Return the items that an object was made of and nothing has changed since, None where the text does not say."""
    if isinstance(made, ast.Name) and len(case.setup) == 1:
        values = bound(case.setup, made.id)
        made = values[0] if len(values) == 1 else made
    if is_bare(made):
        return ()
    if not isinstance(made, ast.Call) or len(made.args) != 1 or made.keywords:
        return None
    try:
        found = ast.literal_eval(made.args[0])
    except (ValueError, TypeError):
        return None
    return found if isinstance(found, dict | list | tuple | set) else None
