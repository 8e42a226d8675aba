"""What is asserted, or refused, as Python has a word for it: that something is in something, an item that goes."""

from dataclasses import replace

import pytest

from improver.judging.functions import definitions
from improver.writing.choice.selecting import fit
from improver.writing.layout.statements import by_assert, by_method
from tests.improver.calls import case, source


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


@pytest.mark.parametrize(
    ("call", "statement"),
    [
        pytest.param("box.__delitem__(9)", "del box[9]", id="an item goes"),
        pytest.param("Box([1]).__setitem__(9, 'a')", "Box([1])[9] = 'a'", id="an item comes"),
        pytest.param("box.__delattr__('lid')", "del box.lid", id="an attribute goes"),
        pytest.param("box.__setattr__('lid', 3)", "box.lid = 3", id="an attribute comes"),
        pytest.param("(box | lid).__delitem__(9)", "del (box | lid)[9]", id="of what an operator makes"),
        pytest.param("box.__delattr__('class')", "box.__delattr__('class')", id="a word of Python's own"),
        pytest.param("box.__setattr__('a lid', 3)", "box.__setattr__('a lid', 3)", id="no name"),
        pytest.param("box.take(3)", "box.take(3)", id="a method that has no statement"),
    ],
)
def test_what_python_has_a_statement_for_is_refused_as_that(call: str, statement: str) -> None:
    checks = (("raises", "IndexError", ""),)
    assert by_assert(call, checks) == ["with pytest.raises(IndexError):", f"    {statement}"]
    assert by_method(call, checks) == ["with self.assertRaises(IndexError):", f"    {statement}"]


def test_it_is_demanded_only_that_a_statement_is_refused() -> None:
    node = definitions(source("class Box:\n    def __delitem__(self, at):\n        raise IndexError(at)\n"))
    one = case("box.__delitem__(9)", name="Box.__delitem__", setup=("box = Box()",))
    assert fit(replace(one, checks=(("raises", "IndexError", ""),)), node["Box.__delitem__"][-1])
    assert not fit(replace(one, checks=(("is", "result", "None"),)), node["Box.__delitem__"][-1])
