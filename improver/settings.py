"""The sole reader of the environment: what this process may know about where it runs."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the improver works and what surrounds it."""

    repo: Path
    python: str | None  # the target's interpreter when the user named one
    ci: bool
    inside_run: bool  # a run of ours started this process
    terminal: bool  # a human sits at both ends
    colour: bool  # stdout is a terminal that wants colour
    live: bool  # stderr is a terminal on which a line can be redrawn
    no_bwrap: bool  # pretend that bubblewrap is missing, to see the lower tiers


def read_settings(repo: Path, python: str | None) -> Settings:
    """Read the environment once."""
    environment = os.environ
    return Settings(
        repo=repo,
        python=python,
        ci=environment.get("CI", "").lower() not in ("", "0", "false"),
        inside_run="NOVA_RUN" in environment,
        terminal=sys.stdin.isatty() and sys.stdout.isatty(),
        live=sys.stderr.isatty() and environment.get("TERM") != "dumb" and "CI" not in environment,
        colour=sys.stdout.isatty() and "NO_COLOR" not in environment and environment.get("TERM") != "dumb",
        no_bwrap=environment.get("NOVA_NO_BWRAP", "") == "1",
    )
