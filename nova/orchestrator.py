"""Carry a run from its message to its end: one owner, through user turns, crashes and approvals."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError

from nova.agent import Agent
from nova.carrying import Carrier
from nova.contracts import (
    Answer,
    Budget,
    Contract,
    Cost,
    Entry,
    Failure,
    Letter,
    Message,
    Question,
    Relation,
    RunRecord,
)
from nova.desk import Workshop
from nova.errors import ContractError, HandoffError, JournalError, RoutingError
from nova.opening import root_entry
from nova.ports import Journal
from nova.purse import Purse
from nova.recovery import Settled, question_of, said
from nova.running import Kept, Run, revived
from nova.seam import told
from nova.sources import packet_for, root_sent
from nova.stint import Moved, Waiting
from nova.triggers import Trigger

T = TypeVar("T")
ENDED = ("done", "failed")
BUDGET = Budget(tokens=100_000, micros=1_000_000, seconds=1_800.0, hops=24)  # seconds for every hop at once


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run stands: done or failed with its outcome, or waiting for the user to answer a question."""

    run: str
    owner: str
    state: str  # done, failed, waiting
    outcome: Settled | Question


@dataclass(frozen=True, slots=True)
class House:
    """What an orchestrator needs besides the workshop: the journal, time, names for runs, triggers, a purse."""

    journal: Journal
    now: Callable[[], float]  # seconds since the epoch
    new_run: Callable[[], str]  # a name no run has
    triggers: Sequence[Trigger] = ()
    budget: Budget = BUDGET


@dataclass(slots=True)
class _Live:
    task: "asyncio.Task[object] | None"
    record: RunRecord
    run: Run | None = None
    cancelled: str = ""


class Orchestrator:
    """Starts, continues, resumes and cancels runs; each run is carried once at a time."""

    def __init__(self, shop: Workshop, house: House) -> None:
        self._shop = shop
        self._house = house
        self._carrier = Carrier(shop)
        self._live: dict[str, _Live] = {}

    async def receive(self, message: Message, task: Contract | None, *, changed: str = "") -> Ended:
        """Carry a message of a session: to the pending owner, if one waits, or else `task` in a new run.

        `changed` is the router's reason why the subject changed: the pending run then ends, on record.
        """
        pending = await self.pending(message)
        if pending is not None and not changed:
            return await self.reply(pending, message)
        if task is None:
            raise RoutingError("there is no task for this message, and no run of its session waits for a reply")
        if pending is not None:
            await self.cancel(pending, f"the subject changed: {changed}")
        return await self.start(message, task)

    async def pending(self, message: Message) -> RunRecord | None:
        """Return the run of the message's session that waits for its reply, if any."""
        waiting = await self._house.journal.runs(message.scope, session=message.session, state="waiting", limit=1)
        return waiting[0] if waiting else None

    async def start(self, message: Message, task: Contract, *, budget: Budget | None = None) -> Ended:
        """Begin a run with the agent that accepts `task` as its owner, and carry it to its end or to a question."""
        agent, text, given = self._routed(task)
        purse = budget or self._house.budget
        record = RunRecord(
            run=self._house.new_run(),
            session=message.session,
            project=message.project,
            scope=message.scope,
            owner=agent.name,
            state="open",
            opened=self._house.now(),
            text=message.text,
            principal=message.principal,
        )
        run = Run(record, self._house.journal, self._house.now, Purse.of(purse))
        sent = root_sent(agent, text, given)
        packet = await packet_for(run, sent, self._shop.policy)
        root = root_entry(run, sent, packet=packet.model_dump_json())
        run.give(root.index, given, packet)
        run.begin(root)
        return await self._carried(record, self._begun, run)

    async def reply(self, record: RunRecord, message: Message) -> Ended:
        """Give the message to the pending owner: it answers the run's first open question."""
        if (message.scope, message.session) != (record.scope, record.session):
            raise HandoffError("this message belongs to another session", fix="reply within the run's own session")
        return await self._carried(record, self._replied, message)

    async def resume(self, record: RunRecord) -> Ended:
        """Go on with a run where its journal stops: agents at least once, tools exactly once by their keys."""
        return await self._carried(record, self._resumed, record)

    async def cancel(self, record: RunRecord, reason: str) -> None:
        """End a run: its open entries fail as cancelled. Whoever carries it right now returns that failure.

        A client that merely goes away cancels nothing: its run stays open in the journal and can be resumed.
        """
        live = self._live.get(record.run)
        if live is not None and live.task is not None:
            live.cancelled = reason
            live.task.cancel()
            return
        await self._carried(record, self._cancelled, reason)

    def read(self, address: str, text: str) -> Contract:
        """Return a task from JSON for the agent or contract at `address`; raise ContractError saying what is wrong."""
        registry = self._shop.registry
        agent = registry.named(address) or registry.accepting(address)
        if agent is None:
            known = ", ".join(one.accepts.address() for one in registry)
            raise RoutingError(f"nobody accepts {address!r}", fix=f"name one of {known}")
        try:
            return agent.accepts.model_validate_json(text)
        except ValidationError as error:
            what = f"the task does not fit {agent.accepts.address()}: {told(error)}"
            raise ContractError(what, fix="correct the task") from error

    def _routed(self, task: Contract) -> tuple[Agent, str, Contract]:
        """Return who accepts the task, the task as JSON, and the task as read from that."""
        agent = self._shop.registry.accepting(task.address())
        if agent is None:
            raise RoutingError(f"nobody accepts {task.address()}", fix="add an agent that does")
        text = task.model_dump_json(warnings="none")
        given = self.read(agent.name, text)
        if len(text) > self._shop.policy.task:
            what = f"the task has {len(text)} characters, and at most {self._shop.policy.task} may be handed on"
            raise ContractError(what, fix="send a shorter text, or raise `task` in policies/context.yaml")
        return agent, text, given

    async def _carried(self, record: RunRecord, work: "Callable[[_Live, T], Awaitable[Ended]]", given: T) -> Ended:
        """Do the work on a run that nobody else carries, here or, by the journal's claim, wherever else it is.

        On `cancel` it ends there, and however it ends, what happened is sent to the journal.
        """
        name = record.run
        if name in self._live:
            raise HandoffError(f"the run {name} is being carried already", fix="wait for it, or cancel it")
        self._live[name] = live = _Live(asyncio.current_task(), record)
        claimed = False
        try:
            await self._house.journal.claim(name)
            claimed = True
            return await work(live, given)
        except asyncio.CancelledError:
            if not (claimed and live.cancelled) or live.task is None:
                raise
            live.task.uncancel()
            return await _abandon(live.run or await self._revived(live), live.cancelled)
        finally:
            if live.run is not None:
                live.run.send()
            if claimed:
                self._house.journal.release(name)
            del self._live[name]

    async def _revived(self, live: _Live) -> Run:
        """Return a run as its journal left it, whatever was known of it before it was claimed."""
        record, journal = live.record, self._house.journal
        standing = await journal.find(record.run, record.scope)
        if standing is None:
            raise JournalError(f"there is no run {record.run}", fix="nova runs list")
        entries = await journal.entries(record.run, record.scope)
        kept = Kept(standing, entries, await journal.uses(record.run, record.scope))
        live.run = revived(kept, journal, self._house.now)
        return live.run

    async def _begun(self, live: _Live, run: Run) -> Ended:
        live.run = run
        return await self._carry(run)

    async def _replied(self, live: _Live, message: Message) -> Ended:
        run = await self._revived(live)
        asked = question_of(run.pending())
        if asked is None:
            return await self._carry(run)
        answer = said(Question.model_validate_json(asked.task), message)
        if answer is None:
            return _waiting(run, asked)
        run.close(asked, answer, Cost())
        await run.stand("open")
        return await self._carry(run)

    async def _resumed(self, live: _Live, _: RunRecord) -> Ended:
        return await self._carry(await self._revived(live))

    async def _cancelled(self, live: _Live, reason: str) -> Ended:
        run = await self._revived(live)
        return await (self._carry(run) if run.record.state in ENDED else _abandon(run, reason))

    async def _carry(self, run: Run) -> Ended:
        outcome = run.outcomes.get(run.top)
        if run.record.state in ENDED and outcome is not None:
            return Ended(run.record.run, run.record.owner, run.record.state, outcome)
        while outcome is None:
            end = await self._carrier.carry(run, run.entries[run.top])
            if isinstance(end, Waiting):
                return await _wait(run)
            outcome = None if isinstance(end, Moved) else end
        if isinstance(outcome, Answer) and self._house.triggers and await self._trigger(run):
            return await _wait(run)
        return await _end(run, outcome)

    async def _trigger(self, run: Run) -> bool:
        """Start what finished entries start, and what that starts in turn; tell whether one of them waits.

        Loops and hops end it as anywhere.
        """
        looked: set[int] = set()
        waits = False
        while ready := {index for index, one in run.outcomes.items() if isinstance(one, Answer)} - looked:
            looked |= ready
            for index, trigger in itertools.product(sorted(ready), self._house.triggers):
                entry, outcome = run.entries[index], run.outcomes[index]
                if entry.contract == trigger.after and isinstance(outcome, Answer):
                    letter = Letter(
                        receiver=trigger.start,
                        task=trigger.task(entry, outcome),
                        relation=Relation.DELEGATE,
                        reason=f"{trigger.after} was answered",
                    )
                    waits |= isinstance(await self._carrier.trigger(run, entry, letter), Waiting)
        return waits


def _waiting(run: Run, asked: Entry) -> Ended:
    question = Question.model_validate_json(asked.task)
    return Ended(run.record.run, run.record.owner, "waiting", question)


async def _wait(run: Run) -> Ended:
    asked = question_of(run.pending())
    assert asked is not None, "a run waits for a question only"
    await run.stand("waiting")
    return _waiting(run, asked)


async def _end(run: Run, outcome: Settled) -> Ended:
    state = "failed" if isinstance(outcome, Failure) else "done"
    await run.stand(state)
    return Ended(run.record.run, run.record.owner, state, outcome)


async def _abandon(run: Run, reason: str) -> Ended:
    """Close every open entry as cancelled."""
    failure = Failure(kind="cancelled", reason=reason)
    for entry in run.pending():
        run.close(entry, failure, Cost())
    return await _end(run, failure)
