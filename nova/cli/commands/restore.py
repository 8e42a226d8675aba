"""Put a backup in the place of the journal; the old file is kept."""

import asyncio
from pathlib import Path

import click

from nova.adapters.upkeep import restore
from nova.cli.options import Common, nova_command


@nova_command("restore")
@click.argument("file", type=click.Path(path_type=Path))
def command(common: Common, file: Path) -> int:
    """Put the backup FILE in the place of the journal, once it is found whole; the old file is kept."""
    kept = asyncio.run(restore(file, common.settings.journal))
    said = f"; the old journal is {kept}" if kept else ""
    common.terminal.line("ok", "restore", f"{common.settings.journal} is {file} again{said}")
    common.terminal.next("nova runs list", "nova doctor")
    common.terminal.result("restored", {"journal": str(common.settings.journal), "kept": str(kept) if kept else None})
    return 0
