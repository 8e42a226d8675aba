"""What no mutant should touch: code that only talks, waits or names types, where a fault that lives says nothing."""

import ast
import re
from collections.abc import Iterator

from improver.source import children

TALKERS = frozenset({"print", "pprint", "breakpoint", "reveal_type", "cast", "sleep"})
LOGS = frozenset({"log", "logs", "logger", "logging", "warnings"})
TOLD = frozenset({"__repr__", "__str__"})
PATIENCE = re.compile(r"(?:^|_)(?:timeouts?|delay|interval|patience|retry_after|verbose|debug)(?:_|$)", re.IGNORECASE)
GUARDS = frozenset({"TYPE_CHECKING", "__debug__", "debug", "verbose", "__name__", "version_info", "platform"})


def fertile(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    """Yield the nodes of `function` that are worth a mutant, outermost first.

    None of one that is for people only, or that only types an overload: what comes after it replaces it.
    """
    if function.name in TOLD or "debug" in function.name.lower() or _types_only(function):
        return
    yield from _inside([*_valued(function.args), *function.body])


def _types_only(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Tell whether a function is an overload that does nothing: a decorator of that name may also mean another."""
    names = [getattr(one, "attr", getattr(one, "id", "")) for one in function.decorator_list]
    return "overload" in names and all(
        isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) for one in function.body
    )


def _inside(nodes: list[ast.AST]) -> Iterator[ast.AST]:
    for node in nodes:
        if not _is_arid(node):
            yield node
            yield from _inside(_parts(node))


def _valued(arguments: ast.arguments) -> list[ast.AST]:
    """Return the default values but those of arguments that are about patience or talk."""
    plain = [*arguments.posonlyargs, *arguments.args]
    pairs = [*zip(plain[len(plain) - len(arguments.defaults) :], arguments.defaults, strict=True)]
    named = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    pairs += [(argument, value) for argument, value in named if value is not None]
    return [value for argument, value in pairs if not PATIENCE.search(argument.arg)]


def _parts(node: ast.AST) -> list[ast.AST]:
    """Return the children of `node` that are run and can be told by a test: no message, annotation or decorator."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return [*_valued(node.args), *node.body]
    if isinstance(node, ast.ClassDef):
        return [*node.body]
    if isinstance(node, ast.Raise):
        return []
    if isinstance(node, ast.Assert):
        return [node.test]
    if isinstance(node, ast.AnnAssign):
        return [] if node.value is None else [node.value]
    return children(node)


def _is_arid(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        call = node.value.value if isinstance(node.value, ast.Await) else node.value
        return isinstance(call, ast.Constant) or (isinstance(call, ast.Call) and _talks(call.func))
    if isinstance(node, ast.If):
        return _is_guard(node.test)
    if isinstance(node, ast.Call):
        return _talks(node.func)
    if isinstance(node, ast.keyword):
        return PATIENCE.search(node.arg or "") is not None
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(PATIENCE.search(_last(target)) for target in targets)
    return isinstance(node, ast.JoinedStr)


def _talks(function: ast.expr) -> bool:
    names = [part.lower().strip("_") for part in _dotted(function)]
    return bool(names) and (names[-1] in TALKERS or not LOGS.isdisjoint(names[:-1]) or names[-1] == "debug")


def _is_guard(test: ast.expr) -> bool:
    """Tell whether a condition asks about the machine or the way of running, not about values."""
    left = test.left if isinstance(test, ast.Compare) else test
    left = left.value if isinstance(left, ast.Subscript) else left
    return _last(left) in GUARDS


def _last(node: ast.AST) -> str:
    return next(reversed(_dotted(node)), "")


def _dotted(node: ast.AST) -> list[str]:
    """Return the names of a dotted expression, [] of any other; of `a().b` only the last."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        return [*_dotted(node.value), node.attr]
    return []
