"""What tests notice of mutants before and after a change, and what they no longer notice."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from improver.experiments import Mutant, MutationRun
from improver.judging.mutants import twins

UNREACHED = "no test runs it"  # what an experiment says of a mutant that the tests do not reach
SHOWN = 5  # mutants named


@dataclass(frozen=True, slots=True)
class Side:
    """Mutants of one tree and what its tests made of them; what is undecided for another reason counts for nothing."""

    mutants: tuple[Mutant, ...]
    run: MutationRun

    @property
    def unreached(self) -> frozenset[str]:
        """Return the mutants that no test runs."""
        return frozenset(name for name, why in self.run.undecided.items() if why == UNREACHED)

    @property
    def unnoticed(self) -> frozenset[str]:
        """Return the mutants that every test lets live, by running them or by not running them."""
        return self.unreached | frozenset(self.run.survived)

    @property
    def told(self) -> int:
        """Return how many mutants there is a verdict on."""
        return len(self.run.killed) + len(self.unnoticed)


def lost(before: Side, after: Side) -> list[str]:
    """Return the mutants after a change that live though their likes before it, every one, were killed."""
    had, has = twins(before.mutants), twins(after.mutants)
    gone = []
    for key in had.keys() & has.keys():
        if all(name in before.run.killed for name in had[key]) and not any(
            name in after.run.killed for name in has[key]
        ):
            gone += [name for name in has[key] if name in after.unnoticed]
    return one_a_line(gone)


def blind_lines(before: Side, after: Side) -> list[str]:
    """Return a mutant of each line on which tests notice nothing, and of whose faults none lived before already.

    None unless these lines are more than those of the kind that are gone: a line may be written in another way.
    """
    fresh, gone = _blind(after, before), _blind(before, after)
    return one_a_line(name for names in fresh for name in names) if len(fresh) > len(gone) else []


def _blind(side: Side, other: Side) -> list[tuple[str, ...]]:
    """Return the mutants of each line of `side` that all live, none with a like that lives on the other side."""
    lives = {key for key, names in twins(other.mutants).items() if not other.unnoticed.isdisjoint(names)}
    shared = {name for key, names in twins(side.mutants).items() if key in lives for name in names}
    lines: dict[tuple[str, int], list[str]] = defaultdict(list)
    for mutant in side.mutants:
        if mutant.name in side.unnoticed or mutant.name in side.run.killed:
            lines[mutant.path, mutant.line].append(mutant.name)
    return [tuple(names) for names in lines.values() if side.unnoticed.issuperset(names) and shared.isdisjoint(names)]


def fewer_noticed(before: Side, after: Side) -> list[str]:
    """Return the mutants that newly live, none unless they are more than before in number and in share.

    A larger share alone comes from the removal of code that was tested well, a larger number alone from new code that
    is tested as well as the old; only both together say that the tests see less of what there is.
    """
    old, new = len(before.unnoticed), len(after.unnoticed)
    if new <= old or new * max(before.told, 1) <= old * max(after.told, 1):
        return []
    had = {key for key, names in twins(before.mutants).items() if not before.unnoticed.isdisjoint(names)}
    fresh = [name for key, names in twins(after.mutants).items() if key not in had for name in names]
    return one_a_line(set(fresh) & after.unnoticed) or one_a_line(after.unnoticed)


def one_a_line(names: Iterable[str]) -> list[str]:
    """Return mutants by place, at most one a line."""
    first: dict[tuple[str, int], str] = {}
    for name in sorted(names):
        found = re.match(r"(.*?):([0-9]+): ", name)
        place = (found[1], int(found[2])) if found else (name, 0)
        first.setdefault(place, name)
    return [first[place] for place in sorted(first)]


def told(names: Sequence[str], says: str) -> list[str]:
    """Return a sentence for each of the first few names, and how many more there are."""
    more = len(names) - SHOWN
    return [f"{name}: {says}" for name in names[:SHOWN]] + ([f"and {more} more lines"] if more > 0 else [])
