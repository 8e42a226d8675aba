"""What the improver does on request: a run, a review, a verification, a second look at a moved branch, the canaries."""

import importlib.metadata
import importlib.resources
import itertools
import secrets
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from improver.adapters.ages import Ages
from improver.adapters.canary_record import keep, recorded
from improver.adapters.hosted_forge import HostedForge
from improver.adapters.ledger_records import LIVE, State
from improver.adapters.local_forge import LocalForge
from improver.adapters.opening import data_folder, find
from improver.adapters.run_lock import run_lock
from improver.app import Improver, gates, now, policy_of
from improver.canaries import Asking, Record
from improver.canaries import judge as judge_entries
from improver.canaries import read as read_corpus
from improver.crew.office import Assignment, staffed
from improver.errors import RepositoryError, UsageError
from improver.gate import Candidate
from improver.judge import judge, ordered
from improver.loop import Loop
from improver.observer import Project
from improver.outcome import Report
from improver.policy import Policy
from improver.preparing import Tell, Wish, prepare
from improver.proposing import Ground, Proposed, Publisher
from improver.records import Draft, Tree, edits_between
from improver.request import Crew, Event, Request
from improver.returning import came_back
from improver.reviewing import Review, Reviewers, human_change, review
from improver.scan import Scan, read_project, scan
from improver.settings import Settings
from improver.verify.bench import SandboxBench, demand_green, measure
from improver.verify.configuration import read as read_configuration
from improver.verify.evidence import gate_code_digest, nonce_of, running_code
from improver.verify.evidence import read as read_evidence
from improver.verify.folders import temporary
from improver.verify.ruff import RuffTool
from improver.verify.sandbox import best_sandbox
from improver.verify.suite import Rig
from improver.verify.target import find_layout
from improver.verifying import Standing, Verification, bound, changed, verify
from improver.writing.writer import RULE


@dataclass(frozen=True, slots=True)
class Asked:
    """What a review is about: the commit that judges, the tree that is judged, and the author's words."""

    base: str
    after: Tree
    title: str
    why: str


LOCK_SECONDS = 3.0  # how long a second run waits before it says who is at work


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
            waiting = sum(not one.merge for one in improver.ledger.proposals(*LIVE))
            request = replace(request, waiting=waiting, apart=improver.ledger.apart())
            report = _run(improver, run, (request, wish, paths), tell)
            outcome, funnel = report.outcome, report.funnel.as_counts()
        except KeyboardInterrupt:
            outcome = "interrupted"
            raise
        finally:
            improver.ledger.finish_run(run, outcome, funnel, now().isoformat(timespec="seconds"))
    return report


def _run(improver: Improver, run: str, asked: tuple[Request, Wish, Sequence[str]], tell: Tell) -> Report:
    request, wish, paths = asked
    began = time.monotonic()
    ground = prepare(improver, improver.repository.head, wish, tell)
    prepared = time.monotonic()
    project, found = observe(improver, ground.tree, ground.policy, paths)
    project = replace(project, ages=Ages(improver.repository.root, ground.base))
    scanned = time.monotonic()
    for left_out in found.unreadable:
        tell(Event("skip", "scan", f"{left_out.path} is left out: {left_out.reason}"))
    tell(Event("ok", "scan", f"{found.files} files · {len(found.findings)} findings"))
    heed_reverts(improver, ground, found, tell)
    forge = HostedForge(LocalForge(improver.ledger, run), improver.why)
    publisher = Publisher(improver.repository, forge, ground, now, lambda: secrets.token_hex(16))
    gates = ordered(improver.gates, ground.policy)
    places = len(found.findings) + found.files  # the loop keeps its own time, which the crew's purse outlasts
    job = Assignment(run, ground.base, request.maximum, 2.0 * ground.policy.budget.seconds, places)
    apart = improver.repository.aside() if request.dry_run else nullcontext()
    with apart, staffed(improver.repository.data, job) as office:
        crew = Crew(improver.codemods, gates, tell, office)
        report = Loop(crew, publisher, project, request).run(found)
        office.end(_account(report), [(_claim(one), one.draft.findings) for one in report.proposals])
    seconds = {"baseline": prepared - began, "scan": scanned - prepared, "gates": time.monotonic() - scanned}
    return replace(report, seconds=seconds, left_out=tuple(f"{one.path}: {one.reason}" for one in found.unreadable))


def _account(report: Report) -> str:
    """Return what the owner of a run answers: how it ended, and why the findings that are left are."""
    drops = [f"{count} {reason}" for reason, count in report.funnel.drops().items()]
    return "\n".join([f"{report.outcome}: {report.reason}", *drops])


def _claim(one: Proposed) -> str:
    name = f"proposed #{one.number}" if one.number else "would be proposed"
    return f"{name}: {one.draft.rule} in {one.draft.path}"


def settle(improver: Improver, tell: Tell) -> None:
    """Settle what a killed run left behind; the caller holds the run lock."""
    settled = improver.ledger.recover(improver.repository.branches(), now().isoformat(timespec="seconds"))
    for number in settled.opened:
        tell(Event("note", "recover", f"proposal #{number} was complete when a run was killed; it is open"))
    for number in settled.failed:
        tell(Event("note", "recover", f"proposal #{number} had no branch when a run was killed; it is dropped"))
    for one in improver.ledger.proposals(State.OPEN):
        if improver.repository.branch_head(one.draft.branch) is None:
            improver.ledger.stale(one.number)
            tell(Event("note", "recover", f"the branch of proposal #{one.number} is gone; it no longer counts as open"))
    for branch in settled.unknown:
        tell(Event("note", "recover", f"the branch {branch} is not in the ledger; it is left alone"))


def heed_reverts(improver: Improver, ground: Ground, found: Scan, tell: Tell) -> None:
    """Record as rejected what a merged proposal had mended and is back on the base: a human reverted it."""
    ledger, repository = improver.ledger, improver.repository
    keys = {finding.key for finding in found.findings}
    standing = {one.number for one in ledger.decisions() if one.effective and one.verdict.decision == "approved"}
    for one in ledger.proposals(State.APPROVED):
        draft = one.draft
        again = draft.rule == RULE or not keys.isdisjoint(finding.key for finding in draft.findings)
        if not (again and one.merge and one.number in standing and repository.contains(ground.base, one.merge)):
            continue
        if came_back(edits_between(repository.tree(draft.base), repository.tree(draft.commit)), ground.tree):
            ledger.returned(one.number, now().isoformat(timespec="seconds"))
            text = f"merged proposal #{one.number} is gone again; if nobody reverted it: improve undo {one.number}"
            tell(Event("note", "revert", text))


def reverify(improver: Improver, number: int, tell: Tell) -> Verification:
    """Run the evidence of proposal `number` again, from a baseline measured anew."""
    draft = improver.ledger.proposal(number).draft
    repository = improver.repository
    loose = bound(draft, standing_of(improver, draft), now())
    if loose:
        return Verification(draft.claims_digest, "", tuple(loose))
    red = {"failed", "errors"} & read_evidence(draft.evidence).baseline.counts.keys()
    ground = prepare(improver, draft.base, Wish(tolerate_red=bool(red), fresh=True), tell)
    trees = (repository.tree(draft.base), repository.tree(draft.commit))
    return verify(draft, trees, ground, ordered(improver.gates, ground.policy), now)


def standing_of(improver: Improver, draft: Draft) -> Standing:
    """Return how a proposal stands in git and after those before it."""
    repository = improver.repository
    earlier = itertools.takewhile(lambda one: one.id != draft.id, (one.draft for one in improver.ledger.proposals()))
    return Standing(
        head=repository.branch_head(draft.branch),
        tree=repository.tree_id(draft.commit),
        parents=repository.parents(draft.commit),
        message=repository.message(draft.commit),
        earlier=tuple(nonce_of(other.evidence) for other in earlier),
    )


def holds_on(improver: Improver, draft: Draft, head: str, tell: Tell) -> tuple[str, ...]:
    """Judge the edits of `draft` on the commit `head`, where its branch has moved; return what speaks against it."""
    repository = improver.repository
    old, new, here = repository.tree(draft.base), repository.tree(draft.commit), repository.tree(head)
    change = changed(old, new, read_evidence(draft.evidence))
    moved = [edit.path for edit in change.edits if here.get(edit.path) != edit.before]
    if moved:
        return tuple(f"{path} has changed since it was judged" for path in moved)
    ground = prepare(improver, head, Wish(), tell)
    candidate = Candidate(ground.tree, change, ground.policy, ground.bench)
    return ground.policy.decides(change.safety, tuple(judge(ordered(improver.gates, ground.policy), candidate)))


def look_at(improver: Improver, asked: Asked, wish: Wish, tell: Tell) -> Review:
    """Review the change between the base and the tree that `asked` names, by the base's gates and policies."""
    ground = prepare(improver, asked.base, wish, tell)
    gates = ordered(improver.gates, ground.policy)
    reviewers = Reviewers(improver.observers, improver.codemods, gates, RuffTool())
    return review(human_change(ground.tree, asked.after, asked.title, asked.why), ground, reviewers)


def staged(improver: Improver) -> Asked:
    """Return what is staged on the head; raise UsageError when nothing is."""
    repository = improver.repository
    after = repository.staged()
    if after.entries == repository.tree(repository.head).entries:
        raise UsageError(
            "nothing is staged", fix="`git add` what is to be reviewed, or name commits: --diff BASE..HEAD"
        )
    return Asked(repository.head, after, "Change what is staged", "")


def between(improver: Improver, span: str) -> Asked:
    """Return what BASE..HEAD brought since the two parted; raise UsageError when `span` is no such pair."""
    first, dots, second = span.partition("..")
    if not dots or not first or second.startswith("."):
        raise UsageError(f"--diff {span}: that is no pair of commits", fix="--diff BASE..HEAD")
    repository = improver.repository
    head = repository.resolve(second or "HEAD")
    base = repository.fork_point(repository.resolve(first), head)
    if base == head:
        raise UsageError(f"--diff {span}: there is no change between the two", fix="name the older commit first")
    title, _, why = repository.message(head).partition("\n")
    return Asked(base, repository.tree(head), title, why.strip())


def corpus_text(corpus: Path | None) -> str:
    """Return the text of a corpus file, ours when None."""
    ours = importlib.resources.files("improver") / "corpus" / "attacks.yaml"
    return ours.read_text("utf-8") if corpus is None else corpus.read_text("utf-8")


def keep_canaries(settings: Settings, records: Sequence[Record]) -> bool:
    """Keep what came of our own corpus beside the project's ledger; tell whether there is a project to keep it in."""
    try:
        root = find(settings.repo).root
    except RepositoryError:
        return False
    at = now().isoformat(timespec="seconds")
    keep(data_folder(root), recorded(records, gate_code_digest(running_code()), at))
    return True


def judge_corpus(settings: Settings, named: tuple[str, str], asking: Asking) -> list[Record]:
    """Judge every entry of a corpus, given as text and name, under the packaged policies, on a real bench."""
    policy = policy_of({})
    with temporary("corpus") as folder:

        def bench_for(tree: Tree) -> SandboxBench:
            layout = find_layout(tree, folder, settings.python, policy)
            sandbox = best_sandbox(layout.python, hide_bwrap=settings.no_bwrap)
            sandbox.probe()
            rig = Rig(sandbox, layout, policy, read_configuration(tree))
            baseline = measure(rig, tree, folder, key="corpus")
            demand_green(baseline)
            return SandboxBench(RuffTool(), rig, baseline.run, tree, folder)

        return judge_entries(read_corpus(*named), gates(), policy, bench_for, asking)
