"""Pipelines as YAML says them: inputs, steps, approvals, fan-out, triggers; read here, checked by `compiling`."""

import difflib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from nova.errors import PipelineError
from nova.located import Located, Steps, located
from nova.templates import NAME
from nova.triggers import Trigger

Name = Annotated[str, Field(pattern=f"^{NAME}$", max_length=60)]
PLAIN = "a small letter, then small letters, digits or _"


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Input(_Section):
    """What a pipeline is given: a text, a number, a flag or a list of texts. Without a default it must be given."""

    type: Literal["text", "number", "flag", "list"] = "text"
    about: str = ""
    default: str | int | bool | tuple[str, ...] | None = None


class Step(_Section):
    """One step: a contract or an agent with its task's fields, or something to approve.

    `each` is a list, or a reference to one: the task is done once for each `{{ item }}`, all at the same time.
    """

    id: Name
    contract: str | None = None
    agent: str | None = None
    approve: str | None = None
    fields: Mapping[str, JsonValue] = Field({}, alias="with")
    each: JsonValue = None
    after: tuple[str, ...] = ()


class Pipeline(_Section):
    """A pipeline as its file says it. `output` is a text with references; the last step's text by default."""

    version: Annotated[int, Field(ge=1, le=1)] = 1
    name: Name
    about: str = ""
    inputs: Mapping[Name, Input] = {}
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    output: str | None = None
    triggers: tuple[Trigger, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A pipeline that was read, with the lines of its file for whoever finds something wrong with it."""

    pipeline: Pipeline
    file: Located

    def error(self, what: str, path: Steps, *, why: str = "", fix: str = "") -> PipelineError:
        """Return what is wrong at `path`, with its line and its step."""
        where = self.file.at(path)
        match path:
            case ("steps", int(place), *_):
                where += f" (step {self.pipeline.steps[place].id})"
            case ("triggers", int(place), *_):
                where += f" (trigger {place + 1})"
        return PipelineError(what, where=where, why=why, fix=fix)


def read_pipeline(text: str, where: str) -> Draft:
    """Read a pipeline file; raise PipelineError with line and fix for the first thing that is wrong."""
    file = located(text, where)
    if not isinstance(file.value, dict):
        fix = "write name: and steps:, as in the pipelines/ of this project"
        raise PipelineError("the file holds no pipeline", where=file.at(()), fix=fix)
    try:
        return Draft(Pipeline.model_validate_json(json.dumps(file.value)), file)
    except ValidationError as error:
        raise _told(error, file) from error


def did_you_mean(wrong: str, names: Iterable[str], otherwise: str = "") -> str:
    """Return the nearest name as a question, or what there is, or `otherwise` where there is nothing."""
    known = sorted(names)
    if close := difflib.get_close_matches(wrong, known, n=1):
        return f"did you mean {close[0]!r}?"
    return f"use one of {', '.join(known)}" if known else otherwise


def _told(error: ValidationError, file: Located) -> PipelineError:
    """Return the first thing wrong; a misspelt key before the key that is missing because of it."""
    problems = error.errors(include_url=False, include_context=False)
    first = next((one for one in problems if one["type"] == "extra_forbidden"), problems[0])
    path: Steps = first["loc"]
    named = ".".join(str(one + 1) if isinstance(one, int) else one for one in path)
    match first["type"]:
        case "extra_forbidden":
            key = str(path[-1])
            fix = did_you_mean(key, _keys(path))
            return PipelineError(f"unknown key {key!r}", where=file.at(path), fix=fix)
        case "missing":
            return PipelineError(f"the key {path[-1]!r} is missing", where=file.at(path[:-1]), fix=f"add {path[-1]}:")
        case "string_pattern_mismatch":
            return PipelineError(f"{named}: {first['input']!r} is no name", where=file.at(path), fix=f"use {PLAIN}")
    what = f"{named}: {first['msg']}"
    return PipelineError(what, where=file.at(path), fix=f"correct {path[-1]}" if path else "correct the file")


def _keys(path: Steps) -> list[str]:
    """Return the keys that can stand where the last one of `path` does."""
    kind: type[BaseModel] = Pipeline
    match path:
        case ("steps", int(), _):
            kind = Step
        case ("inputs", _, _):
            kind = Input
        case ("triggers", int(), _):
            kind = Trigger
    return [spec.alias or name for name, spec in kind.model_fields.items()]


def inputs_of(draft: Draft, typed: Mapping[str, Sequence[str]]) -> dict[str, JsonValue]:
    """Return a pipeline's inputs from what was typed for each; raise PipelineError for the first that is wrong."""
    declared = draft.pipeline.inputs
    for name in typed:
        if name not in declared:
            fix = did_you_mean(name, declared, "this pipeline takes none")
            raise draft.error(f"there is no input {name!r}", ("inputs",), fix=fix)
    return {name: _given(draft, name, spec, typed.get(name, ())) for name, spec in declared.items()}


def _given(draft: Draft, name: str, spec: Input, typed: Sequence[str]) -> JsonValue:
    path: Steps = ("inputs", name)
    if not typed and spec.default is None:
        about = f": {spec.about}" if spec.about else ""
        fix = f"--input {name}={spec.type.upper()}{about}"
        raise draft.error(f"the input {name!r} is missing", path, fix=fix)
    if not typed:
        return _default(draft, name, spec)
    if spec.type == "list":
        return [*typed]
    if len(typed) > 1:
        raise draft.error(f"the input {name!r} is there twice", path, fix="give it once; only a list takes several")
    return _read(draft, name, spec.type, typed[0])


def _default(draft: Draft, name: str, spec: Input) -> JsonValue:
    fits = {"text": str, "number": int, "flag": bool, "list": tuple}[spec.type]
    if type(spec.default) is not fits:
        what = f"the default of {name!r} is no {spec.type}"
        raise draft.error(what, ("inputs", name, "default"), fix="correct the default or the type")
    return [*spec.default] if isinstance(spec.default, tuple) else spec.default


def _read(draft: Draft, name: str, kind: str, typed: str) -> JsonValue:
    if kind == "text":
        return typed
    if kind == "number" and re.fullmatch(r"-?[0-9]{1,18}", typed):
        return int(typed)
    if kind == "flag" and typed in ("true", "false"):
        return typed == "true"
    fix = "give a whole number" if kind == "number" else "give true or false"
    raise draft.error(f"the input {name!r} is a {kind}, and {typed!r} is none", ("inputs", name), fix=fix)
