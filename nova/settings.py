"""The sole reader of the environment: where the data is, whose it is, and what there is to work with."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nova.errors import SettingsError

KEY = "ANTHROPIC_API_KEY"  # only whether it is there; its value is read where it is used
TENANT = "home"
PRINCIPAL = "owner"
DATA = Path(".local/share/nova")  # below the home directory


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose data this is, and on whose authority; the defaults are those of a one-person shop."""

    tenant: str
    client: str
    branch: str
    principal: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Where Nova works and what surrounds it."""

    data: Path  # the one data directory: the journal, and policies of one's own
    whose: Whose
    has_key: bool
    script: Path | None  # a scripted model's lines, for demos and tests
    colour: bool  # stdout is a terminal that wants colour

    @property
    def journal(self) -> Path:
        """Return where the journal is."""
        return self.data / "journal.sqlite3"


def read_settings(data: str | None = None) -> Settings:
    """Read the environment once; `data`, where it was typed, comes before NOVA_DATA."""
    return settings_from(os.environ, data, terminal=sys.stdout.isatty())


def settings_from(environment: Mapping[str, str], data: str | None = None, *, terminal: bool = False) -> Settings:
    """Return the settings of an environment; raise SettingsError where it says something that cannot be."""
    script = environment.get("NOVA_SCRIPT", "")
    return Settings(
        data=_data(environment, data),
        whose=Whose(
            tenant=environment.get("NOVA_TENANT", "").strip() or TENANT,
            client=environment.get("NOVA_CLIENT", "").strip(),
            branch=environment.get("NOVA_BRANCH", "").strip(),
            principal=environment.get("NOVA_PRINCIPAL", "").strip() or environment.get("USER", "") or PRINCIPAL,
        ),
        has_key=bool(environment.get(KEY, "").strip()),
        script=Path(script) if script else None,
        colour=terminal and "NO_COLOR" not in environment and environment.get("TERM") != "dumb",
    )


def _data(environment: Mapping[str, str], typed: str | None) -> Path:
    if typed:
        return _directory(Path(typed).absolute(), "--data")
    if named := environment.get("NOVA_DATA", "").strip():
        place = Path(named)
        if not place.is_absolute():
            why = "it would be another directory wherever nova is started"
            raise SettingsError(f"NOVA_DATA is {named!r}", why=why, fix="make it an absolute path")
        return _directory(place, "NOVA_DATA")
    home = environment.get("HOME", "")
    if not home:
        fix = "set NOVA_DATA to a directory of your own, or give --data PATH"
        raise SettingsError("there is no place for the data", why="neither NOVA_DATA nor HOME is set", fix=fix)
    return _directory(Path(home) / DATA, "HOME")


def _directory(place: Path, named: str) -> Path:
    if place.exists() and not place.is_dir():
        fix = f"correct {named}"
        raise SettingsError("the data directory is no directory", where=str(place), why="it is a file", fix=fix)
    return place
