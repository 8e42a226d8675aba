"""Gather what a receiver might see: the message, the run's results, what is done, the session's earlier runs."""

from nova.agent import Agent
from nova.contracts import Acceptance, Answer, Contract, Packet, Relation, RunRecord
from nova.packet import ContextPolicy, Receiver, Source, build
from nova.recovery import done_line, heard
from nova.running import Run
from nova.seam import Sent


async def packet_for(run: Run, sent: Sent, policy: ContextPolicy) -> Packet:
    """Return the packet of a handoff."""
    needs = sent.receiver.card.needs.context
    receiver = Receiver(needs, sent.relation, run.record.scope, sent.task)
    sources = [*_message(run), *_results(run), *(await _history(run, policy) if "history" in needs else ())]
    return build(receiver, sources, _done(run) if "done" in needs else (), policy)


def root_sent(agent: Agent, task: str, given: Contract) -> Sent:
    """Return the handoff from the user to the first owner."""
    return Sent(agent, task, given, Relation.TRANSFER, "the user asked", Acceptance())


def _message(run: Run) -> list[Source]:
    record = run.record
    return [Source("message", "message", record.text, record.scope)] if record.text else []


def _results(run: Run) -> list[Source]:
    """Return the run's answers, the latest first; a sender's own answer supersedes what it was made from."""
    found: list[Source] = []
    for index in sorted(run.outcomes, reverse=True):
        outcome = run.outcomes[index]
        if isinstance(outcome, Answer):
            entry = run.entries[index]
            above = None if entry.parent is None else run.outcomes.get(entry.parent)
            name = f"{entry.agent} ({index})"
            found.append(Source("results", name, outcome.text, entry.scope, isinstance(above, Answer)))
    return found


def _done(run: Run) -> list[str]:
    return [done_line(run.entries[index], run.outcomes[index]) for index in sorted(run.outcomes)]


async def _history(run: Run, policy: ContextPolicy) -> list[Source]:
    """Return the session's earlier runs, the latest first: what was said, and what was answered."""
    here = run.record
    records = await run.journal.runs(here.scope, session=here.session, limit=policy.history + 1)
    earlier = [record for record in records if record.run != here.run][: policy.history]
    return [source for record in earlier if (source := await _told(run, record)) is not None]


async def _told(run: Run, record: RunRecord) -> Source | None:
    entries = await run.journal.entries(record.run, record.scope)
    answers = (heard(entry.outcome) for entry in entries if entry.outcome and entry.relation is Relation.TRANSFER)
    answer = next((one for one in answers if isinstance(one, Answer)), None)
    if answer is None:
        return None
    return Source("history", f"run {record.run}", f"{record.text}\n{answer.text}", record.scope)
