"""What texts a function is given to read: those that its patterns match, and those that are like a known one."""

import re
import sys

import pytest

from improver.verify import calling, matching, seeking, texting, varying

STAMP = re.compile(r"(\d{4})-(0[1-9]|1[012])(T\d{2})?(?P<zone>Z|[+-]\d\d)?$")
UNITS = {"h": 3600, "m": 60}
AMOUNT = re.compile(r"(\d+) ?([a-z])")


def stamped(text: str) -> bool:
    """Tell whether a text is a stamp."""
    return STAMP.match(text) is not None


def seconds(text: str) -> int:
    """Read an amount with its unit."""
    return sum(int(number) * UNITS[unit] for number, unit in AMOUNT.findall(text))


def both(text: str) -> tuple[bool, int]:
    """Leave it to others."""
    return stamped(text), seconds(text)


class Marks:
    """Reads what stands between marks."""

    MARK = re.compile(r"<(\w+)>")

    def read(self, text: str) -> list[str]:
        """Return what stands there."""
        return [*self.MARK.findall(text), *re.split("[;|]", text)]


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        pytest.param("a(b|cd)e", ["abe", "aabeb", "abe abe", "acde"], id="each branch"),
        pytest.param("^ab?$", ["ab", "a"], id="with and without what may be left out"),
        pytest.param("^[+-]1$", ["+1", "-1"], id="each of few characters"),
        pytest.param("^x{2,3}$", ["xx", "xxx"], id="the bounds of repeats"),
        pytest.param("^y+$", ["y", "yy", "yyyyyyy"], id="repeats without a bound"),
        pytest.param(r"^([a-z])=\1$", ["a=a"], id="a group again"),
        pytest.param(r"^(a(?:b|c))?$", ["ab", "ac"], id="a choice within what may be left out"),
        pytest.param(r"^\s*$", [" ", "   ", "  "], id="little space"),
        pytest.param("(?<=x)y", [], id="what must stand before it is not made"),
        pytest.param("z{30}", [], id="many repeats"),
        pytest.param("^(☃|b)$", ["☃", "b"], id="any character that is written"),
        pytest.param("[☃-☄]", [], id="rare ones that are not"),
    ],
)
def test_shortest_texts_of_a_pattern(pattern: str, wanted: list[str]) -> None:
    assert matching.texts_of(re.compile(pattern)) == wanted


def test_numbers_of_so_many_places_are_those_of_a_date() -> None:
    texts = matching.texts_of(STAMP)
    assert texts[0] == "2001-02T03Z"
    assert {"2001-02", "2001-02Z", "2001-02T03", "2001-02T03+45", "2001-10T02Z", "2001-02T03-45"} <= set(texts)
    assert all(map(STAMP.search, texts))


def test_bytes_are_made_for_a_pattern_of_bytes() -> None:
    assert matching.texts_of(re.compile(rb"^\xff[0-9a-f]$")) == [b"\xffa"]


def test_one_pattern_has_so_many_texts() -> None:
    assert len(matching.texts_of(re.compile("^" + "([abcd])" * 15 + "$"))) == matching.FORMS


def test_a_function_looks_for_what_its_patterns_match_and_its_constants_hold() -> None:
    texts = texting.forms(seconds, "tests", matching.texts_of)
    assert texts[:3] == ["1 a", "1 h", "h"]
    assert {"1 m", "m", "1a", "12 a"} <= set(texts)


def test_and_for_what_those_do_that_it_calls() -> None:
    texts = texting.forms(both, "tests", matching.texts_of)
    assert {"2001-02T03Z", "1 a"} <= set(texts)
    assert texting.forms(both, "elsewhere", matching.texts_of) == []


def test_a_method_names_patterns_of_its_class_or_writes_them_out() -> None:
    texts = texting.forms(Marks.read, "tests", matching.texts_of)
    assert {"<a>", "a<a>b", ";", "a;b", "|"} <= set(texts)


def test_who_has_no_code_looks_for_nothing() -> None:
    assert texting.forms(len, "tests", matching.texts_of) == []


def test_a_text_of_several_parts_breaks_off_or_has_another_part() -> None:
    found = [*texting.restructured("v1.9")]
    assert found[0] == "v"
    assert {"v1", "v1.", "1.9", "v.9", "v0.9", "v2.9", "v1.10", "v19", "v1..9", "v1,9", "vv1.9"} <= set(found)
    assert "0.9" in texting.restructured("0.98")
    assert [*texting.restructured("word")] == [*texting.restructured("a," * 20)] == []


@pytest.mark.parametrize(
    ("text", "first"),
    [
        pytest.param("#fff", "#abc", id="letters"),
        pytest.param("10:00", "12:34", id="digits"),
        pytest.param("FOO-1-1", "abc-1-2", id="both"),
        pytest.param("aab", "abc", id="of one part"),
        pytest.param("a.b", "a", id="none are alike"),
    ],
)
def test_in_the_first_text_like_another_no_two_letters_are_alike(text: str, first: str) -> None:
    assert next(texting.restructured(text)) == first


@pytest.mark.parametrize(
    ("call", "said"),
    [("f(64, [7, 64])", "64 7"), ("f(2, -7, 'sea', 8)", "7"), ("f(63.0)", ""), ("f(True)", "")],
)
def test_constants_of_a_function_are_met_in_a_call(call: str, said: str) -> None:
    assert texting.met(call, {"7", "64", "2", "1", "63"}) == said


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        pytest.param("f('12:34', b'1:2', 3)", "9:9", id="numbers"),
        pytest.param("f('ab', 'a b', '1')", "a a", id="words, but no text of one part"),
        pytest.param("f('1.1234567', '1.12345678')", "9.99\09.99", id="long numbers"),
        pytest.param("f(1)", "", id="no text"),
    ],
)
def test_texts_of_one_outline_are_alike(call: str, wanted: str) -> None:
    assert texting.outline(call) == wanted


def test_what_a_function_looks_for_takes_turns_with_what_is_usual() -> None:
    pool = varying.Pool(["x"], ["1:2", b"\xff", "3:4"], texting.restructured)
    assert pool.others("a.b")[:6] == ["1:2", "x", "a", "3:4", "", ".b"]
    assert pool.others(b"a")[0] == b"\xff"


class Known:
    """Cases of one path."""

    def __init__(self) -> None:
        self.search = seeking.Search(lambda _: iter(()))

    def wants(self, outline: str) -> bool:
        """Tell whether one more is wanted."""
        return self.search.wants((frozenset({1}), "f('')"), outline)

    def learn(self, seen: dict[str, object]) -> None:
        """Learn of one more."""
        self.search.learn({"call": "f('')"}, (frozenset({1}), "f('')"), seen)


def test_of_texts_with_other_outlines_more_are_wanted() -> None:
    known = Known()
    for at in range(seeking.ALIKE):
        assert known.wants("9:9" * at)
        known.learn({"checks": [("eq", "result", "1")]})
    assert [known.wants("9:9"), known.wants("a:9"), known.wants("a:9")] == [False, True, False]
    for _ in range(seeking.OUTLINED):
        known.learn({"checks": [("eq", "result", "1")]})
    assert not known.wants("a=9")


def test_but_not_of_those_that_end_in_the_same_error() -> None:
    known = Known()
    for _ in range(seeking.ALIKE):
        known.learn({"checks": [("raises", "ValueError", "")], "raised": "ValueError"})
    assert not known.wants("a:9")


def test_a_call_is_the_same_however_its_name_is_reached() -> None:
    target = calling.Target(matching, "texts_of", lambda: None)
    calls = ("texts_of(a)", "matching.texts_of(a)", "made().texts_of(a)", "a.b")
    assert [target.spelled(call) for call in calls] == ["texts_of(a)", "texts_of(a)", "made().texts_of(a)", "a.b"]


class Purse:
    """Holds what is spent."""

    def spend(self, amount: int, currency: str = "", *, twice: bool = False, when: "str | None" = None) -> None:
        """Spend it."""


def test_what_a_call_gives_by_place_is_not_given_by_name_too() -> None:
    spend = calling.Target(sys.modules[__name__], "Purse.spend", lambda: None)
    calls = ("Purse().spend(1)", "Purse().spend(1, 'a')", "purse")
    assert [[name for name, _ in spend.free(call)] for call in calls] == [
        ["currency", "twice"], ["twice"], ["currency", "twice"]
    ]  # fmt: skip
