"""Put a human's change through the gates, and say what is new in it."""

import importlib.metadata
import json
from collections.abc import Callable, Mapping
from dataclasses import replace

import click

from improver.acts import between, look_at, staged
from improver.app import open_improver
from improver.cli.formats import github, markdown, sarif, verdict
from improver.cli.options import Common, improve_command
from improver.cli.telling import told_by
from improver.cli.terminal import Terminal
from improver.errors import UsageError
from improver.preparing import Wish
from improver.reviewing import Review

MARKS = {"refused": "no", "found": "no", "asked": "skip", "nothing_new": "ok"}
FORMATS: Mapping[str, Callable[[Review], str]] = {
    "github": lambda review: "\n".join(github(review)),
    "markdown": markdown,
    "sarif": lambda review: json.dumps(sarif(review, importlib.metadata.version("nova")), indent=2),
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
        told = common.terminal if output_format == "text" else quietly(common.terminal)
        found = look_at(improver, asked, Wish(tolerate_red=tolerate_red), told_by(told))
    if output_format == "text":
        tell(common.terminal, found)
        common.terminal.result(found.outcome, fields_of(found, asked.base))
    else:
        click.echo(FORMATS[output_format](found))
    return 1 if found.refusals or found.findings else 0


def quietly(terminal: Terminal) -> Terminal:
    """Return a terminal that says on stderr what it says, since stdout is the report's."""
    return replace(terminal, as_json=True)


def tell(terminal: Terminal, review: Review) -> None:
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
    terminal.line(MARKS[review.outcome], review.outcome, verdict(review))


def fields_of(review: Review, base: str) -> dict[str, object]:
    """Return a review as plain data."""
    return {
        "base": base,
        "reason": verdict(review),
        "gates": {result.gate: result.ruling.value for result in review.results},
        "refusals": list(review.refusals),
        "questions": list(review.questions),
        "findings": [
            {"rule": one.rule, "path": one.path, "line": one.line, "message": one.message} for one in review.findings
        ],
        "suggestions": [
            {"path": one.finding.path, "first": one.first, "last": one.last, "text": one.text, "why": one.why}
            for one in review.suggestions
        ],
        "unchecked": [*review.unchecked, *review.unreadable],
        "next": [f"improve codemods explain {name}" for name in sorted({one.codemod for one in review.suggestions})],
    }
