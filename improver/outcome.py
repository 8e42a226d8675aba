"""How a run ended, told from what became of its findings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from improver.funnel import Funnel
from improver.proposing import Proposed

# How a forge's reasons begin when a human, or an open proposal, stands in the way.
HELD = ("rejected", "same as", "merged in")


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


def concluded(funnel: Funnel, proposals: Sequence[Proposed], spent: str) -> Report:
    """Return how the run ended; `spent` is why findings were left untried, if any were."""
    found = tuple(proposals)
    if found:
        return Report("proposed", spent or "every finding was tried", funnel, found, 0)
    if spent:
        return Report("budget", spent, funnel, found, 4)
    if funnel.attempts:
        return Report("blocked", "every candidate was refused by a gate", funnel, found, 1)
    if not funnel.count("eligible") and any(reason.startswith(HELD) for reason in funnel.drops()):
        return Report("all_suppressed", "what was found is rejected or already proposed", funnel, found, 0)
    return Report("nothing_worth_it", "nothing was found that may safely be changed", funnel, found, 0)
