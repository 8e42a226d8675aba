"""Which tests a person is shown, and in what order."""

import ast
from dataclasses import replace

import pytest

from improver.experiments import Case
from improver.judging.functions import definitions
from improver.judging.mutants import mutants_of
from improver.writing.choice.custom import Custom
from improver.writing.choice.promises import announced
from improver.writing.choice.ranking import GUESSED, HEAVIEST, UNTOLD, is_slight, presentable, price
from improver.writing.choice.refusals import refusals_of
from improver.writing.choice.usage import NO_USAGE
from improver.writing.inputs.misfits import Signatures
from improver.writing.layout.grouping import Row, Written
from tests.improver.calls import case, plain, source

NOBODY = Custom({})
FLAT = source("def flat(sea):\n    if sea:\n        return False\n    return sea * 2\n")
FALSE = next(one.name for one in mutants_of(FLAT, ["flat"], 40) if one.line == 3 and one.name.endswith("`return None`"))


def written(name: str, *cases: Case) -> Written:
    return Written(f"test_{name}", cases)


def shown(*tests: Written, covered: frozenset[str] = frozenset()) -> list[str]:
    return [test.name for test in presentable(tests, plain, NOBODY, covered)]


def test_what_notices_most_for_what_there_is_to_read_comes_first() -> None:
    long = written("long", case(f"depth({[*range(10, 26)]}, 4)", "27", kills="a"))
    short = written("short", case("depth(3, 4)", "7", kills="a"))
    strong = written("strong", case("depth(3, 4)", "7", kills="a b"))
    assert shown(long, short, strong) == ["test_strong", "test_short", "test_long"]
    longer = written("long", replace(long.cases[0], kills=frozenset("abcd")))
    assert shown(longer, short, strong) == ["test_strong", "test_long", "test_short"]


def test_what_notices_nothing_of_its_own_is_not_shown() -> None:
    one = case("depth(3, 4)", "7")
    assert shown(written("idle", replace(one, kills=frozenset())), written("strong", one)) == ["test_strong"]


@pytest.mark.parametrize(
    ("head", "says"),
    [
        pytest.param("def f(a):\n    '''Deprecated copy of g.'''\n", False, id="its docstring begins so"),
        pytest.param("@deprecated('use g')\ndef f(a):\n", False, id="it is marked"),
        pytest.param("def f(a):\n    warn('use g', DeprecationWarning)\n", False, id="it warns of it"),
        pytest.param("def f(a):\n    w.warn('', category=b.DeprecationWarning)\n", False, id="it warns by name"),
        pytest.param("def f(a):\n    if a == 1:\n        warn('1', DeprecationWarning)\n", True, id="only of some"),
        pytest.param("def f(a):\n    warn('look', UserWarning)\n", True, id="it warns of something else"),
        pytest.param("@deprecated_argument('b')\ndef f(a):\n", True, id="an argument is"),
        pytest.param("def f(a):\n    '''Not deprecated.'''\n", True, id="it is not"),
    ],
)
def test_what_nobody_should_call_any_more_gets_no_test(head: str, *, says: bool) -> None:
    function = definitions(source(f"{head}    return a + 1\n"))["f"][-1]
    test = written("f", case("f(2)", "3", name="f"))
    found = presentable([test], lambda _: function, NOBODY, frozenset())
    assert [one.name for one in found] == ["test_f"] * says


def test_what_is_long_to_read_is_not_shown() -> None:
    calls = [case(f"depth({[*range(10, 10 + count)]}, 4)", "27") for count in (5, 40)]
    fair, heavy, table = written("fair", calls[0]), written("heavy", calls[1]), written("table", *calls)
    assert price(fair, plain, NOBODY) <= HEAVIEST < price(heavy, plain, NOBODY)
    assert shown(heavy, fair) == ["test_fair"]
    assert price(table, plain, NOBODY) == sum(price(one, plain, NOBODY) for one in (fair, heavy)) / 2


def test_what_gives_a_value_of_a_type_that_nobody_gives_is_not_shown() -> None:
    one, node = case("depth(3, 4)", "7"), plain("")
    known = Custom({}, replace(NO_USAGE, heard={node: {"sea": frozenset({"Sea"})}}))
    made, seen = written("made", one), written("seen", replace(one, origin="recorded"))
    assert shown(made, seen) == ["test_made", "test_seen"]
    assert presentable([made, seen], lambda _: node, known, ()) == [seen]


@pytest.mark.parametrize(
    ("kind", "ran", "call", "says"),
    [
        pytest.param("eq", "", "shore(1)", False, id="a value that nobody has asked for"),
        pytest.param("is", "", "shore(1)", False, id="nor for a verdict"),
        pytest.param("raises", "", "shore(1)", True, id="an error is announced in its own words"),
        pytest.param("eq", "depth", "shore(1)", True, id="a run calls it"),
        pytest.param("eq", "", "depth(1)", True, id="a test calls it, or the product"),
        pytest.param("eq", "", "__all__ = ['depth']", True, id="its file gives it out"),
        pytest.param("eq", "", "__all__ = ['shore']", False, id="another one"),
    ],
)
def test_of_what_nothing_calls_no_value_is_shown(kind: str, ran: str, call: str, *, says: bool) -> None:
    given_out = announced([source(call)])
    calls = {call.partition("(")[0]: [ast.Call(ast.Name("f", ast.Load()), [], [])]}
    functions = frozenset(f"pier/a.py::{name}" for name in ran.split())
    known = Custom({}, replace(NO_USAGE, calls=calls, ran=functions, announced=given_out))
    tests = [written("a", case("depth(3, 4)", checks=((kind, "result", "ValueError"),)))]
    assert bool(presentable(tests, plain, known, ())) is says
    assert presentable(tests, plain, replace(known, usage=replace(known.usage, ran=None)), ()) == tests


@pytest.mark.parametrize(("name", "says"), [("__eq__", True), ("__hash__", True), ("__getitem__", False)])
def test_what_means_the_same_of_any_object_needs_no_caller(name: str, *, says: bool) -> None:
    node, known = (
        definitions(source(f"def {name}(self, other): return 1\n"))[name][-1],
        replace(NO_USAGE, ran=frozenset()),
    )
    test = written("a", case("Sea(3) == Sea(4)", "1", name=f"Sea.{name}"))
    assert bool(presentable([test], lambda _: node, Custom({}, known), ())) is says


def test_what_the_left_side_does_is_no_test_of_a_method_for_the_right_one() -> None:
    tests = [written(name, case("Box(7) % Box(4)", "3", name=f"Box.__{name}__")) for name in ("rmod", "mod")]
    assert shown(*tests) == ["test_mod"]


def test_an_example_says_what_a_function_is_for() -> None:
    node = definitions(source('def depth(sea):\n    """>>> depth(3)\n    3"""\n    return sea * 2\n'))["depth"][-1]
    known = Custom({}, replace(NO_USAGE, ran=frozenset()))
    tests = [written("a", case("depth(3)", "6"))]
    assert presentable(tests, lambda _: node, known, ()) == tests
    assert presentable(tests, plain, known, ()) == []


def test_what_an_annotation_forbids_is_not_shown_though_it_is_refused() -> None:
    text = source("def depth(sea: str, low=0): ...\n")
    known = Custom({}, replace(NO_USAGE, signatures=Signatures.of([text])))
    refused = case("depth(3, 4)", checks=(("raises", "ValueError", "no sea"),))
    tests = [written("wrong", refused), written("right", replace(refused, call="depth('a', 4)"))]
    found = presentable(tests, lambda _: definitions(text)["depth"][-1], known, ())
    assert [test.name for test in found] == ["test_right"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("return {'type': 'sea', 'children': [low, far]}", False, id="a literal of what it is given"),
        pytest.param('"""Pair them."""\n    return low, far', False, id="and a docstring"),
        pytest.param("return far", False, id="as it was given"),
        pytest.param("return 600", False, id="what it is is written there"),
        pytest.param("return [low, far + 1]", True, id="it reckons"),
        pytest.param("return [low, str(far)]", True, id="it calls"),
        pytest.param("low += 1\n    return low, far", True, id="it does something before"),
        pytest.param("return", True, id="it gives nothing"),
    ],
)
def test_a_function_that_only_hands_on_what_it_is_given_needs_no_test(text: str, *, says: bool) -> None:
    node = definitions(source(f"def pair(low, far):\n    {text}\n"))["pair"][-1]
    value, error = case("pair(3, 4)", "(3, 5)"), case("pair(3, 4)", checks=(("raises", "ValueError", "no"),))
    assert is_slight(written("pair", value), lambda _: node, ()) is not says
    assert not is_slight(written("pair", error), lambda _: node, ())


@pytest.mark.parametrize(
    ("call", "says"),
    [
        pytest.param("depth([1, 1], 'a')", False, id="of numbers, which have none such"),
        pytest.param("depth([1, 2] * 2, key='a')", False, id="by name"),
        pytest.param("depth([1, 2], 'imag')", True, id="they have that"),
        pytest.param("depth(boats, 'a')", True, id="who knows what those have"),
        pytest.param("depth([1, 2], len)", True, id="no name"),
        pytest.param("depth([1, 2], sign='a')", True, id="for something else"),
    ],
)
def test_an_attribute_that_nothing_has_shows_only_what_stands_in(call: str, *, says: bool) -> None:
    text = "def depth(sea, key, sign=''):\n    found = [getattr(one, key, one) for one in sea]\n    return found\n"
    node = definitions(source(text))["depth"][-1]
    assert is_slight(written("depth", case(call, "[1, 2]")), lambda _: node, ()) is not says


@pytest.mark.parametrize(
    ("subject", "says"),
    [
        pytest.param("box.lists", False, id="how it keeps things"),
        pytest.param("box.inner.lists", False, id="further in"),
        pytest.param("len(box)", True, id="what others may ask"),
        pytest.param("box", True, id="itself"),
        pytest.param("result.lists", True, id="of what comes back"),
        pytest.param("module.lists", True, id="of something else"),
        pytest.param("TIDES.lists", False, id="of what the module holds"),
        pytest.param("result.inner.lists", False, id="within what comes back"),
        pytest.param("result.inner.lists()", True, id="what others may ask of that"),
    ],
)
def test_how_an_object_keeps_what_it_holds_is_its_own_affair(subject: str, *, says: bool) -> None:
    one = case("box.turn(TIDES)", setup=("box = Box([1, 2])",), checks=(("eq", subject, "[[2, 1]]"),))
    one = replace(one, imports=(("pier.a", "Box"), ("pier.a", "TIDES"), ("pier.module", "")))
    assert is_slight(written("turn", one), plain, ()) is not says


@pytest.mark.parametrize(
    ("call", "wanted", "says"),
    [
        pytest.param("depth('')", "'_'", False, id="a mark of nothing"),
        pytest.param("depth(sea=b'')", "b'0'", False, id="of no bytes"),
        pytest.param("depth('')", "''", True, id="nothing of nothing"),
        pytest.param("depth('', 'a')", "'a'", True, id="of something else"),
        pytest.param("depth('a')", "'_'", True, id="of a text"),
        pytest.param("depth('')", "3", True, id="a number"),
    ],
)
def test_a_text_that_comes_of_nothing_needs_no_test(call: str, wanted: str, *, says: bool) -> None:
    assert is_slight(written("depth", case(call, wanted)), plain, ()) is not says


def test_a_name_that_only_counts_comes_after_one_that_tells_and_is_not_shown_beside_its_own() -> None:
    one = case("depth(3, 2)", "7")
    assert shown(written("a_2", one), written("b", one)) == ["test_b", "test_a_2"]
    assert shown(written("a_2", one), written("a", one)) == ["test_a"]
    assert shown(written("a_3", one), written("a_7", one), written("a_5", one)) == ["test_a_3", "test_a_7"]
    assert shown(written("base_64", case("base_64(3, 2)", "7"))) == ["test_base_64"]  # the function's own
    assert shown(written("a_1", case("depth(31, 12)", "17"))) == []
    assert shown(written("a_with_2", one), written("b_at_depth_2", one)) == ["test_b_at_depth_2", "test_a_with_2"]


@pytest.mark.parametrize(
    ("origin", "kind", "later"),
    [
        pytest.param("varied", "eq", True, id="made up, with a value"),
        pytest.param("after", "approx", True, id="made up, with one that is near"),
        pytest.param("varied", "is", True, id="made up, with a verdict"),
        pytest.param("text", "is", False, id="a verdict on what tests give"),
        pytest.param("varied", "raises", False, id="an error"),
        pytest.param("text", "eq", False, id="as tests and docstrings call it"),
        pytest.param("recorded", "eq", False, id="as it was called"),
    ],
)
def test_a_value_that_nobody_has_said_to_be_right_comes_later(origin: str, kind: str, *, later: bool) -> None:
    one = case("depth(3, 4)", checks=((kind, "result", "7"),))
    known = price(written("a", replace(one, origin="recorded")), plain, NOBODY)
    found = price(written("a", replace(one, origin=origin)), plain, NOBODY)
    assert (found >= known + GUESSED) is later


def test_a_number_in_a_name_costs_nothing_where_a_fault_speaks_of_it() -> None:
    faults = [f"pier/b.py:4: `sea > 30` → `sea > {limit}`" for limit in (31, 99)]
    calls = [replace(case("depth(31)", "7"), kills=frozenset({fault})) for fault in faults]
    told, untold = (price(written("depth_with_sea_31", one), plain, NOBODY) for one in calls)
    assert told + UNTOLD == untold


def test_which_of_two_false_values_comes_back_is_not_worth_a_test() -> None:
    one = case("depth(3, 4)", "False")
    test = written("depth_is_false", replace(one, kills=frozenset({FALSE})))
    assert shown(test, covered=frozenset({FALSE})) == []
    assert shown(test) == ["test_depth_is_false"], "no test runs that line"
    parts = written("depths", replace(one, call="[depth(3, 4)]", checks=(("eq", "result", "[3]"),), kills=test.kills))
    assert shown(parts, covered=frozenset({FALSE})) == [], "whatever it is a part of"
    doubled = "pier/a.py:4: `sea * 2` → `sea / 2`"
    more = written("depth_is_false", replace(one, kills=frozenset({FALSE, doubled})))
    assert not is_slight(more, plain, {FALSE, doubled})


@pytest.mark.parametrize("given", ["NotImplemented", "isinstance(...)"])
def test_whether_none_comes_of_what_counts_as_false_is_not_worth_a_test(given: str) -> None:
    fault = f"pier/a.py:3: `return {given}` → `return None`"
    test = written("box_equals_str_is_false", replace(case("Box(1) == 'a'", "False"), kills=frozenset({fault})))
    assert shown(test, covered=frozenset({fault})) == []
    assert shown(test) == ["test_box_equals_str_is_false"], "no test runs that line"
    order = replace(test.cases[0], checks=(("raises", "TypeError", ""),))
    assert shown(replace(test, cases=(order,)), covered=frozenset({fault})) == ["test_box_equals_str_is_false"]


@pytest.mark.parametrize(
    ("kind", "fault", "names", "count"),
    [
        pytest.param("eq", "2: `7` → `{}`", ("depth", "depth", "depth"), 2, id="two ends of a range"),
        pytest.param("eq", "{}: `7` → `8`", ("depth", "depth", "depth"), 3, id="other lines"),
        pytest.param("eq", "2: `7` → `{}`", ("depth", "tide", "ebb"), 3, id="other functions"),
        pytest.param("raises", "2: `7` → `{}`", ("depth", "depth", "depth"), 1, id="refused at one line"),
        pytest.param("raises", "2: `7` → `{}`", ("depth", "tide", "ebb"), 3, id="refused by others"),
        pytest.param("raises", "2: `raise X` → `{}`", ("depth", "tide", "ebb"), 1, id="one raise for all of them"),
    ],
)
def test_what_shows_the_same_again_and_again_is_shown_once_or_twice(
    kind: str, fault: str, names: tuple[str, ...], count: int
) -> None:
    checks = ((kind, "ValueError" if kind == "raises" else "result", "1"),)
    cases = [case(f"{name}({at})", checks=checks, name=name) for at, name in enumerate(names)]
    tests = [
        written(f"{one}_{at}", replace(made, kills=frozenset({f"pier/a.py:{fault.format(at)}"})))
        for at, one, made in zip(("low", "high", "flat"), names, cases, strict=True)
    ]
    assert len(shown(*tests)) == count


@pytest.mark.parametrize(
    ("faults", "says"),
    [
        pytest.param(["pier/a.py:2: `'é'` → `''`"], False, id="letters that no docstring may hold"),
        pytest.param(["pier/a.py:2: `'é'` → `''`", "pier/a.py:3: `4` → `5`"], True, id="one of two"),
        pytest.param(["pier/a.py:3: `4` → `5`"], True, id="a number"),
    ],
)
def test_a_test_of_which_nobody_could_say_what_it_is_for_is_not_shown(faults: list[str], *, says: bool) -> None:
    test = written("depth_with_sea", replace(case("depth(3, 4)", "7"), kills=frozenset(faults)))
    assert bool(shown(test)) is says


BOX = definitions(
    source("""\
class Box:
    def __init__(self, size=3, loud=False):
        self.size, self.loud = size, loud

    def take(self, more=None):
        return self.size

    def drop(self, more=None):
        self.size = more


def boxed(size=3, loud=False):
    return Box(size, loud)
""")
)


def poor(call: str, subject: str, wanted: str, method: str = "take", kills: str = "m") -> bool:
    kind = "is" if wanted in ("None", "True", "False") else "eq"
    one = replace(case(call, checks=((kind, subject, wanted),)), kills=frozenset({kills}))
    return is_slight(written("a", one), lambda _: BOX[method if method == "boxed" else f"Box.{method}"][-1], ())


@pytest.mark.parametrize(
    ("call", "wanted", "method", "is_poor"),
    [
        pytest.param("Box().take()", "[]", "take", True, id="nothing in what is made of nothing"),
        pytest.param("len(Box())", "0", "take", True, id="nor is there any of it"),
        pytest.param("Box(loud=True).take()", "None", "take", True, id="though it is told how to be"),
        pytest.param("Box().take()", "3", "take", False, id="something"),
        pytest.param("Box(4).take()", "0", "take", False, id="nothing in what is made of something"),
        pytest.param("Box().take(more=0)", "0", "take", False, id="what it is given"),
        pytest.param("Box().take(more=10)", "0", "take", True, id="a digit of what it is given"),
        pytest.param("Box() == Box(2)", "False", "take", False, id="a comparison has two sides"),
        pytest.param("2 in Box()", "False", "take", True, id="what is sought is none"),
        pytest.param("Box(4).drop()", "None", "drop", True, id="None of what gives nothing else"),
        pytest.param("Box(4).take()", "None", "take", False, id="None of what may give something"),
    ],
)
def test_what_finds_nothing_where_nothing_is_says_little(call: str, wanted: str, method: str, *, is_poor: bool) -> None:
    assert poor(call, "result", wanted, method) is is_poor


@pytest.mark.parametrize(
    ("call", "wanted", "says"),
    [
        pytest.param("depth(sea)", "sea", False, id="what it was given"),
        pytest.param("box.take(sea)", "sea", False, id="by a method"),
        pytest.param("box.take(sea)", "box", True, id="itself"),
        pytest.param("depth(sea)", "True", True, id="a verdict"),
    ],
)
def test_what_only_hands_back_what_it_was_given_needs_no_test(call: str, wanted: str, *, says: bool) -> None:
    one = case(call, setup=("sea = {'a': 1}", "box = Box()"), checks=(("is", "result", wanted),))
    assert is_slight(written("depth", one), plain, ()) is not says


@pytest.mark.parametrize("call", ["tides()", "tides(3)", "Box().tides()"])
def test_how_much_there_is_of_who_knows_what_says_nothing(call: str) -> None:
    count, more = ("eq", "len(result)", "12"), ("eq", "result[0]", "3")
    assert is_slight(written("tides", case(call, checks=(count,))), plain, ())
    assert not is_slight(written("tides", case(call, checks=(count, more))), plain, ())


@pytest.mark.parametrize(
    ("name", "origin", "says"),
    [
        pytest.param("depth", "varied", False, id="what is called"),
        pytest.param("depth", "text", True, id="of a call that somebody wrote"),
        pytest.param("depth", "recorded", True, id="of one that a run made"),
        pytest.param("depth_with_more", "varied", True, id="and why"),
        pytest.param("depth_is_true", "varied", False, id="and what it is ruled to be"),
        pytest.param("depth_is_false", "text", True, id="ruled of a call that somebody wrote"),
        pytest.param("depth_with_more_is_false", "varied", True, id="what it is ruled to be, and why"),
        pytest.param("depth_is_empty", "varied", True, id="and what comes of it"),
    ],
)
def test_a_made_up_call_with_a_name_that_says_only_what_is_called(name: str, origin: str, *, says: bool) -> None:
    one = replace(case("depth(3, 4)", "7"), origin=origin)
    assert is_slight(written(name, one), plain, ()) is not says
    assert not is_slight(written(name, replace(one, checks=(("raises", "ValueError", "low"),))), plain, ())
    bare = written("depth_is_true", replace(one, call="depth()"))
    assert not is_slight(bare, plain, ()), "nothing is given that it depends on"


def test_one_line_of_a_text_says_little() -> None:
    assert poor("Box(4).take()", "result.splitlines()[2]", "'a b'")
    assert not poor("Box(4).take()", "result.splitlines()", "['a b']")


@pytest.mark.parametrize(
    ("subject", "wanted", "place", "is_poor"),
    [
        pytest.param("result.loud", "False", "a.py:12", True, id="a switch"),
        pytest.param("result.size", "3", "a.py:12", True, id="a number"),
        pytest.param("result.size", "'three'", "a.py:12", False, id="a word"),
        pytest.param("result.size", "b' '", "a.py:12", True, id="a mark"),
        pytest.param("result.size", "3", "a.py:13", False, id="a fault of what is done"),
        pytest.param("result.size", "3", "b.py:12", False, id="a fault in another file"),
        pytest.param("result.take()", "3", "a.py:12", False, id="what it does"),
    ],
)
def test_that_a_default_is_kept_says_little(subject: str, wanted: str, place: str, *, is_poor: bool) -> None:
    assert poor("boxed()", subject, wanted, "boxed", f"pier/{place}: `3` → `4`") is is_poor


@pytest.mark.parametrize(
    ("call", "setup", "subject", "is_poor"),
    [
        pytest.param("Box('red')", (), "result.colour", True, id="what is given"),
        pytest.param("Box(colour='red')", (), "result.colour", True, id="by name"),
        pytest.param("Box(one)", ("one = 'red'",), "result.colour", True, id="under a name"),
        pytest.param("Box('blue')", (), "result.colour", False, id="something else"),
        pytest.param("Box('red')", (), "result.colour()", False, id="what a method gives"),
    ],
)
def test_an_attribute_that_only_holds_what_was_given_says_little(
    call: str, setup: tuple[str, ...], subject: str, *, is_poor: bool
) -> None:
    one = replace(case(call, setup=setup, checks=(("eq", subject, "'red'"),)), kills=frozenset("m"))
    assert is_slight(written("a", one), lambda _: BOX["boxed"][-1], ()) is is_poor


@pytest.mark.parametrize(
    ("subject", "name", "is_poor"),
    [
        pytest.param("result.walls", "Box.__init__", True, id="an attribute"),
        pytest.param("result.walls", "Box.walls", False, id="what is reckoned when it is asked for"),
        pytest.param("result.walls", "boxed", False, id="of what a function gives"),
        pytest.param("len(result)", "Box.__init__", False, id="what others may ask"),
    ],
)
def test_what_an_object_is_like_when_it_is_made_needs_no_test(subject: str, name: str, *, is_poor: bool) -> None:
    one = replace(case("Box(4)", checks=(("eq", subject, "16"),), name=name), kills=frozenset("m"))
    assert is_slight(written("a", one), lambda _: BOX["Box.take"][-1], ()) is is_poor


def test_an_error_that_a_test_demands_already_belongs_there() -> None:
    tests = [source("def test_depth():\n    with raises(ValueError):\n        depth(3)\n", "tests/test_a.py")]
    wet = written("wet", case("depth(4)", checks=(("raises", "ValueError", "too deep"),), kills="a"))
    known = Custom({}, replace(NO_USAGE, refusals=refusals_of(tests)))
    assert presentable([wet], plain, known, {"a"}) == []
    assert presentable([wet], plain, known, {"b"}) == [wet], "no test runs that line"
    assert presentable([wet], plain, NOBODY, {"a"}) == [wet], "no test demands it"


@pytest.mark.parametrize(
    ("values", "is_poor"), [(("7", "7"), True), (("7", "8"), False), (("True", "True"), False)], ids=str
)
def test_a_table_of_one_value_shows_no_difference(values: tuple[str, str], *, is_poor: bool) -> None:
    kind = "is" if values[0] == "True" else "eq"
    cases = [case(f"depth({at})", checks=((kind, "result", wanted),)) for at, wanted in enumerate(values)]
    rows = tuple(Row((str(at),), wanted, str(at)) for at, wanted in enumerate(values))
    table = Written("test_depth_of_numbers", tuple(cases), ("sea",), rows, "depth(sea)")
    assert is_slight(table, plain, ()) is is_poor


@pytest.mark.parametrize(
    ("name", "kind", "is_poor"),
    [
        pytest.param("depth_is_true", "is", True, id="what made up ones are ruled to be"),
        pytest.param("depth_of_numbers_is_true", "is", False, id="of which kind those are"),
        pytest.param("depth", "eq", True, id="nothing but what they are calls of"),
        pytest.param("depth_edge_cases", "eq", True, id="nor what makes them so"),
        pytest.param("depth_by_sea", "eq", True, id="what differs"),
        pytest.param("depth_of_numbers", "eq", False, id="what they have in common"),
        pytest.param("depth", "raises", False, id="they are refused"),
    ],
)
def test_a_table_says_what_its_rows_have_in_common(name: str, kind: str, *, is_poor: bool) -> None:
    origin = "varied" if kind == "is" else "text"
    told = [
        replace(case(f"depth({at})", checks=((kind, "result", one),)), origin=origin) for at, one in enumerate("78")
    ]
    rows = tuple(Row((str(at),), wanted, str(at)) for at, wanted in enumerate("78"))
    table = Written(f"test_{name}", tuple(told), ("sea",), rows, "depth(sea)")
    assert is_slight(table, plain, ()) is is_poor
    known = replace(table, cases=tuple(replace(one, origin="text") for one in told))
    assert is_slight(known, plain, ()) is (is_poor and kind != "is")
