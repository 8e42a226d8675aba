"""Add to the summary that a workflow shows of its step, within what it holds."""

from pathlib import Path

from improver.errors import EnvironmentUnfit

MOST_SUMMARY = (1 << 20) - 4096  # bytes; GitHub refuses a step's whole summary when it is longer than a MiB


def add_to_summary(summary: Path | None, text: str) -> None:
    """Append Markdown to the file `summary`; do nothing where there is none, and say so where there is no room."""
    if summary is None:
        return
    try:
        size = summary.stat().st_size if summary.exists() else 0
        kept = text if size + len(text.encode()) <= MOST_SUMMARY else "\nMore was to be said here, and did not fit.\n"
        with summary.open("a", encoding="utf-8") as out:
            out.write(kept if not size else f"\n{kept}")
    except OSError as error:
        raise EnvironmentUnfit("the step's summary cannot be written", where=str(summary), why=str(error)) from error
