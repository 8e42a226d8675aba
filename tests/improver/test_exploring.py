"""Calls are written, varied and tried on mutants: the guests alone, and in a real sandbox; then a whole proposal."""

import collections
import concurrent.futures
import dataclasses
import datetime
import inspect
import itertools
import json
import logging
import pickle
import sys
import time
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import pytest

from improver.experiments import Case, Exploration, Wanted
from improver.gate import Candidate
from improver.gates.easy_green import easy_green
from improver.gates.mutation import mutation
from improver.judging.mutants import mutants_of
from improver.records import File, Ruling, Safety, Tree
from improver.scan import read_project
from improver.source import Source
from improver.verify import configuration, hinting, phrasing, timing
from improver.verify.bench import SandboxBench, measure
from improver.verify.exploring import Reading, explored, told_apart
from improver.verify.job import Ended, Job
from improver.verify.ruff import RuffTool
from improver.verify.sandbox import best_sandbox
from improver.verify.suite import Rig
from improver.verify.target import find_layout
from improver.writing.inputs.following import followed
from improver.writing.turns import MUTANTS, ground_of, paths
from improver.writing.writer import write_tests
from tests.improver.judging import PACKAGED

SEA = """\
import random, time


class Box:
    def __init__(self, items, name="sea"):
        self.items = list(items)
        self.name = name

    def put(self, one):
        self.items.append(one)

    def total(self):
        return sum(self.items)


def depth(sea, more=1):
    if sea < 0:
        raise ValueError("a depth is not negative")
    if sea > 10:
        return sea
    return sea + more


def ends(sea):
    return sea[0], sea[-1]


def hangs(sea):
    while sea > 3:
        sea -= 1
    return sea


def thrown(sea):
    return random.random() + sea


def half(sea):
    return sea / 3


class Sunk(Exception):
    def __init__(self, sea):
        super().__init__("too deep")
        self.sea = sea + 1


def sink(sea):
    raise Sunk(sea)


def rank(sea, low=0):
    if not isinstance(sea, int):
        raise TypeError("no depth")
    if sea > 40:
        if low == 7:
            return "odd"
        return "deep"
    return "flat"


class Sly:
    __module__ = "pier.a"

    def __init__(self):
        self.looks = 0
        self.gone = False

    def __len__(self):
        self.looks += self.gone
        return 1 + self.looks if self.looks < 2 else 1 // 0

    def go(self):
        self.gone = True
        return 4


def late(sea):
    return time.time() > sea


def keeping(size=3):
    def decorator(func):
        def kept(*args):
            return func(*args)
        kept.parameters = lambda: {"size": size}
        return kept
    return decorator


class Crate:
    def __init__(self, sea):
        self.box = Box(range(sea))


def crate(sea):
    return Crate(sea)


class Tide:
    def __init__(self, size):
        self.size = size

    @property
    def now(self):
        return time.time() > 1


def tide(size=3):
    return Tide(size)


class Chain:
    def __init__(self):
        self._links, self._known = [], set()

    def add(self, sea):
        if sea not in self._known:
            self._known.add(sea)
            self._links.append(sea)

    def clear(self):
        self._links = []
        self._known.clear()

    def last(self):
        return self._links[-1] if self._links else None
"""
TESTS = """\
from pier.a import Box, depth, half


def test_depth():
    assert depth(4) == 5


def test_box():
    box = Box([1, 2])
    box.put(3)
    assert box.total() == 6


def test_half():
    half(2)
"""
FILES = {
    "pyproject.toml": '[project]\nname = "pier"\nversion = "1.0"\n\n[tool.pytest.ini_options]\n'
    'testpaths = ["tests"]\nfilterwarnings = ["error"]\n',
    "pier/__init__.py": "",
    "pier/a.py": SEA,
    "pier/_gauge.py": "def scaled(sea):\n    return sea * 3\n",
    "pier/b.py": "from pier import _gauge\n\n\ndef weigh(sea):\n    return _gauge.scaled(sea)\n",
    "tests/test_a.py": TESTS,
}


CLEARED = Case(
    "pier/a.py::Chain.clear", "chain.clear()", (("pier.a", "Chain"),), (), ("chain = Chain()", "chain.add(3)")
)


def alike(one: object, other: object) -> bool:
    return one == other


# --- the guests alone ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text", "imports"),
    [
        pytest.param([1, (2,), {"a": None}, -1.5, b"x"], "[1, (2,), {'a': None}, -1.5, b'x']", set(), id="literals"),
        pytest.param(frozenset({2, 1}), "frozenset({1, 2})", set(), id="a set in order"),
        pytest.param(
            datetime.date(2020, 1, 2), "date(2020, 1, 2)", {("datetime", "date")}, id="an object of the library"
        ),
        pytest.param(
            datetime.timedelta(days=-1, seconds=68400), "timedelta(hours=-5)", {("datetime", "timedelta")}, id="a span"
        ),
        pytest.param(
            datetime.timedelta(seconds=1, microseconds=5),
            "timedelta(seconds=1, microseconds=5)",
            {("datetime", "timedelta")},
            id="a span that needs two units",
        ),
        pytest.param(
            collections.Counter("aab"), "Counter({'a': 2, 'b': 1})", {("collections", "Counter")}, id="a container"
        ),
        pytest.param(len, "len", set(), id="a function"),
        pytest.param("a" * 30, "'a' * 30", set(), id="much of one letter"),
        pytest.param([float("inf"), float("-inf")], "[float('inf'), float('-inf')]", set(), id="no end of it"),
        pytest.param([None, True, ...], "[None, True, ...]", set(), id="what there is one of"),
        pytest.param(iter((1, 2)), "iter([1, 2])", set(), id="an iterator"),
        pytest.param(
            slice(Fraction(1)), "slice(None, Fraction(1, 1), None)", {("fractions", "Fraction")}, id="a slice"
        ),
    ],
)
def test_a_value_is_written_as_a_person_would(value: object, text: str, imports: set[tuple[str, str]]) -> None:
    phrase = phrasing.Phrase("/src", alike)
    assert (phrase.of(value), phrase.imports) == (text, imports)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(object(), id="nothing but an address"),
        pytest.param(lambda: 1, id="a function without a name"),
        pytest.param("/home/someone/x", id="a place on a machine"),
        pytest.param("at 0x7f", id="an address"),
        pytest.param(float("nan"), id="no number"),
        pytest.param(complex("inf"), id="no end of it in two directions"),
        pytest.param(list(range(50)), id="many items"),
        pytest.param(itertools.count(), id="items without end"),
        pytest.param(slice(object()), id="what a slice holds"),
        pytest.param("a" * 200, id="a long text"),
    ],
)
def test_what_cannot_be_written_is_not(value: object) -> None:
    with pytest.raises(phrasing.Unphrased):
        phrasing.Phrase("/src", alike).of(value)


def haul(items, size=64, combine=None, key=None, few=2):  # type: ignore[no-untyped-def]
    """Take functions, and in parts as many items as a default says."""


def test_more_items_are_given_than_a_default_counts() -> None:
    module, defaults = sys.modules[__name__], [("size", 64), ("few", 2), ("key", None)]
    assert list(hinting.beyond("haul([1])", defaults, module)) == [
        "haul(range(66))",
        "haul(range(66), combine=lambda a, b: (a, b))",
        "haul(range(66), key=lambda a: [a])",
    ]
    assert list(hinting.beyond("haul(range(3), key=str)", defaults, module)) == [
        "haul(range(66), key=str)", "haul(range(66), key=str, combine=lambda a, b: (a, b))"
    ]  # fmt: skip
    for call in ("haul([1], 9)", "haul([1], size=9)", "haul('a')", "haul"):
        assert list(hinting.beyond(call, defaults, module)) == []


def dig(spade=None, **words):  # type: ignore[no-untyped-def]
    if not hasattr(spade, "turn") or hasattr(spade, "lift"):
        spade = Crate([])
    return spade.turn(), spade.lift(words)


def test_where_any_name_will_do_one_is_given() -> None:
    assert list(hinting.typed("dig(2)", sys.modules[__name__])) == ["dig(2, a=1)"]


def test_a_stand_in_has_the_one_method_that_is_asked_for_and_called_with_nothing() -> None:
    text = inspect.getsource(dig)
    assert list(hinting.stand_ins("dig(7)", text)) == [
        "dig(types.SimpleNamespace(turn=lambda: 7))", "dig(types.SimpleNamespace(turn=lambda: 1))"
    ]  # fmt: skip
    assert list(hinting.stand_ins("dig()", text)) == ["dig(spade=types.SimpleNamespace(turn=lambda: 1))"]
    assert list(hinting.stand_ins("dig(*a)", text)) == []
    assert list(hinting.stand_ins("f(7)", "def f(a):\n    return a.turn()\n")) == []


def test_a_function_gets_values_of_the_types_by_which_it_tells_arguments_apart() -> None:
    text = (
        "def dig(self, sea, low=None):\n    if isinstance(sea, (bytes, Box)) or isinstance(low, int):\n        return 1"
    )
    assert list(hinting.told_apart("box.dig('a')", text)) == ["box.dig(b'a')", "box.dig('a', low=2)"]
    assert list(hinting.told_apart("dig(*a)", text)) == []
    assert list(hinting.told_apart("dig(1)", "def dig(sea):\n    return isinstance(where(sea), str)")) == []


class Crate:
    def __init__(self, items: "Iterable[str]", lid: "int | None" = None) -> None:
        self.items, self.lid = items, lid

    def sink(self, key=None) -> None:  # type: ignore[no-untyped-def]
        """Take a function, as the parameter's name says."""


def test_annotations_and_names_say_what_else_may_be_given() -> None:
    assert list(hinting.typed("Crate('x').sink()", sys.modules[__name__])) == [
        *(f"Crate('x').sink(key={name})" for name in ("str", "len", "bool")),
        "Crate(['a', 'b']).sink()",
        "Crate('x', lid=None).sink()",
        "Crate('a').sink()",
        "Crate('x', lid=1).sink()",
    ]


def test_who_reads_the_clock_is_noticed_and_who_only_counts_is_not() -> None:
    readers: set[str] = set()
    with timing.watched(readers):
        datetime.timedelta(seconds=1).total_seconds()
        logging.getLogger(__name__).debug("low tide")
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            pool.submit(len, "tide").result(timeout=5)
    assert readers == set()
    with timing.watched(readers):
        datetime.datetime.now(datetime.UTC)
    assert readers == {__name__}
    readers.clear()
    with timing.watched(readers):
        time.monotonic_ns()
    assert readers == {__name__}


# --- in the sandbox -----------------------------------------------------------------------------------------------


def told(*lines: Sequence[object]) -> bytes:
    return b"".join(json.dumps(["0" * 32, *line]).encode() + b"\n" for line in lines)


def test_what_a_guest_tells_is_taken_for_source_only_where_it_is() -> None:
    plain = {"imports": [["pier.a", "depth"]], "prelude": [], "setup": [], "origin": "text"}
    good = {**plain, "call": "depth(1)", "checks": [["eq", "result", "2"]]}
    bad = [{**good, "call": "depth(1"}, {**good, "imports": [["os\nimport pier", "a"]]}]
    lines: list[Sequence[object]] = [
        ["hello"],
        *(["case", 0, one] for one in (bad[0], good, bad[1])),
        ["broken", 0, "seeking.py:3: ValueError: a"],
        ["killed", 0, [[1, [0]], [2, [0]]], [0]],
        ["end"],
    ]
    ended = Ended(0, 1.0, 1.0, b"", told(*lines), "", ("python",))
    found = Reading(["pier/a.py::depth"], ["m"]).read(Job(("python",)), ended)
    assert [(case.call, case.kills) for case in found.cases] == [("depth(1)", frozenset({"m"}))]
    assert found.trouble == ""
    ended_early = "the search for calls of pier/a.py::depth ended early: seeking.py:3: ValueError: a"
    assert found.receipt.notes == (ended_early,)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        pytest.param([("cut", "a"), ("cut", "a"), ("put", ""), ("pop", "")], True, id="one method of several"),
        pytest.param([("cut", "a"), ("cut", ""), ("put", "a"), ("put", "")], True, id="some calls of each method"),
        pytest.param([("cut", "a"), ("put", "a"), ("pop", "")], False, id="most methods"),
        pytest.param([("cut", "a"), ("cut", "a")], True, id="the only method that is known"),
    ],
)
def test_a_class_most_of_whose_methods_differ_is_there_to_differ(told: list[tuple[str, str]], *, kept: bool) -> None:
    cases = [Case("pier/a.py::Rope.cut", "rope.cut()")] * len(told)
    found = told_apart(cases, [[("Rope", *one)] for one in told])
    assert [case.unlike for case in found] == [(one,) if one[1] and kept else () for one in told]


def test_what_a_guest_says_that_differs_is_kept_with_its_case() -> None:
    case = {"imports": [], "prelude": [], "setup": [], "origin": "text", "call": "depth(1)", "checks": []}
    lines: list[Sequence[object]] = [
        ["case", 0, {**case, "likened": [["Rope", "cut", "a"], ["Rope", "put", ""]]}],
        ["case", 0, case],
        ["end"],
    ]
    ended = Ended(0, 1.0, 1.0, b"", told(*lines), "", ("python",))
    found = Reading(["pier/a.py::depth"], []).read(Job(("python",)), ended)
    assert [case.unlike for case in found.cases] == [(("cut", "a"),), ()]


def tree_of(files: dict[str, str]) -> Tree:
    return {path: File(text.encode()) for path, text in files.items()}


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Rig:
    tree = tree_of(FILES)
    layout = find_layout(tree, tmp_path_factory.mktemp("pier"), sys.executable, PACKAGED)
    return Rig(best_sandbox(layout.python), layout, PACKAGED, configuration.read(tree))


def wanted(name: str, *calls: str, data: tuple[object, ...] = ()) -> Wanted:
    imports = (("pier.a", name.split(".", maxsplit=1)[0]), ("pier.a", "Box"))
    texts = tuple(Case(f"pier/a.py::{name}", call, imports) for call in calls)
    return Wanted(f"pier/a.py::{name}", texts, tuple(("recorded", pickle.dumps(one)) for one in data), (10, 11))


@pytest.fixture(scope="module")
def exploration(rig: Rig) -> Exploration:
    source = Source.read("pier/a.py", SEA.encode())
    assert isinstance(source, Source)
    asked = [
        wanted("depth", data=(((4, 1), {}),)),
        wanted("Box.put", "Box([1]).put(2)"),
        wanted("ends", "ends([1, 2])"),
        wanted("hangs", "hangs(5)"),
        wanted("thrown", "thrown(1)"),
        wanted("half", "half(2)"),
        wanted("sink", "sink(2)"),
        Wanted("pier/a.py::rank", (Case("pier/a.py::rank", "rank(1)", (("pier.a", "rank"),)),), (), (40, 41, 7)),
        wanted("keeping", "keeping()"),
        wanted("late", "late(1)"),
        wanted("Sly.go", "Sly().go()"),
        wanted("crate", "crate(2)"),
        wanted("tide", "tide()"),
        Wanted("pier/a.py::Chain.clear", (*followed(source, "pier/a.py::Chain.clear", (CLEARED,), {}),)),
    ]
    names = ["depth", "Box.put", "hangs", "Sunk.__init__", "Chain.clear"]
    return explored(rig, tree_of(FILES), asked, mutants_of(source, names, 60))


def found(exploration: Exploration, call: str) -> Case:
    return next(case for case in exploration.cases if case.call == call)


@pytest.mark.host
def test_a_recorded_call_is_written_without_its_defaults_and_varied(exploration: Exploration) -> None:
    assert exploration.trouble == ""
    recorded, varied = found(exploration, "depth(4)"), found(exploration, "depth(11)")
    assert (recorded.origin, recorded.checks, recorded.gives) == ("recorded", (("eq", "result", "5"),), "int")
    assert varied.origin == "varied"
    assert "pier/a.py:19: `sea > 10` → `sea > 11`" in varied.kills - recorded.kills


@pytest.mark.host
def test_an_error_in_words_is_demanded_and_a_slip_is_only_told(exploration: Exploration) -> None:
    refused = found(exploration, "depth(-1)")
    assert refused.checks == (("raises", "ValueError", "a depth is not negative"),)
    slips = {(one.case.call, one.error, one.deliberate) for one in exploration.raised}
    assert ("ends([])", "IndexError", False) in slips
    assert not any(case.call == "ends([])" for case in exploration.cases)


@pytest.mark.host
def test_a_call_that_runs_new_lines_is_varied_further(exploration: Exploration) -> None:
    gives = {case.checks[0][2] for case in exploration.cases if case.function.endswith("::rank")}
    assert gives == {"'flat'", "'deep'", "'odd'", "no depth"}  # two steps from the only call that is known
    assert {case.origin for case in exploration.cases if case.checks[0][2] == "no depth"} == {"strange"}


@pytest.mark.host
def test_an_object_that_cannot_be_looked_at_afterwards_costs_no_call(exploration: Exploration) -> None:
    assert ("eq", "result", "4") in {case.checks[0] for case in exploration.cases if case.function.endswith("::Sly.go")}


@pytest.mark.host
def test_a_decorator_decorates_and_what_it_makes_tells_of_itself(exploration: Exploration) -> None:
    assert found(exploration, "keeping()(len)").checks == (("eq", "result.parameters()", "{'size': 3}"),)
    assert not [case for case in exploration.cases if case.call == "keeping()(1)"]


@pytest.mark.host
def test_what_an_error_holds_is_looked_at_and_each_check_knows_what_it_notices(exploration: Exploration) -> None:
    sunk = found(exploration, "sink(2)")
    assert sunk.checks == (("raises", "Sunk", "too deep"), ("eq", "error.sea", "3"))
    assert any("sea + 1" in name for name in sunk.shows[1] - sunk.shows[0])


@pytest.mark.host
def test_what_a_call_changes_is_looked_at_afterwards(exploration: Exploration) -> None:
    put = found(exploration, "box.put(2)")
    assert (put.setup, put.checks[0]) == (("box = Box([1])",), ("eq", "box.items", "[1, 2]"))
    assert put.kills


@pytest.mark.host
def test_what_a_value_holds_is_looked_into(exploration: Exploration) -> None:
    checks = found(exploration, "crate(2)").checks
    assert checks == (("eq", "result.box.items", "[0, 1]"), ("eq", "result.box.name", "'sea'"))


@pytest.mark.host
def test_what_a_call_leaves_behind_shows_in_what_comes_after_it(exploration: Exploration) -> None:
    after = found(exploration, "chain.last()")
    assert (after.setup[-2:], after.checks) == (("chain.clear()", "chain.add(3)"), (("eq", "result", "3"),))
    assert any("self._known.clear()" in name for name in after.kills)


@pytest.mark.host
def test_chance_and_time_are_never_demanded_and_fractions_are_not_to_the_last_digit(exploration: Exploration) -> None:
    assert not [case for case in exploration.cases if case.function.endswith(("::thrown", "::late"))]
    assert found(exploration, "tide()").checks == (("eq", "result.size", "3"),)
    assert found(exploration, "half(2)").checks[0][0] == "approx"


@pytest.mark.host
def test_what_no_public_name_leads_to_is_noticed_through_another_file(rig: Rig) -> None:
    source = Source.read("pier/_gauge.py", FILES["pier/_gauge.py"].encode())
    assert isinstance(source, Source)
    weigh = Case("pier/b.py::weigh", "weigh(2)", (("pier.b", "weigh"),))
    told = explored(rig, tree_of(FILES), [Wanted(weigh.function, (weigh,))], mutants_of(source, ["scaled"], 9))
    assert "pier/_gauge.py:2: `sea * 3` → `sea * 4`" in found(told, "weigh(2)").kills
    assert found(told, "weigh(2)").checks == (("eq", "result", "6"),)


SHOUT = """\
import contextlib
import io
import warnings


def shout(sea):
    with contextlib.redirect_stderr(io.StringIO()) as said:
        warnings.warn("deep")
    return said.getvalue() * sea
"""


@pytest.mark.host
def test_what_is_said_once_is_no_reason_to_take_a_fault_for_noticed(rig: Rig) -> None:
    source = Source.read("pier/shout.py", SHOUT.encode())
    assert isinstance(source, Source)
    call = Case("pier/shout.py::shout", "shout(1)", (("pier.shout", "shout"),))
    tree = tree_of({**FILES, "pier/shout.py": SHOUT})
    told = explored(rig, tree, [Wanted(call.function, (call,))], mutants_of(source, ["shout"], 9))
    assert found(told, "shout(1)").checks[1:] == (("eq", "result", "''"),)
    assert {name.partition(": ")[0] for name in found(told, "shout(1)").shows[1]} == {"pier/shout.py:9"}


@pytest.mark.host
def test_calls_that_are_asked_for_as_they_are_come_alone_however_alike_they_are(rig: Rig) -> None:
    calls = [f"rank({number})" for number in range(1, 13)]
    asked = dataclasses.replace(wanted("rank", *calls), vary=False)
    found = explored(rig, tree_of(FILES), [asked], ())
    assert found.trouble == ""
    assert [case.call for case in found.cases] == calls


@pytest.mark.host
def test_a_mutant_that_hangs_is_told_apart(exploration: Exploration) -> None:
    hung = {name for case in exploration.cases for name in case.hangs}
    assert any("sea -= 1" in name for name in hung)


@pytest.mark.host
def test_new_tests_of_a_file_pass_the_gates_that_judge_tests(rig: Rig, tmp_path: Path) -> None:
    tree = tree_of(FILES)
    bench = SandboxBench(RuffTool(), rig, measure(rig, tree, tmp_path, key="pier").run, tree, tmp_path)
    project, _ = read_project(tree, PACKAGED, RuffTool(), ("pier/a.py",))
    ground = ground_of(tree, PACKAGED, bench, project)
    ((_, path),) = paths(ground, lambda _: None)
    outcome = write_tests(ground, path, MUTANTS * PACKAGED.gates.trials.mutants)
    assert outcome.proposal is not None
    change = outcome.proposal.change
    assert (change.rule, change.safety, change.paths) == ("write_tests", Safety.NEW_TEST, ("tests/test_a.py",))
    candidate = Candidate(tree, change, PACKAGED, bench)
    assert [gate(candidate).ruling for gate in (easy_green, mutation)] == [Ruling.PASS, Ruling.PASS]
    assert "test_sink_" in change.edits[0].after.data.decode() if change.edits[0].after else False
