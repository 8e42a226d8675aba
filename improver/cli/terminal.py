"""What a human sees: glyph, word and colour on a terminal; the same words without colour elsewhere."""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import click

from improver.errors import Hint

SCHEMA = "nova/improve/1"
ERASE_LINE = "\r\x1b[2K"
GLYPHS = {
    "ok": ("✓", "green"),
    "no": ("✗", "red"),
    "skip": ("–", "yellow"),
    "note": ("·", "blue"),
    "loud": ("!", "red"),
}


@dataclass(frozen=True, slots=True)
class Terminal:
    """Where results and talk go. In JSON mode stdout carries one object and nothing else."""

    as_json: bool
    quiet: bool
    verbose: bool
    colour: bool
    live: bool = False  # stderr is a terminal that can erase a line

    def line(self, mark: str, stage: str, text: str) -> None:
        """Print one line of a stage; `quiet` keeps what is loud; "busy" shows on a live terminal until the next."""
        if mark == "busy":
            self._live(f"{stage:9} … {text}")
            return
        self._live("")
        if self.quiet and mark != "loud":
            return
        glyph, colour = GLYPHS[mark]
        shown = click.style(glyph, fg=colour) if self.colour else glyph
        click.echo(f"{stage:9} {shown} {text}", err=self.as_json or mark == "loud", color=self.colour)

    def text(self, text: str) -> None:
        """Print plain text, unless the result is JSON."""
        if not self.as_json:
            click.echo(text, color=self.colour)

    def result(self, outcome: str, fields: Mapping[str, object]) -> None:
        """Print the one JSON object, when it is asked for."""
        if self.as_json:
            print_result(outcome, fields)

    def _live(self, text: str) -> None:
        """Replace the live line at the bottom of a terminal; never in a pipe or a log."""
        if self.live:
            width = shutil.get_terminal_size().columns - 1
            click.echo(f"{ERASE_LINE}{text[:width]}", nl=False, err=True)


def print_result(outcome: str, fields: Mapping[str, object]) -> None:
    """Print the one JSON object on stdout."""
    body = {"schema": SCHEMA, "outcome": outcome, **fields}
    click.echo(json.dumps(body, ensure_ascii=True, indent=2, default=str))


def told_as(*, as_json: bool) -> Callable[[str, Hint], None]:
    """Return what tells an error: to stderr what, where, why and fix, a line each, and as the JSON object if asked."""

    def told(what: str, hint: Hint) -> None:
        click.echo(f"improve: {what}", err=True)
        for label, text in (("where", hint.where), ("why", hint.why), ("fix", hint.fix)):
            if text:
                click.echo(f"  {label}: {text}", err=True)
        if as_json:
            next_steps = [hint.fix] if hint.fix else []
            print_result("error", {"reason": what, "where": hint.where, "why": hint.why, "next": next_steps})

    return told
