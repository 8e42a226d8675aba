"""Show one run as a tree: who did what, why, with what, what it cost, and the seam that broke first."""

import asyncio

import click

from nova.app import opened
from nova.cli.options import Common, nova_command
from nova.cli.runs import found, seen
from nova.cli.terminal import GLYPHS
from nova.cli.tree import Seen, as_fields, broken, drawn, headline


@nova_command("show")
@click.argument("run", default="last")
def command(common: Common, run: str) -> int:
    """Show one run as a tree of entries. RUN is a name, the beginning or end of one, or "last"."""
    shown = asyncio.run(_seen(common, run))
    terminal = common.terminal
    terminal.text(headline(shown))
    terminal.text(f"broke first: {broken(shown) or 'nothing'}")
    terminal.text(f"said: {shown.record.text} · by {shown.record.principal} · session {shown.record.session}")
    for line in drawn(shown, {mark: terminal.glyph(mark) for mark in GLYPHS}):
        terminal.text(line)
    for opinion in shown.opinions:
        because = f" because {opinion.because}" if opinion.because else ""
        terminal.text(f"feedback: {'good' if opinion.good else 'bad'}{because}")
    terminal.result("shown", as_fields(shown))
    return 0


async def _seen(common: Common, run: str) -> Seen:
    async with opened(common.settings) as nova:
        return await seen(nova, await found(nova, run))
