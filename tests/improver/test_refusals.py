"""Errors that tests demand of a call already."""

import pytest

from improver.experiments import Case
from improver.writing.choice.refusals import is_demanded, refusals_of
from tests.improver.calls import case, source

TESTS = [
    source(
        """\
def test_depth():
    with pytest.raises(ValueError, match="dry"):
        depth(3)
    with pytest.raises((KeyError, pier.Storm)), open("a"):
        moor(3)
    with pytest.warns(DeprecationWarning):
        old(3)
    with open("b") as file:
        calm(file)
    with pytest.raises(OverflowError):
        list(waves(0))
    with pytest.raises(BufferError):
        box.open(3)
    with pytest.raises(OSError):
        tides()[0]()
    with pytest.raises(TypeError):
        chart["x"] = 1


class TestBox(TestCase):
    def test_take(self):
        self.assertRaises(IndexError, self.box.take, 3)
        with self.assertRaisesRegex(TypeError, "no box"):
            Box(None)
        self.assertRaisesRegex(LookupError, "none", self.box.drop, 3)
""",
        "tests/test_a.py",
    )
]


def refused(call: str, error: str, name: str = "depth", kind: str = "raises") -> Case:
    return case(call, name=name, checks=((kind, error, "no"),))


@pytest.mark.parametrize(
    ("one", "known"),
    [
        pytest.param(refused("depth(4)", "ValueError"), True, id="the same error"),
        pytest.param(refused("depth(4)", "TypeError"), False, id="another error"),
        pytest.param(refused("moor(4)", "KeyError", "moor"), True, id="one of several"),
        pytest.param(refused("moor(4)", "pier.Storm", "moor"), True, id="an error of a module"),
        pytest.param(refused("old(4)", "DeprecationWarning", "old", "warns"), True, id="a warning"),
        pytest.param(refused("calm(4)", "ValueError", "calm"), False, id="in a block that demands nothing"),
        pytest.param(refused("box.take(4)", "IndexError", "Box.take"), True, id="handed over"),
        pytest.param(refused("Box(4)", "TypeError", "Box.__init__"), True, id="an object is made"),
        pytest.param(refused("Box(4)", "TypeError", "Crate.__init__"), True, id="of a class that inherits it"),
        pytest.param(refused("box.drop(4)", "LookupError", "Box.drop"), True, id="handed over after its text"),
        pytest.param(refused("list(waves(1))", "OverflowError", "waves"), True, id="as its items are read"),
        pytest.param(refused("list(depth(4))", "OverflowError"), False, id="as items of another were read"),
        pytest.param(refused("box.open(4)", "BufferError", "Box.open"), True, id="named like a built-in"),
        pytest.param(refused("seas()[1]()", "OSError", "Sea.__call__"), False, id="of what has no name"),
        pytest.param(refused("Map().__setitem__('a', 2)", "TypeError", "Map.__setitem__"), True, id="an item is set"),
        pytest.param(refused("Map()[2]", "TypeError", "Map.__getitem__"), False, id="an item is read"),
        pytest.param(case("depth(4)"), False, id="a value"),
    ],
)
def test_an_error_is_demanded_where_a_test_calls_the_same_for_it(one: Case, *, known: bool) -> None:
    assert is_demanded(one, refusals_of(TESTS)) is known
