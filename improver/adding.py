"""Put new tests through the gates, a file at a time, under the limits of the run that asks for them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from improver.deciding import Decides
from improver.funnel import Funnel
from improver.gate import Candidate, Gate
from improver.judge import judge
from improver.observer import Project
from improver.proposing import Judged, Publisher
from improver.records import Finding
from improver.worth import Worth
from improver.writing.turns import MUTANTS, ground_of, paths
from improver.writing.writer import RULE, SAFE_WHEN, Outcome, Proposal


@dataclass(frozen=True, slots=True)
class Refused:
    """New tests that a gate refuses."""

    findings: tuple[Finding, ...]
    gate: str
    reason: str


@dataclass(frozen=True, slots=True)
class Adding:
    """What is needed to judge new tests, and where it is counted and told."""

    publisher: Publisher
    gates: Sequence[Gate]
    funnel: Funnel
    tell: Callable[[str, str, str], None]  # mark, stage, text
    decides: Decides

    def judged(self, project: Project, worth: Worth) -> Iterator[Judged | Refused | None]:
        """Yield what comes of each file with tests to add: judged tests, or why not; None where there is nothing."""
        ground = self.publisher.ground
        if reason := worth.refuses(RULE):
            self.tell("note", "tests", reason)
            return
        writable = ground_of(ground.tree, ground.policy, ground.bench, project)
        for path in paths(writable, lambda text: self.tell("busy", "tests", text)):
            outcome = self.decides.tests(writable, path, MUTANTS * ground.policy.gates.trials.mutants)
            if outcome is not None:
                self._note(outcome)
            proposal = outcome.proposal if outcome else None
            yield self._tried(proposal, tuple(worth.measured(proposal.findings, project))) if proposal else None

    def _note(self, outcome: Outcome) -> None:
        """Tell what looks wrong: a human must judge it, so no test holds on to it."""
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
        results = tuple(judge(self.gates, candidate))
        if refusals := ground.policy.decides(proposal.change.safety, results):
            return Refused(findings, refusals[0].partition(":")[0], refusals[0])
        self.funnel.reach("passed", findings)
        return Judged(proposal.change, findings, results, SAFE_WHEN, self.funnel.refusals(findings[0]))
