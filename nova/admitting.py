"""What may begin and what may end: a task is admitted before its body is called, an answer is checked after."""

from pydantic import ValidationError

from nova.agent import Agent, Registry
from nova.checking import forbidden, told_unverified, unacceptable, unbacked
from nova.contracts import Answer, Contract, Entry, Failure, Refusal
from nova.running import Run
from nova.seam import Judged, Problem, Said, told
from nova.stint import Stint


def admit(run: Run, entry: Entry, registry: Registry) -> tuple[Agent, Contract] | Refusal | Failure:
    """Return the receiver with the task as it reads it, or why its body is not called; before any model is."""
    agent = registry.named(entry.agent)
    if agent is None:
        return Failure(kind="unknown_receiver", reason=f"there is no agent called {entry.agent!r} any more")
    address = agent.accepts.address()
    if entry.contract != address:
        return Failure(kind="malformed", reason=f"it was sent {entry.contract}, and {agent.name} accepts {address}")
    try:
        task = run.tasks.pop(entry.index, None) or agent.accepts.model_validate_json(entry.task)
    except ValidationError as error:
        return Failure(kind="malformed", reason=f"the task does not fit {address}: {told(error)}")
    beyond = _beyond(run, entry, agent, task)
    return (agent, task) if beyond is None else beyond


def _beyond(run: Run, entry: Entry, agent: Agent, task: Contract) -> Refusal | Failure | None:
    """Return the refusal of a task outside the agent's scope, by its contract or by its card."""
    try:
        reason = task.out_of_scope()
    except Exception as error:  # noqa: BLE001  # a contract's own rule may raise anything, and that is its result
        return Failure(kind="raised", reason=f"out_of_scope: {type(error).__name__}: {error}")
    if reason is not None:
        return Refusal(reason=reason)
    asked = run.record.text if entry.parent is None else entry.reason
    found = forbidden(asked, agent.card.does_not)
    if found is None:
        return None
    act, owner = found
    return Refusal(reason=f"{agent.name} does not do this: {act}", better_owner=owner)


def accepted(stint: Stint, judged: Judged) -> Judged | None:
    """Return the outcome once its acceptance and claims are checked; None when its claims went back to the sender."""
    if not isinstance(judged, Said) or not isinstance(answer := judged.outcome, Answer):
        return judged
    if wrong := unacceptable(answer, stint.seat.entry.acceptance):
        return Problem("malformed", wrong)
    claims = unbacked(answer, stint.seat.run.evidence) if answer.claims else ()
    if not claims:
        return judged
    if stint.questioned:
        return Said(told_unverified(answer, claims))
    stint.questioned = True
    named = ", ".join(repr(claim.evidence) for claim in claims)
    stint.problem = f"nothing on record shows {named}: name the entry or the receipt that does, or claim less"
    return None
