"""Reject a proposal; its findings do not come back until their code truly changes."""

import click

from improver.app import now, open_improver
from improver.cli.options import Common, improve_command
from improver.errors import UsageError
from improver.records import Verdict


@improve_command("reject")
@click.argument("number", type=click.IntRange(min=1))
@click.option("--here", is_flag=True, help="Also everything else this rule finds in this file.")
@click.option("--rule", is_flag=True, help="The whole rule, everywhere.")
@click.option("--because", default="", metavar="TEXT", help="Why; shown in `improve decisions`.")
def command(common: Common, number: int, here: bool, rule: bool, because: str) -> int:
    """Reject a proposal; its findings do not come back until their code truly changes."""
    if here and rule:
        raise UsageError("--here and --rule exclude each other", fix="choose one")
    scope = "here" if here else "rule" if rule else "finding"
    with open_improver(common.settings) as improver:
        made = improver.ledger.proposal(number).draft
        at = now().isoformat(timespec="seconds")
        verdict = Verdict(made.id, "rejected", improver.repository.identity[0], because, scope, at)
        proposal = improver.ledger.decide(number, verdict)
    common.terminal.line("ok", "rejected", f"#{number} {made.title}")
    common.terminal.text(f"next: improve undo {number} · improve decisions")
    common.terminal.result("rejected", {"number": number, "scope": scope, "state": proposal.state.value})
    return 0
