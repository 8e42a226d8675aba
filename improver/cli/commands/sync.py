"""Read into the ledger what people decided at the host of pull requests."""

from dataclasses import asdict

import click

from improver.app import now, open_improver
from improver.cli.options import Common, improve_command
from improver.cli.telling import told_by
from improver.hosting.adopting import Synced, sync
from improver.hosting.offering import hosting_of, let_go
from improver.pulls.pruning import prune
from improver.pulls.submitting import read_only as seen_at

MARKS = {"rejected": "no", "stale": "skip", "adopted": "note", "asked": "note"}


@improve_command("sync")
@click.option(
    "--read-only", is_flag=True, help="Say nothing at the host, for who may not: no question, no answer to a tick."
)
def command(common: Common, read_only: bool) -> int:
    """Read merges, closings, reviews, comments and labels of our pull requests; a second time nothing is new."""
    with open_improver(common.settings) as improver:
        hosting = hosting_of(improver)
        synced = sync(improver, hosting.host, hosting.remote, speaks=not read_only)
        seen = seen_at(hosting.host, hosting.remote)
        let_go(improver, seen, told_by(common.terminal))
        pruned = () if read_only else prune(hosting.remote, seen, now())
    tell(common, synced)
    if pruned:
        common.terminal.line("ok", "pruned", f"evidence that nobody can ask about any more: {len(pruned)}")
    fields = {
        "pulls": synced.pulls,
        "changes": [asdict(one) for one in synced.changes],
        "hands_off": list(synced.hands_off),
        "unanswered": [{"pull": number, "comment": comment} for number, comment in synced.unanswered],
        "pruned": list(pruned),
    }
    common.terminal.result("synced" if synced.changes else "nothing_new", fields)
    return 0


def tell(common: Common, synced: Synced) -> None:
    """Print one line for each thing that is new."""
    for one in synced.changes:
        known = f" · proposal #{one.proposal}" if one.proposal else ""
        common.terminal.line(MARKS.get(one.what, "ok"), one.what, f"pull request #{one.pull}{known} · {one.text}")
    for number in synced.hands_off:
        common.terminal.line("note", "left", f"pull request #{number} · somebody else pushed to its branch")
    for number, comment in synced.unanswered:
        common.terminal.line("note", "unanswered", f"improve answer --pr {number} --comment {comment}")
    if not synced.changes:
        common.terminal.text("nothing new")
    common.terminal.text("next: improve decisions · improve list")
