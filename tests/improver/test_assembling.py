"""New tests together in their file."""

from dataclasses import replace

import pytest

from improver.writing.layout.assembling import assembled
from improver.writing.layout.grouping import Written
from improver.writing.placing import Place
from tests.improver.calls import case

PLACE = Place("test_tide.py", None, in_classes=False, bound={})
ADDS, DOUBLES, TAKES = (f"pier/a.py:{at}: `sea + {at}` → `sea - {at}`" for at in (1, 2, 3))
UNTOLD = "pier/a.py:4: `'é'` → `'è'`"  # docstrings are in plain letters


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        pytest.param({ADDS}, {ADDS, DOUBLES}, ["sea + 1", "sea + 2"], id="what it alone notices"),
        pytest.param({ADDS, DOUBLES}, {ADDS, TAKES}, ["sea + 2", "sea + 3"], id="so of both"),
        pytest.param({ADDS}, {ADDS, UNTOLD}, ["sea + 1", "sea + 1"], id="of what it alone notices nothing can be told"),
        pytest.param({ADDS}, {ADDS}, ["sea + 1", "sea + 1"], id="both notice the same"),
    ],
)
def test_the_docstrings_of_tests_tell_of_different_faults(first: set[str], second: set[str], told: list[str]) -> None:
    calls = [replace(case(f"depth({at})", "2"), kills=frozenset(kills)) for at, kills in enumerate((first, second))]
    data = assembled([Written(f"test_{at}", (one,)) for at, one in enumerate(calls)], PLACE, "tide", frozenset())
    assert data is not None
    lines = [line for line in data.decode().splitlines() if "Catch" in line]
    assert [line.partition("`")[2].partition("`")[0] for line in lines] == told
