"""Check what a pipeline's texts refer to, and that each task can fit its contract, before anything runs."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pydantic import JsonValue, ValidationError
from pydantic_core import ErrorDetails, to_jsonable_python

from nova.contracts import Contract
from nova.located import Steps
from nova.pipelines import Draft, did_you_mean
from nova.templates import Reference, TemplateError, filled, reference, references, template

PARTS = ("text", "lines", "items")
SAMPLE = "…"  # stands for a text that is known only during the run
LATER = frozenset(  # what a sample may get wrong that the real text may get right
    (
        "string_too_short",
        "string_too_long",
        "string_pattern_mismatch",
        "too_short",
        "too_long",
        "value_error",
        "assertion_error",
    )
)


@dataclass(frozen=True, slots=True)
class Fitter:
    """Checks the texts of one pipeline, with the inputs it is given."""

    draft: Draft
    inputs: Mapping[str, JsonValue]

    def template(self, value: JsonValue, path: Steps, *, each: bool = False) -> JsonValue:
        """Return what the file says at `path` as a template; raise PipelineError for a reference to nothing."""
        try:
            found = template(value)
        except TemplateError as error:
            raise self.draft.error(error.what, path, fix=error.fix) from error
        for ref in references(found):
            if wrong := self._unknown(ref, each=each):
                what, fix = wrong
                raise self.draft.error(what, path, fix=fix)
        return found

    def fields(self, values: Mapping[str, JsonValue], path: Steps, *, each: bool) -> dict[str, JsonValue]:
        """Return a task's fields as templates."""
        return {name: self.template(value, (*path, name), each=each) for name, value in values.items()}

    def each(self, value: JsonValue, path: Steps) -> JsonValue:
        """Return what a step goes through as a template; raise PipelineError if it is no list."""
        found = self.template(value, path)
        sample = self._sample(found)
        if not isinstance(sample, list):
            fix = "give a list, an input of type list, or the lines or items of a step"
            raise self.draft.error("each goes through a list", path, why=f"this is a {kind_of(sample)}", fix=fix)
        return found

    def _unknown(self, ref: Reference, *, each: bool) -> tuple[str, str] | None:
        """Return what is wrong with a reference, and what would mend it."""
        match ref:
            case ("inputs", name) if name not in (known := self.draft.pipeline.inputs):
                return f"unknown input {name!r}", did_you_mean(name, known, "declare it under inputs:")
            case ("steps", step, part):
                return self._unknown_part(step, part)
            case ("item",) if not each:
                return "{{ item }} is used without each", "add each: to this step"
        return None

    def _unknown_part(self, step: str, part: str) -> tuple[str, str] | None:
        steps = {one.id: one for one in self.draft.pipeline.steps}
        if step not in steps:
            return f"unknown step {step!r}", did_you_mean(step, steps)
        if part not in PARTS:
            return f"a step has no {part!r}", did_you_mean(part, PARTS)
        if part == "items" and steps[step].each is None:
            return f"the step {step!r} has no items: it has no each", "use its text or its lines"
        return None

    # --- types ------------------------------------------------------------------------------------------------

    def expect_fitting(
        self, task: Mapping[str, JsonValue], contract: type[Contract], path: Steps, *, each: JsonValue = None
    ) -> None:
        """Raise PipelineError if a task cannot fit its contract, whatever the run brings; for each item."""
        items = self._sample(each)
        for item in items if isinstance(items, list) else [SAMPLE]:
            try:
                contract.model_validate_json(json.dumps(self._sample({**task}, item)))
            except ValidationError as error:
                problems = error.errors(include_url=False, include_context=False)
                for one in sorted(problems, key=lambda one: one["type"] != "extra_forbidden"):  # misspelt, not missing
                    if misfit := self._misfit(contract, one, task, item):
                        what, within, why, fix = misfit
                        raise self.draft.error(what, (*path, *within), why=why, fix=fix) from error

    def _sample(self, found: JsonValue, item: JsonValue = SAMPLE) -> JsonValue:
        """Return a template with inputs filled in, and samples for what only the run will know."""

        def look(ref: Reference) -> JsonValue:
            match ref:
                case ("inputs", name):
                    return self.inputs[name]
                case ("steps", _, "lines" | "items"):
                    return [SAMPLE]
                case ("item",):
                    return item
            return SAMPLE

        return filled(found, look)

    def _misfit(
        self, contract: type[Contract], wrong: ErrorDetails, task: Mapping[str, JsonValue], item: JsonValue
    ) -> tuple[str, Steps, str, str] | None:
        """Return what is wrong, where within the task, why and a fix; None where the run may still mend it."""
        name = str(wrong["loc"][0]) if wrong["loc"] else ""
        match wrong["type"]:
            case "extra_forbidden":
                fix = did_you_mean(name, contract.model_fields)
                return f"{contract.__name__} has no field {name!r}", (name,), "", fix
            case "missing" if len(wrong["loc"]) == 1:
                return f"the field {name!r} of {contract.__name__} is missing", (), "", f"add {name}: to it"
        refs = [*references(task.get(name) if name else {**task})]
        if wrong["type"] in LATER and any(ref[0] == "steps" or (ref[0], item) == ("item", SAMPLE) for ref in refs):
            return None
        why = "; ".join(self._told(ref, item) for ref in dict.fromkeys(refs))
        within = ".".join(str(step) for step in wrong["loc"]) or contract.__name__
        return f"{within}: {wrong['msg']}", wrong["loc"], why, f"correct {name or 'the task'}"

    def _told(self, ref: Reference, item: JsonValue) -> str:
        return f"{{{{ {'.'.join(ref)} }}}} is a {kind_of(self._sample(reference(*ref), item))}"


def completed(contract: type[Contract], fields: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return a task's fields with the contract's defaults, so that one task is written in one way only."""
    defaults = {
        name: to_jsonable_python(spec.get_default(call_default_factory=True, validated_data={}))
        for name, spec in contract.model_fields.items()
        if name not in fields and not spec.is_required()
    }
    return {**fields, **defaults}


def steps_in(refs: Iterable[Reference]) -> Iterator[str]:
    """Yield the ids of the steps that references name."""
    return (ref[1] for ref in refs if ref[0] == "steps")


def kind_of(value: JsonValue) -> str:
    """Return the word for a value's type."""
    match value:
        case bool():
            return "flag"
        case str():
            return "text"
        case int() | float():
            return "number"
        case list():
            return "list"
    return "record"
