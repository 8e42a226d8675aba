"""What a codemod is, and the engine that finds its sites, edits one region of a file and holds it to its duties."""

import ast
import difflib
import fnmatch
import io
import re
import tokenize
from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from improver.errors import interruptible
from improver.observer import Project, finding_at
from improver.records import Finding, Safety
from improver.source import FUNCTIONS, Source

FRAME_READERS = frozenset({"locals", "globals", "eval", "exec", "vars", "_getframe", "currentframe"})
SUPPRESSION = re.compile(r"#\s*(noqa|fmt:|type:\s*ignore|pragma:|pylint:|isort:)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Abstain:
    """A codemod's honest no: nothing is proposed, and this is why."""

    reason: str


@dataclass(frozen=True)
class Site:
    """One place where a codemod may act: a syntax node of a file, and the finding that led there."""

    source: Source
    node: ast.AST
    finding: Finding
    project: Project


Rewrite = Mapping[str, bytes]  # path -> the whole new file


class Codemod(ABC):
    """One rewrite under one rule. It abstains unless it can show that SAFE_WHEN holds.

    CHANGES are (before, after) pairs of whole files, KEEPS whole files it must leave alone, the traps first.
    Both are its documentation and its tests. The name is the module's.
    """

    TITLE: ClassVar[str]  # verb and effect for a pull request, without the place: "Keep the cause of ..."
    WHY: ClassVar[str]
    SAFE_WHEN: ClassVar[str]
    SAFETY: ClassVar[Safety]
    VALUE: ClassVar[int] = 3  # what a maintainer gains, 1 to 5; orders the work
    OBSERVABLE: ClassVar[str] = ""  # for CONFINED: the one thing that differs
    NODES: ClassVar[tuple[type[ast.AST], ...]]  # the syntax it acts on
    ANSWERS: ClassVar[tuple[str, ...]] = ()  # observer rules (globs) that lead to it; empty: it finds its own sites
    REPORTED: ClassVar[str] = ""  # what a person could do and why no program does it: nothing is proposed
    DROPS_COMMENTS: ClassVar[bool] = False  # it deletes code together with the comments inside
    WHOLE: ClassVar[bool] = False  # a file in two styles is worse than one in the old: every place changes, or none
    TESTS: ClassVar[bool] = False  # it rewrites tests, and nothing else
    CHANGES: ClassVar[tuple[tuple[str, str], ...]]
    KEEPS: ClassVar[tuple[str, ...]]

    @property
    def name(self) -> str:
        """Return the rule's name: the name of the module."""
        return type(self).__module__.rsplit(".", 1)[-1]

    def title(self, rule: str) -> str:  # noqa: ARG002 - for codemods that answer a family of rules
        """Return what a change under `rule` does."""
        return self.TITLE

    def why(self, rule: str) -> str:  # noqa: ARG002 - for codemods that answer a family of rules
        """Return what is gained by a change under `rule`."""
        return self.WHY

    def whole(self, rule: str) -> bool:  # noqa: ARG002 - for codemods that answer a family of rules
        """Tell whether every place of `rule` in a file is to change, or none."""
        return self.WHOLE

    def answers(self, rule: str) -> bool:
        """Tell whether a finding under `rule` leads here."""
        return any(fnmatch.fnmatchcase(rule, pattern) for pattern in self.ANSWERS or (self.name,))

    @abstractmethod
    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say in a sentence why `node` (one of NODES) may be a site, or None; cheap and pure."""

    @abstractmethod
    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Return the new bytes of every file to change, or abstain with the reason."""

    def safety(self, before: Source, after: Source) -> Safety:  # noqa: ARG002 - for codemods that can tell
        """Return the declared risk of this very rewrite."""
        return self.SAFETY


def sites(codemods: Iterable[Codemod], source: Source) -> Iterator[tuple[Codemod, ast.AST, str]]:
    """Walk `source` once and yield every site that a codemod without ANSWERS suspects."""
    wanted: dict[type[ast.AST], list[Codemod]] = defaultdict(list)
    for codemod in codemods:
        if not codemod.ANSWERS:
            for kind in codemod.NODES:
                wanted[kind].append(codemod)
    for node in source.parents:
        for codemod in wanted.get(type(node), ()):
            if (message := codemod.suspects(node, source)) is not None:
                yield codemod, node, message


def findings(codemods: Iterable[Codemod], source: Source) -> Iterator[Finding]:
    """Yield a finding for every site of `source`."""
    for codemod, node, message in sites(codemods, source):
        yield finding_at(node, source, codemod.name, message)


def apply(codemod: Codemod, finding: Finding, source: Source, project: Project) -> Rewrite | Abstain:
    """Apply `codemod` where `finding` points in `source` and hold it to the duties of every codemod."""
    if source.generated:
        return Abstain("the file says that a program wrote it")
    node = _node_at(codemod, finding, source)
    if node is None:
        return Abstain("the code at this place is no longer what was found")
    if (reader := _frame_reader(source, node)) is not None:
        return Abstain(f"the scope calls {reader}(), which can see its own names")
    rewrite = codemod.rewrite(Site(source, node, finding, project))
    if isinstance(rewrite, Abstain):
        return rewrite
    for path, data in rewrite.items():
        before = source if path == source.path else project.sources[path]
        if (reason := _broken_duty(codemod, before, data)) is not None:
            return Abstain(reason)
    return rewrite


def _node_at(codemod: Codemod, finding: Finding, source: Source) -> ast.AST | None:
    for node in source.parents:
        if (
            isinstance(node, codemod.NODES)
            and (getattr(node, "lineno", 0), getattr(node, "col_offset", -1)) == (finding.line, finding.column)
            and codemod.suspects(node, source) is not None
        ):
            return node
    return None


def _frame_reader(source: Source, node: ast.AST) -> str | None:
    scope = source.function_of(node) or source.tree
    if isinstance(node, FUNCTIONS):
        scope = node
    if isinstance(scope, ast.Module):
        scope = ast.Module([stmt for stmt in scope.body if not isinstance(stmt, (*FUNCTIONS, ast.ClassDef))], [])
    for inner in ast.walk(scope):
        if isinstance(inner, ast.Call):
            name = getattr(inner.func, "id", getattr(inner.func, "attr", ""))
            if name in FRAME_READERS:
                return str(name)
    return None


def _broken_duty(codemod: Codemod, before: Source, data: bytes) -> str | None:
    """Return the first duty that the new bytes `data` break, or None."""
    after = Source.read(before.path, data)
    if not isinstance(after, Source):
        return f"the result does not parse: {after.reason}"
    if data == before.data:
        return "the rewrite changes nothing"
    if (after.encoding, after.bom) != (before.encoding, before.bom):
        return "the encoding would change"
    if set(re.findall(r"\r\n|\r|\n", after.text)) - set(re.findall(r"\r\n|\r|\n", before.text)):
        return "the newlines would change"
    if any(SUPPRESSION.search(line) for line in _removed(before, after)):
        return "a suppression or formatter comment stands on a line that would change"
    if not codemod.DROPS_COMMENTS and _comments(before) != _comments(after):
        return "a comment would be lost"
    return None


def _removed(before: Source, after: Source) -> list[str]:
    """Return the lines of `before` that are not in `after`; what is equal at both ends is not compared line by line."""
    old, new = before.lines, after.lines
    head = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    old, new = old[head:], new[head:]
    pairs = zip(reversed(old), reversed(new), strict=False)
    tail = next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(old), len(new)))
    old, new = old[: len(old) - tail], new[: len(new) - tail]
    delta = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [line for tag, start, end, _, _ in delta if tag != "equal" for line in old[start:end]]


def _comments(source: Source) -> Counter[str]:
    tokens = tokenize.generate_tokens(io.StringIO(source.text, newline="").readline)
    return Counter(token.string.rstrip() for token in tokens if token.type == tokenize.COMMENT)


# --- editing one region with libcst -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Region:
    """Whole lines of a file that hold one statement: `first` and `last` are 1-based and inclusive."""

    first: int
    last: int
    header: str  # a line put above an indented region so that it parses alone


class At(cst.CSTTransformer):
    """A transformer that acts on the one node which starts where `spot` points."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, spot: tuple[int, int]) -> None:
        super().__init__()
        self.spot = spot

    def at(self, original: cst.CSTNode) -> bool:
        """Tell whether `original` starts at the spot."""
        start = self.get_metadata(PositionProvider, original).start
        return (start.line, start.column) == self.spot


def region_of(source: Source, node: ast.AST) -> Region:
    """Return the whole lines of the innermost function around `node`, or else of its outermost statement."""
    function = node if isinstance(node, FUNCTIONS) else source.function_of(node)
    statements = [parent for parent in (node, *source.ancestors(node)) if isinstance(parent, ast.stmt)]
    start = statements.index(function) if function is not None else max(len(statements) - 1, 0)
    for statement in statements[start:]:
        region = _lines_of(source, statement)
        if region is not None:
            return region
    return Region(1, len(source.lines), "")


def _lines_of(source: Source, statement: ast.stmt) -> Region | None:
    """Return the lines of `statement`, or None when it shares one of them with something else."""
    decorators = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(item.lineno for item in decorators)])
    last = statement.end_lineno or statement.lineno
    indent = re.match(r"[ \t\f]*", source.lines[first - 1])
    lead = indent.group() if indent else ""
    starts_line = decorators or len(lead) == statement.col_offset
    rest = source.lines[last - 1].encode()[statement.end_col_offset or 0 :].decode().strip()
    if not starts_line or (rest and not rest.startswith("#")):
        return None
    return Region(first, last, f"if 1:{source.newline}" if lead else "")


def spliced(site: Site, transformer: type[At], *options: object, region: Region | None = None) -> Rewrite | Abstain:
    """Run `transformer(spot, *options)` on the region around the site and put the result back in place."""
    source = site.source
    region = region or region_of(source, site.node)
    text = "".join(source.lines[region.first - 1 : region.last])
    try:
        module = cst.parse_module(region.header + text)
    except cst.ParserSyntaxError:
        return Abstain("libcst cannot read this region")
    if module.code != region.header + text:
        return Abstain("the region does not round-trip")
    spot = spot_in(source, region, site.node)
    with interruptible():
        result = MetadataWrapper(module, unsafe_skip_copy=True).visit(transformer(spot, *options))
    edited = result.code.removeprefix(region.header)
    return replaced(source, region.first, region.last, edited)


def spot_in(source: Source, region: Region, node: ast.AST) -> tuple[int, int]:
    """Translate the position of `node` to libcst's (line, column in characters) inside `region`."""
    line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
    characters = len(source.lines[line - 1].encode()[:column].decode())
    return line - region.first + 1 + (1 if region.header else 0), characters


def replaced(source: Source, first: int, last: int, text: str) -> Rewrite | Abstain:
    """Return the file with its lines `first` to `last` (1-based, inclusive) replaced by `text`.

    A file whose last line does not end keeps it so.
    """
    whole = "".join([*source.lines[: first - 1], text, *source.lines[last:]])
    if source.lines and not source.lines[-1].endswith(("\r", "\n")):
        whole = whole.rstrip("\r\n")
    try:
        data = whole.encode("utf-8-sig" if source.bom else source.encoding)
    except UnicodeEncodeError as error:
        return Abstain(f"the file's encoding cannot hold {error.object[error.start]!r}")
    return {source.path: data}


def fitted(source: Source, result: Rewrite | Abstain) -> Rewrite | Abstain:
    """Return `result`, or abstain where it makes a line longer than those of `source` are."""
    if isinstance(result, Abstain) or source.fits(result[source.path]):
        return result
    return Abstain("a line would become longer than this file's lines are")
