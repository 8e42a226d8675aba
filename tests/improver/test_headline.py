"""The title of a proposal of tests says what they are about on one line that nothing cuts."""

import pytest

from improver.experiments import Case
from improver.writing.layout.grouping import Written
from improver.writing.writer import HEADLINE, headline

PATH = "src/pier/sets.py"


def titled(*functions: str) -> str:
    return headline([Written("test_f", (Case(f"{PATH}::{name}", "f()"),)) for name in functions], PATH)


@pytest.mark.parametrize(
    ("functions", "title"),
    [
        pytest.param(["moor"], "Test what moor does at the edges", id="one"),
        pytest.param(["moor", "moor"], "Test what moor does at the edges", id="one twice"),
        pytest.param(["moor", "Pier.add"], "Test what moor and Pier.add do at the edges", id="two"),
        pytest.param(["a", "b", "c"], "Test what a, b and others do at the edges", id="more"),
        pytest.param(
            ["IndexedSet.intersection_update", "IndexedSet.symmetric_difference_update", "c"],
            "Test what IndexedSet.intersection_update and others do at the edges",
            id="two long ones",
        ),
        pytest.param(["moor_" * 20], "Test what sets.py does", id="one that is too long"),
    ],
)
def test_a_title_names_as_many_as_fit(functions: list[str], title: str) -> None:
    assert titled(*functions) == title
    assert len(title) <= HEADLINE
