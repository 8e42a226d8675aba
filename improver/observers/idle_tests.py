"""Report tests that demand nothing: they pass as long as nothing is raised."""

import ast
import re
from collections.abc import Iterator, Mapping

from improver.observer import Project, finding_at, observer
from improver.records import Finding
from improver.source import SCOPES, Function, Source, below

DEMANDS = re.compile(
    r"assert|raises|warns|fail|check|verif|expect|ensure|valid|compare|should|snapshot|regression|deprec"
)
# The name or the docstring says that nothing more is meant.
MEANT = re.compile(
    r"smoke|not_?raise|no_error|no_exception|crash|doesn|does_not|hang|leak|benchmark|import", re.IGNORECASE
)
HEEDED = frozenset({"benchmark", "snapshot", "pytester", "testdir"})  # fixtures that look for themselves
DEMAND = "!"  # no function has this name
ENDS = frozenset({"skip", "xfail", "skipTest", "exit"})


@observer(rules={"idle_tests": "a test asserts nothing and expects nothing"})
def idle_tests(project: Project) -> Iterator[Finding]:
    """Yield each test without a demand, its own or that of a function beside the product that it calls."""
    if not project.tests:
        return
    known = {node: _called(node) for source in project.context.values() for node in source.functions}
    demanding = _demanding(known)
    for source in project.tests.values():
        for node in source.functions:
            if not known.get(node, demanding) & demanding and _is_test(node, source) and not _is_meant(node):
                message = f"`{node.name}` asserts nothing: it passes as long as nothing is raised"
                yield finding_at(node, source, "idle_tests", message)


def _demanding(known: Mapping[Function, frozenset[str]]) -> frozenset[str]:
    """Return the names of functions that demand something or call one that does, and the mark of a demand itself."""
    names = frozenset({DEMAND})
    while more := {node.name for node, called in known.items() if node.name not in names and called & names}:
        names |= more
    return names


def _called(node: Function) -> frozenset[str]:
    """Return the last names of what `node` calls, and DEMAND where it asserts, raises, leaves or asks by name."""
    found = {DEMAND} if HEEDED & {item.arg for item in node.args.args} else set[str]()
    for item in below(node):
        if isinstance(item, ast.Assert | ast.Raise | ast.Yield):
            found.add(DEMAND)
        elif isinstance(item, ast.Call):
            last = str(getattr(item.func, "attr", getattr(item.func, "id", "")))
            found.add(DEMAND if last in ENDS or DEMANDS.search(last.casefold()) else last)
    return frozenset(found)


def _is_test(node: Function, source: Source) -> bool:
    above = source.parents[node]
    inside = isinstance(above, ast.Module) or (isinstance(above, ast.ClassDef) and "est" in above.name)
    marks = " ".join(ast.unparse(item) for item in node.decorator_list)
    empty = all(isinstance(item, ast.Pass | ast.Expr) and not _calls(item) for item in node.body)
    named = node.name.startswith("test") and not isinstance(source.parents.get(above), SCOPES)
    return inside and named and not empty and not re.search(r"fixture|skip|xfail|overload", marks)


def _calls(statement: ast.stmt) -> bool:
    return any(isinstance(item, ast.Call | ast.Await) for item in below(statement))


def _is_meant(node: Function) -> bool:
    return MEANT.search(f"{node.name} {ast.get_docstring(node) or ''}") is not None
