"""Tell how a run stands: its answer on stdout, what to do next, and the exit code that says it."""

import json

from nova import errors
from nova.cli.terminal import Terminal
from nova.contracts import Answer, Contract, Failure, Question, Refusal, Reroute
from nova.errors import ModelError
from nova.orchestrator import Ended

NOT_DONE = 1
CODES = {"budget": 4, "hops": 4, "refused": 5}  # of a failure, by its kind


def tell(ended: Ended, terminal: Terminal) -> int:
    """Tell how a run stands and return the exit code."""
    run = ended.run
    match ended.outcome:
        case Answer() as answer:
            terminal.text(answer.text)
            mark = "loud" if answer.unverified else "ok"
            said = f", {len(answer.unverified)} claims unverified" if answer.unverified else ""
            terminal.line(mark, "done", f"{run} by {ended.owner}{said}")
            terminal.next(f"nova runs show {run}", f"nova feedback {run} good")
        case Question() as question:
            terminal.text(question.text)
            terminal.line("wait", "waiting", f"{run}: {ended.owner} waits for you")
            terminal.next(*replies(run, question))
        case Refusal() as refusal:
            better = f"; {refusal.better_owner} would do it" if refusal.better_owner else ""
            terminal.line("loud", "refused", f"{run} by {ended.owner}: {refusal.reason}{better}")
            terminal.next(f"nova runs show {run}", "nova agents list")
        case Reroute() as reroute:
            terminal.line("loud", "nobody", f"{run}: no agent here does this: {reroute.text}")
            terminal.next("nova agents list")
        case Failure() as failure:
            terminal.line("loud", "failed", f"{run} by {ended.owner}: {failure.kind}, {failure.reason}")
            terminal.next(f"nova runs show {run}")
    terminal.result(word_of(ended.outcome), fields_of(ended))
    return code_of(ended.outcome)


def replies(run: str, question: Question) -> tuple[str, ...]:
    """Return what can be typed to answer a question."""
    if question.approval:
        return (f"nova runs resume {run} --approve", f"nova runs resume {run} --reject")
    return (f"nova runs resume {run} --reply TEXT",)


def word_of(outcome: Contract) -> str:
    """Return the one word for how a run stands."""
    words = {Answer: "answered", Question: "waiting", Refusal: "refused", Reroute: "nobody", Failure: "failed"}
    return words[type(outcome)]


def fields_of(ended: Ended) -> dict[str, object]:
    """Return how a run stands as data."""
    return {
        "run": ended.run,
        "owner": ended.owner,
        "state": ended.state,
        "result": json.loads(ended.outcome.model_dump_json()),
        "next": [f"nova runs show {ended.run}"]
        if not isinstance(ended.outcome, Question)
        else [*replies(ended.run, ended.outcome)],
    }


def code_of(outcome: Contract) -> int:
    """Return the exit code of an outcome; nothing that is left undone is 0."""
    if isinstance(outcome, Answer):
        return 0
    if not isinstance(outcome, Failure):
        return NOT_DONE
    kind = getattr(errors, outcome.reason.partition(":")[0], None)  # what an agent raised, by name
    if outcome.kind == "raised" and isinstance(kind, type) and issubclass(kind, ModelError):
        return kind.exit_code
    return CODES.get(outcome.kind, NOT_DONE)
