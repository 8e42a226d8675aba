"""A comment is one command, or a question about what was meant, or none of our business; it is never obeyed."""

import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improver.pulls.spoken import LONGEST, WORDS, Command, Unclear, heard


@pytest.mark.parametrize(
    ("comment", "meant"),
    [
        pytest.param("/nova why", Command("why"), id="why"),
        pytest.param("/nova verify\r\n\r\nthanks", Command("verify"), id="what follows in other lines is not read"),
        pytest.param("\n \n/nova split", Command("split"), id="the first line that says anything"),
        pytest.param("/nova \t undo-no  ", Command("undo-no"), id="spaces between and after"),
        pytest.param("/nova retry with a helper", Command("retry", "with a helper"), id="a hint"),
        pytest.param("/nova no", Command("no", "", "finding"), id="no"),
        pytest.param("/nova no here", Command("no", "", "here"), id="not in this file"),
        pytest.param(
            "/nova no rule because we like it", Command("no", "we like it", "rule"), id="never, with a reason"
        ),
        pytest.param("/nova no because rule 3 of ours", Command("no", "rule 3 of ours", "finding"), id="only a reason"),
        pytest.param(
            "/nova no because because", Command("no", "because", "finding"), id="a reason that is a word of ours"
        ),
        pytest.param("/nova why\n/nova no", Command("why"), id="one command a comment"),
    ],
)
def test_a_command_is_heard(comment: str, meant: Command) -> None:
    assert heard(comment) == meant


@pytest.mark.parametrize(
    "comment",
    [
        "",
        "\n\n",
        "thanks /nova no",
        " /nova no",
        "> /nova no",
        "`/nova no`",
        "/Nova no",
        "/nova-no",
        "/novano",
        "/nova\u00a0no",
        "\u200b/nova no",
        "/nova\x00no",
        "//nova no",
        "why?\n/nova no",
    ],
)
def test_what_does_not_begin_with_our_name_is_not_meant_for_us(comment: str) -> None:
    assert heard(comment) is None


@pytest.mark.parametrize(
    ("comment", "unclear"),
    [
        pytest.param("/nova", Unclear("", "there is no command"), id="nothing"),
        pytest.param("/nova verfy", Unclear("verfy", "there is no such command", "verify"), id="nearly a word"),
        pytest.param("/nova NO", Unclear("NO", "there is no such command", "no"), id="capitals"),
        pytest.param("/nova merge", Unclear("merge", "there is no such command"), id="what nobody can ask for"),
        pytest.param("/nova no\u00a0here", Unclear("no here", "there is no such command"), id="no real space"),
        pytest.param("/nova why not", Unclear("why not", "nothing stands after it", "why"), id="too many words"),
        pytest.param("/nova retry", Unclear("retry", "it needs a hint: what should be otherwise"), id="no hint"),
        pytest.param(
            "/nova no here ugly",
            Unclear("no here ugly", "a reason begins with `because`", "no here because ugly"),
            id="a reason without because",
        ),
        pytest.param(
            "/nova no hereabouts",
            Unclear("no hereabouts", "a reason begins with `because`", "no because hereabouts"),
            id="a word that only begins like a scope",
        ),
        pytest.param(
            "/nova no rule because ",
            Unclear("no rule because", "there is no reason after `because`", "no rule"),
            id="because of nothing",
        ),
        pytest.param(
            f"/nova no because {'x' * LONGEST}",
            Unclear("/nova no because " + "x" * 23, f"the line is longer than {LONGEST} characters"),
            id="too long",
        ),
    ],
)
def test_what_is_no_command_is_told_with_what_may_have_been_meant(comment: str, unclear: Unclear) -> None:
    assert heard(comment) == unclear


ODD = st.text(
    st.characters() | st.sampled_from("\x1b\x00\r\n\t\u202e\u2028@#<>`:[]()/") | st.sampled_from(string.ascii_letters)
)


@given(ODD, st.sampled_from(["", "here ", "rule "]))
def test_a_reason_is_one_visible_line_whatever_it_holds(reason: str, scope: str) -> None:
    found = heard(f"/nova no {scope}because {reason}")
    assert found is not None
    if isinstance(found, Command):
        assert found.word == "no"
        assert found.scope == (scope.strip() or "finding")
        assert 0 < len(found.text) <= LONGEST
        assert not [char for char in found.text if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp", "Cs")]


@given(ODD)
def test_whatever_is_written_is_a_known_command_or_none(comment: str) -> None:
    for text in (comment, f"/nova {comment}"):
        found = heard(text)
        assert found is None or isinstance(found, Unclear) or found.word in WORDS


@given(ODD)
def test_only_the_first_line_that_says_anything_counts(rest: str) -> None:
    assert heard(f"/nova why\n{rest}") == Command("why")
    assert heard(f"not for you\n{rest}\n/nova no") is None


@pytest.mark.parametrize(
    "reason",
    ["::set-env name=PATH::/tmp", "closes #1 @everyone", "<!-- nova:closed {} -->", "$(reboot) `id`", "a | b && c"],
)
def test_what_could_be_obeyed_elsewhere_is_kept_as_it_was_said(reason: str) -> None:
    assert heard(f"/nova no because {reason}") == Command("no", reason, "finding")
