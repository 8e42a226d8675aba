"""Calls of tests that lead to a function which they do not name: by what ran in each test (pure)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from improver.experiments import Case, Recording
from improver.judging.functions import definitions
from improver.source import Source
from improver.writing.harvest import Calls
from improver.writing.reaching import is_private

MOST = 8  # calls that lead to one function
OWNERS = 2  # functions that they are calls of


@dataclass(frozen=True)
class Entrances:
    """The product's functions by their last name, those that ran in each test, and the calls that stand there."""

    named: Mapping[str, Sequence[str]]
    ran: Mapping[str, frozenset[str]]
    calls: Calls

    @staticmethod
    def of(sources: Iterable[Source], recording: Recording, calls: Calls) -> "Entrances":
        """Read what is public in the product, and in which tests it ran."""
        named: dict[str, list[str]] = defaultdict(list)
        for source in sources:
            for name in definitions(source):
                *owners, last = name.split(".")
                called = owners[-1] if owners and last == "__init__" else last
                if not is_private(name):
                    named[called].append(f"{source.path}::{name}")
        ran = {name: frozenset(_plain(test) for test in tests) for name, tests in recording.impact.items()}
        return Entrances(named, ran, calls)

    def direct(self, function: str) -> tuple[Case, ...]:
        """Return the calls by its name in the tests in which a function ran, the shortest first."""
        return tuple(case for owner, case in self._leading(function) if owner == function)[:MOST]

    def indirect(self, function: str) -> Mapping[str, tuple[Case, ...]]:
        """Return the calls of other functions in tests in which this one ran, by what is called."""
        found: dict[str, list[Case]] = defaultdict(list)
        for owner, case in self._leading(function):
            if owner != function and (owner in found or len(found) < OWNERS) and len(found[owner]) < MOST // OWNERS:
                found[owner].append(case)
        return {owner: tuple(cases) for owner, cases in found.items()}

    def _leading(self, function: str) -> list[tuple[str, Case]]:
        """Return the calls in the tests in which the function ran, each with what is called, the shortest first."""
        known: dict[str, tuple[str, Case]] = {}
        for test in sorted(self.ran.get(function, ())):
            for name, case in (one for row in self.calls.get(test, ()) for one in row):
                for owner in self._owners(name, test, function):
                    known.setdefault(f"{case.setup} {case.call}", (owner, replace(case, function=owner)))
        return sorted(known.values(), key=lambda one: (_length(one[1]), one[1].call))

    def _owners(self, name: str, test: str, function: str) -> Sequence[str]:
        """Return what a call by this name in a test may be of: what ran there, of the same file if there is any."""
        ran = [one for one in self.named.get(name, ()) if test in self.ran.get(one, ())]
        path = function.partition("::")[0]
        near = [one for one in ran if one == function] or [one for one in ran if one.startswith(f"{path}::")]
        return (near or ran)[:1]


def _plain(test: str) -> str:
    return test.partition("[")[0]


def _length(case: Case) -> int:
    return len(case.call) + sum(len(line) for line in (*case.setup, *case.prelude))
