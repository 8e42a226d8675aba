"""Hold codemods to their duties on findings in real packages, with no opinion of theirs asked: crash, parse, repeat."""

import codecs
import io
import tokenize
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.benches import tree_of
from improver.app import policy_of
from improver.codemod import Codemod, findings
from improver.discover import discover, discover_classes
from improver.judging.touched import hunks
from improver.observer import Observer, Project
from improver.records import File, Finding
from improver.rewriting.splicing import end_of, start_of
from improver.scan import Group, draft, read_project, scan
from improver.source import Source, Unreadable
from improver.verify.ruff import RuffTool

CODEMODS = tuple(kind() for kind in discover_classes("improver.codemods", Codemod))  # type: ignore[type-abstract] # the base names the kind
OBSERVERS = tuple(discover("improver.observers", Observer))
OF_ONE_FILE = ("ruff:", "complexity")  # what these rules find in a file depends on no other
RUNS = 5  # a codemod that still finds work in its own output after so many runs comes to no end


@dataclass
class Tally:
    """What came of one codemod's places."""

    places: int = 0
    rewritten: int = 0
    dropped: int = 0  # comments, by a codemod that says that it deletes them with its code
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Ground:
    """One package as codemods see it, with every readable file open to them, and what came of it so far."""

    name: str
    project: Project
    unreadable: tuple[Unreadable, ...]
    found: tuple[Finding, ...]
    tally: Mapping[str, Tally]

    def after(self, changed: Mapping[str, bytes]) -> "Ground":
        """Return the ground with the new bytes in place of the old, wherever a file is listed."""
        read = {path: Source.read(path, data) for path, data in changed.items()}
        new = {path: source for path, source in read.items() if isinstance(source, Source)}
        project = self.project
        sources, tests = ({**files, **(new if files else {})} for files in (project.sources, project.tests))
        tree = {**project.tree, **{path: File(data) for path, data in changed.items()}}
        return replace(self, project=replace(project, tree=tree, sources=sources, context=sources, tests=tests))

    def again(self, codemod: Codemod, rule: str, path: str) -> tuple[Finding, ...]:
        """Return what leads `codemod` to places of `path` under `rule`."""
        project = self.project
        source = project.sources[path]
        if not codemod.ANSWERS:
            return tuple(findings([codemod], source))
        narrow = replace(project, sources={path: source}) if rule.startswith(OF_ONE_FILE) else project
        leading = [one for one in OBSERVERS if any(codemod.answers(known) or known in rule for known in one.rules)]
        every = (finding for one in leading for finding in one(narrow))
        return tuple(finding for finding in every if (finding.rule, finding.path) == (rule, path))

    def drafted(self, codemod: Codemod, found: Sequence[Finding]) -> dict[str, bytes]:
        """Return the files that `codemod` makes; what it breaks with is a fault, and changes nothing."""
        try:
            change = draft(Group(codemod, tuple(found)), self.project, self.project.tree).change
        except Exception as error:  # noqa: BLE001 - whatever a codemod breaks with is what this looks for
            self.blame(codemod, found[0], f"it breaks with {error!r}")
            return {}
        return {edit.path: edit.after.data for edit in change.edits if edit.after} if change else {}

    def blame(self, codemod: Codemod, finding: Finding, fault: str) -> None:
        """Keep a fault of `codemod`."""
        place = f"{codemod.name}: {self.name} {finding.path}:{finding.line} {finding.symbol} ({finding.rule})"
        self.tally[codemod.name].faults.append(f"{place}: {fault}")


def ground_of(folder: Path, tally: Mapping[str, Tally], *, windows: bool = False) -> Ground:
    """Read what is in a folder, its files in the Windows form if asked, and find all that leads to a codemod."""
    tree = tree_of(folder)
    if windows:
        tree = {path: File(twin(file.data)) if path.endswith(".py") else file for path, file in tree.items()}
    project, unreadable = read_project(tree, policy_of({}), RuffTool(), ())
    everything = {**project.context, **project.sources}
    project = replace(project, sources=everything, context=everything)
    found = scan(project, OBSERVERS, CODEMODS, unreadable).findings
    return Ground(folder.name, project, tuple(unreadable), found, tally)


def twin(data: bytes) -> bytes:
    """Return a file of UTF-8 and Unix newlines with a byte order mark and CRLF; any other as it is."""
    if b"\r" in data or b"coding" in b"".join(data.splitlines()[:2]) or data.startswith(codecs.BOM_UTF8):
        return data
    return codecs.BOM_UTF8 + data.replace(b"\n", b"\r\n")


def held(ground: Ground, codemod: Codemod, found: Sequence[Finding]) -> dict[str, bytes]:
    """Hold `codemod` to its duties on findings of one rule in one file, each alone and all; return what all make."""
    tally = ground.tally[codemod.name]
    for finding in found:
        tally.places += 1
        if changed := ground.drafted(codemod, [finding]):
            tally.rewritten += 1
            for fault in _faults(ground, codemod, finding, changed):
                ground.blame(codemod, finding, fault)
    first, whole = found[0], ground.drafted(codemod, found)
    here, changed, runs = ground, whole, 0
    while changed and runs < RUNS:
        here, runs = here.after(changed), runs + 1
        more = here.again(codemod, first.rule, first.path)
        changed = here.drafted(codemod, more) if more else {}
    if runs > 1:
        ground.blame(codemod, first, f"of the whole file {runs} runs change something, not only the first")
    return whole


def _faults(ground: Ground, codemod: Codemod, finding: Finding, changed: Mapping[str, bytes]) -> Iterator[str]:
    """Yield what is wrong with the rewrite of one place."""
    for path, data in changed.items():
        before = ground.project.tree[path].data
        if compiles(before) and not compiles(data):
            yield "the result does not compile"
        lost = comments(before) - comments(data)
        if codemod.DROPS_COMMENTS:
            ground.tally[codemod.name].dropped += lost.total()
        elif lost:
            yield f"comments are lost: {', '.join(lost)}"
    if finding.path in changed:
        yield from _repeated(ground, ground.after(changed), codemod, finding)


def _repeated(ground: Ground, after: Ground, codemod: Codemod, finding: Finding) -> Iterator[str]:
    """Yield a fault where the lines that were written hold as many places to change as the lines they replace."""
    path, rule = finding.path, finding.rule
    touched = hunks(ground.project.sources[path].lines, after.project.sources[path].lines)
    before = _in_lines(ground, codemod, ground.again(codemod, rule, path), [hunk.old for hunk in touched])
    places = _in_lines(after, codemod, after.again(codemod, rule, path), [hunk.new for hunk in touched])
    once_more = [one for one in places if after.drafted(codemod, [one])] if len(places) >= len(before) else []
    if once_more and len(once_more) >= len(before):
        yield f"what it wrote is found and changed once more, at line {once_more[0].line}"


def _in_lines(ground: Ground, codemod: Codemod, found: Sequence[Finding], lines: Sequence[range]) -> list[Finding]:
    """Return the findings whose nodes stand on some of `lines`."""
    if not found:
        return []
    ends = {
        start_of(node): end_of(node)[0]
        for kind in codemod.NODES
        for node in ground.project.sources[found[0].path].of_kind(kind)
    }
    spans = [(one, range(one.line, ends.get((one.line, one.column), one.line) + 1)) for one in found]
    return [one for one, span in spans if any(span.start < some.stop and some.start < span.stop for some in lines)]


def compiles(data: bytes) -> bool:
    """Tell whether Python makes code of `data`, which asks more than a syntax tree."""
    try:
        compile(data, "file", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    return True


def comments(data: bytes) -> Counter[str]:
    """Return every comment of a file that Python can read, however often it stands there."""
    tokens = tokenize.tokenize(io.BytesIO(data).readline)
    return Counter(token.string.rstrip() for token in tokens if token.type == tokenize.COMMENT)
