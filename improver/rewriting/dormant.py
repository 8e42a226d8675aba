"""Code that sleeps in comments: runs of comment lines that are Python from the first to the last (pure)."""

import ast
import functools
import io
import re
import textwrap
import tokenize
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from improver.names import mentioned, named_in
from improver.source import SCOPES, Source, below

LEAST = 2  # statements; a single one is as often an example or a formula
CODE = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Return, ast.Raise, ast.Import, ast.ImportFrom, ast.Delete)
PARTS = (*CODE, *SCOPES, ast.Assign, ast.AugAssign, ast.Pass, ast.Break, ast.Continue, ast.Yield, ast.Await, ast.Assert)
SPEAKS = re.compile(
    r"print|pprint|log|logger|logging|debug|trace|warn|warning|info|set_trace|breakpoint", re.IGNORECASE
)  # switched on at need
MARKED = re.compile(r"#(?!:|!)[ \t]?(.*)")


@dataclass(frozen=True, slots=True)
class Run:
    """Comment lines `first` to `last`, 1-based and inclusive, that hold `count` statements.

    `strange` are the names in it that stand in no code of the file, `calls` what it calls where it does nothing else.
    """

    first: int
    last: int
    count: int
    strange: frozenset[str]
    calls: frozenset[str]


@functools.lru_cache(maxsize=32)  # every statement of a file asks
def runs_above(source: Source) -> Mapping[ast.stmt, tuple[Run, ...]]:
    """Return the runs that stand above each statement and below the one before it."""
    runs = [run for run in _runs(source) if _is_dormant(run, source)]
    if not runs:
        return MappingProxyType({})
    starts: dict[int, ast.stmt] = {}
    for node in source.parents:
        if isinstance(node, ast.stmt):
            decorators = node.decorator_list if isinstance(node, SCOPES) else []
            starts.setdefault(min([node.lineno, *(item.lineno for item in decorators)]), node)
    found: dict[ast.stmt, tuple[Run, ...]] = {}
    for run in runs:
        line = min((line for line in starts if line > run.last), default=0)
        if line:
            found[starts[line]] = (*found.get(starts[line], ()), run)
    return MappingProxyType(found)


def _runs(source: Source) -> list[Run]:
    """Return the runs of whole comment lines in one column that parse, with their numbers of statements."""
    found = _stretches(_marked(source))
    if any(map(_may_be_text(source).__contains__, (line for first, last in found for line in range(first, last + 1)))):
        found = _stretches(_comments(source))
    runs = [_run(first, last, source) for first, last in found]
    return [run for run in runs if run is not None]


def _stretches(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the first and the last of lines in one column that follow each other, where they are enough."""
    groups: list[list[tuple[int, int]]] = []
    for line, column in places:
        if groups and groups[-1][-1] == (line - 1, column):
            groups[-1].append((line, column))
        else:
            groups.append([(line, column)])
    return [(group[0][0], group[-1][0]) for group in groups if len(group) >= LEAST]


def _marked(source: Source) -> Iterator[tuple[int, int]]:
    """Yield line and column of what looks like a comment that has its lines for itself."""
    for number, line in enumerate(source.lines, 1):
        rest = line.lstrip(" \t\f")
        if rest.startswith("#"):
            yield number, len(line) - len(rest)


def _may_be_text(source: Source) -> set[int]:
    """Return the lines that may stand inside a text of several: only the tokens can tell."""
    texts = [*source.of_kind(ast.Constant), *source.of_kind(ast.JoinedStr)]
    spans = ((node.lineno, node.end_lineno or node.lineno) for node in texts)
    return {line for first, last in spans if last > first for line in range(first + 1, last + 1)}


def _comments(source: Source) -> Iterator[tuple[int, int]]:
    """Yield line and column of the comments that have their lines for themselves, as the tokens tell."""
    for token in tokenize.generate_tokens(io.StringIO(source.text, newline="").readline):
        if token.type == tokenize.COMMENT and not token.line[: token.start[1]].strip():
            yield token.start


def _run(first: int, last: int, source: Source) -> Run | None:
    """Return the run on these lines when they are nothing but code of this file, without a remark on it."""
    found = [MARKED.fullmatch(line.strip()) for line in source.lines[first - 1 : last]]
    inner = [match.group(1) for match in found if match is not None]
    if len(inner) <= last - first or any("#" in line or not line.strip() for line in inner):
        return None
    text = textwrap.dedent("\n".join(inner))
    body = _parsed(text)
    nodes = [node for statement in body for node in below(statement)]
    statements = [node for node in nodes if isinstance(node, ast.stmt)]
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    if not calls or not all(map(_is_code, statements)) or any(map(_is_switched_on, calls)):
        return None
    names = {name for statement in body for name in mentioned(statement)}
    own = names & named_in(source)
    if len(own) * 2 <= len(names) or len(statements) < LEAST:
        return None
    plain = [one.value.func for one in body if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call)]
    called = map(ast.unparse, plain) if len(plain) == len(statements) else ()
    return Run(first, last, len(statements), frozenset(names - own), frozenset(called))


def _parsed(text: str) -> list[ast.stmt]:
    for whole in (text, f"def f():\n{textwrap.indent(text, '    ')}"):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(whole)
        except (SyntaxError, ValueError):
            continue
        return tree.body
    return []


def _is_code(node: ast.stmt) -> bool:
    """Tell whether nobody would write `node` meaning a sentence."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Call | ast.Await | ast.Yield | ast.YieldFrom)
    return isinstance(node, PARTS)


def _is_switched_on(call: ast.Call) -> bool:
    """Tell whether somebody brings the call back to see what happens, and keeps it for that."""
    return any(SPEAKS.fullmatch(name) for name in (*mentioned(call.func), getattr(call.func, "attr", "")))


def _is_dormant(run: Run, source: Source) -> bool:
    """Tell whether no comment beside the run explains it; what stands first in a file is no code of it."""
    above = [line.strip() for line in source.lines[max(run.first - 4, 0) : run.first - 1] if line.strip()]
    below = [line.strip() for line in source.lines[run.last : run.last + 2]]
    goes_on = len(below) == 2 and not below[0] and below[1].startswith("#")
    return bool(above) and not above[-1].startswith("#") and not goes_on and not _is_part(run, source)


def _is_part(run: Run, source: Source) -> bool:
    """Tell whether another comment speaks of a name that only sleeps, or is such a call: the rest would be left."""
    others = [*source.lines[: run.first - 1], *source.lines[run.last :]] if run.strange or run.calls else []
    comments = [line.partition("#")[2].strip() for line in others if "#" in line]
    is_called = any(comment.startswith(f"{name}(") for name in run.calls for comment in comments)
    return is_called or any(run.strange & set(re.findall(r"\w+", comment)) for comment in comments)
