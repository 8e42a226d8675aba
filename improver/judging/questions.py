"""Which calls tell an old function from a new one: recorded, generated, and those of functions that use it."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from improver.experiments import Recording
from improver.judging.functions import definitions
from improver.judging.inputs import Version, generated
from improver.judging.normal import rendered
from improver.ports import Layout
from improver.records import Tree
from improver.source import Function, Source, below

COOKIE = re.compile(rb"[^\r\n]*(?:\r\n?|\n)?[^\r\n]*coding")  # the text may not be what its bytes seem to say
MODULE = "<module>"  # "path::<module>" is what a file does on import, as a function
CALLERS, NEIGHBOURS = 3, 40  # functions asked in place of one that has no recorded call; calls asked about a module
VARIED, MOST_VARIED = 2, 16  # slightly different inputs for each recorded one: where there are many, and where few


@dataclass(frozen=True, slots=True)
class Question:
    """One call of `function` that is to tell something about the function `about`."""

    function: str
    about: str
    data: bytes = b""  # pickle of (args, kwargs)
    kind: str = "recorded"  # recorded, generated, constants
    varied: int = 0
    loose: bool = False  # the annotations do not allow it
    decorated: bool = False  # call what the decorators made of the function
    names: tuple[str, ...] = ()  # for constants: what to look at


@dataclass(frozen=True)
class Ground:
    """What questions are made from: both trees, where tests lie, and what the base's suite called."""

    base: Tree
    tree: Tree
    layout: Layout
    recording: Recording
    count: int  # generated inputs of one function
    _read: dict[tuple[int, str], Source | None] = field(default_factory=dict)

    def before(self, path: str) -> Source | None:
        """Return a file of the base."""
        return self._source(self.base, path)

    def after(self, path: str) -> Source | None:
        """Return a file of the candidate."""
        return self._source(self.tree, path)

    def may_name(self, path: str, *names: str) -> bool:
        """Tell whether a file of the base may hold one of `names`: letters beyond ASCII may stand for others."""
        data = self.base[path].data if path in self.base else b""
        plain = data.isascii() and not COOKIE.match(data)
        return not plain or any(name.encode() in data for name in names)

    def _source(self, tree: Tree, path: str) -> Source | None:
        key = (id(tree), path)
        if key not in self._read:
            source = Source.read(path, tree[path].data) if path in tree else None
            self._read[key] = source if isinstance(source, Source) else None
        return self._read[key]


def questions(ground: Ground, function: str) -> tuple[Question, ...] | str:
    """Return what to ask about `function`, or why nothing can be asked."""
    path, _, name = function.partition("::")
    before, after = ground.before(path), ground.after(path)
    if before is None or after is None:
        return "it is not in both trees"
    if ground.layout.module_of(path) is None:
        return "its file is no importable module"
    if name == MODULE:
        return tuple(_about_module(ground, path, before))
    had, has = definitions(before).get(name), definitions(after).get(name)
    if not had or not has:
        return "it is not in both trees"
    return tuple(_about_function(ground, function, had[-1], has[-1]))


def _about_function(ground: Ground, function: str, before: Function, after: Function) -> Iterator[Question]:
    decorated = list(map(rendered, before.decorator_list)) != list(map(rendered, after.decorator_list))
    recorded = ground.recording.calls.get(function, ())
    varied = min(MOST_VARIED, max(VARIED, ground.count // max(1, len(recorded))))
    for data in recorded:
        yield Question(function, function, data, varied=varied, decorated=decorated)
    if _stands_alone(function, before):
        version = Version(before, after, _annotated(ground, function) or before, tuple(_tests(ground, before.name)))
        for made in generated(version, ground.count):
            yield Question(function, function, made.data, "generated", loose=made.loose, decorated=decorated)
    if not recorded:
        for caller in _callers(ground, function, before.name)[:CALLERS]:
            yield from (Question(caller, function, data, varied=VARIED) for data in ground.recording.calls[caller])


def _stands_alone(function: str, node: Function) -> bool:
    """Tell whether `node` can be called without an object that it belongs to."""
    return "." not in function.partition("::")[2] or any(
        isinstance(one, ast.Name) and one.id == "staticmethod" for one in node.decorator_list
    )


def _annotated(ground: Ground, function: str) -> Function | None:
    """Return the last definition in the stub file, which may have the annotations that the code lacks."""
    path, _, name = function.partition("::")
    stub = ground.before(f"{path}i")
    found = definitions(stub).get(name) if stub else None
    return found[-1] if found else None


def _tests(ground: Ground, name: str) -> Iterator[Function]:
    """Yield the base's tests that use this name."""
    for path in ground.base:
        if path.startswith(tuple(ground.layout.tests)) and path.endswith(".py") and ground.may_name(path, name):
            source = ground.before(path)
            for found in definitions(source).values() if source else ():
                yield from (node for node in found if name in _mentioned(node))


def _callers(ground: Ground, function: str, name: str) -> list[str]:
    """Return functions with recorded calls that use this name, those of the same file first."""
    path = function.partition("::")[0]
    asked = sorted(ground.recording.calls, key=lambda one: (not one.startswith(f"{path}::"), one))
    paths = {one.partition("::")[0] for one in asked}
    using = {path for path in paths if ground.may_name(path, name)}
    near = (one for one in asked if one != function and one.partition("::")[0] in using)
    return [one for one in near if name in _mentioned_by(ground, one)]


def _mentioned_by(ground: Ground, function: str) -> set[str]:
    path, _, name = function.partition("::")
    source = ground.before(path)
    return {word for node in (definitions(source).get(name, ()) if source else ()) for word in _mentioned(node)}


def _mentioned(node: ast.AST) -> set[str]:
    parts = below(node)
    words = {part.id for part in parts if isinstance(part, ast.Name)}
    return words | {part.attr for part in parts if isinstance(part, ast.Attribute)}


def _about_module(ground: Ground, path: str, before: Source) -> Iterator[Question]:
    function = f"{path}::{MODULE}"
    yield Question(function, function, kind="constants", names=tuple(_bound(before.tree, "")))
    own = sorted(name for name in ground.recording.calls if name.startswith(f"{path}::"))
    each = max(1, NEIGHBOURS // max(1, len(own)))
    for name in own:
        yield from (Question(name, function, data) for data in ground.recording.calls[name][:each])


def _bound(scope: ast.Module | ast.ClassDef, prefix: str) -> Iterator[str]:
    """Yield the dotted names that a module and its classes assign, imports and functions aside."""
    for statement in scope.body:
        if isinstance(statement, ast.ClassDef):
            yield from _bound(statement, f"{prefix}{statement.name}.")
        elif isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            names = (node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name))
            yield from (f"{prefix}{name}" for name in names if not name.startswith("__") or name == "__all__")


def watched(ground: Ground, functions: Sequence[str]) -> tuple[str, ...]:
    """Return the unchanged functions, "path::name", that one of `functions` calls for their effect alone.

    A call whose result is dropped is there for what it does, so its place among others matters; a call whose result
    is used may be moved, saved or repeated.
    """
    wanted = {word for function in functions for node in _versions(ground, function) for word in _dropped(node)}
    found = set()
    for path in {function.partition("::")[0] for function in ground.recording.impact} if wanted else set():
        near = ground.may_name(path, *wanted)
        before, after = (ground.before(path), ground.after(path)) if near else (None, None)
        if before and after:
            known = definitions(after)
            for name, nodes in definitions(before).items():
                if nodes[-1].name in wanted and _are_same(nodes, known.get(name, ())):
                    found.add(f"{path}::{nodes[-1].name}")
    return tuple(sorted(found))


def _are_same(nodes: Sequence[Function], others: Sequence[Function]) -> bool:
    return [*map(rendered, nodes)] == [*map(rendered, others)]


def _versions(ground: Ground, function: str) -> Iterator[Function]:
    path, _, name = function.partition("::")
    for source in (ground.before(path), ground.after(path)):
        if source is not None:
            yield from definitions(source).get(name, ())


def _dropped(function: Function) -> Iterator[str]:
    """Yield the last names of calls whose result nobody takes."""
    for node in ast.walk(function):
        value = node.value if isinstance(node, ast.Expr) else None
        call = value.value if isinstance(value, ast.Await) else value
        if isinstance(call, ast.Call):
            yield call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
