"""The composition root: settings in, an improver with all its parts out."""

import contextlib
import functools
import importlib.metadata
import importlib.resources
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from improver.adapters.ledger import Ledger, open_ledger
from improver.adapters.repository import Repository, open_repository
from improver.codemod import Codemod
from improver.discover import discover, discover_classes
from improver.gate import Gate
from improver.observer import Observer
from improver.policy import NAMES, Policy, parse
from improver.pulls.publishing import Why
from improver.records import Finding, Tree
from improver.settings import Settings


def at_no_host(finding: Finding) -> str:  # noqa: ARG001 - as every `Why`
    """Return why a finding is not tried where no host is asked: nothing speaks against it."""
    return ""


@dataclass(frozen=True)
class Improver:
    """All parts of one process, on one project; plugins are imported when they are first asked for."""

    settings: Settings
    repository: Repository
    ledger: Ledger
    why: Why = at_no_host  # a finding is held back by what stands at a host

    @functools.cached_property
    def codemods(self) -> tuple[Codemod, ...]:
        """Return every codemod there is."""
        return codemods()

    @functools.cached_property
    def observers(self) -> tuple[Observer, ...]:
        """Return every observer there is."""
        return observers()

    @functools.cached_property
    def gates(self) -> tuple[Gate, ...]:
        """Return every gate there is."""
        return gates()

    def policy(self, commit: str) -> Policy:
        """Return the policies of `commit`; a file it does not carry comes from the packaged defaults."""
        return policy_of(self.repository.tree(commit))


@contextlib.contextmanager
def open_improver(settings: Settings) -> Iterator[Improver]:
    """Open the project that holds `settings.repo`; settle first what a killed run left behind."""
    with open_repository(settings.repo) as repository, open_ledger(repository.data) as ledger:
        yield Improver(settings, repository, ledger)


def codemods() -> tuple[Codemod, ...]:
    """Return every codemod there is."""
    return tuple(kind() for kind in discover_classes("improver.codemods", Codemod))  # type: ignore[type-abstract]


def observers() -> tuple[Observer, ...]:
    """Return every observer there is."""
    return tuple(discover("improver.observers", Observer))


def gates() -> tuple[Gate, ...]:
    """Return every gate there is."""
    return tuple(discover("improver.gates", Gate))


def policy_of(tree: Tree) -> Policy:
    """Read policies/*.yaml of a tree, each absent file from the packaged defaults."""
    defaults = importlib.resources.files("improver") / "defaults"
    texts = {}
    for name in NAMES:
        own = tree.get(f"policies/{name}.yaml")
        texts[name] = own.data if own is not None else (defaults / f"{name}.yaml").read_bytes()
    return parse(texts)


def now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(tz=UTC)
