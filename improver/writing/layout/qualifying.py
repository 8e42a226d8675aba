"""Names as the test file itself reaches them: through a module that it binds, where it does so for others (pure)."""

import ast
import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from improver.experiments import Case
from improver.names import bound
from improver.source import Source
from improver.writing.layout.grouping import Written
from improver.writing.names import brought, is_same, plain
from improver.writing.placing import Place, name_of

MADE = frozenset({"result", "error", "caught", "expected", "item", "each", "scenario"})  # names that tests bind
Import = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """How a test file reaches things: the expressions for modules, and the dotted names that stand in it."""

    modules: tuple[tuple[str, str], ...]
    dotted: frozenset[str]
    called: frozenset[str]  # plain names that it calls: no modules

    @staticmethod
    @functools.lru_cache(maxsize=8)  # asked for each call that may become a test
    def of(source: Source) -> "Way":
        """Read what a file binds and how it uses that."""
        nodes = [node for node in source.tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        pairs = [one for node in nodes for one in brought(node, source).items()]
        chains = {_chain(node) for node in ast.walk(source.tree) if isinstance(node, ast.Attribute)}
        called = {
            node.func.id
            for node in ast.walk(source.tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        modules = [pair for name, what in pairs for pair in _modules(name, what)]
        return Way(tuple(dict.fromkeys(modules)), frozenset(chains), frozenset(called))

    def to(self, module: str, name: str) -> str:
        """Return the expression for a thing of a module, "" where the file reaches none through it.

        A package may show what its modules define, or a module hold what its package shows, if the file reaches just
        that through it.
        """
        able = [(plain(known), text) for known, text in self.modules if text not in self.called]
        near = [(known, text) for known, text in able if f"{module}.".startswith(f"{known}.")]
        within = [text for known, text in able if known.startswith(f"{module}.")]
        whole = (f"{text}{module.removeprefix(known)}" for known, text in near)
        exact = [text for text in whole if self._reached(text)]
        shown = [text for text in (*(text for _, text in near), *within) if f"{text}.{name}" in self.dotted]
        return next((f"{text}.{name}" for text in (*shown, *exact)), "")

    def _reached(self, text: str) -> bool:
        """Tell whether the file reaches anything but modules through an expression."""
        deeper = {other for _, other in self.modules}
        return any(one.rpartition(".")[0] == text and one not in deeper for one in self.dotted)


def _modules(name: str, what: Import) -> list[tuple[str, str]]:
    """Return the modules that one binding may stand for, each with the expression for it."""
    if what[1] or len(what) > 2:
        return [(".".join(filter(None, what[:2])), name)]
    parts = what[0].split(".")
    dotted = [".".join(parts[:size]) for size in range(len(parts), 0, -1)]
    return [(one, one) for one in dotted]


def _chain(node: ast.expr) -> str:
    """Return a dotted name as text, "" for what is none."""
    if isinstance(node, ast.Name):
        return node.id
    head = _chain(node.value) if isinstance(node, ast.Attribute) else ""
    return f"{head}.{node.attr}" if head and isinstance(node, ast.Attribute) else ""


# --- in tests -----------------------------------------------------------------------------------------------------


def qualified(test: Written, place: Place) -> Written:
    """Return the test with names reached the way its file does; the rest needs imports as before."""
    test = _by_name(test, place)
    texts, taken = _code(test), _taken(test)
    known = {one: _reach(one, place, texts, taken) for case in test.cases for one in case.imports}
    names = {name_of(one): text for one, text in known.items() if text}
    return _rewritten(test, names, lambda case: _imports(case, names, place)) if names else test


def qualified_case(case: Case, place: Place) -> Case:
    """Return the call as a test of its own would make it."""
    return qualified(Written("", (case,)), place).cases[0]


def _by_name(test: Written, place: Place) -> Written:
    """Return the test with plain names for things of modules that its file knows by the names of such things alone."""
    for module in sorted({one[0] for case in test.cases for one in case.imports if len(one) == 2 and not one[1]}):
        names = _reached_of(module, _code(test))
        here = [place.bound.get(name, (module, name)) for name in sorted(names)]
        clear = all(
            what is not None and what[:2] == (module, name) for name, what in zip(sorted(names), here, strict=True)
        )
        others = {name_of(one) for case in test.cases for one in case.imports if one[0] != module}
        if names and clear and _is_known_by_name(module, place) and names.isdisjoint(_taken(test) | MADE | others):
            test = _rewritten(
                test,
                {f"{module}.{name}": name for name in names},
                functools.partial(_named, module=module, names=names),
            )
    return test


def _reached_of(module: str, texts: Iterable[str]) -> set[str]:
    """Return the names that are reached through a module, none where it stands for itself too."""
    nodes = [node for text in texts for node in ast.walk(ast.parse(text))]
    names = {node.attr for node in nodes if isinstance(node, ast.Attribute) and _chain(node.value) == module}
    heads = sum(isinstance(node, ast.Attribute) and _chain(node.value) == module for node in nodes)
    return names if heads == sum(isinstance(node, ast.Name) and node.id == module for node in nodes) else set()


def _is_known_by_name(module: str, place: Place) -> bool:
    """Tell whether a file imports names of a module, and not the module."""
    known = [what for what in place.bound.values() if what is not None]
    return any(what[0] == module and what[1] for what in known) and not any(
        not what[1] and f"{what[0]}.".startswith(f"{module}.") for what in known
    )


def _named(case: Case, module: str, names: set[str]) -> tuple[Import, ...]:
    used = sorted(_reached_of(module, _texts(case)) & names)
    return (*(one for one in case.imports if one[:2] != (module, "")), *((module, name) for name in used))


def _code(test: Written) -> list[str]:
    return [text for case in test.cases for text in _texts(case)]


def _taken(test: Written) -> set[str]:
    """Return the names that a test binds."""
    return {*bound(*map(ast.parse, _code(test))), *test.columns, *(name for case in test.cases for name in case.asks)}


def _texts(case: Case) -> list[str]:
    pairs = [(subject, "" if kind == "raises" else wanted) for kind, subject, wanted in case.checks]
    return [text for text in (*case.setup, case.call, *(text for pair in pairs for text in pair)) if text]


def _reach(one: Import, place: Place, texts: Iterable[str], taken: set[str]) -> str:
    """Return the expression that stands for an imported name; "" where the file has the name, or a test hides it."""
    if place.before is None or not one[1]:
        return ""
    name = name_of(one)
    if is_same(place.bound.get(name), one):
        return ""
    other = next((known for known, what in place.bound.items() if what is not None and what[:2] == one[:2]), "")
    if other:  # what is named like a built-in often has one
        return other if other not in taken | MADE else ""
    text = Way.of(place.before).to(one[0], one[1])
    root = text.partition(".")[0]
    hidden = name in taken or root in taken | MADE or place.bound.get(root) is None
    return "" if hidden or (text not in Way.of(place.before).dotted and _may_be_module(name, texts)) else text


def _may_be_module(name: str, texts: Iterable[str]) -> bool:
    """Tell whether a name is only reached through: a module has to be imported before its package knows it."""
    nodes = [node for text in texts for node in ast.walk(ast.parse(text))]
    reached = {id(node.value) for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)}
    return name.islower() and all(
        id(node) in reached for node in nodes if isinstance(node, ast.Name) and node.id == name
    )


class _Put(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Put another expression in the place of a name."""
        return ast.parse(self.names[node.id], mode="eval").body if node.id in self.names else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Put another expression in the place of a dotted name."""
        known = self.names.get(_chain(node))
        return ast.parse(known, mode="eval").body if known else self.generic_visit(node)


def _put(text: str, names: Mapping[str, str]) -> str:
    """Return code with names replaced, as it was where none stands in it."""
    tree = ast.parse(text)
    before = ast.dump(tree)
    made = _Put(names).visit(tree)
    return text if ast.dump(made) == before else ast.unparse(made)


def _rewritten(test: Written, names: Mapping[str, str], imports: Callable[[Case], tuple[Import, ...]]) -> Written:
    """Return a test with other expressions for `names`, each of its calls with the imports that it needs then."""
    rows = tuple(
        replace(row, values=tuple(_put(one, names) for one in row.values), expected=_put(row.expected, names))
        for row in test.rows
    )
    cases = tuple(_case(case, names, imports(case)) for case in test.cases)
    return replace(test, cases=cases, rows=rows, call=_put(test.call, names))


def _case(case: Case, names: Mapping[str, str], imports: tuple[Import, ...]) -> Case:
    checks = tuple(
        (kind, _put(subject, names), wanted if kind == "raises" else _put(wanted, names))
        for kind, subject, wanted in case.checks
    )
    setup = tuple(_put(line, names) for line in case.setup)
    return replace(case, call=_put(case.call, names), setup=setup, checks=checks, imports=imports)


def _imports(case: Case, names: Mapping[str, str], place: Place) -> tuple[Import, ...]:
    """Return the imports of a call that reaches `names` through modules of the file."""
    before = {node.id for text in case.prelude for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    left = [one for one in case.imports if name_of(one) not in names or name_of(one) in before]
    roots = {names[name_of(one)].partition(".")[0] for one in case.imports if name_of(one) in names}
    known = [what for root in sorted(roots) if (what := place.bound[root]) is not None]
    return tuple(dict.fromkeys([*left, *known]))
