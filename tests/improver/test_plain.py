"""What is demanded of objects that are equal to something plain, and of values that are long."""

import enum
import importlib
from collections import UserDict
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from improver.verify import demanding, explorer, phrasing, plain

LOOP: list[object] = []
LOOP.append(LOOP)


class Word(str):
    """A text."""

    note = "said"

    def as_title(self) -> str:
        """Return it as a title."""
        return self.title()

    def to_bytes(self, encoding: str) -> bytes:
        """Return it in some encoding."""
        return self.encode(encoding)


class Count(int):
    """A number."""


class Vast(int):
    """A number that is equal to none."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return self is other


class Moment(datetime):
    """A moment."""


class Day(date):
    """A day."""


class Hour(time):
    """A time."""


class Items(list[object]):
    """A list."""


class Level(int, enum.Enum):
    """A number with a name."""

    LOW = 1


class Shut(UserDict[str, int]):
    """A mapping that lets nobody look at it."""

    def __getitem__(self, key: str) -> int:
        raise PermissionError(key)


class Point:
    """Something that is no value."""

    def __init__(self, x: int) -> None:
        self.x = x


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        pytest.param(Word("a"), "a", id="a text"),
        pytest.param(Count(2), 2, id="a number"),
        pytest.param(Moment(2001, 2, 3, tzinfo=UTC), datetime(2001, 2, 3, tzinfo=UTC), id="a moment"),
        pytest.param(Day(2001, 2, 3), date(2001, 2, 3), id="a day"),
        pytest.param(Hour(4, 5), time(4, 5), id="a time"),
        pytest.param(Items([Count(1), ("a", Word("b"))]), [1, ("a", "b")], id="a list with objects in it"),
        pytest.param([Count(1)], [1], id="a plain list with objects in it"),
        pytest.param(UserDict({Word("a"): {"b": Count(1)}}), {"a": {"b": 1}}, id="a mapping"),
    ],
)
def test_an_object_is_equal_to_something_plain(value: object, wanted: object) -> None:
    made = plain.plain_of(value)
    assert (made, repr(made)) == (wanted, repr(wanted))


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(1, id="what is plain"),
        pytest.param({"a": [1, ("b", None)]}, id="what holds nothing but what is plain"),
        pytest.param(timedelta(1), id="what is of the standard library"),
        pytest.param(True, id="a truth"),
        pytest.param(Level.LOW, id="a name"),
        pytest.param(Vast(1), id="what is equal to nothing"),
        pytest.param(Point(1), id="any other object"),
        pytest.param(Shut(a=1), id="what nobody may look at"),
        pytest.param(Items(range(20)), id="many items"),
        pytest.param(LOOP, id="what holds itself"),
    ],
)
def test_other_values_are_not(value: object) -> None:
    assert plain.plain_of(value) is None


def test_long_values_have_parts() -> None:
    assert [*plain.parts_of({"a": 1, "_b": 2, 3: 4, (): 5}, "it")] == [("it['a']", 1), ("it[3]", 4)]
    assert [*plain.parts_of((1, 2, 3), "it")] == [("len(it)", 3), ("it[0]", 1), ("it[-1]", 3)]
    assert [*plain.parts_of([1], "it")] == [("len(it)", 1), ("it[0]", 1)]
    assert [*plain.parts_of([], "it")] == [*plain.parts_of("ab", "it")] == []


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        pytest.param([1, 2], False, id="none"),
        pytest.param(0.3, True, id="one"),
        pytest.param((1, 0.3), True, id="numbers"),
        pytest.param({"a": [0.3]}, None, id="deeper"),
        pytest.param([0.5, 3.0, 1e9], False, id="what any way to reckon it comes to"),
        pytest.param({"a": 0.75}, False, id="that, deeper"),
        pytest.param(float("inf"), False, id="no end of it"),
        pytest.param(float("nan"), True, id="no number"),
        pytest.param(LOOP, None, id="what holds itself"),
    ],
)
def test_floats_are_found(value: object, wanted: bool | None) -> None:
    assert plain.floats(value) is wanted


def looked(made: Callable[[], object]) -> list[tuple[str, str, str]]:
    guests = {name: importlib.import_module(f"improver.verify.{name}") for name in explorer.GUESTS}
    one: dict[str, Any] = {"imports": [], "prelude": [], "setup": [], "call": "made()", "way": ""}
    watcher = demanding.Watcher(
        "/src", guests, lambda: phrasing.Phrase("/src", lambda *_: False), lambda _: {"made": made}
    )
    checks: list[tuple[str, str, str]] = watcher.look(one, 5.0)["checks"]
    return checks


def test_the_plain_value_is_demanded_and_what_it_does_not_show() -> None:
    assert looked(lambda: Word("it is")) == [
        ("eq", "result", "'it is'"), ("eq", "result.as_title()", "'It Is'"), ("eq", "result.note", "'said'")
    ]  # fmt: skip


def test_of_objects_in_a_list_the_first_and_the_last_are_looked_at() -> None:
    assert looked(lambda: [Point(1), Point(2), Point(3)]) == [
        ("eq", "len(result)", "3"), ("eq", "result[0].x", "1"), ("eq", "result[-1].x", "3")
    ]  # fmt: skip
    assert looked(lambda: iter([Point(1)])) == []  # what is drained once is drained


def test_of_a_long_mapping_each_item_is_demanded() -> None:
    words = "much is said of it that does not fit"
    assert looked(lambda: dict.fromkeys("abcd", words))[0] == ("eq", "result['a']", repr(words))


def test_an_object_within_another_is_what_it_is_equal_to() -> None:
    class Box:
        inner = Count(3)

    assert looked(Box) == [("eq", "result.inner", "3")]


class Rows:
    """Items by number that no loop was made for."""

    def __init__(self, *rows: object) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, at: int) -> object:
        return self.rows[at]


class Ends(Rows):
    """Items by number that never end."""

    def __getitem__(self, at: int) -> object:
        return at


class Known(Rows):
    """Items by name."""

    def __getitem__(self, at: object) -> object:
        return {"a": 1}[str(at)]


class Calm(Rows):
    """It says itself whether it counts as true."""

    def __bool__(self) -> bool:
        return False


class Low:
    """Without items, it says whether it counts as true."""

    def __bool__(self) -> bool:
        return False


@pytest.mark.parametrize(
    ("value", "views"),
    [
        pytest.param(Low(), [("bool(it)", False)], id="no items, but whether it counts as true"),
        pytest.param(Calm(), [("len(it)", 0)], id="items say more than that"),
        pytest.param(object(), [], id="nothing is said"),
        pytest.param(Ends(1, 2), [("len(it)", 2)], id="more than there are"),
        pytest.param(Known(1), [("len(it)", 1)], id="none by number"),
        pytest.param(Rows(*range(20)), [("len(it)", 20)], id="many"),
        pytest.param(Rows(), [("len(it)", 0)], id="none"),
        pytest.param(Rows([1], "a"), [("list(it)", [[1], "a"]), ("len(it)", 2)], id="all of them"),
    ],
)
def test_what_an_object_gives_by_number_are_its_items(value: object, views: list[tuple[str, object]]) -> None:
    assert plain.content_of(value, "it") == views
