"""Calls of tests that lead to a function which they do not name: by what ran in each test (pure)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from improver.experiments import Case, Recording
from improver.judging.functions import definitions
from improver.source import Source
from improver.writing.inputs.harvest import Calls
from improver.writing.inputs.illustrating import is_foreign
from improver.writing.inputs.reaching import is_private
from improver.writing.pieces import called_as

MOST = 10  # calls that lead to one function
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
                function = f"{source.path}::{name}"
                if not is_private(f"{source.path.removesuffix('.py').replace('/', '.')}.{name}"):
                    named[called_as(function)].append(function)
        ran = {name: frozenset(_plain(test) for test in tests) for name, tests in recording.impact.items()}
        return Entrances(named, ran, calls)

    def direct(self, function: str) -> tuple[Case, ...]:
        """Return the calls by its name in the tests in which a function ran, the shortest first."""
        return self._leading(function).get(function, ())[:MOST]

    def indirect(self, function: str) -> Mapping[str, tuple[Case, ...]]:
        """Return the calls of other functions in tests in which this one ran, by what is called.

        What many of these tests call, and few others, is likely to lead there; the making of an object seldom does.
        """
        found, tests = self._leading(function), self.ran.get(function, frozenset())
        shares = {one: len(tests & self.ran[one]) / len(self.ran[one]) for one in found if one != function}
        likely = sorted(shares, key=lambda one: (one.endswith(".__init__"), -len(found[one]) * shares[one], one))
        return {owner: found[owner][: MOST // OWNERS] for owner in likely[:OWNERS]}

    def _leading(self, function: str) -> Mapping[str, tuple[Case, ...]]:
        """Return the calls in the tests in which the function ran by what is called, the shortest of each first."""
        known: dict[str, dict[str, tuple[int, Case]]] = defaultdict(dict)
        for test in sorted(self.ran.get(function, ())):
            counts: Counter[str] = Counter()
            cases = [one for row in self.calls.get(test, ()) for one in row]
            texts = "\n".join(case.call for _, case in cases)
            cases = [one for one in cases if f"{one[1].call}." not in texts]  # no more than a part of another
            for name, case in sorted(cases, key=lambda one: _length(one[1])):
                for owner in self._owners(name, test, function):
                    if is_foreign(case, called_as(owner), _package(owner)):
                        continue
                    known[owner].setdefault(f"{case.setup} {case.call}", (counts[owner], replace(case, function=owner)))
                    counts[owner] += 1
        return {owner: tuple(case for _, case in sorted(cases.values(), key=_order)) for owner, cases in known.items()}

    def _owners(self, name: str, test: str, function: str) -> Sequence[str]:
        """Return what a call by this name in a test may be of: of what ran there that which tests run most, or itself.

        Of several by one name the others run where that one calls them.
        """
        ran = [one for one in self.named.get(name, ()) if test in self.ran.get(one, ())]
        if function in ran:
            return [function]
        return sorted(ran, key=lambda one: (-len(self.ran[one]), one))[:1]


def _package(function: str) -> str:
    """Return the name of the package, or of the module, that a function is of."""
    return function.partition("::")[0].removeprefix("src/").partition("/")[0].removesuffix(".py")


def _plain(test: str) -> str:
    return test.partition("[")[0]


def _order(one: tuple[int, Case]) -> tuple[int, int, str]:
    turn, case = one
    return turn, _length(case), case.call


def _length(case: Case) -> int:
    return len(case.call) + sum(len(line) for line in (*case.setup, *case.prelude))
