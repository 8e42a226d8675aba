"""Report moments without a time zone that are kept, compared or counted with, where they may mean another hour."""

import ast
from collections.abc import Iterator

from improver.observer import Project, finding_at, observer
from improver.records import Finding
from improver.rewriting.origins import called
from improver.source import Source

UTC = {"datetime.datetime.utcnow": "now", "datetime.datetime.utcfromtimestamp": "fromtimestamp"}
LOCAL = {"datetime.datetime.now": 0, "datetime.datetime.today": 0, "datetime.datetime.fromtimestamp": 1}
# What is shown to people of this place, or is turned into a moment that has a zone, may begin without one.
SHOWN = frozenset({"strftime", "isoformat", "ctime", "year", "month", "day", "hour", "date", "time"})
ZONED = frozenset({"timestamp", "astimezone", "replace"})


@observer(rules={"naive_datetime": "a moment without a time zone is kept, compared or counted with"})
def naive_datetime(project: Project) -> Iterator[Finding]:
    """Yield a finding for every call that makes such a moment."""
    for source in project.sources.values():
        for node in source.of_kind(ast.Call) if "datetime" in source.text else ():
            message = _message(node, source)
            if message:
                yield finding_at(node, source, "naive_datetime", message)


def _message(node: ast.Call, source: Source) -> str:
    """Return what is wrong with the moment that `node` makes, or ""."""
    made = called(node, source)
    parent = source.parents[node]
    used = parent.attr if isinstance(parent, ast.Attribute) else ""
    if made in UTC and used != "replace":
        name = made.rsplit(".", 1)[-1]
        return f"{name}() is UTC and does not say so; {UTC[made]}(…, tz=timezone.utc) would"
    if made not in LOCAL or len(node.args) > LOCAL[made] or node.keywords or used in SHOWN | ZONED:
        return ""
    if isinstance(parent, ast.BinOp | ast.Compare | ast.Return | ast.keyword) or _is_kept(node, parent):
        return "this moment has no time zone: it is another one elsewhere, and twice a year here"
    return ""


def _is_kept(node: ast.Call, parent: ast.AST) -> bool:
    """Tell whether the moment goes into an attribute or under a key, where it outlives the function."""
    targets = parent.targets if isinstance(parent, ast.Assign) and parent.value is node else []
    return any(isinstance(target, ast.Attribute | ast.Subscript) for target in targets)
