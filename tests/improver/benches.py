"""A bench in memory: it remembers what it was asked and gives the runs it was given."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from improver.experiments import (
    Comparison,
    Exploration,
    Look,
    Mutant,
    MutationRun,
    Recording,
    Repetition,
    Scaling,
    Wanted,
)
from improver.gate import Candidate, Example, Gate
from improver.ports import Layout, Ruff, SuiteRun
from improver.records import GateResult, Receipt, Tree
from improver.verify.ruff import RuffTool
from tests.improver.judging import PACKAGED

LAYOUT = Layout(("",), ("pier",), ("tests",), "python")
GREEN = {"tests/test_a.py::test_depth": "passed/passed/passed"}


def run_of(
    manifest: Mapping[str, str] = GREEN,
    *,
    canary: str = "failed",
    canaries: int = 1,
    status: int | None = 1,
    modules: Mapping[str, str] | None = None,
    lines: Mapping[str, frozenset[int]] | None = None,
    trouble: str = "",
) -> SuiteRun:
    """Return a run that is honest and green unless told otherwise."""
    receipt = Receipt(("pytest",), status, counts={"passed": len(manifest)})
    return SuiteRun(manifest, canary, canaries, receipt, modules or {}, lines or {}, trouble=trouble)


@dataclass
class FakeExperiments:
    """Answers each question with the value it was given."""

    recorded: Recording = field(default_factory=lambda: Recording({}, {}, {}, {}, Receipt(("record",))))
    compared: Comparison = field(default_factory=lambda: Comparison({}, (), {}, Receipt(("compare",))))
    looked: Look = field(default_factory=Look)
    mutated: MutationRun = field(default_factory=lambda: MutationRun({}, (), {}, Receipt(("mutate",))))
    repeated: Repetition = field(default_factory=lambda: Repetition(0, (), {}, Receipt(("repeat",))))
    scaled: Scaling = field(default_factory=lambda: Scaling((), Receipt(("scale",))))
    explored: Exploration = field(default_factory=lambda: Exploration((), (), {}, Receipt(("explore",))))
    asked: list[tuple[object, ...]] = field(default_factory=list)

    def recording(self) -> Recording:
        return self.recorded

    def compare(self, tree: Tree, functions: Sequence[str]) -> Comparison:
        self.asked.append((tree, functions))
        return self.compared

    def look(self, changes: Sequence[Mapping[str, bytes | None]]) -> tuple[Look, ...]:
        self.asked.append((changes,))
        return tuple(self.looked for _ in changes)

    def mutate(self, tree: Tree, mutants: Sequence[Mutant], tests: Sequence[str]) -> MutationRun:
        self.asked.append((tree, mutants, tests))
        return self.mutated

    def repeat(self, tree: Tree, tests: Sequence[str]) -> Repetition:
        self.asked.append((tree, tests))
        known = {name: why for name, why in self.repeated.unsteady.items() if name.startswith(tuple(tests))}
        return dataclasses.replace(self.repeated, unsteady=known)

    def scale(self, tree: Tree, functions: Sequence[str]) -> Scaling:
        self.asked.append((tree, functions))
        return self.scaled

    def explore(self, tree: Tree, wanted: Sequence[Wanted], mutants: Sequence[Mutant]) -> Exploration:
        self.asked.append((tree, wanted, mutants))
        return self.explored


@dataclass
class FakeBench:
    """Answers from memory; `commands` maps the content of pier/a.py to (exit, output). ruff is real: it is fast."""

    baseline: SuiteRun = field(default_factory=run_of)
    later: SuiteRun = field(default_factory=run_of)
    commands: Mapping[str, tuple[int | None, str]] = field(default_factory=dict)
    layout: Layout = LAYOUT
    ruff: Ruff = field(default_factory=RuffTool)
    experiments: FakeExperiments = field(default_factory=FakeExperiments)
    ran: list[tuple[Tree, tuple[str, ...]]] = field(default_factory=list)

    def suite(self, tree: Tree, modules: tuple[str, ...], *, cover: bool = False) -> SuiteRun:
        self.ran.append((tree, modules))
        return self.later if cover else dataclasses.replace(self.later, lines={})

    def command(self, tree: Tree, *argv: str) -> tuple[Receipt, str]:
        self.ran.append((tree, argv))
        status, output = self.commands[tree["pier/a.py"].data.decode()]
        return Receipt(argv, status), output


def ruled(gate: Gate, example: Example, bench: FakeBench) -> GateResult:
    """Judge `example` on `bench` under the packaged policy."""
    return gate(Candidate(example.tree(), example.change(), PACKAGED, bench))
