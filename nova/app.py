"""The composition root: from settings to a Nova that can carry runs."""

import importlib
import importlib.resources
import pkgutil
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from nova.adapters.journal import SqliteJournal
from nova.adapters.retention import DAY, Retention, retain, retention_policy
from nova.adapters.script_file import scripted_model
from nova.adapters.scripted_model import NoModel
from nova.agent import Agent, Registry
from nova.contracts import Message, RunRecord, Scope
from nova.desk import Workshop
from nova.discover import discover
from nova.errors import PolicyError, SettingsError
from nova.orchestrator import Ended, House, Orchestrator
from nova.packet import ContextPolicy, context_policy
from nova.pipelines import did_you_mean
from nova.ports import Model
from nova.settings import Settings
from nova.tool import Tool
from nova.triggers import Trigger, triggers_from

PACKAGED = "packaged"


@dataclass(frozen=True, slots=True)
class Policies:
    """The policies in force, and where each comes from."""

    context: ContextPolicy
    triggers: tuple[Trigger, ...]
    retention: Retention
    origins: dict[str, str]


@dataclass(frozen=True, slots=True)
class Nova:
    """Everything a command or an endpoint needs."""

    settings: Settings
    policies: Policies
    registry: Registry
    journal: SqliteJournal
    orchestrator: Orchestrator
    now: Callable[[], float]  # seconds since the epoch

    @property
    def scope(self) -> Scope:
        """Return whose data this is; it comes from the settings, never from text."""
        return scope_of(self.settings)

    def message(self, text: str, session: str) -> Message:
        """Return what was said here, on the authority the settings name."""
        principal = self.settings.whose.principal
        return Message(session=session, project="", text=text, principal=principal, scope=self.scope)

    async def resume(self, record: RunRecord) -> Ended:
        """Go on with a run that stopped half-way; raise JournalError where another process may be carrying it."""
        return await self.orchestrator.resume(record)

    async def tidy(self) -> int:
        """Forget what policies/retention.yaml lets go, at most once a day; return how many runs."""
        mark = self.settings.data / "tidied"
        if self.now() - _when(mark) < DAY:
            return 0
        gone = await retain(self.journal, self.policies.retention, now=self.now())
        mark.write_text(str(int(self.now())), encoding="ascii")
        return gone


@asynccontextmanager
async def opened(
    settings: Settings, *, begins: Callable[[str], object] = str, now: Callable[[], float] = time.time
) -> AsyncIterator[Nova]:
    """Yield a Nova on the journal of the settings; `begins` hears the name of each new run."""
    policies = policies_of(settings)
    tools = all_tools()
    registry = Registry(all_agents(), [one.name for one in tools])
    _expect_known(policies, registry)
    shop = Workshop(registry, {one.name: one for one in tools}, model_of(settings), policies.context)

    def new_run() -> str:
        name = run_name(now(), secrets.token_hex(3))
        begins(name)
        return name

    async with SqliteJournal(settings.journal) as journal:
        house = House(journal, now, new_run, policies.triggers)
        yield Nova(settings, policies, registry, journal, Orchestrator(shop, house), now)


def _when(mark: Path) -> float:
    """Return the time a mark holds; one that holds none is as old as can be."""
    try:
        return float(mark.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0.0


def _expect_known(policies: Policies, registry: Registry) -> None:
    """Raise PolicyError for a trigger that names a contract nobody accepts."""
    known = sorted(one.accepts.address() for one in registry)
    for place, trigger in enumerate(policies.triggers):
        for key, address in (("after", trigger.after), ("start", trigger.start)):
            if address not in known:
                raise PolicyError(
                    f"triggers.{place}.{key}: nobody accepts {address!r}",
                    where=policies.origins["triggers"],
                    fix=did_you_mean(address, known),
                )


def scope_of(settings: Settings) -> Scope:
    """Return the scope that the settings name."""
    whose = settings.whose
    return Scope(tenant=whose.tenant, client=whose.client, branch=whose.branch)


def run_name(now: float, mark: str) -> str:
    """Return a run's name: the day it began (UTC) and a random mark."""
    return f"{datetime.fromtimestamp(now, UTC):%y%m%d}-{mark}"


def all_agents() -> list[Agent]:
    """Return the agents of every family: a package below nova.agents."""
    families = importlib.import_module("nova.agents").__path__
    names = sorted(info.name for info in pkgutil.iter_modules(families) if info.ispkg)
    return [one for name in names for one in discover(f"nova.agents.{name}", Agent)]


def all_tools() -> list[Tool]:
    """Return the tools, one file each."""
    return discover("nova.tools", Tool)


def model_of(settings: Settings) -> Model:
    """Return the model there is: a scripted one from a file, or none, which says how to get one."""
    return NoModel() if settings.script is None else scripted_model(settings.script)


def policies_of(settings: Settings) -> Policies:
    """Return the policies: those in the data directory's policies/, each absent one from the packaged defaults."""
    context, context_at = _policy(settings.data, "context")
    triggers, triggers_at = _policy(settings.data, "triggers")
    retention, retention_at = _policy(settings.data, "retention")
    return Policies(
        context_policy(context, where=context_at),
        triggers_from(triggers, where=triggers_at),
        retention_policy(retention, where=retention_at),
        {"context": context_at, "triggers": triggers_at, "retention": retention_at},
    )


def _policy(data: Path, name: str) -> tuple[str, str]:
    """Return a policy's text, and where it is from."""
    own = data / "policies" / f"{name}.yaml"
    try:
        if own.exists():
            return own.read_text(encoding="utf-8"), str(own)
    except UnicodeError as error:
        raise PolicyError("the policy is no text", where=str(own), why=str(error), fix="write it as UTF-8") from error
    except OSError as error:
        fix = "make it readable, or remove it to have the packaged one"
        raise SettingsError("a policy cannot be read", where=str(own), why=str(error), fix=fix) from error
    packaged = importlib.resources.files("nova") / "defaults" / f"{name}.yaml"
    return packaged.read_text(encoding="utf-8"), PACKAGED
