"""Put a human's change through the gates, and say what is new in it."""

import importlib.metadata
import json
from collections.abc import Callable, Mapping
from dataclasses import replace

import click

from improver.acts import between, look_at, staged
from improver.app import open_improver
from improver.cli.formats import github, sarif
from improver.cli.options import Common, improve_command
from improver.cli.step_summary import MOST_SUMMARY, add_to_summary
from improver.cli.telling import told_by
from improver.cli.terminal import Terminal
from improver.errors import UsageError
from improver.preparing import Wish
from improver.remarking import Told, markdown, told_of
from improver.reviewing import Review

MARKS = {"refused": "no", "found": "no", "asked": "skip", "nothing_new": "ok"}
FORMATS: Mapping[str, Callable[[Review, Told], str]] = {
    "github": lambda review, _: "\n".join(github(review)),
    "json": lambda _, told: told.as_json(),
    "markdown": lambda _, told: markdown(told),
    "sarif": lambda review, _: json.dumps(sarif(review, importlib.metadata.version("nova")), indent=2),
}


@improve_command("review")
@click.option("--diff", "span", metavar="BASE..HEAD", help="The change from where the two commits parted to HEAD.")
@click.option("--staged", "of_index", is_flag=True, help="The change that `git add` has staged (the default).")
@click.option("--output-format", type=click.Choice(["text", *FORMATS]), default="text", show_default=True)
@click.option("--tolerate-red", is_flag=True, help="Go on with failing tests, each held to the same outcome.")
def command(common: Common, span: str | None, of_index: bool, output_format: str, tolerate_red: bool) -> int:
    """Put a human's change through the gates of its base, and say what is new in it.

    Nothing is written, merged or approved. Ends with 1 where a gate refuses or a finding stands.
    """
    if span and of_index:
        raise UsageError("--diff and --staged are two changes", fix="name one of them")
    if common.terminal.as_json and output_format != "text":
        raise UsageError(f"--json and --output-format {output_format} both want stdout", fix="name one of them")
    with open_improver(common.settings) as improver:
        asked = between(improver, span) if span else staged(improver)
        listener = common.terminal if output_format == "text" else quietly(common.terminal)
        found = look_at(improver, asked, Wish(tolerate_red=tolerate_red), told_by(listener))
        head = improver.repository.resolve(span.partition("..")[2] or "HEAD") if span else ""
    told = told_of(found, asked.base, head)
    show(common, found, told, output_format)
    return 1 if found.refusals or found.findings else 0


def show(common: Common, review: Review, told: Told, output_format: str) -> None:
    """Print a review in the form asked for, and add it to the summary of a workflow's step."""
    if output_format == "text":
        tell(common.terminal, review, told)
        if common.terminal.as_json:
            click.echo(told.as_json())
    else:
        click.echo(FORMATS[output_format](review, told))
    add_to_summary(common.settings.host.summary, markdown(told, MOST_SUMMARY))


def quietly(terminal: Terminal) -> Terminal:
    """Return a terminal that says on stderr what it says, since stdout is the report's."""
    return replace(terminal, as_json=True)


def tell(terminal: Terminal, review: Review, told: Told) -> None:
    """Print what refuses, what a human is asked, what is new and what could be better."""
    for said, mark in ((review.refusals, "no"), (review.questions, "skip")):
        for one in said:
            gate, _, words = one.partition(": ")
            terminal.line(mark, gate, words)
    for finding in review.findings:
        terminal.line("no", "found", f"{finding.rule}  {finding.path}:{finding.line}  {finding.message}")
    for better in review.suggestions:
        place = f"{better.finding.path}:{better.first}-{better.last}"
        terminal.line("note", "suggest", f"{place} could be ({better.safety.value}):")
        terminal.text("\n".join(f"    {line}" for line in better.text.splitlines()))
    for words in (*review.unchecked, *review.unreadable):
        terminal.line("note", "unchecked", words)
    terminal.line(MARKS[review.outcome], review.outcome, told.reason)
