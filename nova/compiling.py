"""Check a pipeline against the agents before it runs: who does what, with what, and in which order."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from nova.agent import Agent, Registry
from nova.errors import PipelineError
from nova.fitting import Fitter, completed, steps_in
from nova.located import Steps
from nova.pipelines import Draft, Step, did_you_mean
from nova.plan import Plan, PlanStep
from nova.templates import reference, references
from nova.triggers import ANSWER, TASK, Trigger

OWNER = "run_pipeline"  # carries pipelines, and is never a step of one


@dataclass(frozen=True, slots=True)
class _Made:
    """A step on its way into the plan, and where the file says it."""

    step: PlanStep
    path: Steps
    fields: Mapping[str, JsonValue]  # of its task, as templates; none for an approval


def compiled(draft: Draft, registry: Registry, inputs: Mapping[str, JsonValue]) -> Plan:
    """Return the plan of a pipeline with these inputs; raise PipelineError for the first thing that cannot work."""
    pipeline = draft.pipeline
    steps = _Steps(draft, registry, Fitter(draft, inputs))
    made = steps.made()
    made += _Triggers(steps).started(made)
    last = reference("steps", pipeline.steps[-1].id, "text")
    output = last if pipeline.output is None else steps.fitter.template(pipeline.output, ("output",))
    return Plan(name=pipeline.name, inputs=inputs, steps=tuple(_ordered(draft, made)), output=output)


def accepting(registry: Iterable[Agent], contract: str) -> Agent | None:
    """Return who accepts a contract, by its name alone or with its version."""
    return next((one for one in registry if contract in (one.accepts.__name__, one.accepts.address())), None)


@dataclass(frozen=True, slots=True)
class _Steps:
    """The steps that a pipeline's file names."""

    draft: Draft
    registry: Registry
    fitter: Fitter

    def made(self) -> list[_Made]:
        """Return every step, checked on its own."""
        seen: set[str] = set()
        for place, step in enumerate(self.draft.pipeline.steps):
            if step.id in seen:
                raise self.draft.error(f"two steps are called {step.id!r}", ("steps", place, "id"), fix="rename one")
            seen.add(step.id)
        return [self._made(("steps", place), step) for place, step in enumerate(self.draft.pipeline.steps)]

    def receiver(self, contract: str, path: Steps) -> Agent:
        """Return who accepts a contract; raise PipelineError if nobody does."""
        return self._expect_step(accepting(self.registry, contract), f"nobody accepts the contract {contract!r}", path)

    def _expect_step(self, found: Agent | None, what: str, path: Steps) -> Agent:
        if found is None:
            wrong = what.split("'")[1].partition("@")[0]
            others = [one for one in self.registry if one.name != OWNER]
            names = [one.accepts.__name__ if "contract" in what else one.name for one in others]
            raise self.draft.error(what, path, fix=did_you_mean(wrong, names))
        if found.name == OWNER:
            raise self.draft.error("a pipeline is no step of a pipeline", path, fix="write its steps out here")
        return found

    def _made(self, path: Steps, step: Step) -> _Made:
        match step.contract, step.agent, step.approve:
            case str(contract), None, None:
                return self._task(path, step, self.receiver(contract, (*path, "contract")))
            case None, str(name), None:
                found = self.registry.named(name)
                return self._task(path, step, self._expect_step(found, f"there is no agent {name!r}", (*path, "agent")))
            case None, None, str(asked):
                return self._approval(path, step, asked)
        fix = "name the contract or the agent that does it, or the text a human is to approve"
        raise self.draft.error("a step has exactly one of contract, agent and approve", path, fix=fix)

    def _task(self, path: Steps, step: Step, agent: Agent) -> _Made:
        each = None if step.each is None else self.fitter.each(step.each, (*path, "each"))
        given = self.fitter.fields(step.fields, (*path, "with"), each=each is not None)
        fields = completed(agent.accepts, given)
        self.fitter.expect_fitting(fields, agent.accepts, (*path, "with"), each=each)
        needs = self._needs(path, step, steps_in([*references(fields), *references(each)]))
        made = PlanStep(id=step.id, contract=agent.accepts.address(), task=fields, each=each, needs=needs)
        return _Made(made, path, fields)

    def _approval(self, path: Steps, step: Step, asked: str) -> _Made:
        for key in ("with", "each"):
            if (*path, key) in self.draft.file.lines:
                fix = "put it into a step before it"
                raise self.draft.error(f"an approval takes no {key}", (*path, key), fix=fix)
        task = self.fitter.template(asked, (*path, "approve"))
        return _Made(
            PlanStep(id=step.id, task=task, needs=self._needs(path, step, steps_in(references(task)))), path, {}
        )

    def _needs(self, path: Steps, step: Step, referred: Iterator[str]) -> tuple[str, ...]:
        """Return what comes before a step: what it refers to, what it names, and every approval written before it."""
        steps = self.draft.pipeline.steps
        ids = [one.id for one in steps]
        for place, name in enumerate(step.after):
            if name not in ids:
                raise self.draft.error(
                    f"there is no step {name!r}", (*path, "after", place), fix=did_you_mean(name, ids)
                )
        approvals = [one.id for one in steps[: ids.index(step.id)] if one.approve is not None]
        return tuple(dict.fromkeys([*referred, *step.after, *approvals]))


@dataclass(frozen=True, slots=True)
class _Triggers:
    """The steps that a pipeline's triggers start."""

    steps: _Steps

    def started(self, made: Sequence[_Made]) -> list[_Made]:
        """Return a step for each trigger and each step it is for, and for what these start in turn."""
        triggers = self.steps.draft.pipeline.triggers
        addresses = [self._address(trigger.after, place) for place, trigger in enumerate(triggers)]
        found: list[_Made] = []
        queue: list[tuple[_Made, tuple[str, ...]]] = [(one, (one.step.contract,)) for one in made if one.step.contract]
        used: set[int] = set()
        for one, chain in queue:  # which grows
            for place in (place for place, address in enumerate(addresses) if address == one.step.contract):
                used.add(place)
                new = self._started(one, triggers[place], place)
                longer = (*chain, new.step.contract)
                if new.step.contract in chain:
                    raise self._error("triggers go in a circle", (place,), " → ".join(longer), "remove one of them")
                found.append(new)
                queue.append((new, longer))
        for place in (place for place in range(len(triggers)) if place not in used):
            what = f"no step here is for {triggers[place].after}"
            raise self._error(what, (place, "after"), "", "name the contract of a step")
        return found

    def _address(self, contract: str, place: int) -> str:
        return self.steps.receiver(contract, ("triggers", place, "after")).accepts.address()

    def _started(self, after: _Made, trigger: Trigger, place: int) -> _Made:
        path: Steps = ("triggers", place)
        agent = self.steps.receiver(trigger.start, (*path, "start"))
        given = {name: self._source(source, after, (place, "fields", name)) for name, source in trigger.fields.items()}
        fields = completed(agent.accepts, given)
        self.steps.fitter.expect_fitting(fields, agent.accepts, (*path, "fields"))
        step = PlanStep(
            id=f"{after.step.id}.then{place + 1}",
            contract=agent.accepts.address(),
            task=fields,
            needs=tuple(dict.fromkeys([after.step.id, *after.step.needs, *steps_in(references(fields))])),
            extra=True,
        )
        return _Made(step, path, fields)

    def _source(self, source: str, after: _Made, path: Steps) -> JsonValue:
        """Return what a trigger's field is filled from: the answer, a field of the task before, or a word."""
        if source == ANSWER:
            return reference("steps", after.step.id, "text")
        if source.startswith("="):
            return source.removeprefix("=")
        name = source.removeprefix(TASK)
        if name == source or name not in after.fields:
            fix = "write answer, task.FIELD of a field the step before has, or =a word"
            raise self._error(f"{source!r} is nothing a trigger can fill in", path, "", fix)
        if ("item",) in references(after.fields[name]):
            raise self._error(f"{source!r} differs from item to item", path, "", "use answer")
        return after.fields[name]

    def _error(self, what: str, path: Steps, why: str, fix: str) -> PipelineError:
        return self.steps.draft.error(what, ("triggers", *path), why=why, fix=fix)


def _ordered(draft: Draft, made: Sequence[_Made]) -> list[PlanStep]:
    """Return the steps so that each comes after all it needs; raise PipelineError for a cycle."""
    left = {one.step.id: one for one in made}
    ordered: list[PlanStep] = []
    while left:
        free = [one for one in left.values() if not any(need in left for need in one.step.needs)]
        if not free:
            raise _cycle(draft, left)
        for one in free:
            ordered.append(one.step)
            del left[one.step.id]
    return ordered


def _cycle(draft: Draft, left: Mapping[str, _Made]) -> PipelineError:
    path = [next(iter(left))]
    while len(set(path)) == len(path):
        path.append(next(need for need in left[path[-1]].step.needs if need in left))
    circle = path[path.index(path[-1]) :]
    why = f"{' needs '.join(circle)}; an approval comes before all that is written after it"
    fix = "remove one of these references, or write the steps in their order"
    return draft.error("the steps wait for each other", left[circle[0]].path, why=why, fix=fix)
