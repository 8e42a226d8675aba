"""What a pull request carries unseen comes back as it was, and nothing else passes for it."""

from dataclasses import asdict, replace

import pytest

from improver.pulls.marking import KEYS_KEPT, ProposalMark, mark_of, marked, marks, signed, unmarked, with_mark

MARK = ProposalMark(
    proposal="1a2b3c4d-open-with-files",
    rule="open_with",
    path="shop/files.py",
    safety="confined",
    findings=("open_with:shop/files.py:read:0",),
    base="a" * 40,
    commit="b" * 40,
    tree="c" * 40,
    claims="d" * 64,
    evidence="e" * 64,
)


def test_a_mark_comes_back_as_it_was() -> None:
    assert mark_of(with_mark("**Close the file**\n", MARK)) == MARK


def test_nothing_in_a_mark_ends_it() -> None:
    odd = replace(MARK, path="a--> <script>--", rule="x -- y --")
    text = with_mark("words", odd)
    assert text.count("-->") == 1
    assert mark_of(text) == odd


def test_the_last_mark_counts_since_what_stands_above_may_be_quoted() -> None:
    quoted = with_mark("a text that quotes another", replace(MARK, rule="other"))
    assert mark_of(with_mark(quoted, MARK)) == MARK


def test_what_is_quoted_carries_no_mark() -> None:
    assert marks(unmarked(f"`{marked('revived', {'by': 'me'})}`"), "revived") == []


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("", id="nothing"),
        pytest.param("<!-- nova:proposal not json -->", id="no JSON"),
        pytest.param("<!-- nova:proposal {} -->", id="no fields"),
        pytest.param(marked("proposal", {**asdict(MARK), "proposal": "../../heads/main"}), id="an id that is a path"),
        pytest.param(
            marked("proposal", {**asdict(MARK), "commit": "--upload-pack=x"}), id="a commit that is an option"
        ),
        pytest.param(marked("proposal", {**asdict(MARK), "findings": ["k"] * (KEYS_KEPT + 1)}), id="too many keys"),
        pytest.param(marked("review", asdict(MARK)), id="a mark of another kind"),
        pytest.param(marked("proposal", asdict(MARK)).replace("<!--", "<!-"), id="no comment"),
    ],
)
def test_what_is_not_ours_is_no_mark(body: str) -> None:
    assert mark_of(body) is None


def test_marks_of_one_kind_are_found_in_order() -> None:
    text = "\n".join([marked("asked", {"at": 1}), "words", marked("other", {"at": 2}), marked("asked", {"at": 3})])
    assert marks(text, "asked") == [{"at": 1}, {"at": 3}]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(f"words\n\n{marked('asked', {'at': 1})}\n\n{marked('other', {})}\n", [{"at": 1}], id="at the end"),
        pytest.param(
            f"{marked('asked', {'at': 1})}\r\n\r\n{marked('asked', {'at': 2})}", [{"at": 1}, {"at": 2}], id="two"
        ),
        pytest.param(f"words `{marked('asked', {'at': 1})}`", [], id="quoted in the last line"),
        pytest.param(f"{marked('asked', {'at': 1})}\nwords\n\n{marked('other', {})}", [], id="above words"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_only_what_stands_at_the_end_is_signed(text: str, found: list[dict[str, object]]) -> None:
    assert signed(text, "asked") == found
