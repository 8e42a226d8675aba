"""Report look-ups that a loop makes one by one, and that one question for all could answer."""

import ast
import re
from collections.abc import Iterator

from improver.names import bound
from improver.observer import Project, finding_at, observer
from improver.records import Finding
from improver.source import FUNCTIONS, Source, below

ASKS_ONE = re.compile(
    r"\s*select\b.*\bfrom\s+[\w.\"`\[\]]+\b.*\bwhere\b.*=\s*(\?|:\w+|%s|%\(\w+\)s|\$\d)", re.IGNORECASE | re.DOTALL
)
LOOPS = (ast.For, ast.AsyncFor)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
SESSION = re.compile(r"(\w*_)?(session|db)$")
WHERES = frozenset({"get", "filter", "first", "get_or_none"})


@observer(rules={"repeated_lookups": "a loop asks a database for one thing after the other"})
def repeated_lookups(project: Project) -> Iterator[Finding]:
    """Yield a finding for every look-up that depends on what is looped over."""
    for source in project.sources.values():
        for node in source.of_kind(ast.Call):
            how = _asked(node)
            if how and (target := _looped(node, source)):
                message = f"{how} once for each {target}; one look-up before the loop could fetch them all"
                yield finding_at(node, source, "repeated_lookups", message)


def _asked(node: ast.Call) -> str:
    """Say how `node` looks something up by a key, or ""."""
    called = node.func
    if not isinstance(called, ast.Attribute):
        return ""
    owner = called.value
    if called.attr == "execute" and len(node.args) == 2 and ASKS_ONE.match(_text(node.args[0])):
        return "a query runs"
    if called.attr in WHERES and isinstance(owner, ast.Attribute) and owner.attr == "objects" and node.keywords:
        return f"{ast.unparse(owner)}.{called.attr}() runs"
    name = getattr(owner, "id", getattr(owner, "attr", ""))
    is_class = bool(node.args) and getattr(node.args[0], "id", "")[:1].isupper()
    if called.attr == "get" and len(node.args) == 2 and is_class and SESSION.fullmatch(name):
        return f"{ast.unparse(called)}() runs"
    return ""


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _looped(node: ast.Call, source: Source) -> str:
    """Return the target of the loop around `node` that what it asks for comes from, or ""."""
    values = [*node.args[1:], *(item.value for item in node.keywords)]
    names = {item.id for value in values for item in below(value) if isinstance(item, ast.Name)}
    child: ast.AST = node
    for parent in source.ancestors(node):
        if isinstance(parent, (*FUNCTIONS, ast.Lambda)):
            return ""
        if isinstance(parent, LOOPS) and child in parent.body and names & bound(parent.target):
            return "" if _leaves_at_once(parent) else ast.unparse(parent.target)
        if isinstance(parent, COMPREHENSIONS) and not isinstance(child, ast.comprehension):
            targets = [item.target for item in parent.generators if names & bound(item.target)]
            return ast.unparse(targets[0]) if targets else ""
        child = parent
    return ""


def _leaves_at_once(loop: ast.For | ast.AsyncFor) -> bool:
    """Tell whether the loop looks for one thing and stops: it may need none of the others."""
    return any(isinstance(node, ast.Break | ast.Return) for statement in loop.body for node in below(statement))
