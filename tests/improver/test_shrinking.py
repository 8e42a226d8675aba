"""Tests of the rounds in which calls that were chosen are written in plainer ways."""

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from improver.experiments import Case, Exploration, Mutant, MutationRun, Wanted
from improver.judging.mutants import mutants_of
from improver.records import Tree
from improver.verify.exploring import explored
from improver.verify.suite import Rig
from improver.writing.choice.selecting import LINE, chosen
from improver.writing.choice.sooner import sooner
from improver.writing.choice.telling import dullness
from improver.writing.cutting import cut_down
from improver.writing.shrinking import ROUNDS, shrunk
from improver.writing.targets import Ground, Weak
from tests.improver.benches import FakeExperiments
from tests.improver.calls import PIER, RECEIPT, SEA, case, ground_for, source
from tests.improver.judging import PACKAGED
from tests.improver.rigs import rig_of

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
    assert [one.call for one in pool] == ["depth('a')", "depth('abc')", "depth('baa')"]


def test_a_plain_call_that_was_dull_is_made_to_show_more_in_place_of_a_long_one_that_was_chosen() -> None:
    experiments = Answering(lambda text: "depth('" in text or "12" in text)
    known, ground = source(SEA), dataclasses.replace(ground_for(SEA), experiments=experiments)
    long, dull = case("depth([31, 12, 25], more=[127, 255, 511])"), case("depth('a')")
    weak = Weak(known, (FAULT,), MutationRun({}, ("m",), {}, RECEIPT))
    pool = shrunk(ground, weak, [long, dull], lambda cases: [one for one in cases if not dullness(one)][:1])
    assert "depth('abc')" in [one.call for one in pool]


def test_one_thing_is_wrong_in_a_call_that_is_refused_and_what_shows_that_stays() -> None:
    experiments = Answering(lambda text: "a" in text, (("raises", "ValueError", "too deep"),))
    known, ground = source(SEA), dataclasses.replace(ground_for(SEA), experiments=experiments)
    refused = case("depth('a', 'b')", checks=experiments.checks)
    good = case("depth(4, 7)", kills="")
    weak = Weak(known, (FAULT,), MutationRun({}, ("m",), {}, RECEIPT))
    pool = shrunk(ground, weak, [refused, good], lambda cases: [one for one in cases if one.kills][:1])
    assert [one.call for one in pool if not one.kills] == ["depth(4, 7)"]
    assert "depth('a', 7)" in [one.call for one in pool if one.kills]


def cut(notices: Callable[[str], bool], *setup: str) -> tuple[list[Case], int]:
    """Return what is found by cutting down what comes before a call, and how often was asked."""
    experiments = Answering(notices)
    ground = dataclasses.replace(ground_for(SEA), experiments=experiments)
    weak = Weak(source(SEA), (FAULT,), MutationRun({}, ("m",), {}, RECEIPT))
    return cut_down(ground, weak, [case("box.total()", kills="m", setup=setup)]), len(experiments.asked)


STEPS = ("box = Box(3)", *(f"box.put({at})" for at in range(7)))


def test_what_comes_before_a_call_is_cut_down_to_what_shows_the_fault() -> None:
    found, count = cut(lambda text: "Box" in text and "put(2)" in text and "put(5)" in text, *STEPS)
    assert shortest(found)[0].setup == ("box = Box(3)", "box.put(2)", "box.put(5)", "box.put(6)")
    assert count == 2, "steps in a row go at once, and so do others where what is left is still too long"


def test_a_line_that_is_too_long_is_cut_down_too() -> None:
    row = f"box = Box('{' '.join(['tide'] * 20)} ebb {' '.join(['sea'] * 20)}')"
    found, _ = cut(lambda text: "ebb" in text, row)
    assert found
    assert all("ebb" in one.setup[0] and len(one.setup[0]) <= LINE for one in found)


def test_what_is_short_stays_and_what_cannot_be_cut_down_goes() -> None:
    short, count = cut(lambda _: True, *STEPS[:4])
    assert ([one.setup for one in short], count) == ([STEPS[:4]], 0)
    assert cut(lambda text: all(one in text for one in STEPS), *STEPS) == ([], 1)


def test_a_call_that_is_there_for_the_contrast_stays_as_it_is() -> None:
    experiments = Answering(lambda text: "5" in text)
    known, ground = source(SEA), dataclasses.replace(ground_for(SEA), experiments=experiments)
    first, second = case("depth([8, 5], 7)"), case("depth([5, 4, 2], 7)")
    weak = Weak(known, (FAULT,), MutationRun({}, ("m",), {}, RECEIPT))
    assert shrunk(ground, weak, [first, second], lambda cases: cases[:2]) == [first, second]


class Running(FakeExperiments):
    """Runs the calls that are asked for in a sandbox."""

    def __init__(self, rig: Rig) -> None:
        super().__init__()
        self.rig = rig

    def explore(self, tree: Tree, wanted: Sequence[Wanted], mutants: Sequence[Mutant]) -> Exploration:
        super().explore(tree, wanted, mutants)
        return explored(self.rig, tree, wanted, mutants)


TIDE = """\
def ordered(tides, step=1):
    return sorted(tides)[::step]


def is_low(tide, limit=4):
    return tide < limit
"""


@pytest.mark.host
def test_what_is_in_order_already_is_put_out_of_it_where_that_shows_the_same_fault(tmp_path: Path) -> None:
    files = {"pier/__init__.py": "", "pier/a.py": TIDE, "tests/test_a.py": "def test_nothing():\n    assert True\n"}
    rig, tree = rig_of(files, tmp_path)
    running = Running(rig)
    product = source(TIDE)
    ground = Ground(tree, rig.layout, PACKAGED, running, {product.path: product}, [])
    faults = tuple(mutants_of(product, ["ordered", "is_low"], 40))
    weak = Weak(product, faults, MutationRun({}, tuple(one.name for one in faults), {}, RECEIPT))
    texts = {"ordered": "ordered([1, 2], 1)", "is_low": "is_low(1, 4)"}
    known = [Case(f"pier/a.py::{name}", text, (("pier.a", name),)) for name, text in texts.items()]
    cases = running.explore(tree, [Wanted(one.function, (one,), vary=False) for one in known], faults).cases

    def choose(pool: Sequence[Case]) -> list[Case]:
        return chosen(pool, weak.node_of)

    assert [one.call for one in choose(cases)] == ["is_low(1, 4)", "ordered([1, 2], 1)"]
    assert [one.call for one in choose(shrunk(ground, weak, cases, choose))] == ["is_low(2)", "ordered([2, 1])"]


def test_a_call_that_prints_is_shortened_too() -> None:
    checks = (("eq", "capsys.readouterr().out", "'tide'"),)
    prints = dataclasses.replace(case("depth(4, 7)", kills="m", checks=checks), asks=("capsys",))
    experiments = Answering(lambda _: True, checks)
    ground = dataclasses.replace(ground_for(SEA), experiments=experiments)
    pool = shrunk(ground, Weak(source(SEA), (FAULT,), MutationRun({}, ("m",), {}, RECEIPT)), [prints], shortest)
    assert "depth(4)" in [one.call for one in pool]


def test_a_fixture_is_nothing_to_shorten_and_late_is_too_late() -> None:
    ground, weak = ground_for(SEA), Weak(source(SEA), (FAULT,), MutationRun({}, ("m",), {}, RECEIPT))
    asking = dataclasses.replace(case("depth(sea, 7)", kills="m"), asks=("sea",))
    assert shrunk(ground, weak, [asking], shortest) == [asking]
    late: Ground = dataclasses.replace(ground, late=lambda: True)
    assert shrunk(late, weak, [case("depth(4, 7)", kills="m")], shortest) == [case("depth(4, 7)", kills="m")]
    assert isinstance(late.experiments, FakeExperiments)
    assert late.experiments.asked == []


@pytest.mark.parametrize(
    ("call", "checks", "kept"),
    [
        pytest.param("Box(1).total()", (("raises", "ValueError", "too few"),), "Box(1)", id="it is refused already"),
        pytest.param("Box(1).total()", (("eq", "result", "1"),), "Box(1).total()", id="it is not refused"),
        pytest.param("total(1).sum()", (("raises", "ValueError", "too few"),), "total(1).sum()", id="no making"),
        pytest.param("Lid(1).total()", (("raises", "ValueError", "too few"),), "Lid(1)", id="an heir's"),
        pytest.param("Box.above(1).total()", (("raises", "ValueError", "too few"),), "Box.above(1)", id="a method's"),
        pytest.param(
            "len(Box(1))", (("raises", "ValueError", "too few"),), "Box(1)", id="asked by a word of Python's own"
        ),
    ],
)
def test_what_the_making_of_an_object_is_refused_for_needs_no_call_of_the_object(
    call: str, checks: Checks, kept: str
) -> None:
    experiments = Answering(lambda text: "1" in text, checks)
    ground = dataclasses.replace(ground_for(SEA), experiments=experiments)
    run = MutationRun({}, ("m",), {}, RECEIPT)
    one = dataclasses.replace(case(call, kills="m", name="Box.total"), checks=checks)
    pool = shrunk(ground, Weak(source(SEA), (FAULT,), run), [one], shortest)
    best = shortest(pool)[0]
    making = "above" if "above" in kept else "__init__"
    assert (best.call, best.function) == (kept, f"{PIER}Box.{'total' if 'total' in kept else making}")


def test_a_making_that_is_refused_alike_stands_for_others_whatever_they_are_made_of() -> None:
    checks = (("raises", "ValueError", "too few"),)
    calls = {"Box(12).total()": "Box.total", "Box.above(3)": "Box.above", "Box.above(4).total()": "Box.total"}
    calls |= {"depth(1, Box.above(4))": "depth", "Box.above(Box.above(5))": "Box.above"}
    cases = [dataclasses.replace(case(one, kills="m", name=name), checks=checks) for one, name in calls.items()]
    ground, weak = ground_for(SEA), Weak(source(SEA), (FAULT,), MutationRun({}, ("m",), {}, RECEIPT))
    late: Ground = dataclasses.replace(ground, late=lambda: True)
    pool = shrunk(late, weak, cases, lambda known: known)
    assert [one.call for one in pool] == ["Box(12).total()", "Box.above(3)", "Box.above(Box.above(5))"]


def test_a_function_is_of_no_object() -> None:
    refused = (("raises", "ValueError", "too few"),)
    assert sooner(dataclasses.replace(case("Box(1).sea", name="depth"), checks=refused)) is None


def test_the_making_stands_alone_though_its_arguments_weigh_more_where_it_is_all_there_is() -> None:
    checks = (("raises", "ValueError", "too few"),)
    ground = dataclasses.replace(ground_for(SEA), experiments=Answering(lambda text: "1" in text, checks))
    one = dataclasses.replace(case("Box(1).total()", kills="m", name="Box.total"), checks=checks)
    weak = Weak(source(SEA), (FAULT,), MutationRun({}, ("m",), {}, RECEIPT))

    def longest(cases: Sequence[Case]) -> list[Case]:
        return [max(cases, key=lambda case: len(case.call))]

    calls = [found.call for found in shrunk(ground, weak, [one], longest)]
    assert "Box(1)" in calls
    assert "Box(1).total()" not in calls


def test_the_making_is_held_to_what_the_making_itself_says_that_it_raises() -> None:
    text = "class Box:\n    def __init__(self, items):\n        raise TypeError('few')\n\n    def total(self): ...\n"
    checks = (("raises", "TypeError", "few"),)
    ground = dataclasses.replace(ground_for(text), experiments=Answering(lambda text: "1" in text, checks))
    one = dataclasses.replace(case("Box(1).total()", name="Box.total"), checks=checks)
    weak = Weak(source(text), (FAULT,), MutationRun({}, ("m",), {}, RECEIPT))
    assert shortest(shrunk(ground, weak, [one], shortest))[0].call == "Box(1)", "`total` announces no TypeError"
