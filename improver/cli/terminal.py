"""What a human sees: glyph, word and colour on a terminal; the same words without colour elsewhere."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import click

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

    def line(self, mark: str, text: str) -> None:
        """Print one line that begins with the glyph of `mark`; `quiet` keeps only what is loud."""
        if self.quiet and mark != "loud":
            return
        glyph, colour = GLYPHS[mark]
        shown = click.style(glyph, fg=colour) if self.colour else glyph
        click.echo(f"{shown} {text}", err=self.as_json, color=self.colour)

    def text(self, text: str) -> None:
        """Print plain text, unless the result is JSON."""
        if not self.as_json:
            click.echo(text, color=self.colour)

    def result(self, outcome: str, **fields: object) -> None:
        """Print the one JSON object, when asked for."""
        if self.as_json:
            body: Mapping[str, object] = {"schema": "nova/improve/1", "outcome": outcome, **fields}
            click.echo(json.dumps(body, ensure_ascii=False, indent=2, sort_keys=True, default=str))


def complain(what: str, *, where: str = "", why: str = "", fix: str = "") -> None:
    """Print an error to stderr: what, where, why and fix, a line each."""
    click.echo(f"improve: {what}", err=True)
    for label, text in (("where", where), ("why", why), ("fix", fix)):
        if text:
            click.echo(f"  {label}: {text}", err=True)
