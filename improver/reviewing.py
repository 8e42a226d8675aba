"""Review a human's change: what the gates rule, what is newly found in it, and what could be better at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from improver.codemod import Codemod
from improver.gate import RUNS, Candidate, Gate
from improver.judge import judge
from improver.judging.touched import Hunk, hunks
from improver.observer import Observer, Project
from improver.ports import Ruff
from improver.proposing import Ground
from improver.records import Change, Finding, GateResult, Ruling, Safety, Tree, edits_between
from improver.scan import Group, answering, draft, names_of, read_project, scan
from improver.source import Source

SUGGESTIONS = 3  # more would be noise: a reviewer reads the first ones
SUGGESTED = (Safety.PROVED, Safety.CONFINED)  # what is safe without running anything
PROOF = "proof"
ASKED = ("intake", "capability", "dependency", "lint", "api", PROOF)  # of a suggestion: none asks the base's run


@dataclass(frozen=True, slots=True)
class Reviewers:
    """What finds, what would change, and what judges."""

    observers: Sequence[Observer]
    codemods: Sequence[Codemod]
    gates: Sequence[Gate]
    ruff: Ruff


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Lines [first, last] of a changed file, 1-based, and the text that would stand there instead."""

    finding: Finding
    codemod: str
    first: int
    last: int
    text: str
    safety: Safety
    why: str


@dataclass(frozen=True, slots=True)
class Review:
    """What came of a review; empty `refusals`, `questions` and `findings` mean that nothing is to be said."""

    change: Change
    results: tuple[GateResult, ...]
    refusals: tuple[str, ...]
    findings: tuple[Finding, ...]  # of the change: what the base holds already is not its author's
    suggestions: tuple[Suggestion, ...]
    unreadable: tuple[str, ...]

    @property
    def questions(self) -> tuple[str, ...]:
        """Return what gates leave to a human."""
        asked = [result for result in self.results if result.ruling is Ruling.ESCALATE]
        return tuple(f"{result.gate}: {'; '.join(result.reasons)}" for result in asked)

    @property
    def unchecked(self) -> tuple[str, ...]:
        """Return what gates could not tell."""
        silent = [result for result in self.results if result.ruling is Ruling.ABSTAIN]
        return tuple(f"{result.gate}: {'; '.join(result.reasons)}" for result in silent)

    @property
    def outcome(self) -> str:
        """Return refused (a gate failed), found (a finding stands), asked (a human is) or nothing_new."""
        if self.refusals:
            return "refused"
        return "found" if self.findings else "asked" if self.questions else "nothing_new"


def human_change(base: Tree, after: Tree, title: str, why: str) -> Change:
    """Return what a human changed between two trees; it may change behaviour."""
    return Change("human", Safety.BEHAVIOUR_CHANGE, edits_between(base, after), title, why, author="human")


def review(change: Change, ground: Ground, reviewers: Reviewers) -> Review:
    """Judge `change` on `ground`, and look for what is new in the files that it leaves."""
    candidate = Candidate(ground.tree, change, ground.policy, ground.bench)
    results = tuple(ruled(reviewers.gates, candidate))
    refusals = ground.policy.decides(change.safety, results)
    if not candidate.changed:  # no Python file is left to look at
        return Review(change, results, refusals, (), (), ())
    project, fresh, unreadable = _found(candidate, reviewers)
    better = tuple(suggestions(fresh, project, candidate, reviewers))
    return Review(change, results, refusals, tuple(fresh), better, unreadable)


def ruled(gates: Sequence[Gate], candidate: Candidate) -> Iterator[GateResult]:
    """Yield what every gate rules that runs no code, so that all is told at once; the others while none refused."""
    refused = False
    for gate in gates:
        if refused and gate.cost >= RUNS:
            continue
        (result,) = judge((gate,), candidate)
        refused = refused or result.ruling is Ruling.FAIL
        yield result


def _found(candidate: Candidate, reviewers: Reviewers) -> tuple[Project, list[Finding], tuple[str, ...]]:
    """Return the changed tree, what is found in the changed files and not in the base's, and what cannot be read."""
    paths = candidate.changed
    after, unreadable = read_project(candidate.tree, candidate.policy, reviewers.ruff, paths)
    before, _ = read_project(candidate.base, candidate.policy, reviewers.ruff, paths)
    known, seen = (scan(project, reviewers.observers, reviewers.codemods, ()).findings for project in (before, after))
    keys, off = {finding.key for finding in known}, candidate.policy.review.codemods_off
    new = (finding for finding in seen if finding.key not in keys)
    fresh = [finding for finding in new if {*names_of(finding.rule, reviewers.codemods)}.isdisjoint(off)]
    return after, fresh, tuple(f"{one.path}: {one.reason}" for one in unreadable if one.path in paths)


def suggestions(
    found: Sequence[Finding], project: Project, candidate: Candidate, reviewers: Reviewers
) -> Iterator[Suggestion]:
    """Yield at most `SUGGESTIONS` rewrites of changed lines that are proved to be safe."""
    made = 0
    for finding in found:
        codemod = answering(reviewers.codemods, finding.rule)
        if codemod is None or codemod.SAFETY not in SUGGESTED or made == SUGGESTIONS:
            continue
        group = Group(codemod, (finding,))
        drafted = draft(group, project, candidate.tree)
        if drafted.change is not None and (suggested := _suggested(group, drafted.change, candidate, reviewers)):
            made += 1
            yield suggested


def _suggested(group: Group, rewrite: Change, candidate: Candidate, reviewers: Reviewers) -> Suggestion | None:
    """Return the rewrite as a suggestion where it is proved, of one piece, and within the lines that were changed."""
    within = Candidate(candidate.tree, rewrite, candidate.policy, candidate.bench)
    source, after = within.before(group.path), within.after(group.path)
    if rewrite.safety not in SUGGESTED or rewrite.paths != (group.path,) or source is None or after is None:
        return None
    pieces = hunks(source.lines, after.lines)
    if len(pieces) != 1 or not pieces[0].old or not {*pieces[0].old} <= _touched(candidate, group.path):
        return None
    (piece,) = pieces
    results = list(judge([gate for gate in reviewers.gates if gate.name in ASKED], within))
    proved = any(result.gate == PROOF and result.ruling is Ruling.PASS for result in results)
    if not proved or any(result.ruling in (Ruling.FAIL, Ruling.ESCALATE) for result in results):
        return None
    return _of(group, piece, after, rewrite)


def _of(group: Group, piece: Hunk, after: Source, rewrite: Change) -> Suggestion:
    text = "".join(after.lines[piece.new_start : piece.new_stop])
    first, last = piece.old.start, piece.old.stop - 1
    return Suggestion(group.findings[0], group.codemod.name, first, last, text, rewrite.safety, rewrite.why)


def _touched(candidate: Candidate, path: str) -> set[int]:
    """Return the lines of a changed file, 1-based, that the change brought."""
    before, after = candidate.before(path), candidate.after(path)
    if after is None:
        return set()
    return {line for hunk in hunks(before.lines if before else [], after.lines) for line in hunk.new}
