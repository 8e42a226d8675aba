"""One way for tests to put a change before a gate that only reads: the packaged policy and a bench at rest."""

from collections.abc import Mapping
from importlib.resources import files

from improver.experiments import Experiments
from improver.gate import Candidate, Example, Gate
from improver.policy import NAMES, parse
from improver.ports import Layout, Ruff, RuffFinding, SuiteRun
from improver.records import Change, GateResult, Receipt, Safety, Tree

PACKAGED = parse({name: files("improver").joinpath(f"defaults/{name}.yaml").read_bytes() for name in NAMES})


class StillRuff:
    """A ruff that must not run."""

    def findings(
        self, files: Mapping[str, bytes], *, select: str, config: Mapping[str, bytes] | None
    ) -> tuple[list[RuffFinding], Receipt]:
        raise AssertionError(f"a static gate ran ruff: {sorted(files)} {select} {config}")

    def formatted(self, path: str, data: bytes, config: Mapping[str, bytes] | None) -> bool:
        raise AssertionError(f"a static gate ran ruff: {path} {len(data)} {config}")

    def reformatted(self, path: str, data: bytes, config: Mapping[str, bytes] | None) -> bytes:
        raise AssertionError(f"a static gate ran ruff: {path} {len(data)} {config}")


class StillBench:
    """A bench for gates that only read: any run is an error."""

    ruff: Ruff = StillRuff()
    layout = Layout(("",), ("pier",), ("tests",), "python")
    baseline = SuiteRun({}, "failed", 1, Receipt(("still",)))

    @property
    def experiments(self) -> Experiments:
        raise AssertionError("a static gate asked for an experiment")

    def suite(self, tree: Tree, modules: tuple[str, ...], *, cover: bool = False) -> SuiteRun:
        raise AssertionError(f"a static gate ran the suite: {len(tree)} {modules} {cover}")

    def command(self, tree: Tree, *argv: str) -> tuple[Receipt, str]:
        raise AssertionError(f"a static gate ran a command: {len(tree)} {argv}")


def judged_change(gate: Gate, base: Tree, change: Change) -> GateResult:
    """Judge a change given as records."""
    return gate(Candidate(base, change, PACKAGED, StillBench()))


def judged(
    gate: Gate, base: Mapping[str, str], after: Mapping[str, str | None], safety: Safety = Safety.COVERED
) -> GateResult:
    """Judge texts by path, declared to be of some safety."""
    example = Example(base, after, safety=safety)
    return judged_change(gate, example.tree(), example.change())
