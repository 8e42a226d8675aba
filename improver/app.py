"""The composition root: settings in, an improver that can run, verify and tell out."""

import contextlib
import hashlib
import importlib.metadata
import importlib.resources
import platform
import secrets
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from improver.adapters.ledger import Ledger, open_ledger
from improver.adapters.local_forge import LocalForge
from improver.adapters.repository import Repository, open_repository
from improver.adapters.run_lock import run_lock
from improver.codemod import Codemod
from improver.discover import discover, discover_classes
from improver.gate import Candidate, Gate
from improver.judge import judge, ordered
from improver.loop import Crew, Event, Loop, Report, Request
from improver.observer import Observer, Project
from improver.policy import NAMES, Policy, parse
from improver.ports import Layout
from improver.proposing import Ground, Publisher
from improver.records import Draft, Receipt, Tier, Tree
from improver.scan import Scan, read_project, scan
from improver.settings import Settings
from improver.verify.bench import Baseline, SandboxBench, baseline_key, demand_green, measure
from improver.verify.configuration import read as read_configuration
from improver.verify.evidence import gate_code_digest, running_code
from improver.verify.evidence import read as read_evidence
from improver.verify.interpreter import probe
from improver.verify.job import Limits
from improver.verify.ruff import RuffTool
from improver.verify.sandbox import Sandbox, best_sandbox
from improver.verify.suite import Rig
from improver.verify.target import find_layout
from improver.verifying import Standing, Verification, bound, changed, verify

LOCK_SECONDS = 3.0  # how long a second run waits before it says who is at work
JUDGE_TOOLS = ("ruff", "griffelib", "libcst", "coverage", "pydantic")
Tell = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Improver:
    """All parts of one process, on one project."""

    settings: Settings
    repository: Repository
    ledger: Ledger
    codemods: tuple[Codemod, ...]
    observers: tuple[Observer, ...]
    gates: tuple[Gate, ...]

    def policy(self, commit: str) -> Policy:
        """Return the policies of `commit`; a file it does not carry comes from the packaged defaults."""
        return policy_of(self.repository.tree(commit))


@contextlib.contextmanager
def open_improver(settings: Settings) -> Iterator[Improver]:
    """Open the project that holds `settings.repo`; settle first what a killed run left behind."""
    with open_repository(settings.repo) as repository, open_ledger(repository.data) as ledger:
        yield Improver(
            settings, repository, ledger, codemods(), tuple(discover("improver.observers", Observer)), gates()
        )


def codemods() -> tuple[Codemod, ...]:
    """Return every codemod there is."""
    return tuple(kind() for kind in discover_classes("improver.codemods", Codemod))  # type: ignore[type-abstract]


def gates() -> tuple[Gate, ...]:
    """Return every gate there is."""
    return tuple(discover("improver.gates", Gate))


def policy_of(tree: Tree) -> Policy:
    """Read policies/*.yaml of a tree, each absent file from the packaged defaults."""
    defaults = importlib.resources.files("improver") / "defaults"
    texts = {}
    for name in NAMES:
        own = tree.get(f"policies/{name}.yaml")
        texts[name] = own.data if own is not None else (defaults / f"{name}.yaml").read_bytes()
    return parse(texts)


def now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(tz=UTC)


# --- the ground that verdicts stand on ----------------------------------------------------------------------------


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
    rig = Rig(sandbox, layout, policy, read_configuration(tree))
    baseline, rig = _baseline(improver, rig, commit, wish)
    run = baseline.run
    counts = " · ".join(f"{number} {word}" for word, number in run.receipt.counts.items())
    tell(Event("ok", "baseline", f"{counts} · {run.receipt.seconds:.1f} s · tree {_tree_id(improver, commit)[:7]}"))
    return Ground(
        base=commit,
        tree=tree,
        policy=policy,
        bench=SandboxBench(RuffTool(), rig, run),
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
            cache = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nova-baseline-")))
        tree = improver.repository.tree(commit)
        baseline = measure(rig, tree, cache, key=baseline_key(_tree_id(improver, commit), rig))
        if not wish.tolerate_red:
            demand_green(baseline)
        if baseline.flaky:
            rig = _without(rig, baseline.flaky)
            baseline = measure(rig, tree, cache, key=baseline_key(_tree_id(improver, commit), rig))
    return baseline, rig


def _without(rig: Rig, tests: Sequence[str]) -> Rig:
    scope = rig.policy.scope.model_copy(update={"host": (*rig.policy.scope.host, *tests)})
    return Rig(rig.sandbox, rig.layout, rig.policy.model_copy(update={"scope": scope}), rig.configuration)


def _tree_id(improver: Improver, commit: str) -> str:
    return improver.repository.tree_id(commit)


def _stamp(sandbox: Sandbox, policy: Policy, tree: Tree) -> str:
    """Return why nothing of this run is evidence, "" when it is."""
    if list(Tier).index(sandbox.tier) > list(Tier).index(policy.gates.evidence_tier):
        fix = f" · fix: {sandbox.fix}" if sandbox.fix else ""
        return f"NOT EVIDENCE: sandbox tier {sandbox.tier} ({sandbox.why}); {policy.gates.evidence_tier} is needed{fix}"
    if "improver/judge.py" in tree:  # the target is the improver itself
        own = {path.removeprefix("improver/"): tree[path].data for path in tree if path.startswith("improver/")}
        if gate_code_digest(own) != gate_code_digest(running_code()):
            return "NOT EVIDENCE: the gates that run are not those of the base commit · fix: commit them first"
    return ""


def _tools(python: str, notes: Sequence[str]) -> dict[str, str]:
    found = {name: importlib.metadata.version(name) for name in JUDGE_TOOLS}
    found |= dict(note.split(" ", 1) for note in notes if note.startswith("pytest ") and note.count(" ") == 1)
    return found | {"python": probe(python).text, "improver": platform.python_version()}


def _sandbox_digest(sandbox: Sandbox, policy: Policy) -> str:
    facts = (sandbox.tier.value, sandbox.gaps, Limits.of(policy.gates.suite))
    return hashlib.sha256(repr(facts).encode()).hexdigest()


# --- one run ------------------------------------------------------------------------------------------------------


def observe(improver: Improver, tree: Tree, policy: Policy, paths: Sequence[str]) -> tuple[Project, Scan]:
    """Scan the files of `tree` that a machine may touch, narrowed to `paths` (POSIX, relative to the root)."""
    project, unreadable = read_project(tree, policy, RuffTool(), paths)
    return project, scan(project, improver.observers, improver.codemods, unreadable)


def improve(improver: Improver, request: Request, wish: Wish, paths: Sequence[str], tell: Tell) -> Report:
    """Run the main job once, alone: recover, prepare, scan, try, judge, propose."""
    started = now().isoformat(timespec="seconds")
    with run_lock(improver.repository.data, started, LOCK_SECONDS):
        settle(improver, tell)
        base = improver.repository.head
        run = f"{started}-{secrets.token_hex(4)}"
        improver.ledger.start_run(run, base, started)
        outcome, funnel = "error", dict[str, object]()
        try:
            report = _run(improver, run, (request, wish, paths), tell)
            outcome, funnel = report.outcome, report.funnel.as_counts()
        finally:
            improver.ledger.finish_run(run, outcome, funnel, now().isoformat(timespec="seconds"))
    return report


def _run(improver: Improver, run: str, asked: tuple[Request, Wish, Sequence[str]], tell: Tell) -> Report:
    request, wish, paths = asked
    ground = prepare(improver, improver.repository.head, wish, tell)
    project, found = observe(improver, ground.tree, ground.policy, paths)
    for left_out in found.unreadable:
        tell(Event("skip", "scan", f"{left_out.path} is left out: {left_out.reason}"))
    tell(Event("ok", "scan", f"{found.files} files · {len(found.findings)} findings"))
    forge = LocalForge(improver.ledger, run)
    publisher = Publisher(improver.repository, forge, ground, now, lambda: secrets.token_hex(16))
    crew = Crew(improver.codemods, ordered(improver.gates, ground.policy), tell)
    return Loop(crew, publisher, project, request).run(found)


def settle(improver: Improver, tell: Tell) -> None:
    """Settle what a killed run left behind; the caller holds the run lock."""
    settled = improver.ledger.recover(improver.repository.branches(), now().isoformat(timespec="seconds"))
    for number in settled.opened:
        tell(Event("note", "recover", f"proposal #{number} was complete when a run was killed; it is open"))
    for number in settled.failed:
        tell(Event("note", "recover", f"proposal #{number} had no branch when a run was killed; it is dropped"))
    for branch in settled.unknown:
        tell(Event("note", "recover", f"the branch {branch} is not in the ledger; it is left alone"))


def reverify(improver: Improver, number: int, tell: Tell) -> Verification:
    """Run the evidence of proposal `number` again, from a baseline measured anew."""
    draft = improver.ledger.proposal(number).draft
    repository = improver.repository
    standing = Standing(
        repository.branch_head(draft.branch), repository.tree_id(draft.commit), repository.parents(draft.commit)
    )
    loose = bound(draft, standing, now())
    if loose:
        return Verification(draft.claims_digest, "", tuple(loose))
    red = {"failed", "errors"} & read_evidence(draft.evidence).baseline.counts.keys()
    ground = prepare(improver, draft.base, Wish(tolerate_red=bool(red), fresh=True), tell)
    trees = (repository.tree(draft.base), repository.tree(draft.commit))
    return verify(draft, trees, ground, ordered(improver.gates, ground.policy), now)


def holds_on(improver: Improver, draft: Draft, head: str, tell: Tell) -> tuple[str, ...]:
    """Judge the edits of `draft` on the commit `head`, where its branch has moved; return what speaks against it."""
    repository = improver.repository
    old, new, here = repository.tree(draft.base), repository.tree(draft.commit), repository.tree(head)
    change = changed(old, new, read_evidence(draft.evidence), draft.title)
    moved = [edit.path for edit in change.edits if here.get(edit.path) != edit.before]
    if moved:
        return tuple(f"{path} has changed since it was judged" for path in moved)
    ground = prepare(improver, head, Wish(), tell)
    candidate = Candidate(ground.tree, change, ground.policy, ground.bench)
    return ground.policy.decides(change.safety, tuple(judge(ordered(improver.gates, ground.policy), candidate)))
