"""Calls that need an event loop: what they come to is awaited, drained or entered, and how their tests read."""

import asyncio
import importlib
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from improver.experiments import Case
from improver.gate import Candidate
from improver.gates.easy_green import easy_green
from improver.gates.mutation import mutation
from improver.records import Ruling
from improver.scan import read_project
from improver.verify import awaiting, checking, demanding, explorer, phrasing, seeking, timing, varying
from improver.verify.bench import SandboxBench, measure
from improver.verify.ruff import RuffTool
from improver.writing.choice.selecting import fit
from improver.writing.choice.suspicion import contradiction
from improver.writing.layout.grouping import Written, grouped
from improver.writing.layout.importing import imports_of
from improver.writing.layout.rendering import block
from improver.writing.loops import loop_of
from improver.writing.placing import Place
from improver.writing.turns import MUTANTS, ground_of
from improver.writing.words.naming import name_for
from improver.writing.writer import write_tests
from tests.improver.calls import PIER, case, node, plain, source
from tests.improver.judging import PACKAGED
from tests.improver.rigs import rig_of

SEA = """\
import asyncio, contextlib


async def depth(sea, more=1):
    if sea < 0:
        raise ValueError("a depth is not negative")
    await asyncio.sleep(0)
    return sea + more


async def waves(count):
    for number in range(count):
        if number > 3:
            raise ValueError("too many waves")
        yield number


async def endless():
    while True:
        yield 1


async def turn(items):
    items.reverse()


async def never():
    await asyncio.get_running_loop().create_future()


async def stubborn():
    for _ in range(10):
        try:
            while True:
                pass
        except BaseException:
            await asyncio.sleep(0)


async def nap(sea):
    await asyncio.sleep(0.001)
    return sea


async def long_nap(sea):
    await asyncio.sleep(3600)


async def first():
    tasks = [asyncio.create_task(asyncio.sleep(late)) for late in (0.001, 0.002)]
    done, left = await asyncio.wait(tasks, return_when="FIRST_COMPLETED")
    await asyncio.wait(left)
    return len(done)


async def leaves():
    asyncio.create_task(asyncio.sleep(100))


async def cancelled():
    raise asyncio.CancelledError


async def clock():
    return asyncio.get_running_loop().time() > 1


def soon(sea):
    future = asyncio.get_running_loop().create_future()
    future.set_result(sea)
    return future


@contextlib.asynccontextmanager
async def dock(ships):
    if ships > 3:
        raise ValueError("the dock is full")
    yield [ships]


class Buoys:
    def __init__(self, count):
        self.left = count

    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        return None

    def __aiter__(self):
        return self

    async def __anext__(self):
        if not self.left:
            raise StopAsyncIteration
        self.left -= 1
        return self.left


class Coast:
    def __init__(self, count):
        self.count = count

    def __aiter__(self) -> Buoys:
        return Buoys(self.count)

    def buoys(self) -> Buoys:
        return Buoys(self.count)

    def __await__(self):
        return depth(self.count).__await__()


class Lock(Buoys):
    def __await__(self):
        return depth(self.left).__await__()


def stop(sea):
    raise StopIteration("no more sea")
"""
LIST = "[item async for item in result]"
LEFT = [("eq", "result.left", "2"), ("eq", LIST, "[1, 0]")]  # first what is there before its items are gone


@pytest.fixture(autouse=True)
def clocks() -> Iterator[None]:
    """Let calls be timed in this process, and nothing afterwards."""
    before = [(one, signal.getsignal(one)) for one in (signal.SIGALRM, signal.SIGPROF)]
    checking.watch_the_time()
    yield
    for one, handler in before:
        signal.signal(one, handler)


def space_of(_imports: object) -> dict[str, Any]:
    space: dict[str, Any] = {"__name__": "sea"}
    exec(compile(SEA, __file__, "exec"), space)  # noqa: S102 - a module for one call
    return space


def asked(call: str, way: str = "", *checks: tuple[str, str, str], setup: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"imports": [], "prelude": [], "setup": list(setup), "call": call, "checks": checks, "way": way}


def seen(one: dict[str, Any]) -> dict[str, Any]:
    here = str(Path(__file__).parent)
    guests = {name: importlib.import_module(f"improver.verify.{name}") for name in explorer.GUESTS}
    return demanding.Watcher(here, guests, lambda: phrasing.Phrase("/src", is_same), space_of).look(one, 5.0)


def is_same(one: object, other: object) -> bool:
    return one == other


# --- what a call comes to -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "ways"),
    [
        pytest.param("depth(1)", ["coroutine"], id="a coroutine"),
        pytest.param("waves(2)", ["iterable"], id="an asynchronous generator"),
        pytest.param("soon(2)", ["awaitable"], id="what needs a loop to be made, and can be awaited"),
        pytest.param("dock(2)", ["context"], id="a context"),
        pytest.param("Buoys(2)", ["context"], id="a context that is iterated over within"),
        pytest.param("Coast(2)", ["context.buoys", "awaitable"], id="both, by a method that opens it"),
        pytest.param("Lock(2)", ["context"], id="both: who only awaits it leaves it open"),
        pytest.param("max(1, await depth(1))", ["loop"], id="it awaits something on its way"),
        pytest.param("max(1, 2)", [], id="a plain call"),
        pytest.param("depth(1, 2, 3)", [], id="a plain error"),
    ],
)
def test_a_value_tells_how_it_is_come_by(call: str, ways: list[str]) -> None:
    assert awaiting.Ways(checking, space_of).of(checking.compiled(asked(call)), 5.0) == ways


@pytest.mark.parametrize(
    ("call", "way", "checks"),
    [
        pytest.param("depth(1)", "coroutine", [("eq", "result", "2")], id="a coroutine"),
        pytest.param("depth(-1)", "coroutine", [("raises", "ValueError", "a depth is not negative")], id="its error"),
        pytest.param("waves(3)", "iterable", [("eq", "result", "[0, 1, 2]")], id="an asynchronous generator"),
        pytest.param("waves(9)", "iterable", [("raises", "ValueError", "too many waves")], id="its error on the way"),
        pytest.param("soon(2)", "awaitable", [("eq", "result", "2")], id="a future"),
        pytest.param("dock(2)", "context", [("eq", "result", "[2]")], id="what a context gives"),
        pytest.param("dock(4)", "context", [("raises", "ValueError", "the dock is full")], id="what entering raises"),
        pytest.param("Buoys(2)", "context", LEFT, id="what a context yields"),
        pytest.param("Coast(2)", "context.buoys", LEFT, id="what one that it opens yields"),
        pytest.param("Coast(2)", "awaitable", [("eq", "result", "3")], id="what it comes to when awaited"),
        pytest.param("max(5, await depth(1))", "loop", [("eq", "result", "5")], id="a plain value"),
        pytest.param("nap(2)", "coroutine", [("eq", "result", "2")], id="what waits a moment for nobody"),
    ],
)
def test_what_an_asynchronous_call_comes_to_is_demanded_and_met(
    call: str, way: str, checks: list[tuple[str, str, str]]
) -> None:
    one = asked(call, way)
    assert seen(one)["checks"] == checks
    again = checking.compiled({**one, "checks": checks})
    assert checking.unmet(again, space_of, 5.0) == []
    other = [(kind, subject, "'no such words'" if kind == "raises" else "'other'") for kind, subject, _ in checks]
    assert checking.unmet(checking.compiled({**one, "checks": other}), space_of, 5.0) == [*range(len(other))]


class Telling(seeking.Seeker):
    """Has an answer ready for each way."""

    def __init__(self, answers: dict[str, dict[str, Any]]) -> None:
        self.answers, self.checking = answers, checking

    def told(self, case: dict[str, Any], target: Any) -> dict[str, Any]:
        return self.answers[case["way"]] if target is None else {}


def test_what_is_entered_and_left_again_is_not_awaited_too() -> None:
    found, nothing = {"checks": [EQUAL]}, dict[str, Any]()
    for first, known, looks in (("context", found, 1), ("context", nothing, 2), ("context.buoys", found, 2)):
        seeker = Telling({first: known, "awaitable": found})
        assert len([*seeker.looks({"way": ""}, [first, "awaitable"], None)]) == looks


def test_what_an_awaited_call_changes_is_looked_at_afterwards() -> None:
    one = asked("turn(items)", "coroutine", setup=("items = [1, await depth(1)]",))
    assert seen(one)["checks"] == [("eq", "items", "[2, 1]")]


@pytest.mark.parametrize(
    ("call", "way", "why"),
    [
        pytest.param("endless()", "iterable", {"unfit": "it yields very much"}, id="it never ends"),
        pytest.param("never()", "coroutine", {"late": True}, id="nobody will ever wake it"),
        pytest.param("long_nap(1)", "coroutine", {"late": True}, id="it waits for long"),
        pytest.param("leaves()", "coroutine", {"unfit": "it leaves tasks behind"}, id="it leaves something running"),
        pytest.param("first()", "coroutine", {"unfit": "it runs a race against the clock"}, id="chance decides"),
        pytest.param("cancelled()", "coroutine", {"unfit": "it is cancelled"}, id="it is cancelled"),
    ],
)
def test_no_test_is_made_of_a_call_that_does_not_end_well(call: str, way: str, why: dict[str, object]) -> None:
    before = threading.active_count()
    assert seen(asked(call, way)) == why
    assert threading.active_count() == before
    assert signal.getitimer(signal.ITIMER_REAL)[0] == signal.getitimer(signal.ITIMER_PROF)[0] == 0


def test_a_call_that_lets_nothing_end_it_leaves_no_event_loop_behind() -> None:
    one = checking.compiled(asked("stubborn()", "coroutine", ("is", "result", "None")))
    assert checking.unmet(one, space_of, 0.02) is None
    assert asyncio.run(asyncio.sleep(0, 1)) == 1


def test_a_plain_call_may_raise_what_coroutines_may_not() -> None:
    one = asked("stop(1)", "", ("raises", "StopIteration", "no more sea"))
    assert checking.unmet(checking.compiled(one), space_of, 5.0) == []


def test_an_event_loop_reads_the_clock_for_itself_and_a_call_for_its_own() -> None:
    readers: set[str] = set()
    with timing.watched(readers):
        checking.unmet(checking.compiled(asked("nap(1)", "coroutine")), space_of, 5.0)
    assert readers & {"sea", "asyncio.base_events"} == set()
    with timing.watched(readers):
        checking.unmet(checking.compiled(asked("clock()", "coroutine")), space_of, 5.0)
    assert "sea" in readers


def test_a_chain_is_varied_in_its_last_link() -> None:
    found = list(varying.variations("count(5) | take(2)", [("more", True)], varying.Pool([])))
    assert {"count(5) | take(2, more=False)", "count(4) | take(2)", "count(5) | take(0)"} <= set(found)
    assert list(varying.strange("count(5) | take(2)"))[:2] == ["count(5) | take(None)", "count(5) | take([])"]


# --- how their tests read -----------------------------------------------------------------------------------------

MUTANT = "pier/a.py:6: `>` → `>=`"


def written(call: str, way: str, *checks: tuple[str, str, str], setup: tuple[str, ...] = ()) -> Written:
    imports, kills = (("pier.a", "depth"),), frozenset({MUTANT})
    return Written("test_f", (Case(f"{PIER}depth", call, imports, (), setup, checks=checks, kills=kills, way=way),))


def shown(test: Written, loop: str, *, in_classes: bool = False, annotated: bool = False) -> list[str]:
    place = Place("t.py", None, in_classes=in_classes, bound={}, annotated=annotated, loop=loop)
    return block([test], place, 88, "A").splitlines()


RAISED = ("raises", "ValueError", "too deep")
EQUAL = ("eq", "result", "[1]")


@pytest.mark.parametrize(
    ("test", "loop", "lines"),
    [
        pytest.param(
            written("f(1)", "coroutine", EQUAL),
            "pytest.mark.asyncio",
            ["@pytest.mark.asyncio", "async def test_f():", "    assert await f(1) == [1]"],
            id="marked, as the others are",
        ),
        pytest.param(
            written("f(1)", "iterable", EQUAL),
            "auto",
            ["async def test_f():", "    assert [item async for item in f(1)] == [1]"],
            id="drained, where a plugin sees all",
        ),
        pytest.param(
            written("f(item) | g(1)", "iterable", RAISED),
            "auto",
            [
                "async def test_f():",
                "    with pytest.raises(ValueError, match='too deep'):",
                "        _ = [each async for each in f(item) | g(1)]",
            ],
            id="an error on the way, and a name that is taken",
        ),
        pytest.param(
            written("f(1)", "coroutine", EQUAL),
            "",
            ["def test_f():", "    assert asyncio.run(f(1)) == [1]"],
            id="run by itself",
        ),
        pytest.param(
            written("f(sea)", "coroutine", RAISED, setup=("sea = 1",)),
            "",
            [
                "def test_f():",
                "    sea = 1",
                "    with pytest.raises(ValueError, match='too deep'):",
                "        asyncio.run(f(sea))",
            ],
            id="run by itself, with an error",
        ),
        pytest.param(
            written("f | g", "awaitable", ("eq", "result.a", "1"), ("eq", "result.b", "2")),
            "",
            [
                "def test_f():",
                "",
                "    async def scenario():",
                "        result = await (f | g)",
                "        assert result.a == 1",
                "        assert result.b == 2",
                "",
                "    asyncio.run(scenario())",
            ],
            id="several statements in one loop",
        ),
        pytest.param(
            written("f(1)", "context.open", ("eq", LIST, "[1]")),
            "auto",
            [
                "async def test_f():",
                "    async with f(1).open() as result:",
                "        assert [item async for item in result] == [1]",
            ],
            id="within what it opens",
        ),
        pytest.param(
            written("f(1)", "context", RAISED),
            "auto",
            [
                "async def test_f():",
                "    with pytest.raises(ValueError, match='too deep'):",
                "        async with f(1):",
                "            pass",
            ],
            id="what cannot be entered",
        ),
        pytest.param(
            written("f(1)", "context", ("warns", "UserWarning", "None"), ("eq", "result.a", "1")),
            "auto",
            [
                "async def test_f():",
                "    with pytest.warns(UserWarning):",
                "        async with f(1) as result:",
                "            assert result.a == 1",
            ],
            id="what warns and is entered",
        ),
        pytest.param(
            written("f(1)", "context", ("warns", "UserWarning", "None")),
            "auto",
            [
                "async def test_f():",
                "    with pytest.warns(UserWarning):",
                "        async with f(1):",
                "            pass",
            ],
            id="what warns and no more",
        ),
    ],
)
def test_a_test_runs_in_an_event_loop_as_the_file_around_it_does(test: Written, loop: str, lines: list[str]) -> None:
    assert [line for line in shown(test, loop) if '"""' not in line] == lines


def test_a_class_of_unittest_brings_its_own_event_loop() -> None:
    lines = shown(written("f(1)", "coroutine", EQUAL), "", in_classes=True, annotated=True)
    assert lines[0] == "class AEdgesTest(unittest.IsolatedAsyncioTestCase):"
    assert [lines[1], lines[-1]] == [
        "    async def test_f(self) -> None:",
        "        self.assertEqual(await f(1), [1])",
    ]


def test_a_long_statement_keeps_its_place_when_it_is_folded() -> None:
    call = f"f({', '.join(f'number_{at}={at}' for at in range(6))})"
    lines = shown(written(call, "context", RAISED), "auto")
    assert lines[-9:-7] == ["        async with f(", "            number_0=0,"]
    assert lines[-2:] == ["        ):", "            pass"]


@pytest.mark.parametrize(
    ("loop", "imports"),
    [("", [("asyncio", ""), ("pier.a", "depth")]), ("pytest.mark.anyio", [("pier.a", "depth"), ("pytest", "")])],
)
def test_what_runs_the_loop_is_imported(loop: str, imports: list[tuple[str, str]]) -> None:
    place = Place("t.py", None, in_classes=False, bound={}, loop=loop)
    assert imports_of([written("f(1)", "coroutine", EQUAL)], place) == imports


def test_calls_that_are_awaited_share_a_table_and_their_names_say_the_same() -> None:
    cases = [case("f(1, 2)", "3", kills="a"), case("f(4, 2)", "6", kills="b"), case("f(4, 2)", "5", kills="c")]
    ways = [replace(one, way="coroutine") for one in cases[:2]]
    table, alone = grouped([*ways, cases[2]], plain, ())
    assert (len(table.rows), alone.rows) == (2, ())
    lines = shown(table, "auto")
    assert "    assert await f(sea, 2) == expected" in lines
    drained = Case(f"{PIER}depth", "depth(2)", checks=(("eq", LIST, "[]"),), way="context")
    assert name_for(drained, plain("")) == "test_depth_is_empty"


def test_what_comes_before_a_link_is_its_first_argument() -> None:
    link = Case(f"{PIER}take", "count(5) | take(0)", checks=(("eq", "result", "[]"),), way="iterable")
    assert name_for(link, node("def take(source, n): ...")) == "test_take_with_n_0_is_empty"
    refused = Case(f"{PIER}take", "take(lambda sea: sea)", checks=(("raises", "ValueError", "no sea"),))
    assert name_for(refused, node("def take(func): ...")) == "test_take_of_function_of_sea_raises_value_error"


def test_an_error_of_what_a_function_checks_is_no_slip() -> None:
    refused = case("take(1)", checks=(("raises", "TypeError", "no stream"),))
    assert fit(refused, node("def take(source):\n    assert_stream(source)"))
    assert not fit(refused, node("def take(source):\n    streamed(source)"))


def test_an_annotation_is_held_against_what_was_awaited() -> None:
    waits = source("async def f(a) -> int: ...\n").functions[0]
    assert contradiction(Case(f"{PIER}f", "f(1)", gives="str", way="coroutine"), waits)
    assert not contradiction(Case(f"{PIER}f", "f(1)", gives="int", way="coroutine"), waits)
    assert not contradiction(Case(f"{PIER}f", "f(1)", gives="list", way="iterable"), waits)


PLAIN = "async def test_a(): ...\n"
TWO_OF_THREE = f"@pytest.mark.asyncio\n{PLAIN}@pytest.mark.asyncio\n{PLAIN}{PLAIN}"
AT_ONCE = f"pytestmark = [pytest.mark.anyio]\n{PLAIN}"


@pytest.mark.parametrize(
    ("text", "loop"),
    [
        pytest.param("def test_a(): ...\n", "", id="no test waits for anything"),
        pytest.param(TWO_OF_THREE, "pytest.mark.asyncio", id="most are marked"),
        pytest.param(PLAIN, "auto", id="somebody sees to it"),
        pytest.param(AT_ONCE, "pytest.mark.anyio", id="all are marked at once"),
        pytest.param(f"class T(unittest.IsolatedAsyncioTestCase):\n    {PLAIN}", "", id="unittest runs them"),
    ],
)
def test_the_way_of_a_project_is_that_of_its_tests(text: str, loop: str) -> None:
    assert loop_of([source(text, "tests/test_a.py")]) == loop


# --- in the sandbox -----------------------------------------------------------------------------------------------

COAST = '''\
import asyncio


async def depth(sea, more=1):
    """Say how deep it is: ``await depth(4)`` is 5."""
    if sea < 0:
        raise ValueError("a depth is not negative")
    await asyncio.sleep(0)
    return sea + more


async def waves(count):
    for number in range(count):
        if number > 3:
            raise ValueError("too many waves")
        yield number
'''
RUN = """\
import asyncio

from pier.a import depth, waves


def test_depth():
    asyncio.run(depth(4))


def test_waves():
    async def scenario():
        async for _ in waves(2):
            pass

    asyncio.run(scenario())
"""
FILES = {
    "pyproject.toml": '[project]\nname = "pier"\nversion = "1.0"\n\n[tool.pytest.ini_options]\n'
    'testpaths = ["tests"]\nfilterwarnings = ["error"]\n',
    "pier/__init__.py": "",
    "pier/a.py": COAST,
    "tests/test_a.py": RUN,
}


@pytest.mark.host
def test_asynchronous_code_gets_tests_that_pass_and_notice(tmp_path: Path) -> None:
    rig, tree = rig_of(FILES, tmp_path)
    bench = SandboxBench(RuffTool(), rig, measure(rig, tree, tmp_path, key="pier").run, tree, tmp_path)
    project, _ = read_project(tree, PACKAGED, RuffTool(), ("pier/a.py",))
    ground = ground_of(tree, PACKAGED, bench, project)
    outcome = write_tests(ground, "pier/a.py", MUTANTS * PACKAGED.gates.trials.mutants)
    assert outcome.proposal is not None
    change = outcome.proposal.change
    text = change.edits[0].after.data.decode() if change.edits[0].after else ""
    assert {"    assert asyncio.run(depth(0)) == 1", "            _ = [item async for item in waves(9)]"} <= {
        *text.splitlines()
    }
    candidate = Candidate(tree, change, PACKAGED, bench)
    assert [gate(candidate).ruling for gate in (easy_green, mutation)] == [Ruling.PASS, Ruling.PASS]
    noticed = frozenset().union(*(one.kills for one in outcome.proposal.tests))
    missed = {one.name for one in outcome.drafted.weak.living} - noticed
    assert missed <= {"pier/a.py:14: `number > 3` → `number > 4`"}
