"""Write the JSON Schemas of evidence and policies, for editors and for those who read evidence elsewhere."""

from pathlib import Path

import click

from improver.cli.options import Common, improve_command
from improver.verify.schemas import schemas


@improve_command("schemas")
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), help="The folder. [default: only list them]")
def command(common: Common, into: Path | None) -> int:
    """Write the JSON Schemas of evidence and of policies/*.yaml into a folder."""
    found = schemas()
    if into is not None:
        into.mkdir(parents=True, exist_ok=True)
        for name, data in found.items():
            (into / name).write_bytes(data)
    for name, data in found.items():
        common.terminal.text(f"{name:32} {len(data)} bytes")
    common.terminal.result("listed" if into is None else "written", {"names": list(found), "into": str(into or "")})
    return 0
