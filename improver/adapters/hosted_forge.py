"""The forge of a run that publishes: what stands at the host holds findings back before any work starts."""

from improver.adapters.local_forge import LocalForge
from improver.pulls.publishing import Why
from improver.records import Draft, Finding


class HostedForge:
    """Proposals of one project, here and at its host, as one run sees them. It cannot merge, approve or reject."""

    def __init__(self, local: LocalForge, why: Why) -> None:
        self._local = local
        self._why = why

    def suppressed(self, finding: Finding) -> str:
        """Return why this finding is not tried ("same as open pull request #12", "rejected ...", ...), or ""."""
        return self._why(finding) or self._local.suppressed(finding)

    def verdicts(self) -> dict[str, tuple[int, int]]:
        """Return, by rule, how many of its proposals humans approved and how many they rejected."""
        return self._local.verdicts()

    def refused(self, findings: tuple[Finding, ...], gate: str, reason: str, at: str) -> None:
        """Record that the candidate for `findings` was refused by `gate`."""
        self._local.refused(findings, gate, reason, at)

    def begin(self, draft: Draft) -> int:
        """Record that the draft's branch is about to be made; return the proposal's number."""
        return self._local.begin(draft)

    def opened(self, number: int, at: str) -> None:
        """Record that the branch of proposal `number` is there."""
        self._local.opened(number, at)
