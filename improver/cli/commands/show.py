"""Show one proposal: its text, its evidence and its diff."""

import click

from improver.adapters.local_forge import markdown
from improver.app import open_improver
from improver.cli.options import Common, improve_command
from improver.cli.telling import row, summary

COLOURS = {"+": "green", "-": "red", "@": "cyan"}


@improve_command("show")
@click.argument("number", type=click.IntRange(min=1))
@click.option("--evidence", is_flag=True, help="Print the evidence bytes and nothing else.")
def command(common: Common, number: int, evidence: bool) -> int:
    """Show one proposal: its text, then its diff."""
    with open_improver(common.settings) as improver:
        proposal = improver.ledger.proposal(number)
    if evidence:
        click.echo(proposal.draft.evidence, nl=False)
        return 0
    common.terminal.text(row(proposal))
    common.terminal.text("")
    common.terminal.text(markdown(proposal))
    for line in proposal.draft.diff.splitlines():
        colour = COLOURS.get(line[:1]) if common.terminal.colour else None
        common.terminal.text(click.style(line, fg=colour) if colour else line)
    fields = {**summary(proposal), "text": markdown(proposal), "diff": proposal.draft.diff}
    common.terminal.result("shown", fields)
    return 0
