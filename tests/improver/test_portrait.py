"""Values described so that two are described alike only where a caller could hardly tell them apart."""

import datetime
import itertools
import threading
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from improver.verify.portrait import Portrait

Pair = namedtuple("Pair", "a b")


class Equal:
    """Equals everything and says so."""

    def __init__(self, x: object) -> None:
        self.x = x

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 1

    def __repr__(self) -> str:
        return "1"


class Slotted:
    __slots__ = ("__hidden", "open")

    def __init__(self, hidden: object) -> None:
        self.__hidden, self.open = hidden, 1


class Text(str):
    __slots__ = ()

    def __repr__(self) -> str:
        return "'same'"


def portrait(value: object) -> str:
    return Portrait().of(value)


def twins() -> list[list[int]]:
    one = [1]
    return [one, one]


DIFFERENT: list[tuple[object, object]] = [
    (1, 1.0),
    (1, True),
    (0.0, -0.0),
    (0.1 + 0.2, 0.3),
    ("1", 1),
    ("a", b"a"),
    ([1, 2], (1, 2)),
    ([1, 2], [2, 1]),
    ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    ({1}, frozenset({1})),
    ({}, OrderedDict()),
    ({"a": 1}, Counter("a")),
    (defaultdict(int), defaultdict(list)),
    ([1], deque([1])),
    (deque([1], 2), deque([1], 3)),
    ((1, 2), Pair(1, 2)),
    (Equal(1), Equal(2)),
    (Equal(1), 1),
    (Slotted(1), Slotted(2)),
    (Text("a"), Text("b")),
    (Text("a"), "a"),
    (ValueError("a"), ValueError("b")),
    (ValueError("a"), TypeError("a")),
    (Decimal("1.0"), Decimal("1.00")),
    (datetime.date(2020, 1, 1), datetime.date(2020, 1, 2)),
    (iter([1, 2]), iter([1])),
    ((i for i in [1]), [1]),
    (len, sum),
    (Path("a"), Path("b")),
    (10**40, 10**40 + 1),
    (twins(), [[1], [1]]),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT, ids=lambda value: type(value).__name__)
def test_different_values_look_different(one: object, other: object) -> None:
    assert portrait(one) != portrait(other)


MAKERS: list[Callable[[], Any]] = [
    lambda: float("nan"),
    lambda: {"b", "a", "c"},
    lambda: {"x": [Equal({1, 2}), Slotted("a")]},
    itertools.count,
    lambda: map(str, [1, 2]),
    lambda: Counter("abca"),
    threading.Lock,
    lambda: Path("/a") / "b",
    lambda: ValueError("a", [1]),
    lambda: Text("a"),
    twins,
]


@pytest.mark.parametrize("make", MAKERS)
def test_the_same_value_made_twice_looks_the_same(make: Callable[[], Any]) -> None:
    assert portrait(make()) == portrait(make())


def test_a_path_looks_the_same_whatever_it_was_asked_before() -> None:
    asked = Path("/a/b")
    hash(asked), str(asked), asked.parts
    assert portrait(asked) == portrait(Path("/a/b"))


def test_a_ring_ends() -> None:
    ring: list[object] = []
    ring.append(ring)
    assert portrait(ring) == "[<same as 0>]"


def test_what_is_too_large_says_so() -> None:
    large = Portrait()
    large.of([[number] for number in range(50_000)])
    assert large.cut == "too large to compare"


def test_a_function_made_by_a_function_of_the_tree_tells_nothing() -> None:
    def made() -> None: ...

    riddle, known = Portrait(str(Path(__file__).parent)), Portrait(str(Path(__file__).parent))
    riddle.of(made)
    known.of(portrait)
    assert (riddle.opaque, known.opaque) == ("gives a function that it made", "")


def test_what_a_stream_raises_is_part_of_it() -> None:
    def stream() -> Any:
        yield 1
        raise LookupError("gone")

    assert portrait(stream()) == "iterator<1, raises LookupError('gone')>"
