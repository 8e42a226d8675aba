"""Take a verdict back; after a merge, revert it."""

import click

from improver.app import now, open_improver
from improver.cli import merging
from improver.cli.options import Common, improve_command


@improve_command("undo")
@click.argument("number", type=click.IntRange(min=1))
@click.option("--because", default="", metavar="TEXT", help="Why; shown in `improve decisions`.")
def command(common: Common, number: int, because: str) -> int:
    """Take the verdict on a proposal back; a merge is undone by a revert commit, which needs a terminal."""
    at = now().isoformat(timespec="seconds")
    with open_improver(common.settings) as improver:
        proposal = improver.ledger.proposal(number)
        reverted = ""
        given = {one.number: one.verdict.decision for one in improver.ledger.decisions() if one.effective}
        gone = given.get(number) == "rejected"  # somebody reverted it already
        if proposal.merge and not gone:
            message = f"Revert proposal #{number}: {proposal.draft.title}\n\nThis reverts commit {proposal.merge}.\n"
            reverted = merging.revert(
                common.settings, merging.Reversal(proposal.merge, proposal.into, message), at
            ).commit
        after = improver.ledger.undo(number, improver.repository.identity[0], because, at)
    how = f"reverted by {reverted[:12]}" if reverted else f"it is {after.state.value} again"
    common.terminal.line("ok", "undone", f"#{number} {proposal.draft.title}: {how}")
    common.terminal.text("next: improve list · improve decisions")
    common.terminal.result("undone", {"number": number, "state": after.state.value, "revert": reverted})
    return 0
