"""Run a proposal's evidence again from its bytes and its commit alone: no ledger, no host and no token is needed."""

from improver.app import Improver, now
from improver.judge import ordered
from improver.preparing import Tell, Wish, prepare
from improver.pulls.publishing import Offer, draft_of
from improver.verify.evidence import read
from improver.verifying import Standing, Verification, bound, verify


def recheck(improver: Improver, data: bytes, commit: str, tell: Tell) -> Verification:
    """Judge `commit` anew by every gate, from a baseline measured anew, and compare it with the evidence in `data`.

    Raises ImproverError when `data` is no evidence, RepositoryError when the commit, or its base, is not here.
    """
    evidence, repository = read(data), improver.repository
    made = repository.resolve(commit)
    path = evidence.findings[0].path if evidence.findings else ""
    draft = draft_of(Offer("elsewhere", made, path, evidence), "")
    standing = Standing(made, repository.tree_id(made), repository.parents(made), repository.message(made))
    if loose := bound(draft, standing, now()):
        return Verification(draft.claims_digest, "", tuple(loose))
    red = {"failed", "errors"} & evidence.baseline.counts.keys()
    ground = prepare(improver, draft.base, Wish(tolerate_red=bool(red), fresh=True), tell)
    trees = (repository.tree(draft.base), repository.tree(made))
    return verify(draft, trees, ground, ordered(improver.gates, ground.policy), now)
