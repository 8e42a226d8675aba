"""The experiments of one base commit: each kind of run is a module of its own beside this one."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

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
from improver.ports import SuiteRun
from improver.records import Tree
from improver.verify.exploring import explored
from improver.verify.mutation import mutated
from improver.verify.recording import recorded
from improver.verify.repeating import Repeater
from improver.verify.scaling import scaled
from improver.verify.searching import compared
from improver.verify.suite import Rig
from improver.verify.warm import Ground, looked


@dataclass(frozen=True)
class SandboxExperiments:
    """Experiments whose every run of foreign code is sandboxed; `cache` keeps recordings by content hash."""

    rig: Rig
    base: Tree
    baseline: SuiteRun
    cache: Path | None = None

    @functools.cached_property
    def _recording(self) -> Recording:
        renamed = [test.removesuffix("[") for test in self.rig.policy.scope.host if test.endswith("[")]
        return replace(recorded(self.rig, self.base, self.baseline, self.cache), renamed=tuple(renamed))

    @functools.cached_property
    def _repeater(self) -> Repeater:
        return Repeater(self.rig, self.base, self.baseline)

    def recording(self) -> Recording:
        """Return what the base's suite calls; recorded once a base and kept by content hash."""
        return self._recording

    def compare(self, tree: Tree, functions: Sequence[str]) -> Comparison:
        """Replay the recorded and generated inputs of `functions` on the base and on `tree`."""
        return compared(self.rig, (self.base, tree), functions, self.recording())

    def look(self, changes: Sequence[Mapping[str, bytes | None]]) -> tuple[Look, ...]:
        """Take a warm first look at each change (new bytes by path, None deletes) with the base's tests."""
        return looked(self.rig, Ground(self.base, self.baseline, self.recording()), changes)

    def mutate(self, tree: Tree, mutants: Sequence[Mutant], tests: Sequence[str]) -> MutationRun:
        """Run `tests`, those that an impact map names first, of `tree` on each mutant."""
        return mutated(self.rig, tree, mutants, tests)

    def repeat(self, tree: Tree, tests: Sequence[str]) -> Repetition:
        """Run `tests` of `tree` again and again, each time in a fresh process under another circumstance."""
        named = any("::" in test for test in tests)  # whole files are all run, however long they take
        return self._repeater.repeated(tree, tests, self.recording().seconds if named else {})

    def scale(self, tree: Tree, functions: Sequence[str]) -> Scaling:
        """Count what `functions` cost on the base and on `tree` as recorded inputs grow."""
        return scaled(self.rig, (self.base, tree), functions, self.recording())

    def explore(self, tree: Tree, wanted: Sequence[Wanted], mutants: Sequence[Mutant]) -> Exploration:
        """Write, vary and run calls of the functions of one file of `tree`, and try its mutants on them."""
        return explored(self.rig, tree, wanted, mutants)
