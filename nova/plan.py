"""What a checked pipeline is, and its next move, from what came of the moves before; pure, so that it can be replayed.

Steps whose needs are there go together; a task that several steps share is done once. A step that comes to nothing
takes down what needs it, and nothing else.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue
from pydantic_core import to_json

from nova.agent import Result
from nova.contracts import Answer, Claim, Contract, Failure, Letter, Question, Refusal, Relation, Reroute, Text
from nova.templates import Reference, filled, told


class PlanStep(Contract):
    """One step: the contract it asks for and its task as a template, or what a human is asked to approve."""

    id: Text
    contract: str = ""  # address; "" for an approval
    task: JsonValue  # a template: of the task's fields, or of the question
    each: JsonValue = None  # a template of a list: one task for each item
    needs: tuple[str, ...] = ()  # the steps that come first
    extra: bool = False  # started by a trigger: the pipeline can do without


class Plan(Contract):
    """A pipeline with its inputs, checked against the agents; what it holds is all a run of it needs."""

    name: Text
    inputs: Mapping[str, JsonValue] = {}
    steps: tuple[PlanStep, ...]
    output: JsonValue


@dataclass(frozen=True, slots=True)
class Came:
    """What a step came to: its answers, or why there are none; `lost` names the parts that failed."""

    items: tuple[str, ...] = ()
    reason: str = ""  # why it came to nothing
    lost: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    unverified: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Finished:
    """No step is left: what each came to, in the order they ended."""

    came: Mapping[str, Came]


Move = tuple[Letter, ...] | Question | Finished


@dataclass(slots=True)
class _Replay:
    """The results so far, dealt out to the steps that asked for them."""

    plan: Plan
    results: Sequence[Result]
    place: int = 0
    known: dict[str, Result] = field(default_factory=dict)  # by the letter that asked
    came: dict[str, Came] = field(default_factory=dict)

    def look(self, ref: Reference) -> JsonValue:
        """Return what a reference stands for, once its step has come to something."""
        match ref:
            case ("inputs", name):
                return self.plan.inputs[name]
            case ("steps", step, "items"):
                return [*self.came[step].items]
            case ("steps", step, "lines"):
                return [line for item in self.came[step].items for line in item.splitlines() if line.strip()]
            case ("steps", step, _):
                return "\n\n".join(self.came[step].items)
        raise LookupError(f"{'.'.join(ref)} stands for nothing here")

    def ready(self) -> list[PlanStep]:
        """Return the steps whose needs are there; those whose needs came to nothing end here."""
        for step in self.plan.steps:  # in order of need
            if step.id not in self.came and (gone := [one for one in step.needs if self._gone(one)]):
                self.came[step.id] = Came(reason=f"it needs {', '.join(gone)}")
        left = [step for step in self.plan.steps if step.id not in self.came]
        return [step for step in left if all(one in self.came for one in step.needs)]

    def _gone(self, step: str) -> bool:
        return step in self.came and bool(self.came[step].reason)

    def letters(self, step: PlanStep) -> list[Letter]:
        """Return a step's handoffs: one, or one for each item."""
        if step.each is None:
            return [_letter(step, filled(step.task, self.look))]
        items = filled(step.each, self.look)
        assert isinstance(items, list), "checked before the run"
        return [_letter(step, filled(step.task, self._within(item))) for item in items]

    def _within(self, item: JsonValue) -> Callable[[Reference], JsonValue]:
        return lambda ref: item if ref == ("item",) else self.look(ref)

    def take(self, count: int) -> list[Result]:
        """Return the next results, or none where they have not come yet."""
        taken = [*self.results[self.place : self.place + count]]
        self.place += len(taken)
        return taken


def advance(plan: Plan, results: Sequence[Result]) -> Move:
    """Return what to do next: handoffs that go together, a question, or that all is done."""
    replay = _Replay(plan, results)
    while ready := replay.ready():
        tasks = {step.id: replay.letters(step) for step in ready if step.contract}
        if not tasks:
            asks = ready[0]
            decided = replay.take(1)
            if not decided:
                text = told(filled(asks.task, replay.look))
                return Question(text=text if text.strip() else f"approve step {asks.id}?", approval=True)
            replay.came[asks.id] = _came(asks.id, decided)
            continue
        wanted = {_mark(letter): letter for letters in tasks.values() for letter in letters}
        fresh = {mark: letter for mark, letter in wanted.items() if mark not in replay.known}
        got = replay.take(len(fresh))
        if fresh and not got:
            return tuple(fresh.values())
        replay.known |= dict(zip(fresh, got, strict=True))
        for step, letters in tasks.items():
            replay.came[step] = _came(step, [replay.known[_mark(letter)] for letter in letters])
    return Finished(replay.came)


def concluded(plan: Plan, finished: Finished) -> Answer | Refusal:
    """Return the pipeline's answer, with what was not done; a refusal where its output came to nothing."""
    missing = [
        f"not done: step {step} ({why})"
        for step, came in finished.came.items()
        for why in ([came.reason] if came.reason else came.lost)
    ]
    if any(finished.came[step.id].reason for step in plan.steps if not step.extra):
        return Refusal(reason="\n".join([f"the pipeline {plan.name} did not get to its end", *missing]))
    text = told(filled(plan.output, _Replay(plan, (), came={**finished.came}).look))
    if not text.strip():
        text = f"the pipeline {plan.name} is done; its output is empty"
    return Answer(
        text="\n\n".join([text, *missing]),
        claims=tuple(dict.fromkeys(claim for came in finished.came.values() for claim in came.claims)),
        unverified=tuple(dict.fromkeys(claim for came in finished.came.values() for claim in came.unverified)),
    )


def _letter(step: PlanStep, task: JsonValue) -> Letter:
    written = to_json(task).decode()
    return Letter(receiver=step.contract, task=written, relation=Relation.DELEGATE, reason=f"step {step.id}")


def _mark(letter: Letter) -> str:
    return f"{letter.receiver}\0{letter.task}"


def _came(step: str, results: Sequence[Result]) -> Came:
    answers = [(one.index, one.agent, one.outcome) for one in results if isinstance(one.outcome, Answer)]
    lost = tuple(_why(one) for one in results if not isinstance(one.outcome, Answer))
    if results and not answers:
        return Came(reason="; ".join(lost))
    return Came(
        items=tuple(answer.text for _, _, answer in answers),
        lost=lost,
        claims=tuple(Claim(says=f"step {step} by {agent}", evidence=str(index)) for index, agent, _ in answers),
        unverified=tuple(claim for _, _, answer in answers for claim in answer.unverified),
    )


def _why(result: Result) -> str:
    match result.outcome:
        case Failure(kind=kind, reason=reason):
            return f"{result.agent}: {kind}, {reason}"
        case Refusal(reason=reason):
            return f"{result.agent}: {reason}"
        case Reroute():
            return f"{result.agent} gave it back"
        case Answer(text=text):
            return text
