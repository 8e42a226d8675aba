"""Run a proposal's evidence again and compare the claims digest."""

from pathlib import Path

import click

from improver.acts import reverify
from improver.app import Improver, open_improver
from improver.cli.options import Common, improve_command
from improver.cli.telling import told_by
from improver.errors import UsageError
from improver.rechecking import recheck
from improver.verifying import Verification

LARGEST = 8 * 2**20  # bytes of evidence


@improve_command("verify")
@click.argument("number", type=click.IntRange(min=1), required=False)
@click.option(
    "--evidence",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Of a proposal that is not in this ledger; its commit is named by --commit.",
)
@click.option("--commit", default="", metavar="SHA", help="The commit that --evidence is about.")
def command(common: Common, number: int | None, file: Path | None, commit: str) -> int:
    """Run every gate on a proposal again, from a fresh baseline, and compare the claims digest."""
    if (number is None) == (file is None) or bool(commit) != (file is not None):
        raise UsageError("name a proposal, or evidence and its commit", fix="improve verify N, or --evidence --commit")
    with open_improver(common.settings) as improver:
        verification = _verified(common, improver, number or file, commit)
    for line in verification.differs:
        common.terminal.line("no", "differs", line)
    same = not verification.differs
    common.terminal.line("ok" if same else "no", "claims", f"{verification.stated} stated")
    common.terminal.line("ok" if same else "no", "claims", f"{verification.found} found")
    fields = {"stated": verification.stated, "found": verification.found, "differs": list(verification.differs)}
    common.terminal.result("verified" if same else "differs", {"number": number or 0, **fields})
    return 0 if same else 1


def _verified(common: Common, improver: Improver, which: int | Path | None, commit: str) -> Verification:
    tell = told_by(common.terminal)
    if isinstance(which, Path):
        with which.open("rb") as evidence:
            return recheck(improver, evidence.read(LARGEST), commit, tell)
    return reverify(improver, which or 0, tell)
