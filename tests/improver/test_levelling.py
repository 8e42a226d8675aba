"""Calls whose comparisons stand as they never stood before: what is noted, what is put where, and what comes of it."""

import builtins
import datetime
import math
import os
import signal
import time
import types
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from improver.experiments import Case, Wanted
from improver.judging.mutants import mutants_of
from improver.source import Source
from improver.verify import checking, levelling, replacing, swapping, timing, weighing
from improver.verify.exploring import explored
from tests.improver.rigs import rig_of

PATH = "/nowhere/tide.py"
NOON = datetime.datetime(2011, 3, 1, 12, tzinfo=datetime.UTC)
TIDE = """\
import datetime
import functools
import signal
import sys


class Coast:
    def __init__(self, rise):
        self.rise = rise

    def is_high(self, moment):
        start = datetime.datetime(moment.year, 3, 1, 6)
        return start + self.rise <= moment < start + 3 * self.rise


class Wave:
    def __init__(self, height, steep=0):
        self.height, self.steep = height, steep


def breaks(wave, depth):
    limit = depth - depth // 4
    if wave.height < limit:
        return False
    return bool(getattr(wave, "steep", 0)) or depth in (1, 2)


def named(place, others):
    return [one for one in others if one == place.lower()]


def counted(waves, most):
    return len(waves) > most - 1


class Fleet:
    def __init__(self, ships):
        self.ships = frozenset(ships)

    def __lt__(self, other):
        return self.ships < other.ships


def sailed(miles, speed):
    return miles / speed > 2.0


def both(one, other):
    return one < other < one + other if one else "none"


def sound(depth):
    return depth > 7


def waves(heights):
    for one in heights:
        if one > 3:
            yield one


@functools.lru_cache(maxsize=None)
def deep(depth):
    return depth >= 9


def hour(stamp):
    return datetime.datetime.fromtimestamp(stamp).hour + 10 * stamp
"""
RETURNS = (b"return", b"return [", b"return len", b"return self", b"return miles", b"return one", b"return depth >=")
FAULTS = (*RETURNS, b"if wave", b"yield")
LINE = 1 + TIDE[: TIDE.index("return start")].count("\n")


class Harbour:
    """A module of its own, and what is put into calls of its functions."""

    def __init__(self, faults: Iterable[bytes] = FAULTS) -> None:
        self.module = types.ModuleType("tide")
        exec(compile(TIDE, PATH, "exec"), vars(self.module))  # noqa: S102 - a module for one test
        guests = {"checking": checking, "phrasing": self, "swapping": swapping}
        guests |= {"levelling": levelling, "replacing": replacing}
        source = TIDE.encode()
        self.weighed = weighing.Weighed(source, PATH, map(source.index, faults), swapping)
        self.weighing = weighing.Weighing(self.weighed, guests)

    def space_of(self, _imports: Any) -> dict[str, Any]:
        """Return the names of the module."""
        return {**vars(self.module), "datetime": datetime.datetime, "date": datetime.date, "days": datetime.timedelta}

    def compared(self, call: str, *setup: str) -> list[Any]:
        """Return both sides of what a call compares."""
        notes = self.weighing.run(cased(call, *setup))
        return [pair for pairs in notes.compared.values() for pair in pairs]

    def levelled(self, call: str, *setup: str) -> list[str]:
        """Return what becomes of a call, each as one line."""
        found = self.weighing.levelling()(cased(call, *setup))
        return ["; ".join((*one["setup"], one["call"])) for one in found]


def cased(call: str, *setup: str, origin: str = "text") -> dict[str, Any]:
    return {"imports": [], "prelude": [], "setup": [*setup], "call": call, "origin": origin}


@pytest.fixture(autouse=True)
def _clocks() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGALRM, signal.SIGPROF)}
    checking.watch_the_time()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
    for name in (weighing.NOTE, weighing.ASK):  # what a guest leaves in its process is no part of ours
        vars(builtins).pop(name, None)


@pytest.fixture(scope="module")
def built() -> Harbour:
    return Harbour()


@pytest.fixture
def harbour(built: Harbour) -> Harbour:
    built.weighing.spent = -math.inf  # how long a slow machine takes is not what is asked here
    return built


@pytest.mark.parametrize(
    ("call", "sides"),
    [
        pytest.param("both(1, 5)", [(1, 5), (5, 6)], id="a chain, each operand once"),
        pytest.param("both(5, 1)", [(5, 1)], id="only as far as it is read"),
        pytest.param("both(0, 1)", [], id="nothing where nothing is compared"),
        pytest.param("named('A', ['b', 'a'])", [("b", "a"), ("a", "a")], id="in a comprehension"),
        pytest.param("breaks(Wave(9), 4)", [(9, 3), (4, [1, 2])], id="what something is looked for in"),
        pytest.param("Fleet({1, 9}) < Fleet({9, 1})", [([1, 9], [1, 9])], id="sets in an order of their own"),
        pytest.param("both(True, 2)", [(2, 3)], id="no truth value"),
        pytest.param("both(one=None, other=2)", [], id="no object"),
        pytest.param("named('A', ['b', None])", [("b", "a")], id="nothing beside what stood there before"),
        pytest.param("waves([2, 5])", [(2, 3), (5, 3)], id="in what runs only where its items are read"),
        pytest.param("deep(8)", [(8, 9)], id="in a function with a decorator"),
    ],
)
def test_what_a_call_compares_is_noted(harbour: Harbour, call: str, sides: list[Any]) -> None:
    assert harbour.compared(call) == sides


def test_much_is_noted_and_not_all(harbour: Harbour) -> None:
    assert len(harbour.compared(f"named('A', ['b'] * {weighing.MOST})")) == weighing.MOST / 2
    assert harbour.compared("Fleet(range(99)) < Fleet([1])") == [(sorted(range(weighing.ITEMS), key=repr), [1])]
    notes = weighing.Notes()
    for number in range(weighing.ITEMS + 1):
        notes.ask(1, f"a{number}")
    assert len(notes.asked) == weighing.ITEMS


def test_nothing_is_run_where_no_function_holds_a_fault() -> None:
    none = Harbour([])
    assert none.levelled("breaks(Wave(9), 4)") == []
    assert none.weighing.spent == 0.0


def test_functions_note_for_as_long_as_they_are_watched_and_only_those_with_a_fault(harbour: Harbour) -> None:
    both = harbour.space_of(())["both"]
    before = both.__code__
    with harbour.weighed.noting(swapping.live(harbour.weighed.codes)) as notes:
        assert both(1, 5) is True
    assert [*notes.compared.values()] == [[(1, 5)], [(5, 6)]]
    assert both.__code__ is before
    assert weighing.NOTE not in before.co_names
    assert {name for _, _, name in harbour.weighed.codes} == {
        "is_high",
        "breaks",
        "__lt__",
        "named",
        "counted",
        "sailed",
        "both",
        "waves",
        "deep",
    }


def test_what_was_made_under_watch_goes_on_afterwards_and_notes_nothing(harbour: Harbour) -> None:
    space = harbour.space_of(())
    with harbour.weighed.noting(swapping.live(harbour.weighed.codes)) as notes:
        both, breaks = (types.FunctionType(space[name].__code__, space) for name in ("both", "breaks"))
    assert both(2, 5) is True
    assert breaks(space["Wave"](9, steep=1), 4) is True
    assert (notes.count, notes.asked) == (0, {})


@pytest.mark.parametrize(
    ("setup", "call", "wanted"),
    [
        pytest.param((), "breaks(Wave(9), 4)", "breaks(Wave(3), 4)", id="an argument of what is compared"),
        pytest.param((), "breaks(Wave(9), 4)", "breaks(Wave(2), 4)", id="one below"),
        pytest.param((), "breaks(Wave(9), 4)", "breaks(Wave(9), 1)", id="one of a few"),
        pytest.param(("wave = Wave(9)",), "breaks(wave, 4)", "wave = Wave(3); breaks(wave, 4)", id="before the call"),
        pytest.param((), "named('No', ['a'])", "named('No', ['no'])", id="a text"),
        pytest.param((), "counted([5, 6], 4)", "counted([5, 6], 3)", id="a length"),
        pytest.param(
            (), "Fleet([2]) < Fleet([1, 3])", "Fleet([1, 3]) < Fleet([1, 3])", id="a list of which a set is made"
        ),
        pytest.param((), "Fleet({2}) < Fleet({1, 3})", "Fleet({2}) < Fleet({2})", id="a set"),
        pytest.param((), "counted([5, 6], 4)", "counted([5, 6, 5], 4)", id="another length"),
        pytest.param(
            (), "counted('a' * 40, 4)", "counted('aaa', 4)", id="a text that is written as one of many letters"
        ),
        pytest.param(
            (),
            "Coast(days(hours=2)).is_high(datetime(2011, 7, 1, tzinfo=None))",
            "Coast(days(hours=2)).is_high(datetime(2011, 3, 1, 8, tzinfo=None))",
            id="a moment, which keeps its zone",
        ),
        pytest.param(
            (),
            "Coast(days(hours=2)).is_high(datetime(2011, 7, 1))",
            "Coast(days(hours=2)).is_high(datetime(2011, 3, 1, 12))",
            id="the end, where the start is passed",
        ),
    ],
)
def test_both_sides_are_made_equal(harbour: Harbour, setup: tuple[str, ...], call: str, wanted: str) -> None:
    assert wanted in harbour.levelled(call, *setup)


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        pytest.param("sailed(9.0, 3.0)", [], id="a place that only has a part in it"),
        pytest.param("named('No', [1])", [], id="a number and a text"),
        pytest.param("Fleet(range(2)) < Fleet(iter('a'))", [], id="what is not written out"),
        pytest.param("Fleet([1]) < Fleet([])", [], id="nothing"),
        pytest.param("counted({5, 6}, 9)", [f"counted({{5, 6}}, {most})" for most in (3, 2, 4)], id="a set as it is"),
        pytest.param("named(place='a', others=['a'])", [], id="what is equal already"),
        pytest.param("sound(5)", [], id="a function that holds no fault"),
        pytest.param(
            "(lambda one: both(one, 2))(4)",
            [f"(lambda one: both(one, 2))({one})" for one in (2, 1, 3)],
            id="a function's own",
        ),
        pytest.param("both(2, float('inf'))", [], id="a number and one without end"),
        pytest.param("both(2, float('nan'))", [], id="a number and what is none"),
        pytest.param("both(0.5, 10**400)", [], id="a fraction and a number that no fraction is as large as"),
        pytest.param("nowhere(1)", [], id="a call that goes wrong"),
        pytest.param("Coast(1).is_high(datetime(2011, 7, 1))", [], id="where nothing is compared before it goes wrong"),
        pytest.param(
            "Coast(days(hours=2)).is_high(date(2011, 3, 1))", [], id="a day beside a moment, which cannot be compared"
        ),
    ],
)
def test_nothing_else_is_tried(harbour: Harbour, call: str, wanted: list[str]) -> None:
    assert harbour.levelled(call) == wanted


@pytest.mark.parametrize(
    ("call", "side", "aim", "wanted"),
    [
        pytest.param("f(5)", 5, 10**6, ["1000000"], id="a large number"),
        pytest.param("f(5)", 5, 10**6 + 1, [], id="a larger one than anybody gives"),
        pytest.param("f(5)", 9, 12, ["8"], id="a number that is off by as much"),
        pytest.param("f(0.5)", 0.5, 0.25, ["0.25"], id="a fraction"),
        pytest.param("f(0.5)", 0.5, 1 / 3, [], id="a fraction with many digits"),
        pytest.param("f('a')", "a", "b" * 40, [f"'{'b' * 40}'"], id="a text"),
        pytest.param("f('a')", "a", "b" * 41, [], id="a long text"),
        pytest.param("f('a')", "b", "c", [], id="a text that nothing was compared with"),
        pytest.param("f([2, 1])", [2, 1], [3] * 12, [f"[{', '.join('3' * 12)}]"], id="a list of others"),
        pytest.param("f([2, 1])", [2, 1], [3] * 13, [], id="a long list"),
        pytest.param("f([2, 1])", [1, 2], [3], ["[3]"], id="a list of which a set was made"),
        pytest.param("f([2, 1])", 2, 3, ["[2, 1, 2]"], id="a longer list"),
        pytest.param("f([2, 1])", 2, 13, [], id="a list that is too long"),
        pytest.param("f([2, 1])", 2, -1, [], id="a list shorter than nothing"),
        pytest.param("f(date(2011, 3, 1))", NOON.date(), NOON.date(), [], id="a day that is as it is"),
        pytest.param("f(datetime(2011, 3, 1, hour=5))", 2011, 2012, ["2012"], id="a moment with names"),
        pytest.param("f(datetime(2011, 3, True))", 2011, 2012, ["2012"], id="no moment"),
    ],
)
def test_what_is_put_in_a_place(harbour: Harbour, call: str, side: Any, aim: Any, wanted: list[str]) -> None:
    spot = next(replacing.Replacing(harbour.space_of).spots_of(cased(call)))
    assert [text for _, text in replacing.moved(spot, side, [aim])] == wanted


def test_equal_values_are_tried_first_and_few_others() -> None:
    tried: list[str] = []

    def run(case: dict[str, Any]) -> weighing.Notes:
        tried.append(case["call"])
        notes = weighing.Notes()
        notes.compared[0, 0].append((5, 500))
        return notes

    levels = levelling.Levelling({(0, 0): "Lt"}, run, replacing, lambda _: {})
    assert [*levels.levelled(cased("f(5, 5, 5)", *["five = 5"] * 17))] == []
    assert len(tried) == 1 + levelling.TRIES
    assert tried[1:4] == ["f(500, 5, 5)", "f(5, 500, 5)", "f(5, 5, 500)"]
    assert all("99" not in call for call in tried[1:21])


def noted(*compared: tuple[Any, Any]) -> weighing.Notes:
    """Return notes of one comparison."""
    notes = weighing.Notes()
    notes.compared[0, 0].extend(compared)
    return notes


@pytest.mark.parametrize(
    ("sign", "compared", "call", "wanted"),
    [
        pytest.param("Eq", [(5, 10), (5, 20), (5, 30)], "f(5)", {"10", "30", "0", "-20"}, id="the first and the last"),
        pytest.param("In", [(5, [1, 2, 3])], "f(5)", {"1", "3"}, id="what something is looked for in"),
        pytest.param("In", [(5, [])], "f(5)", set(), id="in nothing"),
    ],
)
def test_of_much_that_was_compared_the_ends_are_tried(
    sign: str, compared: list[tuple[Any, Any]], call: str, wanted: set[str]
) -> None:
    levels = levelling.Levelling({(0, 0): sign}, lambda _: noted(), replacing, lambda _: {})
    assert {text for _, _, text in levels.tries(noted(*compared), cased(call))} == wanted


def test_what_is_found_in_two_ways_counts_as_the_likelier() -> None:
    levels = levelling.Levelling({(0, 0): "Eq"}, lambda _: noted(), replacing, lambda _: {})
    assert [text for _, _, text in levels.tries(noted((5, 6), (9, 10)), cased("f(5, 9)"))][:2] == ["6", "10"]


def test_nothing_is_run_to_reach_what_is_so_already() -> None:
    tried: list[str] = []

    def run(case: dict[str, Any]) -> weighing.Notes:
        tried.append(case["call"])
        return noted((5, 5))

    levels = levelling.Levelling({(0, 0): "Eq"}, run, replacing, lambda _: {})
    assert [*levels.levelled(cased("f(5)"))] == []
    assert tried == ["f(5)"]


def test_a_way_to_stand_counts_where_it_is_reached_and_not_where_it_was_so() -> None:
    def run(case: dict[str, Any]) -> weighing.Notes:
        notes = noted((5, 5))
        notes.compared[1, 0].append((9 if case["call"] == "f(9)" else 5, 9))
        return notes

    levels = levelling.Levelling(dict.fromkeys(((0, 0), (1, 0)), "Eq"), run, replacing, lambda _: {})
    assert [one["call"] for one in levels.levelled(cased("f(5)"))] == ["f(9)"]
    assert levels.met == {((1, 0), levelling.EVEN): 1}


def test_a_call_that_reaches_something_else_is_passed_over() -> None:
    def run(case: dict[str, Any]) -> weighing.Notes:
        return noted((6, 7) if case["call"] in ("f(6)", "f(7)") else (5, 7))

    levels = levelling.Levelling({(0, 0): "Lt"}, run, replacing, lambda _: {})
    assert [(one["call"], one["stands"]) for one in levels.levelled(cased("f(5)"))] == [
        ("f(6)", repr(((0, 0), levelling.BELOW)))
    ]


class Shy:
    """What answers no question."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)

    def __eq__(self, other: object) -> bool:
        raise RuntimeError

    __hash__ = None  # type: ignore[assignment] # it is equal to nothing


def test_what_answers_no_question_holds_no_moment() -> None:
    places = replacing.Replacing(lambda _: {"shy": Shy()})
    found = [[one.value for one in places.spots_of(cased(f"{call}(1, 2, 3)"))] for call in ("shy", "shy.tide.date")]
    assert found == [[1, 2, 3]] * 2


def test_an_attribute_that_is_asked_for_by_name_is_given_or_left_out(harbour: Harbour) -> None:
    assert harbour.levelled("breaks(Wave(9), 4)")[0] == "breaks(Wave(9, steep=1), 4)"
    assert harbour.levelled("breaks(Wave(9, steep=1), 4)")[0] == "breaks(Wave(9), 4)"
    assert not [one for one in harbour.levelled("breaks(Wave(9, 1), 4)") if "steep" in one]
    for steep in (5, 0):  # what is neither on nor off, and what is as it is anyway
        assert "breaks(Wave(9), 4)" not in harbour.levelled(f"breaks(Wave(9, steep={steep}), 4)")


def test_nothing_is_noted_any_more_when_it_has_taken_long() -> None:
    late, began = Harbour(), time.process_time()
    assert late.compared("both(1, 5)")
    assert 0 < late.weighing.spent <= time.process_time() - began
    late.weighing.spent = weighing.SECONDS + 1
    assert not late.compared("both(1, 5)")
    assert late.levelled("both(1, 5)") == []


def test_strange_calls_are_left_alone(harbour: Harbour) -> None:
    level = harbour.weighing.levelling()
    assert not [*level(cased("breaks(Wave(9), 4)", origin="strange"))]


@pytest.mark.parametrize(
    ("origin", "wanted"),
    [
        pytest.param("recorded", "varied", id="nobody was seen to give it that"),
        pytest.param("text", "varied", id="nobody wrote it"),
        pytest.param("after", "after", id="what comes after a call still does"),
    ],
)
def test_what_becomes_of_a_call_is_a_variation_of_it(harbour: Harbour, origin: str, wanted: str) -> None:
    found = [*harbour.weighing.levelling()(cased("breaks(Wave(9), 4)", origin=origin))]
    assert {"steep" in one["call"] for one in found} == {False, True}
    assert {one["origin"] for one in found} == {wanted}


def test_each_way_to_stand_is_reached_by_a_few_calls_only(harbour: Harbour) -> None:
    level = harbour.weighing.levelling()
    found = [one["stands"] for last in range(5, 9) for one in level(cased(f"both(1, {last})"))]
    assert len(found) > levelling.ENOUGH
    assert max(map(found.count, found)) == levelling.ENOUGH
    waves = [one["stands"] for height in range(9, 14) for one in level(cased(f"breaks(Wave({height}), 4)"))]
    assert waves.count(repr(("steep", ()))) == levelling.ENOUGH


@pytest.mark.parametrize(
    ("left", "right", "sign", "wanted"),
    [
        pytest.param(3, 3, "Lt", levelling.EVEN, id="equal"),
        pytest.param(2, 3, "GtE", levelling.BELOW, id="one below"),
        pytest.param(4, 3, "Lt", levelling.ABOVE, id="one above"),
        pytest.param(5, 3, "Lt", "", id="further"),
        pytest.param(2, 3, "Eq", "", id="next to each other does not matter to what asks if they are equal"),
        pytest.param(0.5, 0.6, "Lt", "", id="no step between fractions"),
        pytest.param("a", "b", "Lt", "", id="no step between texts"),
        pytest.param(1, [1, 2], "In", levelling.WITHIN, id="held"),
        pytest.param(3, 3, "Is", "", id="the same object"),
        pytest.param(datetime.date(2011, 3, 1), datetime.date(2011, 2, 28), "Gt", levelling.ABOVE, id="a day later"),
        pytest.param(NOON, NOON + datetime.timedelta(minutes=1), "Lt", levelling.BELOW, id="a minute"),
        pytest.param(NOON, NOON.replace(second=1), "Lt", levelling.BELOW, id="within a minute"),
        pytest.param(NOON.replace(second=1), NOON.replace(second=2), "Lt", levelling.BELOW, id="a second"),
        pytest.param(NOON.replace(second=1), NOON.replace(second=3), "Lt", "", id="more than the second that it has"),
        pytest.param(NOON, NOON.replace(tzinfo=None), "Lt", "", id="with and without a zone"),
    ],
)
def test_how_two_sides_stand(left: Any, right: Any, sign: str, wanted: str) -> None:
    assert levelling.stand(left, right, sign) == wanted


def test_a_zone_is_local_only_as_long_as_it_is_asked_for() -> None:
    before = NOON.astimezone().utcoffset()
    with timing.local("<-11>11"):
        assert NOON.astimezone().hour == 1
    assert NOON.astimezone().utcoffset() == before
    with timing.local("<-11>11"):
        os.environ.pop("TZ")
    assert NOON.astimezone().utcoffset() == before


@pytest.mark.host
def test_the_bounds_of_what_a_function_works_out_are_told_from_others_and_what_is_local_is_not(tmp_path: Path) -> None:
    files = {"tide.py": TIDE, "test_tide.py": "def test_nothing():\n    assert True\n"}
    rig, tree = rig_of(files, tmp_path)
    source = Source.read("tide.py", TIDE.encode())
    assert isinstance(source, Source)
    imports = (("tide", "Coast"), ("datetime", "datetime"), ("datetime", "timedelta"))
    high = Case("tide.py::Coast.is_high", "Coast(timedelta(hours=2)).is_high(datetime(2011, 7, 1))", imports)
    hour = Case("tide.py::hour", "hour(3600)", (("tide", "hour"),))
    faults = mutants_of(source, ["Coast.is_high", "hour"], 60)
    told = explored(rig, tree, [Wanted(one.function, (one,)) for one in (high, hour)], faults)
    assert told.trouble == ""
    assert {one.function for one in told.cases} == {high.function}
    noticed = frozenset().union(*(one.kills for one in told.cases))
    bounds = [one.name for one in faults if f"tide.py:{LINE}:" in one.name]
    assert len(bounds) > 5
    assert not {*bounds} - noticed
    even = next(one for one in told.cases if "datetime(2011, 3, 1, 12)" in f"{one.setup} {one.call}")
    assert even.checks[0] == ("is", "result", "False")
