"""Uses of an object after a call that puts it back: the same again must do the same again (pure)."""

import ast
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from improver.experiments import Case
from improver.judging.functions import definitions
from improver.source import FUNCTIONS, Function, Source
from improver.verify.checking import COROUTINE, spoken
from improver.writing.inputs.harvest import Index
from improver.writing.pieces import asks_nothing

MOST = 6  # of one function
LINES = 5  # statements of a test that somebody reads


def followed(source: Source, function: str, known: Sequence[Case], index: Index) -> Iterator[Case]:
    """Yield the `known` calls of a method that returns nothing, then a step before them once more, or another method.

    What such a call leaves behind may show only in what the object does later. A method that asks for nothing is
    called as well wherever `index` has an object for it.
    """
    owner, _, last = function.partition("::")[2].rpartition(".")
    node = definitions(source)[function.partition("::")[2]][-1]
    if not owner or last.startswith("_") or not returns_nothing(node):
        return
    readers = [name for name in _asking_nothing(source, owner) if name != last]
    found: dict[str, Case] = {}
    for case in (*known, *(_turned(owner, last, index) if asks_nothing(node) else ())):
        head, step = _step(case, last)
        if not step or len(head) + 3 > LINES:
            continue
        before = (*head, step, spoken(case.call, COROUTINE if isinstance(node, ast.AsyncFunctionDef) else ""))
        calls = [((*before, step), f"{case.call.partition('.')[0]}.{reader}()") for reader in readers]
        if again := _called(step):
            calls.append((before, again))
        for setup, call in calls:
            made = replace(case, function=function, setup=setup, call=call, origin="after")
            found.setdefault(f"{setup} {call}", made)
    yield from [*found.values()][:MOST]


def closing(source: Source, names: Collection[str]) -> set[str]:
    """Return the methods that ask for nothing and give nothing, of the classes that `names` are methods of."""
    owners = {name.rpartition(".")[0] for name in names} - {""}
    known = ((name, nodes[-1]) for name, nodes in definitions(source).items() if name.rpartition(".")[0] in owners)
    plain = ((name, node) for name, node in known if not node.name.startswith("_") and not node.decorator_list)
    return {name for name, node in plain if returns_nothing(node) and asks_nothing(node)}


def _called(step: str) -> str:
    """Return the call that a statement makes and nothing else, "" where it does more."""
    statement = ast.parse(step).body[0]
    made = statement.value if isinstance(statement, ast.Expr) else None
    made = made.value if isinstance(made, ast.Await) else made
    return ast.unparse(made) if isinstance(made, ast.Call) and isinstance(made.func, ast.Attribute) else ""


def _turned(owner: str, last: str, index: Index) -> Iterator[Case]:
    """Yield whatever calls there are with an object of the class `owner` at hand, as calls of its method `last`."""
    makes = re.compile(rf"(\w+) = {re.escape(owner)}[\[(]")
    for case in (case for cases in index.values() for case in cases):
        name = next((made[1] for made in map(makes.match, case.setup) if made), "")
        if name:
            yield replace(case, call=f"{name}.{last}()")


def returns_nothing(node: Function) -> bool:
    """Tell whether a function neither gives nor yields anything."""
    inner = [one for statement in node.body for one in ast.walk(statement)]
    gives = any(isinstance(one, ast.Yield | ast.YieldFrom) for one in inner)
    return not gives and all(one.value is None for one in inner if isinstance(one, ast.Return))


def _asking_nothing(source: Source, owner: str) -> list[str]:
    """Return the public methods of a class that need no arguments, its parents' of the same file after its own."""
    classes = {node.name: node for node in source.tree.body if isinstance(node, ast.ClassDef)}
    found: dict[str, None] = {}
    waiting, seen = [owner], set[str]()
    while waiting:
        node = classes.get(waiting.pop(0))
        if node is None or node.name in seen:
            continue
        seen.add(node.name)
        waiting += map(ast.unparse, node.bases)
        plain = (one for one in node.body if isinstance(one, FUNCTIONS) and not one.decorator_list)
        found |= {one.name: None for one in plain if not one.name.startswith("_") and asks_nothing(one)}
    return [*found]


def _step(case: Case, last: str) -> tuple[tuple[str, ...], str]:
    """Return the statements up to the object's making and the first one that uses it; "" where there is none."""
    call = ast.parse(case.call, mode="eval").body
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr != last:
        return (), ""
    name = getattr(call.func.value, "id", "")
    for at, line in enumerate(case.setup):
        made = ast.parse(line).body[0]
        if isinstance(made, ast.Assign) and [getattr(one, "id", "") for one in made.targets] == [name]:
            later = (one for one in case.setup[at + 1 :] if name in _names(one) and not _binds(one, name))
            return case.setup[: at + 1], next(later, "")
    return (), ""


def _names(line: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(line)) if isinstance(node, ast.Name)}


def _binds(line: str, name: str) -> bool:
    nodes = ast.walk(ast.parse(line))
    return any(isinstance(one, ast.Name) and one.id == name and not isinstance(one.ctx, ast.Load) for one in nodes)
