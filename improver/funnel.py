"""How findings became proposals: counted at each stage, with the reason at each drop."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from improver.records import Finding

STAGES = ("seen", "eligible", "tried", "passed", "opened")
REFUSALS_SHOWN = 5


class Funnel:
    """Sets of finding keys by stage; a finding tried twice counts once. The last reason for a drop stands."""

    def __init__(self) -> None:
        self._keys: dict[str, set[str]] = {stage: set() for stage in STAGES}
        self._dropped: dict[str, str] = {}
        self._refused: dict[tuple[str, str], list[str]] = defaultdict(list)  # by file and rule
        self.attempts = 0

    def reach(self, stage: str, findings: Iterable[Finding]) -> None:
        """Record that `findings` reached `stage`."""
        keys = {finding.key for finding in findings}
        self._keys[stage] |= keys
        for key in keys:
            self._dropped.pop(key, None)

    def drop(self, finding: Finding, reason: str) -> None:
        """Record that `finding` goes no further, and why."""
        self._dropped[finding.key] = reason

    def refuse(self, findings: Sequence[Finding], gate: str, reason: str) -> None:
        """Record that `gate` refused the candidate for `findings`, which share a rule and a file."""
        for finding in findings:
            self.drop(finding, f"refused by {gate}")
        self._refused[findings[0].path, findings[0].rule].append(reason)

    def refusals(self, finding: Finding) -> tuple[str, ...]:
        """Return why gates refused what was tried for the rule and the file of `finding`: the last reasons, once."""
        return tuple(dict.fromkeys(self._refused.get((finding.path, finding.rule), ())))[-REFUSALS_SHOWN:]

    def count(self, stage: str) -> int:
        """Return how many findings reached `stage`."""
        return len(self._keys[stage])

    def drops(self) -> Mapping[str, int]:
        """Return the number of findings dropped by reason, most frequent first."""
        return dict(Counter(self._dropped.values()).most_common())

    def as_counts(self) -> dict[str, object]:
        """Return the whole funnel as plain data."""
        return {**{stage: self.count(stage) for stage in STAGES}, "attempts": self.attempts, "drops": self.drops()}
