"""The sole reader of the environment: what this process may know about where it runs."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from improver.access import HostSettings, Secret

# A token of our own comes before those that other tools read too.
TOKENS = ("NOVA_GITHUB_TOKEN", "GITHUB_TOKEN", "GH_TOKEN")


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
    host: HostSettings


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
        host=host_settings(environment),
    )


def host_settings(environment: Mapping[str, str]) -> HostSettings:
    """Return what the environment says of the host of pull requests; a variable that is empty says nothing."""
    return HostSettings(
        token=Secret(next((environment[name] for name in TOKENS if environment.get(name)), "")),
        app_id=environment.get("NOVA_GITHUB_APP_ID", ""),
        app_key=_path(environment, "NOVA_GITHUB_APP_KEY"),
        installation=environment.get("NOVA_GITHUB_INSTALLATION", ""),
        api=environment.get("GITHUB_API_URL", ""),
        repository=environment.get("GITHUB_REPOSITORY", ""),
        summary=_path(environment, "GITHUB_STEP_SUMMARY"),
        event_name=environment.get("GITHUB_EVENT_NAME", ""),
        event=_path(environment, "GITHUB_EVENT_PATH"),
        run=environment.get("GITHUB_RUN_ID", ""),
    )


def _path(environment: Mapping[str, str], name: str) -> Path | None:
    return Path(environment[name]) if environment.get(name) else None
