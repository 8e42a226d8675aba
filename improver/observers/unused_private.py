"""Report private functions, classes, constants and methods that nothing in the project names, not even a string."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from improver.observer import Project, finding_at, observer
from improver.records import Finding
from improver.rewriting.private import Definition, private_name, span
from improver.source import Source

# A word that begins with _, also right after an escape: "\n_name". With _ in front the pattern is found much faster.
TOKEN = re.compile(rb"_(?:(?<![A-Za-z0-9_]_)|(?<=\\[abfnrtv0-7]_))[A-Za-z0-9_]+")
BINARY = 8192  # bytes that are searched for a NUL, as git does
# What can find a name that the text does not spell out; definitions beside it are left alone.
REFLECTION = re.compile(
    r"\b(?:globals|locals|vars|dir|eval|exec|getmembers|__dict__|__all_subclasses__|__subclasses__|__init_subclass__)\b"
    r"|\b(?:getattr|hasattr|attrgetter|methodcaller)\(\s*(?!['\"])[^,'\"()]*(?:,(?!\s*['\"])|\))"
)
PLACEHOLDER = re.compile(r"%\(\w+\)s|%[a-z]|\{[^{}]*\}")
ANY = r"\w*"


@dataclass(frozen=True, slots=True)
class _Candidate:
    source: Source
    node: Definition
    name: str


@observer(rules={"unused_private": "nothing in the project names this private definition"})
def unused_private(project: Project) -> Iterator[Finding]:
    """Yield a finding for every private definition whose name stands nowhere but in itself."""
    candidates = [item for source in project.sources.values() for item in _candidates(source)]
    counts = _counted(project, {item.name for item in candidates})
    unnamed = [item for item in candidates if counts[item.name] == _own_mentions(item)]
    if unnamed:
        yield from _findings(project, unnamed)


def _candidates(source: Source) -> Iterator[_Candidate]:
    if source.generated or "_" not in source.text or REFLECTION.search(source.text):
        return
    classes = [node for node in source.tree.body if isinstance(node, ast.ClassDef)]
    for node in (*source.tree.body, *(inner for outer in classes for inner in outer.body)):
        if (name := private_name(node, source)) is not None:
            yield _Candidate(source, node, name)  # type: ignore[arg-type] # it has a private name, so it defines one


def _counted(project: Project, names: set[str]) -> Counter[str]:
    """Count each of `names` as a word in every text file: code, strings, comments, documents, configuration."""
    wanted = {name.encode(): name for name in names}
    counts: Counter[str] = Counter()
    if wanted:
        for file in project.tree.values():
            if b"\0" not in file.data[:BINARY]:
                counts.update(wanted[token] for token in TOKEN.findall(file.data) if token in wanted)
    return counts


def _own_mentions(item: _Candidate) -> int:
    first, last = span(item.node)
    text = "".join(item.source.lines[first - 1 : last])
    return sum(token == item.name.encode() for token in TOKEN.findall(text.encode()))


def _findings(project: Project, unnamed: Iterable[_Candidate]) -> Iterator[Finding]:
    everything = (*project.sources.values(), *project.context.values())
    bases = {name for source in everything for name in _mixed_in(source)}
    built = [(source.path, pattern) for source in everything for pattern in _built(source)]
    for item in unnamed:
        parent = item.source.parents[item.node]
        if isinstance(parent, ast.ClassDef) and parent.name in bases:
            continue
        if any(_may_mean(pattern, path, item) for path, pattern in built):
            continue
        first, last = span(item.node)
        message = f"nothing in the project names `{item.name}`"
        yield finding_at(item.node, item.source, "unused_private", message, {"lines": last - first + 1})


def _mixed_in(source: Source) -> Iterator[str]:
    """Yield the names of classes that share a subclass with another base, which may call what they define."""
    for node in source.of_kind(ast.ClassDef):
        if len(node.bases) + len(node.keywords) > 1:
            yield from (str(getattr(base, "id", getattr(base, "attr", ""))) for base in node.bases)


def _may_mean(pattern: str, path: str, item: _Candidate) -> bool:
    spelled = pattern.replace(ANY, "")
    speaks = any(letter.isalnum() for letter in spelled)  # a bare "_" could mean any name: believed beside it only
    return (speaks or path == item.source.path) and re.fullmatch(pattern, item.name) is not None


def _built(source: Source) -> Iterator[str]:
    """Yield a pattern for every string the file composes that could become a private name."""
    for node in (*source.of_kind(ast.JoinedStr), *source.of_kind(ast.BinOp), *source.of_kind(ast.Call)):
        for pattern in _patterns(node):
            spelled = pattern.replace(ANY, "")
            if "_" in spelled and spelled.isidentifier() and ANY in pattern:
                yield pattern


def _patterns(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.JoinedStr):
        yield "".join(_text(part) or ANY for part in node.values)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from (_text(node.left) + ANY, ANY + _text(node.right))
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        yield PLACEHOLDER.sub(lambda _: ANY, _text(node.left))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        yield from _called_patterns(node.func, node.args)


def _called_patterns(func: ast.Attribute, args: list[ast.expr]) -> Iterator[str]:
    if func.attr == "format":
        yield PLACEHOLDER.sub(lambda _: ANY, _text(func.value))
    elif func.attr in {"startswith", "endswith", "removeprefix", "removesuffix"} and args:
        parts = args[0].elts if isinstance(args[0], ast.Tuple) else args[:1]
        leads = func.attr in {"startswith", "removeprefix"}
        yield from (_text(part) + ANY if leads else ANY + _text(part) for part in parts)


def _text(node: ast.AST) -> str:
    """Return a literal piece of text, which is a pattern of itself when it is a word, else ""."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
