"""Publish proposals as pull requests."""

from collections.abc import Sequence

import click

from improver.app import open_improver
from improver.cli.options import Common, improve_command
from improver.cli.telling import pages, pulled, told_by
from improver.cli.terminal import Terminal
from improver.hosting import hosting_of, publish
from improver.submitting import Done

PUBLISHED = ("opened", "renewed", "finished", "there")


@improve_command("publish")
@click.argument("numbers", type=click.IntRange(min=1), nargs=-1, metavar="[NUMBER]...")
def command(common: Common, numbers: tuple[int, ...]) -> int:
    """Publish open proposals as pull requests; all that may be published when none is named.

    What was cut off before is finished, what main moved away from is left to the next run, and nothing is merged.
    """
    with open_improver(common.settings) as improver:
        done = publish(improver, hosting_of(improver), numbers, told_by(common.terminal))
    tell_end(common.terminal, done)
    return 0


def tell_end(terminal: Terminal, done: Sequence[Done]) -> None:
    """Print what became of it all, and where to look now."""
    acts = {one.act for one in done}
    outcome = (
        "published" if acts.intersection(PUBLISHED) else "held_back" if "skipped" in acts else "nothing_to_publish"
    )
    reason = next((one.text for one in done if one.act == "skipped"), "") if outcome == "held_back" else ""
    steps = pages(done) or ["improve list", "improve sync"]
    terminal.line("ok" if outcome == "published" else "skip", outcome, reason or f"{len(done)} things were done")
    terminal.text("next: " + " · ".join(steps))
    terminal.result(outcome, {"reason": reason, "pulls": [pulled(one) for one in done], "next": steps})
