"""List proposals."""

from dataclasses import replace
from pathlib import Path

import click

from improver.adapters.ledger_records import State
from improver.adapters.local_forge import markdown
from improver.app import open_improver
from improver.cli.exporting import export
from improver.cli.options import Common, improve_command
from improver.cli.telling import row, summary


@improve_command("list")
@click.option("--all", "everything", is_flag=True, help="Also rejected, stale and merged ones.")
@click.option("--export", "folder", type=click.Path(path_type=Path), help="Write each as diff and text to a folder.")
def command(common: Common, everything: bool, folder: Path | None) -> int:
    """List the open proposals."""
    with open_improver(common.settings) as improver:
        found = improver.ledger.proposals() if everything else improver.ledger.proposals(State.OPEN, State.APPROVED)
    waiting = [one for one in found if everything or not one.merge]
    if folder is not None:
        export(folder, [replace(proposal.draft, text=markdown(proposal)) for proposal in waiting])
    for proposal in waiting:
        common.terminal.text(row(proposal))
    if not waiting:
        common.terminal.text("no open proposals\nnext: improve · improve list --all · improve decisions")
    common.terminal.result("listed", {"proposals": [summary(proposal) for proposal in waiting]})
    return 0
