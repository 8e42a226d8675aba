"""Tests of the rounds in which calls that were chosen are written in plainer ways."""

import dataclasses
from collections.abc import Callable, Sequence

from improver.experiments import Case, Exploration, Mutant, MutationRun, Wanted
from improver.records import Tree
from improver.writing.shrinking import ROUNDS, shrunk
from improver.writing.targets import Ground, Weak
from tests.improver.benches import FakeExperiments
from tests.improver.calls import PIER, RECEIPT, SEA, case, ground_for, source

FAULT = Mutant("m", "pier/a.py", 1, f"{PIER}depth", b"")
OTHER = dataclasses.replace(FAULT, name="other")

Checks = tuple[tuple[str, str, str], ...]


class Answering(FakeExperiments):
    """Lets every call that is asked for come to 1, and notice the fault where a text says so."""

    def __init__(self, notices: Callable[[str], bool], checks: Checks = (("eq", "result", "1"),)) -> None:
        super().__init__()
        self.notices, self.checks = notices, checks

    def explore(self, tree: Tree, wanted: Sequence[Wanted], mutants: Sequence[Mutant]) -> Exploration:
        super().explore(tree, wanted, mutants)
        cases = [self.seen(one) for each in wanted for one in each.texts]
        return Exploration(tuple(cases), (), {}, RECEIPT)

    def seen(self, one: Case) -> Case:
        kills = frozenset("m" if self.notices(f"{one.setup} {one.call}") else "")
        return dataclasses.replace(one, checks=self.checks, kills=kills, shows=(kills,))


def rounds(call: str, notices: Callable[[str], bool], *setup: str) -> tuple[list[Case], list[tuple[object, ...]]]:
    """Return the pool that is left of one call, and what was asked about it."""
    experiments = Answering(notices)
    known = source(SEA)
    ground = dataclasses.replace(ground_for(SEA), experiments=experiments)
    run = MutationRun({}, ("m", "other"), {}, RECEIPT)
    one = case(call, kills="m", setup=setup)
    pool = shrunk(ground, Weak(known, (FAULT, OTHER), run), [one], shortest)
    return [*pool], experiments.asked


def shortest(cases: Sequence[Case]) -> list[Case]:
    """Choose the shortest call."""
    return sorted(cases, key=lambda one: len(f"{one.setup} {one.call}"))[:1]


def test_a_call_gets_plainer_round_by_round_as_long_as_it_notices_the_fault() -> None:
    pool, asked = rounds("depth([8, 5, 'one two, three', 4], 7)", lambda text: "two" in text)
    assert shortest(pool)[0].call == "depth(['two', 4])"  # of one thing alone less could be seen
    assert 1 < len(asked) <= ROUNDS


def test_what_is_tried_is_not_varied_and_only_faults_that_are_noticed_are_tried() -> None:
    _, asked = rounds("depth([8, 5], 7)", lambda text: "5" in text)
    assert asked
    for _, wanted, mutants in asked:
        assert isinstance(wanted, list)
        assert [one.vary for one in wanted] == [False]
        assert mutants == [FAULT]


def test_no_way_is_tried_twice() -> None:
    _, asked = rounds("depth([8, 5, 4], 7)", lambda text: "5" in text)
    tried = [one.call for _, wanted, _ in asked if isinstance(wanted, list) for each in wanted for one in each.texts]
    assert len(tried) == len(set(tried)) > 1


def test_a_call_that_is_needed_as_it_is_stays_alone() -> None:
    pool, asked = rounds("depth([8, 5], 7)", lambda text: not text)
    assert [one.call for one in pool] == ["depth([8, 5], 7)"]
    assert len(asked) == 1


def test_a_call_is_written_so_that_it_shows_more_where_it_shows_little() -> None:
    pool, _ = rounds("depth('a')", lambda text: "depth('" in text)
    assert [one.call for one in pool] == ["depth('a')", "depth('aab')", "depth('abc')"]


def test_one_thing_is_wrong_in_a_call_that_is_refused_and_what_shows_that_stays() -> None:
    experiments = Answering(lambda text: "a" in text, (("raises", "ValueError", "too deep"),))
    known, ground = source(SEA), dataclasses.replace(ground_for(SEA), experiments=experiments)
    refused = case("depth('a', 'b')", checks=experiments.checks)
    good = case("depth(4, 7)", kills="")
    weak = Weak(known, (FAULT,), MutationRun({}, ("m",), {}, RECEIPT))
    pool = shrunk(ground, weak, [refused, good], lambda cases: [one for one in cases if one.kills][:1])
    assert [one.call for one in pool] == ["depth('a', 'b')", "depth(4, 7)", "depth('a')", "depth('a', 7)"]
    assert [bool(one.kills) for one in pool] == [True, False, True, True]


def test_a_call_that_is_there_for_the_contrast_stays_as_it_is() -> None:
    experiments = Answering(lambda text: "5" in text)
    known, ground = source(SEA), dataclasses.replace(ground_for(SEA), experiments=experiments)
    first, second = case("depth([8, 5], 7)"), case("depth([5, 4, 2], 7)")
    weak = Weak(known, (FAULT,), MutationRun({}, ("m",), {}, RECEIPT))
    assert shrunk(ground, weak, [first, second], lambda cases: cases[:2]) == [first, second]


def test_a_fixture_is_nothing_to_shorten_and_late_is_too_late() -> None:
    ground, weak = ground_for(SEA), Weak(source(SEA), (FAULT,), MutationRun({}, ("m",), {}, RECEIPT))
    asking = dataclasses.replace(case("depth(sea, 7)", kills="m"), asks=("sea",))
    assert shrunk(ground, weak, [asking], shortest) == [asking]
    late: Ground = dataclasses.replace(ground, late=lambda: True)
    assert shrunk(late, weak, [case("depth(4, 7)", kills="m")], shortest) == [case("depth(4, 7)", kills="m")]
    assert isinstance(late.experiments, FakeExperiments)
    assert late.experiments.asked == []
