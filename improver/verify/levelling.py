"""Calls in which both sides of a comparison are equal or one step apart, as source: inside the sandbox (Python 3.9).

What is put in a place of a call is tried, and told of only if a comparison then stands as it did not before.
"""

from __future__ import annotations

import collections
import contextlib
import datetime
import itertools
from typing import Any, Callable, Iterator  # noqa: UP035 - older interpreters run this file

EVEN, BELOW, ABOVE, WITHIN = "even", "below", "above", "within"
ORDERED = {"Lt": (EVEN, BELOW, ABOVE), "LtE": (EVEN, ABOVE, BELOW), "Gt": (EVEN, ABOVE, BELOW)}
ORDERED["GtE"] = ORDERED["Lt"]
EQUAL, HELD = ("Eq", "NotEq"), ("In", "NotIn")
MIRRORED = {BELOW: ABOVE, ABOVE: BELOW}
TRIES, ENOUGH = 32, 2  # runs for one case; cases of one function for each way in which two sides stand
MINUTE, SECOND, DAY = datetime.timedelta(minutes=1), datetime.timedelta(seconds=1), datetime.timedelta(days=1)


class Levelling:
    """What is put into cases of one function: `run` tells what one compares, `replacing` is the guest of that name."""

    def __init__(
        self, signs: dict[Any, str], run: Callable[[dict[str, Any]], Any], replacing: Any, space_of: Callable[..., Any]
    ) -> None:
        self.signs, self.run, self.replacing = signs, run, replacing
        self.places = replacing.Replacing(space_of)
        self.met: collections.Counter[Any] = collections.Counter()

    def levelled(self, case: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield variations of a case in which a comparison stands anew, and what an attribute makes of each."""
        notes = self.run(case)
        known = self.stands(notes)
        yield from self.turned(case, notes, ())
        due = (one for one in self.tries(notes, case) if one[0] not in known and self.met[one[0]] < ENOUGH)
        for wanted, spot, text in itertools.islice(due, TRIES):
            other = self.replacing.put(case, spot, text)
            seen = self.run(other)
            new = self.stands(seen) - known
            if wanted in new:
                self.met.update(new)
                yield {**other, "stands": repr(wanted)}
                yield from self.turned(other, seen, wanted)

    def stands(self, notes: Any) -> set[Any]:
        """Return how the sides of each comparison stood, where that is of interest."""
        known = ((place, *pair) for place, pairs in notes.compared.items() for pair in pairs)
        found = ((place, stand(left, right, self.signs[place])) for place, left, right in known)
        return {one for one in found if one[1]}

    def tries(self, notes: Any, case: dict[str, Any]) -> Iterator[tuple[Any, Any, str]]:
        """Yield what to reach, the place and what to put there: equal values before others, likely places first."""
        spots = [*self.places.spots_of(case)] if notes.compared else []
        found: dict[Any, int] = {}
        for place, pairs in notes.compared.items():
            ends = [pairs[0], *pairs[1:][-1:]]
            for (left, right), spot in itertools.product(ends, spots):
                for rank, want, text in self._ways(left, right, spot, self.signs[place]):
                    known = found.setdefault(((place, want), spot, text), rank)
                    found[(place, want), spot, text] = min(known, rank)
        yield from sorted(found, key=lambda one: found[one])

    def _ways(self, left: Any, right: Any, spot: Any, sign: str) -> Iterator[tuple[int, str, str]]:
        """Yield what to put in a place so that two sides may stand in a way that matters, with its rank."""
        wants = ORDERED.get(sign) or ((EVEN,) if sign in EQUAL else (WITHIN,) if sign in HELD else ())
        for number, want in enumerate(wants):
            for side, other, goal in ((left, right, want), (right, left, MIRRORED.get(want, want))):
                for rank, text in self.replacing.moved(spot, side, _aims(other, goal)):
                    yield rank + 3 * number, want, text

    def turned(self, case: dict[str, Any], notes: Any, wanted: Any) -> Iterator[dict[str, Any]]:
        """Yield a case with an attribute, on or off, that was asked for by name given to what makes its object."""
        for name, value in notes.asked.items():
            found = _held(value, name)
            if type(found) not in (bool, int) or found not in (0, 1) or self.met[name, wanted] >= ENOUGH:
                continue
            for other in self.places.keyed(case, type(value), name, type(found)(not found)):
                asked = self.run(other).asked.get(name)
                if type(asked) is type(value) and _held(asked, name) != found:
                    self.met[name, wanted] += 1
                    yield {**other, "stands": repr((name, wanted))}
                    break


def _held(value: Any, name: str) -> Any:
    with contextlib.suppress(Exception):  # foreign code
        return getattr(value, name, None)
    return None


def stand(left: Any, right: Any, sign: str) -> str:
    """Return how two sides of a comparison stand: equal, one step apart, or one in the other; "" for anything else."""
    if sign in HELD:
        return WITHIN if isinstance(right, list) and left in right else ""
    if sign not in EQUAL and sign not in ORDERED:
        return ""
    with contextlib.suppress(Exception):  # a zone is foreign code
        if left == right:
            return EVEN
        step, apart = step_of(left), left - right
        if sign in ORDERED and step is not None and abs(apart) <= step:
            return ABOVE if left > right else BELOW
    return ""


def step_of(value: Any) -> Any:
    """Return the step from a value to the next that anybody would try, None for none."""
    if type(value) is datetime.datetime:
        return SECOND if value.second or value.microsecond else MINUTE
    return {int: 1, datetime.date: DAY}.get(type(value))


def _aims(other: Any, goal: str) -> list[Any]:
    """Return what a side should be, so that it stands to the other as it is meant to."""
    if goal == WITHIN:
        held = other if isinstance(other, list) else []
        return [*held[:1], *held[1:][-1:]]
    if goal == EVEN:
        return [other]
    step = step_of(other)
    with contextlib.suppress(TypeError, OverflowError):
        return [] if step is None else [other + step if goal == ABOVE else other - step]
    return []
