"""A long text is looked at line by line, and a long line part by part."""

import pytest

from improver.verify.lining import looks_at

TEXT = "\n".join(f"the sea is {number} deep" for number in range(9))


def test_of_a_long_text_the_lines_nearest_to_its_ends_are_looked_at() -> None:
    found = dict(looks_at(TEXT, "result.output"))
    assert [*found] == [f"result.output.splitlines()[{at}]" for at in (0, 1, 2, 6, 7, 8)]
    assert found["result.output.splitlines()[8]"] == "the sea is 8 deep"


def test_each_subject_comes_to_its_line() -> None:
    assert all(eval(subject, {"result": TEXT}) == line for subject, line in looks_at(TEXT, "result"))  # noqa: S307


def test_lines_that_say_what_no_other_does_come_first_and_may_be_somewhat_longer() -> None:
    tags = ["<p>", "<b>", "</b>", "</p>"]
    rows = [*tags, f"<p>{'deep ' * 10}and low at noon</p>", "<b>sea</b>", *tags]
    assert looks_at("\n".join(rows), "result")[:3] == [
        ("result.splitlines()[4]", rows[4]),
        ("result.splitlines()[5]", "<b>sea</b>"),
        ("result.splitlines()[0]", "<p>"),
    ]
    assert [line for _, line in looks_at("\n".join(["deep sea " * 7] * 3 + ["low"]), "result")] == ["low"]


def test_lines_that_are_empty_or_long_are_passed_over() -> None:
    assert looks_at(f"low\n\n{'deep ' * 20}\nhigh", "result") == [
        ("result.splitlines()[0]", "low"),
        ("result.splitlines()[3]", "high"),
    ]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("short\ntext", id="a text that is demanded whole"),
        pytest.param("long" * 30, id="one long word"),
        pytest.param([TEXT], id="no text"),
    ],
)
def test_other_values_have_no_lines(value: object) -> None:
    assert looks_at(value, "result") == []


def test_of_one_long_line_its_parts_are_looked_for() -> None:
    told = f"The sea, {'very ' * 12}deep, is 3 fathoms low; see /srv/tides at noon: it's not a 'tide'. Ask a pilot"
    assert looks_at(told, "str(error)") == [
        ("'is 3 fathoms low' in str(error)", True),
        ("\"it's not a 'tide'\" in str(error)", True),
        ("'Ask a pilot' in str(error)", True),
    ]
    assert all(eval(subject, {"error": told}) for subject, _ in looks_at(told, "str(error)"))  # noqa: S307
