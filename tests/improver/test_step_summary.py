"""What a workflow's step shows of itself: added to, never over the bound."""

from pathlib import Path

import pytest

from improver.cli.step_summary import MOST_SUMMARY, add_to_summary
from improver.errors import EnvironmentUnfit


def test_without_a_file_nothing_happens() -> None:
    add_to_summary(None, "x")


def test_texts_are_added_one_below_the_other(tmp_path: Path) -> None:
    summary = tmp_path / "summary"
    add_to_summary(summary, "# one\n")
    add_to_summary(summary, "# two\n")
    assert summary.read_text("utf-8") == "# one\n\n# two\n"


def test_what_does_not_fit_is_said(tmp_path: Path) -> None:
    summary = tmp_path / "summary"
    add_to_summary(summary, "x" * (MOST_SUMMARY - 10))
    add_to_summary(summary, "y" * 20)
    assert summary.stat().st_size < 1 << 20
    assert summary.read_text("utf-8").endswith("\nMore was to be said here, and did not fit.\n")


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentUnfit, match="cannot be written"):
        add_to_summary(tmp_path / "no" / "such", "x")
