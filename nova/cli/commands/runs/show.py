"""Show one run as a tree: who did what, why, with what, what it cost, and the seam that broke first."""

import asyncio

import click

from nova.app import opened
from nova.cli.options import Common, nova_command
from nova.cli.runs import found, seen
from nova.cli.terminal import GLYPHS
from nova.cli.told import short
from nova.cli.tree import WIDTH, Seen, as_fields, broken, drawn, headline

WHOLE = 1_000_000  # characters: more than any text here has


@nova_command("show")
@click.argument("run", default="last")
def command(common: Common, run: str) -> int:
    """Show one run as a tree of entries. RUN is a name, the beginning or end of one, or "last".

    With --verbose, texts are shown whole.
    """
    shown = asyncio.run(_seen(common, run))
    terminal = common.terminal
    terminal.text(headline(shown))
    terminal.text(f"broke first: {broken(shown) or 'nothing'}")
    width = WHOLE if terminal.verbose else WIDTH
    terminal.text(
        f"said: {short(shown.record.text, width)} · by {shown.record.principal} · session {shown.record.session}"
    )
    glyphs = {mark: terminal.glyph(mark) for mark in GLYPHS}
    for line in drawn(shown, glyphs, width=width):
        terminal.text(line)
    for opinion in shown.opinions:
        because = f" because {opinion.because}" if opinion.because else ""
        terminal.text(f"feedback: {'good' if opinion.good else 'bad'}{because}")
    terminal.result("shown", as_fields(shown))
    return 0


async def _seen(common: Common, run: str) -> Seen:
    async with opened(common.settings) as nova:
        return await seen(nova, await found(nova, run))
