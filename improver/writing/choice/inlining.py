"""Put what a variable stands for in its one place again, where a test says nothing else of it (pure)."""

import ast
import re
from dataclasses import replace

from improver.experiments import Case

WIDTH = 60  # characters of a call that is still read at once
LATER = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)  # run often, later or never
ACTS = (ast.Call, ast.Name, ast.NamedExpr, *LATER)  # may mind what ran before
KEPT = (*LATER, ast.JoinedStr)  # in which a name stays: not all values can be written within a text


def inline(case: Case) -> Case:
    """Return the case without variables that its call alone uses, once, as long as the call stays short.

    What may mind the order in which things happen is moved only from right before the call.
    """
    setup, call, is_next = list(case.setup), case.call, True
    for at in reversed(range(len(case.setup))):
        around = [*setup[:at], *setup[at + 1 :], *case.prelude, *(text for _, *both in case.checks for text in both)]
        made = _moved(setup[at], call, around, is_next=is_next)
        if made is None:
            is_next = False
            continue
        is_next = is_next and not _acts(setup.pop(at))
        call = made
    return replace(case, setup=tuple(setup), call=call)


def _moved(line: str, call: str, around: list[str], *, is_next: bool) -> str | None:
    """Return the call with what `line` binds in the place of its name, None where that is no use or changes things."""
    node = ast.parse(line).body[0]
    if not isinstance(node, ast.Assign) or len(node.targets) > 1 or not isinstance(node.targets[0], ast.Name):
        return None
    if any(isinstance(part, ast.Await) for part in ast.walk(node)):  # a line of its own says so
        return None
    name = node.targets[0].id
    if any(re.search(rf"\b{name}\b", text) for text in around) or not (is_next or not _acts(line)):
        return None
    tree = ast.parse(call, mode="eval").body
    places = [part for part in ast.walk(tree) if isinstance(part, ast.Name) and part.id == name]
    kept = [part for one in ast.walk(tree) if isinstance(one, KEPT) for part in ast.walk(one)]
    if len(places) != 1 or places[0] in kept:
        return None
    made = ast.unparse(_Put(places[0], node.value).visit(tree))
    return made if len(made) <= WIDTH else None


def _acts(line: str) -> bool:
    return any(isinstance(part, ACTS) for part in ast.walk(ast.parse(line)) if not _is_bound(part))


def _is_bound(part: ast.AST) -> bool:
    return isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)


class _Put(ast.NodeTransformer):
    def __init__(self, place: ast.Name, value: ast.expr) -> None:
        self.place, self.value = place, value

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Put the value in its place."""
        return self.value if node is self.place else node
