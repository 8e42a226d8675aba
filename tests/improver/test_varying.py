"""Tests of variations of calls: the guest alone."""

import pytest

from improver.verify import varying


def test_calls_differ_in_one_place() -> None:
    found = list(varying.variations("f(3, [1, 2])", [("more", True)], varying.Pool([7])))
    assert {"f(4, [1, 2])", "f(7, [1, 2])", "f(3, [])", "f(3, [2, 1])", "f(3, [1, 2], more=False)"} <= set(found)
    assert "f(3, [1, 2])" not in found
    assert "f(3)" in found
    typed = {*varying.variations("f[int, int](1)", [], varying.Pool([]))}
    assert "f[int, int](2)" in typed
    assert all(one.startswith("f[int, int](") for one in typed)
    assert "f(pow, 1)" in varying.variations("f(operator.add, 1)", [], varying.Pool([]))
    assert "f(1, ['a'], more=['a'])" in varying.variations("f(1, ['a'])", [("more", None)], varying.Pool([]))
    assert "f([a], more=[])" in varying.variations("f([a])", [("more", None)], varying.Pool([]))


@pytest.mark.parametrize(
    ("call", "others"),
    [
        pytest.param("f(str, [len])", {"f(len, [len])", "f(str, [bool])"}, id="a function"),
        pytest.param("f(KeyError)", {"f(ValueError)"}, id="a kind of error"),
        pytest.param("f([2])", {"f([])", "f(iter([2]))"}, id="a list, and what can be read but once"),
        pytest.param("f(lambda: g(2))", {"f(lambda: 1)"}, id="a function that takes nothing"),
        pytest.param("f(lambda a, b: a + b)", {"f(lambda a, b: (a, b))"}, id="a function tells what it was given"),
        pytest.param("f(a, b)(c)", {"f(a)(c)", "f(a, b, a)(c)", "f(a, b)(c, c)"}, id="any number of arguments"),
    ],
)
def test_what_a_call_inside_is_given_varies_too(call: str, others: set[str]) -> None:
    assert others <= set(varying.variations(call, [], varying.Pool([])))


def test_a_set_is_never_written_with_something_in_it_twice() -> None:
    found = {*varying.variations("f({1, 2}, [2])", [], varying.Pool([]))}
    assert {"f({1}, [2])", "f({3, 2}, [2])", "f({1, 2}, [2, 2])"} <= found
    assert not [one for one in found if "{2, 2}" in one or "{1, 1}" in one or "{1, 2, 1}" in one]


def test_objects_in_a_set_stay_together() -> None:
    calls = [*varying.variations("f({Box(3), Box(3)}, 4)", [], varying.Pool([]))]
    assert "f({Box(3), Box(3)})" in calls
    assert all("{Box(3), Box(3)}" in one for one in calls)


def test_what_has_one_argument_gets_no_other() -> None:
    calls = [*varying.variations("len({3, 4})", [], varying.Pool([]))]
    assert "len({4, 4})" not in calls
    assert "len({3})" in calls
    assert not [one for one in calls if "}, {" in one]


def test_who_is_called_is_not_what_is_given() -> None:
    assert set(varying.variations("str(more(a), *b)", [], varying.Pool([]))) == {"str(more(a, a), *b)"}


def test_a_function_may_have_no_name_or_arguments_of_all_kinds() -> None:
    assert list(varying.odd("f(mul, 2)(str)", ["mul"])) == [
        "f(operator.itemgetter(0), 2)(str)",
        "f(mul, 2)(operator.itemgetter(0))",
        "f(lambda a, *b, c: a, 2)(str)",
        "f(mul, 2)(lambda a, *b, c: a)",
    ]
    assert list(varying.odd("f(add)", ["mul"])) == []


def test_a_text_is_made_as_long_as_numbers_in_the_function_say() -> None:
    found = [*varying.variations("depth('sea')", [], varying.Pool([30, 29, 31, 4, 4096]))]
    assert [text for text in found if "*" in text] == [f"depth('s' * {size})" for size in (30, 29, 31)]
    assert "depth('s' * 40)" in varying.variations("depth('s')", [], varying.Pool([]))


def test_calls_are_alike_whatever_their_values() -> None:
    first = varying.shape("depth(4, 'a')")
    assert [varying.shape(call) == first for call in ("depth(5, 'b')", "depth(0, 'b')", "depth('a', 4)")] == [
        True, False, False
    ]  # fmt: skip


def test_one_argument_at_a_time_is_of_another_type() -> None:
    assert "depth(4, low='a')" in varying.strange("depth(4)", ["low"])
    assert "depth(4, low='a')" in varying.strange("depth(4, low=1)", ["low"])
    others = ["depth(None)", "depth([])", "depth('a')", "depth(0.5)", "depth(1)", "depth([1])"]
    assert list(varying.strange("depth(4)")) == others
