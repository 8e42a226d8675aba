"""Which calls are looked at, and varied further: those of a new path that come to something."""

import importlib
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from improver.verify import explorer, seeking

GUESTS = {name: importlib.import_module(f"improver.verify.{name}") for name in explorer.GUESTS}
BUOY = """\
class Buoy:
    def tie(self, buoy, ropes=()):
        return len(ropes)
"""
ENDLESS = """\
LOOKED = []


class Sea:
    def __contains__(self, drop):
        for _ in range(10**9):
            if drop == 1:
                return True
        LOOKED.append(drop)
        return False

    def __and__(self, other):
        return 3

    __or__ = union = __and__
"""
ROPES = """\
class Rope(list):
    def pop(self, at=-1):
        return self[at]


class Knot(Rope):
    def __contains__(self, one):
        while one:
            pass


class Gate(Rope):
    def __contains__(self, one):
        raise SystemExit(2)

    def __and__(self, other):
        return 3

    __or__ = union = __and__
"""
LEAVING = """\
import sys


def depth(sea):
    if sea == 1:
        sys.exit(2)
    return sea
"""
STEADY = {"type": "int", "checks": [("eq", "result", "1")], "takes": ""}
UNSTEADY = {"type": "tuple", "checks": [], "takes": ""}


def varied_after(*seen: dict[str, object]) -> int:
    """Return how many calls of one path are varied, after each came to one of these."""
    search = seeking.Search(lambda _: iter(()))
    for at, one in enumerate(seen):
        search.learn({"call": f"depth({at})"}, (frozenset({1}), "depth(0)"), one)
    return len(search.open)


@pytest.mark.parametrize(
    ("seen", "count"),
    [
        pytest.param([STEADY] * 9, seeking.FRESH, id="a few of what is the same each time"),
        pytest.param([UNSTEADY] * 9, 1, id="one of what is another thing each time"),
        pytest.param([{"raised": "TypeError", "says": ""}], 0, id="none of what went wrong"),
        pytest.param([{"late": True}, {"unfit": "it is cancelled"}, {}], 0, id="none of what did not end well"),
    ],
)
def test_a_call_that_comes_to_something_is_varied(seen: list[dict[str, object]], count: int) -> None:
    assert varied_after(*seen) == count


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let what takes too long end in this process too, where one collection of garbage may take longer than a call."""
    monkeypatch.setattr(seeking, "QUICK", 5.0)
    monkeypatch.setattr(seeking, "PATIENCE", 2.0)
    numbers = (signal.SIGALRM, signal.SIGPROF)
    before = [signal.getsignal(one) for one in numbers]
    GUESTS["checking"].watch_the_time()
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def seeker_of(path: Path, text: str, told: list[tuple[object, ...]]) -> seeking.Seeker:
    """Return who asks about a new module of that text, which lies where Python looks for it, and tells it there."""
    path.write_text(text)
    sys.modules.pop(path.stem, None)
    importlib.invalidate_caches()
    spec = {"tree": str(path.parent), "path": path.name}
    weighed = GUESTS["weighing"].Weighed(text.encode(), str(path), [], GUESTS["swapping"])
    module = importlib.import_module(path.stem)
    return seeking.Seeker(spec, GUESTS, module, weighed, lambda *facts: told.append(facts))


@pytest.mark.usefixtures("clocks")
@pytest.mark.parametrize(
    ("setup", "call"),
    [
        pytest.param([], "depth(1)", id="it leaves the interpreter"),
        pytest.param(["sea = yield 1"], "depth(sea)", id="it stands in a generator"),
        pytest.param(["if depth:\n    return 3"], "depth(3)", id="it ends the function that it stood in"),
    ],
)
def test_a_call_that_cannot_be_looked_at_leaves_the_next(
    setup: list[str], call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    told: list[tuple[object, ...]] = []
    seeker = seeker_of(tmp_path / "left_early.py", LEAVING, told)
    plain = {"imports": [["left_early", "depth"]], "prelude": [], "setup": [], "call": "depth(2)"}
    texts = [{**plain, "setup": setup, "call": call}, plain]
    seeker.find({"name": "depth", "texts": texts, "calls": [], "constants": [], "vary": False})
    assert [case["call"] for kind, case in told if kind == "case" and isinstance(case, dict)] == ["depth(2)"]


@pytest.mark.usefixtures("clocks")
def test_a_set_that_looks_for_a_thing_without_end_takes_no_time_from_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    told: list[tuple[object, ...]] = []
    seeker = seeker_of(tmp_path / "endless.py", ENDLESS, told)
    text = {"imports": [["endless", "Sea"]], "prelude": [], "setup": [], "call": "Sea() & [1]", "origin": "text"}
    seeker.find({"name": "Sea.__and__", "texts": [text], "calls": [], "constants": [], "vary": False})
    assert [kind for kind, _ in told] == ["case"]
    assert seeker.module.LOOKED == []


@pytest.mark.usefixtures("clocks")
@pytest.mark.parametrize(
    ("setup", "call", "likened"),
    [
        pytest.param([], "Rope([1, 2]).pop()", ["Rope.pop: leaves [1, 2] where that leaves [1]"], id="one call"),
        pytest.param(
            ["other = Rope([0])", "other.reverse()"],
            "Knot([1, 2]).pop()",
            ["Rope.reverse: "],
            id="as far as it is known in time",
        ),
        pytest.param(
            ["other = Rope([0])", "other.reverse()"],
            "Gate([1]).pop()",
            ["Rope.reverse: "],
            id="until it wants to leave",
        ),
        pytest.param([], "Gate([1]) & {1}", [], id="a set that wants to leave"),
    ],
)
def test_a_call_is_told_with_what_containers_of_python_s_own_would_do(
    setup: list[str], call: str, likened: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    told: list[tuple[object, ...]] = []
    seeker = seeker_of(tmp_path / "ropes.py", ROPES, told)
    imports = [["ropes", "Gate"], ["ropes", "Knot"], ["ropes", "Rope"]]
    text = {"imports": imports, "prelude": [], "setup": setup, "call": call, "origin": "text"}
    seeker.find({"name": "Rope.pop", "texts": [text], "calls": [], "constants": [], "vary": False})
    (found,) = [case["likened"] for kind, case in told if kind == "case" and isinstance(case, dict)]
    assert [f"{kind}.{name}: {says.rpartition(': it ')[2]}" for kind, name, says in found] == likened


@pytest.mark.parametrize(
    ("imports", "setup", "call", "lifted"),
    [
        pytest.param([], [], "Buoy().tie(3, [1])", (["buoy = Buoy()", "ropes = [1]"], "buoy.tie(3, ropes)"), id="both"),
        pytest.param([], [], "Buoy().tie(Buoy())", (["buoy = Buoy()"], "buoy.tie(Buoy())"), id="of one name"),
        pytest.param(
            [],
            ["buoy = Buoy()"],
            "Buoy().tie(buoy)",
            (["buoy = Buoy()", "made = Buoy()"], "made.tie(buoy)"),
            id="that stands for something",
        ),
        pytest.param(
            [],
            ["def ropes():\n    return [1]"],
            "Buoy().tie(3, ropes())",
            (["def ropes():\n    return [1]", "buoy = Buoy()"], "buoy.tie(3, ropes())"),
            id="that is defined",
        ),
        pytest.param(
            [["coast", "Buoy", "buoy"], ["coast", "made"]],
            [],
            "buoy().tie(made)",
            ([], "buoy().tie(made)"),
            id="that is imported",
        ),
        pytest.param(
            [["ropes", ""]],
            [],
            "Buoy().tie(3, [ropes.one])",
            (["buoy = Buoy()"], "buoy.tie(3, [ropes.one])"),
            id="of a module",
        ),
    ],
)
def test_what_a_call_may_change_gets_a_name_that_is_free(
    imports: list[list[str]],
    setup: list[str],
    call: str,
    lifted: tuple[list[str], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    seeker = seeker_of(tmp_path / "tied.py", BUOY, [])
    target = GUESTS["calling"].Target(seeker.module, "Buoy.tie", seeker.phrase)
    made = seeker.lifted({"imports": imports, "setup": setup, "call": call}, target)
    assert (made["setup"], made["call"]) == lifted


@pytest.mark.usefixtures("clocks")
@pytest.mark.parametrize(
    ("module", "path", "why"),
    [
        pytest.param(
            "json",
            "/nowhere/json.py",
            r"explorer\.py:\d+: ImportError: /nowhere/json\.py was imported from elsewhere",
            id="with an error",
        ),
        pytest.param("left_at_once", "", r"left_at_once\.py:3: SystemExit: 2", id="by leaving the interpreter"),
    ],
)
def test_a_search_that_breaks_says_where_and_why(
    module: str, path: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "left_at_once.py").write_text("import sys\n\nsys.exit(2)\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    one, told = object.__new__(explorer.Explorer), list[tuple[object, ...]]()
    one.spec, one.path, one.checking = {"module": module}, path, GUESTS["checking"]
    one.find({"module": module}, lambda *facts: told.append(facts))
    ((kind, says),) = told
    assert kind == "broken"
    assert re.fullmatch(why, str(says))
