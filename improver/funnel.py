"""How findings became proposals: counted at each stage, with the reason at each drop."""

from collections import Counter
from collections.abc import Iterable, Mapping

from improver.records import Finding

STAGES = ("seen", "eligible", "tried", "passed", "opened")


class Funnel:
    """Sets of finding keys by stage; a finding tried twice counts once. The last reason for a drop stands."""

    def __init__(self) -> None:
        self._keys: dict[str, set[str]] = {stage: set() for stage in STAGES}
        self._dropped: dict[str, str] = {}
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

    def count(self, stage: str) -> int:
        """Return how many findings reached `stage`."""
        return len(self._keys[stage])

    def drops(self) -> Mapping[str, int]:
        """Return the number of findings dropped by reason, most frequent first."""
        return dict(Counter(self._dropped.values()).most_common())

    def as_counts(self) -> dict[str, object]:
        """Return the whole funnel as plain data."""
        return {**{stage: self.count(stage) for stage in STAGES}, "attempts": self.attempts, "drops": self.drops()}
