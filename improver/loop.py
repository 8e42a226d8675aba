"""One improvement run, start to end: scan, try, judge, propose. It cannot merge."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from improver.adding import Adding, may_add, with_reproduction
from improver.funnel import Funnel
from improver.gate import RUNS, Candidate, Gate
from improver.judge import judge, judge_in_time
from improver.looking import BATCH, Ready, first_look, unsure
from improver.observer import Project
from improver.outcome import Report, concluded
from improver.proposing import Judged, Proposed, Publisher
from improver.records import Finding, Ruling, Safety
from improver.request import Crew, Event, Request
from improver.scan import Group, Scan, answering, apart, draft, groups, names_of, wanted
from improver.writing.writer import RULE

BESIDE = 0.25  # of the time that is left, for new tests while findings wait


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
        self.worth = publisher.worth()
        self.most = request.maximum  # proposals: one less while room is kept for new tests
        self.unfinished: list[Group] = []  # it was late before all gates had been asked about them
        self.ends = publisher.now() + timedelta(seconds=self.ground.policy.budget.seconds)

    def run(self, scan: Scan) -> Report:
        """Try the groups worth trying, most valuable first, until the budget is spent; keep one proposal for new tests.

        A candidate that needs a first look waits for others that do, and what comes after it waits too; but the first
        proposal is not kept waiting by what a look costs.
        """
        found = self.worth.measured(self._eligible(scan), self.project)
        made, waiting = groups(found, self.crew.codemods, self.worth.of), list[Ready]()
        queue = self.crew.decides.ranked(apart(made, self.request.apart), self.worth.of)
        adds = wanted(RULE, self.request.only)
        if adds and self.most > 1 and may_add(self.ground, self.project, self.worth):
            self.most -= 1
        self._change(queue, waiting)
        self.most, is_beside = self.request.maximum, bool(queue or waiting)
        cut = self._add_tests(self._doubtful(scan), is_beside=is_beside) if adds and not self._spent() else ""
        self._change(queue, waiting)
        spent = self._spent()
        left = [*self.unfinished, *(one.group for one in waiting), *queue]
        for finding in (finding for group in left for finding in group.findings):
            self.funnel.drop(finding, f"not tried: {spent}")
        return concluded(self.funnel, self.proposals, spent if left else cut)

    def _change(self, queue: list[Group], waiting: list[Ready]) -> None:
        """Try the groups in their order while there is room for more; what is not tried is left in both lists."""
        while (queue or waiting) and not self._full():
            if queue and len(waiting) < self._room():
                queue[:0] = self._begin(queue.pop(0), len(queue), waiting)
                if waiting and waiting[-1].sure and (len(waiting) == 1 or not self.proposals):
                    queue[:0] = self._finish([waiting.pop()])
            elif waiting:
                queue[:0] = self._finish(waiting)
            else:
                break

    def _doubtful(self, scan: Scan) -> frozenset[str]:
        """Return the functions of which a finding says that they do not do what they should."""
        changing = {one.name for one in self.crew.codemods if one.SAFETY is Safety.BEHAVIOUR_CHANGE}
        named = ((one, answering(self.crew.codemods, one.rule)) for one in scan.findings)
        return frozenset(f"{one.path}::{one.symbol}" for one, by in named if by is not None and by.name in changing)

    def _add_tests(self, doubtful: frozenset[str], *, is_beside: bool) -> str:
        """Propose new tests, a file at a time; return why there was no budget for all files, "" when there was.

        While other findings wait beside them they get a part of the time that is left.
        """
        now = self.publisher.now()
        ends = now + (self.ends - now) * (BESIDE if is_beside else 1)
        told = (self.funnel, self._tell, self.crew.decides)
        limits = (self._is_late, lambda: self.publisher.now() >= ends)
        adding = Adding(self.publisher, self.crew.gates, *told, *limits, doubtful)
        for left, tried in adding.judged(self.project, self.worth):
            if isinstance(tried, Judged):
                self._propose(tried)
            elif tried is not None:
                self._refuse(tried.findings, tried.gate, tried.reason)
            if spent := self._spent():
                return f"{spent}: no tests for {left} more files" if left else spent
            if adding.enough():
                break
        return ""

    def _eligible(self, scan: Scan) -> Iterator[Finding]:
        self.funnel.reach("seen", scan.findings)
        for finding in scan.findings:
            if reason := self._held_back(finding):
                self.funnel.drop(finding, reason)
            else:
                self.funnel.reach("eligible", (finding,))
                yield finding

    def _held_back(self, finding: Finding) -> str:
        codemod = answering(self.crew.codemods, finding.rule)
        if codemod is None or codemod.REPORTED:
            why = f": {codemod.REPORTED}" if codemod is not None else ""
            return f"report only: {finding.rule}{why}"
        names = names_of(finding.rule, self.crew.codemods)
        if not {*names}.isdisjoint(self.ground.policy.review.codemods_off):
            return f"off by policy: {finding.rule}"
        if not any(wanted(name, self.request.only) for name in names):
            return "not asked for"
        return self.worth.refuses(finding.rule) or self.publisher.forge.suppressed(finding)

    def _spent(self) -> str:
        """Return why nothing more is begun."""
        budget = self.ground.policy.budget
        if not (full := self._full()) and self.funnel.attempts >= budget.attempts:
            return f"{budget.attempts} attempts are the most one run may make"
        return full

    def _full(self) -> str:
        """Return why not even what was begun is finished."""
        budget = self.ground.policy.budget
        if len(self.proposals) >= self.most:
            return f"at most {self.request.maximum} a run"
        if self.request.waiting + len(self.proposals) >= budget.open_proposals and not self.request.dry_run:
            return f"{budget.open_proposals} open proposals are the most there may be: decide about some first"
        if self._is_late():
            return f"{budget.seconds} seconds are the most one run may take"
        return ""

    def _is_late(self) -> bool:
        return self.publisher.now() >= self.ends

    def _room(self) -> int:
        """Return how many candidates may be judged at a time: no more than are likely to be wanted."""
        wanted = 2 * (self.most - len(self.proposals))
        return 0 if self.funnel.attempts >= self.ground.policy.budget.attempts else min(BATCH, wanted)

    def _begin(self, group: Group, more: int, waiting: list[Ready]) -> tuple[Group, ...]:
        """Judge one group by the gates that run no code; let it wait, or return what of it is still worth trying."""
        self._tell("busy", "try", f"{more} to go · {_place_of(group)}")
        drafted = self.crew.decides.draft(group, self.project, self.ground.tree)
        for finding, reason in drafted.abstained:
            self.funnel.drop(finding, f"{group.codemod.name} abstained: {reason}")
        if drafted.change is None or (drafted.abstained and group.is_whole):
            return self._left(drafted.answered)
        answered, poor = self.worth.drafted(replace(group, findings=drafted.answered), drafted.change)
        if poor:
            return self._skipped(answered, poor)
        self.funnel.attempts += 1
        self.funnel.reach("tried", drafted.answered)
        candidate = Candidate(self.ground.tree, drafted.change, self.ground.policy, self.ground.bench)
        early, _ = self._stages
        results = tuple(judge(early, candidate))
        asked = {gate.name for gate in early}
        for reason in self.ground.policy.decides(drafted.change.safety, results):
            if reason.partition(":")[0] in asked:
                return self._narrowed(answered, reason)
        ready = Ready(answered, candidate, results)
        if drafted.change.safety is Safety.BEHAVIOUR_CHANGE:
            ready = with_reproduction(ready, early, self.ground, self.project, self._is_late)
        waiting.append(ready)
        return ()

    @property
    def _stages(self) -> tuple[Sequence[Gate], Sequence[Gate]]:
        """Return the gates before the first that runs code, and all others."""
        gates = self.crew.gates
        count = next((number for number, gate in enumerate(gates) if gate.cost >= RUNS), len(gates))
        return gates[:count], gates[count:]

    def _finish(self, waiting: list[Ready]) -> tuple[Group, ...]:
        """Judge to the end, in order, what waits; leave what the budget has no room for, return what to try again."""
        again: list[Group] = []
        refused = self._first_look(waiting)
        for number in range(len(waiting)):
            ready = waiting.pop(0)
            reason = refused.get(number) or self._judged(ready)
            again += self._narrowed(ready.group, reason) if reason else ()
            if self._full():
                break
        return tuple(again)

    def _first_look(self, waiting: Sequence[Ready]) -> Mapping[int, str]:
        """Return by number why a warm first look refuses some of those that wait."""
        if not (count := unsure(waiting)):
            return {}
        self._tell("busy", "look", f"a first look at {count} candidates")
        noticed = first_look(waiting, self.ground.bench.experiments)
        self._tell("note", "look", noticed.text)
        return noticed.refused

    def _judged(self, ready: Ready) -> str:
        """Put a candidate through the gates that are left and propose it, or return the reason against it."""
        asked = judge_in_time(self._stages[1], ready.candidate, self._is_late)
        if asked is None:
            self._tell("skip", "try", f"{_place_of(ready.group)}  it is late: not all gates are asked")
            self.unfinished.append(ready.group)
            return ""
        results = (*ready.results, *asked)
        if refusals := self.ground.policy.decides(ready.candidate.change.safety, results):
            return refusals[0]
        self.funnel.reach("passed", ready.group.findings)
        refused = self.funnel.refusals(ready.group.findings[0])
        safe_when = ready.group.codemod.SAFE_WHEN
        self._propose(Judged(ready.candidate.change, ready.group.findings, results, safe_when, refused))
        return ""

    def _narrowed(self, group: Group, reason: str) -> tuple[Group, ...]:
        """Find the findings that the gate in `reason` refuses: one by one where asking costs little, else by halves."""
        gate = reason.partition(":")[0]
        if len(group.findings) == 1 or (group.is_whole and gate != "size"):
            self._refuse(group.findings, gate, reason)
            return ()
        place = _place_of(group)
        names = [one.name for one in self.crew.gates]
        if gate not in names or self.crew.gates[names.index(gate)].cost >= RUNS:
            self._tell("skip", "try", f"{place}  {reason} → tried in halves")
            return group.halves()
        kept = self._sifted(group, self.crew.gates[: names.index(gate) + 1])
        count = sum(map(len, kept.values()))
        self._tell("skip", "try", f"{place}  {gate} lets {count} of {len(group.findings)} places through")
        if any(len(alike) == len(group.findings) for alike in kept.values()):  # each holds alone, not all together
            return group.halves()
        if count * 2 < len(group.findings):  # a file in two styles is no better than one in the old one
            return self._left([one for alike in kept.values() for one in alike])
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
                self._refuse(part.findings, last.gate, f"{last.gate}: {'; '.join(last.reasons) or last.claim}")
            else:
                kept[drafted.change.safety].append(part.findings[0])
        return kept

    def _skipped(self, group: Group, why: str) -> tuple[Group, ...]:
        self._tell("skip", "try", f"{_place_of(group)}  {why}")
        for finding in group.findings:
            self.funnel.drop(finding, "worth less than policies/review.yaml asks for")
        return ()

    def _left(self, findings: Iterable[Finding]) -> tuple[Group, ...]:
        for finding in findings:
            self.funnel.drop(finding, "others of its kind in the file would stay as they are")
        return ()

    def _refuse(self, findings: tuple[Finding, ...], gate: str, reason: str) -> None:
        first = findings[0]
        self._tell("no", "try", f"{_place(first.rule, first.path, first.line)}  {reason} → refused")
        self.funnel.refuse(findings, gate, reason)
        if not self.request.dry_run:
            self.publisher.forge.refused(findings, gate, reason, self.publisher.now().isoformat(timespec="seconds"))

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


def _place(rule: str, path: str, line: int) -> str:
    return f"{rule:18} {path}:{line}"


def _place_of(group: Group) -> str:
    return _place(group.rule, group.path, group.findings[0].line)
