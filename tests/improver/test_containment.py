"""Whether something is in something else is asserted as such; Python itself makes a truth value of the answer."""

import pytest

from improver.writing.layout.statements import by_assert, by_method


@pytest.mark.parametrize(
    ("call", "wanted", "pytest_line", "unittest_line"),
    [
        pytest.param("1 in Box(1)", "True", "assert 1 in Box(1)", "self.assertIn(1, Box(1))", id="in"),
        pytest.param("1 in Box(2)", "False", "assert 1 not in Box(2)", "self.assertNotIn(1, Box(2))", id="not in"),
        pytest.param(
            "Box(1) == 1", "False", "assert (Box(1) == 1) is False", "self.assertIs(Box(1) == 1, False)",
            id="an operator that may answer anything",
        ),
        pytest.param(
            "1 in Box(1) in [2]", "True", "assert (1 in Box(1) in [2]) is True",
            "self.assertIs(1 in Box(1) in [2], True)", id="two of them",
        ),
    ],
)  # fmt: skip
def test_what_is_in_something(call: str, wanted: str, pytest_line: str, unittest_line: str) -> None:
    checks = [("is", "result", wanted)]
    assert (by_assert(call, checks), by_method(call, checks)) == ([pytest_line], [unittest_line])


@pytest.mark.parametrize(
    ("wanted", "pytest_line", "unittest_line"),
    [("True", "assert depth(1)", "self.assertTrue(depth(1))"),
     ("False", "assert not depth(1)", "self.assertFalse(depth(1))")],
)  # fmt: skip
def test_whether_something_counts_as_true(wanted: str, pytest_line: str, unittest_line: str) -> None:
    checks = [("is", "bool(result)", wanted)]
    assert (by_assert("depth(1)", checks), by_method("depth(1)", checks)) == ([pytest_line], [unittest_line])


def test_of_several_things_that_are_demanded_each_is_asked_by_name() -> None:
    checks = [("is", "bool(result)", "False"), ("eq", "result.size", "3")]
    assert by_assert("depth(1)", checks) == ["result = depth(1)", "assert not result", "assert result.size == 3"]
