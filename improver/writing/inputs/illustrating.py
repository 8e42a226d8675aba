"""Calls that docstrings show, and all that is known of the calls of one function (pure)."""

import ast
import doctest
import itertools
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from improver.experiments import Case
from improver.judging.functions import definitions
from improver.source import FUNCTIONS, Function, Source
from improver.writing import placing
from improver.writing.inputs.harvest import EACH, SIMPLE, Index, depended_on, is_short, name_of
from improver.writing.names import BUILT_IN, Names, bound, free_names, imported

DEFINING = (*FUNCTIONS, ast.ClassDef)


def documented(source: Source, module: str, node: Function | ast.ClassDef) -> Iterator[Case]:
    """Yield the calls of `node`, a function or a class of `source`, that its docstring shows as examples."""
    shown = (case for name, case in _shown_in(source, module, node) if name == node.name)
    yield from (case for case in shown if not any(_defines(line, node.name) for line in case.setup))


def _defines(line: str, name: str) -> bool:
    """Tell whether a statement defines something of its own by this name."""
    statement = ast.parse(line).body[0]
    return isinstance(statement, DEFINING) and statement.name == name


def used(source: Source, module: str, owner: ast.ClassDef, index: Index) -> Iterator[Case]:
    """Yield the calls of objects of the class `owner` that its docstring and tests show."""
    shown = (case for _, case in _shown_in(source, module, owner))
    tried = (case for cases in index.values() for case in cases if owner.name in " ".join((*case.setup, case.call)))
    yield from (case for case in itertools.chain(shown, tried) if _is_of_object(case, owner.name))


def _is_of_object(case: Case, owner: str) -> bool:
    """Tell whether what is called is made by a call of `owner`, there or where its name was bound last."""
    called = getattr(ast.parse(case.call, mode="eval").body, "func", None)
    if isinstance(called, ast.Name):
        made = (ast.parse(line).body[0] for line in case.setup)
        values = [one.value for one in made if isinstance(one, ast.Assign) and called.id in bound(one)]
        called = values[-1] if values else None
    return isinstance(called, ast.Call) and name_of(called) == owner


def _shown_in(source: Source, module: str, node: Function | ast.ClassDef) -> Iterator[tuple[str, Case]]:
    """Yield the calls in a docstring's examples, each with the last name of what is called."""
    names = Names.of(source)
    home = {name: (module, name) for name in (*names.defined, *names.imports) if not name.startswith("_")}
    before: list[ast.stmt] = []
    for example in _examples(node):
        try:
            body = ast.parse(example.source).body
        except SyntaxError:
            return
        for statement in body:
            simple = isinstance(statement, ast.Expr | ast.Assign)
            for call in (one for one in ast.walk(statement) if simple and isinstance(one, ast.Call)):
                case = _shown(call, before, (home, source.path))
                if case is not None:
                    yield name_of(call), case
            told = isinstance(statement, ast.Expr) and example.want  # what only shows a value changes nothing
            if isinstance(statement, (*SIMPLE, *DEFINING, ast.Import, ast.ImportFrom)) and not told:
                before.append(statement)


def _examples(node: Function | ast.ClassDef) -> list[doctest.Example]:
    try:
        return doctest.DocTestParser().get_examples(ast.get_docstring(node) or "")
    except ValueError:
        return []


def _shown(
    call: ast.Call, before: Sequence[ast.stmt], ground: tuple[Mapping[str, tuple[str, ...]], str]
) -> Case | None:
    home, path = ground
    own = {name: one for statement in before if isinstance(statement, ast.Import | ast.ImportFrom)
           for name, one in imported(statement).items()}  # fmt: skip
    setup = depended_on(call, [one for one in before if not isinstance(one, ast.Import | ast.ImportFrom)])
    names = free_names([*setup, call]) - BUILT_IN - own.keys()
    text = ast.unparse(call)
    if any(name not in home for name in names) or any(
        isinstance(one, DEFINING) and not _is_plain(one) for one in setup
    ):
        return None
    used = free_names([*setup, call])
    imports = {home[name] for name in names} | {one for name, one in own.items() if name in used}
    return Case(path, text, tuple(sorted(imports)), (), tuple(ast.unparse(one) for one in setup))


def _is_plain(statement: ast.stmt) -> bool:
    """Tell whether a definition is short, and none that an example of plain calls cannot wait for."""
    return is_short(statement) and not isinstance(statement, ast.AsyncFunctionDef)


def known_calls(index: Index, source: Source, module: str, function: str) -> tuple[Case, ...]:
    """Return what tests and docstrings say of `function` ("path::qualname"), a definition of `source`."""
    name = function.partition("::")[2]
    *owners, last = name.split(".")
    node = definitions(source)[name][-1]
    owner = source.parents.get(node)
    is_made = isinstance(owner, ast.ClassDef) and last in ("__init__", "__new__")
    if isinstance(owner, ast.ClassDef) and last == "__call__":
        cases = [*used(source, module, owner, index)]
    else:
        called = owners[-1] if is_made else last
        shown = documented(source, module, owner if isinstance(owner, ast.ClassDef) and is_made else node)
        cases = [*shown, *index.get(called, ())]
        if not owners or is_made:
            cases = [case for case in cases if not is_foreign(case, called, module.partition(".")[0])]
        if owners and called == last:
            cases = [case for case in cases if owners[-1] in " ".join((*case.setup, case.call))]
    return tuple(replace(case, function=function) for case in cases)[:EACH]


def is_foreign(case: Case, called: str, package: str) -> bool:
    """Tell whether what is called by a name of our `package` is built in, or of the standard library."""
    link: ast.AST = ast.parse(case.call, mode="eval").body
    while isinstance(link, ast.BinOp):  # a chain is a call of its last link
        link = link.right
    func = getattr(link, "func", None)
    while isinstance(func, ast.Attribute):
        func = func.value
    name = getattr(func, "id", called)
    if any(name in bound(ast.parse(line).body[0]) for line in case.setup):
        return False
    homes = [one[0].partition(".")[0] for one in case.imports if placing.name_of(one) == name]
    if not homes:
        return name == called and name in BUILT_IN and not case.prelude
    return homes[0] in sys.stdlib_module_names and homes[0] != package
