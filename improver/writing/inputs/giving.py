"""Public functions of a file that give objects of one of its classes, as calls with little to write (pure)."""

import ast
import itertools

from improver.experiments import Case
from improver.source import FUNCTIONS, Function, Source
from improver.writing.inputs.arguments import GUESSES, annotation, arguments
from improver.writing.inputs.harvest import Index
from improver.writing.inputs.held import given_itself
from improver.writing.inputs.illustrating import known_calls
from improver.writing.inputs.kinds import kinds_of, last_name
from improver.writing.pieces import is_literal, required

INNER = (*FUNCTIONS, ast.ClassDef)
GIVEN = 3  # calls that give objects of one class
SETS = ("{1, 2}", "{2, 3}", "{1}")  # they have something in common, and do not
ORDERS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
EQUALITY = frozenset({"__eq__", "__ne__"})
COMBINING = frozenset({"difference", "intersection", "symmetric_difference", "union"})
COMPARING = frozenset({"isdisjoint", "issubset", "issuperset", "update", "__and__", "__or__", "__sub__", "__xor__"})
COMPARING |= {f"{name}_update" for name in COMBINING if name != "union"} | {f"__{name}__" for name in ORDERS}
RECKONING = frozenset({f"__{name}__" for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow")})
BITS = frozenset({f"__{name}__" for name in ("and", "or", "xor", "lshift", "rshift")})
NUMBERS = ("7", "2")
MAKING = frozenset({"__init__", "__new__"})
IDLE = ("0", "False", "''", "b''", "[]", "{}", "()", "0.0", "None")


def giving(source: Source, home: str, owner: str, index: Index) -> list[Case]:
    """Return calls of plain functions that give objects of the class `owner`, what one makes of its own result too."""
    known = (
        one for one in source.tree.body if isinstance(one, FUNCTIONS) and not isinstance(one, ast.AsyncFunctionDef)
    )
    found: list[list[Case]] = []
    for node in known:
        if not node.name.startswith("_") and gives(node, owner) and not _is_vague(node, source):
            calls = _calls(node, source, (home, owner), index)
            again = [_again(calls[0], node.name)] if calls and _knows(node, owner) else []
            found.append([*calls[:1], *again, *calls[1:]])
    turns = itertools.chain.from_iterable(itertools.zip_longest(*found))
    return [one for one in turns if one is not None][:GIVEN]


def gives(node: Function, owner: str) -> bool:
    """Tell whether a function says that it gives an object of a class: it is annotated so, or makes one to return."""
    if node.returns is not None:
        named = node.returns.value if isinstance(node.returns, ast.Constant) else last_name(node.returns)
        return bool(named == owner)
    inner = {
        id(one) for part in ast.walk(node) if isinstance(part, INNER) and part is not node for one in ast.walk(part)
    }
    made = (one.value for one in ast.walk(node) if isinstance(one, ast.Return) and id(one) not in inner)
    return any(isinstance(one, ast.Call) and last_name(one.func) == owner for one in made)


def is_set(source: Source, owner: str) -> bool:
    """Tell whether a class combines its objects as sets do."""
    return len(COMBINING & _methods(source, owner)) > 1


def is_given(source: Source, home: str, name: str, index: Index) -> bool:
    """Tell whether a function, by its qualified name, is a method of a private class whose objects others come by."""
    *owners, last = name.split(".")
    is_open = not last.startswith("_") or (last.endswith("__") and last not in MAKING)
    return is_open and len(owners) == 1 and bool(giving(source, home, owners[0], index))


def plain_for(source: Source, function: str) -> list[str]:
    """Return plain values that a method is given: sets where objects are combined as those, or numbers."""
    *owners, last = function.partition("::")[2].split(".")
    plain = f"__{last[3:]}" if last[:3] in ("__r", "__i") else last
    if owners and not {last, plain}.isdisjoint(COMBINING | COMPARING) and is_set(source, owners[-1]):
        return [SETS[1], SETS[0]]
    reckons = bool(owners) and len(RECKONING & _methods(source, owners[-1])) > 2
    return [*NUMBERS] if reckons and not {last, plain}.isdisjoint(RECKONING | BITS) else []


def _calls(node: Function, source: Source, names: tuple[str, str], index: Index) -> list[Case]:
    """Return calls of a function with plain values: sets for what is like one, as tests show them, or as it asks."""
    home, owner = names
    function = f"{source.path}::{node.name}"
    kinds = kinds_of(node, source, home, index)
    if any(one.annotation is not None and not kinds.of(one.annotation) for one in required(node)):
        return []  # nobody knows which of the overloads a guess would come to
    words = [*dict.fromkeys(itertools.islice(arguments(node, is_method=False, kinds=kinds), GUESSES))]
    words.sort(key=lambda one: one in IDLE)
    if is_set(source, owner) and _takes_one(node):
        words = [*SETS]
    told = (*known_calls(index, source, home, function), *given_itself(source, home, function))
    shown = [one for one in told if _is_plain(one, node.name)]
    shown = [] if node.decorator_list or words == [*SETS] else sorted(shown, key=lambda one: (len(one.call), one.call))
    imports = [tuple(sorted({(home, node.name), *kinds.needs(one)})) for one in words]
    asked = [Case(function, f"{node.name}({one})", given) for one, given in zip(words, imports, strict=True)]
    return [*shown, *asked][:GIVEN]


def _is_vague(node: Function, source: Source) -> bool:
    """Tell whether one that is overloaded gives objects of another class too for what it must be given here."""
    same = [one for one in source.tree.body if isinstance(one, ast.FunctionDef) and one.name == node.name]
    asked = [[*map(annotation, required(one))] for one in same if one.decorator_list]
    return asked.count([*map(annotation, required(node))]) > 1


def _is_plain(case: Case, name: str) -> bool:
    """Tell whether a case calls a function by its name with literals, and needs nothing before it."""
    call = ast.parse(case.call, mode="eval").body
    if case.setup or case.prelude or not isinstance(call, ast.Call) or getattr(call.func, "id", "") != name:
        return False
    given = [*map(ast.unparse, (*call.args, *(one.value for one in call.keywords)))]
    return bool(given) and all(is_literal(one) and one not in IDLE for one in given)


def _again(case: Case, name: str) -> Case:
    """Return the call of a function with what it gives."""
    return Case(case.function, f"{name}({case.call})", case.imports)


def _knows(node: Function, owner: str) -> bool:
    """Tell whether a function of one argument tells objects of a class from others that it is given."""
    asked = (one for one in ast.walk(node) if isinstance(one, ast.Compare) or _is_check(one))
    return _takes_one(node) and any(owner in (getattr(part, "id", "") for part in ast.walk(one)) for one in asked)


def _is_check(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "isinstance"


def _takes_one(node: Function) -> bool:
    return len(required(node)) == 1 and None not in node.args.kw_defaults


def _methods(source: Source, owner: str) -> set[str]:
    known = (one for one in source.tree.body if isinstance(one, ast.ClassDef) and one.name == owner)
    return {part.name for one in known for part in one.body if isinstance(part, FUNCTIONS)}
