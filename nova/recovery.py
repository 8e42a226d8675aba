"""What a journal says about a run that stopped: where it stands, what it spent, and what a reply decides."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence

from nova.contracts import Answer, Contract, Cost, Entry, Failure, Message, Question, Refusal, Relation, Reroute

Settled = Answer | Refusal | Reroute | Failure
SETTLED: Mapping[str, type[Settled]] = {kind.__name__: kind for kind in (Answer, Refusal, Reroute, Failure)}
USER = "user"
TRIGGER = "trigger"
YES = frozenset(("yes", "y", "ok", "okay", "approve", "approved", "go ahead", "do it", "ja", "да"))
NO = frozenset(("no", "n", "reject", "rejected", "stop", "cancel", "don't", "do not", "nein", "нет"))


class Transferred(Contract):
    """How an owner's entry ends that handed the run over: who owns it now, and in which entry."""

    agent: str
    entry: int


def spoken(outcome: Contract, text: str = "") -> str:
    """Return an outcome as the journal keeps it; `text` is its JSON, where that is known."""
    return f'{{"kind":"{type(outcome).__name__}","value":{text or outcome.model_dump_json()}}}'


def heard(outcome: str) -> Settled | None:
    """Return the outcome the journal kept, or None for one that settled nothing (the run was transferred)."""
    read = json.loads(outcome)
    kind = SETTLED.get(read["kind"])
    return None if kind is None else kind.model_validate_json(json.dumps(read["value"]))


def digest(agent: str, contract: str, task: str) -> bytes:
    """Return what makes two handoffs the same; `task` is canonical JSON."""
    return hashlib.blake2b(f"{agent}\0{contract}\0{task}".encode(), digest_size=16).digest()


def is_hop(entry: Entry) -> bool:
    """Tell whether an entry took a hop: a handoff that reached an agent."""
    return entry.parent is not None and entry.agent != USER and bool(entry.contract)


def top_of(entries: Sequence[Entry]) -> Entry:
    """Return the entry of the run's owner: the last one it was transferred to, or the root."""
    transfers = [entry for entry in entries if entry.relation is Relation.TRANSFER and entry.parent is not None]
    accepted = [entry for entry in transfers if entry.owner == entry.agent]
    return max(accepted, key=lambda entry: entry.index, default=entries[0])


def question_of(entries: Sequence[Entry]) -> Entry | None:
    """Return the first question nobody answered yet."""
    return next((entry for entry in entries if entry.agent == USER and entry.outcome is None), None)


def spent_by(entries: Sequence[Entry]) -> Cost:
    """Return what a run's closed entries took, and its hops."""
    return Cost(
        tokens=sum(entry.cost.tokens for entry in entries),
        micros=sum(entry.cost.micros for entry in entries),
        seconds=sum(entry.cost.seconds for entry in entries),
        hops=sum(1 for entry in entries if is_hop(entry)),
    )


def decision(text: str) -> bool | None:
    """Return what a reply to an approval decides; None where it says neither yes nor no."""
    plain = re.sub(r"[.!,]+$", "", " ".join(text.casefold().split()))
    if plain in YES:
        return True
    return False if plain in NO else None


def said(question: Question, message: Message) -> Answer | Refusal | None:
    """Return what the user said to a question; None where an approval got neither yes nor no."""
    if not message.text.strip():
        return None
    source = (f"principal:{message.principal}",)
    if not question.approval:
        return Answer(text=message.text, sources=source)
    decided = decision(message.text)
    if decided is None:
        return None
    return Answer(text="approved", sources=source) if decided else Refusal(reason=f"{USER} said no: {message.text}")


def done_line(entry: Entry, outcome: Settled | None) -> str:
    """Say what a closed entry did, in names only."""
    match outcome:
        case Answer():
            did = "answered, with unverified claims" if outcome.unverified else "answered"
        case Refusal():
            did = "refused"
        case Reroute():
            did = "gave it back"
        case Failure():
            did = f"failed ({outcome.kind})"
        case None:
            did = "handed the run over"
    return f"{entry.index} {entry.agent}: {did}"
