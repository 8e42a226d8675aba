"""Evidence is dropped once nobody can ask about it, and never while somebody may."""

from dataclasses import replace
from datetime import timedelta

import pytest

from improver.pulls import pruning
from improver.pulls.pruning import LASTS, prune
from improver.pulls.publishing import Offer
from tests.improver.offering import MOVED, NOON, Office, evidence, offer

LATER = NOON + LASTS + timedelta(days=1)
OFFER = offer()


def ended(office: Office, days: int, made: Offer = OFFER) -> None:
    """Publish a proposal whose pull request was closed so many days before LATER."""
    office.publish(made)
    office.host.close(1)
    closed = (LATER - timedelta(days=days)).isoformat()
    office.host.pulled[1] = replace(office.host.pulled[1], closed=closed)
    del office.host.remote.branches[made.branch]


@pytest.mark.parametrize(("days", "gone"), [(91, (OFFER.id,)), (89, ())], ids=["long ago", "lately"])
def test_what_ended_long_ago_leaves_no_evidence(days: int, gone: tuple[str, ...]) -> None:
    office = Office()
    ended(office, days)
    assert prune(office.host.remote, office.seen(), LATER) == gone
    assert len(office.host.remote.kept) == 1 - len(gone)
    assert prune(office.host.remote, office.seen(), LATER) == ()


def test_what_is_open_keeps_its_evidence_however_old_it_is() -> None:
    office = Office()
    office.publish(OFFER)
    assert prune(office.host.remote, office.seen(), LATER) == ()


def test_what_a_branch_stands_at_keeps_its_evidence_though_its_pull_request_ended() -> None:
    office = Office()
    ended(office, 91)
    office.host.remote.branches[OFFER.branch] = OFFER.commit
    assert prune(office.host.remote, office.seen(), LATER) == ()


def test_what_was_made_anew_loses_what_came_before_once_it_is_old() -> None:
    office, renewed = Office(), offer(evidence(base=MOVED))
    office.publish(OFFER)
    office.move_main()
    office.publish(renewed)
    assert prune(office.host.remote, office.seen(), NOON + timedelta(days=80)) == ()
    assert prune(office.host.remote, office.seen(), LATER) == (OFFER.id,)
    assert list(office.host.remote.kept) == [renewed.id]


@pytest.mark.parametrize("name", ["12345678-nobody-knows", "Odd", "notes-of-somebody"])
def test_what_is_not_ours_or_cannot_be_read_stays(name: str) -> None:
    office = Office()
    office.host.remote.kept[name] = b"{}"
    assert prune(office.host.remote, office.seen(), LATER) == ()


def test_a_human_who_works_on_it_keeps_the_evidence_of_what_was_proposed() -> None:
    office = Office()
    office.publish(OFFER)
    office.host.remote.branches[OFFER.branch] = "e" * 40
    assert prune(office.host.remote, office.seen(), LATER) == ()


def test_so_many_are_dropped_at_once_and_the_rest_later(monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office()
    for number in range(5):
        made = offer(evidence((f"key-{number}",)))
        office.host.remote.push_evidence(made.id, made.evidence.to_bytes())
    monkeypatch.setattr(pruning, "MOST", 3)
    seen = office.seen()
    assert [len(prune(office.host.remote, seen, LATER)) for _ in range(3)] == [3, 2, 0]
