"""What an agent's body works at: its packet and results, and the only ways to tools and to the model."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic_core import to_json

from nova import errors
from nova.agent import Agent, Registry, Result
from nova.contracts import Cost, Entry, Packet, Relation, Scope, ToolUse
from nova.errors import ModelError, ToolError
from nova.packet import ContextPolicy
from nova.ports import Model
from nova.running import MODEL, Run
from nova.tool import Tool

CHARACTERS = 4  # that make about one token


@dataclass(frozen=True, slots=True)
class Limits:
    """Last guards: seconds for one call of a body, handoffs in a row, and what a model's call is reserved at."""

    seconds: float = 60.0
    depth: int = 12
    reply_tokens: int = 1024
    micros_per_1000_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Workshop:
    """What every run is carried with."""

    registry: Registry
    tools: Mapping[str, Tool]
    model: Model
    policy: ContextPolicy
    limits: Limits = Limits()


@dataclass(slots=True)
class Tally:
    """What one entry used so far, over all calls of its body."""

    ordinal: int = 0
    tokens: int = 0
    micros: int = 0
    seconds: float = 0.0
    receipts: list[str] = field(default_factory=list)

    def cost(self) -> Cost:
        """Return it as a record."""
        return Cost(tokens=self.tokens, micros=self.micros, seconds=self.seconds)

    def take(self, cost: Cost) -> None:
        """Add what a model's call took."""
        self.tokens += cost.tokens
        self.micros += cost.micros


@dataclass(frozen=True, slots=True)
class Seat:
    """Who works where: the run, its entry, the agent, and the shop around them."""

    shop: Workshop
    run: Run
    entry: Entry
    agent: Agent
    tally: Tally

    def key(self) -> str:
        """Return the next idempotency key of this entry."""
        ordinal = self.tally.ordinal
        self.tally.ordinal += 1
        return f"{self.entry.run}:{self.entry.index}:{ordinal}"


@dataclass(frozen=True, slots=True)
class Desk:
    """The Context of one call of a body."""

    packet: Packet
    results: tuple[Result, ...]
    problem: str
    seat: Seat

    @property
    def scope(self) -> Scope:
        """Return whose data this is."""
        return self.seat.entry.scope

    @property
    def receipts(self) -> tuple[str, ...]:
        """Return the keys of the tools this entry used so far, in order."""
        return tuple(self.seat.tally.receipts)

    async def use(self, tool: str, arguments: Mapping[str, str]) -> str:
        """Use a tool once; a use that stopped half-way is repeated under the same key, which the tool knows."""
        known = _permitted(self.seat, tool)
        run = self.seat.run
        given = to_json(dict(sorted(arguments.items()))).decode()
        use = ToolUse(key=self.seat.key(), tool=tool, arguments=given)
        earlier = _same(await run.tool(use), use)
        if earlier is not None and earlier.result is not None:
            if earlier.failed:
                raise ToolError(earlier.result)
            self.seat.tally.receipts.append(use.key)
            return earlier.result
        try:
            result = await known(use.key, dict(arguments))
        except ToolError as error:
            run.used(_ended(use, str(error), failed=True))
            raise
        run.used(_ended(use, result))
        self.seat.tally.receipts.append(use.key)
        return result

    async def ask(self, system: str, prompt: str) -> str:
        """Ask the model; a reply that is on record is neither asked for nor paid for again."""
        run = self.seat.run
        asked = json.dumps({"prompt": prompt, "system": system}, ensure_ascii=False)
        use = ToolUse(key=self.seat.key(), tool=MODEL, arguments=asked)
        if (known := _same(run.uses.get(use.key), use)) is not None and known.result is not None:
            return self._heard_again(known)
        limits = self.seat.shop.limits
        tokens = (len(system) + len(prompt)) // CHARACTERS + limits.reply_tokens
        reserved = Cost(tokens=tokens, micros=tokens * limits.micros_per_1000_tokens // 1000)
        run.purse.reserve(reserved)
        await run.tool(use)
        try:
            reply = await self.seat.shop.model.ask(system, prompt)
        except ModelError as error:
            run.purse.settle(reserved, Cost())
            told = json.dumps({"error": type(error).__name__, "what": error.what, "why": error.why, "fix": error.fix})
            run.used(_ended(use, told, failed=True))
            raise
        run.purse.settle(reserved, reply.cost)
        self.seat.tally.take(reply.cost)
        told = json.dumps({"text": reply.text, "tokens": reply.cost.tokens, "micros": reply.cost.micros})
        run.used(_ended(use, told))
        return reply.text

    def _heard_again(self, use: ToolUse) -> str:
        told = json.loads(use.result or "{}")
        if use.failed:
            kind: type[ModelError] = getattr(errors, told["error"], ModelError)
            raise kind(told["what"], why=told["why"], fix=told["fix"])
        cost = Cost(tokens=told["tokens"], micros=told["micros"])
        self.seat.run.purse.settle(Cost(), cost)
        self.seat.tally.take(cost)
        return str(told["text"])


def _permitted(seat: Seat, tool: str) -> Tool:
    """Return the tool, or raise ToolError: unknown, not declared by the agent, or an effect an adviser may not have."""
    name = seat.agent.name
    if tool not in seat.agent.card.needs.tools:
        declared = ", ".join(seat.agent.card.needs.tools) or "none"
        raise ToolError(f"{name} used the tool {tool!r}", why=f"it declares {declared}", fix="declare it in its needs")
    known = seat.shop.tools.get(tool)
    if known is None:
        raise ToolError(f"{name} used the tool {tool!r}", why="there is no such tool here", fix="install it")
    if known.effects and seat.entry.relation is Relation.CONSULT:
        raise ToolError(
            f"{name} used the tool {tool!r} as an adviser",
            why="an adviser changes nothing",
            fix="hand the task on as delegate, or advise to use it",
        )
    return known


def _ended(use: ToolUse, result: str, *, failed: bool = False) -> ToolUse:
    return ToolUse(key=use.key, tool=use.tool, arguments=use.arguments, result=result, failed=failed)


def _same(earlier: ToolUse | None, use: ToolUse) -> ToolUse | None:
    """Return the earlier use of a key; raise ToolError if it was for something else."""
    if earlier is not None and (earlier.tool, earlier.arguments) != (use.tool, use.arguments):
        raise ToolError(
            f"the key {use.key} was used for {earlier.tool} with other arguments",
            why="a body that is run again must do the same again",
            fix="make it depend on its task, packet and results only",
        )
    return earlier
