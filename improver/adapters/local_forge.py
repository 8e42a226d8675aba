"""The forge that needs no network: a pull request is a record in the ledger and its Markdown text."""

import re
from collections import Counter

from improver.adapters.ledger import Ledger
from improver.adapters.ledger_records import Attempt, Proposal, State
from improver.records import Draft, Finding

PLACEHOLDER = re.compile(r"\b(improve (?:show|verify|approve|reject|undo)) NUMBER\b")


class LocalForge:
    """Proposals of one project, as one run sees them. It cannot merge, approve or reject."""

    def __init__(self, ledger: Ledger, run: str = "") -> None:
        self._ledger = ledger
        self._run = run

    def suppressed(self, finding: Finding) -> str:
        """Return why this finding is not tried ("rejected in proposal #2: ...", "same as open proposal #3"), or ""."""
        return self._ledger.suppressed(finding)

    def verdicts(self) -> dict[str, tuple[int, int]]:
        """Return, by rule, how many of its proposals humans approved and how many they rejected."""
        given = Counter((one.rule, one.verdict.decision) for one in self._ledger.decisions() if one.effective)
        return {rule: (given[rule, "approved"], given[rule, "rejected"]) for rule, _ in given}

    def refused(self, findings: tuple[Finding, ...], gate: str, reason: str, at: str) -> None:
        """Record that the candidate for `findings` was refused by `gate`."""
        self._ledger.record_attempts(
            Attempt(self._run, finding.rule, finding.path, finding.key, gate, reason, at) for finding in findings
        )

    def begin(self, draft: Draft) -> int:
        """Record that the draft's branch is about to be made; return the proposal's number."""
        return self._ledger.begin_proposal(draft, self._run)

    def opened(self, number: int, at: str) -> None:  # noqa: ARG002 - the port's; the draft carries the local time
        """Record that the branch of proposal `number` is there."""
        self._ledger.opened(number)

    def get(self, number: int) -> Proposal:
        """Return proposal `number`."""
        return self._ledger.proposal(number)

    def list(self, *states: State) -> tuple[Proposal, ...]:
        """Return the proposals in any of `states`, all when none is given, oldest first."""
        return self._ledger.proposals(*states)


def markdown(proposal: Proposal) -> str:
    """Return the text a human reads, with the proposal's number in the commands it names."""
    return PLACEHOLDER.sub(rf"\g<1> {proposal.number}", proposal.draft.text)
