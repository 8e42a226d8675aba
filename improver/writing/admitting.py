"""Which of the calls that were explored the tests in one file make: of those that may stand there the best (pure)."""

import functools
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from improver.experiments import Case
from improver.writing.asking import MAKES, asking
from improver.writing.choice.contrasting import contrasts
from improver.writing.choice.custom import Custom
from improver.writing.choice.lasting import is_drawn, is_lasting
from improver.writing.choice.legible import legible
from improver.writing.choice.modest import is_modest
from improver.writing.choice.selecting import OUTCOMES, bare, chosen, weight
from improver.writing.choice.surroundings import Surroundings, wants_absence
from improver.writing.choice.suspicion import at_odds
from improver.writing.inputs.misfits import Signatures
from improver.writing.inputs.pathlike import Paths
from improver.writing.layout.assembling import fits, needs_3
from improver.writing.layout.grouping import Written
from improver.writing.layout.qualifying import qualified_case
from improver.writing.names import BUILT_IN, is_same
from improver.writing.placing import Place, name_of, texts_of
from improver.writing.targets import Weak
from improver.writing.words.naming import NAME

ALIKE = 8  # calls that notice the same, from which one is chosen


def admitted(weak: Weak, cases: Sequence[Case], place: Place, dropped: Counter[str]) -> list[Case]:
    """Return the fewest calls that tests in the file at `place` may make, with one that contrasts where all look alike.

    What is left out on the way is counted by reason. Of calls that notice the same faults only those that read best
    are looked at.
    """
    odd = at_odds(weak.source, cases)
    readable = [legible(case) for case in cases if case.kills]
    dropped["cannot be read"] += sum(not case.kills for case in readable)
    alike: dict[tuple[str, frozenset[str]], list[Case]] = defaultdict(list)
    for case in readable:
        if case.kills and case.function not in odd:
            alike[case.function, case.kills].append(case)
    dropped["contradicts its parent"] += sum(case.function in odd for case in cases)
    door = _Door(weak, place, dropped, Custom.of(cases, weak.node_of, weak.usage))
    inside = [case for group in alike.values() for case in door.first(group)]
    kept = chosen(inside, weak.node_of, door.custom)
    return [*kept, *contrasts(kept, inside, weak.node_of)]


class _Door:
    """What keeps calls out of one test file."""

    def __init__(self, weak: Weak, place: Place, dropped: Counter[str], custom: Custom) -> None:
        self.weak, self.place, self.dropped, self.custom = weak, place, dropped, custom
        self.texts = texts_of(place.before) if place.before is not None else frozenset[str]()
        sources = {weak.source.path: weak.source, **weak.around}
        self.signatures = Signatures.of(sources.values())
        self.paths = functools.cache(lambda path: Paths.of(sources[path]))
        self.around = functools.cache(lambda path: Surroundings.of(sources[path], sources.values()))

    def first(self, cases: Sequence[Case]) -> Iterator[Case]:
        """Yield the first few that are let in, those that read best first."""
        found = 0
        for case in sorted(
            cases, key=lambda one: (weight(one, self.weak.node_of(one.function), self.custom), one.call)
        ):
            asked = bare(asking(case, self.place.steps))
            why = self.why_not(asked)
            if why:
                self.dropped[why] += 1
                continue
            yield asked
            found += 1
            if found == ALIKE:
                return

    def why_not(self, case: Case) -> str:
        """Return why a test in this file cannot make the call, "" where it can."""
        node = self.weak.node_of(case.function)
        source = self.weak.around.get(case.function.partition("::")[0], self.weak.source)
        if is_lasting(node, source):
            return "changes what runs it"
        if case.checks[0][0] not in OUTCOMES and is_drawn(node, source):
            return "draws by lot"
        if self.signatures.misfit(case, node):
            return "gives what no annotation allows"
        if self.paths(case.function.partition("::")[0]).misgiven(case, node):
            return "names no file"
        if self.around(case.function.partition("::")[0]).decide(case) or wants_absence(case):
            return "depends on where it runs"
        if not _is_at_home(qualified_case(case, self.place), self.place, self.texts):
            return "needs another test file"
        return _ill_written(Written("t" * NAME, (case,)), self.place)


def _ill_written(test: Written, place: Place) -> str:
    """Return why a test cannot stand in the file at `place` as it is written, "" where it can."""
    if not fits(test, place):
        return "too long"
    if place.elderly and needs_3(test, place):
        return "needs Python 3"
    return "" if is_modest(test, place) else "would gain a power"


def _is_at_home(case: Case, place: Place, texts: frozenset[str]) -> bool:
    """Tell whether all names that a call uses mean the same in the file at `place`, whose statements are `texts`.

    What the call's own test file defined stands there word for word, or was recorded as that file's own.
    """
    bound, module = place.bound, place.path.removesuffix(".py").replace("/", ".")
    if not texts.issuperset(case.prelude) or any(MAKES in line for line in case.setup):
        return False
    foreign = [one for one in case.imports if name_of(one) not in bound or not f".{module}".endswith(f".{one[0]}")]
    if any(name_of(one) in BUILT_IN and name_of(one) not in bound for one in foreign):
        return False  # what stands in the file already would mean something else
    return all(name_of(one) not in bound or is_same(bound[name_of(one)], one) for one in foreign)
