"""What crosses a seam: versioned, frozen records that forbid what they do not know."""

import functools
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(min_length=1)]


class Contract(BaseModel):
    """Base of all boundary data. Its address is `Name@version`; a task's type picks its agent."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    version: ClassVar[int] = 1

    @classmethod
    @functools.cache
    def address(cls) -> str:
        """Return the contract's address on the wire."""
        return f"{cls.__name__}@{cls.version}"

    def out_of_scope(self) -> str | None:
        """Return why no agent should even begin with this task, or None; pure, checked before any model call."""
        return None


T = TypeVar("T", bound=Contract)


class Relation(StrEnum):
    """How a receiver stands to the sender."""

    CONSULT = "consult"  # advises: no effects, no voice
    DELEGATE = "delegate"  # does and returns; the owner stays
    TRANSFER = "transfer"  # ownership moves, on record


class Scope(Contract):
    """Whose data this is. Nothing crosses from one scope to another; it comes from the key, never from text."""

    tenant: Text
    client: str = ""
    branch: str = ""


class Message(Contract):
    """What somebody said, where, and on whose authority."""

    session: Text
    project: str
    text: Text
    principal: Text
    scope: Scope


class Claim(Contract):
    """An agent's "I did X", with the journal entry ("3") or tool key ("run:3:0") that shows it."""

    says: Text
    evidence: str


class Answer(Contract):
    """A task done. `sources` name where the content comes from; `unverified` are claims nothing on record shows."""

    text: Text
    claims: tuple[Claim, ...] = ()
    sources: tuple[str, ...] = ()
    unverified: tuple[Claim, ...] = ()


class Refusal(Contract):
    """An honest no: out of scope, and who would do it instead (an agent's name)."""

    reason: Text
    better_owner: str | None = None


class Reroute(Contract):
    """A task given back to the router, with names it might suit."""

    text: Text
    suggested: tuple[str, ...] = ()


class Question(Contract):
    """What a human must answer or approve before the run goes on; the run waits with its owner."""

    text: Text
    approval: bool = False


class Failure(Contract):
    """A result that did not come, as a value the owner can decide on."""

    kind: Text  # raised, hung, nothing, malformed, unknown_receiver, loop, budget, hops, refused, cancelled
    reason: Text


class Acceptance(Contract):
    """What an answer must be, beyond its contract, for the sender to accept it."""

    at_most: int | None = None  # characters
    mentions: tuple[str, ...] = ()


class Handoff(Contract, Generic[T]):
    """A typed task for whoever accepts it."""

    task: T
    relation: Relation
    reason: Text
    acceptance: Acceptance = Acceptance()


class Letter(Contract):
    """A handoff as a model writes it: receiver by name or by address, task as JSON text; validated like any other."""

    receiver: str
    task: str
    relation: Relation
    reason: Text
    acceptance: Acceptance = Acceptance()


class Piece(Contract):
    """One part of a packet: what it is, how large it was and is (characters), and why it was treated so."""

    name: Text
    text: str
    before: int
    after: int
    reason: str


class Packet(Contract):
    """What a receiver sees, and what already happened according to the journal."""

    passed: tuple[Piece, ...] = ()
    summarised: tuple[Piece, ...] = ()
    dropped: tuple[Piece, ...] = ()  # their text is empty
    done: tuple[str, ...] = ()


class Cost(Contract):
    """What something took."""

    tokens: int = 0
    micros: int = 0  # millionths of the currency of policies/budget.yaml
    seconds: float = 0.0
    hops: int = 0


class Budget(Contract):
    """One purse for a whole run, shared by the whole chain; reserved before and settled after each call."""

    tokens: int
    micros: int
    seconds: float
    hops: int


class Entry(Contract):
    """A seam on record. `index` is unique in its run, fixed before the work starts; the root is 0.

    `task`, `packet` and `outcome` are canonical JSON, so that what was logged is what was sent. An entry
    without an outcome is open: its agent may have begun, and resuming runs it again.
    """

    run: Text
    index: int
    parent: int | None
    relation: Relation
    owner: str  # the agent that owns the run while this entry works
    sender: str  # an agent's name, or "user"
    agent: str  # the receiver
    contract: str  # address
    task: str
    packet: str
    scope: Scope
    opened: float  # seconds since the epoch
    reason: str = ""  # why the sender handed on
    acceptance: Acceptance = Acceptance()
    budget: Budget | None = None  # what was left in the purse when this was sent; the root's is the whole purse
    hop: int = 0  # handoffs from the root
    outcome: str | None = None  # {"kind": "Answer", "value": {...}}
    cost: Cost = Cost()
    closed: float | None = None


@dataclass(frozen=True, slots=True)
class Closing:
    """How an open entry ends. A closed entry never changes."""

    run: str
    index: int
    outcome: str  # {"kind": "Answer", "value": {...}}
    cost: Cost
    closed: float  # seconds since the epoch


class ToolUse(Contract):
    """One effect under its idempotency key `run:index:ordinal`. Without a result it may or may not have happened.

    What a model is asked is recorded the same way, under the tool "(model)", so that a resumed run hears the
    same reply. A failed use keeps its error as the result.
    """

    key: Text
    tool: Text
    arguments: str
    result: str | None = None
    failed: bool = False


class RunRecord(Contract):
    """A run as the journal knows it: whose it is, who owns it now and how it stands."""

    run: Text
    session: Text
    project: str
    scope: Scope
    owner: str
    state: str  # open, waiting, done, failed
    opened: float
    closed: float | None = None
    text: str = ""  # what was said
    principal: str = ""  # on whose authority


@dataclass(frozen=True, slots=True)
class Standing:
    """Who owns a run from now on, and how it stands: open, waiting, done or failed."""

    run: str
    owner: str
    state: str
    at: float  # seconds since the epoch


Fact = RunRecord | Entry | Closing | ToolUse | Standing
