"""Copy the journal to a new file, also while nova runs."""

import asyncio
from pathlib import Path

import click

from nova.adapters.upkeep import backup
from nova.cli.options import Common, nova_command


@nova_command("backup")
@click.argument("file", type=click.Path(path_type=Path))
def command(common: Common, file: Path) -> int:
    """Copy the journal to the new file FILE, also while nova runs; the copy is checked before it has its name."""
    size = asyncio.run(backup(common.settings.journal, file))
    common.terminal.line("ok", "backup", f"{file} · {size} bytes, checked")
    common.terminal.next(f"nova restore {file}")
    common.terminal.result("backed_up", {"file": str(file), "bytes": size})
    return 0
