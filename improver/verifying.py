"""Run the evidence of a proposal again from its base, and say what differs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from improver.gate import Candidate, Gate
from improver.judge import judge
from improver.proposing import Ground, Judged, evidence_of
from improver.rationale import FILE_TRAILER
from improver.records import Change, Draft, Tree, edits_between
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
    message: str  # of that commit
    earlier: tuple[str, ...] = ()  # nonces of the evidence of all proposals before it


def changed(base: Tree, after: Tree, evidence: Evidence) -> Change:
    """Return the change between two trees, declared as the evidence declares it."""
    return Change(
        rule=evidence.rule,
        safety=evidence.safety,
        edits=edits_between(base, after),
        title=evidence.title,
        why=evidence.why,
        observable=evidence.observable,
        author=evidence.author,
    )


def bound(draft: Draft, standing: Standing, at: datetime) -> list[str]:
    """Say in sentences where the evidence no longer fits the proposal; raise when it is no evidence at all."""
    evidence = read(draft.evidence)
    checks = (
        (evidence.claims_digest == draft.claims_digest, "the evidence belongs to another proposal"),
        (evidence.nonce not in standing.earlier, "the evidence was used for an earlier proposal"),
        (is_carried(evidence, standing.message), "the commit does not carry the digest of this evidence"),
        (standing.head == draft.commit, f"the branch {draft.branch} is at {standing.head or 'no commit'}"),
        (standing.tree == evidence.tree, "the commit's tree is not the one that was judged"),
        (standing.parents == (evidence.base,), "the commit does not stand on the base that was judged"),
        (_lasts(evidence, at), f"the evidence expired at {evidence.expires}"),
    )
    return [reason for holds, reason in checks if not holds]


def _lasts(evidence: Evidence, at: datetime) -> bool:
    """Tell whether the evidence has not expired; what is no moment in time has."""
    try:
        return at <= datetime.fromisoformat(evidence.expires)
    except (ValueError, TypeError):
        return False


def is_carried(evidence: Evidence, message: str) -> bool:
    """Tell whether a commit's message ends with the digest of exactly these bytes."""
    return message.rstrip().splitlines()[-1:] == [f"{FILE_TRAILER} {evidence.digest}"]


def verify(
    draft: Draft, trees: tuple[Tree, Tree], ground: Ground, gates: Sequence[Gate], now: Callable[[], datetime]
) -> Verification:
    """Judge the change between `trees` (base, proposal) again on `ground` and compare the claims."""
    old = read(draft.evidence)
    change = changed(*trees, old)
    results = tuple(judge(gates, Candidate(ground.tree, change, ground.policy, ground.bench)))
    judged = Judged(change, old.findings, results, old.safe_when, old.refused)
    new = evidence_of(ground, old.tree, judged, (now(), old.nonce))
    return Verification(old.claims_digest, new.claims_digest, tuple(differences(old, new)))
