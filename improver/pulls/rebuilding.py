"""Rebuild a proposal from its pull request: by the evidence that was pushed with it, or by its mark alone."""

import hashlib

from improver.errors import ImproverError
from improver.host import Remote
from improver.pulls.publishing import Offer, draft_of
from improver.pulls.stories import Story
from improver.pulls.syncing import stamp
from improver.rationale import plain
from improver.rationale import title as titled
from improver.records import Draft, Finding, Safety
from improver.verify.evidence import Evidence
from improver.verify.evidence import read as read_evidence


def evidence_of(remote: Remote, story: Story) -> Evidence | None:
    """Return the evidence that was pushed with a proposal, None where there is none that its mark means."""
    mark = story.mark
    data = remote.fetch_evidence(mark.proposal)
    if data is None or hashlib.sha256(data).hexdigest() != mark.evidence:
        return None
    try:
        found = read_evidence(data)
    except ImproverError:
        return None
    keys = tuple(finding.key for finding in found.findings)
    stated = (mark.claims, mark.base, mark.tree, mark.rule, mark.findings)
    return found if stated == (found.claims_digest, found.base, found.tree, found.rule, keys) else None


def adopted(story: Story, evidence: Evidence | None, diff: str) -> Draft:
    """Return a proposal as its pull request shows it."""
    mark, pull = story.mark, story.pull
    if evidence is not None:
        return draft_of(Offer(mark.proposal, mark.commit, mark.path, evidence), diff)
    known = mark.safety in {one.value for one in Safety}
    text = (
        f"**{plain(titled(pull.title))}**\n\nAdopted from pull request {pull.number}. Its evidence is not there, or "
        "not that which its mark means: nothing is proved here, and nothing can be verified.\n"
    )
    return Draft(
        id=mark.proposal,
        rule=mark.rule,
        path=mark.path,
        title=titled(pull.title),
        safety=Safety(mark.safety) if known else Safety.BEHAVIOUR_CHANGE,
        findings=tuple(Finding(key, mark.rule, mark.path, "", 1, 0, "") for key in mark.findings),
        base=mark.base,
        tree=mark.tree,
        commit=mark.commit,
        branch=f"nova/{mark.proposal}",
        evidence=b"",
        claims_digest=mark.claims,
        text=text,
        diff=diff,
        publishable=False,
        draft=True,
        created=stamp(pull.created),
    )
