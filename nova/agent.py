"""What an agent is: a typed async function with a narrow scope, as a value; and the registry that checks them all."""

import inspect
import types
import typing
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

from nova.contracts import (
    Answer,
    Contract,
    Failure,
    Handoff,
    Letter,
    Packet,
    Question,
    Refusal,
    Relation,
    Reroute,
    Scope,
)
from nova.errors import ContractError

ENDINGS: tuple[type[Contract], ...] = (Answer, Refusal, Reroute, Question, Letter)
OFFLINE = ("full", "part", "none")
NEEDS = ("message", "results", "done", "history")  # what a receiver may ask to see in its packet
RESERVED = ("user", "trigger")  # who else can send or be asked


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a handoff: the entry that did it, its agent, and its outcome."""

    index: int
    agent: str
    outcome: Answer | Refusal | Reroute | Failure
    relation: Relation = Relation.DELEGATE


class Context(Protocol):
    """What an agent's body sees of its run."""

    @property
    def packet(self) -> Packet:
        """Return what was passed on, and what already happened."""

    @property
    def results(self) -> tuple[Result, ...]:
        """Return what came of this agent's own handoffs, in their order."""

    @property
    def problem(self) -> str:
        """Return what was wrong with the last outcome, "" when nothing was."""

    @property
    def scope(self) -> Scope:
        """Return whose data this is."""

    @property
    def receipts(self) -> tuple[str, ...]:
        """Return the keys of the tools this entry used so far, in order; a claim names one as its evidence."""

    async def use(self, tool: str, arguments: Mapping[str, str]) -> str:
        """Use a tool, exactly once also after a crash; raise ToolError when it fails or is not permitted."""

    async def ask(self, system: str, prompt: str) -> str:
        """Ask the model, out of the run's budget; raise ModelError or BudgetExceeded."""


Outcome = Contract | tuple[Handoff[Any] | Letter, ...]
Body = Callable[[Any, Context], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Example:
    """What somebody says, the task it becomes and, where it is certain, the answer's text."""

    says: str
    task: Contract
    answers: str | None = None


@dataclass(frozen=True, slots=True)
class Needs:
    """What an agent asks for: parts of context, most useful first (of NEEDS), and tools by name."""

    context: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """What an agent declares about itself."""

    does: str
    does_not: Mapping[str, str | None]  # what it leaves alone -> the better owner's name, or None
    offline: str
    examples: tuple[Example, ...]
    needs: Needs


NOTHING = Needs()


@dataclass(frozen=True, slots=True)
class Agent:
    """One narrow skill: the contract it accepts, the contracts it may hand on, and its body."""

    name: str
    card: Card
    accepts: type[Contract]
    hands_to: tuple[type[Contract], ...]
    endings: tuple[type[Contract], ...]
    body: Body


def agent(
    *,
    does: str,
    does_not: Mapping[str, str | None],
    offline: str,
    examples: Sequence[Example],
    needs: Needs = NOTHING,
) -> Callable[[Body], Agent]:
    """Make the decorated function an Agent named like it; its annotations say what it takes and returns."""
    card = Card(does, MappingProxyType(dict(does_not)), offline, tuple(examples), needs)

    def build(body: Body) -> Agent:
        hints = typing.get_type_hints(body)
        parameters = list(inspect.signature(body).parameters)
        returned = tuple(_members(hints["return"]))
        return Agent(
            name=body.__name__,
            card=card,
            accepts=hints[parameters[0]],
            hands_to=tuple(_task_of(kind) for kind in returned if _is_handoff(kind)),
            endings=tuple(kind for kind in returned if not _is_handoff(kind)),
            body=body,
        )

    return build


def _members(annotation: Any) -> Iterable[Any]:
    """Yield the alternatives of a return annotation; `tuple[Handoff[X], ...]` counts as Handoff[X]."""
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union:
        for member in typing.get_args(annotation):
            yield from _members(member)
    elif typing.get_origin(annotation) is tuple:
        for member in typing.get_args(annotation):
            if member is not Ellipsis:
                yield from _members(member)
    else:
        yield annotation


def _is_handoff(kind: Any) -> bool:
    return inspect.isclass(kind) and issubclass(kind, Handoff)


def _task_of(kind: type[Handoff[Any]]) -> type[Contract]:
    task = kind.model_fields["task"].annotation
    if not (inspect.isclass(task) and issubclass(task, Contract)):
        message = f"{kind.__name__} does not say which contract it hands on"
        raise TypeError(message)
    return task


class Registry:
    """All agents by contract and by name; it refuses a set that could not work."""

    def __init__(self, agents: Iterable[Agent], tools: Iterable[str] = ()) -> None:
        self._by_name: dict[str, Agent] = {}
        self._by_contract: dict[str, Agent] = {}
        for one in agents:
            self._add(one)
        known = frozenset(tools)
        for one in self._by_name.values():
            self._check(one, known)
        if circle := self._circle():
            raise ContractError(
                f"agents hand on in a circle: {' → '.join(circle)}", fix="let one of them return its result instead"
            )

    def __iter__(self) -> typing.Iterator[Agent]:
        """Iterate over the agents by name."""
        return iter(sorted(self._by_name.values(), key=lambda one: one.name))

    def named(self, name: str) -> Agent | None:
        """Return the agent called `name`, if any."""
        return self._by_name.get(name)

    def accepting(self, address: str) -> Agent | None:
        """Return the one agent that accepts the contract at `address`, if any."""
        return self._by_contract.get(address)

    def _add(self, one: Agent) -> None:
        address = one.accepts.address()
        if (other := self._by_contract.get(address)) is not None:
            fix = "give each its own contract"
            raise ContractError(f"two agents accept {address}: {other.name} and {one.name}", fix=fix)
        if one.name in self._by_name:
            raise ContractError(f"two agents are called {one.name}", fix="rename one of them")
        self._by_contract[address] = one
        self._by_name[one.name] = one

    def _check(self, one: Agent, tools: frozenset[str]) -> None:
        """Raise ContractError for the first thing `one` declares that cannot work."""
        for problem in (
            f"has the reserved name {one.name!r}" if one.name in RESERVED else None,
            None if one.card.does_not else "declares nothing that it does not do",
            None if one.card.examples else "has no examples",
            None if one.card.offline in OFFLINE else f"is offline {one.card.offline!r}, which is none of {OFFLINE}",
            *(f"hands on {kind.address()}, which nobody accepts" for kind in self._orphans(one)),
            *(f"names {name!r} as a better owner, and there is no such agent" for name in self._unknown_owners(one)),
            *(f"uses the tool {name!r}, and there is no such tool" for name in sorted({*one.card.needs.tools} - tools)),
            *(f"needs {name!r}, which is none of {NEEDS}" for name in sorted({*one.card.needs.context} - {*NEEDS})),
            *(f"has an example for {type(case.task).__name__}" for case in self._foreign_examples(one)),
        ):
            if problem:
                raise ContractError(
                    f"the agent {one.name} {problem}", where=one.body.__module__, fix="correct its card"
                )

    def _orphans(self, one: Agent) -> list[type[Contract]]:
        return [kind for kind in one.hands_to if kind.address() not in self._by_contract]

    def _unknown_owners(self, one: Agent) -> list[str]:
        return [name for name in one.card.does_not.values() if name is not None and name not in self._by_name]

    def _foreign_examples(self, one: Agent) -> list[Example]:
        return [case for case in one.card.examples if type(case.task) is not one.accepts]

    def _circle(self) -> list[str]:
        """Return the names along a circle of declared handoffs, or nothing."""
        settled: set[str] = set()

        def walk(one: Agent, path: list[str]) -> list[str]:
            if one.name in path:
                return [*path[path.index(one.name) :], one.name]
            if one.name in settled:
                return []
            for kind in one.hands_to:
                if found := walk(self._by_contract[kind.address()], [*path, one.name]):
                    return found
            settled.add(one.name)
            return []

        return next((found for one in self._by_name.values() if (found := walk(one, []))), [])
