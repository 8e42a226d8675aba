"""What Nova asks of the outside, as protocols; `adapters/` answer."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from nova.contracts import Cost, Entry, Fact, RunRecord, Scope, ToolUse


class Journal(Protocol):
    """The durable log of the seams: append-only, one writer, group commit.

    Every awaited write is on disk (`synchronous=FULL`) when it returns. Every read takes the scope and
    sees nothing of another. A closed entry never changes.
    """

    async def claim(self, run: str) -> None:
        """Take the right to carry a run; raise JournalError if somebody does, in this process or in another one."""

    def release(self, run: str) -> None:
        """Give the right to carry a run back."""

    async def record(self, facts: Sequence[Fact]) -> ToolUse | None:
        """Put facts on disk in their order, all of them or none.

        A RunRecord begins a run, an Entry opens, a Closing ends one. A ToolUse without a result comes before its
        effect, with one after it; one whose key is on record changes nothing, and what is on record is returned.
        What is asked for later is never on disk earlier, and cancelling whoever waits undoes nothing.
        """

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
