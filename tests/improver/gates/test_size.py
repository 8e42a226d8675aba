"""Size counts what a diff would show."""

import pytest

from improver.gates.size import changed_lines, size
from improver.records import Change, Edit, File, Ruling, Safety
from tests.improver.judging import judged, judged_change


def numbered(count: int) -> str:
    return "".join(f"x{number} = {number}\n" for number in range(count))


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        pytest.param("a\nb\nc\n", "a\nB\nc\n", 2, id="one line replaced"),
        pytest.param("a\n", "a\nb\n", 1, id="one line added"),
        pytest.param("a\nb\n", "b\n", 1, id="one line removed"),
        pytest.param("a\na\n", "a\n", 1, id="one of two equals removed"),
        pytest.param(None, "a\nb\n", 2, id="a new file"),
        pytest.param("a\nb\n", None, 2, id="a file removed"),
        pytest.param("a\n", "a\n", 0, id="nothing"),
        pytest.param("a\nb\nc\nd\n", "d\na\nb\nc\n", 2, id="a line moved"),
        pytest.param(numbered(3000), numbered(3000).replace(" =", "="), 6000, id="a file rewritten"),
    ],
)
def test_lines_are_counted_as_a_diff_shows_them(before: str | None, after: str | None, lines: int) -> None:
    old, new = (File(text.encode()) if text is not None else None for text in (before, after))
    assert changed_lines(Edit("a.py", old, new)) == lines


def test_the_limit_is_the_last_number_that_passes() -> None:
    assert judged(size, {}, {"a.py": numbered(150)}).ruling is Ruling.PASS
    assert judged(size, {}, {"a.py": numbered(151)}).reasons == ("151 changed lines are more than 150",)


def test_lines_of_tests_do_not_count() -> None:
    assert judged(size, {}, {"tests/test_a.py": numbered(200)}, Safety.NEW_TEST).ruling is Ruling.PASS


def test_files_are_limited() -> None:
    result = judged(size, {}, {f"a{number}.py": "x = 1\n" for number in range(6)})
    assert result.reasons == ("6 files are more than 5",)


@pytest.mark.parametrize("rule", ["", "B009, B010", "B009+B010"], ids=["no rule", "two rules", "rules added up"])
def test_a_proposal_has_one_rule(rule: str) -> None:
    change = Change(rule, Safety.PROVED, (Edit("a.py", None, File(b"x = 1\n")),), "Mend", "it leaks")
    assert judged_change(size, {}, change).reasons == (f"{rule!r} is not one rule",)


def test_two_small_changes_far_apart_in_a_long_file_are_small() -> None:
    lines = [f"depth_{number} = {number}\n" if number % 2 else "\n" for number in range(6000)]
    changed = ["# first\n", *lines[1:-1], "# last\n"]
    edit = Edit("pier/a.py", File("".join(lines).encode()), File("".join(changed).encode()))
    assert changed_lines(edit) == 4
