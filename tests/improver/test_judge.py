"""The order of the gates, and that nothing but an explicit pass is a pass."""

from collections.abc import Sequence

import pytest

from improver.errors import PolicyError
from improver.gate import Candidate, Gate
from improver.judge import judge, judge_in_time, ordered
from improver.records import Change, Ruling, Safety
from tests.improver.benches import FakeBench
from tests.improver.renewing import always, gate_of, policy_for

CHEAP, DEAR = gate_of("cheap", always(Ruling.PASS), 1), gate_of("dear", always(Ruling.PASS), 9)
FAIL = gate_of("strict", always(Ruling.FAIL))
SHY = gate_of("shy", always(Ruling.ABSTAIN))


def _breaks(candidate: Candidate) -> Ruling:
    raise ZeroDivisionError("by nought")


def _returns_yes(candidate: Candidate) -> Ruling:
    return Ruling.PASS


BROKEN = gate_of("broken", _breaks)
SLOPPY = Gate("sloppy", "Well?", 1, CHEAP.passes, CHEAP.fails, _returns_yes)  # type: ignore[arg-type]


def rulings(gates: Sequence[Gate]) -> list[tuple[str, Ruling]]:
    """Judge an empty change."""
    candidate = Candidate({}, Change("rule", Safety.COVERED, (), "t", "w"), policy_for(*gates), FakeBench())
    return [(result.gate, result.ruling) for result in judge(gates, candidate)]


@pytest.mark.parametrize(
    ("gates", "patience", "asked"),
    [
        pytest.param((CHEAP, DEAR), 9, ["cheap", "dear"], id="time enough"),
        pytest.param((CHEAP, DEAR), 1, None, id="time for one of two"),
        pytest.param((CHEAP, DEAR), 2, ["cheap", "dear"], id="late after the last"),
        pytest.param((FAIL, DEAR), 1, ["strict"], id="a refusal holds however late it is"),
        pytest.param((), 0, [], id="nothing is asked"),
    ],
)
def test_no_gate_is_asked_once_it_is_late(gates: Sequence[Gate], patience: int, asked: list[str] | None) -> None:
    looks = iter([*[False] * patience, True])
    candidate = Candidate({}, Change("rule", Safety.COVERED, (), "t", "w"), policy_for(*gates), FakeBench())
    found = judge_in_time(gates, candidate, lambda: next(looks))
    assert (None if found is None else [result.gate for result in found]) == asked


def test_gates_come_in_the_policys_order() -> None:
    assert ordered([CHEAP, DEAR], policy_for(DEAR, CHEAP)) == [DEAR, CHEAP]


def test_a_gate_that_policy_forgets_comes_last_and_is_not_skipped() -> None:
    assert ordered([DEAR, CHEAP, SHY], policy_for(SHY)) == [SHY, CHEAP, DEAR]


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        pytest.param("cheep", "did you mean 'cheap'?", id="a near miss"),
        pytest.param("zzz", "the gates are cheap, dear", id="nothing near"),
    ],
)
def test_an_unknown_gate_in_the_policy_is_an_error(name: str, fix: str) -> None:
    for policy in (policy_for(gate_of(name, _returns_yes)), policy_for(CHEAP, must=[name])):
        with pytest.raises(PolicyError) as caught:
            ordered([CHEAP, DEAR], policy)
        assert (caught.value.what, caught.value.hint.fix) == (f"unknown gate {name!r}", fix)
        assert caught.value.hint.where == "policies/gates.yaml"


@pytest.mark.parametrize(
    ("gates", "expected"),
    [
        pytest.param([CHEAP, DEAR], [("cheap", Ruling.PASS), ("dear", Ruling.PASS)], id="all are asked"),
        pytest.param([FAIL, DEAR], [("strict", Ruling.FAIL)], id="the first failure ends it"),
        pytest.param([SHY, DEAR], [("shy", Ruling.ABSTAIN), ("dear", Ruling.PASS)], id="an abstention ends nothing"),
        pytest.param([BROKEN, DEAR], [("broken", Ruling.FAIL)], id="a gate that breaks has failed"),
        pytest.param([SLOPPY, DEAR], [("sloppy", Ruling.FAIL)], id="a gate that returns no ruling has failed"),
    ],
)
def test_gates_are_asked_until_one_fails(gates: list[Gate], expected: list[tuple[str, Ruling]]) -> None:
    assert rulings(gates) == expected


def test_a_broken_gate_says_what_broke() -> None:
    candidate = Candidate({}, Change("rule", Safety.COVERED, (), "t", "w"), policy_for(BROKEN), FakeBench())
    assert next(judge([BROKEN], candidate)).reasons == ("the gate itself broke: ZeroDivisionError: by nought",)
