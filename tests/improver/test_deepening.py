"""Data within data, and calls that look so deep into it."""

import importlib
import sys
import types

import pytest

from improver.verify import altering, calling, deepening, explorer, hinting

GUESTS = {name: importlib.import_module(f"improver.verify.{name}") for name in explorer.GUESTS}
SHELF = """\
import functools


class Wrapped(dict):
    @functools.wraps(dict.update)
    def update(self, *args): ...


class Shelf:
    def __init__(self, rows): ...

    @classmethod
    def of(cls, rows, max_depth=1): ...

    def text(self, depth=None): ...


class Nest:
    def __init__(self, rows, depth=1): ...


def flat(items, levels=1): ...


def _hidden(items, levels=1): ...


def sized(items, level="low"): ...


def plain(items): ...
"""
SHY = """\
class Shy:
    def __getattr__(self, name):
        raise RuntimeError(name)


shy = Shy()
"""


def shelf(text: str = SHELF) -> types.ModuleType:
    module = types.ModuleType("shelf")
    exec(text, vars(module))  # noqa: S102 - a module for one test
    return module


def deepened(*lines: str, text: str = SHELF) -> list[list[str]]:
    return [*deepening.deepened(lines, shelf(text), hinting.give)]


@pytest.mark.parametrize(
    ("call", "first"),
    [
        pytest.param("flat([1, 2])", "flat(['a', ['b', 1]], levels=2)", id="lists"),
        pytest.param("flat({'z': 2}, levels=5)", "flat({'a': {'b': 1}}, levels=2)", id="mappings"),
        pytest.param("flat([1, 2], 5)", "flat(['a', ['b', 1]], 2)", id="how deep is said by place"),
        pytest.param("Shelf.of([1, 2], 5)", "Shelf.of(['a', ['b', 1]], 2)", id="by place in a method of the class"),
        pytest.param("Shelf([1, 2]).text(5)", "Shelf(['a', ['b', 1]]).text(2)", id="by place in a method"),
        pytest.param("flat([{'z': 2}])", "flat([{'a': {'b': 1}}], levels=2)", id="records"),
        pytest.param("flat([[1, 2], [3, 4]])", "flat([['a'], [[['b'], [1]]]], levels=2)", id="rows"),
        pytest.param(
            "Shelf.of([1, 2]).text()",
            "Shelf.of(['a', ['b', 1]], max_depth=2).text(depth=2)",
            id="one call after another",
        ),
    ],
)
def test_data_are_nested_where_a_call_may_look_deeper(call: str, first: str) -> None:
    assert deepened(call)[0] == [first]


def test_what_answers_no_question_is_passed_over() -> None:
    assert deepened("flat([1, 2])", text=f"{SHY}\n\n{SHELF}") == deepened("flat([1, 2])") != []


def test_data_are_nested_once_or_twice_and_looked_into_as_deep_or_less() -> None:
    assert deepened("rows = {'z': 1}", "flat(rows)") == [
        ["rows = {'a': {'b': 1}}", "flat(rows, levels=2)"],
        ["rows = {'a': {'b': {'c': 1}}}", "flat(rows, levels=2)"],
        ["rows = {'a': {'b': {'c': 1}}}", "flat(rows, levels=3)"],
        ["rows = {'a': {'b': 1}}", "flat(rows)"],
    ]


def test_what_is_made_deeper_than_it_is_looked_into_shows_where_the_look_ends() -> None:
    assert deepened("shelf = Shelf.of([{'y': 1}, {'z': 2}, {}])", "shelf.text()")[1:3] == [
        ["shelf = Shelf.of([{'a': {'b': {'c': 1}}}, {'a': {'b': {'c': 2}}}], max_depth=3)", "shelf.text(depth=2)"],
        ["shelf = Shelf.of([{'a': {'b': 1}}, {'a': {'b': 2}}], max_depth=2)", "shelf.text()"],
    ]


@pytest.mark.parametrize(
    ("call", "first"),
    [
        pytest.param("flat([['x', 'y']])", "flat([['a'], [[['b'], [1]]]], levels=2)", id="a head alone gets a row"),
        pytest.param(
            "flat([['x'], [1], [2], [3]])", "flat([['a'], [[['b'], [1]]], [[['b'], [2]]]], levels=2)", id="many"
        ),
    ],
)
def test_there_are_as_many_rows_as_before_and_two_at_most(call: str, first: str) -> None:
    assert deepened(call)[0] == [first]


@pytest.mark.parametrize(
    "call",
    [
        pytest.param("plain([1, 2])", id="nobody asks how deep"),
        pytest.param("sized([1, 2])", id="a level that is no number"),
        pytest.param("_hidden([1, 2])", id="a function that nobody outside should use"),
        pytest.param("Nest([1, 2])", id="a class"),
        pytest.param("flat(many)", id="no data are written out"),
        pytest.param("flat([])", id="they are empty"),
        pytest.param("Shelf([1, 2]).size", id="nothing that looks is called"),
    ],
)
def test_where_nothing_looks_deeper_data_are_left_as_they_are(call: str) -> None:
    assert deepened(call) == []


@pytest.mark.parametrize(
    ("origin", "formed"),
    [
        pytest.param("text", True, id="what a test has"),
        pytest.param("recorded", True, id="what a recording has"),
        pytest.param("varied", False, id="a variation, whose data may be of another form already"),
        pytest.param("strange", False, id="a call with something strange"),
        pytest.param("after", False, id="what comes after a call"),
    ],
)
def test_data_of_another_form_come_first_and_once(origin: str, *, formed: bool) -> None:
    module = shelf()
    target, altered = calling.Target(module, "flat", lambda: None), altering.Altering(GUESTS, module)
    case = {"imports": [], "prelude": [], "setup": [], "call": "flat([1, 2])", "origin": origin}
    found = [one["call"] for one in altered.varied(case, target, altered.pool(target, []))]
    assert (found[0] == "flat(['a', ['b', 1]], levels=2)") is formed
    assert any("['a'," in call for call in found) is formed


class Row(tuple[int, ...]):
    """What knows of `_fields`."""


@pytest.mark.parametrize(
    "call",
    [
        pytest.param("plain(many)", id="data that are not written out"),
        pytest.param("plain()", id="no data"),
        pytest.param("plain.size", id="no call"),
    ],
)
def test_other_arguments_are_no_data(call: str) -> None:
    assert [*deepening.reshaped(call, sys.modules[__name__])] == []


def test_data_become_tuples_where_the_module_knows_named_ones() -> None:
    point = ["Point = collections.namedtuple('Point', 'x y')"]
    assert [*deepening.reshaped("plain([1, 2], 3)", sys.modules[__name__])] == [
        (point, "plain(Point(1, 2), 3)"),
        (point, "plain([Point(1, 2), Point(3, 4)], 3)"),
        ([], "plain((1, 2), 3)"),
        ([], "plain([(1, 2), (3, 4)], 3)"),
    ]
    assert [*deepening.reshaped("plain([1, 2], 3)", types)] == []


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        pytest.param(
            ["put({'a': {'x': [1]}}, ['a'])"],
            [["put({'a': {'x': [1]}, 'b': {'x': [1]}}, ['a'])"], ["put({'a': {'x': [1], 'y': [1]}}, ['a'])"]],
            id="mappings in mappings",
        ),
        pytest.param(["put({1: 'low', 2: 'high'})"], [["put({1: 'low', 2: 'high', 3: 'high'})"]], id="keys by number"),
        pytest.param(["tide = {'z1a': 4}", "put(tide)"], [["tide = {'z1a': 4, 'z1b': 4}", "put(tide)"]], id="a setup"),
        pytest.param(["put({})"], [], id="nothing in it"),
        pytest.param(["put({**sea})"], [], id="items of another"),
        pytest.param(["put({None: 1}, {'z': 1}, {'': 1}, {'b': 1, 'a': 1})"], [], id="no key comes next"),
        pytest.param(["put({True: 1}, {'a\\n': 1})"], [], id="nor after what is no number, or ends with no letter"),
        pytest.param(["put({'b': 1})", "put({'c': 1}, {'d': 1}, {'e': 1}, {'f': 1})"], 4, id="many mappings"),
    ],
)
def test_a_mapping_gets_one_item_more(lines: list[str], found: list[list[str]] | int) -> None:
    made = [*deepening.widened(lines)]
    assert (len(made) if isinstance(found, int) else made) == found


@pytest.mark.parametrize(
    ("origin", "is_tried"), [("text", True), ("varied", False)], ids=["a test's own", "varied before"]
)
def test_only_data_of_a_test_get_one_item_more(origin: str, *, is_tried: bool) -> None:
    module = shelf()
    target, altered = calling.Target(module, "plain", lambda: None), altering.Altering(GUESTS, module)
    case = {"setup": [], "call": "plain({'a': 1})", "imports": [], "origin": origin}
    found = [one["call"] for one in altered.varied(case, target, altered.pool(target, []))]
    assert ("plain({'a': 1, 'b': 1})" in found) is is_tried
