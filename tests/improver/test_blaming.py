"""Which arguments an error speaks of."""

import pytest

from improver.judging.functions import definitions
from improver.writing.words.blaming import blamed, in_its_words
from improver.writing.words.naming import name_for
from tests.improver.calls import case, node, source

PORT = """\
def moored(names, quay="", *, start=0, end=0, msg=None, **more):
    if quay:
        raise ValueError(msg or "no such quay")
    return names
"""
NODE = definitions(source(PORT))["moored"][-1]


@pytest.mark.parametrize(
    ("call", "pattern", "words"),
    [
        pytest.param("moored([], 'far')", "no such quay", ["with_quay_far"], id="with its value"),
        pytest.param("moored([], '')", "Quay is empty", ["with_empty_quay"], id="an empty one"),
        pytest.param("moored([], 'quay')", "no such quay", ["with_unknown_quay"], id="a value that says the same"),
        pytest.param("moored([], start=1, end=2)", "start or end, not both", ["with_start_and_end"], id="two"),
        pytest.param("moored([], 'a', start=1, end=2)", "quay, start, end", [], id="more than two"),
        pytest.param("moored([], 'far', msg='Low tide')", "Low tide", ["with_msg"], id="its own text"),
        pytest.param("Port(msg='Low tide')([])", "Low tide", ["with_msg"], id="the text that its object has"),
        pytest.param("moored(['a'], 'far')", "names", [], id="what the function is about"),
        pytest.param("moored([])", "no such quay", [], id="nothing that was given"),
        pytest.param("moored([], 'far')", "Empty harbour", ["of_empty_names"], id="what is empty"),
        pytest.param("moored([], '')", "Empty harbour", [], id="two that are"),
        pytest.param("moored([], 'far')", "", [], id="an error without words"),
        pytest.param("moored([], 'far')", "quayside", [], id="another word"),
    ],
)
def test_the_arguments_that_an_error_names(call: str, pattern: str, words: list[str]) -> None:
    assert blamed(case(call, checks=(("raises", "ValueError", pattern),), name="moored"), NODE) == words


def test_what_comes_back_blames_nothing() -> None:
    assert blamed(case("moored([], 'far')", "1", name="moored"), NODE) == []


def test_what_decides_says_more_where_it_speaks_of_the_same() -> None:
    one = case("moored([], start=1, end=2)", checks=(("raises", "ValueError", "start or end"),), name="moored")
    assert blamed(one, NODE, ["with_start_below_end"]) == []
    assert blamed(one, NODE, ["of_empty_names"]) == ["with_start_and_end"]


def test_a_test_is_named_after_the_argument_at_fault() -> None:
    one = case("moored([], 'far')", checks=(("raises", "ValueError", "no such quay"),), name="moored")
    assert name_for(one, NODE) == "test_moored_with_quay_far_raises_value_error"


@pytest.mark.parametrize(
    ("call", "says", "condition", "told"),
    [
        pytest.param("sound(3, 'x')", "Unknown value for", "with_tide", "with_unknown_tide", id="what is wrong"),
        pytest.param("sound(3, tide='x')", "Invalid tide", "with_tide", "with_invalid_tide", id="by name"),
        pytest.param("sound(3, [4])", "Unknown tide step", "with_tide", "with_unknown_tide", id="no text"),
        pytest.param("sound(3, loud=True)", "Invalid", "with_loud", "with_loud", id="a switch is not wrong by itself"),
        pytest.param("sound(3, 'x')", "no sea", "with_tide", "with_tide", id="it says nothing of the kind"),
        pytest.param("sound(3, 'x')", "Unknown value", "with_short_tide", "with_short_tide", id="more is said already"),
    ],
)
def test_a_name_says_what_is_wrong_with_an_argument_in_the_words_of_the_error(
    call: str, says: str, condition: str, told: str
) -> None:
    one = case(call, checks=(("raises", "ValueError", says),), name="sound")
    assert in_its_words(condition, one, node("def sound(sea, tide=None, loud=False): ...")) == told
