"""Which calls are looked at, and varied further: those of a new path that come to something."""

import importlib
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from improver.verify import explorer, seeking

GUESTS = {name: importlib.import_module(f"improver.verify.{name}") for name in explorer.GUESTS}
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
def clocks() -> Iterator[None]:
    """Let what takes too long end in this process too."""
    numbers = (signal.SIGALRM, signal.SIGPROF)
    before = [signal.getsignal(one) for one in numbers]
    GUESTS["checking"].watch_the_time()
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


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
    (tmp_path / "left_early.py").write_text(LEAVING)
    monkeypatch.syspath_prepend(str(tmp_path))
    spec = {"tree": str(tmp_path), "path": "left_early.py"}
    weighed = GUESTS["weighing"].Weighed(LEAVING.encode(), str(tmp_path / "left_early.py"), [], GUESTS["swapping"])
    told: list[tuple[object, ...]] = []
    module = importlib.import_module("left_early")
    seeker = seeking.Seeker(spec, GUESTS, module, weighed, lambda *facts: told.append(facts))
    plain = {"imports": [["left_early", "depth"]], "prelude": [], "setup": [], "call": "depth(2)"}
    texts = [{**plain, "setup": setup, "call": call}, plain]
    seeker.find({"name": "depth", "texts": texts, "calls": [], "constants": [], "vary": False})
    assert [case["call"] for kind, case in told if kind == "case" and isinstance(case, dict)] == ["depth(2)"]


@pytest.mark.usefixtures("clocks")
def test_a_search_that_breaks_says_where_and_why() -> None:
    one, told = object.__new__(explorer.Explorer), list[tuple[object, ...]]()
    one.spec, one.path, one.checking = {"module": "json"}, "/nowhere/json.py", GUESTS["checking"]
    one.find({"module": "json"}, lambda *facts: told.append(facts))
    ((kind, why),) = told
    assert kind == "broken"
    assert re.fullmatch(r"explorer\.py:\d+: ImportError: /nowhere/json\.py was imported from elsewhere", str(why))
