"""Every gate passes the tree it says it passes, and fails the one it says it fails."""

from collections.abc import Callable

import pytest

from improver.codemod import Codemod
from improver.discover import discover, discover_classes
from improver.gate import Candidate, Example, Gate
from improver.gates.coverage import coverage
from improver.ports import Bench
from improver.records import Ruling, Safety, Tree
from tests.improver.benches import FakeBench, run_of
from tests.improver.benches import ruled as in_memory
from tests.improver.judging import PACKAGED, StillBench, judged

STATIC = {"intake", "scope", "size", "easy_green", "capability", "dependency", "rationale"}
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


KINDS = discover_classes("improver.codemods", Codemod)  # type: ignore[type-abstract] # the base names the kind
CODEMODS = [kind() for kind in KINDS]
EACH = [(codemod, number) for codemod in CODEMODS for number in range(len(codemod.CHANGES))]
REWRITES = [pytest.param(codemod, number, id=f"{codemod.name} {number + 1}") for codemod, number in EACH]
OF_PRODUCTS = [rewrite for rewrite, (codemod, _) in zip(REWRITES, EACH, strict=True) if not codemod.TESTS]


@pytest.mark.parametrize(("codemod", "number"), REWRITES)
def test_no_gate_that_reads_stops_what_a_codemod_is_for(codemod: Codemod, number: int) -> None:
    before, after = codemod.CHANGES[number]
    path, safety = ("tests/test_a.py", codemod.SAFETY) if codemod.TESTS else ("pier/a.py", Safety.COVERED)
    results = [judged(gate, {path: before}, {path: after}, safety) for gate in READING]
    fine = {Ruling.PASS, *([Ruling.ESCALATE] if codemod.TESTS else [])}  # what tests ask for is a human's to judge
    assert [(result.gate, result.reasons) for result in results if result.ruling not in fine] == []


@pytest.mark.parametrize(("codemod", "number"), OF_PRODUCTS)
def test_coverage_stops_nothing_of_what_a_codemod_is_for_where_every_line_runs(codemod: Codemod, number: int) -> None:
    before, after = codemod.CHANGES[number]
    then, now = (run_of(lines={"pier/a.py": frozenset(range(1, text.count("\n") + 2))}) for text in (before, after))
    result = in_memory(coverage, Example({"pier/a.py": before}, {"pier/a.py": after}), FakeBench(then, now))
    assert (result.ruling, result.reasons if result.ruling is Ruling.FAIL else ()) == (Ruling.PASS, ())
