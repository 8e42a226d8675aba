"""Put known-bad changes through all gates; one that gets through is a failure."""

from pathlib import Path

import click

from improver import canaries
from improver.acts import judge_corpus
from improver.app import gates
from improver.cli.options import Common, improve_command
from improver.errors import UsageError


@improve_command("canaries")
@click.option("--without", multiple=True, metavar="GATE", help="Switch a gate off, to see who still catches it.")
@click.option("--corpus", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Run another corpus.")
def command(common: Common, without: tuple[str, ...], corpus: Path | None) -> int:
    """Put known-bad changes through all gates and print who caught what; exit 1 when one got through."""
    unknown = sorted(set(without) - {gate.name for gate in gates()})
    if unknown:
        raise UsageError(f"there is no gate {unknown[0]!r}", fix="improve gates")
    records = judge_corpus(common.settings, corpus, without)
    common.terminal.text(canaries.render(records))
    kept = canaries.holds(records)
    fields = {"counts": canaries.counts(records), "without": list(without), "entries": canaries.rows(records)}
    common.terminal.result("held" if kept else "let_through", fields)
    return 0 if kept or without else 1
