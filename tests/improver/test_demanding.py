"""What is demanded of an object after a call: what the call changed, and what it left alone."""

import importlib
import io
from typing import Any

from improver.verify import demanding, explorer, phrasing

GUESTS = {name: importlib.import_module(f"improver.verify.{name}") for name in explorer.GUESTS}


class Well:
    """Something that is read from where one is."""

    def __init__(self, text: str) -> None:
        self.inner = io.StringIO(text)

    @property
    def at(self) -> int:
        return self.inner.tell()

    def draw(self, count: int) -> str:
        return self.inner.read(count)

    def all(self) -> str:
        place = self.inner.tell()
        whole = self.inner.getvalue()
        self.inner.seek(place)
        return whole

    def __len__(self) -> int:
        return len(self.inner.getvalue())

    def __iter__(self) -> "Well":
        return self

    def __next__(self) -> str:
        if drawn := self.draw(1):
            return drawn
        raise StopIteration


class Post:
    """Something that is changed in a chain of calls."""

    def __init__(self, rank: int) -> None:
        self.rank = rank

    def up(self) -> "Post":
        self.rank += 1
        return self

    def other(self) -> "Post":
        return Post(self.rank)


class Reel(list[int]):
    """Items that are gone once they are looked at."""

    def __iter__(self) -> Any:
        while self:
            yield self.pop(0)


def seen(*setup: str, call: str) -> list[tuple[str, str, str]]:
    """Return what is demanded of a call after these statements."""

    def space_of(imports: object) -> dict[str, Any]:
        return {"Well": Well, "Reel": Reel, "Post": Post}

    def is_same(one: object, other: object) -> bool:
        return one == other

    case = {"imports": [], "prelude": [], "setup": list(setup), "call": call, "checks": []}
    here = demanding.__file__.removesuffix("/demanding.py")
    found = demanding.Watcher(here, GUESTS, lambda: phrasing.Phrase("/src", is_same), space_of).look(case, 5.0)
    return list(found.get("checks", ()))


def test_to_look_at_an_object_does_not_change_what_the_call_comes_to() -> None:
    assert seen("reel = Reel([1, 2])", call="reel.pop()")[0] == ("eq", "result", "2")


def test_what_is_read_once_is_not_read_to_look_at_it() -> None:
    found = seen("well = Well('abc')", call="well.draw(2)")
    assert ("eq", "result", "'ab'") in found
    assert ("eq", "well.at", "2") in found
    assert "list(well)" not in [subject for _, subject, _ in found]


def test_what_a_call_leaves_alone_is_demanded_last() -> None:
    found = seen("well = Well('abc')", "well.draw(1)", call="well.all()")
    assert found[0] == ("eq", "result", "'abc'")
    assert found[-1] == ("eq", "well.at", "1")


def test_what_nothing_can_change_is_not_demanded_to_be_left_alone() -> None:
    found = seen("import datetime", "day = datetime.date(2020, 1, 2)", "well = Well('abc')", call="well.draw(day.day)")
    assert ("eq", "result", "'ab'") in found
    assert not any(subject.startswith("day") for _, subject, _ in found)


def test_a_call_that_gives_its_object_back_gives_no_other() -> None:
    assert seen("post = Post(1)", call="post.up()")[0] == ("is", "result", "post")
    assert seen("post = Post(1)", "rank = post.rank", call="post.up()")[0] == ("is", "result", "post")
    assert all(kind != "is" for kind, _, _ in seen("post = Post(1)", call="post.other()"))
    assert all(kind != "is" for kind, _, _ in seen("post = Post(1)", "rank = post.rank", call="post.rank"))


def test_what_stands_before_a_call_is_annotated_as_a_test_is() -> None:
    assert seen("def depth(sea: int) -> None: ...", call="[*depth.__annotations__.values()]")[0] == (
        "eq", "result", "[int, None]"
    )  # fmt: skip
