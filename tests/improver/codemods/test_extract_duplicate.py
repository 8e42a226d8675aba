"""What names the function that a repeated block becomes."""

import pytest

from improver.codemods.extract_duplicate import ExtractDuplicate
from improver.observers.duplicates import duplicates
from improver.scan import draft, groups
from tests.improver.renewing import project_of, tree_of

GROWS = "    size = 0\n    if a:\n        size = 1\n    g(a)\n    h(a)\n    k(a)\n    m(a)\n"
SHRINKS = "    size = 9\n    while a:\n        size = b\n        a = g(b)\n    h(b)\n    k(b)\n    m(b)\n"


def twice(*blocks: str, made: str = "size") -> str:
    """Return a file of functions that hold one of `blocks` each, and return the names of what is `made` there."""
    return "\n\n".join(
        f"def f{place}(a, b):\n    print({place})\n{block}    return {made}, {place}\n"
        for place, block in enumerate(blocks)
    )


def reasons(text: str) -> list[str]:
    """Return why places are left as they are."""
    tree = tree_of({"a.py": text})
    project, codemod = project_of(tree), ExtractDuplicate()
    (group,) = groups(duplicates(project), [codemod])
    return [reason for _, reason in draft(group, project, tree).abstained]


def test_no_function_is_named_for_what_it_makes_when_it_also_fills_what_it_is_given() -> None:
    fills = GROWS.replace("g(a)", "a.size = b")
    assert reasons(twice(fills, fills)) == ["nothing here names what the block does"]


@pytest.mark.parametrize(
    ("block", "made"),
    [
        pytest.param(GROWS.replace("size", "tmp_size"), "tmp_size", id="what does not matter by its own words"),
        pytest.param(
            GROWS.replace("h(a)", "last_size = h(a)"), "size, last_size", id="two names, one part of the other"
        ),
        pytest.param(
            GROWS.replace("size", "left_most_size").replace("h(a)", "right_most_size = h(a)"),
            "left_most_size, right_most_size",
            id="two names that are much the same",
        ),
        pytest.param(GROWS.replace("h(a)", "safe_print(a)"), "size", id="what is also printed"),
        pytest.param(GROWS.replace("h(a)", "count = 0"), "size, count", id="what is but a constant"),
        pytest.param(GROWS.replace("h(a)", "owner = a.owner"), "size, owner", id="what is there already"),
    ],
)
def test_no_function_is_named_for(block: str, made: str) -> None:
    assert reasons(twice(block, block, made=made)) == ["nothing here names what the block does"]


def test_the_name_of_the_first_function_is_taken_for_the_second() -> None:
    tree = tree_of({"a.py": twice(GROWS, GROWS, SHRINKS, SHRINKS)})
    project, codemod = project_of(tree), ExtractDuplicate()
    (group,) = groups(duplicates(project), [codemod])
    drafted = draft(group, project, tree)
    assert drafted.change is not None
    assert [reason for _, reason in drafted.abstained] == ["the name _size is in use"]
    after = drafted.change.edits[0].after
    assert after is not None
    assert after.data.count(b"def _size(") == 1
