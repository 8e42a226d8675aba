"""What a review says at the host: one comment in place, few suggestions, a check, and silence when nothing is new."""

from dataclasses import replace

import pytest

from improver.host import Note, Person, Pull
from improver.pulls.marking import marked, marks
from improver.pulls.posting import ARTIFACT, CHECK, HERE, SUGGESTION, Ground, Origin, Posted, post, suggestion_text
from improver.pulls.remarking import Better, Told, told_of
from improver.records import File
from tests.improver.hosting import BOT, OWNER, FakeHost
from tests.improver.test_formats import BETTER, FINDING, QUIET, REVIEW

BASE, HEAD, LATER = "b" * 40, "e" * 40, "d" * 40
BEFORE = {"pier/a.py": File(b"import os\n\n")}
AFTER = {"pier/a.py": File(b"import os\n\nx = 0 + 1\ny = 0 + 2\nz = 3\n")}
GROUND = Ground(BEFORE, AFTER, {"late_binding"})
CODE = "x = 1\ny = 2\n"
TOLD = told_of(replace(REVIEW, suggestions=(replace(BETTER, text=CODE),)), BASE, HEAD)
CALM = told_of(QUIET, BASE, HEAD)


def pulled(host: FakeHost, head: str = HEAD) -> Pull:
    host.remote.branches["feature"] = head
    made = Pull(
        number=7,
        node="PR_7",
        title="Add",
        body="",
        open=True,
        draft=False,
        branch="feature",
        head=head,
        base_branch="main",
        base=BASE,
        own=False,
        author=Person("ada"),
        labels=(),
        page="",
        created="",
        updated="",
    )
    host.pulled[7] = made
    return made


def posted(host: FakeHost, told: Told = TOLD, ground: Ground = GROUND, origin: Origin = HERE) -> Posted:
    return post(host, pulled(host, told.head), told, ground, origin)


def test_the_first_review_writes_one_comment_a_suggestion_and_a_check() -> None:
    host = FakeHost()
    assert posted(host) == Posted("written", 1, "failure")
    (comment,) = host.comments(7)
    assert comment.author.login == BOT.login
    assert comment.text.startswith("**refused: lint: a.py:1: bad**\n")
    assert marks(comment.text, "review") == [{"head": HEAD}]
    (note,) = host.notes(7)
    assert (note.path, note.first, note.last) == ("pier/a.py", 3, 4)
    assert "\n```suggestion\nx = 1\ny = 2\n```\n" in note.text
    check = host.checks[CHECK, HEAD]
    assert (check.conclusion, check.title) == ("failure", "refused: lint: a.py:1: bad")
    assert [(one.path, one.line, one.level, one.title) for one in check.annotations] == [
        ("pier/a.py", 3, "notice", "late_binding")
    ]


def test_the_same_again_says_nothing_more() -> None:
    host = FakeHost()
    posted(host)
    said, noted = host.comments(7), host.notes(7)
    assert posted(host) == Posted("unchanged", 0, "failure")
    assert (host.comments(7), host.notes(7)) == (said, noted)


def test_a_host_that_ends_lines_otherwise_is_not_written_to_again() -> None:
    host = FakeHost()
    posted(host)
    (comment,) = host.comments(7)
    host.said[comment.id] = replace(comment, text=comment.text.replace("\n", "\r\n").rstrip())
    assert posted(host).comment == "unchanged"


def test_nothing_new_is_silence() -> None:
    host = FakeHost()
    assert posted(host, CALM) == Posted("none", 0, "success")
    assert (host.comments(7), host.notes(7)) == ((), ())


def test_what_is_no_longer_open_is_said_in_the_same_comment() -> None:
    host = FakeHost()
    posted(host)
    assert posted(host, told_of(QUIET, BASE, LATER)) == Posted("rewritten", 0, "success")
    (comment,) = host.comments(7)
    assert comment.text.startswith("**Nothing is open any more.**\n\n**nothing new; 1 of 1 gates pass**\n")
    assert marks(comment.text, "review") == [{"head": LATER}]


def test_only_our_own_comment_is_edited() -> None:
    host = FakeHost()
    theirs = host.write(7, f"see {marked('review', {'head': HEAD})}", OWNER)
    assert posted(host).comment == "written"
    assert host.comment(theirs.id) == theirs
    assert posted(host, told_of(QUIET, BASE, LATER)).comment == "rewritten"
    assert host.comment(theirs.id) == theirs


def test_a_suggestion_is_not_made_again_after_its_lines_moved() -> None:
    host = FakeHost()
    posted(host)
    moved = {"pier/a.py": File(b"import os\n\n# more\nx = 0 + 1\ny = 0 + 2\n")}
    told = told_of(replace(REVIEW, suggestions=(replace(BETTER, text=CODE, first=4, last=5),)), BASE, LATER)
    assert posted(host, told, replace(GROUND, head=moved)).suggestions == 0


def test_what_somebody_else_suggested_is_no_remark_of_ours() -> None:
    host = FakeHost()
    (better,) = TOLD.suggestions
    host.noted[7] = [Note(better.path, better.first, better.last, suggestion_text(better), OWNER)]
    assert posted(host).suggestions == 1


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"first": 1, "last": 1}, id="a line that was there before"),
        pytest.param({"first": 2, "last": 3}, id="a line too many"),
        pytest.param({"first": 5, "last": 4}, id="lines backwards"),
        pytest.param({"first": 5, "last": 600}, id="lines beyond the end"),
        pytest.param({"path": "pier/b.py"}, id="a file that is not there"),
        pytest.param({"codemod": "evil"}, id="a codemod that nobody knows"),
        pytest.param({"text": "x = 0 + 1\ny = 0 + 2\n"}, id="what stands there already"),
    ],
)
def test_a_suggestion_that_an_account_invents_is_not_made(fields: dict[str, object]) -> None:
    (better,) = TOLD.suggestions
    told = TOLD.model_copy(update={"suggestions": (better.model_copy(update=fields),)})
    assert posted(FakeHost(), told, origin=ARTIFACT).suggestions == 0


def test_a_file_with_very_many_lines_gets_no_suggestion() -> None:
    long = {"pier/a.py": File(b"\n" * 20_000)}
    assert posted(FakeHost(), ground=replace(GROUND, head=long)).suggestions == 0


def test_an_account_from_elsewhere_vouches_for_nothing() -> None:
    host = FakeHost()
    assert posted(host, CALM, origin=ARTIFACT) == Posted("none", 0, "neutral")
    assert posted(host, origin=ARTIFACT).check == "failure"
    (note,) = host.notes(7)
    (better,) = TOLD.suggestions
    assert (ARTIFACT.warning in note.text, better.safety in note.text) == (True, False)
    assert "vouches for nothing" in host.comments(7)[0].text


def test_nothing_that_a_suggestion_holds_ends_its_block() -> None:
    (better,) = TOLD.suggestions
    text = suggestion_text(better.model_copy(update={"text": "```\n@ada\n````", "why": "it <b>x</b>"}))
    assert "\n`````suggestion\n```\n@ada\n````\n`````\n" in text
    assert "`<b>`" in text
    assert [body["key"] for body in marks(text, SUGGESTION)] != []


def test_a_suggestion_to_delete_lines_is_empty() -> None:
    (better,) = TOLD.suggestions
    assert "```suggestion\n```\n" in suggestion_text(better.model_copy(update={"text": ""}))


def test_long_reviews_fit_into_a_comment() -> None:
    many = tuple(replace(FINDING, message="x" * 900) for _ in range(300))
    host = FakeHost()
    posted(host, told_of(replace(REVIEW, findings=many), BASE, HEAD))
    assert len(host.comments(7)[0].text.encode()) < 65_536
    assert len(host.checks[CHECK, HEAD].summary) < 65_536
    assert len(host.checks[CHECK, HEAD].annotations) == 50
    assert isinstance(TOLD.suggestions[0], Better)
