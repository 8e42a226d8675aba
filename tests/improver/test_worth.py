"""A proposal is worth what its codemod is, more where it matters here, and less where humans said no."""

import pytest

from improver.circumstances import Circumstances
from improver.policy import Policy
from improver.policy import Worth as Weights
from improver.ports import History
from improver.records import Change, Edit, File, Finding, Safety
from improver.scan import Group
from improver.worth import Worth, acceptance
from tests.improver.judging import PACKAGED
from tests.improver.renewing import RENEW, RULE, RenewProved, project_of, tree_of


def weighing(weights: Weights | None = None, given: tuple[int, int] = (0, 0)) -> Worth:
    """Return what weighs by `weights`, or the packaged ones, and by verdicts `given` about the renewing rule."""
    review = PACKAGED.review.model_copy(update={"worth": weights or PACKAGED.review.worth})
    policy: Policy = PACKAGED.model_copy(update={"review": review})
    return Worth(policy, Circumstances({}, History(), {RULE: given}))


def group(*places: dict[str, int]) -> Group:
    """Return a group with a finding for each of `places`, which are their evidence."""
    return Group(RENEW, tuple(Finding(str(at), RULE, "a.py", "f", 1, 0, "", one) for at, one in enumerate(places)))


def change(safety: Safety, before: str = "", after: str = "") -> Change:
    """Return a change of a.py."""
    return Change(RULE, safety, (Edit("a.py", File(before.encode()), File(after.encode())),), "t", "w")


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        pytest.param(({},), 9, id="value times safety where nothing is known"),
        pytest.param(({"callers": 8},), 9 * 1.25, id="eight callers give half of their weight"),
        pytest.param(({"changes": 12},), 9 * 1.25, id="and so do twelve changes"),
        pytest.param(({"statements_held": 4, "statements_run": 4},), 9 * 1.5, id="tests that run all of it"),
        pytest.param(({"statements_held": 4, "statements_run": 0},), 9, id="tests that run none of it"),
        pytest.param(({}, {"callers": 8}, {}, {}, {}), 9 * 1.25 * 1.25, id="the best of five places"),
        pytest.param(({"complexity_before": 8, "complexity_after": 4},), 9 * 1.5, id="half of the complexity"),
        pytest.param(({"complexity_before": 4, "complexity_after": 8},), 9, id="what grows gains nothing"),
    ],
)
def test_worth_is_raised_by_each_part_of_the_evidence(places: tuple[dict[str, int], ...], expected: float) -> None:
    assert weighing().of(group(*places)) == pytest.approx(expected)


def test_a_weight_of_nothing_ignores_its_part() -> None:
    weights = Weights(callers=0, changes=0, covered=0, simpler=0, places=0)
    evident = {"callers": 9, "changes": 9, "statements_held": 1, "statements_run": 1, "complexity_before": 9}
    assert weighing(weights).of(group(evident, evident)) == 9


def test_one_verdict_weighs_little_and_many_decide() -> None:
    worths = [weighing(given=given).of(group({})) for given in ((9, 0), (1, 0), (0, 0), (0, 1), (0, 9))]
    assert worths == sorted(worths, reverse=True)
    assert worths[1] < 9 * 1.2
    assert worths[-1] < 9 / 2


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        pytest.param((0, 0), "", id="nobody has decided"),
        pytest.param((0, 4), "", id="four said no, which may be chance"),
        pytest.param((0, 5), f"report only: humans approved 0 of 5 proposals of {RULE}", id="five said no"),
        pytest.param((3, 8), "", id="three of eleven, near the bar"),
        pytest.param((3, 12), f"report only: humans approved 3 of 15 proposals of {RULE}", id="three of fifteen"),
        pytest.param((5, 5), "", id="half"),
    ],
)
def test_a_rule_that_humans_refuse_is_only_reported(given: tuple[int, int], reason: str) -> None:
    assert weighing(given=given).refuses(RULE) == reason


def test_the_bound_is_what_the_formula_says() -> None:
    # 8 of 10 with those assumed: (0.8 + 0.0821 - 1.2816 * sqrt(0.016 + 0.0041)) / 1.1643
    assert acceptance(4, 1) == pytest.approx(0.6016, abs=1e-4)
    assert acceptance(400, 100) == pytest.approx(0.776, abs=1e-3)


def test_what_is_worth_less_than_the_floor_is_told_with_both_figures() -> None:
    weights = Weights(floor=9.5)
    _, poor = weighing(weights).drafted(group({}), change(Safety.COVERED))
    assert poor == "worth 9.0, below the floor of 9.5"
    assert weighing(weights).drafted(group({}), change(Safety.CONFINED))[1] == ""


def test_what_the_draft_gains_is_written_into_the_evidence_and_counts() -> None:
    before = "def f(a):\n    if a:\n        return 1\n    return 0\n"
    kept, poor = weighing(Weights(floor=17)).drafted(group({"callers": 0}), change(Safety.COVERED, before, "A = 1\n"))
    assert [dict(one.evidence) for one in kept.findings] == [
        {"callers": 0, "complexity_before": 1, "complexity_after": 0}
    ]
    assert poor == ""  # 9, and as much again for complexity that is gone


def test_what_an_earlier_and_larger_draft_gained_is_forgotten() -> None:
    earlier = group({"complexity_before": 9, "complexity_after": 1})
    kept, _ = weighing().drafted(earlier, change(Safety.COVERED, "A = 2\n", "A = 1\n"))
    assert [dict(one.evidence) for one in kept.findings] == [{"complexity_before": 0, "complexity_after": 0}]


def test_calls_in_tests_do_not_count() -> None:
    call = "from pier.a import moor\nmoor()\n"
    tree = tree_of({"pier/a.py": "def moor():\n    return 1\n", "tests/test_a.py": call, "pier/b.py": call})
    (one,) = weighing().measured([Finding("k", RULE, "pier/a.py", "moor", 2, 0, "")], project_of(tree))
    assert dict(one.evidence) == {"callers": 1}


def test_the_catalogue_alone_decides_between_rules_about_which_nothing_is_known() -> None:
    proved = Group(RenewProved(), group({}).findings)
    assert weighing().of(proved) > weighing().of(group({}))
