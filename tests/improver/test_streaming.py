"""What is demanded of iterators: of those that never end, of those that are in something, and of what a call read."""

import importlib
import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from improver.verify import checking, demanding, explorer, phrasing, streaming

GUESTS = {name: importlib.import_module(f"improver.verify.{name}") for name in explorer.GUESTS}


def peeked(items: Any) -> tuple[Any, Iterator[Any]]:
    """Return the first item, and an iterator of all."""
    rest = iter(items)
    first = next(rest)
    return first, itertools.chain([first], rest)


def runs(items: Any) -> Iterator[tuple[Any, Iterator[Any]]]:
    """Yield each run of equal items, lost once the next one is asked for."""
    return itertools.groupby(items)


def pages(items: Any, size: int) -> Iterator[Iterator[Any]]:
    """Yield the items of each page, lost once the next one is asked for."""
    for _, page in itertools.groupby(enumerate(items), lambda pair: pair[0] // size):
        yield (item for _, item in page)


def refusing(items: Any, least: int) -> Iterator[Any]:
    """Yield items that are large enough."""
    if least < 0:
        raise ValueError("expected a limit above nothing")
    for item in items:
        if item < least:
            raise ValueError("expected larger items")
        yield item


def seen(call: str, *setup: str) -> list[tuple[str, str, str]]:
    """Return what is demanded of a call after these statements."""

    def space_of(imports: object) -> dict[str, Any]:
        return {"itertools": itertools, "peeked": peeked, "runs": runs, "pages": pages}

    def is_same(one: object, other: object) -> bool:
        return one == other

    case = {"imports": [], "prelude": [], "setup": list(setup), "call": call, "checks": []}
    here = demanding.__file__.removesuffix("/demanding.py")
    watcher = demanding.Watcher(here, GUESTS, lambda: phrasing.Phrase(here, is_same), space_of)
    checking.watch_the_time()
    found: list[tuple[str, str, str]] = watcher.look(case, 1.0)["checks"]
    compiled = checking.compiled({**case, "checks": found})
    assert checking.unmet(compiled, space_of, 1.0) == [], "what is demanded holds"
    return found


@pytest.mark.parametrize(
    ("call", "checks"),
    [
        pytest.param(
            "itertools.count(3)",
            [("eq", "list(itertools.islice(result, 5))", "[3, 4, 5, 6, 7]")],
            id="of one that never ends, the first items",
        ),
        pytest.param(
            "iter([1, 2])",
            [("eq", "list(result)", "[1, 2]")],
            id="of one that ends, all of them",
        ),
        pytest.param(
            "itertools.tee([1, 2])",
            [("eq", "[list(item) for item in result]", "[[1, 2], [1, 2]]")],
            id="of several, what each yields",
        ),
        pytest.param(
            "pages([1, 2, 3], 2)",
            [("eq", "[list(item) for item in result]", "[[1, 2], [3]]")],
            id="of iterators that an iterator yields, what each yields while it can",
        ),
        pytest.param(
            "runs('aab')",
            [("eq", "[(key, list(items)) for key, items in result]", "[('a', ['a', 'a']), ('b', ['b'])]")],
            id="of iterators under keys, the keys too",
        ),
        pytest.param(
            "peeked([1, 2])",
            [("eq", "result[0]", "1"), ("eq", "list(result[1])", "[1, 2]")],
            id="of one beside other things, both",
        ),
    ],
)
def test_iterators_are_demanded_item_by_item(call: str, checks: list[tuple[str, str, str]]) -> None:
    assert seen(call) == checks


def test_what_a_call_leaves_of_an_iterator_is_demanded_last() -> None:
    items = ("items = iter([1, 2, 3])",)
    assert seen("next(items)", *items) == [("eq", "result", "1"), ("eq", "list(items)", "[2, 3]")]


def test_of_an_iterator_that_never_ends_nothing_is_left_to_look_at() -> None:
    assert seen("next(items)", "items = (one for one in itertools.count())") == [("eq", "result", "0")]


def test_what_holds_no_iterator_is_not_made_again() -> None:
    assert streaming.subjects([1, "a"], "result", checking.is_stream) == []
    assert streaming.subjects([], "result", checking.is_stream) == []


@pytest.mark.parametrize(
    ("call", "read"),
    [
        pytest.param("refusing([1], -1)", "next(refusing([1], -1))", id="before its first item"),
        pytest.param("refusing([3, 1], 2)", "list(refusing([3, 1], 2))", id="after its first item"),
        pytest.param("runs(1)", None, id="before there is an iterator"),
    ],
)
def test_an_iterator_that_raises_is_read(call: str, read: str | None) -> None:
    case = {"imports": [], "prelude": [], "setup": [], "call": call, "checks": []}
    watcher = demanding.Watcher(__file__, GUESTS, lambda: None, lambda _: {"refusing": refusing, "runs": runs})
    checking.watch_the_time()
    assert watcher.look(case, 1.0).get("call") == read
