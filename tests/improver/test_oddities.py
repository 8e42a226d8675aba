"""What a reader would wonder about in a call."""

from dataclasses import replace

import pytest

from improver.writing.choice.oddities import is_on_an_object, made_up_things, oddity, unasked_signs
from improver.writing.choice.selecting import chosen, cost, fit
from tests.improver.calls import case, node, plain


@pytest.mark.parametrize(
    ("call", "origin", "points"),
    [
        ("depth(1, 2)", "text", 0),
        ("depth([1, 1], [1, 1])", "text", 0),  # numbers in a list may repeat themselves
        ("depth(['a', 'a', 'b'], 'b')", "text", 1),
        ("depth('a b', '')", "varied", 0),
        ("depth(True, True)", "text", 0),
        ("depth('a', 'a', 'a')", "text", 2),
        ("depth(sea, 'a', sea)", "text", 1),
        ("depth([1], [1])", "text", 0),
        ("depth(' ')", "text", 1),
        ("depth(' 1')", "text", 1),
        ("depth('_')", "text", 1),
        ("depth('_')", "recorded", 0),  # the tests give it that
        ("depth('{sea} (more')", "text", 1),  # a part was cut off
        ("depth('{sea} (more)')", "text", 0),
        ("depth('a (')", "recorded", 0),
        ("depth('FOXy')", "varied", 1),
        ("depth('peehS')", "varied", 1),
        ("depth('camelCase')", "varied", 0),
        ("depth('FOXy')", "text", 0),
        ("Box('sea') == 'a'", "text", 1),  # of course they differ
        ("Box('sea') == 'sea'", "text", 0),
        ("Box(3) != 'a'", "text", 0),
        ("Box('sea') == 'a'", "recorded", 0),
        ("depth({1: 1, 2: 3})", "text", 1),  # which of them is which
        ("depth({'a': 1, **more})", "text", 0),
        ("depth(1)(2)(3)(4)", "varied", 2),
        ("depth(1)(2)(3)(4)", "text", 0),  # as a test has it
        ("depth(1)(len)(3)", "varied", 0),  # as a decorator is
        ("depth(range(10, 10))", "text", 1),
        ("depth(range(10))", "text", 0),
        ("depth(range(0, 10, 0))", "text", 0),  # Python refuses it
        ("depth(range())", "text", 0),  # another one's
        ("depth('<' * 40)", "text", 2),
        ("depth('a' * 40)", "varied", 1),
        ("depth('a.zTtHCHxvAvT5rXP-SwnQMczQ3uk')", "recorded", 3),
        ("sea.write('a\\n')", "text", 1),  # who knows what it is written to
        ("sea.write_text('a\\n')", "text", 0),
        ("sea.write_bytes(b'a\\n', 'a\\n')", "text", 0),
    ],
)
def test_oddities_are_counted(call: str, origin: str, points: int) -> None:
    assert oddity(replace(case(call), origin=origin)) == points


@pytest.mark.parametrize(
    ("call", "count"),
    [
        ("depth('A b', 'a1', b'A b')", 2),
        ("depth(0.5, 2.0, -0.5)", 2),
        ("depth('ab', 'Box', 'ABC', '12', '', '-', 7, True)", 0),
        ("depth('12 feet')", 0),
        ("depth('+ .2e', 'Ab, c', 'ebb, 2', '1.2.3', '#abc')", 2),
    ],
)
def test_fractions_and_texts_that_are_no_words_stand_in_calls_that_were_made_up(call: str, count: int) -> None:
    known = replace(case(call, setup=("sea = 'A b'",)), origin="varied")
    assert made_up_things(known) == count + 1
    assert made_up_things(replace(known, origin="recorded")) == 0


@pytest.mark.parametrize(("call", "count"), [("math.floor(sea(2.5))", 0), ("math.ceil(sea(-2.0))", 1), ("trunc(2)", 1)])
def test_what_rounds_is_given_a_fraction(call: str, count: int) -> None:
    assert made_up_things(case(call, "2")) == count


@pytest.mark.parametrize(
    ("wanted", "count"),
    [("2.25", 0), ("'about 2.25'", 0), ("2.0", 0), ("[[1.5]]", 1), ("'sea of 1.5'", 1), ("3", 1)],
)
def test_a_fraction_is_usual_where_a_function_reckons(wanted: str, count: int) -> None:
    assert made_up_things(case("depth(1.5)", wanted)) == count


def test_words_are_chosen_before_a_shorter_text_that_is_none() -> None:
    short, plain_words = (replace(case(call), origin="varied") for call in ("depth('A b')", "depth('abc def')"))
    assert chosen([short, plain_words], plain) == [plain_words]


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("def depth(sea): return sea[-1]", 1),
        ("def depth(sea): return len(sea) > 3", 1),
        ("def depth(sea, mean): return mean > sea", 0),
        ("def depth(sea): return sea / 2", 0),
        ("def depth(sea): return 'a' + sea.name", 1),
        ("def depth(sea): return '%s m' % sea", 1),
        ("def depth(sea): return sea % 2", 0),
        ("def depth(sea): return 0 if sea < 0 else sea", 0),
        ("def depth(sea): return abs(sea)", 0),
        ("def depth(sea):\n    'Return minus the sea.'\n    return -sea", 0),
    ],
)
def test_a_number_below_nothing_is_asked_for_or_not(text: str, signs: int) -> None:
    known = case("depth(-2)")
    assert unasked_signs(known, node(text)) == signs
    assert unasked_signs(replace(known, origin="recorded"), node(text)) == 0
    assert unasked_signs(replace(known, checks=(("raises", "ValueError", "less"),)), node(text)) == 0
    assert unasked_signs(case("depth(2 - 1)"), node(text)) == 0


def test_the_plainer_of_two_calls_is_chosen_and_the_odd_one_where_there_is_no_other() -> None:
    odd, even = case("depth(-1)", "0", kills="m n"), case("depth(more=12345)", "1", kills="m n")
    assert [one.call for one in chosen([odd, even], plain)] == ["depth(more=12345)"]
    assert [one.call for one in chosen([odd], plain)] == ["depth(-1)"]


def test_plain_calls_notice_what_they_can_before_an_odd_one_is_asked() -> None:
    odd, even, rest = case("depth('_')", kills="m n o"), case("depth('ab')", kills="m n"), case("depth(7)", kills="o")
    assert [one.call for one in chosen([odd, even], plain)] == ["depth('ab')", "depth('_')"]
    assert [one.call for one in chosen([odd, even, rest], plain)] == ["depth('ab')", "depth(7)"]


def test_what_is_wild_and_made_up_is_nothing_to_hold_on_to() -> None:
    wild = replace(case("depth('<' * 40)"), origin="varied")
    assert chosen([wild], plain) == []
    assert chosen([replace(wild, origin="recorded")], plain)
    assert chosen([replace(case("depth(['a', 'b', 'b', 'c', 'c'])"), origin="varied")], plain)
    assert chosen([replace(case("depth(Mock(spec=0))"), origin="varied")], plain) == []
    assert chosen([replace(case("depth(Mock(spec=Sea))"), origin="varied")], plain)
    refused = replace(wild, checks=(("raises", "SeaError", "too many waves"),))
    assert chosen([refused], plain) == [refused]


def test_what_chance_makes_is_given_to_nothing() -> None:
    drawn = [case("depth(os.urandom(2))"), case("depth(sea)", setup=("sea = uuid.uuid4()",))]
    assert not any(fit(one, plain("")) for one in drawn)
    assert fit(case("depth(random=2)"), plain(""))


def test_a_value_shows_a_fault_rather_than_an_error_unless_the_fault_is_in_raising_it() -> None:
    refused = (("raises", "ValueError", "too deep"),)
    value = case("depth('sea', 4)", "'deep sea'", kills="m")
    assert chosen([case("depth(9)", kills="m", checks=refused), value], plain) == [value]
    told = case("depth(9)", kills="m", checks=refused)
    raising = [replace(one, kills=frozenset({"a.py:3: `raise ValueError(x)` → `pass`"})) for one in (told, value)]
    assert [one.call for one in chosen(raising, plain)] == ["depth(9)"]


def test_a_call_that_does_not_give_back_what_it_was_given_shows_more() -> None:
    echo, other = case("depth(1, 2)", "2", kills="m"), case("depth(1, 2, 4)", "7", kills="m")
    assert chosen([echo, other], plain) == [other]
    assert chosen([echo], plain) == [echo]
    same, turned = case("depth([1, 2])", "[1, 2]", kills="m"), case("depth([2, 1])", "[1, 2]", kills="m")
    assert chosen([same, turned], plain) == [turned]


def test_of_an_error_that_says_nothing_what_it_holds_is_demanded_too() -> None:
    checks = (("raises", "Sunk", ""), ("eq", "error.sea", "[1, 2, 3]"), ("eq", "error.low", "3"))
    mute = replace(case("depth(9)", kills="m", checks=checks), shows=(frozenset("m"), frozenset("m"), frozenset("m")))
    assert [one.checks for one in chosen([mute], plain)] == [(checks[0], checks[2])]
    told = replace(mute, checks=(("raises", "Sunk", "too deep"), *checks[1:]))
    assert [len(one.checks) for one in chosen([told], plain)] == [1]


def test_what_an_easier_call_has_made_needless_is_left_out() -> None:
    wide, low = case(f"depth('{'wide' * 7}')", kills="a b c f h"), case("depth('low')", kills="e")
    both, deep = case("depth('wideandlow')", kills="a b c e"), case("depth('ab')", kills="f g h")
    assert [one.call for one in chosen([wide, low, deep], plain)] == [wide.call, deep.call, low.call]
    assert [one.call for one in chosen([wide, low, deep, both], plain)] == [both.call, deep.call]


@pytest.mark.parametrize(
    ("mark", "call", "setup", "needless"),
    [
        pytest.param("@classmethod\n", "Box([1]).depth(2)", (), True, id="a class method on an object"),
        pytest.param("@staticmethod\n", "list(Box([1]).depth(2))", (), True, id="a static one, within another call"),
        pytest.param("@classmethod\n", "len(box)", ("box = Box([1]).depth(2)",), True, id="before the call"),
        pytest.param("@classmethod\n", "box.depth(2)", ("box = Box([1])",), True, id="on one that was made before"),
        pytest.param("@classmethod\n", "Box.depth(2)", (), False, id="on the class"),
        pytest.param("@classmethod\n", "Box.of(1).other(2)", (), False, id="another method"),
        pytest.param("", "Box([1]).depth(2)", (), False, id="it needs its object"),
    ],
)
def test_an_object_that_is_made_for_what_needs_none(
    mark: str, call: str, setup: tuple[str, ...], *, needless: bool
) -> None:
    known = case(call, setup=setup, name="Box.depth")
    assert is_on_an_object(known, node(f"{mark}def depth(sea, more=1): ...")) is needless


def test_a_class_method_is_called_on_its_class_though_it_is_longer() -> None:
    maker = node("@classmethod\ndef depth(cls, sea): ...")
    odd, straight = case("Box([1]).depth(2)"), case("Box.depth([(3, 4), (5, 6), (7, 8)])")
    assert chosen([odd, straight], lambda _: maker) == [straight]


def test_a_sign_is_what_an_absolute_value_is_about() -> None:
    below = case("abs(Depth(-2))", "2", name="Depth.__abs__")
    assert unasked_signs(below, node("def __abs__(self): return Depth(self.sea)")) == 0
    assert unasked_signs(below, node("def __round__(self): return Depth(self.sea)")) == 1


def test_an_object_that_is_made_without_arguments_is_plainer_than_one_with_an_idle_one() -> None:
    idle, bare = case("Box(deep=True) == 'sea'", "False"), case("Box() == 'sea'", "False")
    assert chosen([idle, bare], plain) == [bare]
    full = case("Box([3, 1]) == 'sea'", "False")
    assert chosen([bare, full], plain) == [full]
    nothing, something = case("depth(())", "4"), case("depth(17)", "4")
    assert chosen([nothing, something], plain) == [something]


@pytest.mark.parametrize(
    ("call", "is_fit"), [("depth(11)", False), ("depth(fd=11)", False), ("depth(sea)", True), ("depth('11')", True)]
)
def test_a_number_that_means_a_file_is_known_to_one_process_alone(call: str, *, is_fit: bool) -> None:
    assert fit(case(call), node("def depth(fd): ...")) is is_fit
    assert fit(case(call), node("def depth(sea): ..."))


def test_an_object_that_is_made_of_nothing_costs_its_reader_where_nothing_is_found_in_it() -> None:
    (some, none), (known, nothing) = (
        [cost(case(f"{made}.take(4)", wanted)) for wanted in ("7", "0")] for made in ("box()", "Box()")
    )
    assert (known - some, nothing - none) == (0, 16)
