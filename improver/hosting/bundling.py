"""Carry proposals from job to job: written where they are made, judged again without a key, published without code."""

from collections.abc import Sequence
from pathlib import Path

from improver.adapters.bundle_files import BundleFolder, Rejudged
from improver.app import Improver
from improver.errors import ImproverError
from improver.experiments import Experiments
from improver.gate import Candidate
from improver.hosting.offering import Hosting, arrived, desk_of, expect_trusted, refused_here, told
from improver.hosting.rechecking import recheck
from improver.judge import judge
from improver.policy import Policy
from improver.ports import Layout, Ruff, SuiteRun
from improver.preparing import Tell, judges_another
from improver.proposing import may_leave
from improver.pulls.publishing import Offer, draft_of, held, offer_of
from improver.pulls.submitting import Batch, Done, submit
from improver.records import Receipt, Ruling, Tier, Tree
from improver.verifying import Standing, bound, changed

REVALIDATED = ("intake", "scope")  # the gates that the job with the token runs again: they run no code


def write_bundle(improver: Improver, folder: Path, numbers: Sequence[int]) -> int:
    """Write these proposals into a folder, as far as they may be published; return how many that are."""
    made = [improver.ledger.proposal(number).draft for number in numbers]
    made = [draft for draft in made if draft.publishable]
    bundle = BundleFolder(folder, improver.repository.root)
    bundle.write([offer_of(draft) for draft in made], [draft.branch for draft in made], improver.repository.head)
    return len(made)


def rejudge(improver: Improver, folder: Path, tell: Tell) -> tuple[Rejudged, ...]:
    """Judge every proposal of a bundle again, from a fresh baseline, and write beside it what came out."""
    bundle = BundleFolder(folder, improver.repository.root)
    found = []
    for offer in bundle.offers():
        again = recheck(improver, offer.evidence.to_bytes(), offer.commit, tell)
        differs = (*again.differs, *_unfit(improver, offer))
        found.append(Rejudged(offer.id, offer.commit, offer.evidence.digest, again.found, differs))
    bundle.judged(found)
    return tuple(found)


def publish_bundle(improver: Improver, hosting: Hosting, folder: Path, tell: Tell) -> list[Done]:
    """Publish what a bundle holds and a re-run upheld; none of it is run here, and what is run here is ours."""
    expect_trusted(improver)
    bundle = BundleFolder(folder, improver.repository.root)
    offers, upheld = bundle.offers(), {(one.id, one.commit, one.evidence): one for one in bundle.verdicts()}
    done, seen = arrived(improver, hosting, tell)
    batch = Batch(seen, held(seen, refused_here(improver)))
    for offer in offers:
        verdict = upheld.get((offer.id, offer.commit, offer.evidence.digest))
        if reasons := [*_unsure(verdict), *_loose(improver, hosting, offer)]:
            done += told([Done("skipped", reasons[0], None, offer)], tell)
        elif reasons := [*_unfit(improver, offer), *_refused(improver, offer)]:
            done += told([Done("refused", reasons[0], None, offer)], tell)
        else:
            done += told(submit(desk_of(improver, hosting), batch, offer), tell)
    return done


def _unsure(verdict: Rejudged | None) -> tuple[str, ...]:
    """Say why a proposal was not upheld."""
    if verdict is None:
        return ("nobody judged it again: improve verify --bundle DIR",)
    return verdict.differs


def _loose(improver: Improver, hosting: Hosting, offer: Offer) -> list[str]:
    """Say where the evidence does not fit the commit that came with it."""
    repository, commit = improver.repository, offer.commit
    standing = Standing(commit, repository.tree_id(commit), repository.parents(commit), repository.message(commit), ())
    return bound(draft_of(offer, ""), standing, desk_of(improver, hosting).at)


def _unfit(improver: Improver, offer: Offer) -> list[str]:
    """Say why the policy of its base does not let it leave the machine, as its evidence tells of it."""
    proved, tree = offer.evidence, improver.repository.tree(offer.evidence.base)
    policy = improver.policy(proved.base)
    reasons = [*policy.decides(proved.safety, proved.gates)]
    if not policy.gates.risk[proved.safety.value].publish:
        reasons.append(f"policy publishes no {proved.safety.value}")
    elif not may_leave(policy, proved.safety, proved.gates):
        reasons.append(f"policy publishes this {proved.safety.value} only with a reproducing test")
    if not _is_evidence(policy, proved.tier):
        reasons.append(f"it was judged in tier {proved.tier}, and policy asks for {policy.gates.evidence_tier}")
    if judges_another(tree):
        reasons.append("the gates that run are not those of its base")
    return reasons


def _is_evidence(policy: Policy, tier: Tier) -> bool:
    return list(Tier).index(tier) <= list(Tier).index(policy.gates.evidence_tier)


def _refused(improver: Improver, offer: Offer) -> list[str]:
    """Run the gates that only read once more; say why one refuses."""
    base, after = improver.repository.tree(offer.evidence.base), improver.repository.tree(offer.commit)
    change = changed(base, after, offer.evidence)
    if not change.edits or offer.path != change.paths[0]:
        return ["the bundle names another file than its commit touches"]
    if not offer.id.startswith(f"{offer.commit[:8]}-"):
        return ["the proposal is not called after its commit"]
    candidate = Candidate(base, change, improver.policy(offer.evidence.base), _Still())
    gates = [gate for gate in improver.gates if gate.name in REVALIDATED]
    return [
        f"{result.gate}: {'; '.join(result.reasons) or result.claim}"
        for result in judge(gates, candidate)
        if result.ruling is not Ruling.PASS
    ]


class _Still:
    """A bench on which nothing runs: a gate that asks it for anything has refused."""

    baseline = SuiteRun({}, "", 0, Receipt(("nothing",)))

    @property
    def ruff(self) -> Ruff:
        """Refuse."""
        raise _still()

    @property
    def layout(self) -> Layout:
        """Refuse."""
        raise _still()

    @property
    def experiments(self) -> Experiments:
        """Refuse."""
        raise _still()

    def suite(self, tree: Tree, modules: tuple[str, ...], *, cover: bool = False) -> SuiteRun:  # noqa: ARG002
        """Refuse."""
        raise _still()

    def command(self, tree: Tree, *argv: str) -> tuple[Receipt, str]:  # noqa: ARG002 - the port's
        """Refuse."""
        raise _still()


def _still() -> ImproverError:
    return ImproverError("nothing is run where there is a token")
