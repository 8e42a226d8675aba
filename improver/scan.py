"""From a base tree to findings, and from findings to groups worth trying (pure)."""

import contextlib
import gc
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from improver import codemod as engine
from improver.codemod import Abstain, Codemod
from improver.judging.touched import hunks
from improver.observer import Observer, Project
from improver.policy import Policy, matches
from improver.ports import Ruff
from improver.ranking import Row, in_turns
from improver.records import SUBMODULE, SYMLINK, Change, Edit, File, Finding, Safety, Tree
from improver.rewriting.floor import runs_on_2
from improver.rewriting.layout import relaid
from improver.source import Source, Unreadable

SAFEST_FIRST = tuple(Safety)
SAFE = {Safety.PROVED: 5, Safety.CONFINED: 4, Safety.COVERED: 3, Safety.BEHAVIOUR_CHANGE: 1}  # the catalogue's scale
FOREIGN = 0.25  # of the files may hold a licence's text before it is the project's own habit
SAFE_TESTS = 2  # whatever touches tests alone


@dataclass(frozen=True, slots=True)
class Scan:
    """What was seen: files read, files left out with the reason, findings in the order of the files."""

    files: int
    unreadable: tuple[Unreadable, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one rule in one file: what one proposal is about."""

    codemod: Codemod
    findings: tuple[Finding, ...]

    @property
    def rule(self) -> str:
        """Return the rule that the findings share."""
        return self.findings[0].rule

    @property
    def path(self) -> str:
        """Return the file that the findings share."""
        return self.findings[0].path

    @property
    def is_whole(self) -> bool:
        """Tell whether all of the findings are to be answered, or none."""
        return self.codemod.whole(self.rule)

    def singles(self) -> tuple["Group", ...]:
        """Return a group for each finding."""
        return tuple(Group(self.codemod, (finding,)) for finding in self.findings)

    def halves(self) -> tuple["Group", ...]:
        """Split in two, to find the part that a gate refuses; nothing when there is one finding."""
        if len(self.findings) < 2:
            return ()
        middle = len(self.findings) // 2
        return Group(self.codemod, self.findings[:middle]), Group(self.codemod, self.findings[middle:])


def read_project(tree: Tree, policy: Policy, ruff: Ruff, paths: Sequence[str]) -> tuple[Project, list[Unreadable]]:
    """Read every Python file; product files that a machine may touch become `sources`, all others `context`.

    A few files that hold a licence's text where others do not are somebody else's, and nobody's to change. `paths`
    narrows sources and tests to files or folders (POSIX, relative); empty means all.
    """
    sources: dict[str, Source] = {}
    context: dict[str, Source] = {}
    unreadable: list[Unreadable] = []
    with _collector_paused():
        read = [_read(path, tree[path], policy) for path in sorted(tree) if _is_python(path, tree[path])]
    open_ = [one for one in read if isinstance(one, Source) and not _is_closed(one.path, policy)]
    licensed = {one.path for one in open_ if one.licensed}
    foreign = licensed if len(licensed) <= FOREIGN * len(open_) else set[str]()
    for source in read:
        if isinstance(source, Unreadable):
            unreadable.append(source)
        elif _is_closed(source.path, policy) or source.path in foreign or not _below(source.path, paths):
            context[source.path] = source
        else:
            sources[source.path] = source
    review = policy.review
    tests = {path: source for path, source in context.items() if _is_open_test(path, policy) and _below(path, paths)}
    project = Project(
        sources=MappingProxyType(sources),
        tree=tree,
        ruff=ruff,
        context=MappingProxyType(context),
        tests=MappingProxyType(tests),
        ruff_rules=review.ruff_rules,
        complexity=review.complexity,
        duplicate_statements=review.duplicate_statements,
    )
    return project, unreadable


@contextlib.contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep the collector from walking the syntax trees, all alive, again and again: a third of the cost of a scan."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _is_python(path: str, file: File) -> bool:
    return path.endswith(".py") and file.mode not in (SYMLINK, SUBMODULE)


def _read(path: str, file: File, policy: Policy) -> Source | Unreadable:
    limit = policy.gates.limits.file_bytes
    if len(file.data) > limit:
        return Unreadable(path, f"{len(file.data)} bytes; policies/gates.yaml reads at most {limit}")
    return Source.read(path, file.data)


def _is_closed(path: str, policy: Policy) -> bool:
    """Tell whether `path` is no product file that a machine may touch."""
    return policy.is_test(path) or bool(policy.may_touch(path))


def _is_open_test(path: str, policy: Policy) -> bool:
    """Tell whether `path` is a test that may be rewritten; what decides how every test runs may not."""
    return policy.is_test(path) and not policy.may_touch(path) and not path.endswith("conftest.py")


def _below(path: str, paths: Sequence[str]) -> bool:
    return not paths or any(path == place or path.startswith(f"{place.rstrip('/')}/") for place in paths)


def scan(
    project: Project, observers: Iterable[Observer], codemods: Sequence[Codemod], unreadable: Sequence[Unreadable]
) -> Scan:
    """Collect what the observers and the codemods' own walk find in the project's sources."""
    found: dict[str, Finding] = {}
    own = project.sources.keys() | project.tests.keys()
    with _collector_paused():
        for tests, sources in ((False, project.sources), (True, project.tests)):
            fitting = [codemod for codemod in codemods if codemod.TESTS is tests]
            for source in sources.values() if fitting else ():
                found |= {finding.key: finding for finding in engine.findings(fitting, source)}
        for observer in observers:
            found |= {finding.key: finding for finding in observer(project) if finding.path in own}
    ordered = sorted(found.values(), key=lambda finding: (finding.path, finding.line, finding.rule))
    return Scan(len(project.sources), tuple(unreadable), tuple(ordered))


def groups(
    findings: Iterable[Finding], codemods: Sequence[Codemod], worth: Callable[[Group], float] | None = None
) -> list[Group]:
    """Group findings that a codemod answers by rule and file; most valuable first, rules taking turns.

    Without `worth` a group is worth what the catalogue says of its codemod.
    """
    value = worth or (lambda group: catalogued(group.codemod, group.codemod.SAFETY))
    by_place: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        by_place[finding.rule, finding.path].append(finding)
    made = [
        Group(codemod, tuple(group))
        for (rule, _), group in by_place.items()
        if (codemod := answering(codemods, rule)) is not None
    ]
    return [made[number] for number in in_turns([row_of(group, value(group)) for group in made])]


def apart(made: Iterable[Group], keys: Collection[str]) -> list[Group]:
    """Return the groups, with each finding that has one of `keys` taken out of its group into one of its own."""
    parts: list[Group] = []
    for group in made:
        alone = [one for one in group.singles() if one.findings[0].key in keys]
        rest = tuple(finding for finding in group.findings if finding.key not in keys)
        parts += [Group(group.codemod, rest), *alone] if rest else alone
    return parts


def row_of(group: Group, worth: float) -> Row:
    """Return what the rank of a group depends on."""
    return Row(group.rule, group.path, len(group.findings), worth)


def catalogued(codemod: Codemod, safety: Safety) -> int:
    """Return value times safety, the catalogue's measure: 1 to 25."""
    return codemod.VALUE * SAFE.get(safety, SAFE_TESTS)


def answering(codemods: Sequence[Codemod], rule: str) -> Codemod | None:
    """Return the codemod that answers `rule`, or None when it is report-only."""
    return next((codemod for codemod in codemods if codemod.answers(rule)), None)


def names_of(rule: str, codemods: Sequence[Codemod]) -> tuple[str, ...]:
    """Return the names under which a human may speak of a rule: its own, and that of the codemod that answers it."""
    codemod = answering(codemods, rule)
    return (rule, codemod.name) if codemod is not None else (rule,)


@dataclass(frozen=True, slots=True)
class Drafted:
    """What became of a group: the change (None when nothing could be done) and who stands behind it."""

    change: Change | None
    answered: tuple[Finding, ...]
    abstained: tuple[tuple[Finding, str], ...]


def draft(group: Group, project: Project, base: Tree) -> Drafted:
    """Apply the group bottom-up; each place sees the files as the one before left them, and is found where it is."""
    data: dict[str, bytes] = {}
    answered: list[Finding] = []
    abstained: list[tuple[Finding, str]] = []
    risk = Safety.PROVED
    lines = {finding.key: finding.line for finding in group.findings}
    for finding in sorted(group.findings, key=lambda item: (item.line, item.column), reverse=True):
        source = _source_of(group, project)
        result = _applied(group.codemod, replace(finding, line=lines[finding.key]), source, project)
        if isinstance(result, Abstain):
            abstained.append((finding, result.reason))
            continue
        risk = max(risk, _risk(group.codemod, source, result), key=SAFEST_FIRST.index)
        data |= result
        project = _rewritten(project, result)
        lines = _followed(lines, source, _source_of(group, project))
        answered.append(finding)
    change = _change(group, data, base, risk) if answered else None
    return Drafted(change, tuple(reversed(answered)), tuple(abstained))


def _applied(codemod: Codemod, finding: Finding, source: Source, project: Project) -> engine.Rewrite | Abstain:
    if runs_on_2(project.tree, source):
        return Abstain("the project says that it runs on Python 2 too, of which no rule here knows anything")
    result = engine.apply(codemod, finding, source, project)
    return result if isinstance(result, Abstain) else relaid(result, source)


def _source_of(group: Group, project: Project) -> Source:
    return (project.tests if group.codemod.TESTS else project.sources)[group.path]


def _followed(lines: Mapping[str, int], before: Source, after: Source) -> dict[str, int]:
    """Return where each of `lines` (1-based) stands in `after`: an import that comes or goes moves all below it."""
    changed = hunks(before.lines, after.lines)
    return {
        key: line + sum(len(hunk.new) - len(hunk.old) for hunk in changed if hunk.stop < line)
        for key, line in lines.items()
    }


def _rewritten(project: Project, rewrite: Mapping[str, bytes]) -> Project:
    """Return `project` with the new text of each file of `rewrite`, wherever it lists that file."""
    read = {path: _checked(path, data) for path, data in rewrite.items()}
    sources, context, tests = (
        MappingProxyType({**files, **{path: source for path, source in read.items() if path in files}})
        for files in (project.sources, project.context, project.tests)
    )
    return replace(project, sources=sources, context=context, tests=tests)


def _checked(path: str, data: bytes) -> Source:
    source = Source.read(path, data)
    if not isinstance(source, Source):
        message = f"a checked rewrite of {path} does not parse"
        raise TypeError(message)
    return source


def _risk(codemod: Codemod, before: Source, rewrite: Mapping[str, bytes]) -> Safety:
    after = Source.read(before.path, rewrite.get(before.path, before.data))
    return codemod.safety(before, after) if isinstance(after, Source) else codemod.SAFETY


def _change(group: Group, data: Mapping[str, bytes], base: Tree, safety: Safety) -> Change:
    edits = tuple(Edit.written(path, base, new) for path, new in sorted(data.items()))
    title = f"{group.codemod.title(group.rule)} in {_told(group.path, base)}"
    observable = group.codemod.OBSERVABLE if safety is Safety.CONFINED else ""
    return Change(group.rule, safety, edits, title, group.codemod.why(group.rule), observable)


def _told(path: str, base: Tree) -> str:
    """Return a file's name, below its folder where other files have that name too."""
    alike = [other for other in base if other.rpartition("/")[2] == path.rpartition("/")[2]]
    return "/".join(path.split("/")[-2 if alike[1:] else -1 :])


def wanted(rule: str, only: Sequence[str]) -> bool:
    """Tell whether `rule` is among the rules asked for; none asked means all."""
    return not only or matches(rule, tuple(only))
