"""One improvement run, start to end: scan, try, judge, propose. It cannot merge."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from improver.codemod import Codemod
from improver.funnel import Funnel
from improver.gate import Candidate, Gate
from improver.judge import judge
from improver.observer import Project
from improver.proposing import Judged, Proposed, Publisher
from improver.records import Change, Finding, GateResult, Ruling, Safety
from improver.scan import Group, Scan, draft, groups, wanted

RUNS = 50  # a gate of this cost or more runs code; asking it once for each finding would take too long
HELD = ("rejected", "same as")  # how a forge's reasons begin when a human, or an open proposal, stands in the way


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for: at most `maximum` proposals, only these rules (globs); nothing is kept on a dry run.

    `waiting` is how many proposals a human has not decided about yet.
    """

    maximum: int
    only: tuple[str, ...] = ()
    dry_run: bool = False
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """One line of progress: a mark (ok, no, skip, note, loud; busy: only while it lasts), a stage, what happened."""

    mark: str
    stage: str
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """How a run ended: outcome is proposed, nothing_worth_it, all_suppressed, blocked or budget."""

    outcome: str
    reason: str
    funnel: Funnel
    proposals: tuple[Proposed, ...]
    exit_code: int
    seconds: Mapping[str, float] = field(default_factory=dict)  # wall clock by stage
    left_out: tuple[str, ...] = ()  # files that could not be read, with the reason


@dataclass(frozen=True, slots=True)
class Crew:
    """What changes and what judges, and who is told."""

    codemods: Sequence[Codemod]
    gates: Sequence[Gate]
    tell: Callable[[Event], None]


class Loop:
    """Carries one run: it holds what was counted and what was proposed so far."""

    def __init__(self, crew: Crew, publisher: Publisher, project: Project, request: Request) -> None:
        self.crew = crew
        self.publisher = publisher
        self.ground = publisher.ground
        self.project = project
        self.request = request
        self.funnel = Funnel()
        self.proposals: list[Proposed] = []
        self.ends = publisher.now() + timedelta(seconds=self.ground.policy.budget.seconds)

    def run(self, scan: Scan) -> Report:
        """Try the groups worth trying, most valuable first, until the budget is spent."""
        queue = groups(self._eligible(scan), self.crew.codemods)
        spent = self._spent()
        while queue and not spent:
            group = queue.pop(0)
            self._tell("busy", "try", f"{len(queue)} to go · {_place(group.rule, group.path, group.findings[0].line)}")
            queue[:0] = self._attempt(group)
            spent = self._spent()
        for group in queue:
            for finding in group.findings:
                self.funnel.drop(finding, f"not tried: {spent}")
        return self._report(spent if queue else "")

    def _eligible(self, scan: Scan) -> Iterator[Finding]:
        self.funnel.reach("seen", scan.findings)
        for finding in scan.findings:
            if reason := self._held_back(finding):
                self.funnel.drop(finding, reason)
            else:
                self.funnel.reach("eligible", (finding,))
                yield finding

    def _held_back(self, finding: Finding) -> str:
        if not any(codemod.answers(finding.rule) for codemod in self.crew.codemods):
            return f"report only: {finding.rule}"
        if finding.rule in self.ground.policy.review.codemods_off:
            return f"off by policy: {finding.rule}"
        if not wanted(finding.rule, self.request.only):
            return "not asked for"
        return self.publisher.forge.suppressed(finding)

    def _spent(self) -> str:
        budget = self.ground.policy.budget
        if len(self.proposals) >= self.request.maximum:
            return f"at most {self.request.maximum} a run"
        if self.request.waiting + len(self.proposals) >= budget.open_proposals and not self.request.dry_run:
            return f"{budget.open_proposals} open proposals are the most there may be: decide about some first"
        if self.funnel.attempts >= budget.attempts:
            return f"{budget.attempts} attempts are the most one run may make"
        if self.publisher.now() >= self.ends:
            return f"{budget.seconds} seconds are the most one run may take"
        return ""

    def _attempt(self, group: Group) -> tuple[Group, ...]:
        """Judge one group; return what is still worth trying of it when it was refused as a whole."""
        drafted = draft(group, self.project, self.ground.tree)
        for finding, reason in drafted.abstained:
            self.funnel.drop(finding, f"{group.codemod.name} abstained: {reason}")
        if drafted.change is None:
            return ()
        self.funnel.attempts += 1
        self.funnel.reach("tried", drafted.answered)
        results, refusals = self._judged(drafted.change)
        if refusals:
            return self._narrowed(replace(group, findings=drafted.answered), refusals[0])
        self.funnel.reach("passed", drafted.answered)
        self._propose(Judged(drafted.change, drafted.answered, results, group.codemod.SAFE_WHEN))
        return ()

    def _judged(self, change: Change) -> tuple[tuple[GateResult, ...], tuple[str, ...]]:
        candidate = Candidate(self.ground.tree, change, self.ground.policy, self.ground.bench)
        results = tuple(judge(self.crew.gates, candidate))
        return results, self.ground.policy.decides(change.safety, results)

    def _narrowed(self, group: Group, reason: str) -> tuple[Group, ...]:
        """Find the findings that the gate in `reason` refuses: one by one where asking costs little, else by halves."""
        gate = reason.partition(":")[0]
        if len(group.findings) == 1:
            self._refuse(group, gate, reason)
            return ()
        place = _place(group.rule, group.path, group.findings[0].line)
        names = [one.name for one in self.crew.gates]
        if gate not in names or self.crew.gates[names.index(gate)].cost >= RUNS:
            self._tell("skip", "try", f"{place}  {reason} → tried in halves")
            return group.halves()
        kept = self._sifted(group, self.crew.gates[: names.index(gate) + 1])
        count = sum(map(len, kept.values()))
        self._tell("skip", "try", f"{place}  {gate} lets {count} of {len(group.findings)} places through")
        if any(len(alike) == len(group.findings) for alike in kept.values()):  # each holds alone, not all together
            return group.halves()
        return tuple(replace(group, findings=tuple(alike)) for alike in kept.values())

    def _sifted(self, group: Group, gates: Sequence[Gate]) -> dict[Safety, list[Finding]]:
        """Return the findings that `gates` let through alone, by their risk; the others are refused."""
        kept: dict[Safety, list[Finding]] = defaultdict(list)
        for part in group.singles():
            drafted = draft(part, self.project, self.ground.tree)
            if drafted.change is None:
                self.funnel.drop(part.findings[0], f"{part.codemod.name} abstained: {drafted.abstained[0][1]}")
                continue
            candidate = Candidate(self.ground.tree, drafted.change, self.ground.policy, self.ground.bench)
            last = list(judge(gates, candidate))[-1]
            if last.ruling is Ruling.FAIL:
                self._refuse(part, last.gate, f"{last.gate}: {'; '.join(last.reasons) or last.claim}")
            else:
                kept[drafted.change.safety].append(part.findings[0])
        return kept

    def _refuse(self, group: Group, gate: str, reason: str) -> None:
        place = _place(group.rule, group.path, group.findings[0].line)
        self._tell("no", "try", f"{place}  {reason} → refused")
        self.funnel.drop(group.findings[0], f"refused by {gate}")
        if not self.request.dry_run:
            at = self.publisher.now().isoformat(timespec="seconds")
            self.publisher.forge.refused(group.findings, gate, reason, at)

    def _propose(self, judged: Judged) -> None:
        proposed = self.publisher.propose(judged, keep=not self.request.dry_run)
        self.proposals.append(proposed)
        if proposed.number:
            self.funnel.reach("opened", judged.findings)
        made = proposed.draft
        place = _place(made.rule, made.path, judged.findings[0].line)
        text = f"{place}  {made.safety.value} · {proposed.passed} of {proposed.gates} gates pass"
        self._tell("ok", f"#{proposed.number}" if proposed.number else "dry", text + (" · draft" if made.draft else ""))

    def _tell(self, mark: str, stage: str, text: str) -> None:
        self.crew.tell(Event(mark, stage, text))

    def _report(self, spent: str) -> Report:
        found = tuple(self.proposals)
        if found:
            return Report("proposed", spent or "every finding was tried", self.funnel, found, 0)
        if spent:
            return Report("budget", spent, self.funnel, found, 4)
        if self.funnel.attempts:
            return Report("blocked", "every candidate was refused by a gate", self.funnel, found, 1)
        if not self.funnel.count("eligible") and any(reason.startswith(HELD) for reason in self.funnel.drops()):
            return Report("all_suppressed", "what was found is rejected or already proposed", self.funnel, found, 0)
        return Report("nothing_worth_it", "nothing was found that may safely be changed", self.funnel, found, 0)


def _place(rule: str, path: str, line: int) -> str:
    return f"{rule:18} {path}:{line}"
