"""What stands on the host comes into a real ledger, once, whatever the ledger knew before."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from improver.adapters.ledger import open_ledger
from improver.adapters.ledger_records import Publication, State
from improver.adapters.local_forge import LocalForge
from improver.adapters.repository import open_repository
from improver.app import Improver
from improver.errors import ForgeError
from improver.host import Comment, NewPull, Person, Pull
from improver.hosting.adopting import sync
from improver.pulls.marking import ProposalMark, marked, marks, with_mark
from improver.pulls.publishing import Offer, draft_of
from improver.pulls.stories import read
from improver.pulls.syncing import words
from improver.records import Draft, Edit, File, Finding, Verdict
from improver.settings import read_settings
from tests.improver.hosting import OWNER, SHOP, FakeHost, FakeRemote
from tests.improver.test_evidence import EVIDENCE
from tests.improver.test_repository import git, planted

BRANCH = "nova/open-with-a"
FINDING = EVIDENCE.findings[0]


class Shop:
    """A repository, its ledger, and a host on which one proposal is a pull request."""

    def __init__(self, root: Path) -> None:
        self.repository = open_repository(planted(root))
        self.ledger = open_ledger(self.repository.data)
        edit = Edit("app.py", File(b"x = 1\n"), File(b"x = 2\n"))
        base = self.repository.head
        tree = self.repository.write_tree(base, [edit])
        self.commit = self.repository.commit(tree, base, "Close a file\n")
        self.evidence = replace(EVIDENCE, base=base, tree=tree)
        self.draft = draft_of(
            Offer(f"{self.commit[:8]}-open-with-a", self.commit, "a.py", self.evidence), "a difference"
        )
        self.host = FakeHost(FakeRemote({"main": base, BRANCH: self.commit}))
        self.host.remote.kept[self.draft.id] = self.evidence.to_bytes()
        body = with_mark("Text", mark_of_draft(self.draft, self.evidence.digest))
        self.number = self.host.open_pull(NewPull(self.draft.title, body, BRANCH, "main")).number

    def sync(self, *, speaks: bool = True) -> list[str]:
        """Bring the ledger up to the host; return what was done."""
        improver = Improver(read_settings(self.repository.root, None), self.repository, self.ledger)
        return [one.what for one in sync(improver, self.host, self.host.remote, speaks=speaks).changes]

    def known(self) -> int:
        """Let the ledger know the proposal as the run that made it does."""
        number = self.ledger.begin_proposal(self.draft)
        self.repository.create_branch(self.draft.branch, self.commit)
        self.ledger.opened(number)
        return number

    def decided(self) -> list[tuple[str, str, str]]:
        """Return decision, scope and reason of every verdict in the ledger."""
        return [(one.verdict.decision, one.verdict.scope, one.verdict.reason) for one in self.ledger.decisions()]


def mark_of_draft(draft: Draft, digest: str) -> ProposalMark:
    keys = tuple(finding.key for finding in draft.findings)
    return ProposalMark(
        proposal=draft.id,
        rule=draft.rule,
        path=draft.path,
        safety=draft.safety.value,
        findings=keys,
        base=draft.base,
        commit=draft.commit,
        tree=draft.tree,
        claims=draft.claims_digest,
        evidence=digest,
    )


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path / "shop")
    yield made
    made.ledger.close()
    made.repository.close()


def test_a_fresh_clone_adopts_what_is_open_and_has_its_branch(shop: Shop) -> None:
    assert shop.sync() == ["adopted"]
    (found,) = shop.ledger.proposals()
    difference = shop.repository.diff(shop.draft.base, shop.commit)
    assert (found.state, found.draft) == (State.OPEN, replace(shop.draft, diff=difference))
    assert shop.repository.branches() == {shop.draft.branch: shop.commit}
    (published,) = shop.ledger.publications()
    assert (published.pull, published.branch, published.commit) == (shop.number, BRANCH, shop.commit)
    assert shop.sync() == []


def without_evidence(shop: Shop) -> None:
    shop.host.remote.kept.clear()


def of_another(shop: Shop) -> None:
    shop.host.remote.kept[shop.draft.id] = replace(shop.evidence, nonce="another").to_bytes()


def garbage(shop: Shop) -> None:
    """Push bytes that are no evidence, and let the mark mean exactly them."""
    digest = hashlib.sha256(b"{}").hexdigest()
    shop.host.remote.kept[shop.draft.id] = b"{}"
    pull = shop.host.pulled[shop.number]
    body = with_mark("Text", mark_of_draft(shop.draft, digest))
    shop.host.pulled[shop.number] = replace(pull, body=body)


@pytest.mark.parametrize("spoil", [without_evidence, of_another, garbage])
def test_without_its_evidence_it_is_adopted_by_its_mark_and_says_so(shop: Shop, spoil: Callable[[Shop], None]) -> None:
    spoil(shop)
    assert shop.sync() == ["adopted"]
    (found,) = shop.ledger.proposals()
    assert (found.draft.evidence, found.draft.publishable) == (b"", False)
    assert found.draft.findings == (Finding(FINDING.key, "open_with", "a.py", "", 1, 0, ""),)
    assert "nothing can be verified" in found.draft.text


def test_a_merge_is_learned_and_raises_the_rule(shop: Shop) -> None:
    shop.host.accept(shop.number)
    assert shop.sync() == ["adopted", "approved"]
    (found,) = shop.ledger.proposals()
    assert (found.state, found.merge, found.into) == (State.APPROVED, "f" * 40, "main")
    assert LocalForge(shop.ledger).verdicts() == {"open_with": (1, 0)}
    assert shop.sync() == []


def test_who_may_only_read_learns_the_same_and_says_nothing(shop: Shop) -> None:
    shop.host.close(shop.number)
    line = f"- [x] Close the file {marked('revive', {'pull': shop.number})}"
    shop.host.open_issue("Nova", line, "nova:dashboard")
    assert shop.sync(speaks=False) == ["adopted", "rejected"]
    assert shop.host.comments(shop.number) == ()
    assert shop.sync(speaks=False) == []
    assert shop.sync() == ["revived", "undone"]


def test_a_closing_is_a_durable_no_whose_reason_is_asked_for_once(shop: Shop) -> None:
    number = shop.known()
    shop.host.close(shop.number)
    assert shop.sync() == ["rejected", "asked"]
    assert shop.ledger.proposal(number).state is State.REJECTED
    assert shop.ledger.suppressed(FINDING) == f"rejected in proposal #{number}"
    assert shop.sync() == []
    (asking,) = [one for one in shop.host.comments(shop.number) if marks(one.text, "asked")]
    assert "```\n/nova no here because …\n```" in asking.text
    shop.host.write(shop.number, "/nova no here because it is our style")
    assert shop.sync() == ["rejected"]
    assert shop.decided() == [("rejected", "finding", ""), ("rejected", "here", "it is our style")]
    assert shop.ledger.suppressed(replace(FINDING, key="new")).endswith("in this file in proposal #1: it is our style")
    shop.host.write(shop.number, "/nova undo-no")
    assert shop.sync() == ["undone"]
    assert (shop.ledger.suppressed(FINDING), shop.ledger.proposal(number).state) == ("", State.STALE)
    assert shop.sync() == []


def test_a_fresh_clone_learns_the_whole_story_at_once(shop: Shop) -> None:
    shop.host.write(shop.number, "too clever")
    shop.host.close(shop.number)
    shop.host.write(shop.number, "/nova undo-no")
    assert shop.sync() == ["adopted", "rejected", "undone"]
    assert shop.decided() == [("rejected", "finding", "too clever"), ("undone", "finding", "")]
    assert shop.repository.branches() == {}
    assert shop.sync() == []


def test_what_was_opened_again_is_open_here_too(shop: Shop) -> None:
    number = shop.known()
    shop.host.write(shop.number, "ugly")
    shop.host.close(shop.number)
    assert shop.sync() == ["rejected"]
    shop.host.reopen(shop.number)
    assert shop.sync() == ["undone"]
    assert shop.ledger.proposal(number).state is State.OPEN
    assert shop.sync() == []
    shop.host.close(shop.number)
    assert (shop.sync(), shop.sync()) == (["rejected"], [])


def test_a_tick_on_the_dashboard_revives_once(shop: Shop) -> None:
    number = shop.known()
    shop.host.write(shop.number, "/nova no rule because never")
    shop.host.close_pull(shop.number)
    assert shop.sync() == ["rejected"]
    line = f"- [x] Close a file {marked('revive', {'pull': shop.number})}"
    shop.host.open_issue("Nova", line, "nova:dashboard")
    assert shop.sync() == ["revived", "undone"]
    assert (shop.ledger.suppressed(FINDING), shop.ledger.proposal(number).state) == ("", State.STALE)
    assert shop.sync() == []


def test_our_own_closing_is_no_verdict(shop: Shop) -> None:
    number = shop.known()
    shop.host.close_pull(shop.number)
    assert shop.sync() == ["stale"]
    assert (shop.ledger.proposal(number).state, shop.decided()) == (State.STALE, [])
    assert shop.sync() == []


def test_what_was_decided_here_since_is_not_decided_again_by_what_is_older(shop: Shop) -> None:
    number = shop.known()
    shop.host.write(shop.number, "/nova no because ugly")
    later = "2027-01-01T00:00:00+00:00"
    shop.ledger.learn(number, Verdict(shop.draft.id, "approved", "a human", "", "finding", later), State.APPROVED)
    assert shop.sync() == []
    shop.host.accept(shop.number)
    assert shop.sync() == ["approved"]
    assert shop.ledger.proposal(number).merge == "f" * 40


def test_a_change_that_was_made_anew_replaces_the_older_proposal(shop: Shop) -> None:
    older = shop.ledger.begin_proposal(replace(shop.draft, id="older", branch="nova/older"))
    shop.ledger.opened(older)
    place = (SHOP.name, shop.number, BRANCH, "0" * 40, "", "2026-01-01T00:00:00+00:00")
    shop.ledger.published(Publication(older, *place))
    assert shop.sync() == ["adopted", "stale"]
    assert [one.state for one in shop.ledger.proposals()] == [State.STALE, State.OPEN]
    assert shop.sync() == []


def test_a_mark_with_odd_words_is_adopted_as_the_riskiest(shop: Shop) -> None:
    odd = {**asdict(mark_of_draft(shop.draft, "0" * 64)), "safety": "harmless", "rule": "\x1b[31m", "path": "../../x"}
    pull = shop.host.pulled[shop.number]
    shop.host.pulled[shop.number] = replace(pull, body=marked("proposal", odd), title="a\x1b[31m\n::error::b")
    assert shop.sync() == ["adopted"]
    (found,) = shop.ledger.proposals()
    assert (found.draft.safety.value, found.draft.title) == ("behaviour change", "a [31m ::error::b")


def test_a_branch_that_somebody_else_pushed_to_is_adopted_at_our_commit(shop: Shop) -> None:
    theirs = shop.repository.commit(shop.draft.tree, shop.commit, "by hand\n")
    shop.host.remote.branches[BRANCH] = theirs
    assert shop.sync() == ["adopted"]
    assert shop.repository.branches() == {shop.draft.branch: shop.commit}
    assert [story.pushed_to for story in read(shop.host)] == [True]


def test_closed_by_somebody_who_may_not_is_no_verdict(shop: Shop) -> None:
    shop.host.close(shop.number, Person("stranger"))
    assert shop.sync() == ["adopted", "stale"]
    shop.host.reopen(shop.number)
    shop.host.write(shop.number, "/nova no", OWNER)
    assert shop.sync() == ["rejected"]


def test_only_what_changed_since_is_read_again(shop: Shop, tmp_path: Path) -> None:
    shop.host.accept(shop.number)
    assert shop.sync() == ["adopted", "approved"]
    other = replace(shop.draft, id="another-one", commit="9" * 40, findings=(replace(FINDING, key="other"),))
    shop.host.remote.branches["nova/other"] = "9" * 40
    body = with_mark("Text", mark_of_draft(other, "0" * 64))
    opened = shop.host.open_pull(NewPull("Another", body, "nova/other", "main")).number
    read_before = dict(shop.host.pulled)
    del shop.host.pulled[shop.number]
    assert shop.sync() == ["adopted"]
    shop.host.pulled = {**read_before}
    shop.host.write(shop.number, "/nova no rule because it broke us")
    assert shop.sync() == ["rejected"]
    assert (
        shop.ledger.last_sync(SHOP.name).until == shop.host.pull(shop.number).updated > shop.host.pull(opened).updated
    )
    with open_ledger(tmp_path) as fresh:
        assert fresh.last_sync(SHOP.name).until == ""


def test_what_is_said_while_another_one_is_read_is_read_the_next_time(shop: Shop) -> None:
    another(shop)
    shop.host.close(2)

    class Meanwhile(FakeHost):
        """Somebody speaks below the first pull request, and then below the second, as the second one is read."""

        def pull(self, number: int) -> Pull:
            if number == 2 and not self.said:
                self.write(1, "/nova no")
                self.write(2, "too clever")
            return super().pull(number)

    shop.host.__class__ = Meanwhile
    assert shop.sync(speaks=False) == ["adopted", "adopted", "rejected", "rejected"]
    assert {one.title for one in shop.ledger.decisions()} == {"Another"}
    assert shop.sync(speaks=False) == ["rejected"]
    assert {one.title for one in shop.ledger.decisions()} == {"Another", shop.draft.title}


def test_what_was_read_before_the_network_was_gone_is_kept(shop: Shop) -> None:
    shop.host.accept(shop.number)
    another(shop)
    asked: list[int] = []

    class Leaving(FakeHost):
        """The network is gone when the second pull request is read."""

        def comments(self, number: int) -> tuple[Comment, ...]:
            asked.append(number)
            if asked == [1, 2]:
                raise ForgeError("the host cannot be reached")
            return super().comments(number)

    shop.host.__class__ = Leaving
    with pytest.raises(ForgeError):
        shop.sync()
    assert [one.state for one in shop.ledger.proposals()] == [State.APPROVED]
    assert shop.sync() == ["adopted"]
    assert asked == [1, 2, 1, 2]  # the first once more: what changed in the same second is not told from it


def test_a_ledger_that_was_carried_to_a_fresh_clone_gets_its_branches_back(shop: Shop) -> None:
    shop.sync()
    another(shop)
    shop.sync()
    git(shop.repository.root, "branch", "--quiet", "-D", shop.draft.branch)
    del shop.host.pulled[shop.number]  # which did not change, so nobody asks for it
    assert shop.sync() == []
    assert shop.repository.branches()[shop.draft.branch] == shop.commit


def test_a_branch_that_is_gone_on_the_host_too_is_not_brought_back(shop: Shop) -> None:
    shop.sync()
    git(shop.repository.root, "branch", "--quiet", "-D", shop.draft.branch)
    del shop.host.remote.branches[BRANCH]
    shop.host.close(shop.number)  # as a host does then
    assert shop.sync() == ["rejected", "asked"]
    assert shop.repository.branches() == {}


def another(shop: Shop) -> None:
    """Open a later pull request, so that the first one is not read again for having changed last."""
    other = replace(shop.draft, id="another-one", commit="9" * 40, findings=(replace(FINDING, key="other"),))
    shop.host.remote.branches["nova/other"] = other.commit
    shop.host.open_pull(NewPull("Another", with_mark("", mark_of_draft(other, "0" * 64)), "nova/other", "main"))


def test_what_was_refused_here_is_told_there_and_so_every_clone_knows(shop: Shop) -> None:
    assert shop.sync() == ["adopted"]
    another(shop)
    assert shop.sync() == ["adopted"]
    shop.ledger.decide(1, Verdict(shop.draft.id, "rejected", "Ada", "not | @us", "here", "2027-01-01T00:00:00+00:00"))
    assert shop.sync(speaks=False) == []
    assert shop.sync() == ["told"]
    assert not shop.host.pull(shop.number).open
    assert shop.ledger.suppressed(FINDING) == "rejected open_with in this file in proposal #1: not | @us"
    assert (shop.sync(), shop.sync()) == ([], [])
    (given,) = [word.verdict for story in read(shop.host) for word in words(story)]
    assert (given.decision, given.scope, given.reason) == ("rejected", "here", "not | @us")
    assert given.reviewer == f"Ada (pull request {shop.number})"
    shop.ledger.undo(1, "Ada", "", "2027-01-02T00:00:00+00:00")
    assert shop.sync() == ["told"]
    assert [word.verdict.decision for story in read(shop.host) for word in words(story)] == ["rejected", "undone"]
    assert (shop.ledger.proposal(1).state, shop.sync()) == (State.STALE, [])


def test_what_was_refused_here_stays_open_there_while_somebody_works_on_it(shop: Shop) -> None:
    assert shop.sync() == ["adopted"]
    theirs = shop.repository.commit(shop.draft.tree, shop.commit, "by hand\n")
    shop.host.remote.branches[BRANCH] = theirs
    shop.ledger.decide(1, Verdict(shop.draft.id, "rejected", "Ada", "", "finding", "2027-01-01T00:00:00+00:00"))
    assert shop.sync() == ["told"]
    assert shop.host.pull(shop.number).open
    assert (shop.sync(), shop.ledger.proposal(1).state) == ([], State.REJECTED)


@pytest.mark.parametrize(
    "acts",
    [
        pytest.param(
            [
                lambda host, number: host.write(number, "ugly"),
                lambda host, number: host.close(number),
                lambda host, number: host.write(number, "/nova no rule because never"),
                lambda host, number: host.write(number, "/nova undo-no"),
            ],
            id="closed, explained and taken back",
        ),
        pytest.param(
            [
                lambda host, number: host.give(number, "CHANGES_REQUESTED", "shorter"),
                lambda host, number: host.close(number),
                lambda host, number: host.write(number, "thanks"),
            ],
            id="closed after a review",
        ),
        pytest.param(
            [
                lambda host, number: host.write(number, "/nova no"),
                lambda host, number: host.write(number, "/nova undo-no"),
                lambda host, number: host.accept(number),
                lambda host, number: host.write(number, "/nova no here because it broke us"),
            ],
            id="refused, merged and regretted",
        ),
    ],
)
def test_it_does_not_matter_how_often_it_was_read(
    shop: Shop, tmp_path: Path, acts: list[Callable[[FakeHost, int], object]]
) -> None:
    late = Shop(tmp_path / "late")
    shop.sync()
    for act in acts:
        act(shop.host, shop.number)
        act(late.host, late.number)
        shop.sync()
    late.sync()
    assert (late.decided(), late.ledger.suppressed(FINDING)) == (shop.decided(), shop.ledger.suppressed(FINDING))
    assert [one.state for one in late.ledger.proposals()] == [one.state for one in shop.ledger.proposals()]
    late.ledger.close()
    late.repository.close()


def test_commands_that_nobody_answered_are_told(shop: Shop) -> None:
    improver = Improver(read_settings(shop.repository.root, None), shop.repository, shop.ledger)
    said = [shop.host.write(shop.number, text) for text in ("/nova why", "thanks", "/nova no")]
    shop.host.say(shop.number, marked("answer", {"comment": said[0].id, "closed": False}))
    shop.host.write(shop.number, "/nova no rule", Person("stranger"))
    assert sync(improver, shop.host, shop.host.remote).unanswered == ((shop.number, said[2].id),)


def test_what_is_to_be_split_is_known_for_good(shop: Shop) -> None:
    shop.host.say(shop.number, f"Closed.\n\n{marked('closed', {})}\n\n{marked('split', {})}")
    shop.host.close_pull(shop.number)
    assert shop.sync() == ["adopted", "stale"]
    assert shop.ledger.last_sync(SHOP.name).apart == {FINDING.key}
    shop.host.pulled.clear()
    assert shop.sync() == []
    assert shop.ledger.last_sync(SHOP.name).apart == {FINDING.key}
