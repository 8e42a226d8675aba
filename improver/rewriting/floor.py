"""The oldest Python that a project runs on, as it says itself or as its files show (pure)."""

import ast
import re
from collections.abc import Iterable

from improver.observer import Project
from improver.records import Tree
from improver.source import Source

SAYS = re.compile(r"""(?:requires[-_]python|python_requires|^python)\s*=\s*[\[("']*([^"'\])\n]+)""", re.MULTILINE)
FROM = re.compile(r"(?:>=?|~=|==|\^|~)\s*3\.(\d+)")
PLACES = ("pyproject.toml", "setup.cfg", "setup.py")
FROM_2 = re.compile(r"(?:>=?|~=|==|\^|~|^)\s*2\b")
LISTS_2 = re.compile(r"Programming Language :: Python :: 2\b")
ONLY_3 = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef, ast.YieldFrom, ast.Nonlocal, ast.Match)
# What a file that imports it without a fallback cannot do without, and since which 3.x it is there.
SINCE = {
    **dict.fromkeys(("graphlib", "zoneinfo"), 9),
    **dict.fromkeys(("typing.ParamSpec", "typing.TypeAlias"), 10),
    **dict.fromkeys(("asyncio.TaskGroup", "enum.StrEnum", "tomllib", "typing.Self"), 11),
    **dict.fromkeys(("itertools.batched", "typing.override"), 12),
}


def floor(project: Project, source: Source) -> int:
    """Return the minor version of the oldest Python 3 that `source` runs on, 0 when nothing tells."""
    return max(_declared(project), _evident(source))


def _declared(project: Project) -> int:
    return min(map(int, FROM.findall(_required(_texts(project.tree)))), default=0)


def _texts(tree: Tree) -> list[str]:
    """Return what stands in the files that may say on which Python a project runs."""
    return [file.data.decode(errors="replace") for place in PLACES if (file := tree.get(place))]


def _required(texts: Iterable[str]) -> str:
    """Return what the first text that says so requires of Python, "" where none does."""
    return next((found.group(1) for text in texts if (found := SAYS.search(text))), "")


def runs_on_2(tree: Tree, source: Source) -> bool:
    """Tell whether the project says that it runs on Python 2 too, and `source` is not written so that it cannot."""
    texts = _texts(tree)
    required = _required(texts)
    says = bool(FROM_2.search(required)) or (not FROM.search(required) and any(LISTS_2.search(text) for text in texts))
    return says and not _is_only_3(source)


def _is_only_3(source: Source) -> bool:
    signed = any(item.annotation for item in source.of_kind(ast.arg)) or any(item.returns for item in source.functions)
    caused = any(item.cause for item in source.of_kind(ast.Raise))
    return signed or caused or any(source.of_kind(kind) for kind in ONLY_3)


def _evident(source: Source) -> int:
    shown = [0]
    if source.of_kind(ast.Match):
        shown.append(10)
    if source.of_kind(ast.TryStar):
        shown.append(11)
    for node in source.tree.body:
        if isinstance(node, ast.Import):
            shown += [SINCE.get(alias.name, 0) for alias in node.names]
        if isinstance(node, ast.ImportFrom) and not node.level:
            shown += [SINCE.get(name, 0) for name in (node.module or "", *_given(node))]
    return max(shown)


def _given(node: ast.ImportFrom) -> list[str]:
    return [f"{node.module}.{alias.name}" for alias in node.names]
