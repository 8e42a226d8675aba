"""Names of new tests: what each says of a call, and what it must not say."""

from dataclasses import replace

import pytest

from improver.experiments import Case
from improver.judging.functions import definitions
from improver.writing.layout.grouping import grouped
from improver.writing.pieces import slug
from improver.writing.words.moments import moments
from improver.writing.words.naming import NAME, Names, behaviour, name_for, names_for, table_names, told_apart
from improver.writing.words.subjects import looked, subject
from improver.writing.words.wording import label
from tests.improver.calls import PIER, case, node, source

RAISED = (("raises", "ValueError", "no such sea"),)
IS = (("is", "result", "True"),)
SHORE = """\
def depth(sea, style=None, limit=0, more=False, **rest):
    if sea is None:
        raise ValueError("no sea")
    if isinstance(sea, bytes):
        return 2
    if len(sea) < 3:
        return 3
    if not style:
        style = "calm"
    if style == "calm":
        return 4
    elif style == "wild":
        return 5
    if rest:
        raise ValueError("no such word")
    if limit < 0:
        return 6
    return 7 if more else 8


def paired(src, key):
    if not is_iterable(src):
        raise TypeError("no row")
    if len(key) != len(src):
        raise ValueError("no pair")
    return key


def clamp(low, high):
    if high < low:
        raise ValueError("no such sea")
    return low


def bound(sea, limit=None):
    limit = sea
    if limit is None:
        return "a"
    return "b"


def chosen(style):
    if style == "calm":
        return 1
    raise ValueError("no such sea")


def moored(sea=None, to=None):
    if to is not None and not callable(to):
        raise TypeError("no such way")
    return to


def whole(sea):
    if type(sea) is not int:
        sea = int(sea)
    if sea < 0:
        raise ValueError("too low")
    return sea


def bounded(sea):
    if depth(sea) > MAX_SEA:
        raise ValueError("too far")
    return sea


def waves(sea, count=None):
    if count != "all" and count < 0:
        raise ValueError("too few")
    yield sea


class Box:
    def __init__(self, size=3, loud=False):
        self.size = size
        self._loud = loud

    def take(self):
        if not self:
            raise ValueError("nothing in it")
        return 1 if self._loud else 2
"""
LOOK = replace(case("box.look()", name="Box.look"), origin="after")
LINES = SHORE.splitlines()


def fault(part: str, new: str = "pass") -> str:
    """Return the name of a mutant of the last line that has this part."""
    line = max(at for at, text in enumerate(LINES, 1) if part in text)
    return f"pier/a.py:{line}: `{part}` → `{new}`"


def named(one: Case, part: str) -> str:
    new = part.replace("> MAX", ">= MAX") if "> MAX" in part else "pass"
    return name_for(
        replace(one, kills=frozenset({fault(part, new)})),
        definitions(source(SHORE))[one.function.partition("::")[2]][-1],
    )


@pytest.mark.parametrize(
    ("one", "part", "expected"),
    [
        pytest.param(case("depth(None)", checks=RAISED), 'raise ValueError("no sea")',
                     "test_depth_of_none_raises_value_error", id="none of it"),
        pytest.param(case("depth('abc', [])", checks=(("raises", "TypeError", "no list"),)), "return 4",
                     "test_depth_with_list_style_raises_type_error", id="refused for its type, be it empty"),
        pytest.param(case("depth(b'a')", "2"), "isinstance(sea, bytes)", "test_depth_of_bytes_is_2", id="a type"),
        pytest.param(case("depth('ab')", "3"), "return 3", "test_depth_of_sea_shorter_than_3_is_3", id="too short"),
        pytest.param(case("depth('abc')", "4"), "len(sea) < 3", "test_depth_of_sea_of_length_3_is_4", id="at the edge"),
        pytest.param(case("depth('abcde')", "4"), "len(sea) < 3", "test_depth", id="nowhere near the edge"),
        pytest.param(case("depth('')", "3"), "len(sea) < 3", "test_depth_of_empty_sea_is_3", id="empty"),
        pytest.param(case("depth('abc', 'wild')", "5"), "return 5", "test_depth_with_style_wild_is_5", id="a word"),
        pytest.param(case("depth('abc', 'odd')", "8"), 'style == "wild"', "test_depth_with_other_style_is_8",
                     id="no word that is known, whatever it is"),
        pytest.param(case("depth('abc')", "4"), "not style", "test_depth_without_style_is_4", id="nothing given"),
        pytest.param(case("depth('abc', limit=2)", "4"), "not style", "test_depth_with_limit_2_is_4",
                     id="what is given says more than what is not"),
        pytest.param(case("depth('abc', 'odd', -2)", "6"), "limit < 0", "test_depth_with_negative_limit_is_6",
                     id="below nothing"),
        pytest.param(case("depth('abc', 'odd', a=1)", checks=RAISED), 'raise ValueError("no such word")',
                     "test_depth_with_extra_keyword_raises_value_error", id="a word that no parameter has"),
        pytest.param(case("depth('abc', 'odd', more=True)", "7"), "more", "test_depth_with_more_is_7", id="a switch"),
        pytest.param(case("depth('abc', 'odd', more=False)", "8"), "more", "test_depth_without_more_is_8", id="none"),
        pytest.param(case("bounded(9)", "9", name="bounded"), "depth(sea) > MAX_SEA",
                     "test_bounded_at_max_sea_returns_sea", id="as far as the module allows"),
        pytest.param(case("clamp(2, 1)", checks=RAISED, name="clamp"), "high < low",
                     "test_clamp_with_high_below_low_raises_value_error", id="two of them"),
        pytest.param(case("clamp(2, 2)", name="clamp"), "high < low",
                     "test_clamp_with_high_equal_to_low_is_1", id="two that are the same"),
        pytest.param(case("paired([1, 2], key=[1])", checks=RAISED, name="paired"), "no pair",
                     "test_paired_with_key_shorter_than_src_raises_value_error", id="two lengths"),
        pytest.param(case("paired([], key=[1])", checks=RAISED, name="paired"), "no pair",
                     "test_paired_with_key_longer_than_src_raises_value_error", id="the other way round"),
        pytest.param(case("list(paired(1, key=[1]))", checks=(("raises", "TypeError", "no row"),), name="paired"),
                     "no row", "test_paired_of_int_raises_type_error", id="asked for what it can do"),
        pytest.param(case("clamp(3, 9)", checks=RAISED, name="clamp"), "return low",
                     "test_clamp_raises_value_error_no_such_sea", id="what must be given is no condition"),
        pytest.param(case("depth('abcd', 'odd')", checks=RAISED), "return 2",
                     "test_depth_with_style_raises_value_error", id="but what need not be given is one"),
        pytest.param(case("moored(to=0)", checks=RAISED, name="moored"), "TypeError",
                     "test_moored_with_int_to_raises_value_error", id="its type says more than that it is there"),
        pytest.param(case("chosen('odd')", checks=RAISED, name="chosen"), 'raise ValueError("no such sea")',
                     "test_chosen_with_unknown_style_raises_value_error", id="an error behind a test that leaves"),
        pytest.param(case("whole(-1)", checks=RAISED, name="whole"), 'raise ValueError("too low")',
                     "test_whole_of_negative_sea_raises_value_error", id="another type would have been bound anew"),
        pytest.param(case("next(waves(1, count=-1))", checks=RAISED, name="waves"), "count < 0",
                     "test_waves_with_negative_count_raises_value_error", id="items that are only read"),
        pytest.param(case("Box().take()", checks=RAISED, name="Box.take"), 'raise ValueError("nothing in it")',
                     "test_box_take_when_empty_raises_value_error", id="an object without anything in it"),
        pytest.param(case("Box(loud=True).take()", name="Box.take"), "self._loud", "test_box_take_with_loud_is_1",
                     id="what the object was made with"),
    ],
)  # fmt: skip
def test_the_condition_is_what_the_faults_turn_on(one: Case, part: str, expected: str) -> None:
    assert named(one, part) == expected


@pytest.mark.parametrize(
    ("one", "part"),
    [
        pytest.param(case("bound(1, 2)", "3", name="bound"), "limit is None", id="a parameter that was bound anew"),
        pytest.param(case("depth(seas[0], 'wild')"), "len(sea) < 3", id="a value that the text does not say"),
        pytest.param(case("depth(*seas)"), "not style", id="arguments that nobody can count"),
    ],
)
def test_no_condition_is_made_up(one: Case, part: str) -> None:
    assert named(one, part) == f"test_{one.function.partition('::')[2]}"


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        pytest.param(case("Box() == 'a'", name="Box.__eq__", checks=(("is", "result", "False"),)),
                     "test_box_equals_str_is_false", id="another type"),
        pytest.param(case("2 == Box()", name="Box.__eq__", checks=(("is", "result", "False"),)),
                     "test_box_equals_int_is_false", id="another type on the left"),
        pytest.param(case("box == Box()", name="Box.__eq__", setup=("box = Box()",), checks=IS),
                     "test_box_equals_other_box_is_true", id="another of its kind"),
        pytest.param(case("box == box", name="Box.__eq__", setup=("box = Box()",), checks=IS),
                     "test_box_equals_itself_is_true", id="itself"),
        pytest.param(case("depth(box)", setup=("box = Box()",), checks=(("eq", "box.size", "4"),)),
                     "test_depth_effect_on_sea", id="what is given"),
        pytest.param(case("depth(box)('a')", setup=("box = Box()",), checks=(("eq", "box.miss_count", "4"),)),
                     "test_depth_miss_count", id="what is given in a call before the call"),
        pytest.param(case("Box() != crate", name="Box.__ne__", setup=("crate = Crate()",), checks=IS),
                     "test_box_differs_from_crate_is_true", id="one that has a name"),
        pytest.param(case("Box(2) < Box(2)", name="Box.__lt__", checks=(("is", "result", "False"),)),
                     "test_box_lt_when_equal_is_false", id="one that is made in the same way"),
        pytest.param(case("Box(1) != Box(1)", "", name="Box.__ne__", checks=(("is", "result", "False"),)),
                     "test_box_differs_from_equal_box_is_false", id="one that is the same"),
        pytest.param(case("Box(1) != Box(2)", "", name="Box.__ne__", checks=(("is", "result", "True"),)),
                     "test_box_differs_from_other_box_is_true", id="one that is not"),
        pytest.param(case("Box(2) < Box(3)", name="Box.__lt__", checks=IS), "test_box_lt_is_true", id="another"),
        pytest.param(case("Box() + 'a'", name="Box.__add__", checks=(("raises", "TypeError", ""),)),
                     "test_box_add_str_raises_type_error", id="what it is not combined with"),
        pytest.param(case("2 | Box()", name="Box.__ror__", checks=(("raises", "TypeError", ""),)),
                     "test_box_ror_int_raises_type_error", id="what stands before it"),
        pytest.param(case("Box() + Box()", name="Box.__add__", checks=(("raises", "TypeError", ""),)),
                     "test_box_add_raises_type_error", id="another object"),
        pytest.param(case("len(Box())", "0", name="Box.__len__"), "test_len_of_box_is_0", id="its length"),
        pytest.param(case("len({Box()})", "1", name="Box.__hash__"), "test_box_is_hashable", id="a hash is no length"),
        pytest.param(case("hash(Box())", name="Box.__hash__", checks=(("raises", "TypeError", "unhashable"),)),
                     "test_box_hash_raises_type_error", id="none that has a hash"),
        pytest.param(case("abs(Box())", name="Box.__abs__", checks=(("eq", "result.size", "2"),)),
                     "test_box_abs_size", id="an operator, and a part"),
        pytest.param(case("Box()", name="Box.__init__", checks=(("eq", "result.size", "3"),)),
                     "test_box_default_size", id="what is not given"),
        pytest.param(case("Box(size=2)", name="Box.__init__", checks=(("eq", "result.size", "2"),)),
                     "test_box_given_size", id="what is given"),
        pytest.param(case("Box(5, loud=True)", name="Box.__init__", checks=(("eq", "result.walls", "20"),)),
                     "test_box_walls_with_loud", id="a part that is no parameter"),
        pytest.param(case("Box()", name="Box.__init__", checks=(("eq", "str(result)", "'a box'"),)),
                     "test_str_of_box", id="its text"),
        pytest.param(case("Box()", name="Box.__init__", checks=(("eq", "result.a", "''"), ("eq", "result.b", "1"))),
                     "test_box_a_and_b", id="two parts, only one of them empty"),
        pytest.param(case("fifo_cache()", name="fifo_cache", checks=(("eq", "result.cache_parameters()", "{1: 2}"),)),
                     "test_fifo_cache_parameters", id="a word that both have"),
        pytest.param(case("box.add(1)", name="Box.add", setup=("box = Box()",), checks=(("eq", "box.count", "2"),)),
                     "test_box_count_after_add", id="what the object is like then"),
        pytest.param(case("box.add(1)", name="Box.add", setup=("box = Box()",), checks=(("eq", "list(box)", "[1]"),)),
                     "test_box_items_after_add", id="what is in it then"),
        pytest.param(case("box.look(1)", name="Box.look", setup=("box = Box()",), checks=(("eq", "list(box)", "[]"),)),
                     "test_box_is_empty_after_look", id="nothing was in it before"),
        pytest.param(case("fill(seas)", name="fill", setup=("seas = [1]",), checks=(("eq", "seas", "[1, 2]"),)),
                     "test_fill_effect_on_sea", id="what a function was given"),
        pytest.param(case("Box([]).look(0)", "0", name="Box.look"), "test_box_look_when_empty_is_0", id="of nothing"),
        pytest.param(case("Box([]).look(0)", "'a'", name="Box.look"), "test_box_look_with_sea_0",
                     id="made of nothing, yet there is something"),
        pytest.param(case("box.look(0)", name="Box.look", setup=("box = Box([])", "box.add(1)")),
                     "test_box_look_with_sea_0_is_1", id="made of nothing, then given something"),
        pytest.param(case("Box('').look(0)", name="Box.look"), "test_box_look_with_sea_0_is_1", id="an empty word"),
        pytest.param(case("Box().pop()", name="Box.pop", checks=(("raises", "IndexError", ""),)),
                     "test_box_pop_when_empty_raises_index_error", id="made of nothing at all"),
        pytest.param(case("Box().look(9)", name="Box.look", checks=(("raises", "KeyError", "no such row"),)),
                     "test_box_look_raises_key_error_no_such_row", id="made of nothing, in words of its own"),
        pytest.param(case("box()[-1]", name="box.__getitem__", checks=(("raises", "IndexError", ""),)),
                     "test_box_getitem_when_empty_raises_index_error", id="of a class with a small letter"),
        pytest.param(case("Lid(1)[9]", name="Box.__getitem__", checks=(("raises", "IndexError", ""),)),
                     "test_lid_getitem_raises_index_error", id="of an heir that is made to be asked"),
        pytest.param(case("Lid(1, 9)", name="Box.__init__", checks=(("raises", "ValueError", ""),)),
                     "test_lid_raises_value_error", id="an heir that is made as its parent is"),
        pytest.param(case("Lid(Box(9))", name="Box.__init__", checks=(("raises", "ValueError", ""),)),
                     "test_box_raises_value_error", id="one that is made for another"),
        pytest.param(case("Lid(1) < 'a'", name="Box.__lt__", checks=(("raises", "TypeError", ""),)),
                     "test_lid_lt_str_raises_type_error", id="of an heir that is compared"),
        pytest.param(case("box < Lid(1)", name="Box.__lt__", setup=("box = Box()",)),
                     "test_box_lt", id="what stands first is asked"),
        pytest.param(case("2 + Lid(1)", "3", name="Box.__radd__"), "test_lid_radd", id="unless it is plain"),
        pytest.param(case("len(Lid(1))", "3", name="Box.__len__"), "test_len_of_lid", id="by a word of Python's own"),
        pytest.param(case("box.put()", name="Box.put", setup=("box = Box()",), checks=(("is", "result", "box"),)),
                     "test_box_put_returns_itself", id="it hands on itself"),
        pytest.param(case("put(box)", name="put", setup=("box = Box()",), checks=(("is", "result", "box"),)),
                     "test_put_is_same_box", id="what it is given"),
        pytest.param(case("Box().pop()", name="Box.pop", checks=(("raises", "ValueError", ""),)),
                     "test_box_pop_raises_value_error", id="made of nothing, and refused for something else"),
        pytest.param(case("Box([1]).index(2)", name="Box.index", checks=RAISED),
                     "test_box_index_of_missing_item_raises_value_error", id="not among the items"),
        pytest.param(case("Box({'a': 1}).pop('b')", name="Box.pop", checks=(("raises", "KeyError", ""),)),
                     "test_box_pop_of_missing_key_raises_key_error", id="not among the keys"),
        pytest.param(case("Crate.pop(k=3)", name="Box.pop"), "test_crate_pop_with_k_3_is_1",
                     id="of another class itself"),
        pytest.param(case("Box().pop(k=3)", name="Box.pop", checks=(("raises", "KeyError", ""),)),
                     "test_box_pop_of_missing_key_raises_key_error", id="what is sought in what is made of nothing"),
        pytest.param(case("Box().index(3)", name="Box.index", checks=RAISED),
                     "test_box_index_of_missing_item_raises_value_error", id="an item that is sought there"),
        pytest.param(case("Box([1]).pop(k=3)", name="Box.pop", checks=(("raises", "KeyError", ""),)),
                     "test_box_pop_of_missing_key_raises_key_error", id="not among the keys, by name"),
        pytest.param(case("Box([1]).remove(3)", name="Box.remove", checks=(("raises", "KeyError", ""),)),
                     "test_box_remove_of_missing_item_raises_key_error", id="an item, whatever the error says"),
        pytest.param(case("Box([1]).pop(3)", name="Box.pop", checks=(("raises", "IndexError", ""),)),
                     "test_box_pop_raises_index_error", id="a place is no item"),
        pytest.param(case("Box([1]).count(1)", "0", name="Box.count"), "test_box_count_is_0", id="among the items"),
        pytest.param(case("Box(sea).count(1)", "0", name="Box.count"), "test_box_count_is_0", id="unknown"),
        pytest.param(case("Box([1], 2).count(3)", "0", name="Box.count"), "test_box_count_is_0", id="of more"),
        pytest.param(replace(case("Box().look()", name="Box.look"), origin="after"), "test_box_look",
                     id="nothing was done before"),
        pytest.param(replace(LOOK, setup=("box = Box()", "box.look()")),
                     "test_box_look_again", id="it was called before"),
        pytest.param(replace(LOOK, setup=("box = Box()", "seen = box.look()")),
                     "test_box_look_again", id="and what came of it has a name"),
        pytest.param(case("box.look()", name="Box.add", setup=("box = Box()", "box.add(1)")),
                     "test_box_look_after_add", id="the call is of another method"),
        pytest.param(case("Box(1) | Box('a')", name="Box.__init__", checks=(("raises", "TypeError", "no size"),)),
                     "test_box_of_str_raises_type_error", id="what comes before an operator is no argument"),
        pytest.param(case("Box(0.5, 0)", name="Box.__init__", checks=(("raises", "TypeError", "no size"),)),
                     "test_box_raises_type_error_no_size", id="two, and nobody knows which has the wrong type"),
        pytest.param(case("Box()", name="Box.__init__", checks=(("eq", "result.size", "3"), ("eq", "result.loud", ""))),
                     "test_box_default_size_and_loud", id="two that are not given"),
        pytest.param(case("Box.LARGE.take()", "4", name="Box.take"), "test_box_large_take", id="a member of its class"),
        pytest.param(case("len(Box.LARGE)", "4", name="Box.__len__"), "test_len_of_box_large", id="its length"),
        pytest.param(case("Box.take(Box.LARGE, Box.SMALL)", "4", name="Box.take"), "test_box_take", id="two of them"),
        pytest.param(case("crate.take()", name="Box.take", setup=("crate = Crate()",)),
                     "test_crate_take", id="a class that has it from another"),
        pytest.param(case("Box([]).__call__(2)", name="Box.__call__", checks=RAISED),
                     "test_box_when_empty_raises_value_error", id="an object that is called"),
        pytest.param(case("depth([1], 2)", "3"), "test_depth", id="a number with nothing beside it"),
        pytest.param(case("depth([1], 2)", "0"), "test_depth_is_0", id="unless it is nothing at all"),
        pytest.param(case("1 + depth('a')", "'a b'"), "test_depth", id="a text is no part of a name"),
        pytest.param(case("depth('a')", "1577923200"), "test_depth", id="nor is a number that nobody reads"),
        pytest.param(case("depth('a')", "['a']"), "test_depth", id="nor how many there are"),
        pytest.param(case("depth('a')", str(10**400)), "test_depth", id="nor a number that is no fraction's"),
    ],
)  # fmt: skip
def test_a_name_says_what_is_looked_at(one: Case, expected: str) -> None:
    kind = definitions(source(SHORE))["Box.__init__"][-1] if "__init__" in one.function else node("def f(sea): ...")
    assert name_for(one, kind) == expected


@pytest.mark.parametrize(
    ("wanted", "old", "name"),
    [
        pytest.param("'UNKNOWN'", "return 'UNKNOWN'", "test_depth_is_unknown", id="the text that it gives"),
        pytest.param("'UNKNOWN'", 'return "UNKNOWN"', "test_depth_is_unknown", id="in other quotes"),
        pytest.param("'UNKNOWN'", "return sea", "test_depth", id="a text that comes of something"),
        pytest.param("'no sea'", "return 'no sea'", "test_depth_is_no_sea", id="several words"),
        pytest.param("'no sea that I know'", "return 'no sea that I know'", "test_depth", id="too many"),
    ],
)
def test_a_text_is_part_of_a_name_where_the_fault_is_in_giving_it(wanted: str, old: str, name: str) -> None:
    one = replace(case("depth('a')", wanted), kills=frozenset({f"pier/a.py:2: `{old}` → `return None`"}))
    assert name_for(one, node("def depth(sea): ...")) == name


def test_a_class_that_nothing_shows_to_be_the_one_is_not_named() -> None:
    one = replace(case("load('a').text()", name="Box.text"), kills=frozenset({"pier/b.py:3: `1` → `2`"}))
    assert name_for(one, node("def text(self): ...")) == "test_text"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("len(result.items)", ("result", "len_of_items"), id="a length"),
        pytest.param("result['mean']", ("result", "mean"), id="a key"),
        pytest.param("result.lines[2]", ("result", "lines"), id="a place"),
        pytest.param("result.text().splitlines()", ("result", "text"), id="a word that says nothing"),
        pytest.param("1 in box", ("", ""), id="no part"),
    ],
)
def test_a_part_in_words(text: str, expected: tuple[str, str]) -> None:
    assert looked(text) == expected


@pytest.mark.parametrize(
    ("name", "words"),
    [("AoT", "aot"), ("HTMLTextExtractor", "html_text_extractor"), ("TZInfo", "tz_info"), ("a b", "a_b")],
)
def test_a_name_of_the_product_in_words(name: str, words: str) -> None:
    assert slug(name) == words


def test_what_is_refused_for_its_type_is_not_the_first_thing_where_another_is_given_by_name() -> None:
    refused = (("raises", "TypeError", "a way to write it is a class"),)
    one = case("wrapped('abc', dialect=0)", name="wrapped", checks=refused)
    assert (
        name_for(one, node("def wrapped(text, dialect=None): ...")) == "test_wrapped_with_dialect_0_raises_type_error"
    )


def test_a_text_that_stands_for_its_parameter_is_not_said_twice() -> None:
    known = node("def wrapped(text, indent, mark=None): ...")
    one = case("wrapped('abc', 'indent', mark='mark')", name="wrapped", checks=RAISED)
    assert name_for(one, known) == "test_wrapped_with_mark_raises_value_error"
    assert name_for(replace(one, call="wrapped('text', '|')"), known) == "test_wrapped_raises_value_error_no_such_sea"


def test_the_condition_is_one_that_there_is_room_for() -> None:
    one = case("wrapped('a', width=0, initial_indentation='')", name="wrapped", checks=RAISED)
    known = node("def wrapped(text, width=78, initial_indentation=None): ...")
    assert name_for(one, known) == "test_wrapped_with_width_0_raises_value_error"


def test_what_is_too_long_is_left_out_whole() -> None:
    error = (("raises", "UnexpectedCharacterError", "no such sea"),)
    one = case("Anchorage().deepest_of_them_all(shallowest=1)", name="Anchorage.deepest_of_them_all", checks=error)
    found = name_for(one, node("def deepest_of_them_all(self, shallowest=None): ..."))
    assert found == "test_deepest_of_them_all_raises_unexpected_character_error"
    assert len(found) <= NAME


@pytest.mark.parametrize(
    ("choices", "taken", "expected"),
    [
        pytest.param([Names(("a", "a_x", "a_y")), Names(("a", "a_x", "a_z"))], (), ["a_y", "a_z"], id="each its own"),
        pytest.param([Names(("a",), ("a_q",)), Names(("a", "a_x"))], (), ["a", "a_x"], id="one may keep it"),
        pytest.param([Names(("a",), ("a_q",)), Names(("a", "a_x"))], ("a",), ["a_q", "a_x"], id="unless it is taken"),
        pytest.param([Names(("a", "b")), Names(("b",))], ("a",), ["a_2", "b"], id="another has that name already"),
        pytest.param([Names(("a",)), Names(("a",))], ("a_2",), ["a", "a_3"], id="nothing tells them apart"),
    ],
)
def test_names_are_told_apart_by_what_the_tests_say(
    choices: list[Names], taken: tuple[str, ...], expected: list[str]
) -> None:
    assert told_apart([one.strong[0] for one in choices], choices.__getitem__, taken) == expected


def test_what_an_error_says_tells_a_test_apart_before_the_type_of_what_is_given() -> None:
    one = case("depth('abc')", checks=(("raises", "ValueError", "a sea must not end with a hyphen"),))
    names = names_for(one, node("def depth(sea): ...")).strong
    said, typed = (
        "test_depth_raises_value_error_a_sea_must_not_end_with_a_hyphen",
        "test_depth_of_str_raises_value_error",
    )
    assert names.index(said) < names.index(typed)


def test_a_name_says_an_error_with_its_numbers() -> None:
    one = case("depth('a')", checks=(("raises", "ValueError", r"9 to 15 rows \[each\]"),))
    assert name_for(one, node("def depth(sea): ...")) == "test_depth_raises_value_error_9_to_15_rows_each"


@pytest.mark.parametrize(
    ("call", "wanted", "comes"),
    [
        pytest.param("tap(3)", "3", "returns_sea", id="what it was given"),
        pytest.param("tap('tide')", "'tide'", "returns_sea", id="a text"),
        pytest.param("tap(len)", "len", "returns_sea", id="a function"),
        pytest.param("tap(3, 3)", "3", "is_3", id="one of two that are the same"),
        pytest.param("tap(3)", "4", "is_4", id="another"),
        pytest.param("tap([])", "[]", "is_empty", id="nothing"),
        pytest.param("count(3)", "3", "is_3", id="no line hands it on"),
    ],
)
def test_what_a_function_hands_on_is_said_to_be_what_it_was_given(call: str, wanted: str, comes: str) -> None:
    nodes = {
        "tap": node("def tap(sea, tide=0):\n    if tide:\n        return tide\n    return sea\n"),
        "count": node("def count(sea):\n    return len(sea)\n"),
    }
    name = call.partition("(")[0]
    assert behaviour(case(call, wanted, name=name), nodes[name]) == comes


@pytest.mark.parametrize(
    ("says", "name"),
    [
        pytest.param("no sea", "test_sound_raises_value_error_no_sea", id="it speaks of something else"),
        pytest.param("strict seas have names", "test_sound_without_strict_raises_value_error", id="it speaks of that"),
    ],
)
def test_what_is_not_given_is_no_condition_of_an_error_that_does_not_speak_of_it(says: str, name: str) -> None:
    text = "def sound(sea, strict=False):\n    if not strict:\n        raise ValueError('no sea')\n    return sea\n"
    one = case("sound('a')", checks=(("raises", "ValueError", says),), name="sound")
    assert name_for(replace(one, kills=frozenset({"pier/a.py:2: `strict` → `(not (strict))`"})), node(text)) == name


@pytest.mark.parametrize(
    ("faults", "name"),
    [
        pytest.param(["1: `strict=False` → `strict=True`"], "test_sound_with_default_strict", id="a default"),
        pytest.param(
            ["1: `strict=False` → `strict=True`", "2: `sea` → `x`"], "test_sound_with_default_strict", id="and more"
        ),
        pytest.param(["1: `strict=0` → `strict=1`", "1: `far=1` → `far=2`"], "test_sound", id="two"),
        pytest.param(["2: `strict=False` → `strict=True`"], "test_sound", id="what it gives itself"),
        pytest.param(["9: `strict=False` → `strict=True`"], "test_sound", id="what another function gives"),
    ],
)
def test_where_one_default_is_noticed_the_name_says_so(faults: list[str], name: str) -> None:
    text = "def sound(sea, strict=False, far=1):\n    return depth(sea, strict, far)\n"
    one = replace(case("sound(3)", "5", name="sound"), kills=frozenset(f"pier/a.py:{fault}" for fault in faults))
    assert name_for(one, node(text)).removesuffix("_is_5") == name


def test_an_error_is_not_blamed_on_what_more_is_empty_unless_it_speaks_of_it() -> None:
    sound = node("def sound(sea, boats): ...")
    one = case("sound(3, [])", checks=(("raises", "ValueError", "no such sea"),), name="sound")
    assert name_for(one, sound) == "test_sound_raises_value_error_no_such_sea"
    spoken = replace(one, checks=(("raises", "ValueError", "too few boats"),))
    assert name_for(spoken, sound) == "test_sound_with_empty_boats_raises_value_error"


def test_a_text_is_not_refused_for_being_one() -> None:
    sea = node("def depth(sea): ...")
    one = case("depth('a')", checks=(("raises", "ValueError", "a sea begins with an anchor"),), origin="strange")
    assert name_for(one, sea) == "test_depth_raises_value_error_a_sea_begins_with_an_anchor"
    other = replace(one, checks=(("raises", "TypeError", "a sea is no text"),))
    assert name_for(other, sea) == "test_depth_of_str_raises_type_error"
    own = replace(other, call="depth(1)", checks=(("raises", "WetTypeError", "a sea is no number"),), origin="varied")
    assert name_for(own, sea) == "test_depth_of_int_raises_wet_type_error"
    items = replace(own, call="depth([1])", checks=(("raises", "WetTypeError", "no seas"),))
    assert name_for(items, sea) == "test_depth_raises_wet_type_error_no_seas", "for what is in it, or for being a list"


def test_alike_tests_are_named_for_what_only_one_of_them_has() -> None:
    setups = [(f"day = datetime({year}, 10, 6)",) for year in (1966, 2006)]
    cases = [
        case("day.utcoffset()", "[1, 2]", name="Zone.utcoffset", setup=setup, kills=setup[0][-14:-9])
        for setup in setups
    ]
    says = [
        case("chosen('odd')", name="chosen", checks=(("raises", "ValueError", text),), kills=text[:2])
        for text in ("no sea", "low tide")
    ]
    assert sorted(one.name for one in grouped([*cases, *says], lambda _: node("def f(style): ..."), ())) == [
        "test_chosen_raises_value_error_low_tide",
        "test_chosen_raises_value_error_no_sea",
        "test_zone_utcoffset_in_1966",
        "test_zone_utcoffset_in_2006",
    ]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        pytest.param("datetime(1966, 5, 6, 3).utcoffset()", ["in_1966", "in_may", "at_3"], id="to the hour"),
        pytest.param("depth(date(2020, 12, 1), date(2021, 12, 1))", ["in_2020", "in_december", "in_2021"], id="two"),
        pytest.param("datetime(2, 1, 6)", [], id="no year that anybody writes"),
        pytest.param("datetime(2020, month, 6)", [], id="nobody knows the month"),
        pytest.param("update(2020, 1, 6)", [], id="no day"),
    ],
)
def test_a_day_in_words(call: str, expected: list[str]) -> None:
    assert moments(case(call)) == expected


def test_a_table_has_the_plain_name_of_what_it_is_about() -> None:
    cases = [case("depth(1)", "3"), case("depth(2)", "4")]
    assert table_names(cases, ("sea",), node("def depth(sea): ...")).strong == (
        "test_depth",
        "test_depth_edge_cases",
        "test_depth_by_sea",
    )
    refused = [case(f"depth({sea})", checks=(("is", "result", "False"),)) for sea in "12"]
    assert table_names(refused, ("sea",), node("def depth(sea): ...")).strong[0] == "test_depth_is_false"
    assert PIER in refused[0].function


def test_two_calls_of_which_one_gives_nothing_are_told_apart_by_that() -> None:
    assert "test_depth_without_arguments" in names_of("depth(sea)", "depth()", "def depth(sea=None, more=1): ...")


def test_what_has_no_parameter_of_its_own_is_given_too() -> None:
    names = names_of("depth(more=sea)", "depth('!', '?')", "def depth(*seas, more=1): ...")
    assert not [one for one in names if "without_arguments" in one]


def names_of(one: str, other: str, way: str) -> list[str]:
    """Return the names of tests of two calls of a function."""
    cases = [replace(case(call, f"'{call}'"), kills=frozenset({call})) for call in (one, other)]
    return [test.name for test in grouped(cases, lambda _: node(way), ("test_depth",))]


@pytest.mark.parametrize(
    ("call", "words"), [("depth(1, 'odd')", "depth_given_style"), ("depth(1)", "depth_default_style")]
)
def test_what_a_call_gives_has_what_the_call_was_given(call: str, words: str) -> None:
    one = case(call, checks=(("eq", "result.style", "'odd'"),))
    assert subject(one, node("def depth(sea, style='odd'): ...")).words == words


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        pytest.param(["'low tide'"], "low tide", id="a text"),
        pytest.param(["b'ebb'"], "bytes ebb", id="bytes"),
        pytest.param(["''"], "empty", id="an empty text"),
        pytest.param(["set()"], "empty", id="an empty set"),
        pytest.param(["' '"], "space", id="a mark that cannot be seen"),
        pytest.param(["['', 'ebb']"], "empty and ebb", id="a list of few texts"),
        pytest.param(["['ebb', '\\\\']"], "ebb and backslash", id="a mark that would need another"),
        pytest.param(["['a', 'b', 'c', 'd']"], "['a', 'b', 'c', 'd']", id="a longer list as it is written"),
        pytest.param(["[1, 2]"], "[1, 2]", id="numbers as they are written"),
        pytest.param(["Box(3)"], "Box(3)", id="an object as it is written"),
        pytest.param(["3", "'ebb'"], "sea=3 tide=ebb", id="each of two by its name"),
        pytest.param(["b'\\xff'"], "sea", id="what no id may hold"),
    ],
)
def test_a_row_is_called_as_one_would_say_it(texts: list[str], said: str) -> None:
    assert label(texts, ["sea", "tide"][: len(texts)]) == said


def test_what_only_comes_to_a_truth_has_a_name_with_what_is_given() -> None:
    is_wet = node("def is_wet(sea): return _is_wet(sea, 7)")
    assert name_for(case("is_wet(3)", name="is_wet", checks=IS), is_wet) == "test_is_wet_with_sea_3_is_true"
    assert name_for(case("is_wet(3)", "4", name="is_wet"), is_wet) == "test_is_wet"
