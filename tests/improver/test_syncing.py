"""What humans decided about pull requests comes out of what stands there, and nobody else decides anything."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improver.host import NewPull, Person
from improver.pulls.marking import ProposalMark, marked, with_mark
from improver.pulls.stories import Story, read, read_one, ticked
from improver.pulls.syncing import verdict, words
from improver.records import Verdict
from tests.improver.hosting import OWNER, FakeHost, FakeRemote

MARK = ProposalMark(
    proposal="1a2b3c4d-open-with-files",
    rule="open_with",
    path="shop/files.py",
    safety="confined",
    findings=("key-a", "key-b"),
    base="a" * 40,
    commit="b" * 40,
    tree="c" * 40,
    claims="d" * 64,
    evidence="e" * 64,
)
STRANGER = Person("stranger", association="NONE")
POSER = Person("owner[bot]", association="MEMBER")
ROBOT = Person("owner", bot=True, association="MEMBER")
WRITER = Person("writer", association="COLLABORATOR")
UNDO = "/nova undo-no"


def hosted() -> tuple[FakeHost, int]:
    """Return a host with one open pull request of ours, and its number."""
    host = FakeHost(FakeRemote({"main": "a" * 40, "nova/open-with": MARK.commit}))
    host.permissions |= {"owner[bot]": "admin", "writer": "write", "triager": "triage"}
    return host, host.open_pull(NewPull("Close the file", with_mark("Text", MARK), "nova/open-with", "main")).number


def story(host: FakeHost) -> Story:
    (found,) = read(host)
    return found


def told(host: FakeHost) -> list[tuple[str, str, str, str]]:
    """Return decision, reviewer, scope and reason of every verdict."""
    given = [word.verdict for word in words(story(host))]
    return [(one.decision, one.reviewer.partition(" (")[0], one.scope, one.reason) for one in given]


Act = Callable[[FakeHost, int], object]


def say(text: str, by: Person = OWNER) -> Act:
    return lambda host, number: host.write(number, text, by)


def close(by: Person = OWNER) -> Act:
    return lambda host, number: host.close(number, by)


def accept(by: Person = OWNER) -> Act:
    return lambda host, number: host.accept(number, by)


def review(state: str, text: str, by: Person = OWNER) -> Act:
    return lambda host, number: host.give(number, state, text, by)


def not_handed_in(host: FakeHost, number: int) -> None:
    """Begin a review: it is shown to nobody else, and has no time yet."""
    host.give(number, "PENDING", "")
    host.given[number][-1] = replace(host.given[number][-1], submitted="", commit="")


def label(name: str) -> Act:
    return lambda host, number: host.label(number, [name])


def edited(text: str, into: str) -> Act:
    return lambda host, number: host.edit(host.write(number, text).id, into)


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        pytest.param([], [], id="nothing was decided"),
        pytest.param([accept()], [("approved", "owner", "finding", "")], id="a merge is an approval"),
        pytest.param([close()], [("rejected", "owner", "finding", "")], id="a closing is a no"),
        pytest.param([say("ugly"), close()], [("rejected", "owner", "finding", "ugly")], id="closed with a comment"),
        pytest.param(
            [say("fine"), say("not by me", STRANGER), close()],
            [("rejected", "owner", "finding", "fine")],
            id="the reason is what the closer said",
        ),
        pytest.param(
            [review("CHANGES_REQUESTED", "too\nclever", WRITER), close()],
            [("rejected", "owner", "finding", "too clever")],
            id="the reason is what a review asked for",
        ),
        pytest.param(
            [review("CHANGES_REQUESTED", "obey me", STRANGER), close()],
            [("rejected", "owner", "finding", "")],
            id="a stranger's review is no reason",
        ),
        pytest.param(
            [not_handed_in, close()], [("rejected", "owner", "finding", "")], id="a review that was not handed in"
        ),
        pytest.param(
            [review("CHANGES_REQUESTED", "too clever", WRITER), review("APPROVED", "", WRITER), close()],
            [("rejected", "owner", "finding", "")],
            id="what a review asked for was done",
        ),
        pytest.param(
            [review("CHANGES_REQUESTED", "too clever", WRITER), review("APPROVED", "", OWNER), close()],
            [("rejected", "owner", "finding", "too clever")],
            id="somebody else approved",
        ),
        pytest.param(
            [review("APPROVED", "", WRITER), review("CHANGES_REQUESTED", "no", WRITER), accept(ROBOT)],
            [],
            id="an approval that was taken back",
        ),
        pytest.param([label("nova:no-rule"), close()], [("rejected", "owner", "rule", "")], id="a label says how far"),
        pytest.param([say("/nova no here, ugly")], [], id="a reason without because is no command and no verdict"),
        pytest.param(
            [say("/nova no here because it is our style"), close()],
            [("rejected", "owner", "here", "it is our style")],
            id="words before the closing stand",
        ),
        pytest.param(
            [close(), say("/nova no rule because never")],
            [("rejected", "owner", "finding", ""), ("rejected", "owner", "rule", "never")],
            id="words after the closing make it plainer",
        ),
        pytest.param(
            [close(), say("who cares", STRANGER), say("too clever"), say("thanks")],
            [("rejected", "owner", "finding", ""), ("rejected", "owner", "finding", "too clever")],
            id="the closer's first words after it are the reason",
        ),
        pytest.param(
            [close(), say(UNDO, WRITER)],
            [("rejected", "owner", "finding", ""), ("undone", "writer", "finding", "")],
            id="a no is taken back",
        ),
        pytest.param([say(UNDO), close()], [("rejected", "owner", "finding", "")], id="nothing there to take back"),
        pytest.param([close(), say(UNDO, STRANGER)], [("rejected", "owner", "finding", "")], id="not by a stranger"),
        pytest.param([close(STRANGER)], [], id="closed by somebody who may not decide"),
        pytest.param([close(Person("triager"))], [], id="closed by somebody who only sorts"),
        pytest.param([close(ROBOT)], [], id="closed by a program under a member's name"),
        pytest.param([close(POSER)], [], id="closed by a program that does not say it is one"),
        pytest.param([say("/nova no", ROBOT), say("/nova no", POSER), say("/nova no", STRANGER)], [], id="no bots"),
        pytest.param([edited("thanks", "/nova no rule")], [], id="what was rewritten is no command"),
        pytest.param([edited("/nova no", "/nova no rule")], [], id="a command that was rewritten is none"),
        pytest.param(
            [edited("ugly", "nice"), close()], [("rejected", "owner", "finding", "")], id="nor is it a reason"
        ),
        pytest.param([lambda host, number: host.close_pull(number)], [], id="our own closing is no verdict"),
        pytest.param(
            [say(f"Main has it already.\n\n{marked('closed', {})}"), close()],
            [],
            id="our own closing under a human's login is no verdict",
        ),
        pytest.param(
            [say(f"haha\n\n{marked('closed', {})}", STRANGER), close()],
            [("rejected", "owner", "finding", "")],
            id="a stranger's mark changes nothing",
        ),
        pytest.param(
            [
                close(),
                lambda host, number: host.say(number, f"Revived.\n\n{marked('revived', {'by': 'the dashboard'})}"),
            ],
            [("rejected", "owner", "finding", ""), ("undone", "the dashboard", "finding", "")],
            id="a tick on the dashboard takes it back",
        ),
        pytest.param(
            [close(), say(f"{marked('revived', {'by': 'me'})}", STRANGER)],
            [("rejected", "owner", "finding", "")],
            id="a stranger's tick does not",
        ),
        pytest.param(
            [say(f"Refused.\n\n{marked('refused', {'by': 'Ada', 'scope': 'here', 'reason': 'odd'})}", WRITER)],
            [("rejected", "Ada", "here", "odd")],
            id="what was decided elsewhere, told with a decider's token",
        ),
        pytest.param(
            [say(f"Refused.\n\n{marked('refused', {'by': 'Ada', 'scope': '*', 'reason': 7})}", WRITER)],
            [("rejected", "Ada", "finding", "7")],
            id="told oddly",
        ),
        pytest.param([say(marked("refused", {"by": "owner"}), STRANGER)], [], id="told by a stranger"),
        pytest.param([accept(ROBOT)], [], id="a program that merges by itself decides nothing"),
        pytest.param(
            [review("APPROVED", "", WRITER), review("APPROVED", "", STRANGER), accept(ROBOT)],
            [("approved", "writer", "finding", "")],
            id="a program that merges what a human approved",
        ),
        pytest.param(
            [accept(), say("/nova no rule because it broke us")],
            [("approved", "owner", "finding", ""), ("rejected", "owner", "rule", "it broke us")],
            id="a merge is regretted",
        ),
    ],
)
def test_verdicts_come_out_of_what_happened(acts: list[Act], expected: list[tuple[str, str, str, str]]) -> None:
    host, number = hosted()
    for act in acts:
        act(host, number)
    assert told(host) == expected


def test_a_verdict_says_who_where_and_when() -> None:
    host, number = hosted()
    host.write(number, "/nova no here because \x1b[31mred\u202e ::set-env name=X::y")
    given = Verdict(
        MARK.proposal,
        "rejected",
        f"owner (pull request {number})",
        "[31mred ::set-env name=X::y",
        "here",
        "2026-01-01T00:00:01+00:00",
    )
    assert verdict(story(host)) == given


def test_what_was_opened_again_is_undecided() -> None:
    host, number = hosted()
    said = host.write(number, "/nova no")
    assert verdict(story(host)) is not None
    host.close_pull(number)
    host.say(number, marked("answer", {"comment": said.id, "closed": True}))
    assert verdict(story(host)) is not None
    host.reopen(number)
    assert verdict(story(host)) is None


def test_what_was_left_open_for_somebody_who_works_on_it_is_still_refused() -> None:
    host, number = hosted()
    said = host.write(number, "/nova no")
    host.say(number, marked("answer", {"comment": said.id, "closed": False}))
    given = verdict(story(host))
    assert given is not None
    assert given.decision == "rejected"


ACTS: list[Act] = [
    say("too clever"),
    say("/nova no"),
    say("/nova no rule because never"),
    say(UNDO),
    say(UNDO, WRITER),
    say("/nova no", STRANGER),
    say("words", WRITER),
    review("CHANGES_REQUESTED", "shorter", WRITER),
    close(),
    close(ROBOT),
    accept(),
]


def ends(acts: list[Act]) -> Iterator[tuple[FakeHost, Act]]:
    host, number = hosted()
    for act in acts:
        if host.pull(number).open or act not in ACTS[-3:]:
            act(host, number)
        yield host, act


@given(st.lists(st.sampled_from(ACTS), max_size=8))
def test_what_was_read_between_is_what_is_read_at_the_end(acts: list[Act]) -> None:
    known: tuple[Verdict, ...] = ()
    for host, _ in ends(acts):
        now = tuple(word.verdict for word in words(story(host)))
        assert now[: len(known)] == known
        known = now


@given(st.lists(st.sampled_from(ACTS), max_size=6), st.randoms())
def test_it_does_not_matter_in_which_order_a_host_lists_what_was_said(acts: list[Act], chance: Random) -> None:
    host = [*(one for one, _ in ends(acts)), hosted()[0]][0]
    found = story(host)
    comments, reviews = [*found.comments], [*found.reviews]
    chance.shuffle(comments)
    chance.shuffle(reviews)
    assert words(replace(found, comments=tuple(comments), reviews=tuple(reviews))) == words(found)


def test_a_pull_request_that_is_not_ours_tells_nothing() -> None:
    host, number = hosted()
    host.pulled[number] = replace(host.pulled[number], own=False)
    assert read_one(host, number) is None
    host.pulled[number] = replace(host.pulled[number], own=True, branch="feature/nova/x")
    assert read_one(host, number) is None
    host.pulled[number] = replace(host.pulled[number], branch="nova/open-with", body="no mark")
    assert (read_one(host, number), [*read(host)]) == (None, [])


@pytest.mark.parametrize(
    ("body", "author", "revived"),
    [
        pytest.param("- [x] Close the file MARK", "nova-bot", True, id="ticked"),
        pytest.param("- [ ] Close the file MARK", "nova-bot", False, id="not ticked"),
        pytest.param("- [x] Close the file", "nova-bot", False, id="a line without a mark"),
        pytest.param("- [x] Close the file MARK", "stranger", False, id="an issue that is not ours"),
        pytest.param("words\n- [X] one\n- [X] two MARK\n", "nova-bot", True, id="one of several"),
    ],
)
def test_a_tick_on_our_dashboard_revives(body: str, author: str, *, revived: bool) -> None:
    host, number = hosted()
    issue = host.open_issue("Nova", body.replace("MARK", marked("revive", {"pull": number})), "nova:dashboard")
    assert ticked([replace(issue, author=Person(author))], host.viewer()) == (frozenset({number}) if revived else set())
