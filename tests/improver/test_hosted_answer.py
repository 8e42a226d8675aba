"""A command is answered once where it was given; what ran elsewhere is only believed as far as it fits."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from improver.adapters.ledger_records import State
from improver.adapters.run_lock import run_lock
from improver.app import Improver
from improver.errors import ForgeError, UsageError
from improver.hosting.answers import MOST_DIFFERENCES, MOST_READ, Answered, Asked, Desk, result_of
from improver.hosting.offering import Hosting
from improver.pulls.marking import mark_of, marked, marks, with_mark
from improver.pulls.stories import apart, read
from improver.request import Event
from improver.settings import read_settings
from tests.improver.hosting import FakeHost
from tests.improver.test_adopting import Shop
from tests.improver.test_syncing import STRANGER

AT = "2026-01-01T00:00:00+00:00"


class Office:
    """A shop whose comments are answered; `events` is what a terminal would show."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.host: FakeHost = shop.host
        self.events: list[Event] = []
        improver = Improver(read_settings(shop.repository.root, None), shop.repository, shop.ledger)
        self.desk = Desk(improver, Hosting(shop.host, shop.host.remote), self.events.append)

    def asked(self, text: str) -> Asked:
        """Write a comment as the owner; return what names it."""
        comment = self.host.write(self.shop.number, text)
        return Asked(self.shop.number, comment.id, self.host.pull(self.shop.number).head)

    def answers(self) -> list[str]:
        """Return the first line of every answer."""
        return [one.text.split("\n")[0] for one in self.host.said.values() if marks(one.text, "answer")]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    shop = Shop(tmp_path / "shop")
    yield Office(shop)
    shop.ledger.close()
    shop.repository.close()


def test_no_closes_is_recorded_here_and_answered_once(office: Office) -> None:
    asked = office.asked("/nova no here because it is our style")
    assert office.desk.answer(asked).outcome == "said"
    assert not office.host.pull(asked.number).open
    assert office.shop.decided() == [("rejected", "here", "it is our style")]
    assert office.desk.answer(asked) == Answered("ignored", "it is answered")
    assert len(office.answers()) == 1
    undo = office.asked("/nova undo-no")
    assert office.desk.answer(undo).text == "Taken back: what was found here may be proposed again."
    assert office.shop.decided()[1:] == [("undone", "finding", "")]
    assert office.shop.ledger.proposal(1).state is State.STALE


def test_an_answer_that_was_cut_off_is_finished(office: Office) -> None:
    asked = office.asked("/nova no")
    office.host.close_pull(asked.number)  # and then the network was gone
    assert office.desk.answer(asked).outcome == "said"
    assert (len(office.answers()), office.shop.decided()) == (1, [("rejected", "finding", "")])


def test_while_a_run_holds_the_ledger_an_answer_is_given_and_learned_later(office: Office) -> None:
    asked = office.asked("/nova no")
    with run_lock(office.shop.repository.data, AT):
        assert office.desk.answer(asked).outcome == "said"
    assert office.shop.decided() == []
    assert office.events[-1].text.startswith("the ledger learns it later")
    assert office.shop.sync() == ["adopted", "rejected"]


def test_strangers_are_not_answered(office: Office) -> None:
    comment = office.host.write(office.shop.number, "/nova no rule", STRANGER)
    found = office.desk.answer(Asked(office.shop.number, comment.id))
    assert found == Answered("ignored", "stranger may not decide here")
    assert (office.answers(), office.host.pull(office.shop.number).open) == ([], True)


@pytest.mark.parametrize("word", ["no because", "retry", "verfy"])
def test_nobody_puts_marks_into_our_answers(office: Office, word: str) -> None:
    marks_in = " ".join(f"`{marked(kind, {'comment': 1, 'by': 'x'})}`" for kind in ("split", "revived", "closed"))
    asked = office.asked(f"/nova {word} {marks_in}")
    assert office.desk.answer(asked).outcome == "said"
    (story,) = read(office.host)
    assert [story.carried(kind) for kind in ("split", "revived", "closed")] == [[], [], []]
    assert story.answered == {asked.comment}


def test_a_comment_that_is_gone_is_an_error_of_the_host(office: Office) -> None:
    with pytest.raises(ForgeError, match="no comment 4711"):
        office.desk.answer(Asked(office.shop.number, 4711))


def test_why_is_told_from_the_evidence(office: Office) -> None:
    found = office.desk.answer(office.asked("/nova why"))
    assert "- calm: it is calm (1 file)" in found.text
    office.host.remote.kept.clear()
    assert office.desk.answer(office.asked("/nova why")).text.endswith("nothing can be said of what was proved.")


def test_a_hint_is_told_what_it_can_change(office: Office, tmp_path: Path) -> None:
    assert "it would be the same" in office.desk.answer(office.asked("/nova retry use a helper")).text
    office.host.remote.branches["main"] = "9" * 40
    moved = office.desk.plan(office.asked("/nova retry use a helper"), tmp_path)
    assert "Main moved" in moved.text
    assert moved.argv == ("run", "--open-pr", "--max", "1", "--only", "open_with", "--paths", "a.py")


def test_a_no_to_what_somebody_else_works_on_closes_nothing_and_stands(office: Office) -> None:
    branch = office.host.pull(office.shop.number).branch
    theirs = office.shop.repository.commit(office.shop.draft.tree, office.shop.commit, "by hand\n")
    office.host.remote.branches[branch] = theirs
    assert office.desk.answer(office.asked("/nova no because mine")).reason == "no"
    assert office.host.pull(office.shop.number).open
    assert office.shop.decided() == [("rejected", "finding", "mine")]
    assert office.shop.ledger.proposal(1).state is State.REJECTED
    assert office.shop.sync() == []


def two_findings(office: Office) -> None:
    """Let the pull request be about two findings; nobody looks at the evidence of a split."""
    pull, mark = office.host.pulled[office.shop.number], mark_of(office.host.pulled[office.shop.number].body)
    assert mark is not None
    body = with_mark("Text", replace(mark, findings=("k", "l")))
    office.host.pulled[office.shop.number] = replace(pull, body=body)


@pytest.mark.parametrize("cut", [False, True])
def test_what_is_split_is_closed_by_us_and_wanted_apart_from_then_on(office: Office, *, cut: bool) -> None:
    two_findings(office)
    asked = office.asked("/nova split")
    if cut:  # when it was said and closed, but not yet marked as answered
        office.host.say(asked.number, f"Closed.\n\n{marked('closed', {'head': asked.head})}\n\n{marked('split', {})}")
        office.host.close_pull(asked.number)
    assert office.desk.answer(asked).reason == "split"
    assert office.desk.answer(asked) == Answered("ignored", "it is answered")
    assert (len(office.answers()), office.host.pull(asked.number).open) == (1, False)
    assert office.shop.sync() == ["adopted", "stale"]
    assert office.shop.decided() == []
    assert office.shop.ledger.apart() == {"k", "l"}


def test_one_finding_cannot_be_split(office: Office) -> None:
    found = office.desk.answer(office.asked("/nova split"))
    assert found.reason == "it is about one finding, so there is nothing to split"
    assert apart(read(office.host)) == frozenset()


# --- running elsewhere --------------------------------------------------------------------------------------------


def printed(office: Office, **fields: object) -> bytes:
    """Return what `improve verify --json` prints when everything holds, with other `fields`."""
    claims = office.shop.draft.claims_digest
    return json.dumps({"outcome": "verified", "stated": claims, "found": claims, "differs": [], **fields}).encode()


def test_what_is_to_be_run_is_told_with_its_evidence_and_answered_later(office: Office, tmp_path: Path) -> None:
    asked = office.asked("/nova verify")
    planned = office.desk.plan(asked, tmp_path)
    file = tmp_path / "evidence.json"
    argv = ("verify", "--evidence", str(file), "--commit", office.shop.commit, "--json")
    assert planned == Answered("run", "verify", office.shop.commit, argv=argv)
    assert (file.read_bytes(), office.answers()) == (office.shop.draft.evidence, [])
    posted = office.desk.post(asked, printed(office))
    assert (posted.outcome, posted.reason) == ("said", "verified")
    check = office.host.checks["nova verify", office.shop.commit]
    assert (check.conclusion, check.title) == ("success", "Ran again: the same claims digest")
    assert office.desk.post(asked, printed(office)) == Answered("ignored", "it is answered")
    assert len(office.answers()) == 1


def test_a_plan_answers_what_takes_words_alone(office: Office, tmp_path: Path) -> None:
    assert office.desk.plan(office.asked("/nova why"), tmp_path).outcome == "said"
    office.host.remote.kept.clear()
    found = office.desk.plan(office.asked("/nova verify"), tmp_path)
    assert (found.outcome, found.reason) == ("said", "no evidence")
    assert list(tmp_path.glob("*.json")) == []


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        pytest.param(
            {"differs": ["gate lint: ruling pass -> fail"]}, "gate lint: ruling pass -&gt; fail", id="differs"
        ),
        pytest.param({"found": "0" * 64}, f"the claims digest is {'0' * 64}", id="another digest"),
        pytest.param({"stated": "0" * 64}, "what was run is not this proposal's evidence", id="other evidence"),
        pytest.param(
            {"outcome": "error", "reason": "no sandbox"}, "the gates could not be run: no sandbox", id="error"
        ),
        pytest.param({"outcome": "great"}, "the gates could not be run: ", id="an outcome that is none"),
    ],
)
def test_whatever_is_no_plain_sameness_fails_the_check(office: Office, fields: dict[str, object], told: str) -> None:
    posted = office.desk.post(office.asked("/nova verify"), printed(office, **fields))
    assert posted.reason == "differs"
    assert told.replace("&gt;", ">").strip() in posted.text
    assert office.host.checks["nova verify", office.shop.commit].conclusion == "failure"


def test_a_result_is_not_posted_for_a_branch_that_moved(office: Office) -> None:
    asked = office.asked("/nova verify")
    office.host.remote.branches[office.host.pull(asked.number).branch] = "9" * 40
    posted = office.desk.post(asked, printed(office))
    assert (posted.reason, office.host.checks) == ("the branch moved", {})
    assert [line.partition(":")[0] for line in office.answers()] == ["Nothing was done"]


def test_a_result_is_not_posted_below_what_asked_for_none(office: Office) -> None:
    assert office.desk.post(office.asked("/nova why"), printed(office)) == Answered("ignored", "why")
    assert office.answers() == []


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"[]", id="another shape"),
        pytest.param(b'{"outcome": "verified", "stated": "::set-env::"}', id="a digest that is none"),
        pytest.param(b'{"outcome": "x", "reason": "' + b"a" * MOST_READ + b'"}', id="too long"),
        pytest.param(
            json.dumps({"outcome": "differs", "differs": ["x"] * (MOST_DIFFERENCES + 1)}).encode(), id="too many lines"
        ),
    ],
)
def test_a_result_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(UsageError, match="no result of"):
        result_of(data)
