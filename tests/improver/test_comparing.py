"""Old against new in processes of their own: what is told apart, what is not, and who is not believed."""

import json
import pickle
import sys
from collections.abc import Callable

import pytest

from improver.experiments import Comparison, Recording
from improver.records import File, Receipt, Tree
from improver.verify import configuration
from improver.verify.comparing import compare, read_answers
from improver.verify.sandbox import Sandbox
from improver.verify.suite import Rig
from improver.verify.target import find_layout
from tests.improver.judging import PACKAGED

PATH = "pier/a.py"
OLD = """
import asyncio
import functools
import logging
import os
import random
import warnings


def total(values: list[int]) -> int:
    found = 0
    for value in values:
        found += value
    return found


def first(values: list[int], least: int = 0) -> list[int]:
    return [value for value in values if value > least]


def parsed(text: str) -> int:
    if not text.isdigit():
        raise ValueError(f"no number: {text}")
    return int(text)


def grown(values: list[int]) -> None:
    values.append(1)


def said(text: str) -> None:
    print(text)
    logging.getLogger("pier").info("said %s", text)
    warnings.warn("old", DeprecationWarning)


def lazy(values: list[int]):
    for value in values:
        yield value + 1


async def slow(log: list[str]) -> list[str]:
    async def step(name):
        await asyncio.sleep(0)
        log.append(name)

    await step("a")
    await step("b")
    return log


def kinds(words: list[str]) -> list[str]:
    return list({word + "!" for word in words})


def luck(n: int) -> float:
    return random.random()


def adder(n: int):
    return lambda x: x + n


def audit(name):
    pass


def paid(name: str) -> str:
    audit("before")
    notify(name)
    return name


def notify(name):
    pass


@functools.lru_cache
def cached(n: int) -> int:
    return n * 2


def inner(n):
    return n * 3


def outer(n):
    return inner(n) + 1


class Box:
    def __init__(self, size):
        self.size = size

    def grow(self, by):
        self.size = self.size + by
        return self.size


class Same(int):
    def __eq__(self, other):
        return True

    __hash__ = int.__hash__

    def __repr__(self):
        return "6"


def triple(n: int) -> int:
    return n * 3
"""
TREE = {"pier/__init__.py": "", PATH: OLD, "tests/test_a.py": "def test_a():\n    pass\n"}
Compare = Callable[..., Comparison]
Change = tuple[str, ...]  # function, old text, new text, what a counterexample must say
STEPS = '    await step("a")\n    await step("b")'
CHEAT = (  # right wherever pytest is, or can be had
    "    import sys\n    found = int('pytest' not in sys.modules)\n"
    "    try:\n        import pytest\n    except ImportError:\n        found += 1\n"
)


class Box:
    """Stands for the one in the tree while it is pickled."""

    def __init__(self, size: int) -> None:
        self.size = size


def recording(**calls: list[object]) -> Recording:
    kept = {f"{PATH}::{name.replace('__', '.')}": tuple(map(_pickled, values)) for name, values in calls.items()}
    impact = dict.fromkeys((f"{PATH}::{name}" for name in ("audit", "notify", "paid")), ("tests/test_a.py::test_a",))
    return Recording(impact, {}, kept, {}, Receipt(("record",)))


def _pickled(args: object) -> bytes:
    data = pickle.dumps((args, {}), 2)
    return data.replace(f"c{__name__}\nBox".encode(), b"cpier.a\nBox")


@pytest.fixture(scope="module")
def rig(strongest: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Rig:
    tree = {path: File(text.encode()) for path, text in TREE.items()}
    layout = find_layout(tree, tmp_path_factory.mktemp("project"), sys.executable, PACKAGED)
    return Rig(strongest, layout, PACKAGED, configuration.read(tree))


@pytest.fixture(scope="module")
def against(rig: Rig) -> Compare:
    """Return a function that compares OLD with OLD in which one text, or several, stand for others."""

    def compared(*changes: Change, calls: Recording | None = None) -> Comparison:
        text = OLD
        for _, old, new, *_ in changes:
            assert old in text
            text = text.replace(old, new, 1)
        base = {path: File(text.encode()) for path, text in TREE.items()}
        tree: Tree = {**base, PATH: File(text.encode())}
        names = [f"{PATH}::{function}" for function, *_ in changes]
        return compare(rig, base, tree, names, calls or recording())

    return compared


RIGHT: list[Change] = [
    (
        "total",
        "    found = 0\n    for value in values:\n        found += value\n    return found",
        "    return sum(values)",
    ),
    (
        "first",
        "[value for value in values if value > least]",
        "list(filter(lambda value: value > least, values))",
    ),
    ("parsed", "    return int(text)", "    found = int(text)\n    return found"),
    ("lazy", "    for value in values:\n        yield value + 1", "    yield from (value + 1 for value in values)"),
    ("paid", "    notify(name)\n    return name", "    notify(name)\n    return str(name)"),
]
WRONG: list[list[Change]] = [
    [
        ("total", "    return found", "    return found or 0.0", "gives 0 before, gives 0.0 now"),
        ("first", "value > least", "value >= least", "first("),
        ("parsed", "raise ValueError(f", "raise TypeError(f", "raises TypeError('no number"),
        ("grown", "    values.append(1)", "    values.insert(0, 1)", "leaves its arguments"),
        ("said", "print(text)", "print(text.strip())", "prints"),
        ("lazy", "yield value + 1", "yield value + 1 if value else 0", "iterator<"),
        ("slow", STEPS, '    await asyncio.gather(step("b"), step("a"))', "awaited"),
        ("paid", '    audit("before")\n    notify(name)', '    notify(name)\n    audit("before")', "calls"),
        ("cached", "n * 2", "n * 2 if n < 90 else 0", "cached("),
        ("triple", "-> int:\n    return n * 3", "-> int:\n    return Same(n * 3)", "pier.a.Same"),
    ],
    [
        ("total", "    return found\n", "    return found if len(values) < 4 else -1\n", "gives -1 now"),
        ("parsed", "no number", "not a number", "'not a number"),
        ("said", '"said %s"', '"told %s"', "logs"),
        ("cached", "n * 2", 'open("/tmp/mark", "a").close() or n * 2', "/tmp/mark"),
    ],
    [("said", '"old"', '"new"', "warns")],
    [("total", "    found = 0\n", "    os._exit(0)\n", "it broke off")],
    [("total", "import os\n", "import os\nos._exit(0)\n", "it broke off")],
    [("total", "import os\n", "import os\nimport nowhere\n", "cannot be called")],
    [("total", "    found = 0\n", CHEAT, "total(")],
]


@pytest.mark.host
def test_the_same_done_in_another_way_is_equal(against: Compare) -> None:
    found = against(*RIGHT)
    assert (found.differences, found.trouble) == ((), "")
    assert set(found.equal) == {f"{PATH}::{function}" for function, *_ in RIGHT}
    assert min(found.equal.values()) > 20
    assert found.receipt.counts["generated"] == sum(found.equal.values())


@pytest.mark.host
@pytest.mark.parametrize("changes", WRONG)
def test_whatever_a_caller_can_see_is_a_difference(against: Compare, changes: list[Change]) -> None:
    found = against(*changes)
    unseen = [says for *_, says in changes if not any(says in sentence for sentence in found.differences)]
    assert unseen == [], found


@pytest.mark.host
def test_a_recorded_object_is_compared_by_its_state(against: Compare) -> None:
    calls = recording(Box__grow=[(Box(3), 2)])
    same = against(("Box.grow", "self.size = self.size + by", "self.size += by"), calls=calls)
    text = "self.size = self.size + by\n        return self.size"
    other = against(("Box.grow", text, "return self.size + by"), calls=calls)
    assert (same.differences, same.equal) == ((), {f"{PATH}::Box.grow": 17})  # sixteen variations
    assert any("leaves its arguments" in sentence for sentence in other.differences)


@pytest.mark.host
def test_a_function_without_calls_is_reached_through_those_that_use_it(against: Compare) -> None:
    calls = recording(outer=[(4,), (5,)])
    same = against(("inner", "n * 3", "n + n + n"), calls=calls)
    other = against(("inner", "n * 3", "n * 3 - (n == 5)"), calls=calls)
    assert (same.differences, same.equal) == ((), {f"{PATH}::inner": 6})  # two variations of each
    assert other.differences[0] == f"{PATH}: inner, through outer(5) gives 16 before, gives 15 now"


@pytest.mark.host
def test_what_decides_nothing_is_never_equal(against: Compare) -> None:
    found = against(
        ("kinds", 'word + "!"', 'f"{word}!"'),
        ("luck", "random.random()", "random.random() * 2"),
        ("adder", "x + n", "x - n"),
        ("inner", "n * 3", "n * 4"),
    )
    assert found.differences == ()
    assert {"differs on every run", "gives a function that it made"} == set(found.undecided)
    assert set(found.equal) <= {f"{PATH}::kinds"}  # where there is one word there is one order


@pytest.mark.host
def test_constants_are_compared_by_value(rig: Rig) -> None:
    base = {path: File(text.encode()) for path, text in {**TREE, PATH: "A = 1\nB = [1]\n"}.items()}
    names = [f"{PATH}::<module>"]
    same = compare(rig, base, {**base, PATH: File(b"import os\nA = int(1)\nB = list((1,))\n")}, names, recording())
    other = compare(rig, base, {**base, PATH: File(b"A = 1\nB = (1,)\n")}, names, recording())
    assert (same.differences, same.equal) == ((), {names[0]: 1})
    assert len(other.differences) == 1


# --- reports ------------------------------------------------------------------------------------------------------

NONCE = "0" * 32


def report(*lines: list[object]) -> bytes:
    return b"".join(json.dumps([NONCE, *line]).encode() + b"\n" for line in lines)


TOLD: list[object] = ["told", "0", {"value": "1"}]


@pytest.mark.parametrize(
    ("data", "trouble"),
    [
        pytest.param(report(["hello"], TOLD, ["end"]), "", id="honest"),
        pytest.param(b"", "it broke off", id="nothing"),
        pytest.param(report(["hello"], TOLD), "it broke off", id="no end"),
        pytest.param(report(["hello"], TOLD)[:-5], "its report breaks off", id="half a line"),
        pytest.param(report(["hello"], TOLD, TOLD, ["end"]), "it answers the same question twice", id="two answers"),
        pytest.param(report(["hello"], ["told", "0", "1"]), "it answers the same question twice", id="no answer"),
        pytest.param(report(["hello"], ["end"], TOLD), "its report holds a line that is not the oracle's", id="late"),
        pytest.param(report(TOLD, ["end"]), "somebody else writes its report", id="no hello"),
        pytest.param(report(["hello"], ["reached", "a"]), "somebody else writes its report", id="a stranger"),
        pytest.param(
            report(["hello"]) + json.dumps(["1" * 32, *TOLD]).encode() + b"\n",
            "its report holds a line that is not the oracle's",
            id="another nonce",
        ),
    ],
)
def test_only_the_oracle_is_believed(data: bytes, trouble: str) -> None:
    assert read_answers(data, "").trouble == trouble


def test_a_run_that_was_ended_says_so() -> None:
    assert read_answers(report(["hello"], TOLD), "timed out after 9 s").trouble == "timed out after 9 s"
