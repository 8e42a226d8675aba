"""What the dashboard tells comes from the ledger, the policies and a run's own words, and goes into one issue."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from improver.adapters.canary_record import CanaryRecord, keep
from improver.adapters.ledger_records import Attempt, Publication
from improver.app import Improver, now, open_improver
from improver.errors import UsageError
from improver.host import Person
from improver.hosting.reporting import LABEL, TITLE, Printed, facts_of, keep_issue
from improver.pulls.dashboard import Facts, Night
from improver.pulls.marking import marks
from improver.records import Safety, Verdict
from improver.settings import read_settings
from tests.improver.hosting import FakeHost
from tests.improver.test_cli import repository
from tests.improver.test_verifying import DRAFT

__all__ = ["repository"]
PAGE = "http://127.0.0.1/shop/shop/pull/7"
AT = "2026-01-01T00:00:00+00:00"


@pytest.fixture
def improver(repository: Path) -> Iterator[Improver]:
    with open_improver(read_settings(repository, None)) as opened:
        yield opened


def proposed(improver: Improver, name: str, **fields: object) -> int:
    draft = replace(DRAFT, id=name, branch=f"nova/{name}", publishable=True)
    draft = replace(draft, **fields)  # type: ignore[arg-type]
    number = improver.ledger.begin_proposal(draft)
    improver.ledger.opened(number)
    return number


def published(improver: Improver, number: int, pull: int, at: str) -> None:
    improver.ledger.published(Publication(number, "shop/shop", pull, f"nova/{number}", "a" * 40, PAGE, at))


def test_an_empty_ledger_tells_nothing(improver: Improver) -> None:
    facts = facts_of(improver)
    assert (facts.night, facts.standing, facts.rejected, facts.refused, facts.problems) == (None, (), (), (), ())


def test_what_stands_is_told_with_where_it_is_or_why_it_is_here(improver: Improver) -> None:
    fresh, old = now(), now() - timedelta(days=3)
    for name, at in (("one", fresh), ("two", old)):
        published(improver, proposed(improver, name), 7 if name == "one" else 8, at.isoformat())
    proposed(improver, "three")
    proposed(improver, "four", publishable=False, safety=Safety.PROVED)
    proposed(improver, "five", safety=Safety.BEHAVIOUR_CHANGE, publishable=False)
    facts = facts_of(improver)
    assert [(one.number, one.pull, one.kept_back) for one in facts.standing][:3] == [
        (1, 7, ""),
        (2, 8, ""),
        (3, 0, "nobody published it: improve publish"),
    ]
    assert facts.standing[3].kept_back == "its evidence does not carry it beyond this machine"
    assert facts.opened == 1


def test_where_the_most_pull_requests_are_open_that_is_the_reason(improver: Improver) -> None:
    for number in range(1, 6):
        published(improver, proposed(improver, f"p{number}"), number, AT)
    proposed(improver, "more")
    assert facts_of(improver).standing[-1].kept_back == "5 pull requests are open, and policy allows 5: decide first"


def test_a_no_is_told_until_it_is_undone(improver: Improver) -> None:
    number = proposed(improver, "one")
    published(improver, number, 7, AT)
    improver.ledger.decide(number, Verdict("one", "rejected", "ada", "no", "rule", AT))
    (no,) = facts_of(improver).rejected
    assert (no.number, no.scope, no.by, no.reason, no.pull, no.page) == (number, "rule", "ada", "no", 7, PAGE)
    improver.ledger.undo(number, "ada", "", AT)
    assert facts_of(improver).rejected == ()


def test_the_last_run_is_told_with_what_was_refused_in_it(improver: Improver) -> None:
    for run in ("old", "new"):
        improver.ledger.start_run(run, "a" * 40, AT)
        improver.ledger.record_attempts([Attempt(run, "open_with", "a.py", "k", "tests", run, AT)])
        funnel = {"seen": 4, "eligible": 2, "tried": 1, "passed": 0, "opened": 0, "attempts": 1, "drops": {"x": 3}}
        improver.ledger.finish_run(run, "blocked", funnel, AT)
    facts = facts_of(improver)
    counts = {"seen": 4, "eligible": 2, "tried": 1, "attempts": 1}
    assert facts.night == Night("blocked", "", counts, {"x": 3}, AT, AT)
    assert [one.reason for one in facts.refused] == ["new"]


def test_a_run_elsewhere_is_told_by_what_it_printed(improver: Improver) -> None:
    printed = {"schema": "nova/improve/1", "outcome": "error", "reason": "2 tests are flaky", "why": "a, b", "next": []}
    night = facts_of(improver, Printed(json.dumps(printed).encode())).night
    assert night == Night("error", "2 tests are flaky: a, b")


def test_what_was_published_elsewhere_is_told_with_what_was_not(improver: Improver) -> None:
    pulls = [
        {"act": "opened", "text": "Close the file", "number": 7, "page": PAGE, "proposal": "one"},
        {"act": "skipped", "text": "5 pull requests wait for a human", "number": 0, "page": "", "proposal": "two"},
        {"act": "refused", "text": "scope: frozen", "number": 0, "page": "", "proposal": "three"},
    ]
    printed = json.dumps({"outcome": "refused", "reason": "scope: frozen", "pulls": pulls, "next": []}).encode()
    facts = facts_of(improver, Printed(published=printed))
    assert facts.withheld == ("two: 5 pull requests wait for a human", "three: scope: frozen")
    assert facts.problems == ()
    broke = b'{"outcome": "error", "reason": "the host does not answer"}'
    assert facts_of(improver, Printed(published=broke)).problems == ("publishing broke: the host does not answer",)
    with pytest.raises(UsageError, match="not how publishing ended"):
        facts_of(improver, Printed(published=b"{}"))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{}", id="no outcome"),
        pytest.param(b'{"outcome": "Ended <b>"}', id="an outcome that is none"),
        pytest.param(b'{"outcome": "blocked", "funnel": {"seen": -1}}', id="a count below nothing"),
        pytest.param(b'{"outcome": "blocked", "funnel": {"drops": {"x": "1"}}}', id="a count that is text"),
        pytest.param(b" " * (2 << 20), id="too many bytes"),
    ],
)
def test_what_no_run_printed_is_refused(data: bytes, improver: Improver) -> None:
    with pytest.raises(UsageError, match="not how a run ended"):
        facts_of(improver, Printed(data))


def test_canaries_that_got_through_are_problems(improver: Improver) -> None:
    keep(improver.repository.data, CanaryRecord("code", AT, 9, 1, 8, ("forged-report",), (), ("odd",)))
    facts = facts_of(improver)
    assert facts.problems == (
        "known-bad changes got through the gates: forged-report",
        "a gate broke at known changes: odd",
    )
    assert facts.canaries == f"{AT}: 9 refused, 1 escalated, 1 got through"


# --- the issue ----------------------------------------------------------------------------------------------------


def issued(host: FakeHost, facts: Facts) -> tuple[int, tuple[int, ...], str]:
    _, kept = keep_issue(host, facts)
    return (
        kept.issue.number,
        kept.others,
        next(one.body for one in host.issues(LABEL) if one.number == kept.issue.number),
    )


def test_one_issue_is_opened_and_then_edited_in_place(improver: Improver) -> None:
    host = FakeHost()
    first, _, body = issued(host, facts_of(improver))
    assert body.startswith("**Nothing waits for you; there was no run yet**\n")
    proposed(improver, "one")
    again, others, body = issued(host, facts_of(improver))
    assert (again, others) == (first, ())
    assert body.startswith("**1 proposal waits unpublished**\n")
    assert len(marks(body, "dashboard")) == 1
    assert [one.title for one in host.issues(LABEL)] == [TITLE]


def test_of_two_the_oldest_is_used_and_the_other_named(improver: Improver) -> None:
    host = FakeHost()
    made = [host.open_issue(TITLE, "", LABEL).number for _ in range(2)]
    assert issued(host, facts_of(improver))[:2] == (made[0], (made[1],))


def test_an_issue_of_somebody_else_is_never_rewritten(improver: Improver) -> None:
    host = FakeHost()
    theirs = host.open_issue("my notes", "mine", LABEL)
    host.issued[theirs.number] = (replace(theirs, author=Person("ada")), LABEL)
    assert issued(host, facts_of(improver))[0] != theirs.number
    assert host.issued[theirs.number][0].body == "mine"


def test_what_somebody_ticked_stays_ticked_until_it_is_heeded(improver: Improver) -> None:
    number = proposed(improver, "one")
    published(improver, number, 7, AT)
    improver.ledger.decide(number, Verdict("one", "rejected", "ada", "", "finding", AT))
    host = FakeHost()
    issue, _, body = issued(host, facts_of(improver))
    assert "\n- [ ] " in body
    host.rewrite_issue(issue, TITLE, body.replace("- [ ] ", "- [x] "))
    assert "\n- [x] " in issued(host, facts_of(improver))[2]
