"""Every gate passes the tree it says it passes, and fails the one it says it fails."""

from collections.abc import Callable

import pytest

from improver.discover import discover
from improver.gate import Candidate, Example, Gate
from improver.ports import Bench
from improver.records import Ruling, Tree
from tests.improver.judging import PACKAGED, StillBench

STATIC = {"intake", "scope", "size", "easy_green", "capability"}
ESCALATING = {"api"}  # what is not a pass here is a human's decision
GATES = discover("improver.gates", Gate)
READING = [gate for gate in GATES if gate.name in STATIC]
RUNNING = [gate for gate in GATES if gate.name not in STATIC]
SIDES = [("passes", Ruling.PASS), ("fails", Ruling.FAIL)]
BenchFor = Callable[[Tree], Bench]


def name_of(value: object) -> str:
    return value.name if isinstance(value, Gate) else str(value)


@pytest.mark.parametrize("gate", READING, ids=name_of)
@pytest.mark.parametrize(("side", "ruling"), SIDES, ids=["passes", "fails"])
def test_a_gate_that_reads_rules_as_it_says(gate: Gate, side: str, ruling: Ruling) -> None:
    example: Example = getattr(gate, side)
    result = gate(Candidate(example.tree(), example.change(), PACKAGED, StillBench()))
    assert (result.gate, result.ruling) == (gate.name, ruling), result.reasons


@pytest.mark.host
@pytest.mark.parametrize("gate", RUNNING, ids=name_of)
def test_a_gate_that_runs_passes_what_it_says(gate: Gate, bench_for: BenchFor) -> None:
    assert ruled(gate, gate.passes, bench_for) is Ruling.PASS


@pytest.mark.host
@pytest.mark.parametrize("gate", RUNNING, ids=name_of)
def test_a_gate_that_runs_stops_what_it_says(gate: Gate, bench_for: BenchFor) -> None:
    assert ruled(gate, gate.fails, bench_for) in {Ruling.FAIL, Ruling.ESCALATE}


def ruled(gate: Gate, example: Example, bench_for: BenchFor) -> Ruling:
    tree = example.tree()
    return gate(Candidate(tree, example.change(), PACKAGED, bench_for(tree))).ruling


@pytest.mark.parametrize("gate", GATES, ids=name_of)
def test_a_gate_asks_one_question(gate: Gate) -> None:
    assert gate.question.endswith("?")
    assert gate.question.count("?") == 1


def test_each_gate_has_a_name_of_its_own() -> None:
    names = [gate.name for gate in GATES]
    assert len(set(names)) == len(names)
    assert set(names) >= STATIC
