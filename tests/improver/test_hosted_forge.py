"""A run that publishes: what stands at the host holds findings back before any work starts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from improver import ports
from improver.adapters.hosted_forge import HostedForge
from improver.adapters.ledger import Ledger, open_ledger
from improver.adapters.local_forge import LocalForge
from improver.host import Person
from improver.pulls.publishing import held
from improver.records import Finding, Verdict
from tests.improver.offering import Office, evidence, finding, offer
from tests.improver.test_ledger import AT, draft

NEW = finding("key-9")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path) as opened:
        yield opened


def forge(ledger: Ledger, office: Office, said: str = "") -> ports.Forge:
    return HostedForge(LocalForge(ledger, "run-1"), held(office.seen(), lambda found: said if found == NEW else ""))


def reasons(found: ports.Forge, *keys: str) -> list[str]:
    return [found.suppressed(finding(key)) for key in keys]


def test_what_is_open_or_merged_at_the_host_is_not_tried(ledger: Ledger) -> None:
    office = Office()
    office.publish(offer(evidence(("open-1", "open-2"))), offer(evidence(("merged",))))
    office.host.accept(2)
    assert reasons(forge(ledger, office), "open-1", "open-2", "merged", "new") == [
        "same as open pull request #1",
        "same as open pull request #1",
        "merged in pull request #2",
        "",
    ]


def test_what_main_moved_away_from_is_tried_again_unless_somebody_pushed_to_it(ledger: Ledger) -> None:
    office = Office()
    office.publish(offer(evidence(("ours",))), theirs := offer(evidence(("theirs",))))
    office.host.remote.branches[theirs.branch] = "e" * 40
    office.move_main()
    assert reasons(forge(ledger, office), "ours", "theirs") == ["", "same as open pull request #2"]


def test_what_was_only_closed_is_for_those_who_read_why(ledger: Ledger) -> None:
    office = Office()
    office.publish(offer(evidence((NEW.key,))))
    office.host.close(1, Person("owner"))
    assert forge(ledger, office).suppressed(NEW) == ""
    assert forge(ledger, office, "rejected in pull request #1").suppressed(NEW) == "rejected in pull request #1"


def test_what_is_known_here_counts_too(ledger: Ledger) -> None:
    found = Finding("key-a", "explicit_cause", "pkg/a.py", "f", 3, 4, "raise without a cause")
    both = forge(ledger, Office())
    number = both.begin(draft("one", found))
    both.opened(number, AT)
    assert both.suppressed(found) == "same as open proposal #1"
    both.refused((found,), "tests", "one differs", AT)
    assert [one.gate for one in ledger.attempts("run-1")] == ["tests"]
    ledger.decide(number, Verdict("one", "rejected", "a human", "", "finding", AT))
    assert (both.suppressed(found), both.verdicts()) == (
        "rejected in proposal #1",
        {"explicit_cause": (0, 1)},
    )
