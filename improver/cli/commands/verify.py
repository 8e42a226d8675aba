"""Run a proposal's evidence again and compare the claims digest."""

from collections.abc import Sequence
from pathlib import Path

import click

from improver.acts import reverify
from improver.adapters.bundle_files import Rejudged
from improver.app import Improver, open_improver
from improver.cli.options import Common, improve_command
from improver.cli.step_summary import MOST_SUMMARY, add_to_summary
from improver.cli.telling import told_by
from improver.errors import UsageError
from improver.hosting.bundling import rejudge
from improver.hosting.offering import hosting_of, verify_pull
from improver.hosting.rechecking import recheck
from improver.pulls.bounding import bounded
from improver.rationale import as_code, plain
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
@click.option("--pr", "pull", default="", metavar="N|BRANCH", help="Of a pull request of ours at the project's host.")
@click.option("--bundle", type=click.Path(path_type=Path), help="Of all that `improve --bundle` wrote there.")
def command(common: Common, number: int | None, file: Path | None, commit: str, pull: str, bundle: Path | None) -> int:
    """Run every gate on a proposal again, from a fresh baseline, and compare the claims digest."""
    if sum(map(bool, (number, file, pull, bundle))) != 1 or bool(commit) != (file is not None):
        fix = "improve verify N, or --pr, or --bundle, or --evidence and --commit"
        raise UsageError("name one proposal, or a bundle of them", fix=fix)
    with open_improver(common.settings) as improver:
        if bundle is not None:
            return _all_of(common, rejudge(improver, bundle, told_by(common.terminal)))
        verification = _verified(common, improver, number or file or pull, commit)
    for line in verification.differs:
        common.terminal.line("no", "differs", line)
    same = not verification.differs
    common.terminal.line("ok" if same else "no", "claims", f"{verification.stated} stated")
    common.terminal.line("ok" if same else "no", "claims", f"{verification.found} found")
    fields = {"stated": verification.stated, "found": verification.found, "differs": list(verification.differs)}
    common.terminal.result("verified" if same else "differs", {"number": number or 0, **fields})
    return 0 if same else 1


def _verified(common: Common, improver: Improver, which: int | Path | str, commit: str) -> Verification:
    tell = told_by(common.terminal)
    if isinstance(which, str):
        return verify_pull(improver, hosting_of(improver), which, tell)
    if isinstance(which, Path):
        with which.open("rb") as evidence:
            return recheck(improver, evidence.read(LARGEST), commit, tell)
    return reverify(improver, which, tell)


def _all_of(common: Common, found: Sequence[Rejudged]) -> int:
    """Tell what came of each proposal of a bundle, here and in the summary of a workflow's step."""
    for one in found:
        common.terminal.line("no" if one.differs else "ok", "claims", f"{one.id} {'; '.join(one.differs) or one.found}")
    bad = [one.id for one in found if one.differs]
    rows = [{"id": one.id, "commit": one.commit, "found": one.found, "differs": list(one.differs)} for one in found]
    common.terminal.result("differs" if bad else "verified", {"proposals": rows})
    lines = [f"**{len(found) - len(bad)} of {len(found)} proposals hold when they are judged again**", ""]
    lines += [f"- {as_code(one.id)}: {plain('; '.join(one.differs) or 'the same')}" for one in found]
    add_to_summary(common.settings.host.summary, bounded(lines, MOST_SUMMARY))
    return 1 if bad else 0
