"""What Nova asks of the outside, as protocols; `adapters/` answer."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from nova.contracts import Cost, Entry, RunRecord, Scope, ToolUse


class Journal(Protocol):
    """The durable log of the seams: append-only, one writer, group commit.

    Every awaited write is on disk (`synchronous=FULL`) when it returns. Every read takes the scope and
    sees nothing of another. A closed entry never changes.
    """

    async def begin(self, run: RunRecord, root: Entry) -> None:
        """Record a new run together with its open root entry."""

    async def open(self, entries: Sequence[Entry], *, closes: Sequence[Entry] = ()) -> None:
        """Record entries before their agents run, and in the same transaction, before them, what was closed."""

    async def close(self, entry: Entry, *, opens: Sequence[Entry] = ()) -> None:
        """Record an entry's outcome and, in the same transaction, the entries it leads to."""

    async def settle(self, run: str, *, owner: str, state: str, at: float, also: Sequence[Entry] = ()) -> None:
        """Record who owns a run now and how it stands; ownership moves only here.

        `also` is recorded in the same transaction: the entries of it with an outcome close, the others open.
        """

    async def tool(self, use: ToolUse, *, closes: Sequence[Entry] = ()) -> ToolUse | None:
        """Record a tool use before its effect; return the earlier record of the same key, if there is one.

        What was closed is recorded in the same transaction.
        """

    async def used(self, use: ToolUse) -> None:
        """Record a tool's result under its key."""

    async def feedback(self, run: str, scope: Scope, *, good: bool, because: str, at: float) -> None:
        """Record what a human thought of a run."""

    async def entries(self, run: str, scope: Scope) -> tuple[Entry, ...]:
        """Return a run's entries in the order of their indexes, as they stand now."""

    async def uses(self, run: str, scope: Scope) -> tuple[ToolUse, ...]:
        """Return a run's tool uses."""

    async def find(self, run: str, scope: Scope) -> RunRecord | None:
        """Return a run, or None when this scope has no such run."""

    async def runs(self, scope: Scope, *, session: str = "", state: str = "", limit: int = 50) -> tuple[RunRecord, ...]:
        """Return this scope's runs, newest first; `session` and `state` narrow."""

    async def unfinished(self) -> tuple[RunRecord, ...]:
        """Return the open runs of all scopes, for resuming after a crash; never shown to anybody."""


class Reply(Protocol):
    """What a model answered: its text and what it cost."""

    @property
    def text(self) -> str:
        """Return what it said."""

    @property
    def cost(self) -> Cost:
        """Return what it took."""


class Model(Protocol):
    """A language model. Raises ModelUnavailable, ModelRefused or ModelError, nothing else."""

    async def ask(self, system: str, prompt: str, *, schema: Mapping[str, object] | None = None) -> Reply:
        """Answer `prompt`; with a JSON schema, answer JSON that fits it."""
