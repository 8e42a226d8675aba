"""What a human sees: data on stdout, talk on stderr; glyph, word and colour on a terminal, plain words elsewhere."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import click

from nova.errors import NovaError

SCHEMA = "nova/nova/1"
GLYPHS = {
    "ok": ("✓", "green"),
    "no": ("✗", "red"),
    "wait": ("?", "yellow"),
    "open": ("…", "yellow"),
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

    def line(self, mark: str, stage: str, text: str) -> None:
        """Say one line on stderr; `quiet` keeps what is loud."""
        if not self.quiet or mark == "loud":
            click.echo(f"{stage:9} {self.glyph(mark)} {text}", err=True, color=self.colour)

    def glyph(self, mark: str) -> str:
        """Return a mark's glyph, in its colour where there is colour."""
        glyph, colour = GLYPHS[mark]
        return click.style(glyph, fg=colour) if self.colour else glyph

    def text(self, text: str) -> None:
        """Print data on stdout, unless the result is JSON."""
        if not self.as_json:
            click.echo(text, color=self.colour)

    def next(self, *steps: str) -> None:
        """Say what could be typed next."""
        if steps and not self.quiet:
            click.echo(f"next: {' · '.join(steps)}", err=True)

    def result(self, outcome: str, fields: Mapping[str, object]) -> None:
        """Print the one JSON object, when it is asked for."""
        if self.as_json:
            print_result(outcome, fields)


def print_result(outcome: str, fields: Mapping[str, object]) -> None:
    """Print the one JSON object on stdout."""
    body = {"schema": SCHEMA, "outcome": outcome, **fields}
    click.echo(json.dumps(body, ensure_ascii=True, indent=2, default=str))


def told_as(*, as_json: bool) -> Callable[[NovaError], None]:
    """Return what tells an error: to stderr what, where, why and fix, a line each, and as the JSON object if asked."""

    def told(error: NovaError) -> None:
        click.echo(f"nova: {error}", err=True)
        if as_json:
            next_steps = [error.fix] if error.fix else []
            fields = {"reason": error.what, "where": error.where, "why": error.why, "next": next_steps}
            print_result("error", fields)

    return told
