"""Uses of an object after others: what is done to it first, and what is asked of it then."""

import pytest

from improver.experiments import Case
from improver.judging.functions import definitions
from improver.writing.inputs.stepping import stepped
from improver.writing.words.naming import name_for
from tests.improver.calls import index_of, source

QUAY = """\
class Quay:
    def __init__(self, *ropes):
        self._ropes = [*ropes]
        self._state = {}

    def moor(self, rope, turns=None):
        self._ropes.append((turns, rope))

    def cast_off(self, rope):
        self._ropes.remove(rope)

    def seek(self, place):
        self._place = place

    def first(self, default=None):
        return self._ropes[0]

    def __len__(self):
        return len(self._ropes)

    def _tidy(self, rope):
        self._ropes.sort()


class Shelf(dict):
    def __delitem__(self, key):
        super().__delitem__(key)


class Row(list):
    def __init__(self, iterable=None):
        super().__init__(iterable or ())

    def __setitem__(self, key, value):
        super().__setitem__(key, value)

    def part(self, start, stop):
        return self[start:stop]


class Line:
    def pull(self):
        raise NotImplementedError

    def push(self, item):
        raise NotImplementedError


class Rope(Line):
    def push(self, item):
        self.item = item
"""


def uses(name: str, tests: str = "") -> list[Case]:
    index = index_of([source(tests, "tests/test_a.py")] if tests else [])
    return list(stepped(source(QUAY), "pier.a", f"pier/a.py::{name}", index))


def texts(name: str, tests: str = "") -> list[str]:
    return ["; ".join((*one.setup, one.call)) for one in uses(name, tests)]


def test_an_object_is_used_after_one_step_two_and_the_same_twice_with_values_side_by_side() -> None:
    found = texts("Quay.__len__")
    assert found[:3] == [
        "quay = Quay(); quay.moor(1); len(quay)",
        "quay = Quay(); quay.moor(1); quay.cast_off(1); len(quay)",
        "quay = Quay(); quay.moor(1); quay.seek(1); len(quay)",
    ]
    assert found[3] == "quay = Quay(); quay.moor(1); quay.moor(2); len(quay)"
    assert "quay = Quay(); quay.moor(1); quay.moor(1); len(quay)" in found


def test_what_a_step_was_told_is_told_again_where_the_parameter_is_the_same() -> None:
    assert "quay = Quay(); quay.moor(1); quay.cast_off(1)" in texts("Quay.cast_off")


def test_a_step_may_be_told_what_it_need_not_be() -> None:
    assert any("quay.moor(1, turns=5)" in one for one in texts("Quay.moor"))


def test_after_a_call_others_are_made_that_need_nothing() -> None:
    found = [one for one in uses("Quay.moor") if one.origin == "after"]
    assert {one.call for one in found} == {"quay.first()", "len(quay)"}
    assert all("quay.moor(" in one.setup[-1] for one in found)


def test_a_call_that_gives_something_is_made_again() -> None:
    assert any(one.setup[-1] == one.call == "quay.first()" and one.origin == "after" for one in uses("Quay.first"))


def test_a_default_that_is_an_object_gives_way_to_a_plain_value() -> None:
    assert "quay = Quay(); quay.moor(1); quay.first(default=5)" in texts("Quay.first")


def test_an_attribute_that_can_be_set_is_read_and_never_called() -> None:
    text = "class Lid:\n    def put(self, one):\n        self.one = one\n\n"
    text += "    @property\n    def size(self): ...\n\n    @size.setter\n    def size(self, one): ...\n"
    found = ["; ".join((*one.setup, one.call)) for one in stepped(source(text), "pier.a", "pier/a.py::Lid.size", {})]
    assert found[0] == "lid = Lid(); lid.put(1); lid.size"
    assert not [one for one in found if "size(" in one]


def test_what_must_be_told_by_name_is() -> None:
    text = "class Lid:\n    def put(self, one):\n        self.one = one\n\n"
    known = source(f"{text}    def size(self, *, unit):\n        return self.one\n")
    found = ["; ".join((*one.setup, one.call)) for one in stepped(known, "pier.a", "pier/a.py::Lid.size", {})]
    assert found[0] == "lid = Lid(); lid.put(1); lid.size(unit=1)"
    assert [*stepped(known, "pier.a", "pier/a.py::Lid.put", {})]
    assert not [one for one in stepped(known, "pier.a", "pier/a.py::Lid.put", {}) if "size()" in one.call]


def test_a_mapping_is_filled_and_loses_an_item() -> None:
    assert texts("Shelf.__delitem__")[0] == "shelf = Shelf(); shelf['a'] = 4; del shelf['a']; dict(shelf)"


def test_what_holds_items_is_made_with_some() -> None:
    assert texts("Row.__setitem__")[0] == "row = Row([3, 1, 2]); row[1] = 3; list(row)"
    assert "row = Row([3, 1, 2]); row[:1] = [5, 6]; list(row)" in texts("Row.__setitem__")
    assert "row = Row([3, 1, 2]); row.__setitem__(9, 3)" in texts("Row.__setitem__")
    assert "row = Row([3, 1, 2]); row[0] = 4; row.part(1, 2)" in texts("Row.part")


def test_steps_are_taken_as_tests_take_them() -> None:
    tests = "from pier.a import Quay\n\n\ndef test_moor():\n    quay = Quay(7)\n    quay.moor('bow')\n"
    assert any(one.startswith("quay = Quay(7); quay.moor('bow')") for one in texts("Quay.__len__", tests))


@pytest.mark.parametrize(
    "given",
    [
        pytest.param("**{'rope': 'bow'}", id="by a mapping"),
        pytest.param("*['bow']", id="by a list"),
        pytest.param("{['bow']: 1}", id="what nobody can make"),
    ],
)
def test_a_step_is_not_taken_as_a_test_writes_it_in_another_way(given: str) -> None:
    tests = f"from pier.a import Quay\n\n\ndef test_moor():\n    quay = Quay(7)\n    quay.moor({given})\n"
    found = texts("Quay.__len__", tests)
    assert "quay = Quay(7); quay.moor(1); len(quay)" in found
    assert not [one for one in found if given in one]


def test_a_method_of_a_parent_is_used_by_its_heirs_first() -> None:
    assert texts("Line.pull")[0] == "rope = Rope(); rope.push(1); rope.pull()"
    assert not [one for one in texts("Line.pull") if "Line()" in one]  # it is only a sketch of them


@pytest.mark.parametrize(
    "name", ["Quay._tidy", "Quay.__init__"], ids=["nobody outside calls it", "it makes the object"]
)
def test_nothing_is_tried(name: str) -> None:
    assert texts(name) == []


def test_no_more_statements_than_somebody_reads_and_no_more_uses_than_there_is_time_for() -> None:
    lines = ("rope = 7", "bow = rope", "assert Quay(bow)")
    tests = "\n    ".join(("from pier.a import Quay\n\n\ndef test_moor():", *lines))
    assert max(len(one.setup) for one in uses("Quay.moor", tests) if one.origin == "after") == 5
    assert len(uses("Quay.moor")) == 14


@pytest.mark.parametrize(
    ("name", "setup", "call", "expected"),
    [
        pytest.param("Quay.moor", "quay.moor(1)", "quay.first()", "test_quay_first_after_moor", id="another method"),
        pytest.param("Quay.first", "quay.first()", "quay.first()", "test_quay_first_again", id="the same"),
        pytest.param("Shelf.__delitem__", "del quay[1]", "len(quay)", "test_len_of_shelf_after_delitem", id="a reader"),
    ],
)
def test_a_name_says_what_comes_after_what(name: str, setup: str, call: str, expected: str) -> None:
    known = source(QUAY)
    checks = (("eq", "result", "1"),)
    case = Case(f"pier/a.py::{name}", call, setup=("quay = Quay()", setup), origin="after", checks=checks)
    assert name_for(case, definitions(known)[name][-1]) == expected
