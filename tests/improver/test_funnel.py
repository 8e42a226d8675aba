"""Findings counted at each stage, with the reason at each drop."""

from dataclasses import replace

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


def test_what_was_refused_is_told_for_its_rule_and_file_alone() -> None:
    funnel = Funnel()
    for number in (1, 1, 2, 3, 4, 5, 6):
        funnel.refuse([finding("a"), finding("b")], "lint", f"lint: {number}")
    assert funnel.refusals(finding("c")) == ("lint: 2", "lint: 3", "lint: 4", "lint: 5", "lint: 6")
    assert funnel.drops() == {"refused by lint": 2}
    assert funnel.refusals(replace(finding("a"), path="b.py")) == ()
    assert funnel.refusals(replace(finding("a"), rule="other")) == ()


def test_it_becomes_plain_data() -> None:
    funnel = Funnel()
    funnel.reach("seen", [finding("a")])
    funnel.attempts = 2
    funnel.drop(finding("a"), "why")
    zero = dict.fromkeys(("eligible", "tried", "passed", "opened"), 0)
    assert funnel.as_counts() == {"seen": 1, **zero, "attempts": 2, "drops": {"why": 1}}
