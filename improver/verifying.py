"""Run the evidence of a proposal again from its base, and say what differs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from improver.gate import Candidate, Gate
from improver.judge import judge
from improver.proposing import Ground, evidence_of
from improver.records import Change, Draft, Edit, Tree
from improver.verify.evidence import Evidence, differences, read


@dataclass(frozen=True, slots=True)
class Verification:
    """What a re-run found: the two digests and, in sentences, all that differs; nothing differs when it holds."""

    stated: str
    found: str
    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a proposal stands in git now."""

    head: str | None  # of its branch
    tree: str  # of its recorded commit
    parents: tuple[str, ...]


def changed(base: Tree, after: Tree, evidence: Evidence, title: str) -> Change:
    """Return the change between two trees, declared as the evidence declares it."""
    paths = sorted(path for path in base.keys() | after.keys() if base.get(path) != after.get(path))
    edits = tuple(Edit(path, base.get(path), after.get(path)) for path in paths)
    return Change(evidence.rule, evidence.safety, edits, title, title, evidence.observable)


def bound(draft: Draft, standing: Standing, at: datetime) -> list[str]:
    """Say in sentences where the evidence no longer fits the proposal; raise when it is no evidence at all."""
    evidence = read(draft.evidence)
    checks = (
        (evidence.claims_digest == draft.claims_digest, "the evidence belongs to another proposal"),
        (standing.head == draft.commit, f"the branch {draft.branch} is at {standing.head or 'no commit'}"),
        (standing.tree == evidence.tree, "the commit's tree is not the one that was judged"),
        (standing.parents == (evidence.base,), "the commit does not stand on the base that was judged"),
        (at <= datetime.fromisoformat(evidence.expires), f"the evidence expired at {evidence.expires}"),
    )
    return [reason for holds, reason in checks if not holds]


def verify(
    draft: Draft, trees: tuple[Tree, Tree], ground: Ground, gates: Sequence[Gate], now: Callable[[], datetime]
) -> Verification:
    """Judge the change between `trees` (base, proposal) again on `ground` and compare the claims."""
    old = read(draft.evidence)
    change = changed(*trees, old, draft.title)
    results = tuple(judge(gates, Candidate(ground.tree, change, ground.policy, ground.bench)))
    new = evidence_of(ground, old.tree, change, results, (now(), old.nonce))
    return Verification(old.claims_digest, new.claims_digest, tuple(differences(old, new)))
