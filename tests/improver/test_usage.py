"""What tests give to parameters, and what made up calls give in their place."""

from dataclasses import replace

import pytest

from improver.experiments import Recording
from improver.judging.functions import definitions
from improver.writing.choice.custom import Custom
from improver.writing.choice.selecting import chosen, weight
from improver.writing.choice.spoken import spared
from improver.writing.choice.usage import NO_USAGE, Usage
from improver.writing.inputs.misfits import Signatures
from improver.writing.targets import Ground
from tests.improver.benches import LAYOUT, FakeExperiments
from tests.improver.calls import RECEIPT, case, node, source
from tests.improver.judging import PACKAGED

PIER = source("""\
class Knot:
    def __init__(self, tightness, side=None): ...

    def tie(self, value, key=b""): ...


class Bowline(Knot):
    pass


def moor(s, items, name="", depth=1): ...
""")
TIE = definitions(PIER)["Knot.tie"][-1]
MOOR = definitions(PIER)["moor"][-1]
IN_TESTS = {
    "Knot": [case("Knot('half-hitch')"), case("Knot('half-hitch')"), case("Knot('tight')"), case("Knot('a')")],
    "moor": [case("moor('north', [1], 'Dory', 2)"), case("moor(*those)"), case("fleet.moor('south', (1,), depth=x)")],
    "tie": [case("knot.tie('boat', b'x')")],
}
USAGE = Usage.of(Signatures.of([PIER]), IN_TESTS)
WORDS = Usage(USAGE.signatures, {}, USAGE.words)  # nothing is known of types


@pytest.mark.parametrize(
    ("call", "ways"),
    [
        pytest.param("Knot('a').tie(1)", ["Knot('half-hitch').tie(1)", "Knot('tight').tie(1)"], id="what tests give"),
        pytest.param("Bowline('abc')", ["Bowline('half-hitch')", "Bowline('tight')"], id="by way of a parent"),
        pytest.param("Knot(1).tie('A b', b'a')", ["Knot(1).tie('value', b'a')"], id="its own name, where it is a word"),
        pytest.param("Knot(1).tie(b'a')", ["Knot(1).tie(b'value')"], id="bytes stay bytes"),
        pytest.param("moor('a', 'b')", ["moor('north', 'b')", "moor('south', 'b')"], id="a letter is so by function"),
        pytest.param("moor('east', [], name='b')", ["moor('east', [], name='Dory')"], id="by name"),
        pytest.param("moor('a,b', ['a'])", [], id="what has a form is no filler"),
        pytest.param("other('a')", [], id="nobody knows what it takes"),
    ],
)
def test_letters_that_stand_for_any_text_become_words(call: str, ways: list[str]) -> None:
    function, node = ("moor", MOOR) if call.startswith("moor") else ("Knot.tie", TIE)
    found = [*WORDS.usual(replace(case(call, name=function), hangs=frozenset("h")), node)]
    assert [one.call for one in found if "name='name'" not in one.call and "tightness" not in one.call] == ways
    assert not any(one.checks or one.kills or one.hangs for one in found)


def test_words_are_put_into_the_setup_too() -> None:
    known = case("knot.tie(1)", setup=("knot = Knot('a')",), name="Knot.tie")
    assert [one.setup for one in USAGE.usual(known, TIE)][:1] == [("knot = Knot('half-hitch')",)]


@pytest.mark.parametrize(
    ("call", "origin", "count"),
    [
        pytest.param("moor('a', [1], 'b', 1)", "varied", 0, id="as in tests"),
        pytest.param("moor(1, 'abc')", "varied", 2, id="a number for a text, a text for a list"),
        pytest.param("moor('a', (1,), depth=0.5)", "varied", 0, id="tuples are like lists, and numbers alike"),
        pytest.param("moor('a', None, more)", "varied", 0, id="nothing, and what nobody knows"),
        pytest.param("moor(1, 'abc')", "recorded", 0, id="somebody gave it"),
        pytest.param("Knot(1).tie('a', 1)", "text", 2, id="of two functions"),
        pytest.param("Knot('a', side=1)", "text", 0, id="no test gives that anything"),
    ],
)
def test_what_no_test_gives_of_its_type_is_counted(call: str, origin: str, count: int) -> None:
    function, node = ("moor", MOOR) if call.startswith("moor") else ("Knot.tie", TIE)
    assert USAGE.unheard(replace(case(call, name=function), origin=origin), node) == count


def test_what_nobody_gives_becomes_what_somebody_does() -> None:
    found = [one.call for one in USAGE.usual(case("moor(1, 'abc', depth=0.5)", name="moor"), MOOR)]
    assert found == ["moor('north', 'abc', depth=0.5)", "moor(1, [1], depth=0.5)"]
    both = [one.call for one in USAGE.usual(case("knot.tie(b'a')", name="Knot.tie"), TIE)]
    assert both == ["knot.tie('boat')", "knot.tie(b'value')"], "or a word of its own type"


def test_nothing_of_a_type_that_nobody_gives_becomes_nothing_of_one_that_somebody_does() -> None:
    assert "moor('')" in [one.call for one in USAGE.usual(case("moor(0)", name="moor"), MOOR)]
    assert "moor('')" not in [one.call for one in USAGE.usual(case("moor(1)", name="moor"), MOOR)]


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        pytest.param("weather", True, id="nothing is said of it"),
        pytest.param("weather: str", True, id="a text"),
        pytest.param("weather: Optional[str] = None", True, id="a text, or nothing"),
        pytest.param("weather: str | bytes = ''", True, id="one of two"),
        pytest.param("weather: Collection[str]", False, id="several"),
        pytest.param("weather: int", False, id="a number"),
        pytest.param("weather=False", False, id="a switch"),
        pytest.param("*, weather=True", False, id="a switch by name"),
    ],
)
def test_a_parameters_own_name_stands_for_it_where_that_may_be_a_text(asked: str, *, spoken: bool) -> None:
    sail = node(f"def sail({asked}): ...")
    call = "sail(weather='a')" if "*" in asked else "sail('a')"
    found = [one.call for one in USAGE.usual(case(call, name="sail"), sail)]
    assert any("'weather'" in one for one in found) is spoken


def test_a_short_name_is_spoken_whole() -> None:
    hail = node("def hail(msg, tag=None): ...")
    found = [one.call for one in NO_USAGE.usual(case("hail('abc', 'a')", name="hail"), hail)]
    assert found == ["hail('message', 'a')"]


def test_calls_in_the_product_show_what_is_given_too_but_their_words_are_its_own() -> None:
    text = source(
        "class Knot:\n    def __init__(self, tightness): ...\n\nHALF = Knot('half-hitch')\nROUND = Knot([HALF])\n"
    )
    usage, made = Usage.of(Signatures.of([text]), {}, [text]), case("Knot(0.5)", name="Knot.tie")
    assert usage.unheard(made, TIE) == 1
    assert [one.call for one in usage.usual(made, TIE)] == ["Knot('half-hitch')"]
    assert usage.unheard(case("Knot([1])", name="Knot.tie"), TIE) == 0, "somebody gives a list, of what nobody else has"
    assert [one.call for one in usage.usual(case("Knot('a')", name="Knot.tie"), TIE)] == ["Knot('tightness')"]


def test_what_runs_give_an_object_that_is_called_is_what_it_takes() -> None:
    text = source("class Winch:\n    def __call__(self, rope): ...\n")
    turn = definitions(text)["Winch.__call__"][-1]
    usage = replace(Usage.of(Signatures.of([text]), {}), heard={turn: {"rope": frozenset({"str"})}})
    counts = [usage.unheard(case(call, name="Winch.__call__"), turn) for call in ("Winch()(1)", "Winch()('a')")]
    assert counts == [1, 0]


def test_what_runs_put_into_a_list_is_what_belongs_there() -> None:
    usage = replace(WORDS, heard={MOOR: {"items": frozenset({"list"}), "items[]": frozenset({"str"})}})
    found = {text: usage.unheard(case(f"moor('north', {text})", name="moor"), MOOR) for text in (
        "['a']", "('a', None)", "[]", "[boat]", "[1]", "('a', 1)", "1",
    )}  # fmt: skip
    assert [text for text, count in found.items() if count] == ["[1]", "('a', 1)", "1"]


def test_what_runs_give_a_parameter_is_what_it_is_for() -> None:
    text = source("def haul(rope, *others, deep=1): ...\n")
    haul = definitions(text)["haul"][-1]
    heard = {haul: {"rope": frozenset({"Rope"}), "others": frozenset({"str", "dict"})}}
    usage = replace(Usage.of(Signatures.of([text]), {}), heard=heard)
    counts = {call: usage.unheard(case(call, name="haul"), haul) for call in (
        "haul(1)", "haul(rope)", "haul(Rope(1), 'a', {}, deep='a')", "haul(Rope(1), 'a', 2, [])", "haul(*ropes, 1)",
        "haul(None)", "haul(Rope(1), deep=None)",
    )}  # fmt: skip
    assert [*counts.values()] == [1, 0, 1, 2, 0, 1, 0], counts
    assert [one.call for one in usage.usual(case("haul(rope, 2)", name="haul"), haul)] == [
        "haul(rope, {'a': 1})", "haul(rope, 'abc')",
    ]  # fmt: skip


def test_an_object_of_what_only_others_come_from_counts() -> None:
    text = source('class Knot:\n    """An abstract knot."""\n\nclass Reef(Knot):\n    def tie(self): ...\n')
    tie, alone = definitions(text)["Reef.tie"][-1], source(text.text.partition("class Reef")[0])
    calls = ["Knot().tie()", "Reef().tie()", "knot.tie()"]
    usage, free = (Usage.of(Signatures.of([one]), {}) for one in (text, alone))
    assert [usage.unheard(case(call, name="Reef.tie"), tie) for call in calls] == [1, 0, 0]
    assert [free.unheard(case(call, name="Reef.tie"), tie) for call in calls] == [0, 0, 0], "nothing comes from it"


@pytest.mark.parametrize(
    ("begun", "text", "is_odd"),
    [
        pytest.param({"blank"}, "a", True, id="a letter among blanks"),
        pytest.param({"blank"}, "1", True, id="or anything else"),
        pytest.param({"digit", "mark"}, "a", True, id="a letter for a number"),
        pytest.param({"digit"}, "-1", False, id="a mark before one"),
        pytest.param({"letter"}, "1", False, id="a digit for a word"),
        pytest.param({"digit", "letter"}, "a", False, id="words are given too"),
        pytest.param({"blank"}, "", False, id="nothing at all"),
        pytest.param(set(), "a", False, id="nobody gives anything"),
    ],
)
def test_a_text_looks_like_those_that_runs_give(begun: set[str], text: str, *, is_odd: bool) -> None:
    usage = replace(Usage.of(Signatures.of([PIER]), {}), heard={MOOR: {"s''": frozenset(begun)}})
    made = case(f"moor({text!r}, [1, 2])", name="moor")
    assert usage.unheard(made, MOOR) == is_odd
    assert usage.unheard(replace(made, checks=(("raises", "ValueError", "no"),)), MOOR) == 0, "wrong on purpose"
    raised = (("raises", "ValueError", "no"),)
    inside = replace(made, function="pier/a.py::Knot.tie", call=f"{made.call}.tie(boat)", checks=raised)
    assert usage.unheard(inside, TIE) == is_odd, "of what is made before, nothing is wrong on purpose"
    likes = {"blank": ["moor(' ', [1, 2])"], "digit": ["moor('12', [1, 2])"]}
    assert [one.call for one in usage.usual(made, MOOR)] == [
        one for kind in sorted(begun) for one in likes.get(kind, ()) if is_odd
    ]


@pytest.mark.parametrize(
    ("call", "error", "count"),
    [
        pytest.param("moor('a', 2)", "TypeError", 0, id="what it is refused for"),
        pytest.param("moor(1, 2)", "TypeError", 1, id="one more"),
        pytest.param("moor('a', 2)", "ValueError", 1, id="what it is not refused for"),
        pytest.param("moor(1)", "ValueError", 0, id="all that is given"),
        pytest.param("moor(0)", "ValueError", 1, id="all that is given, but it is refused for being nothing"),
        pytest.param("moor(0)", "TypeError", 0, id="nothing, refused for its type"),
    ],
)
def test_of_what_is_refused_one_may_be_wrong_on_purpose(call: str, error: str, count: int) -> None:
    assert USAGE.unheard(case(call, name="moor", checks=(("raises", error, "no"),)), MOOR) == count


def test_what_is_not_meant_becomes_a_plain_one_that_is() -> None:
    lash = node("def lash(func, more={}, s='', name=''):\n    return func(**more)")
    known = case("lash(1, [2], 3, name=4)", name="lash")
    assert USAGE.unheard(known, lash) == 4
    ways = [one.call for one in USAGE.usual(known, lash)]
    assert ways == [
        "lash(len, [2], 3, name=4)",
        "lash(1, {'a': 1}, 3, name=4)",
        "lash(1, [2], 'abc', name=4)",
        "lash(1, [2], 3, name='name')",
    ]


def test_the_call_is_chosen_that_gives_what_tests_give_though_it_is_longer() -> None:
    odd, usual = case("moor(1, 'a')", name="moor"), case("moor('a', [1, 2])", name="moor")
    assert chosen([odd, usual], lambda _: MOOR, Custom({}, USAGE)) == [usual]
    assert chosen([odd, usual], lambda _: MOOR) == [odd]


def test_a_word_costs_a_reader_nothing_wherever_it_comes_back() -> None:
    assert spared(case("tie('value')", "'value'")) == 2 * len("'value'")
    assert spared(case("tie('abc', 'a, b')", "'abc'")) == 0


@pytest.mark.parametrize(
    ("call", "is_odd"),
    [
        pytest.param("Knot(0).tie(1)", True, id="tests give other numbers"),
        pytest.param("Knot(2).tie(1)", False, id="one that nobody gives"),
        pytest.param("Knot(3, 0).tie(1)", False, id="of what nobody gives numbers to"),
        pytest.param("Knot(3).tie(0)", False, id="what is tested itself"),
    ],
)
def test_an_object_is_made_with_no_nought_where_tests_give_other_numbers(call: str, *, is_odd: bool) -> None:
    usage = Usage.of(
        Signatures.of([PIER]), {"Knot": [case("Knot(3)"), case("Knot(1, 'a')")], "tie": [case("a.tie(2)")]}
    )
    assert usage.noughts(case(call, name="Knot.tie"), TIE) == is_odd
    other = case(call.replace("0", "1"), name="Knot.tie")
    assert (
        weight(case(call, name="Knot.tie"), TIE, Custom({}, usage)) > weight(other, TIE, Custom({}, usage))
    ) == is_odd


def test_what_is_made_with_a_nought_is_tried_with_what_tests_give() -> None:
    usage = Usage.of(Signatures.of([PIER]), {"Knot": [case("Knot(3)"), case("Knot(1, 'a')")]})
    tried = [one.call for one in usage.usual(case("Knot(0).tie(1)", name="Knot.tie"), TIE)]
    assert "Knot(3).tie(1)" in tried
    assert not [*usage.usual(case("Knot(2).tie(1)", name="Knot.tie"), TIE)]


def test_what_is_made_with_a_nought_is_tested_so() -> None:
    usage = Usage.of(Signatures.of([PIER]), {"Knot": [case("Knot(3)")]})
    assert usage.noughts(case("Knot(0)", name="Knot.__init__"), definitions(PIER)["Knot.__init__"][-1]) == 0


def test_what_runs_call_is_known_only_where_they_were_recorded() -> None:
    recorded = Recording(
        {"pier/a.py::moor": ("t",), "pier/a.py::gone": ()}, {}, {}, {}, RECEIPT, outside=frozenset("o")
    )
    ground = Ground({}, LAYOUT, PACKAGED, FakeExperiments(recorded=recorded), {PIER.path: PIER}, [])
    assert ground.usage.ran == frozenset({"pier/a.py::moor", "o"})
    broken = FakeExperiments(recorded=replace(recorded, trouble="the suite fares otherwise"))
    assert replace(ground, experiments=broken).usage.ran is None


@pytest.mark.parametrize(
    ("call", "characters"),
    [
        pytest.param("moor('00-50-C2', [])", 8, id="as tests give it"),
        pytest.param("moor('00-50', [])", 0, id="a part of it"),
        pytest.param("moor('a', ['b'], '00-50-C2')", 0, id="in another place"),
        pytest.param("moor('a', [])", 0, id="a letter"),
        pytest.param("moor('north', [])", 0, id="a word says what it stands for anyway"),
    ],
)
def test_a_text_that_tests_give_is_no_more_to_read_than_a_shorter_one(call: str, characters: int) -> None:
    tests = {"moor": [case("moor('00-50-C2', [1])"), case("moor('a', [1])"), case("moor('north', [1])")]}
    usage = Usage.of(Signatures.of([PIER]), tests)
    one = case(call, name="moor", kills="m")
    assert usage.familiar(one, MOOR) == characters
    nobody = Usage.of(Signatures.of([PIER]), {})
    assert weight(one, MOOR, Custom({}, usage)) == weight(one, MOOR, Custom({}, nobody)) - characters


@pytest.mark.parametrize(
    ("call", "ways"),
    [
        pytest.param("moor('12', [])", ["moor('1:2', [])", "moor('00-50-C2', [])"], id="the shortest two"),
        pytest.param("moor('00-50-C2', [])", [], id="it is one"),
        pytest.param("moor('', [])", [], id="nothing is given"),
        pytest.param("moor('north', [], '12')", [], id="in another place"),
    ],
)
def test_where_tests_give_texts_with_a_form_a_made_up_one_becomes_one_of_them(call: str, ways: list[str]) -> None:
    given = ("00-50-C2", "1:2", "00-50-C2-F3", "north", "a-very-long-text-of-this-form-12")
    usage = Usage.of(Signatures.of([PIER]), {"moor": [case(f"moor('{one}', [1])") for one in given]})
    found = [one.call for one in usage.usual(case(call, name="moor"), MOOR)]
    assert [one for one in found if "-" in one or ":" in one] == ways


def test_bytes_that_tests_give_stay_what_they_are() -> None:
    usage = Usage.of(Signatures.of([PIER]), {"moor": [case(r"moor(b'\xff\x00:1', [1])")]})
    assert [one.call for one in usage.usual(case("moor(b'12', [])", name="moor"), MOOR)] == [r"moor(b'\xff\x00:1', [])"]
