"""What becomes of proposals on a host: opened once, made anew, finished, closed, left to people, held back."""

import contextlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from improver.errors import ForgeError
from improver.host import Host, Person, Remote
from improver.pulls.marking import marks
from improver.pulls.presenting import body, is_complete, labels
from improver.pulls.publishing import Offer, draft_of, host_branch, offer_of
from improver.pulls.submitting import Done, retire
from improver.records import File, GateResult, Receipt, Ruling, Safety
from tests.improver.hosting import BOT, SHOP, FakeHost, FakeRemote
from tests.improver.offering import AFTER, BEFORE, MOVED, NOON, Office, evidence, offer

OFFER = offer()
ASKED = GateResult("api", "the interface is the same", Ruling.ESCALATE, Receipt(("api",)), ("a name is gone",))


def acts(done: list[Done]) -> list[tuple[str, int | None]]:
    """Return what was done, each with the number of its pull request."""
    return [(one.act, one.pull.number if one.pull else None) for one in done]


def said_on(office: Office, number: int) -> list[str]:
    return [one.text for one in office.host.comments(number)]


# --- one proposal -------------------------------------------------------------------------------------------------


def test_a_proposal_becomes_one_pull_request_with_all_that_belongs_to_it() -> None:
    office = Office()
    assert acts(office.publish(OFFER)) == [("opened", 1)]
    pull = office.host.pull(1)
    assert (pull.title, pull.branch, pull.head, pull.draft) == ("Close a file", OFFER.branch, OFFER.commit, False)
    assert pull.labels == ("nova", "nova:codemod", "risk:confined")
    assert office.seen().ours[0].mark == OFFER.mark
    assert is_complete(pull.body)
    assert office.host.remote.kept == {OFFER.id: OFFER.evidence.to_bytes()}
    (check,) = office.host.checks.values()
    assert (check.head, check.conclusion, check.title) == (OFFER.commit, "success", "1 gates: 1 pass")
    assert [(one.path, one.line, one.text) for one in check.annotations] == [("a.py", 3, "it stays open")]


def test_what_a_gate_leaves_to_a_human_stays_a_draft_and_is_not_touched_again() -> None:
    office, asking = Office(), offer(evidence(gates=(ASKED,)))
    office.publish(asking)
    before = office.host.pull(1)
    assert (before.draft, next(iter(office.host.checks.values())).conclusion) == (True, "neutral")
    assert acts(office.publish(asking)) == [("there", 1)]
    assert office.host.pull(1) == before


def test_a_change_of_behaviour_is_always_a_draft() -> None:
    office, changing = Office(), offer(evidence(safety=Safety.BEHAVIOUR_CHANGE))
    office.publish(changing)
    assert (office.host.pull(1).draft, next(iter(office.host.checks.values())).conclusion) == (True, "neutral")
    assert draft_of(changing, "").draft


def test_a_human_who_made_it_a_draft_again_is_not_contradicted() -> None:
    office = Office()
    office.publish(OFFER)
    office.host.pulled[1] = replace(office.host.pulled[1], draft=True)
    office.publish(OFFER)
    assert office.host.pull(1).draft


def test_what_asks_a_human_once_it_is_made_anew_is_a_draft_again() -> None:
    office = Office()
    office.publish(OFFER)
    office.move_main()
    assert acts(office.publish(offer(evidence(base=MOVED, gates=(ASKED,))))) == [("renewed", 1)]
    assert office.host.pull(1).draft


def test_what_no_longer_asks_once_it_is_made_anew_is_ready() -> None:
    office = Office()
    office.publish(offer(evidence(gates=(ASKED,))))
    office.move_main()
    assert acts(office.publish(offer(evidence(base=MOVED)))) == [("renewed", 1)]
    assert not office.host.pull(1).draft


@pytest.mark.parametrize("after", [False, True], ids=["before it is done", "after it was done"])
def test_cut_off_while_what_asks_is_made_anew_it_is_never_ready_with_the_new_text(after: bool) -> None:
    renewed = offer(evidence(base=MOVED, gates=(ASKED,)))
    for step in range(7):  # evidence, draft, branch, text, check, complete; and none
        office = Office()
        office.publish(OFFER)
        office.move_main()
        cutting = Office(Cutting(office.host, step, after=after), office.commits)  # type: ignore[arg-type]
        with contextlib.suppress(Gone):
            cutting.publish(renewed)
        pull = office.host.pull(1)
        assert pull.draft or pull.head == OFFER.commit
        office.publish(renewed)
        pull = office.host.pull(1)
        assert (pull.draft, pull.head, is_complete(pull.body)) == (True, renewed.commit, True)


def test_what_was_published_can_be_made_a_draft_here_again_from_its_evidence() -> None:
    made = draft_of(OFFER, "the diff\n")
    assert offer_of(made) == OFFER
    assert (made.branch, made.base, made.publishable, made.draft) == (f"nova/{OFFER.id}", "0" * 40, True, False)


@pytest.mark.parametrize("after", [False, True], ids=["before it is done", "after it was done"])
def test_cut_off_at_any_step_it_is_finished_by_the_next_run(after: bool) -> None:
    steps = cuts(lambda office: office.publish(OFFER), after=after)
    assert steps == 8  # evidence, branch, pull request, labels, check, ready, complete; and none


@pytest.mark.parametrize("after", [False, True], ids=["before it is done", "after it was done"])
def test_cut_off_while_it_is_made_anew_it_is_finished_too(after: bool) -> None:
    renewed = offer(evidence(base=MOVED))

    def begin(office: Office) -> None:
        office.publish(OFFER)
        office.move_main()

    steps = cuts(lambda office: office.publish(renewed), begin, final=renewed, after=after)
    assert steps == 6  # evidence, branch, text, check, complete; and none


class Gone(Exception):
    """The network is gone."""


def cuts(
    act: Callable[[Office], object],
    begin: Callable[[Office], object] = lambda _: None,
    *,
    final: Offer = OFFER,
    after: bool,
) -> int:
    """Cut the network at every writing call in turn, run again, and expect one whole pull request; count the runs."""
    for step in range(50):
        office = Office()
        begin(office)
        cutting = Office(Cutting(office.host, step, after=after), office.commits)  # type: ignore[arg-type]
        try:
            act(cutting)
        except Gone:
            act(office)
            assert_whole(office, final)
            continue
        assert_whole(office, final)
        return step + 1
    raise AssertionError("it never ended")


def assert_whole(office: Office, final: Offer) -> None:
    """Expect one branch, one complete pull request that shows `final`, one check of it, and nobody's comment."""
    pulls, seen = office.host.pulls(), office.seen()
    assert [(one.number, one.open, one.draft, one.head) for one in pulls] == [(1, True, False, final.commit)]
    assert [one.mark for one in seen.ours] == [final.mark]
    assert is_complete(pulls[0].body)
    assert set(office.host.remote.branches) == {"main", final.branch}
    assert (pulls[0].labels, office.host.said) == (labels(final.evidence), {})
    assert [one.head for one in office.host.checks.values()][-1:] == [final.commit]


WRITES = {"open_pull", "rewrite_pull", "close_pull", "ready", "unready", "label", "say", "check"}
PUSHES = {"push", "push_evidence", "delete"}


class Cutting:
    """A host and its remote that stop answering at the writing call number `step`, before or after it is done."""

    def __init__(self, host: FakeHost, step: int, *, after: bool) -> None:
        self._host, self._left, self._after = host, step, after
        self.remote = _Part(host.remote, PUSHES, self._cut)
        self._part = _Part(host, WRITES, self._cut)

    def __getattr__(self, name: str) -> object:
        return getattr(self._part, name)

    def _cut(self, act: Callable[[], object]) -> object:
        self._left -= 1
        if self._left != -1:
            return act()
        if self._after:
            act()
        raise Gone


class _Part:
    def __init__(self, whole: Host | Remote, writes: set[str], cut: Callable[[Callable[[], object]], object]) -> None:
        self._whole, self._writes, self._cut = whole, writes, cut

    def __getattr__(self, name: str) -> object:
        found = getattr(self._whole, name)
        if name not in self._writes:
            return found
        return lambda *given: self._cut(lambda: found(*given))


@pytest.mark.parametrize(
    ("head", "kept", "text"),
    [
        pytest.param(OFFER.commit, {}, "its evidence cannot be used", id="no evidence"),
        pytest.param(
            "e" * 40,
            {f"{'e' * 8}-open-with-a": OFFER.evidence.to_bytes()},
            "its commit does not carry the digest of its evidence",
            id="evidence of another commit",
        ),
    ],
)
def test_what_was_cut_off_is_finished_only_by_its_own_evidence(head: str, kept: dict[str, bytes], text: str) -> None:
    office = Office()
    office.publish(OFFER)
    begun = office.host.pulled[1].body.replace("<!-- nova:complete {} -->", "")
    office.host.pulled[1] = replace(office.host.pulled[1], body=begun, draft=True)
    office.host.remote.branches[OFFER.branch] = head
    office.host.remote.kept = kept
    (left,) = office.publish()
    assert (left.act, left.text.partition(":")[0]) == ("left", text)
    assert office.host.pull(1).draft


# --- what stands there already ------------------------------------------------------------------------------------


def test_the_same_found_again_is_held_back_by_what_is_open() -> None:
    office = Office()
    office.publish(OFFER)
    (skipped,) = office.publish(offer(evidence(nonce="another")))
    assert (skipped.act, skipped.text) == ("skipped", "same as open pull request #1")


def test_what_main_moved_away_from_is_made_anew_on_the_same_branch_and_number() -> None:
    office = Office()
    office.publish(OFFER)
    office.move_main()
    renewed = offer(evidence(base=MOVED, title="Close a file anew"))
    assert acts(office.publish(renewed)) == [("renewed", 1)]
    pull = office.host.pull(1)
    assert (pull.head, pull.title, office.seen().ours[0].mark) == (renewed.commit, "Close a file anew", renewed.mark)


def test_where_some_findings_are_gone_the_old_one_is_closed_in_favour_of_the_new() -> None:
    office, both = Office(), offer(evidence(("key-1", "key-2")))
    office.publish(both)
    office.move_main()
    left = offer(evidence(("key-2",), base=MOVED))
    assert acts(office.publish(left)) == [("opened", 2), ("closed", 1)]
    assert not office.host.pull(1).open
    assert said_on(office, 1)[0].startswith(f"Closed: made anew for {MOVED[:12]} as #2.")
    assert marks(said_on(office, 1)[0], "closed") == [{"head": both.commit}]


def test_what_main_holds_already_is_closed_saying_so_once() -> None:
    office = Office()
    office.publish(OFFER)
    office.commits.trees[MOVED] = {**BEFORE, **AFTER, "c.py": File(b"z = 1\n")}
    office.move_main()
    assert acts(office.publish()) == [("closed", 1)]
    assert acts(office.publish()) == []
    assert [text.partition("\n")[0] for text in said_on(office, 1)] == [
        "Closed: main holds this already, as of 111111111111."
    ]


def test_what_a_whole_scan_no_longer_finds_is_closed() -> None:
    office = Office()
    office.publish(OFFER)
    office.move_main()
    assert retire(office.desk, office.seen(), {"key-1"}, {"open_with"}) == []
    assert retire(office.desk, office.seen(), set(), {"another_rule"}) == []
    assert acts(retire(office.desk, office.seen(), set(), {"open_with"})) == [("closed", 1)]


def test_what_somebody_pushed_to_is_left_to_people_and_said_once() -> None:
    office = Office()
    office.publish(OFFER)
    before = office.host.pull(1)
    office.host.remote.branches[OFFER.branch] = "e" * 40
    office.move_main()
    assert acts(office.publish()) == [("left", 1)]
    assert acts(office.publish(offer(evidence(base=MOVED)))) == [("skipped", None)]
    assert len(said_on(office, 1)) == 1
    assert office.host.pull(1).body == before.body
    assert office.host.remote.branches[OFFER.branch] == "e" * 40


def test_a_branch_that_nobody_opened_is_deleted_when_it_is_ours_and_old() -> None:
    office = Office()
    dead, young, foreign, amended = (offer(evidence((key,))) for key in ("dead", "young", "foreign", "amended"))
    for one in (dead, young, amended):
        office.commits.add(one)
    for one in (dead, young):
        office.host.remote.push_evidence(one.id, one.evidence.to_bytes())
    office.commits.moments = {one.commit: NOON - timedelta(hours=2) for one in (dead, foreign, amended)}
    office.host.remote.branches |= {one.branch: one.commit for one in (dead, young, foreign, amended)}
    (deleted,) = office.publish()
    assert (deleted.act, deleted.text) == ("deleted", f"{dead.branch} had no pull request")
    assert set(office.host.remote.branches) == {"main", young.branch, foreign.branch, amended.branch}


@pytest.mark.parametrize(
    ("tip", "reason"),
    [
        pytest.param("ours", "another run is publishing", id="a run that is at it"),
        pytest.param("theirs", "somebody else's commit is on", id="a person's branch"),
        pytest.param("amended", "somebody else's commit is on", id="a commit of ours that a person amended long ago"),
    ],
)
def test_a_branch_that_is_there_already_is_not_pushed_over(tip: str, reason: str) -> None:
    office, other = Office(), offer(evidence(nonce="another"))
    if tip != "theirs":
        office.commits.add(other)
    if tip == "ours":
        office.host.remote.push_evidence(other.id, other.evidence.to_bytes())
    if tip == "amended":
        office.commits.moments[other.commit] = NOON - timedelta(hours=2)
    office.host.remote.branches[OFFER.branch] = other.commit
    (skipped,) = office.publish(OFFER)
    assert (skipped.act, skipped.text.startswith(reason)) == ("skipped", True)
    assert office.host.remote.branches[OFFER.branch] == other.commit


def test_a_branch_that_moves_meanwhile_wins() -> None:
    class Racing(FakeRemote):
        def push_evidence(self, proposal: str, data: bytes) -> None:  # noqa: ARG002 - the port's
            self.branches[OFFER.branch] = "e" * 40

    office = Office(FakeHost(Racing()))
    (skipped,) = office.publish(OFFER)
    assert skipped.text == f"{OFFER.branch} moved while it was being published"
    assert office.host.pulls() == ()


# --- what is held back --------------------------------------------------------------------------------------------


def test_what_a_human_refused_or_merged_is_not_published_again() -> None:
    office = Office()
    office.publish(OFFER)
    office.host.close(1)
    again = offer(evidence(nonce="again"))
    (skipped,) = office.publish(again, said=lambda found: f"rejected in pull request #1: {found.key}")
    assert skipped.text == "rejected in pull request #1: key-1"
    assert acts(office.publish(again)) == [("opened", 2)]
    office.host.accept(2)
    (skipped,) = office.publish(offer(evidence(nonce="once more")))
    assert skipped.text == "merged in pull request #2"


def test_what_was_made_for_another_commit_is_not_published() -> None:
    office = Office()
    office.move_main()
    (skipped,) = office.publish(OFFER)
    assert skipped.text == "it was made for 000000000000, and main is at 111111111111: the next run makes it anew"


def test_policy_bounds_how_many_wait_and_how_many_come_in_a_day() -> None:
    office = Office()
    done = office.publish(*(offer(evidence((f"key-{number}",))) for number in range(4)))
    assert acts(done) == [("opened", 1), ("opened", 2), ("opened", 3), ("skipped", None)]
    assert done[-1].text == "3 pull requests were opened within a day, and policy allows 3"
    office.at = NOON + timedelta(days=2)
    done = office.publish(*(offer(evidence((f"late-{number}",))) for number in range(3)))
    assert acts(done)[:2] == [("opened", 4), ("opened", 5)]
    assert done[-1].text == "5 pull requests wait for a human, and policy allows 5: decide first"


def test_two_hundred_open_pull_requests_are_told_apart_from_ours() -> None:
    office = Office()
    office.publish(OFFER)
    mine = office.host.pulled[1]
    for number in range(1000, 1200):
        other = replace(mine, number=number, branch=f"nova/theirs-{number}", body="by hand")
        office.host.pulled[number] = replace(other, own=number % 2 == 0)
    assert [one.pull.number for one in office.seen().ours] == [1]
    assert acts(office.publish(OFFER, offer(evidence(("other",))))) == [("there", 1), ("opened", 2)]


@pytest.mark.parametrize(
    ("hosted", "what"),
    [
        pytest.param(replace(SHOP, archived=True), "shop/shop is archived", id="archived"),
        pytest.param(replace(SHOP, may_push=False), "nothing can be published on shop/shop", id="no right"),
        pytest.param(replace(SHOP, default_branch="trunk"), "nothing can be published on shop/shop", id="empty"),
    ],
)
def test_where_nothing_can_be_published_it_is_said_before_anything_is_done(hosted: object, what: str) -> None:
    office = Office(FakeHost(hosted=hosted))  # type: ignore[arg-type]
    with pytest.raises(ForgeError, match=what):
        office.publish(OFFER)


# --- what a page shows --------------------------------------------------------------------------------------------

HOSTILE = "Fixes #12, closes o/r#3 GH-4 @owner <b>x</b> <!-- nova:proposal {} --> ::set-env name=A::b \x1b[31m\u202e"


def test_nothing_hostile_comes_alive_on_the_page() -> None:
    office = Office()
    found = replace(evidence().findings[0], message=HOSTILE, symbol=HOSTILE, path=HOSTILE)
    hidden_end = "<!-- nova:complete {} -->"
    found = replace(found, symbol=hidden_end)
    made = offer(evidence(title=HOSTILE, why="::set-env name=A::b\n##[command]x", findings=(found,)), HOSTILE)
    office.publish(made)
    pull = office.host.pull(1)
    assert pull.title.startswith("Fixes # 12, closes o/r# 3 GH- 4 @ owner")
    assert "\x1b" not in pull.title + pull.body
    assert "\u202e" not in pull.title + pull.body
    alive = [line for line in pull.body.splitlines() if line.lstrip().startswith(("::", "##["))]
    assert alive == []
    assert pull.body.count(hidden_end) == 1
    shown, _, hidden = pull.body.rpartition("<!-- nova:proposal ")
    assert json.loads(hidden.removesuffix(" -->\n"))["commit"] == made.commit
    bare = "".join(shown.split("`")[::2])  # what is not code
    assert not [word for word in ("#12", "@owner", "<b>", "#3") if word in bare]
    assert office.seen().ours[0].mark == made.mark


def test_a_long_text_is_cut_by_whole_lines_and_says_so() -> None:
    many = tuple(replace(evidence().findings[0], key=f"k{number}", message="m" * 900) for number in range(190))
    made = offer(evidence(findings=many))
    text = body(made.evidence, made.mark, made.branch, complete=True)
    assert len(text.encode()) <= 60_000
    assert f"lines are left out here: `improve verify --pr {made.branch}`." in text
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        f"## {name}"
        for name in (
            "What",
            "Why now",
            "Evidence",
            "Not checked",
            "Alternatives rejected",
            "Risk and rollback",
            "Reproduce",
            "How to say no",
        )
    ]


def test_what_a_human_does_next_is_what_can_be_done_on_the_page() -> None:
    text = body(OFFER.evidence, OFFER.mark, OFFER.branch, complete=False)
    assert "NUMBER" not in text
    assert f"`improve verify --pr {OFFER.branch}`" in text
    assert "comment `/nova no because …`" in text


@pytest.mark.parametrize(
    ("changes", "label"),
    [
        pytest.param({"author": "model"}, "nova:model", id="a model wrote it"),
        pytest.param({"safety": Safety.NEW_TEST}, "nova:test", id="tests alone"),
        pytest.param({}, "nova:codemod", id="a codemod"),
    ],
)
def test_labels_say_who_wrote_it(changes: dict[str, object], label: str) -> None:
    assert labels(evidence(**changes))[1] == label  # type: ignore[arg-type]


def test_a_branch_is_named_by_what_it_mends() -> None:
    assert host_branch("open_with", "pkg/Ä b.py", ["b", "a"]) == host_branch("open_with", "x/Ä b.py", ["a", "b"])
    assert host_branch("open_with", "a.py", ["a"]) != host_branch("open_with", "a.py", ["b"])
    long = host_branch("r" * 80, "a.py", ["a"])
    assert len(long) == len("nova/") + 48


def test_a_bot_that_bears_no_mark_is_nobody_of_ours() -> None:
    office = Office()
    office.publish(OFFER)
    office.host.pulled[1] = replace(office.host.pulled[1], body="no mark", author=Person(BOT.login, bot=True))
    assert office.seen().ours == ()
