"""Put new tests through the gates, a file at a time, under the limits of the run that asks for them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from improver.deciding import Decides
from improver.funnel import Funnel
from improver.gate import Candidate, Gate
from improver.judge import judge, judge_in_time
from improver.looking import Ready
from improver.observer import Project
from improver.proposing import Ground, Judged, Publisher
from improver.records import Finding, Ruling
from improver.worth import Worth
from improver.writing.reproducing import reproduced
from improver.writing.turns import MUTANTS, ground_of, is_wanted, paths
from improver.writing.writer import RULE, SAFE_WHEN, Outcome, Proposal


def may_add(ground: Ground, project: Project, worth: Worth) -> bool:
    """Tell whether new tests are wanted: policy lets them be written, they have a place, and humans take them."""
    written_on = ground_of(ground.tree, ground.policy, ground.bench, project)
    return is_wanted(written_on) and not worth.refuses(RULE)


@dataclass(frozen=True, slots=True)
class Refused:
    """New tests that a gate refuses."""

    findings: tuple[Finding, ...]
    gate: str
    reason: str


def with_reproduction(
    ready: Ready, gates: Sequence[Gate], ground: Ground, project: Project, late: Callable[[], bool]
) -> Ready:
    """Return a change of behaviour with a test that fails without it, as it is where none can be shown in time.

    `gates` are those that run no code: what they refuse of the test is left out.
    """
    writable = replace(ground_of(ground.tree, ground.policy, ground.bench, project), late=late)
    if not is_wanted(writable) or writable.recording.trouble:
        return ready
    change = reproduced(writable, ready.candidate, ready.group.findings[0].message)
    if change is None:
        return ready
    candidate = Candidate(ground.tree, change, ground.policy, ground.bench)
    results = tuple(judge(gates, candidate))
    return ready if any(one.ruling is Ruling.FAIL for one in results) else Ready(ready.group, candidate, results)


@dataclass(frozen=True, slots=True)
class Adding:
    """What is needed to judge new tests, and where it is counted and told."""

    publisher: Publisher
    gates: Sequence[Gate]
    funnel: Funnel
    tell: Callable[[str, str, str], None]  # mark, stage, text
    decides: Decides
    late: Callable[[], bool]  # no gate begins any more
    enough: Callable[[], bool]  # no test is written any more
    doubtful: frozenset[str] = frozenset()  # functions whose behaviour a finding calls a mistake

    def judged(self, project: Project, worth: Worth) -> Iterator[tuple[int, Judged | Refused | None]]:
        """Yield what comes of each file with tests to add, and how many files are left.

        That is judged tests, or why not; None where there is nothing, or it is late.
        """
        ground = self.publisher.ground
        if reason := worth.refuses(RULE):
            self.tell("note", "tests", reason)
            return
        writable = replace(
            ground_of(ground.tree, ground.policy, ground.bench, project), doubtful=self.doubtful, late=self.enough
        )
        if is_wanted(writable) and (trouble := writable.recording.trouble):
            self.tell("note", "tests", f"none are written: {trouble}")
            return
        for left, path in paths(writable, lambda text: self.tell("busy", "tests", text)):
            outcome = self.decides.tests(writable, path, MUTANTS * ground.policy.gates.trials.mutants)
            if outcome is not None:
                self._note(outcome)
            proposal = outcome.proposal if outcome else None
            yield left, self._tried(proposal, tuple(worth.measured(proposal.findings, project))) if proposal else None

    def _note(self, outcome: Outcome) -> None:
        """Tell what looks wrong, where a human must judge and no test holds on to it, and what nobody is shown."""
        for text in outcome.drafted.exploration.receipt.notes:
            self.tell("note", "tests", text)
        if outcome.withheld:
            path = outcome.drafted.weak.source.path
            self.tell("note", "tests", f"{path}: {outcome.withheld} more are hard to read or of little use")
        self.funnel.reach("seen", outcome.notes)
        for note in outcome.notes:
            self.funnel.drop(note, f"report only: {note.rule}")
            self.tell("note", "report", f"{note.rule:18} {note.path}:{note.line}  {note.message}")

    def _tried(self, proposal: Proposal, findings: tuple[Finding, ...]) -> Judged | Refused | None:
        ground = self.publisher.ground
        self.funnel.reach("seen", findings)
        if reason := next(filter(None, map(self.publisher.forge.suppressed, findings)), ""):
            for finding in findings:
                self.funnel.drop(finding, reason)
            return None
        self.funnel.attempts += 1
        self.funnel.reach("eligible", findings)
        self.funnel.reach("tried", findings)
        candidate = Candidate(ground.tree, proposal.change, ground.policy, ground.bench)
        results = judge_in_time(self.gates, candidate, self.late)
        if results is None:
            for finding in findings:
                self.funnel.drop(finding, "not tried: it is late before all gates are asked")
            return None
        if refusals := ground.policy.decides(proposal.change.safety, results):
            return Refused(findings, refusals[0].partition(":")[0], refusals[0])
        self.funnel.reach("passed", findings)
        return Judged(proposal.change, findings, results, SAFE_WHEN, self.funnel.refusals(findings[0]))
