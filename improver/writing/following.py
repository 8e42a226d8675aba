"""Uses of an object after a call that puts it back: the same again must do the same again (pure)."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from improver.experiments import Case
from improver.judging.functions import definitions
from improver.source import FUNCTIONS, Function, Source
from improver.verify.checking import COROUTINE, spoken
from improver.writing.harvest import Index

MOST = 6  # of one function
LINES = 5  # statements of a test that somebody reads


def followed(source: Source, function: str, known: Sequence[Case], index: Index) -> Iterator[Case]:
    """Yield the `known` calls of a method that returns nothing, a step before them once more, and another method.

    What such a call leaves behind may show only in what the object does later. A method that asks for nothing is
    called as well wherever `index` has an object for it.
    """
    owner, _, last = function.partition("::")[2].rpartition(".")
    node = definitions(source)[function.partition("::")[2]][-1]
    if not owner or last.startswith("_") or not _returns_nothing(node):
        return
    readers = [name for name in _asking_nothing(source, owner) if name != last]
    found: dict[str, Case] = {}
    for case in (*known, *(_turned(owner, last, index) if _asks_nothing(node) else ())):
        head, step = _step(case, last)
        for reader in readers if step and len(head) + 3 <= LINES else ():
            waits = isinstance(node, ast.AsyncFunctionDef)
            setup = (*head, step, spoken(case.call, COROUTINE if waits else ""), step)
            call = f"{case.call.partition('.')[0]}.{reader}()"
            found.setdefault(
                f"{setup} {call}", replace(case, function=function, setup=setup, call=call, origin="after")
            )
    yield from [*found.values()][:MOST]


def _turned(owner: str, last: str, index: Index) -> Iterator[Case]:
    """Yield whatever calls there are with an object of the class `owner` at hand, as calls of its method `last`."""
    makes = re.compile(rf"(\w+) = {re.escape(owner)}[\[(]")
    for case in (case for cases in index.values() for case in cases):
        name = next((made[1] for made in map(makes.match, case.setup) if made), "")
        if name:
            yield replace(case, call=f"{name}.{last}()")


def _returns_nothing(node: Function) -> bool:
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
        found |= {one.name: None for one in plain if not one.name.startswith("_") and _asks_nothing(one)}
    return [*found]


def _asks_nothing(node: Function) -> bool:
    given = node.args
    needed = len(given.posonlyargs) + len(given.args) - len(given.defaults)
    return needed == 1 and None not in given.kw_defaults


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
