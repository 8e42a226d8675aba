"""Which lines must run for a changed statement to matter."""

import pytest

from improver.verify.touching import Statements

TIDE = b"""\
LEVEL = compute(3)


@marked
def rise(sea,
         more=1):
    for one in (sea,
                more):
        if one > 3:
            continue
        total = sum(
            [one, 5],
        )
    try:
        return total
    except (NameError,
            ValueError):
        return 7
    while more: more -= 8


class Bay:
    depth = 9

    def low(self):
        def inner(one=6):
            return one
        return inner
"""


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param(b"compute(3", (), id="a statement of the module runs on import"),
        pytest.param(b"more=1", (), id="so does a default"),
        pytest.param(b"marked", (), id="and a decorator"),
        pytest.param(b"depth = 9", (), id="and what stands in a class"),
        pytest.param(b"one > 3", (9,), id="the head of a statement that holds others"),
        pytest.param(b"more):\n        if", (7, 8), id="a head of several lines"),
        pytest.param(b"continue", (9, 10), id="what may be silent is told of with what holds it"),
        pytest.param(b"5]", (11, 12, 13), id="a statement of several lines"),
        pytest.param(b"ValueError", (16, 17), id="the head of a handler"),
        pytest.param(b"return 7", (18,), id="what a handler holds"),
        pytest.param(b"-= 8", (19,), id="a statement on the line of what holds it"),
        pytest.param(b"one=6", (26,), id="a default of a function in a function"),
        pytest.param(b"return one", (27,), id="an inner statement"),
    ],
)
def test_the_lines_of_a_statement(text: bytes, lines: tuple[int, ...]) -> None:
    assert Statements(TIDE).lines_of(TIDE.index(text)) == frozenset(lines)
