"""How new guards stand in a file."""

import pytest

from improver.codemods.guard_clauses import GuardClauses
from tests.improver.rewrites import rewritten

GUARD = "def g{at}(a):\n    if a:\n        return 1\n{gap}    return 2\n\n\n"
DEEP = "def f(a, b):\n    if a:\n        x = 1\n        if b:\n            g(x)\n            h(x)\n            k(x)\n"
FLAT = (
    "def f(a, b):\n    if not a:\n        return\n{gap}    x = 1\n"
    "    if not b:\n        return\n{gap}    g(x)\n    h(x)\n    k(x)\n"
)


def flattened(*gaps: str, deep: str = DEEP) -> str:
    head = "".join(GUARD.format(at=at, gap=gap) for at, gap in enumerate(gaps))
    data, count = rewritten(GuardClauses(), (head + deep).encode())
    assert count == 1
    return data.decode().removeprefix(head)


@pytest.mark.parametrize(
    ("gaps", "gap"),
    [
        pytest.param(("\n", "\n", ""), "\n", id="most of them"),
        pytest.param(("\n", "", ""), "", id="few of them"),
        pytest.param(("\n", "\n"), "", id="too few to be a habit"),
        pytest.param((), "", id="none"),
    ],
)
def test_a_blank_line_follows_a_guard_as_it_does_others(gaps: tuple[str, ...], gap: str) -> None:
    assert flattened(*gaps) == FLAT.format(gap=gap)


def test_no_second_blank_line_follows_a_guard() -> None:
    deep = DEEP.replace("        x = 1\n", "\n        x = 1\n")
    assert "        return\n\n    x = 1\n" in flattened("\n", "\n", "\n", deep=deep)
