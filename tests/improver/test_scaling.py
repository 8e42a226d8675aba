"""Costs are counted as recorded inputs grow: the same on every machine, and what stands in C is seen too."""

import base64
import pickle
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from improver.experiments import Growth, Recording, Scaling
from improver.gates.performance import objection
from improver.ports import Layout
from improver.records import File, Receipt, Tree
from improver.verify import enlarging, scaler
from improver.verify.configuration import Configuration
from improver.verify.sandbox import Sandbox
from improver.verify.scaling import exponent, is_steeper, scaled
from improver.verify.suite import Rig
from tests.improver.judging import PACKAGED

LAYOUT = Layout(("",), ("pier",), ("tests",), sys.executable)
LIMIT = PACKAGED.gates.trials.growth

LARGER = [
    pytest.param([3, 1], 5, "distinct", [3, 1, 6, 4, 9], id="numbers go on"),
    pytest.param([3, 1], 5, "repeated", [3, 1, 3, 1, 3], id="numbers are repeated"),
    pytest.param(["a"], 3, "distinct", ["a", "a1", "a2"], id="words are told apart"),
    pytest.param((("a", 1),), 2, "distinct", (("a", 1), ("a1", 2)), id="pairs go on in both parts"),
    pytest.param({"a": 1}, 2, "distinct", {"a": 1, "a1": 2}, id="a dict gets other keys"),
    pytest.param("abc", 7, "plain", "abcabca", id="a text is repeated"),
    pytest.param(range(2, 8, 3), 4, "plain", range(2, 14, 3), id="a range goes on"),
    pytest.param(3, 64, "plain", 64, id="a count is the size"),
]


@pytest.mark.parametrize(("value", "size", "style", "expected"), LARGER)
def test_an_argument_is_made_larger(value: object, size: int, style: str, expected: object) -> None:
    made = enlarging.larger(value, size, style)
    assert (made, type(made)) == (expected, type(expected))


def test_counting_elements_count_what_c_code_compares() -> None:
    made = enlarging.larger([1], 10, "distinct counted")
    enlarging.COMPARED[0] = 0
    assert 9 in made
    assert enlarging.COMPARED[0] == 9
    assert made == list(range(1, 11))


def test_only_what_has_a_size_may_grow() -> None:
    args = ([1], 5, 5, "", {"a": 1}, True)
    assert enlarging.places(["values", "n", "other", "text", "names", "k"], args, {"limit": 3, "x": 3}) == [
        0,
        1,
        4,
        "limit",
        enlarging.ALL,
    ]


@pytest.mark.parametrize(
    ("base", "candidate", "refused"),
    [
        pytest.param((1000, 2000, 4000), (1200, 2400, 4800), "", id="within the limit"),
        pytest.param((1000, 2000, 4000), (1300, 2600, 5200), "1.30 times as much", id="beyond it"),
        pytest.param((10, 10, 10), (30, 60, 120), "", id="too small to tell"),
        pytest.param((4000, 8000, 16000), (2000, 7000, 17000), "it grows faster", id="dearer and steeper"),
        pytest.param((4000, 8000, 16000), (100, 500, 9000), "", id="steeper, but cheaper"),
    ],
)
def test_a_candidate_may_cost_a_little_more(base: tuple[int, ...], candidate: tuple[int, ...], refused: str) -> None:
    told = objection(Growth("pier/a.py::f", base, candidate), LIMIT)
    assert told.startswith("pier/a.py::f takes ") == bool(refused)
    assert refused in told


def test_slopes_are_compared_by_a_wide_margin() -> None:
    assert exponent([1, 4, 16]) == 2
    assert is_steeper([0.001, 0.002, 0.004], [0.001, 0.004, 0.016])
    assert not is_steeper([0.001, 0.002, 0.004], [0.001, 0.003, 0.007])
    assert not is_steeper([0.001, 0.002, 0.02], [0.0001, 0.001, 0.019])
    assert not is_steeper([1e-6, 2e-6, 4e-6], [1e-6, 4e-6, 16e-6])
    assert not is_steeper([], [0.1, 0.2, 0.4])


# --- real runs ----------------------------------------------------------------------------------------------------

BASE = """\
def once(names):
    seen = set()
    found = []
    for name in names:
        if name not in seen:
            seen.add(name)
            found.append(name)
    return found


def backwards(names):
    left, found = list(names)[::-1], []
    while left:
        found.append(left.pop())
    return found


def pairs(names):
    for name in names:
        yield name, name


def size(names):
    return len(names)


class Box:
    def fill(self, n):
        return [self for _ in range(n)][:0]
"""
WORSE = """\
def once(names):
    found = []
    for name in names:
        if name not in found:
            found.append(name)
    return found


def backwards(names):
    left, found = list(names), []
    while left:
        found.append(left.pop(0))
    return found


def pairs(names):
    done = []
    for name in names:
        done = [*done, name]
        for one in done[:-1]:
            assert one is not None
        yield name, name


def size(names):
    return len(names) + 1


class Box:
    def fill(self, n):
        return [[self for _ in range(n)] for _ in range(n)][:0]
"""
NAMES = tuple(f"pier/a.py::{name}" for name in ("Box.fill", "backwards", "once", "pairs", "size"))


def pickled(*args: object) -> bytes:
    return pickle.dumps((args, {}), 4)


def recording() -> Recording:
    words = {name: (pickled(["gull", "tern", "gull"]), pickled([])) for name in NAMES}
    return Recording({}, {}, {**words, "pier/a.py::Box.fill": (pickled(None, 2),)}, {}, Receipt(("record",)))


def grown(sandbox: Sandbox, after: str, calls: Recording | None = None) -> Scaling:
    def tree(text: str) -> Tree:
        return {"pier/__init__.py": File(b""), "pier/a.py": File(text.encode())}

    rig = Rig(sandbox, LAYOUT, PACKAGED, Configuration())
    return scaled(rig, (tree(BASE), tree(after)), NAMES, calls or recording())


@pytest.mark.host
def test_the_same_costs_the_same_in_another_layout(strongest: Sandbox) -> None:
    found = grown(
        strongest, BASE.replace("if name not in seen:", "if (\n            name\n            not in seen\n        ):")
    )
    assert {one.function for one in found.grown} == {*NAMES}
    assert [one for one in found.grown if one.base != one.candidate or one.unit != "steps"] == []
    assert found.grown == grown(strongest, BASE + "\n\nLIMIT = 1\n").grown


@pytest.mark.host
def test_what_grows_faster_is_seen_also_in_c(strongest: Sandbox) -> None:
    found = grown(strongest, WORSE)
    refused = {(one.function, one.unit) for one in found.grown if objection(one, LIMIT)}
    assert refused >= {("pier/a.py::backwards", "microseconds")}
    assert {name for name, unit in refused if unit == "steps"} == {
        "pier/a.py::Box.fill",
        "pier/a.py::once",
        "pier/a.py::pairs",
    }
    assert "pier/a.py::size" not in {one.function for one in found.grown}  # it gives something else


@pytest.mark.host
def test_a_call_that_never_ends_costs_too_much(strongest: Sandbox) -> None:
    endless = BASE.replace("    return len(names)", "    while len(names) > 100:\n        pass\n    return len(names)")
    calls = {"pier/a.py::size": recording().calls["pier/a.py::size"]}
    found = grown(strongest, endless, Recording({}, {}, calls, {}, Receipt(("record",))))
    assert {one.function for one in found.grown if objection(one, LIMIT)} == {"pier/a.py::size"}


@pytest.mark.host
@pytest.mark.parametrize(
    "calls",
    [
        pytest.param({}, id="no calls"),
        pytest.param({"pier/a.py::once": (pickled(None), pickled([]))}, id="nothing that can grow"),
    ],
)
def test_without_a_call_to_enlarge_nothing_is_said(strongest: Sandbox, calls: dict[str, tuple[bytes, ...]]) -> None:
    found = grown(strongest, WORSE, Recording({}, {}, calls, {}, Receipt(("record",))))
    assert (found.grown, found.trouble) == ((), "")


@pytest.mark.host
def test_a_base_that_breaks_is_trouble_and_a_candidate_that_breaks_is_too(strongest: Sandbox) -> None:
    found = grown(strongest, f"import os\n\nos._exit(1)\n{BASE}")
    assert (found.grown, found.trouble) == ((), "the candidate cannot be measured: it broke off")


@pytest.fixture
def bell() -> Iterator[None]:
    before = signal.signal(signal.SIGALRM, scaler.ring)
    yield
    signal.signal(signal.SIGALRM, before)


class Pier:
    """A tree whose one function works for as many rounds as it is given names, and for ever from `most` on."""

    def __init__(self, most: int) -> None:
        self.most = most

    def function(self, _name: str, *, decorated: bool) -> Any:
        assert not decorated

        def size(names: list[str]) -> int:
            while len(names) >= self.most:
                pass
            return sum(range(100 * len(names)))

        return size


@pytest.mark.usefixtures("bell")
@pytest.mark.parametrize(("most", "ended"), [(5000, 2), (10_000, 1), (100_000, 0)])
def test_what_is_ended_took_at_least_so_long(most: int, ended: int, tmp_path: Path) -> None:
    at = scaler.Scaler({"tree": str(tmp_path), "modules": {}, "most": 0, "patience": 1})
    at.tree = Pier(most)
    item: dict[str, Any] = {"function": "pier/a.py::size", "calls": [base64.b64encode(pickled(["gull"])).decode()]}
    way: dict[str, Any] = {"call": 0, "place": 0, "style": "distinct", "start": 64, "timed": 4096}
    (told,) = scaler.followed(at, {**item, "ways": [way], "only_time": True})
    seconds = told["seconds"]
    assert len(seconds) == 3
    assert seconds == sorted(seconds)
    assert [one == seconds[-1] for one in seconds] == [False] * (3 - max(ended, 1)) + [True] * max(ended, 1)
    assert is_steeper((0.001, 0.002, 0.004), seconds) == bool(ended)
    assert bool(at.first_timed(item, way)) == (ended == 0 or way["timed"] < 4096)


@pytest.mark.usefixtures("bell")
def test_a_candidate_whose_recorded_call_does_not_end_is_not_passed_over(tmp_path: Path) -> None:
    at = scaler.Scaler({"tree": str(tmp_path), "modules": {}, "most": 0, "patience": 0.1})
    at.tree = Pier(0)
    item: dict[str, Any] = {"function": "pier/a.py::size", "calls": [base64.b64encode(pickled(["gull"])).decode()]}
    way = {"call": 0, "place": 0, "style": "distinct", "start": 64, "timed": 0}
    with pytest.raises(scaler.Spent):
        list(scaler.followed(at, {**item, "ways": [way], "only_time": False}))
