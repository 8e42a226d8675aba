"""The opposite of a condition, as a reader would write it."""

import libcst as cst
import pytest

from improver.rewriting.negation import negated


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("x", "not x"),
        ("not x", "x"),
        ("not (x or y)", "x or y"),
        ("(x)", "not x"),
        ("x == y", "x != y"),
        ("x is not y", "x is y"),
        ("x in y", "x not in y"),
        ("x < y", "not (x < y)"),
        ("x == y == z", "not (x == y == z)"),
        ("x and y", "not (x and y)"),
        ("x and not y", "not x or y"),
        ("x is None or y", "x is not None and not y"),
        ("x is None and y in z and w", "x is not None or y not in z or not w"),
        ("x is None and y < z", "not (x is None and y < z)"),
        ("x is None and not (y or z)", "not (x is None and not (y or z))"),
        ("(m := x)", "not (m := x)"),
        ("f(x) or (m := x)", "not (f(x) or (m := x))"),
        ("await x", "not await x"),
    ],
)
def test_the_opposite_reads_well(condition: str, expected: str) -> None:
    opposite = negated(cst.parse_expression(condition))
    assert cst.Module([]).code_for_node(opposite) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("len(x) > 1", "len(x) <= 1"),
        ("0 < len(x)", "0 >= len(x)"),
        ("len(x) < len(y)", "len(x) >= len(y)"),
        ("len(x) > 0.5", "not (len(x) > 0.5)"),
        ("size(x) > 1", "not (size(x) > 1)"),
        ("0 < len(x) < 3", "not (0 < len(x) < 3)"),
    ],
)
def test_whole_numbers_have_an_opposite_order(condition: str, expected: str) -> None:
    opposite = negated(cst.parse_expression(condition), frozenset({"len"}))
    assert cst.Module([]).code_for_node(opposite) == expected
