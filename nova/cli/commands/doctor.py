"""Tell whether this machine and the journal are fit for the work, and what would help."""

import asyncio
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from nova.adapters.upkeep import Check, doctor
from nova.agent import Registry
from nova.app import all_agents, all_tools, model_of, policies_of
from nova.cli.options import Common, nova_command
from nova.errors import NovaError
from nova.settings import KEY, Settings

UNFIT = 3


@nova_command("doctor")
def command(common: Common) -> int:
    """Tell whether this machine and the journal are fit, and what would help; changes nothing."""
    checks = [*_surroundings(common.settings)]
    if common.settings.data.exists():
        checks += asyncio.run(doctor(common.settings.journal))
    terminal = common.terminal
    for one in checks:
        terminal.text(f"{one.name:11} {terminal.glyph('ok' if one.ok else 'no')} {one.found}")
        if not one.ok:
            terminal.text(f"            fix: {one.fix}")
    fit = all(one.ok for one in checks)
    rows = [{"name": one.name, "ok": one.ok, "found": one.found, "fix": "" if one.ok else one.fix} for one in checks]
    terminal.result("fit" if fit else "unfit", {"checks": rows})
    return 0 if fit else UNFIT


def _surroundings(settings: Settings) -> Iterator[Check]:
    yield Check("sqlite", ok=True, found=sqlite3.sqlite_version)
    yield _data(settings.data)
    yield _agents()
    yield _policies(settings)
    yield _model(settings)


def _data(place: Path) -> Check:
    if place.exists():
        return Check("data", ok=True, found=str(place))
    near = next(one for one in place.parents if one.exists())
    fix = "make it writable, or set NOVA_DATA to a directory of your own"
    found = f"{place} is not there yet; the first run makes it"
    return Check("data", ok=os.access(near, os.W_OK), found=found, fix=f"{near}: {fix}")


def _agents() -> Check:
    try:
        registry = Registry(all_agents(), [one.name for one in all_tools()])
    except NovaError as error:
        return Check("agents", ok=False, found=f"{error.what} {error.where}".strip(), fix=error.fix)
    return Check("agents", ok=True, found=f"{len([*registry])}, and their borders hold together")


def _policies(settings: Settings) -> Check:
    try:
        origins = policies_of(settings).origins
    except NovaError as error:
        return Check("policies", ok=False, found=f"{error.where}: {error.what}", fix=error.fix)
    return Check("policies", ok=True, found=", ".join(f"{name} {where}" for name, where in origins.items()))


def _model(settings: Settings) -> Check:
    try:
        model_of(settings)
    except NovaError as error:
        return Check("model", ok=False, found=f"{error.what}: {error.where} {error.why}".strip(), fix=error.fix)
    if settings.script is not None:
        return Check("model", ok=True, found=f"scripted by {settings.script}")
    found = f"none: {KEY} is set, but no provider is built in yet" if settings.has_key else "none"
    return Check("model", ok=True, found=f"{found}; agents that can work without one do")
