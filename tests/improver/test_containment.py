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
