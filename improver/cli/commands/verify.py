"""Run a proposal's evidence again and compare the claims digest."""

import click

from improver.acts import reverify
from improver.app import open_improver
from improver.cli.options import Common, improve_command
from improver.cli.telling import told_by


@improve_command("verify")
@click.argument("number", type=click.IntRange(min=1))
def command(common: Common, number: int) -> int:
    """Run every gate on a proposal again, from a fresh baseline, and compare the claims digest."""
    with open_improver(common.settings) as improver:
        verification = reverify(improver, number, told_by(common.terminal))
    for line in verification.differs:
        common.terminal.line("no", "differs", line)
    same = not verification.differs
    common.terminal.line("ok" if same else "no", "claims", f"{verification.stated} stated")
    common.terminal.line("ok" if same else "no", "claims", f"{verification.found} found")
    fields = {"stated": verification.stated, "found": verification.found, "differs": list(verification.differs)}
    common.terminal.result("verified" if same else "differs", {"number": number, **fields})
    return 0 if same else 1
