"""Put known-bad changes through all gates; one that gets through is a failure."""

from pathlib import Path

import click

from improver import canaries, matrix
from improver.acts import corpus_text, judge_corpus, keep_canaries
from improver.app import gates
from improver.cli.options import Common, improve_command
from improver.errors import UsageError


@improve_command("canaries")
@click.option("--without", multiple=True, metavar="GATE", help="Switch a gate off, to see who still catches it.")
@click.option("--every-gate", is_flag=True, help="Ask all gates, also those that run code, after one has refused.")
@click.option("--into", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Renew a page's table.")
@click.option("--corpus", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Run another corpus.")
def command(
    common: Common, without: tuple[str, ...], every_gate: bool, into: Path | None, corpus: Path | None
) -> int:  # fmt: skip
    """Put known-bad changes through all gates and print who caught what; exit 1 when one got through."""
    unknown = sorted(set(without) - {gate.name for gate in gates()})
    if unknown:
        raise UsageError(f"there is no gate {unknown[0]!r}", fix="improve gates")
    text, asking = corpus_text(corpus), canaries.Asking(without, every_gate)
    records = judge_corpus(common.settings, (text, str(corpus or "the corpus")), asking)
    if into is not None:
        _renew(into, records, matrix.stamp(text, [gate.name for gate in gates()]))
    common.terminal.text(matrix.render(records))
    held = canaries.holds(records)
    kept = not corpus and not without and keep_canaries(common.settings, records)
    fields = {
        "counts": canaries.counts(records),
        "without": list(without),
        "classes": matrix.summary(records),
        "entries": matrix.rows(records),
        "kept": kept,
    }
    if kept and not held:
        common.terminal.text("these gates publish nothing until this is mended\nnext: improve gates · improve report")
    common.terminal.result("held" if held else "let_through", fields)
    return 0 if held or without else 1


def _renew(page: Path, records: list[canaries.Record], made_from: str) -> None:
    text = matrix.placed(page.read_text("utf-8"), records, made_from)
    if text is None:
        raise UsageError(f"{page} has no place for the table", fix=f"write {matrix.BEGIN} --> and {matrix.END} there")
    page.write_text(text, "utf-8")
