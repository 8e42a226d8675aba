"""Prepare the ground that verdicts stand on: layout, sandbox, probes and baseline of one commit."""

import contextlib
import hashlib
import importlib.metadata
import importlib.resources
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from improver.app import Improver, policy_of
from improver.judge import ordered
from improver.policy import Policy
from improver.ports import Layout
from improver.proposing import Ground
from improver.records import Receipt, Tier, Tree
from improver.request import Event
from improver.verify.bench import Baseline, SandboxBench, baseline_key, demand_green, measure
from improver.verify.compiling import with_compiled
from improver.verify.configuration import read as read_configuration
from improver.verify.evidence import gate_code_digest, running_code
from improver.verify.folders import temporary
from improver.verify.generated import generated
from improver.verify.interpreter import probe
from improver.verify.job import Limits
from improver.verify.ruff import RuffTool
from improver.verify.sandbox import Sandbox, best_sandbox
from improver.verify.suite import Rig
from improver.verify.target import find_layout

JUDGE_TOOLS = ("ruff", "griffelib", "libcst", "coverage", "pydantic")
Tell = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """How to prepare: go on with red tests, and measure the baseline anew although one is kept."""

    tolerate_red: bool = False
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Fitness:
    """What the machine gives: the target's layout, the sandbox that works, and what its live probes met."""

    layout: Layout
    sandbox: Sandbox
    probes: Receipt


def fitness_of(improver: Improver, commit: str) -> Fitness:
    """Find the layout and the strongest sandbox, and try to break out of it; raise when something is unfit."""
    tree = improver.repository.tree(commit)
    layout = find_layout(tree, improver.repository.root, improver.settings.python, policy_of(tree))
    sandbox = best_sandbox(layout.python, hide_bwrap=improver.settings.no_bwrap)
    return Fitness(layout, sandbox, sandbox.probe())


def prepare(improver: Improver, commit: str, wish: Wish, tell: Tell) -> Ground:
    """Probe the sandbox and measure the baseline of `commit`; raise when it does not hold."""
    tree = improver.repository.tree(commit)
    policy = policy_of(tree)
    ordered(improver.gates, policy)  # a policy that names an unknown gate is told before any work
    fit = fitness_of(improver, commit)
    sandbox, layout = fit.sandbox, fit.layout
    tell(Event("ok", "sandbox", f"tier {sandbox.tier} · {fit.probes.counts['probes']} ways out tried, none open"))
    stamp = _stamp(sandbox, policy, tree)
    if stamp:
        tell(Event("loud", "sandbox", stamp))
    made = generated(tree, improver.repository.root, policy.gates.suite.generated)
    if made:
        tell(Event("note", "baseline", f"not in git, as the build made it: {', '.join(made)}"))
    rig = Rig(sandbox, layout, policy, read_configuration(tree), generated=made)
    baseline, rig = _baseline(improver, rig, commit, wish)
    run = baseline.run
    counts = " · ".join(f"{number} {word}" for word, number in run.receipt.counts.items())
    tell(Event("ok", "baseline", f"{counts} · {run.receipt.seconds:.1f} s · tree {_tree_id(improver, commit)[:7]}"))
    return Ground(
        base=commit,
        tree=tree,
        policy=policy,
        bench=SandboxBench(RuffTool(), rig, run, tree, improver.repository.data / "recordings"),
        gate_code=gate_code_digest(running_code()),
        tools=_tools(layout.python, run.receipt.notes),
        tier=sandbox.tier,
        sandbox=_sandbox_digest(sandbox, policy),
        stamp=stamp,
    )


def _baseline(improver: Improver, rig: Rig, commit: str, wish: Wish) -> tuple[Baseline, Rig]:
    """Measure; flaky tests cannot be held to an outcome, so a tolerant run leaves them out, counted."""
    with contextlib.ExitStack() as stack:
        cache = improver.repository.data / "baselines"
        if wish.fresh:
            cache = stack.enter_context(temporary("baseline"))
        tree = improver.repository.tree(commit)
        rig = with_compiled(rig, tree, cache)
        baseline = measure(rig, tree, cache, key=baseline_key(_tree_id(improver, commit), rig))
        demand_green(baseline, tolerant=wish.tolerate_red)
        if baseline.flaky:
            rig = _without(rig, baseline.flaky)
            baseline = measure(rig, tree, cache, key=baseline_key(_tree_id(improver, commit), rig))
    return baseline, rig


def _without(rig: Rig, tests: Sequence[str]) -> Rig:
    scope = rig.policy.scope.model_copy(update={"host": (*rig.policy.scope.host, *tests)})
    return replace(rig, policy=rig.policy.model_copy(update={"scope": scope}))


def _tree_id(improver: Improver, commit: str) -> str:
    return improver.repository.tree_id(commit)


def _stamp(sandbox: Sandbox, policy: Policy, tree: Tree) -> str:
    """Return why nothing of this run is evidence, "" when it is."""
    if list(Tier).index(sandbox.tier) > list(Tier).index(policy.gates.evidence_tier):
        fix = f" · fix: {sandbox.fix}" if sandbox.fix else ""
        return f"NOT EVIDENCE: sandbox tier {sandbox.tier} ({sandbox.why}); {policy.gates.evidence_tier} is needed{fix}"
    if judges_another(tree):
        return "NOT EVIDENCE: the gates that run are not those of the base commit · fix: commit them first"
    return ""


def judges_another(tree: Tree) -> bool:
    """Tell whether `tree` is the improver's own and holds other gates than those that run here."""
    if "improver/judge.py" not in tree:
        return False
    own = {path.removeprefix("improver/"): tree[path].data for path in tree if path.startswith("improver/")}
    return gate_code_digest(own) != gate_code_digest(running_code())


def _tools(python: str, notes: Sequence[str]) -> dict[str, str]:
    found = {name: importlib.metadata.version(name) for name in JUDGE_TOOLS}
    found |= dict(note.split(" ", 1) for note in notes if note.startswith("pytest ") and note.count(" ") == 1)
    return found | {"python": probe(python).text, "improver python": platform.python_version()}


def _sandbox_digest(sandbox: Sandbox, policy: Policy) -> str:
    facts = (sandbox.tier.value, sandbox.gaps, Limits.of(policy.gates.suite))
    return hashlib.sha256(repr(facts).encode()).hexdigest()
