"""Publish proposals as pull requests."""

from collections.abc import Sequence
from pathlib import Path

import click

from improver.app import open_improver
from improver.cli.options import Common, improve_command
from improver.cli.telling import pages, pulled, told_by
from improver.cli.terminal import Terminal
from improver.errors import RefusedByPolicy, UsageError
from improver.hosting.bundling import publish_bundle
from improver.hosting.offering import hosting_of, publish
from improver.pulls.submitting import Done

PUBLISHED = ("opened", "renewed", "finished", "there")
REFUSED = "refused"


@improve_command("publish")
@click.argument("numbers", type=click.IntRange(min=1), nargs=-1, metavar="[NUMBER]...")
@click.option("--bundle", type=click.Path(path_type=Path), help="Publish what `improve --bundle` wrote and was upheld.")
def command(common: Common, numbers: tuple[int, ...], bundle: Path | None) -> int:
    """Publish open proposals as pull requests; all that may be published when none is named.

    What was cut off before is finished, what main moved away from is left to the next run, and nothing is merged.
    """
    if bundle is not None and numbers:
        raise UsageError("a bundle is published as a whole", fix="name no proposal beside --bundle")
    tell = told_by(common.terminal)
    with open_improver(common.settings) as improver:
        hosting = hosting_of(improver)
        if bundle is not None:
            done = publish_bundle(improver, hosting, bundle, tell)
        else:
            done = publish(improver, hosting, numbers, tell)
    tell_end(common.terminal, done)
    return RefusedByPolicy.exit_code if any(one.act == REFUSED for one in done) else 0


def tell_end(terminal: Terminal, done: Sequence[Done]) -> None:
    """Print what became of it all, and where to look now."""
    outcome = outcome_of(done)
    reason = next((one.text for one in done if one.act in ("skipped", REFUSED)), "")
    steps = pages(done) or ["improve list", "improve sync"]
    terminal.line("ok" if outcome == "published" else "skip", outcome, reason or f"{len(done)} done, nothing held back")
    terminal.text("next: " + " · ".join(steps))
    terminal.result(outcome, {"reason": reason, "pulls": [pulled(one) for one in done], "next": steps})


def outcome_of(done: Sequence[Done]) -> str:
    """Return the one word for what became of it all."""
    acts = {one.act for one in done}
    if REFUSED in acts:
        return "refused"
    if acts.intersection(PUBLISHED):
        return "published"
    return "held_back" if "skipped" in acts else "nothing_to_publish"
