"""Findings counted at each stage, with the reason at each drop."""

from improver.funnel import Funnel
from improver.records import Finding


def finding(key: str) -> Finding:
    """Return a finding of that key."""
    return Finding(key, "rule", "a.py", "", 1, 0, "message")


def test_a_finding_counts_once_a_stage() -> None:
    funnel = Funnel()
    funnel.reach("seen", [finding("a"), finding("b")])
    funnel.reach("tried", [finding("a")])
    funnel.reach("tried", [finding("a")])
    assert [funnel.count(stage) for stage in ("seen", "eligible", "tried")] == [2, 0, 1]


def test_the_last_reason_for_a_drop_stands_until_a_stage_is_reached() -> None:
    funnel = Funnel()
    funnel.drop(finding("a"), "first")
    funnel.drop(finding("a"), "second")
    funnel.drop(finding("b"), "second")
    funnel.drop(finding("c"), "third")
    assert list(funnel.drops().items()) == [("second", 2), ("third", 1)]
    funnel.reach("passed", [finding("a")])
    assert funnel.drops() == {"second": 1, "third": 1}


def test_it_becomes_plain_data() -> None:
    funnel = Funnel()
    funnel.reach("seen", [finding("a")])
    funnel.attempts = 2
    funnel.drop(finding("a"), "why")
    zero = dict.fromkeys(("eligible", "tried", "passed", "opened"), 0)
    assert funnel.as_counts() == {"seen": 1, **zero, "attempts": 2, "drops": {"why": 1}}
