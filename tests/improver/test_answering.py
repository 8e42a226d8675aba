"""Who may ask for what, and what they are answered; a stranger and a program are not answered at all."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from improver.host import Comment, Person
from improver.pulls.answering import Plan, answer, explained, listed, plan, retried, verified
from improver.pulls.marking import marked
from improver.pulls.spoken import USAGE, Command
from improver.pulls.stories import Story, read_one
from improver.records import GateResult, Receipt, Ruling
from improver.verifying import Verification
from tests.improver.hosting import OWNER, FakeHost
from tests.improver.test_evidence import EVIDENCE
from tests.improver.test_syncing import MARK, POSER, ROBOT, STRANGER, WRITER, hosted

OUTSIDER = Person("outsider", association="MEMBER")


def planned(text: str, by: Person = OWNER, before: Callable[[FakeHost, int], object] | None = None) -> Plan:
    """Return what becomes of a comment on our pull request after what happened `before`."""
    host, number = hosted()
    if before:
        before(host, number)
    comment = host.write(number, text, by)
    return plan(read_one(host, number), comment, host.pull(number).head)


def close(host: FakeHost, number: int) -> None:
    host.close(number)


def push(host: FakeHost, number: int) -> None:
    host.remote.branches[host.pull(number).branch] = "9" * 40


@pytest.mark.parametrize(
    ("text", "by", "reason"),
    [
        pytest.param("thanks", OWNER, "it is no command", id="no command"),
        pytest.param("/nova no", ROBOT, "a program wrote it", id="a program under a member's name"),
        pytest.param("/nova no", POSER, "a program wrote it", id="a program that does not say it is one"),
        pytest.param("/nova no", STRANGER, "stranger may not decide here", id="a stranger"),
        pytest.param("/nova nonsense", STRANGER, "stranger may not decide here", id="a stranger's nonsense"),
    ],
)
def test_what_is_none_of_our_business_is_not_answered(text: str, by: Person, reason: str) -> None:
    assert planned(text, by) == Plan("ignored", reason)


def test_a_member_who_may_not_write_is_told_so() -> None:
    found = planned("/nova no rule", OUTSIDER)
    assert (found.outcome, found.reason, found.command) == ("said", "outsider may not decide here", None)
    assert found.text == "Only people who may write to this repository can say that; nothing was done."


@pytest.mark.parametrize(
    ("text", "before", "expected"),
    [
        pytest.param("/nova why", None, Plan("said", "why", "", Command("why")), id="why"),
        pytest.param("/nova verify", None, Plan("run", "verify", "", Command("verify")), id="verify"),
        pytest.param("/nova retry more", None, Plan("run", "retry", "", Command("retry", "more")), id="retry"),
        pytest.param(
            "/nova split",
            None,
            Plan(
                "said",
                "split",
                "Closed, to be proposed again one finding at a time: 2 at the next runs.",
                Command("split"),
                closes=True,
            ),
            id="split",
        ),
        pytest.param(
            "/nova no here because @all #1 <b>",
            None,
            Plan(
                "said",
                "no",
                "Noted: `open_with` in `shop/files.py` is not proposed again, because `@all` `#1` `<b>`. "
                "`/nova undo-no` takes it back.",
                Command("no", "@all #1 <b>", "here"),
                closes=True,
            ),
            id="no, with words that would come alive",
        ),
        pytest.param(
            "/nova no rule",
            close,
            Plan(
                "said",
                "no",
                "Noted: `open_with`, anywhere, is not proposed again. `/nova undo-no` takes it back.",
                Command("no", "", "rule"),
            ),
            id="no to what is closed",
        ),
        pytest.param(
            "/nova no",
            push,
            Plan(
                "said",
                "no",
                "Noted: what was found here is not proposed again. It is left open, since somebody else pushed to its "
                "branch. `/nova undo-no` takes it back.",
                Command("no", "", "finding"),
            ),
            id="no to what somebody else works on",
        ),
        pytest.param(
            "/nova undo-no",
            close,
            Plan("said", "undo-no", "Taken back: what was found here may be proposed again.", Command("undo-no")),
            id="undo",
        ),
        pytest.param(
            "/nova undo-no",
            None,
            Plan("said", "nobody had said no here", "Nothing was done: nobody had said no here."),
            id="nothing to undo",
        ),
        pytest.param(
            "/nova verify",
            close,
            Plan("said", "this pull request is closed", "Nothing was done: this pull request is closed."),
            id="verify what is closed",
        ),
        pytest.param(
            "/nova split",
            push,
            Plan(
                "said",
                "somebody else pushed to this branch; it is left to people",
                "Nothing was done: somebody else pushed to this branch; it is left to people.",
            ),
            id="hands off",
        ),
        pytest.param(
            "/nova verfy <b>",
            None,
            Plan(
                "said",
                "there is no such command",
                f"`/nova verfy` is no command: there is no such command. Did you mean `/nova verify`?\n\n`{USAGE}`",
            ),
            id="nearly a command",
        ),
    ],
)
def test_a_decider_is_answered(text: str, before: Callable[[FakeHost, int], object] | None, expected: Plan) -> None:
    assert planned(text, OWNER, before) == expected


def test_a_command_is_answered_once_and_only_as_it_was_written() -> None:
    host, number = hosted()
    comment = host.write(number, "/nova why", WRITER)
    host.say(number, answer("Because.", comment.id))
    assert plan(read_one(host, number), comment, "") == Plan("ignored", "it is answered")
    host.edit(comment.id, "/nova no rule")
    edited = host.comment(comment.id)
    assert plan(read_one(host, number), edited, "").reason == "it was edited, so nobody knows what was asked"


def test_a_strangers_mark_answers_nothing() -> None:
    host, number = hosted()
    comment = host.write(number, "/nova why", WRITER)
    host.write(number, marked("answer", {"comment": comment.id}), STRANGER)
    assert plan(read_one(host, number), comment, "").outcome == "said"


def test_what_was_asked_of_another_commit_is_not_done() -> None:
    host, number = hosted()
    comment = host.write(number, "/nova verify")
    found = plan(read_one(host, number), comment, "9" * 40)
    assert (found.reason, found.command) == ("the branch moved", None)
    assert found.text.startswith("Nothing was done: this was asked of `999999999999`")


def test_a_comment_elsewhere_and_a_pull_request_of_others_are_left_alone() -> None:
    host, number = hosted()
    comment = host.write(number, "/nova no")
    assert plan(None, comment, "") == Plan("ignored", "this is no pull request of ours")
    elsewhere = replace(comment, number=number + 1)
    assert plan(read_one(host, number), elsewhere, "") == Plan("ignored", "it belongs to another pull request")


# --- words --------------------------------------------------------------------------------------------------------


def story() -> Story:
    host, number = hosted()
    found = read_one(host, number)
    assert found is not None
    return found


def test_why_tells_what_was_found_proved_and_left_open() -> None:
    left = GateResult("mutation", "mutants", Ruling.ABSTAIN, Receipt(("m",)), ("nothing reaches @it",))
    text = explained(story(), replace(EVIDENCE, gates=(*EVIDENCE.gates, left)))
    assert text == (
        "**What was found**\n\n- `a.py:3` it stays open\n\n**Why**\n\n- it leaks\n\n"
        "**What proved it**\n\n- calm: it is calm (1 file)\n\n"
        "**What nobody checked, or a human must**\n\n- mutation: nothing reaches `@it`\n\n"
        "**What else was tried**\n\n- lint: it is long"
    )


def test_without_evidence_why_says_that_nothing_can_be_said() -> None:
    assert explained(story(), None).endswith("nothing can be said of what was proved.")


def test_a_verification_is_told_with_its_digest_or_with_what_differs() -> None:
    same = verified(story(), Verification(MARK.claims, MARK.claims, ()))
    assert same.endswith(f"the claims digest is the same: `{MARK.claims}`.")
    differs = verified(story(), Verification(MARK.claims, "0" * 64, ("gate lint: ruling pass -> fail",)))
    assert differs == "The gates ran again, and not everything holds:\n\n- gate lint: ruling pass -> fail"


def test_a_hint_is_told_to_change_nothing() -> None:
    assert "it would be the same" in retried(story(), "use a <helper>", MARK.base)
    moved_on = retried(story(), "use a <helper>", "8" * 40)
    assert "Main moved from `aaaaaaaaaaaa` to `888888888888`" in moved_on
    assert moved_on.endswith("changes nothing: use a `<helper>`")


def test_a_long_list_says_how_much_is_left_out() -> None:
    assert listed(["a"] * 42).splitlines()[-1] == "- 2 more are left out"


def test_an_answer_ends_with_the_mark_of_what_it_answers() -> None:
    assert answer("Yes.\n", 7) == 'Yes.\n\n<!-- nova:answer {"closed":false,"comment":7} -->\n'


def test_a_comment_that_is_not_listed_yet_is_asked_about_all_the_same() -> None:
    host, number = hosted()
    at = "2026-01-01T00:00:09+00:00"
    comment = Comment(9, number, OWNER, "/nova why", at, at)
    assert plan(read_one(host, number, comment), comment, "").command == Command("why")
