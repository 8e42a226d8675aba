"""Judge what a body returned: an ending, handoffs that can be made, or precisely what is wrong with it."""

from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from nova.agent import Agent, Registry
from nova.contracts import Acceptance, Answer, Contract, Handoff, Letter, Question, Refusal, Relation, Reroute

Ending = Answer | Refusal | Reroute | Question
SPEAKING = (Answer, Refusal, Reroute, Question)


@dataclass(frozen=True, slots=True)
class Sent:
    """A handoff that can be made: its receiver, its task as canonical JSON, and the task as read from that JSON."""

    receiver: Agent
    task: str
    given: Contract
    relation: Relation
    reason: str
    acceptance: Acceptance


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with an outcome, as the kind of failure it becomes if the sender cannot repair it."""

    kind: str
    text: str
    receiver: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who returned the outcome: the agent, how it stands to its own sender, and the largest task it may hand on."""

    agent: Agent
    relation: Relation
    owns: bool
    largest: int


@dataclass(frozen=True, slots=True)
class Said:
    """An ending that fits its contract, and its canonical JSON ("" once it was changed)."""

    outcome: Ending
    text: str = ""


Judged = Said | tuple[Sent, ...] | Problem


def judge(returned: object, sender: Sender, registry: Registry) -> Judged:
    """Return what the sender's outcome amounts to. Everything is validated anew, from its JSON."""
    if returned is None:
        return Problem("nothing", "it returned nothing: return an answer, a refusal or a handoff")
    if isinstance(returned, Handoff | Letter):
        return _sendings((returned,), sender, registry)
    if isinstance(returned, tuple):
        return _sendings(returned, sender, registry)
    return _ending(returned, sender)


def _ending(returned: object, sender: Sender) -> Said | Problem:
    kind = type(returned)
    if not isinstance(returned, SPEAKING) or kind not in sender.agent.endings:
        declared = ", ".join(sorted(one.__name__ for one in sender.agent.endings)) or "handoffs only"
        return Problem("malformed", f"it returned {kind.__name__}, and it declares {declared}")
    if kind is Question and sender.relation is Relation.CONSULT:
        return Problem("malformed", "an adviser has no voice to the user: answer, or refuse")
    try:
        text = returned.model_dump_json(warnings="none")
        return Said(returned.model_validate_json(text), text)
    except (ValidationError, PydanticSerializationError) as error:
        return Problem("malformed", f"its {kind.__name__} does not fit the contract: {told(error)}")


def _sendings(returned: tuple[object, ...], sender: Sender, registry: Registry) -> tuple[Sent, ...] | Problem:
    if not returned:
        return Problem("malformed", "it returned no handoff at all: an empty tuple hands nothing on")
    sent: list[Sent] = []
    for one in returned:
        found = _sending(one, sender, registry)
        if isinstance(found, Problem):
            return found
        sent.append(found)
    if len(sent) > 1 and any(one.relation is Relation.TRANSFER for one in sent):
        return Problem("malformed", "a run has one owner: a transfer goes alone, not in a fan-out")
    return tuple(sent)


def _sending(returned: object, sender: Sender, registry: Registry) -> Sent | Problem:
    if not isinstance(returned, Handoff | Letter):
        return Problem("malformed", f"a fan-out holds handoffs, and this one holds {type(returned).__name__}")
    if wrong := _unsealed(returned):
        return wrong
    if not isinstance(returned, Letter):
        found = _declared(returned, sender, registry)
    elif Letter not in sender.agent.endings:
        return Problem("malformed", f"it returned Letter, which {sender.agent.name} does not declare")
    else:
        found = opened(returned, registry)
    if isinstance(found, Problem):
        return found
    return _permitted(found, sender) or found


def _unsealed(returned: Handoff[Contract] | Letter) -> Problem | None:
    """Return what is wrong with a handoff that went round its own validation, as `model_construct` does."""
    relation: object = getattr(returned, "relation", None)
    reason: object = getattr(returned, "reason", None)
    if not isinstance(relation, Relation):
        return Problem("malformed", f"the handoff's relation is none of {', '.join(Relation)}")
    if not isinstance(reason, str) or not reason.strip():
        return Problem("malformed", "the handoff gives no reason")
    return None


def _declared(handoff: Handoff[Contract], sender: Sender, registry: Registry) -> Sent | Problem:
    task: object = getattr(handoff, "task", None)
    if not isinstance(task, Contract):
        return Problem("malformed", f"it handed on {type(task).__name__}, which is no contract")
    kind = type(task)
    receiver = registry.accepting(kind.address())
    if receiver is None:
        return _nobody(kind.address(), registry)
    if kind not in sender.agent.hands_to:
        what = f"it handed on {kind.address()}, which {sender.agent.name} does not declare"
        return Problem("malformed", what, receiver.name)
    try:
        text = task.model_dump_json(warnings="none")
        given = kind.model_validate_json(text)
    except (ValidationError, PydanticSerializationError) as error:
        return Problem("malformed", f"its {kind.address()} does not fit the contract: {told(error)}", receiver.name)
    return Sent(receiver, text, given, handoff.relation, handoff.reason, handoff.acceptance)


def opened(letter: Letter, registry: Registry) -> Sent | Problem:
    """Return a letter as a handoff: its receiver found, its JSON read against the receiver's contract."""
    receiver = registry.named(letter.receiver) or registry.accepting(letter.receiver)
    if receiver is None:
        return _nobody(letter.receiver, registry)
    if not letter.task.strip():
        return Problem("malformed", f"the handoff to {receiver.name} is empty: it holds no task", receiver.name)
    try:
        task = receiver.accepts.model_validate_json(letter.task)
    except ValidationError as error:
        what = f"the task for {receiver.name} does not fit {receiver.accepts.address()}: {told(error)}"
        return Problem("malformed", what, receiver.name)
    text = task.model_dump_json()
    given = receiver.accepts.model_validate_json(text)
    return Sent(receiver, text, given, letter.relation, letter.reason, letter.acceptance)


def _nobody(address: str, registry: Registry) -> Problem:
    name, _, version = address.partition("@")
    for one in registry:
        if version and one.accepts.__name__ == name:
            what = f"it speaks version {version} of {name}, and {one.name} accepts version {one.accepts.version}"
            return Problem("malformed", what, one.name)
    known = ", ".join(one.name for one in registry)
    return Problem("unknown_receiver", f"there is nobody called {address!r}: the agents are {known}", address)


def _permitted(sent: Sent, sender: Sender) -> Problem | None:
    name = sent.receiver.name
    if name == sender.agent.name:
        return Problem("malformed", "it handed the task to itself: do it, or name another agent", name)
    if len(sent.task) > sender.largest:
        what = f"the task for {name} has {len(sent.task)} characters, and at most {sender.largest} may be handed on"
        return Problem("malformed", what, name)
    if sender.relation is Relation.CONSULT and sent.relation is not Relation.CONSULT:
        return Problem("malformed", f"an adviser may only consult, not {sent.relation.value} to {name}", name)
    if sent.relation is Relation.TRANSFER and not sender.owns:
        return Problem("malformed", f"only the run's owner may transfer it, and {sender.agent.name} is not", name)
    return None


def told(error: ValidationError | PydanticSerializationError) -> str:
    """Return the first thing wrong, without the value: a value may be long, or not for everybody."""
    if not isinstance(error, ValidationError):
        return "a value cannot be written as JSON"
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    path = ".".join(str(step) for step in first["loc"])
    return f"{path}: {first['msg']}" if path else first["msg"]
