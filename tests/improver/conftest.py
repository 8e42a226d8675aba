"""A bench for a tree: a real sandbox and a real run of its suite."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from improver.ports import Bench, SuiteRun
from improver.records import Tree
from improver.verify import configuration
from improver.verify.bench import SandboxBench
from improver.verify.ruff import RuffTool
from improver.verify.sandbox import Sandbox
from improver.verify.suite import Rig, run_suite
from improver.verify.target import find_layout
from tests.improver.judging import PACKAGED

BenchFor = Callable[[Tree], Bench]


@pytest.fixture(scope="session")
def bench_for(tmp_path_factory: pytest.TempPathFactory, strongest: Sandbox) -> BenchFor:
    """Return a function that measures a tree's baseline on the strongest sandbox here; each tree is run once."""
    root: Path = tmp_path_factory.mktemp("project")
    measured: dict[tuple[tuple[str, str], ...], SuiteRun] = {}

    def bench(tree: Tree) -> Bench:
        layout = find_layout(tree, root, sys.executable, PACKAGED)
        rig = Rig(strongest, layout, PACKAGED, configuration.read(tree))
        name = tuple(sorted((path, file.digest) for path, file in tree.items()))
        if name not in measured:
            measured[name] = run_suite(rig, tree, cover=True)
        return SandboxBench(RuffTool(), rig, measured[name], tree)

    return bench
