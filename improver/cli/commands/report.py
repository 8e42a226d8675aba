"""Tell what a human should know in the morning, here or in the project's one dashboard issue."""

from collections.abc import Callable, Mapping
from pathlib import Path

import click

from improver.app import open_improver
from improver.cli.options import Common, improve_command
from improver.cli.step_summary import MOST_SUMMARY, add_to_summary
from improver.cli.terminal import Terminal
from improver.errors import UsageError
from improver.hosting.offering import host_of
from improver.hosting.reporting import MOST_READ, Kept, Printed, facts_of, keep_issue
from improver.pulls import pages as forms
from improver.pulls.dashboard import Dashboard, dashboard

FORMATS: Mapping[str, Callable[[Dashboard], str]] = {
    "markdown": lambda board: forms.markdown(board, MOST_SUMMARY),
    "html": forms.page,
    "json": forms.as_json,
}


@improve_command("report")
@click.option("--output-format", type=click.Choice([*FORMATS]), default="markdown", show_default=True)
@click.option("--issue", is_flag=True, help="Write it into the one issue labelled nova:dashboard, in place.")
@click.option("--run", "printed", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
              help="What `improve --json` printed, when the last run was elsewhere.")  # fmt: skip
@click.option("--published", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
              help="What `improve publish --json` printed, when that was not here.")  # fmt: skip
def command(common: Common, output_format: str, issue: bool, printed: Path | None, published: Path | None) -> int:
    """Tell what is wrong, what waits for you, what was refused or rejected, and how the last run went.

    The first line suffices, and a quiet night is that one line.
    """
    if common.terminal.as_json and output_format == "html":
        raise UsageError("--json and --output-format html both want stdout", fix="name one of them")
    with open_improver(common.settings) as improver:
        facts = facts_of(improver, Printed(_read(printed), _read(published)))
        board, kept = keep_issue(host_of(improver), facts) if issue else (dashboard(facts), None)
    text = FORMATS["json" if common.terminal.as_json else output_format](board)
    click.echo(text.rstrip("\n"))
    add_to_summary(common.settings.host.summary, forms.markdown(board, MOST_SUMMARY))
    if kept is not None:
        tell(common.terminal, kept)
    return 0


def _read(printed: Path | None) -> bytes | None:
    if printed is None:
        return None
    with printed.open("rb") as file:
        return file.read(MOST_READ + 1)


def tell(terminal: Terminal, kept: Kept) -> None:
    """Say on stderr which issue it is, since stdout is the report's."""
    if not terminal.quiet:
        click.echo(f"issue #{kept.issue.number}: {kept.issue.page}", err=True)
    for number in kept.others:
        click.echo(f"issue #{number} has the label too and is left alone: close it, or close the other", err=True)
