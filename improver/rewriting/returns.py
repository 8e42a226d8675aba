"""What a function returns, and whether its annotation may say so (pure)."""

import ast
import builtins
import re
from collections import Counter
from collections.abc import Mapping

from improver.names import EVERYTHING, bound, bound_by, own
from improver.rewriting.evident import SCALARS, Known, agreed, type_of
from improver.source import FUNCTIONS, Source

FIXED = {"__init__": "None", "__repr__": "str", "__str__": "str"}  # what the language itself demands
LEAVERS = frozenset({"exit", "_exit", "abort", "quit", "fail", "skip", "execv", "execve", "execvp", "error"})
PLAIN_DECORATORS = frozenset({"dataclass", "total_ordering", "final"})
ROOTS = {name for name in dir(builtins) if name.endswith(("Error", "Exception"))} | {"object"}
Function = ast.FunctionDef | ast.AsyncFunctionDef
Returned = tuple[ast.expr, ...]


def returned(function: Function, source: Source) -> str | None:
    """Return the annotation that every return of `function` agrees on, or None."""
    nodes = list(own(function))
    if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in nodes) or _is_stub(function):
        return None
    values = [node.value for node in nodes if isinstance(node, ast.Return)]
    if all(value is None or (isinstance(value, ast.Constant) and value.value is None) for value in values):
        return "None" if values or _falls_off(function.body) else None
    if _may_fall_off(function.body):
        return None
    known = _known(function, source)
    text = agreed(None if value is None else type_of(value, known) for value in values)
    return text if text is not None and _spellable(text, known, source) else None


def _is_stub(function: Function) -> bool:
    """Tell whether the body only keeps a place: a subclass, or somebody later, says what is returned."""
    return all(
        isinstance(item, ast.Pass | ast.Raise) or (isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant))
        for item in function.body
    )


def _falls_off(body: list[ast.stmt]) -> bool:
    """Tell whether a body without a return may come to its end, and does not end the program there."""
    last = body[-1]
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
        function = last.value.func
        return getattr(function, "attr", getattr(function, "id", "")) not in LEAVERS
    return _may_fall_off(body)


def _may_fall_off(body: list[ast.stmt]) -> bool:
    """Tell whether control may come to the end of `body`; a `with` may swallow what is raised in it."""
    last = body[-1]
    if isinstance(last, ast.Return | ast.Raise):
        return False
    if isinstance(last, ast.If):
        return not last.orelse or _may_fall_off(last.body) or _may_fall_off(last.orelse)
    if isinstance(last, ast.While):
        forever = isinstance(last.test, ast.Constant) and last.test.value is True
        return not forever or any(isinstance(node, ast.Break) for node in own(last))
    if isinstance(last, ast.Try):
        ends = [last.orelse or last.body, *(handler.body for handler in last.handlers)]
        return any(map(_may_fall_off, ends)) and (not last.finalbody or _may_fall_off(last.finalbody))
    if isinstance(last, ast.Match):
        final = last.cases[-1]
        whole = isinstance(final.pattern, ast.MatchAs) and final.pattern.pattern is None and final.guard is None
        return not whole or any(_may_fall_off(case.body) for case in last.cases)
    return True


def _known(function: Function, source: Source) -> Known:
    counts = Counter(name for node in source.parents for name in bound_by(node))
    shadowed = frozenset(counts)
    if EVERYTHING in shadowed:
        return Known({}, {}, frozenset(dir(builtins)))
    rebound = bound(*function.body)
    arguments = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    names = {
        argument.arg: argument.annotation.id
        for argument in arguments
        if isinstance(argument.annotation, ast.Name) and argument.annotation.id in SCALARS - shadowed
        if argument.arg not in rebound and argument.arg not in _none_by_default(function)
    }
    return Known(names, _classes(function, source, counts), shadowed)


def _none_by_default(function: Function) -> set[str]:
    """Return the parameters whose annotation their own default contradicts."""
    positional = [*function.args.posonlyargs, *function.args.args]
    pairs = [*zip(reversed(positional), reversed(function.args.defaults), strict=False)]
    pairs += [
        (arg, default)
        for arg, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
        if default
    ]
    return {arg.arg for arg, default in pairs if isinstance(default, ast.Constant) and default.value is None}


def _classes(function: Function, source: Source, counts: Mapping[str, int]) -> dict[str, str]:
    """Return the classes of this module whose call surely makes an instance, and how to spell them at `function`."""
    found = [node for node in source.tree.body if isinstance(node, ast.ClassDef) and counts[node.name] == 1]
    made: dict[str, str] = {}
    for node in found:
        if _is_ordinary(node, set(made)):
            before = (node.end_lineno or 0) < function.lineno or _lazy(source)
            made[node.name] = node.name if before else f'"{node.name}"'
    return made


def _is_ordinary(node: ast.ClassDef, ordinary: set[str]) -> bool:
    """Tell whether a call surely makes an instance: no metaclass, no `__new__`, no unknown base or decorator."""
    bases = {base.id if isinstance(base, ast.Name) else "" for base in node.bases}
    decorators = (item.func if isinstance(item, ast.Call) else item for item in node.decorator_list)
    names = {getattr(item, "attr", getattr(item, "id", "")) for item in decorators}
    made_anew = "__new__" in bound(*node.body) or bool(getattr(node, "type_params", []))
    return bases <= ordinary | ROOTS and names <= PLAIN_DECORATORS and not node.keywords and not made_anew


def _lazy(source: Source) -> bool:
    """Tell whether annotations of this file are never evaluated by themselves."""
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(alias.name == "annotations" for alias in node.names)
        for node in source.tree.body
    )


def _spellable(text: str, known: Known, source: Source) -> bool:
    """Tell whether every name of the annotation means itself here, and this file's Python surely has `list[...]`."""
    if any(name in known.shadowed and name not in known.classes for name in re.findall(r"\w+", text)):
        return False
    if "[" not in text or _lazy(source):
        return True
    subscripts = (node.value for node in ast.walk(source.tree) if isinstance(node, ast.Subscript))
    return any(isinstance(value, ast.Name) and value.id in ("list", "dict", "set", "tuple") for value in subscripts)


def overridden(name: str, sources: list[Source]) -> bool:
    """Tell whether a class with bases defines a method `name` anywhere in `sources`."""
    for source in sources:
        if f"def {name}(" not in source.text:
            continue
        for node in ast.walk(source.tree):
            items = node.body if isinstance(node, ast.ClassDef) and node.bases else []
            if any(isinstance(item, FUNCTIONS) and item.name == name for item in items):
                return True
    return False
