"""A package's tree, its policy and the bench its gates run on, for benchmarks that ask gates without a repository."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import yaml

from benchmarks.fetching import OURS, WORK, Package, environment
from improver.app import policy_of
from improver.policy import Policy
from improver.records import File, Tree
from improver.verify.bench import SandboxBench, baseline_key, measure
from improver.verify.compiling import with_compiled
from improver.verify.configuration import read as read_configuration
from improver.verify.ruff import RuffTool
from improver.verify.sandbox import best_sandbox
from improver.verify.suite import Rig
from improver.verify.target import find_layout

CACHE = WORK / "baselines"


def tree_of(folder: Path) -> dict[str, File]:
    """Read a source distribution as a tree; what Python wrote there is left out."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    return {
        path.relative_to(folder).as_posix(): File(path.read_bytes())
        for path in paths
        if path.suffix != ".pyc" and ".pytest_cache" not in path.parts
    }


def policy_for(package: Package) -> Policy:
    """Return the packaged policy with the lines that this package's tests need changed."""
    policy = policy_of({})
    text = json.dumps(policy.gates.suite.model_dump())
    for old, new in package.gates:
        wanted = yaml.safe_load(new)
        assert yaml.safe_load(old).keys() == wanted.keys(), "a change keeps its key"
        text = json.dumps(json.loads(text) | wanted)
    suite = policy.gates.suite.model_validate_json(text)
    return policy.model_copy(update={"gates": policy.gates.model_copy(update={"suite": suite})})


def bench_of(package: Package, tree: Tree, policy: Policy, base: Path = OURS) -> SandboxBench:
    """Measure the suite of `tree` in the strongest sandbox; tests that come out otherwise each time are left out."""
    python = str(environment(package, base))
    rig = Rig(best_sandbox(python), find_layout(tree, WORK, python, policy), policy, read_configuration(tree))
    rig = with_compiled(rig, tree, CACHE)
    digest = hashlib.sha256("".join(f"{path} {tree[path].digest}\n" for path in sorted(tree)).encode()).hexdigest()
    baseline = measure(rig, tree, CACHE, key=baseline_key(digest, rig))
    if baseline.flaky:
        scope = policy.scope.model_copy(update={"host": (*policy.scope.host, *baseline.flaky)})
        rig = replace(rig, policy=policy.model_copy(update={"scope": scope}))
        baseline = measure(rig, tree, CACHE, key=baseline_key(digest, rig))
    return SandboxBench(RuffTool(), rig, baseline.run, tree, WORK / "recordings")
