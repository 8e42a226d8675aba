"""What a proposal is worth: its codemod's value and safety, raised and lowered by what was measured (pure)."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

from improver.circumstances import Circumstances, measured, simplified
from improver.observer import Project
from improver.policy import Policy
from improver.records import Change, Finding
from improver.scan import Group, catalogued

HALF_CALLERS, HALF_CHANGES, HALF_PLACES = 8, 12, 4  # so many are worth half of what any number could be worth
ASSUMED = (4, 1)  # what every rule begins with, approved and rejected: the bar that a codemod has to take to be ours
CERTAIN = 1.2816  # standard deviations: the bound holds in 9 cases of 10


class Worth:
    """Weighs the findings of one run; every number that it weighs by is part of their evidence."""

    def __init__(self, policy: Policy, known: Circumstances) -> None:
        self.policy = policy
        self.weights = policy.review.worth
        self.known = known

    def refuses(self, rule: str) -> str:
        """Return why findings under `rule` are only reported: humans said no too often."""
        approved, rejected = self.known.verdicts.get(rule, (0, 0))
        if acceptance(approved, rejected) >= self.weights.acceptance:
            return ""
        return f"report only: humans approved {approved} of {approved + rejected} proposals of {rule}"

    def measured(self, findings: Iterable[Finding], project: Project) -> list[Finding]:
        """Return `findings` with their circumstances as evidence."""
        files = {**project.sources, **project.context}
        product = {path: source for path, source in files.items() if not self.policy.is_test(path)}
        return measured(findings, product, self.known)

    def of(self, group: Group) -> float:
        """Return what a proposal about `group` is worth: its best finding, raised by the number of its places."""
        return self._raised(group, catalogued(group.codemod, group.codemod.SAFETY))

    def drafted(self, group: Group, change: Change) -> tuple[Group, str]:
        """Return the group with what `change` gains as evidence, and why it is not worth a human's time, or ""."""
        gained = simplified(change.edits)
        group = replace(group, findings=tuple(replace(o, evidence={**o.evidence, **gained}) for o in group.findings))
        worth, floor = self._raised(group, catalogued(group.codemod, change.safety)), self.weights.floor
        return group, f"worth {worth:.1f}, below the floor of {floor:g}" if worth < floor else ""

    def _raised(self, group: Group, worth: float) -> float:
        evident = max(self._factor(finding.evidence) for finding in group.findings)
        places = 1 + self.weights.places * _saturated(len(group.findings) - 1, HALF_PLACES)
        standing = acceptance(*self.known.verdicts.get(group.rule, (0, 0))) / acceptance(0, 0)
        return worth * evident * places * standing

    def _factor(self, evidence: Mapping[str, int]) -> float:
        weights = self.weights
        before, after = evidence.get("complexity_before", 0), evidence.get("complexity_after", 0)
        return (
            1
            + weights.callers * _saturated(evidence.get("callers", 0), HALF_CALLERS)
            + weights.changes * _saturated(evidence.get("changes", 0), HALF_CHANGES)
            + weights.covered * evidence.get("statements_run", 0) / max(evidence.get("statements_held", 0), 1)
            + weights.simpler * max(before - after, 0) / max(before, 1)
        )


def acceptance(approved: int, rejected: int) -> float:
    """Return how often humans accept a rule at least, as far as their verdicts tell (Wilson's lower bound)."""
    good, bad = approved + ASSUMED[0], rejected + ASSUMED[1]
    count, share, square = good + bad, good / (good + bad), CERTAIN**2
    spread = CERTAIN * math.sqrt(share * (1 - share) / count + square / (4 * count**2))
    return (share + square / (2 * count) - spread) / (1 + square / count)


def _saturated(count: int, half: int) -> float:
    """Return 0 for none, 0.5 for `half`, and never 1: what ten say, a hundred do not say ten times."""
    return count / (count + half)
