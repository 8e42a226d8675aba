"""Behaviour that looks wrong: it is never written into a test, and some of it is worth telling a human (pure)."""

import ast
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from improver.experiments import Case, Raised
from improver.judging.functions import definitions
from improver.records import Finding
from improver.source import Function, Source
from improver.writing.choice.documented import documented_otherwise
from improver.writing.pieces import declines, expression, giving, is_left_open

RULE = "possible_bug"
NEVER_FROZEN = frozenset({"AttributeError", "TypeError", "IndexError", "KeyError", "RecursionError", "NameError"})
NEVER_FROZEN |= {"UnboundLocalError", "AssertionError", "NotImplementedError", "SystemError", "MemoryError"}
NEVER_FROZEN |= {"ImportError", "ModuleNotFoundError"}  # it is what is installed that decides
TOLD = frozenset({"RecursionError", "UnboundLocalError"})  # whatever one calls with
OF_NOTHING = frozenset({"AttributeError", "IndexError"})  # told of a call with something empty
EMPTY = frozenset({"[]", "''", "{}", "()", "b''", "set()", "range(0)", "iter([])"})
COUNTED = re.compile(r"(?:\.|_|\b)(?:len|length|size|count|total_count)(?:\(.*\))?$")
DOCUMENTED = "documented"
NONE = re.compile(r"\breturns?\b[^.]*\bNone\b", re.IGNORECASE)
FORGOTTEN = re.compile(r"[a-z] None\b")
LOOKS_UP = re.compile(r"(?:^|_)(?:get|pop|index|item|key|lookup|find|nth|first|last|peek|divide|ratio)(?:_|$|item)")
CHECKS = re.compile(r"_?(?:assert|check|ensure|require|validate)_")
PREDICATE = re.compile(r"^(?:is|has|can|should)_")
FITS: Mapping[str, frozenset[str]] = {
    "int": frozenset({"int", "bool"}),
    "float": frozenset({"float", "int"}),
    "None": frozenset({"NoneType"}),
    **{name: frozenset({name}) for name in ("str", "bytes", "bool", "list", "tuple", "set", "dict", "frozenset")},
}


def announces(node: Function, error: str) -> bool:
    """Tell whether the function itself says in so many words that it raises this error, or that it checks something.

    One that declines has Python raise a TypeError.
    """
    nodes = [*ast.walk(node)]
    if error == "TypeError" and declines(node):
        return True
    raised = (one.exc for one in nodes if isinstance(one, ast.Raise))
    if any(getattr(exc.func if isinstance(exc, ast.Call) else exc, "id", "") == error for exc in raised):
        return True
    return any(CHECKS.match(str(getattr(one.func, "id", ""))) for one in nodes if isinstance(one, ast.Call))


def contradiction(case: Case, node: Function) -> str:
    """Return how what a call comes to contradicts the function's annotation, name or docstring, "" when it does not.

    What a function gives that sets one name twice in a statement is never right for certain.
    """
    if (slip := twice(node)) is not None:
        return f"does `{ast.unparse(slip)}`"
    if case.checks and case.checks[0][0] == "raises":
        wanted = documented_otherwise(node, case.checks[0][1])
        return f"raises {case.checks[0][1]} where {wanted} is {DOCUMENTED}" if wanted else ""
    if not case.gives or node.name in ("__init__", "__new__") or case.origin == "after" or not _is_of(case, node):
        return ""
    allowed = _allowed(node.returns)
    waits = isinstance(node, ast.AsyncFunctionDef)
    if allowed and case.gives not in allowed and case.way in (("coroutine",) if waits else ("", "loop")):
        return f"gives a {case.gives} where {ast.unparse(node.returns) if node.returns else ''} is annotated"
    if PREDICATE.match(node.name) and node.returns is None and case.gives != "bool":
        return f"gives a {case.gives} where its name promises yes or no"
    return ""


def twice(node: Function) -> ast.Assign | None:
    """Return the first statement of a function that sets one name twice, where an operator may be meant."""
    for one in ast.walk(node):
        if isinstance(one, ast.Assign) and len({*map(ast.unparse, one.targets)}) < len(one.targets):
            return one
    return None


def _is_of(case: Case, node: Function) -> bool:
    """Tell whether what a call gives is what the function does, and not what comes of another that leads to it."""
    read = expression(case.call)
    named = read.func if isinstance(read, ast.Call) else read
    is_asked = node.name.startswith("__")  # by an operator, or by a function of Python's own
    return is_asked or node.name == getattr(named, "attr", getattr(named, "id", ""))


def _allowed(annotation: ast.expr | None) -> frozenset[str]:
    """Return the names of the types that an annotation allows; none when it is not a simple one."""
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        left, right = _allowed(annotation.left), _allowed(annotation.right)
        return left | right if left and right else frozenset()
    if isinstance(annotation, ast.Constant):
        return FITS["None"] if annotation.value is None else frozenset()
    return FITS.get(annotation.id, frozenset()) if isinstance(annotation, ast.Name) else frozenset()


def absurd(case: Case) -> bool:
    """Tell whether a call ends with less than nothing of something that is counted, or with a None among words.

    Such a None is one that somebody forgot to leave out, unless the call speaks of it.
    """
    speaks = "None" in " ".join((*case.setup, case.call))
    return any(
        kind == "eq"
        and ((wanted.startswith("-") and COUNTED.search(subject)) or (not speaks and FORGOTTEN.search(wanted)))
        for kind, subject, wanted in case.checks
    )


def at_odds(source: Source, cases: Iterable[Case]) -> dict[str, str]:
    """Map methods that give another value than their parent's, of the same file, for the same call to what is said."""
    own = (case for case in cases if case.function.startswith(f"{source.path}::"))
    known = {(case.setup, case.call): case for case in own if case.checks and case.checks[0][0] in ("eq", "is")}
    parents = {
        node.name: [*map(ast.unparse, node.bases)] for node in source.tree.body if isinstance(node, ast.ClassDef)
    }
    found: dict[str, str] = {}
    for (setup, call), case in known.items():
        owner, _, method = case.function.partition("::")[2].rpartition(".")
        for parent in parents.get(owner, ()) if method != "__init__" else ():
            other = known.get((setup, re.sub(rf"\b{owner}\b", parent, call)))
            if any(map(is_left_open, definitions(source).get(f"{parent}.{method}", ()))):
                continue
            if other and other.function.endswith(f"::{parent}.{method}") and other.checks[0][1] == case.checks[0][1]:
                mine, theirs = case.checks[0][2], other.checks[0][2]
                if mine.replace(owner, parent) != theirs:
                    found.setdefault(case.function, f"{_shown(case)}` gives {mine} where {parent} gives {theirs}")
    return found


def possible_bugs(source: Source, raised: Sequence[Raised], cases: Iterable[Case]) -> tuple[Finding, ...]:
    """Return at most one note for each function: the shortest call that ends as nobody seems to have meant."""
    found: dict[str, Finding] = {}
    known, cases = definitions(source), [case for case in cases if case.function.startswith(f"{source.path}::")]
    raised = [one for one in raised if one.case.function.startswith(f"{source.path}::")]
    for function, call, says in sorted((*_broken(known, raised), *_odd(known, cases)), key=lambda one: len(one[1])):
        if function not in found:
            message = f"`{call}` {says}{'' if DOCUMENTED in says else ', which nothing about it announces'}"
            found[function] = _note(source, function, says.partition(":")[0], message)
    for name, nodes in known.items():
        if (slip := twice(giving(nodes))) is not None:
            message = f"`{ast.unparse(slip)}` sets one name twice: an operator may be meant in place of a second `=`"
            found[f"{source.path}::{name}"] = _note(source, f"{source.path}::{name}", "sets twice", message)
    for function, says in at_odds(source, cases).items():
        found.setdefault(function, _note(source, function, "its parent", f"`{says}"))
    return tuple(found.values())


def _note(source: Source, function: str, kind: str, message: str) -> Finding:
    name = function.partition("::")[2]
    key = hashlib.sha256(f"{RULE}\0{function}\0{kind}".encode()).hexdigest()[:16]
    return Finding(key, RULE, source.path, name, giving(definitions(source)[name]).lineno, 0, message)


def _broken(known: Mapping[str, list[Function]], raised: Sequence[Raised]) -> Iterator[tuple[str, str, str]]:
    for one in raised:
        node = giving(known[one.case.function.partition("::")[2]])
        if one.deliberate or one.case.origin not in ("varied", "generated"):
            continue
        if one.error not in TOLD and (not _is_of_nothing(one) or _hands_over(one.case)):
            continue
        if one.error in (ast.get_docstring(node) or "") or LOOKS_UP.search(node.name.strip("_")):
            continue
        yield one.case.function, _shown(one.case), f"raises {one.error}: {one.says}"


def _hands_over(case: Case) -> bool:
    """Tell whether a function of the call's own is handed over: what comes of it may be that one's doing."""
    nodes = [node for text in (*case.setup, case.call) for node in ast.walk(ast.parse(text))]
    return any(
        isinstance(node, ast.Lambda | ast.FunctionDef)
        or (isinstance(node, ast.Attribute) and getattr(node.value, "id", "") in ("operator", "functools"))
        for node in nodes
    )


def _is_of_nothing(one: Raised) -> bool:
    """Tell whether a call breaks on an argument that is empty or, where it divides, zero."""
    call = ast.parse(one.case.call, mode="eval").body
    given = {ast.unparse(value) for value in call.args} if isinstance(call, ast.Call) else set()
    if one.error == "ZeroDivisionError":
        return "0" in given or not EMPTY.isdisjoint(given)
    if one.error == "AttributeError" and "'NoneType'" not in one.says:
        return False  # an argument of another type than anybody gives
    return one.error in OF_NOTHING and not EMPTY.isdisjoint(given)


def _odd(known: Mapping[str, list[Function]], cases: Iterable[Case]) -> Iterator[tuple[str, str, str]]:
    for case in cases:
        node = giving(known[case.function.partition("::")[2]])
        is_unsure = case.gives == "NoneType" and (_hands_over(case) or NONE.search(ast.get_docstring(node) or ""))
        why = dict(case.unlike).get(node.name) or ("" if is_unsure else contradiction(case, node))
        if why:
            yield case.function, _shown(case), why


def _shown(case: Case) -> str:
    return "; ".join((*case.setup, case.call)).replace("`", "'")
