"""Callbacks that note what they are handed: which they are, what is noted, and what becomes of it in a sandbox."""

import functools
import importlib
import inspect
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from improver.experiments import Case, Wanted
from improver.judging.mutants import mutants_of
from improver.source import Source
from improver.verify import altering, calling, explorer, noting
from improver.verify.exploring import explored
from tests.improver.rigs import rig_of

WATCH = '''\
def quiet(event, name, value=None): ...


def watch(bell, hook=quiet, label=""):
    """Tell of each stroke."""

    def strike(self, times):
        hook("strike", label, value=times)

    def mark(self, name, value):
        hook("set", name)

    def look(self, name):
        hook("get", name)
        return object.__getattribute__(self, name)

    return type("Watched", (), {"strike": strike, "__setattr__": mark, "__getattribute__": look})()


def ring(times, on_ring):
    for time in range(times):
        on_ring(time)
    return times
'''


HOOK = "def hook(event):\n    seen.append(event)"
HOOKED = ["seen = []", "def hook(event, name, value=None):\n    seen.append((event, name))"]
GUESTS = {name: importlib.import_module(f"improver.verify.{name}") for name in explorer.GUESTS}


def watch(bell: object, hook: Callable[..., object] = lambda event, name, value=None: None) -> object:  # noqa: ARG005
    def strike(times: int) -> None:
        hook("strike", bell, value=times)

    def stop(*, hook: Callable[[], object]) -> None:
        hook()

    return strike, stop


def ring(times: int, on_ring: Callable[[int], object]) -> None:
    for time in range(times):
        on_ring(time)


def told(rows: dict[str, int], tell: Callable[[str, int], object]) -> None:
    for key, value in rows.items():
        tell(key, value)


def tolled(times: int, on_ring: Callable[[int], object]) -> object:
    async def strike() -> None:
        on_ring(times + 1)

    async def stop(on_ring: Callable[[], object]) -> None:
        on_ring()

    return strike, stop


def echoed(bell: int, tell: Callable[..., object]) -> None:
    _bell = bell + 1
    tell(_bell, -bell)


def halved(row: int, tell: Callable[..., object] = lambda low=None, high=None: None) -> None:  # noqa: ARG005
    tell(low=row // 2)
    tell(high=row - row // 2)


def called(times: int, on_ring: Callable[..., object] = lambda time: None) -> None:  # noqa: ARG005
    for each in range(times):
        on_ring(time=each)


def kept(rows: list[int], wanted: Callable[[int], bool]) -> list[int]:
    return [row for row in rows if row and not wanted(row)]


def mapped(rows: list[int], change: Callable[[int], int]) -> list[int]:
    return [change(row) for row in rows]


def spread(rows: list[int], tell: Callable[..., object]) -> None:
    tell(*rows)


def torn(rows: list[int], tell: Callable[..., object]) -> None:
    tell(rows[0])
    tell(rows[0], rows[1])


def taken(seen: int, tell: Callable[[int], object]) -> None:
    tell(seen)
    tell(seen + 1)


def full(rows: list[int], tell: Callable[..., object]) -> None:
    for one, two, three, four in [rows]:
        tell(one, two, three, four)


def overfull(rows: list[int], tell: Callable[..., object]) -> None:
    for one, two, three, four, five, six in [rows]:
        tell(one, two, three, four, five, six)


def twice(rows: list[int], tell: Callable[..., object]) -> None:
    for row in rows:
        tell(row, row)


def spoken(rows: list[int], tell: Callable[..., object]) -> None:
    for row in rows:
        tell(row, row=row)


def itself(rows: list[Callable[..., object]], tell: Callable[..., object]) -> None:
    for _ in rows:
        tell(tell)


@functools.wraps(dict.update)
def wrapped(*events: object) -> None: ...


def notings(function: Callable[..., object]) -> list[noting.Noting]:
    defaults = {one.name: one.default for one in inspect.signature(function).parameters.values()}
    return [*noting.notings(inspect.getsource(function), defaults)]


@pytest.mark.parametrize(
    "function",
    [
        pytest.param(mapped, id="what it gives is used: a function that only notes is none that fits"),
        pytest.param(spread, id="nobody knows how much it is handed"),
        pytest.param(torn, id="it is handed more at times, under no name"),
        pytest.param(twice, id="two things that it is handed have one name"),
        pytest.param(spoken, id="it is handed something by a name, and nobody knows the others"),
        pytest.param(overfull, id="it is handed more than anybody notes"),
        pytest.param(itself, id="it is handed itself"),
        pytest.param(taken, id="its own name for it is that of the notes"),
        pytest.param(len, id="nobody has its source"),
    ],
)
def test_a_callback_takes_no_notes_where_it_would_not_fit(function: Callable[..., object]) -> None:
    text = "" if function is len else inspect.getsource(function)
    assert [*noting.notings(text, {})] == []


@pytest.mark.parametrize(
    ("function", "given", "setup"),
    [
        pytest.param(ring, {"on_ring": "seen.append"}, ["seen = []"], id="one value"),
        pytest.param(called, {"on_ring": "lambda time: seen.append(time)"}, ["seen = []"], id="one value, by its name"),
        pytest.param(told, {"tell": "lambda key, value: seen.append((key, value))"}, ["seen = []"], id="two"),
        pytest.param(
            full,
            {"tell": "tell"},
            ["seen = []", "def tell(one, two, three, four):\n    seen.append((one, two, three, four))"],
            id="more than stands in a line",
        ),
        pytest.param(
            kept,
            {"wanted": "wanted"},
            ["seen = []", "def wanted(row):\n    seen.append(row)\n    return True"],
            id="it is asked, and says yes",
        ),
        pytest.param(
            watch,
            {"hook": "hook"},
            ["seen = []", "def hook(event, name, value):\n    seen.append(event)"],
            id="named as the default names it, without what the function was given itself",
        ),
        pytest.param(
            echoed,
            {"tell": "lambda _bell, value: seen.append(value)"},
            ["seen = []"],
            id="not what is its own argument by another name",
        ),
        pytest.param(
            halved,
            {"tell": "tell"},
            ["seen = []", "def tell(low=None, high=None):\n    seen.append(low)"],
            id="what it is handed at times only",
        ),
        pytest.param(
            tolled,
            {"on_ring": "on_ring"},
            ["seen = []", "def on_ring(value):\n    seen.append(value)"],
            id="a function that is awaited later calls it",
        ),
    ],
)
def test_a_callback_notes_what_it_is_handed(
    function: Callable[..., object], given: dict[str, str], setup: list[str]
) -> None:
    first = notings(function)[0]
    assert (first.given, first.setup, first.is_later) == (given, setup, function in (watch, tolled))


def test_a_default_that_says_nothing_of_what_it_takes_is_none() -> None:
    text = inspect.getsource(ring)
    assert [*noting.notings(text, {"on_ring": wrapped})] == [*noting.notings(text, {})] != []


def test_what_a_default_does_not_ask_for_is_noted_beside_the_rest() -> None:
    assert [one.setup[1].rpartition("\n")[2].strip() for one in notings(watch)] == [
        "seen.append(event)",
        "seen.append((event, value))",
    ]


def test_what_a_call_gives_is_used_before_one_looks() -> None:
    assert [*noting.used("watch(1, hook=hook)", "bell")] == [
        (["bell = watch(types.SimpleNamespace(a=1), hook=hook)", "bell.a = 2"], "seen"),
        (["bell = watch(types.SimpleNamespace(a=1), hook=hook)", "del bell.a"], "seen"),
        (["bell = watch(types.SimpleNamespace(a=1), hook=hook)"], "bell.a"),
        (["bell = watch([1, 2], hook=hook)", "bell.append(3)"], "seen"),
    ]
    assert [*noting.used("watch(1, 2)", "bell")] == []
    assert [*noting.used("watch(*bells)", "bell")] == []


@pytest.mark.parametrize(
    ("setup", "call", "first"),
    [
        pytest.param(
            ["name = 'low'"],
            "watch(1, label=name)",
            ["name = 'low'", *HOOKED, "made = watch(types.SimpleNamespace(a=1), label=name, hook=hook)", "made.a = 2"],
            id="what the call still speaks of",
        ),
        pytest.param(
            ["bell = [1]", "bell.append(2)"],
            "watch(bell)",
            [*HOOKED, "made = watch(types.SimpleNamespace(a=1), hook=hook)", "made.a = 2"],
            id="not what made the argument that another takes the place of",
        ),
        pytest.param(
            ["made = 'low'"],
            "watch(1, label=made)",
            ["made = 'low'", *HOOKED, "it = watch(types.SimpleNamespace(a=1), label=made, hook=hook)", "it.a = 2"],
            id="under its own name",
        ),
    ],
)
def test_what_stands_before_a_call_stays_before_what_it_gives_is_used(
    setup: list[str], call: str, first: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pier_a.py").write_text(WATCH)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "pier_a", raising=False)
    module = importlib.import_module("pier_a")
    case = {"imports": [["pier_a", "watch"]], "setup": setup, "call": call}
    target = calling.Target(module, "watch", lambda: None)
    found = [*altering.Altering(GUESTS, module).noted(case, target)]
    assert found[0]["setup"] == first


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("def hook(event):\n    seen.append(event)", "hook", id="a function"),
        pytest.param("ring(2, on_ring=seen.append)", "on_ring", id="a method of the list"),
        pytest.param("ring(2, on_ring=lambda time: seen.append(time))", "on_ring", id="a lambda"),
        pytest.param("other.append(1)", "", id="no notes"),
        pytest.param("ring(2, **{'on_ring': lambda time: seen.append(time)})", "", id="nobody says under which name"),
        pytest.param("def hook(event):\n    other.append(event)", "", id="another list"),
    ],
)
def test_who_takes_notes_has_a_name(text: str, name: str) -> None:
    assert noting.noter(text) == name


@pytest.mark.parametrize(
    ("setup", "call", "idle"),
    [
        pytest.param(["bells = []"], "ring(2)", False, id="no notes"),
        pytest.param(["seen = []"], "ring(2)", True, id="nobody has the list"),
        pytest.param(["seen = []"], "ring(2, seen.append)", False, id="its method is given"),
        pytest.param(["seen = []", HOOK, "bell = watch(1)"], "seen", True, id="nobody has the function"),
        pytest.param(
            ["seen = []", HOOK, "bell = watch(1, hook=hook)"], "seen", False, id="the function is given before"
        ),
        pytest.param(["seen = []", HOOK], "watch(1, hook)", False, id="the function is given in the call"),
    ],
)
def test_notes_that_nobody_could_take_show_nothing(setup: list[str], call: str, *, idle: bool) -> None:
    assert noting.is_idle(setup, call) is idle


def test_only_the_notes_are_looked_at_where_a_look_at_the_rest_might_add_to_them() -> None:
    names = {"seen", "bell"}
    assert noting.watched(names, {"setup": ["seen = []"], "call": "bell.a"}) == {"seen"}
    assert noting.watched(names, {"setup": ["seen = []"], "call": "seen"}) == set()
    assert noting.watched(names, {"setup": ["seen = [1]"], "call": "bell.a"}) == names


@pytest.mark.host
def test_a_call_that_gives_something_that_tells_is_seen_to_tell(tmp_path: Path) -> None:
    files = {"pier/__init__.py": "", "pier/a.py": WATCH, "tests/test_a.py": "def test_nothing():\n    assert True\n"}
    rig, tree = rig_of(files, tmp_path)
    source = Source.read("pier/a.py", WATCH.encode())
    assert isinstance(source, Source)
    texts = {"watch": "watch([1])", "ring": "ring(2, str)"}
    cases = {one: Case(f"pier/a.py::{one}", text, (("pier.a", one),)) for one, text in texts.items()}
    asked = [Wanted(case.function, (case,)) for case in cases.values()]
    told = explored(rig, tree, asked, mutants_of(source, ["watch", "ring"], 40))
    assert told.trouble == ""
    rung = next(one for one in told.cases if one.call == "ring(2, seen.append)")
    assert rung.checks == (("eq", "seen", "[0, 1]"), ("eq", "result", "2"))
    struck = next(one for one in told.cases if one.setup[-1:] == ("made.a = 2",))
    assert struck.checks == (("eq", "result", "[('set', 'a')]"),)
    assert 'pier/a.py:11: `hook("set", name)` → `pass`' in struck.kills
    assert not [one for one in told.cases if noting.is_idle(one.setup, one.call)]
