"""The entries of a run as they are opened: the root, a handoff's, and what is no handoff to an agent."""

from nova.contracts import Entry, Relation
from nova.recovery import USER
from nova.running import Run
from nova.seam import Sent


def root_entry(run: Run, sent: Sent, *, packet: str) -> Entry:
    """Return the root entry, from the user to the first owner."""
    return Entry(
        run=run.record.run,
        index=run.allot(),
        parent=None,
        relation=sent.relation,
        owner=sent.receiver.name,
        sender=USER,
        agent=sent.receiver.name,
        contract=sent.receiver.accepts.address(),
        task=sent.task,
        packet=packet,
        scope=run.record.scope,
        opened=run.record.opened,
        reason=sent.reason,
        acceptance=sent.acceptance,
        budget=run.purse.left(),
    )


def child_entry(run: Run, parent: Entry, sent: Sent, *, sender: str, packet: str) -> Entry:
    """Return a receiver's entry; one without a packet is refused, and owns nothing."""
    owns = sent.relation is Relation.TRANSFER and packet != ""
    return Entry(
        run=parent.run,
        index=run.allot(),
        parent=parent.index,
        relation=sent.relation,
        owner=sent.receiver.name if owns else run.record.owner,
        sender=sender,
        agent=sent.receiver.name,
        contract=sent.receiver.accepts.address(),
        task=sent.task,
        packet=packet,
        scope=parent.scope,
        opened=run.now(),
        reason=sent.reason,
        acceptance=sent.acceptance,
        budget=run.purse.left(),
        hop=parent.hop + 1,
    )


def bare_entry(run: Run, parent: Entry, agent: str, reason: str) -> Entry:
    """Return an entry that is no handoff to an agent: a question, or something that could not be handed on."""
    return Entry(
        run=parent.run,
        index=run.allot(),
        parent=parent.index,
        relation=Relation.CONSULT,
        owner=run.record.owner,
        sender=parent.agent,
        agent=agent,
        contract="",
        task="",
        packet="",
        scope=parent.scope,
        opened=run.now(),
        reason=reason,
        hop=parent.hop,
    )
