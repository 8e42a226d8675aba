"""Approve a proposal: a human's act, and the only command that merges."""

from datetime import datetime

import click

from improver.acts import holds_on
from improver.adapters.ledger_records import Proposal
from improver.app import Improver, now, open_improver
from improver.cli import merging
from improver.cli.options import Common, improve_command
from improver.cli.telling import told_by
from improver.errors import RefusedByPolicy
from improver.records import Verdict
from improver.verify.evidence import read as read_evidence
from improver.verifying import is_carried


@improve_command("approve")
@click.argument("number", type=click.IntRange(min=1))
@click.option("--into", default="", metavar="BRANCH", help="The branch to merge into. [default: the checked-out one]")
@click.option("--because", default="", metavar="TEXT", help="Why; shown in `improve decisions`.")
def command(common: Common, number: int, into: str, because: str) -> int:
    """Merge a proposal into your branch. Needs a terminal; evidence that no longer fits is made anew first."""
    at = now().isoformat(timespec="seconds")
    with open_improver(common.settings) as improver:
        proposal = improver.ledger.expect_decidable(number, "approved")
        made = proposal.draft
        message = f"Merge proposal #{number}: {made.title}\n\nNova-Evidence: {made.claims_digest}\n"
        again = _revalidated(common, improver, proposal, into)
        approval = merging.Approval(made.branch, made.commit, made.base, into, message, revalidated=again)
        merged = merging.merge(common.settings, approval, at)
        verdict = Verdict(made.id, "approved", improver.repository.identity[0], because, "finding", at)
        improver.ledger.decide(number, verdict)
        improver.ledger.merged(number, merged.commit, merged.into)
    common.terminal.line("ok", "approved", f"#{number} {made.title} → {merged.into} at {merged.commit[:12]}")
    common.terminal.text(f"next: git show {merged.commit[:12]} · improve undo {number}")
    common.terminal.result("approved", {"number": number, "commit": merged.commit, "into": merged.into})
    return 0


def _revalidated(common: Common, improver: Improver, proposal: Proposal, into: str) -> bool:
    """Judge the change again where the branch moved on or the evidence expired; True when that was needed and holds."""
    target = into or improver.repository.branch
    head = None if target is None else improver.repository.branch_head(target)
    if not common.settings.terminal or head is None:
        return False  # merging says why it refuses
    if improver.repository.contains(head, proposal.draft.commit):
        return False  # an interrupted approval, repeated
    expired = _expired(improver, proposal)
    if head == proposal.draft.base and not expired:
        return False
    reasons = holds_on(improver, proposal.draft, head, told_by(common.terminal))
    if reasons:
        fix = "let the next run make the change anew, or reject it"
        raise RefusedByPolicy(f"the proposal does not hold on {target}", why="; ".join(reasons), fix=fix)
    return True


def _expired(improver: Improver, proposal: Proposal) -> bool:
    """Tell whether the evidence is too old; raise when it does not fit the proposal at all."""
    made, repository = proposal.draft, improver.repository
    evidence = read_evidence(made.evidence)
    holds = (made.claims_digest, repository.tree_id(made.commit), repository.parents(made.commit))
    carried = is_carried(evidence, repository.message(made.commit))
    if not carried or holds != (evidence.claims_digest, evidence.tree, (evidence.base,)):
        why = "it binds another base, tree or digest than the commit has"
        fix = f"improve reject {proposal.number}; improve show {proposal.number} --evidence"
        raise RefusedByPolicy("the evidence belongs to another proposal", where=made.branch, why=why, fix=fix)
    return now() > datetime.fromisoformat(evidence.expires)
