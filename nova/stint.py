"""One open entry at work: what it was given, what came back so far, and which second chances are used up."""

import logging
from dataclasses import dataclass, field

from nova.agent import Result
from nova.contracts import Contract, Entry, Failure, Packet
from nova.desk import Seat
from nova.recovery import Settled

log = logging.getLogger("nova")


@dataclass(frozen=True, slots=True)
class Moved:
    """The entry ended because the run has a new owner, who begins with `entry`."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class Waiting:
    """The entry stays open until the user replies."""


WAITING = Waiting()
End = Settled | Moved | Waiting


@dataclass(slots=True)
class Stint:
    """An open entry at work, over all calls of its body."""

    seat: Seat
    task: Contract
    packet: Packet
    results: list[Result] = field(default_factory=list)
    problem: str = ""
    repaired: bool = False  # a malformed outcome went back once already
    rejected: bool = False  # the owner was told once already that its handoff came to nothing
    questioned: bool = False  # unbacked claims went back once already

    def end(self, outcome: Settled, text: str = "") -> Settled:
        """Close the entry; `text` is the outcome as JSON, where that is known."""
        entry = self.seat.entry
        if isinstance(outcome, Failure):
            log.warning("run %s entry %d %s: %s", entry.run, entry.index, entry.agent, outcome.kind)
        self.seat.run.close(entry, outcome, self.seat.tally.cost(), text)
        return outcome
