"""Calls on parts of the texts that tests hand over."""

from dataclasses import replace

import pytest

from improver.experiments import Case
from improver.writing.inputs.piecing import PIECES, parts_of, pieced

DOCUMENT = "\n[a]\nx = 1\n\ny = 2\n"
CASE = Case("src/toml.py::parse", "parse('a = 1\\nb = 2')", (("toml", "parse"),))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        pytest.param(
            DOCUMENT, ["[a]", "x = 1", "y = 2", "[a]\nx = 1", "x = 1\n\ny = 2"], id="lines, and those that follow"
        ),
        pytest.param("    a\n    b", ["a", "b", "a\nb"], id="what is indented in a test"),
        pytest.param("a\n" + "b" * 60, ["a"], id="no long line"),
        pytest.param("a = 1", [], id="one line"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_parts_of_a_text(text: str, parts: list[str]) -> None:
    assert parts_of(text) == parts


def test_a_call_is_made_on_each_part_of_its_text() -> None:
    assert [one.call for one in pieced([CASE])] == ["parse('a = 1')", "parse('b = 2')"]


def test_a_text_with_a_name_is_written_where_the_name_stands() -> None:
    named = replace(CASE, call="parse(text)", setup=("text = 'a = 1\\nb = 2'",))
    assert [(one.setup, one.call) for one in pieced([named])] == [((), "parse('a = 1')"), ((), "parse('b = 2')")]
    again = replace(CASE, call="parser.parse()", setup=(*named.setup, "parser = Parser(text)"))
    first = pieced([again])[0]
    assert (first.setup, first.call) == (("parser = Parser('a = 1')",), "parser.parse()")


def test_and_stays_where_it_has_its_name_for_more() -> None:
    named = replace(CASE, call="parse(text, len(text))", setup=("text = 'a\\nb'",))
    assert [(one.setup, one.call) for one in pieced([named])] == [
        (("text = 'a'",), "parse(text, len(text))"), (("text = 'b'",), "parse(text, len(text))")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("call", "setup", "found"),
    [
        pytest.param("parse(f'<{text}>')", ("text = 'a\\\\d\\nb'",), ((), "parse('<a\\\\d>')"), id="within a text"),
        pytest.param("parse(f'{text!r}')", ("text = 'a\\nb'",), (("text = 'a'",), "parse(f'{text!r}')"), id="shown"),
        pytest.param("parse(1)", ("text = 'a\\nb'", "text = 3"), (("text = 'a'", "text = 3"), "parse(1)"), id="bound"),
        pytest.param(
            "parse(more, text)",
            ("text = more = 'a\\nb'",),
            (("text = more = 'a'",), "parse(more, text)"),
            id="two names",
        ),
    ],
)
def test_a_name_goes_only_where_a_text_can_stand(
    call: str, setup: tuple[str, ...], found: tuple[tuple[str, ...], str]
) -> None:
    one = pieced([replace(CASE, call=call, setup=setup)])[0]
    assert (one.setup, one.call) == found


def test_calls_take_turns_and_each_part_comes_once() -> None:
    other = replace(CASE, call="parse('c\\na = 1')")
    assert [one.call for one in pieced([CASE, other])] == ["parse('a = 1')", "parse('c')", "parse('b = 2')"]
    long = replace(CASE, call=f"parse({chr(10).join(map(str, range(100)))!r})")
    assert len(pieced([long])) == PIECES
