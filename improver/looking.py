"""The candidates that wait for a warm first look, and what it noticed about them."""

from collections.abc import Sequence
from dataclasses import dataclass

from improver.experiments import Experiments, Look
from improver.gate import Candidate
from improver.records import TESTS_ALONE, GateResult, Safety
from improver.scan import Group

BATCH = 20  # candidates that wait for one look
FEWEST = 2  # one alone costs no more to judge than to look at, since a look needs a recording of the suite
SURE = (Safety.PROVED, Safety.CONFINED, *TESTS_ALONE)  # what a look with the base's tests could hardly notice
LOOKED = "tests"  # the gate in whose name a look refuses


@dataclass(frozen=True, slots=True)
class Ready:
    """A candidate that passed every gate that comes before the first that runs code."""

    group: Group
    candidate: Candidate
    results: tuple[GateResult, ...]

    @property
    def sure(self) -> bool:
        """Tell whether it needs no look."""
        return self.candidate.change.safety in SURE


@dataclass(frozen=True, slots=True)
class Noticed:
    """What one look at a batch said: why it refuses a candidate, by its number in the batch, and how it went."""

    refused: dict[int, str]
    text: str


def unsure(waiting: Sequence[Ready]) -> int:
    """Return how many candidates of a batch would be looked at; 0 when there are too few."""
    count = sum(not ready.sure for ready in waiting)
    return count if count >= FEWEST else 0


def first_look(waiting: Sequence[Ready], experiments: Experiments) -> Noticed:
    """Look at those of a batch that are not sure; nothing is ever accepted here."""
    numbers = [number for number, ready in enumerate(waiting) if not ready.sure]
    changes = [_product(waiting[number].candidate) for number in numbers]
    looks = experiments.look(changes)
    refused = {
        number: f"{LOOKED}: first look: {look.refused}"
        for number, look in zip(numbers, looks, strict=True)
        if look.refused
    }
    return Noticed(refused, _told(looks))


def _product(candidate: Candidate) -> dict[str, bytes | None]:
    """Return what becomes of the files of the product; the base's tests look at them."""
    edits = (edit for edit in candidate.change.edits if not candidate.policy.is_test(edit.path))
    return {edit.path: edit.after.data if edit.after else None for edit in edits}


def _told(looks: Sequence[Look]) -> str:
    refused, cold = sum(bool(look.refused) for look in looks), [look.cold for look in looks if look.cold]
    text = f"{len(looks)} candidates · {refused} refused"
    return f"{text} · {len(cold)} left to the gates: {cold[0]}" if cold else text
