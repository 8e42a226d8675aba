"""Carry one entry to its end: call its body, judge what comes, and hand on."""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from typing import Any

from nova.admitting import accepted, admit
from nova.agent import Result
from nova.contracts import Cost, Entry, Failure, Letter, Packet, Question, Refusal, Relation
from nova.desk import Desk, Seat, Tally, Workshop
from nova.errors import BudgetExceeded, JournalError, ModelRefused
from nova.opening import bare_entry, child_entry
from nova.recovery import TRIGGER, USER, Transferred, digest
from nova.running import Run
from nova.seam import Problem, Sender, Sent, judge, opened
from nova.sources import packet_for
from nova.stint import WAITING, End, Moved, Stint, Waiting
from nova.timing import OverTimeError, within

log = logging.getLogger("nova")


class Carrier:
    """Carries entries; what it knows of a run is in the run."""

    def __init__(self, shop: Workshop) -> None:
        self._shop = shop

    async def carry(self, run: Run, entry: Entry) -> End:
        """Carry an open entry to its end. Only a broken journal and cancellation get out as exceptions."""
        admitted = admit(run, entry, self._shop.registry)
        if isinstance(admitted, Refusal | Failure):
            run.close(entry, admitted, Cost())
            return admitted
        agent, task = admitted
        packet = run.packets.pop(entry.index, None) or Packet.model_validate_json(entry.packet)
        stint = Stint(Seat(self._shop, run, entry, agent, Tally()), task, packet)
        while (end := await self._turn(stint)) is None:
            pass
        return end

    async def _turn(self, stint: Stint) -> End | None:
        """Call the body once and act on what it returns; None to call it again."""
        returned, failure = await self._call(stint)
        if failure is not None:
            return stint.end(failure)
        entry = stint.seat.entry
        owns = entry.index == stint.seat.run.top
        sender = Sender(stint.seat.agent, entry.relation, owns, self._shop.policy.task)
        judged = accepted(stint, judge(returned, sender, self._shop.registry))
        if judged is None:
            return None
        if isinstance(judged, Problem):
            return self._reject(stint, judged, owns=owns)
        stint.problem = ""
        if isinstance(judged, tuple):
            return await self._hand_on(stint, judged)
        if isinstance(judged.outcome, Question):
            return self._put(stint, judged.outcome)
        return stint.end(judged.outcome, judged.text)

    async def _call(self, stint: Stint) -> tuple[object, Failure | None]:
        """Return what the body returned, or the failure it came to."""
        run, entry = stint.seat.run, stint.seat.entry
        allowed = run.purse.reserve_seconds(self._shop.limits.seconds)
        if not allowed:
            return None, Failure(kind="budget", reason="the run's budget has no seconds left")
        desk = Desk(stint.packet, tuple(stint.results), stint.problem, stint.seat)
        began = run.now()
        try:
            return await within(allowed, stint.seat.agent.body(stint.task, desk), run.send), None
        except OverTimeError:
            return None, Failure(kind="hung", reason=f"{entry.agent} did not return within {allowed:g} seconds")
        except JournalError:
            raise
        except BudgetExceeded as error:
            return None, Failure(kind="budget", reason=error.what)
        except ModelRefused as error:
            return None, Failure(kind="refused", reason=str(error))
        except Exception as error:  # noqa: BLE001  # an agent may raise anything, and that is its result
            return None, Failure(kind="raised", reason=f"{type(error).__name__}: {error}")
        finally:
            took = max(run.now() - began, 0.0)
            stint.seat.tally.seconds += took
            run.purse.settle_seconds(allowed, took)

    def _reject(self, stint: Stint, problem: Problem, *, owns: bool) -> End | None:
        """Send it back to the sender once; then tell the owner, on record; then it has failed."""
        if not stint.repaired:
            stint.repaired, stint.problem = True, problem.text
            return None
        failure = Failure(kind=problem.kind, reason=problem.text)
        if not owns or stint.rejected:
            return stint.end(failure)
        stint.rejected, stint.problem = True, ""
        who = problem.receiver or stint.seat.entry.agent
        index = _rejected(stint.seat.run, stint.seat.entry, who, failure)
        stint.results.append(Result(index, who, failure))
        return None

    def _put(self, stint: Stint, question: Question) -> End | None:
        """Record the question as an entry the user is to answer, or take the answer that is there."""
        run, entry = stint.seat.run, stint.seat.entry
        contract, task = Question.address(), question.model_dump_json()
        known = run.replayed(entry.index, USER, contract, task)
        if known is None:
            sent = bare_entry(run, entry, USER, "it needs to know before it goes on")
            known = sent.model_copy(update={"contract": contract, "task": task})
            run.add(known)
            run.open([known])
        settled = run.outcomes.get(known.index)
        if settled is None:
            return WAITING
        stint.results.append(Result(known.index, USER, settled, Relation.CONSULT))
        return None

    async def _hand_on(self, stint: Stint, sendings: Sequence[Sent]) -> End | None:
        """Open the receivers' entries together, carry them in parallel, and keep what came of each, in order."""
        run, parent = stint.seat.run, stint.seat.entry
        children: list[Entry] = []
        fresh: list[Entry] = []
        for sent in sendings:
            known = run.replayed(parent.index, sent.receiver.name, sent.receiver.accepts.address(), sent.task)
            if known is None:
                known = await self._entry(run, parent, sent, sender=parent.agent)
                fresh.append(known)
            children.append(known)
        if fresh and sendings[0].relation is Relation.TRANSFER and fresh[0].packet:
            return _transfer(stint, fresh[0])
        if fresh:
            run.open(fresh)
        return await self._join(stint, children)

    async def _join(self, stint: Stint, children: Sequence[Entry]) -> End | None:
        run = stint.seat.run
        ends = await _together([self._settled(run, child) for child in children])
        settled: list[Result] = []
        for child, end in zip(children, ends, strict=True):
            if isinstance(end, Moved | Waiting):
                return WAITING
            settled.append(Result(child.index, child.agent, end, child.relation))
        stint.results += settled
        return None

    async def _settled(self, run: Run, child: Entry) -> End:
        """Return what a child came to; carry it first if it is still open."""
        if (known := run.outcomes.get(child.index)) is not None:
            return known
        if child.packet:
            return await self.carry(run, child)
        same = run.first[digest(child.agent, child.contract, child.task)] < child.index
        failure = Failure(
            kind="loop" if same else "hops",
            reason=f"{child.agent} was given this very task in this run already"
            if same
            else f"no hops are left to reach {child.agent}",
        )
        log.warning("run %s entry %d %s: %s", child.run, child.index, child.agent, failure.kind)
        run.close(child, failure, Cost())
        return failure

    async def _entry(self, run: Run, parent: Entry, sent: Sent, *, sender: str) -> Entry:
        """Return the receiver's entry; one without a packet is refused: a loop, or no hops left."""
        mark = digest(sent.receiver.name, sent.receiver.accepts.address(), sent.task)
        refused = parent.hop >= self._shop.limits.depth or not run.purse.hop() or mark in run.first
        packet = None if refused else await packet_for(run, sent, self._shop.policy)
        entry = child_entry(run, parent, sent, sender=sender, packet="" if packet is None else packet.model_dump_json())
        run.give(entry.index, sent.given, packet)
        run.add(entry, mark)
        return entry

    async def trigger(self, run: Run, parent: Entry, letter: Letter) -> End:
        """Carry what a finished entry started; the letter is judged as an agent's own would be."""
        sent = opened(letter, self._shop.registry)
        if isinstance(sent, Problem):
            failure = Failure(kind=sent.kind, reason=sent.text)
            _rejected(run, parent, letter.receiver, failure)
            return failure
        known = run.replayed(parent.index, sent.receiver.name, sent.receiver.accepts.address(), sent.task)
        if known is None:
            known = await self._entry(run, parent, sent, sender=TRIGGER)
            run.open([known])
        return await self._settled(run, known)


def _rejected(run: Run, parent: Entry, receiver: str, failure: Failure) -> int:
    """Put on record what could not be handed on, and return its index."""
    known = run.replayed(parent.index, receiver, "", "")
    if known is None:
        known = bare_entry(run, parent, receiver, "rejected: it could not be handed on")
        run.add(known)
        run.open([known])
    if known.index not in run.outcomes:
        run.close(known, failure, Cost())
    return known.index


def _transfer(stint: Stint, successor: Entry) -> Moved:
    """Close the owner's entry and open its successor's in one transaction; ownership moves with it."""
    run = stint.seat.run
    moved = Transferred(agent=successor.agent, entry=successor.index)
    run.close(stint.seat.entry, moved, stint.seat.tally.cost())
    run.move(successor.agent, successor)
    return Moved(successor)


async def _together(carried: Sequence[Coroutine[Any, Any, End]]) -> list[End]:
    """Await all; whatever stops one for good stops the others before it gets out."""
    if len(carried) == 1:
        return [await carried[0]]
    tasks = [asyncio.create_task(one) for one in carried]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
