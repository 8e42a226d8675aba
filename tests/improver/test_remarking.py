"""What a review tells is bounded data, read back from anybody, and Markdown in which nothing comes alive."""

import json
from dataclasses import replace
from typing import Any

import pytest

from improver.errors import UsageError
from improver.pulls.remarking import LONGEST, MOST, MOST_BYTES, MOST_READ, Told, markdown, read, told_of
from improver.reviewing import Review
from tests.improver.test_formats import BETTER, FINDING, QUIET, REVIEW

BASE, HEAD = "b" * 40, "e" * 40
TOLD = told_of(REVIEW, BASE, HEAD)


@pytest.mark.parametrize(
    ("review", "says"),
    [
        (REVIEW, "refused: lint: a.py:1: bad"),
        (replace(REVIEW, refusals=()), "1 new finding; 1 of 4 gates pass"),
        (replace(REVIEW, refusals=(), findings=(FINDING, FINDING)), "2 new findings; 1 of 4 gates pass"),
        (replace(REVIEW, refusals=(), findings=()), "a human is asked; 1 of 4 gates pass"),
        (QUIET, "nothing new; 1 of 1 gates pass"),
    ],
    ids=["refused", "found one", "found two", "asked", "nothing new"],
)
def test_the_first_line_is_the_verdict(review: Review, says: str) -> None:
    told = told_of(review, BASE)
    assert (told.reason, told.outcome) == (says, review.outcome)
    assert markdown(told).startswith("**")


def test_what_is_told_comes_back_as_it_was() -> None:
    assert read(TOLD.as_json().encode()) == TOLD
    assert json.loads(TOLD.as_json())["schema"] == "nova/improve/1"
    assert [(one.path, one.first, one.last, one.codemod, one.safety) for one in TOLD.suggestions] == [
        ("pier/a.py", 3, 4, "late_binding", "proved")
    ]
    assert TOLD.next == ("improve codemods explain late_binding",)


def test_what_is_too_much_is_cut_and_counted_and_still_comes_back() -> None:
    many = tuple(replace(FINDING, message="x" * 3000) for _ in range(MOST["findings"] + 7))
    told = told_of(replace(REVIEW, findings=many, suggestions=(replace(BETTER, text="y" * 5000),)), BASE, HEAD)
    assert (len(told.findings), told.left_out, told.suggestions) == (MOST["findings"], 7, ())
    assert {len(one.message) for one in told.findings} == {LONGEST}
    assert read(told.as_json().encode()) == told
    assert len(told.as_json().encode()) < MOST_READ


def test_a_path_that_is_not_utf_8_is_spelled_out() -> None:
    odd = replace(FINDING, path=b"pier/\xff.py".decode("utf-8", "surrogateescape"))
    told = told_of(replace(QUIET, findings=(odd,)), BASE, HEAD)
    assert told.findings[0].path == "pier/\\udcff.py"
    assert read(told.as_json().encode()) == told


def changed(**fields: Any) -> bytes:
    return json.dumps({**json.loads(TOLD.as_json()), **fields}).encode()


FOUND = {"rule": "r", "path": "a.py", "line": 1, "message": "m"}
SUGGESTED = json.loads(TOLD.as_json())["suggestions"][0]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"\xff\xfe", id="no text"),
        pytest.param(b"[" * 100_000, id="nested without end"),
        pytest.param(b" " * (MOST_READ + 1), id="too many bytes"),
        pytest.param(changed(schema="nova/improve/2"), id="another schema"),
        pytest.param(changed(more=1), id="a field nobody knows"),
        pytest.param(changed(outcome="nothing_new"), id="an outcome that was not found"),
        pytest.param(changed(reason="all is well"), id="a first line of their own"),
        pytest.param(changed(head="HEAD"), id="a head that is no commit"),
        pytest.param(changed(head="e" * 39 + "\n"), id="a head with a line break"),
        pytest.param(changed(gates={"lint": "fine"}), id="a ruling that does not exist"),
        pytest.param(changed(findings=[FOUND] * (MOST["findings"] + 1)), id="too many findings"),
        pytest.param(changed(findings=[{**FOUND, "line": "1"}]), id="a line that is text"),
        pytest.param(changed(findings=[{**FOUND, "line": 0}]), id="a line before the first"),
        pytest.param(changed(findings=[{**FOUND, "message": "x" * (LONGEST + 1)}]), id="a message that is too long"),
        pytest.param(changed(suggestions=[SUGGESTED] * 4), id="too many suggestions"),
        pytest.param(changed(suggestions=[{**SUGGESTED, "safety": "covered"}]), id="a suggestion that is not safe"),
        pytest.param(changed(suggestions=[{**SUGGESTED, "text": "x" * 4001}]), id="a suggestion that is too long"),
        pytest.param(changed(left_out=-1), id="less than nothing left out"),
    ],
)
def test_what_is_no_account_is_refused(data: bytes) -> None:
    with pytest.raises(UsageError, match="no account of a review") as caught:
        read(data)
    assert len(str(caught.value)) < 1000


def test_markdown_shows_what_could_stand_there_and_what_was_not_checked() -> None:
    text = markdown(TOLD)
    assert "`pier/a.py:3` could be (proved; it reads better):\n\n````python\n    x = 1\n    y = 2\n````\n" in text
    assert "Not checked:\n\n- types: no checker is set up\n" in text


def test_no_code_ends_the_block_it_stands_in() -> None:
    text = markdown(told_of(replace(QUIET, suggestions=(replace(BETTER, text='x = """\n`````\n@ada\n"""\n'),)), BASE))
    assert text.count("``````") == 2


def test_markup_mentions_and_references_of_the_change_do_not_work() -> None:
    bad = replace(FINDING, message="@ada closes #7 <img src=x> [x](y) **b** `c`\n# head", path="a`b.py")
    text = markdown(told_of(replace(QUIET, findings=(bad,)), BASE))
    last = text.splitlines()[-1]
    assert last.startswith("- notice: `late_binding` at `a'b.py:3`: `@ada` closes `#7` `<img` src=x> [x`](")
    assert last.endswith("`**`b`**` `c` # head")


def test_a_summary_that_is_too_long_says_how_much_is_left_out() -> None:
    many = tuple(replace(FINDING, message="x" * 500) for _ in range(200))
    text = markdown(told_of(replace(QUIET, findings=many), BASE))
    assert 50_000 < len(text.encode()) <= MOST_BYTES
    assert text.endswith("lines more did not fit here.\n")


def test_told_is_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        TOLD.head = ""
    assert isinstance(TOLD, Told)
