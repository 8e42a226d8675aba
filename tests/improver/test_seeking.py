"""Which calls are varied further: those of a new path that come to something, even if to something else each time."""

import pytest

from improver.verify import seeking

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
