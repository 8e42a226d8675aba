"""How a manifest writes down what became of one test; guest and host must write it alike (Python 3.9, no imports)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

QUIET = ("skipped: ", "xfailed: ")
WHENS = ("setup", "call", "teardown")


def entry(phases: Mapping[str, str]) -> str:
    """Return a test's manifest entry: its three outcomes, or the one word that says why it did not count."""
    if "collect" in phases:
        return phases["collect"]
    outcomes = [phases.get(when, "-") for when in WHENS]
    loud = [outcome for outcome in outcomes if outcome not in {"passed", "-"}]
    subtests = f" ({phases['subtests']})" if "subtests" in phases else ""
    if len(loud) == 1 and loud[0].startswith(QUIET) and outcomes[2] == "passed":
        return loud[0] + subtests
    return "/".join(outcomes) + subtests


def placed(text: str, tree: str) -> str:
    """Return `text` without where the tree lies."""
    return text.replace(f"{tree}/", "")


def normal(text: str, tree: str) -> str:
    """Return a reason without what differs from run to run: places, line numbers, addresses."""
    return re.sub(r"\b0x[0-9a-fA-F]{4,}\b", "0x…", re.sub(r"\b(line |\.py:)\d+", r"\1N", placed(text, tree)))
