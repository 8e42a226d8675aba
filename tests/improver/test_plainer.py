"""Tests of plainer ways to write a call."""

from dataclasses import replace

import pytest

from improver.writing.choice.lessening import nearer, shorter, worded
from improver.writing.choice.plainer import MOST, plainer, rewritten
from tests.improver.calls import case, node

DEPTH = node("def depth(sea, more=1, deep=False): ...")


def ways(call: str, *setup: str) -> list[tuple[tuple[str, ...], str]]:
    return [(one.setup, one.call) for one in plainer(case(call, setup=setup), DEPTH)]


def test_what_is_made_has_come_to_nothing_yet() -> None:
    one = next(plainer(case("depth(1, 2)", kills="m"), DEPTH))
    assert (one.call, one.checks, one.shows, one.kills, one.gives) == ("depth(1)", (), (), frozenset(), "")


def test_a_step_goes_only_where_nothing_later_speaks_of_it() -> None:
    found = ways("depth(box)", "box = Box()", "box.put(1)", "other = 3")
    assert (("box = Box()", "other = 3"), "depth(box)") in found
    assert (("box = Box()", "box.put(1)"), "depth(box)") in found
    assert all(setup[:1] == ("box = Box()",) for setup, _ in found)


def test_a_truth_value_stands_where_the_default_is_one() -> None:
    assert ((), "depth(4, 2, True)") in ways("depth(4, 2, 7)")
    assert ((), "depth(4, 2, False)") not in ways("depth(4, 2, True)")


@pytest.mark.parametrize(
    ("body", "call", "plain"),
    [
        pytest.param("return 1 if loud else 2", "cry(2, 'a')", "cry(2, True)", id="it is asked whether it is true"),
        pytest.param("return 1 if loud else 2", "cry(2, loud=0)", "cry(2, loud=False)", id="by name"),
        pytest.param("if sea and not loud: return 1", "cry(2, 'a')", "cry(2, True)", id="among others"),
        pytest.param("return loud if loud else 2", "cry(2, 'a')", "", id="it comes back too"),
        pytest.param("if loud == 'a': return 1", "cry(2, 'a')", "", id="it is compared"),
        pytest.param("return 1 if loud else 2", "cry(2, None)", "", id="nothing is given"),
    ],
)
def test_a_truth_value_stands_where_nothing_else_is_asked_for(body: str, call: str, plain: str) -> None:
    asking = node(f"def cry(sea, loud=None):\n    {body}")
    found = {one.call for one in plainer(case(call, name="cry"), asking)}
    assert plain in found if plain else not {"cry(2, True)", "cry(2, False)"} & found


def test_bytes_become_text_where_they_are_one() -> None:
    assert ((), "depth('ab', 'tide')") in ways("depth('ab', b'tide')")
    assert not [call for _, call in ways(r"depth(b'\xff')") if "b'" not in call and "'" in call]


def test_two_arguments_that_are_alike_are_told_apart() -> None:
    assert ((), "depth('a', 'b')") in ways("depth('a', 'a')")
    assert ((), "depth(b'a', b'b')") in ways("depth(b'a', b'a')")
    assert ((), "depth(['a', 'b'])") in ways("depth(['a', 'a'])")
    assert {"depth(sea, 2)", "depth(sea, 'a')"} <= {call for _, call in ways("depth(sea, sea)", "sea = [1]")}
    assert "depth(2, tide)" not in {call for _, call in ways("depth(sea, tide)", "sea = tide = [1]")}
    assert not {((), "depth('a', 'c')"), ((), "depth(['a', 'c'])")} & {
        *ways("depth('a', 'b')"),
        *ways("depth(['a', 'b'])"),
    }


def test_what_is_called_stays_and_what_it_is_given_gets_less() -> None:
    found = set(rewritten("Box([1, 2], size=3).put(wrap(4))"))
    assert {"Box([1], size=3).put(wrap(4))", "Box([1, 2]).put(wrap(4))", "Box([1, 2], size=3).put(4)"} <= found
    assert all(one.startswith("Box(") and ".put(" in one for one in found)


def test_an_argument_that_a_built_in_makes_is_not_taken_out_of_it() -> None:
    assert "depth('0')" not in set(rewritten("depth(int('0'))"))


@pytest.mark.parametrize(
    ("call", "plain"),
    [
        pytest.param("Box(1).depth(2)", "Box.depth(2)", id="in place of an object of it"),
        pytest.param("pier.Box(1).depth(2)", "pier.Box.depth(2)", id="in its module"),
        pytest.param("list(Box(1).depth(2).items)", "list(Box.depth(2).items)", id="within more"),
        pytest.param("box.depth(2)", "Box.depth(2)", id="in place of one that was made before"),
        pytest.param("Box.of(1).depth(2)", "Box.depth(2)", id="in place of one that another method made"),
    ],
)
def test_what_needs_no_object_is_called_on_its_class(call: str, plain: str) -> None:
    known = replace(case(call, name="Box.depth"), imports=(("pier.a", "Box"),))
    maker = node("@classmethod\ndef depth(cls, sea): ...")
    assert plain in [one.call for one in plainer(known, maker)]
    assert plain not in [one.call for one in plainer(known, DEPTH)], "it needs its object"
    assert all(one.call.startswith("box") for one in plainer(replace(known, call="box.depth(2)", imports=()), maker))


def test_one_of_a_list_stands_alone() -> None:
    assert "depth('b')" in rewritten("depth(['a', 'b'][1])")
    assert not any("2" in one for one in rewritten("depth(['a', 'b'][2])") if "][2]" not in one)


def test_what_is_only_copied_stands_alone() -> None:
    assert "sea = [2]" in rewritten("sea = list([2])")
    assert not {"sea = (2,)", "sea = 'a b'"} & {*rewritten("sea = list((2,))"), *rewritten("sea = list('a b')")}


def test_what_a_file_is_called_and_holds_stays() -> None:
    assert [*rewritten("path = tmp_path / 'a.txt'")] == ["path = tmp_path"]
    assert [*rewritten("path.write_text('a b')")] == ["path.write_text()"]
    with_file = "with Log(path, 3) as file:\n    file.write('a b')"
    assert not [one for one in rewritten(with_file) if "'a b'" not in one and ".write()" not in one]
    assert "depth(1 / 2)" in set(rewritten("depth(1 / 4)"))
    assert "file.write('a')" in set(rewritten("file.write('a b')"))


def test_a_choice_gives_way_to_what_it_may_come_to() -> None:
    assert {"depth(1)", "depth([2])"} <= set(rewritten("depth(1 if deep else [2])"))
    assert {"depth(low)", "depth(high)"} <= set(rewritten("depth(low or high)"))


def test_an_iterator_may_be_a_list_or_a_number() -> None:
    assert {"depth([3])", "depth(1)"} <= set(rewritten("depth(iter([3]))"))


def test_a_mapping_may_be_a_list() -> None:
    assert "depth(['a'])" in set(rewritten("depth({'a': 1, 'b': 2})"))
    assert "depth([])" not in set(rewritten("depth({})"))


def test_a_function_of_anything_may_be_one_of_one_thing() -> None:
    assert "depth(lambda a: a)" in set(rewritten("depth(lambda a, *b, c: a)"))
    assert "depth(lambda a: a)" not in set(rewritten("depth(lambda a, b: a)"))


def test_a_range_may_be_a_list() -> None:
    assert {"depth([])", "depth([1, 2])"} <= set(rewritten("depth(range(4, 4))"))


def test_what_an_operator_makes_may_be_what_it_stands_on() -> None:
    found = set(rewritten("depth('ab' * 40)"))
    assert {"depth('ab')", "depth('ab' * 20)", "depth('a' * 40)"} <= found
    assert "sea" not in set(rewritten("sea * 40"))


@pytest.mark.parametrize(
    ("container", "fewer"),
    [
        ("[1, 2]", {"[]", "[1]", "[2]"}),
        ("{1: 2, 3: 4}", {"{}", "{1: 2}", "{3: 4}"}),
        ("{5}", {"set()"}),
        ("(7,)", {"()"}),
    ],
)
def test_a_container_has_fewer_parts(container: str, fewer: set[str]) -> None:
    assert fewer <= {one.removeprefix("depth(").removesuffix(")") for one in rewritten(f"depth({container})")}


def test_a_text_keeps_its_words_whole_and_its_type() -> None:
    assert [*shorter("51,8-5,3")] == [
        *("", "a", "51,8-", "51,8", "5,3", "8-5,3", "51,5,3", "51,8-3", "51,8-5,", "51,8-5")
    ]
    assert [*shorter(b"\xff one")] == [b"", b"a", b"one", b"\xff ", b"\xff"]
    assert [*shorter("a"), *shorter("")] == [""]


def test_what_a_call_unpacks_is_given_one_by_one() -> None:
    assert "depth(3, 4)" in rewritten("depth(*[3, 4])")
    assert "depth(3, deep=True)" in rewritten("depth(3, **{'deep': True})")
    assert "depth(3, **more)" not in {*rewritten("depth(3, **more)")}


def test_objects_in_a_set_stay_as_they_are() -> None:
    assert {*rewritten("depth({Box(3), Box(3)}, 7)")} >= {"depth({Box(3), Box(3)}, 1)", "depth({Box(3), Box(3)})"}
    assert all("Box(3), Box(3)" in one for one in rewritten("depth({Box(3), Box(3)}, 7)") if "{" in one)


def test_a_text_that_is_no_word_gives_way_to_words_and_nothing_to_a_letter() -> None:
    assert [*worded("A b")] == ["abc", "abc def"]
    assert [*worded("A_--,")] == ["abc", "abc_def", "abc-def", "abc,def"]
    assert [*worded(b"a1")] == [b"abc", b"12"]
    assert ([*worded("")], [*worded("tide")], [*worded("12")], [*worded("--")]) == (["b"], [], [], [])
    assert {"depth('abc')", "depth('abc def')"} <= {*rewritten("depth('A b')")}


def test_what_a_call_unpacks_are_its_arguments() -> None:
    assert "depth(1, 2, sea)" in rewritten("depth(*[1, 2], sea)")
    assert "depth(1)" in rewritten("depth(*[1])")
    assert not any("*" not in one and "tides" in one for one in rewritten("depth(*tides)"))


def test_what_is_joined_or_repeated_is_written_out_where_it_is_short() -> None:
    assert "depth('a.aa')" in rewritten("depth('.'.join(['a', 'a' * 2]))")
    assert "depth('aaa')" in rewritten("depth('a' * 3)")
    assert not any("aaaa" in one for one in rewritten("depth('a' * 30)"))
    assert not any("a.b" in one for one in rewritten("depth('.'.join(['a', name]))"))


def test_a_fraction_gives_way_to_what_is_usual() -> None:
    assert {"depth(2)", "depth('a')"} <= {*rewritten("depth(0.5)")}
    assert "depth('a')" not in {*rewritten("depth(4.0)")}


def test_a_number_gets_nearer_to_nothing_which_is_a_case_of_its_own() -> None:
    assert ([*nearer(40)], [*nearer(-7)], [*nearer(2.5)]) == ([1, 2, 3, 20], [-1, -2, -3], [1.0, 2.0])
    assert [*nearer(1), *nearer(0)] == []
    assert [*nearer(-1e999)] == [-1.0, -2.0, -3.0]


def test_a_set_of_equal_things_shows_that_they_are_one() -> None:
    assert not {"len({Box()})", "len(set())"} & set(rewritten("len({Box(), Box()})"))


def test_what_a_class_is_given_in_brackets_is_a_type() -> None:
    assert [*rewritten("Box[int, int]()")] == []


def test_a_truth_value_is_no_number_and_a_name_that_is_bound_is_nothing_to_shorten() -> None:
    assert [*rewritten("depth(True)")] == ["depth()"]
    assert [*rewritten("box.size = 1")] == []


def test_of_a_call_with_very_many_parts_only_the_first_ways_are_tried() -> None:
    assert len(ways(f"depth({list(range(90))})")) == MOST


def test_notes_of_what_was_handed_over_keep_their_words() -> None:
    assert ways("watch([1, 2], 'set', seen.append)", "seen = []") == []
    assert ways("watch([1, 2], 'set', seen.append)", "seen = [1]") != []


def test_the_year_of_a_date_stays() -> None:
    found = {*rewritten("depth(datetime(2006, 4, 2), date(year=2024, month=5, day=6))")}
    assert any("datetime(2006, 1, 2)" in one for one in found)
    assert not [one for one in found if "datetime(" in one and "datetime(2006" not in one and "datetime()" not in one]
    assert not [one for one in found if "year=" in one and "year=2024" not in one]
    assert "depth(late(2))" in {*rewritten("depth(late(2006))")}


@pytest.mark.parametrize(
    ("call", "single"),
    [("len({Box(7), Box(7)})", "len({Box(7)})"), ("len({Box(), Box(8)})", "len({Box()})"), ("len({a, b})", "len({a})")],
)
def test_two_objects_in_a_set_stay_two(call: str, single: str) -> None:
    assert single not in set(rewritten(call))
    assert "len({7})" in set(rewritten("len({7, 8})"))
