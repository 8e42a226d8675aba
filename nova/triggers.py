"""Triggers: a finished entry of one contract starts a task of another, in the same run and out of the same purse."""

import json
from collections.abc import Mapping

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from nova.contracts import Answer, Entry
from nova.errors import PolicyError

ANSWER = "answer"
TASK = "task."


class Trigger(BaseModel):
    """When an entry of the contract `after` is answered, the task `start` begins with these fields.

    A field takes the answer's text ("answer"), a field of the finished task ("task.text"), or a word of its
    own ("=weekly"). Contracts are addresses, as in "Report@1".
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    after: str
    start: str
    fields: Mapping[str, str]

    def task(self, entry: Entry, answer: Answer) -> str:
        """Return the task as JSON; a field that the finished task lacks is left out, and its receiver will say so."""
        finished = json.loads(entry.task)
        told: dict[str, object] = {}
        for name, source in self.fields.items():
            if source == ANSWER:
                told[name] = answer.text
            elif source.startswith("="):
                told[name] = source.removeprefix("=")
            elif (field := source.removeprefix(TASK)) in finished:
                told[name] = finished[field]
        return json.dumps(told, ensure_ascii=False)


class _Triggers(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = 1
    triggers: tuple[Trigger, ...] = ()


def triggers_from(text: str, *, where: str = "policies/triggers.yaml") -> tuple[Trigger, ...]:
    """Parse the triggers of a policy file; raise PolicyError naming the first thing that is wrong."""
    try:
        return _Triggers.model_validate(yaml.safe_load(text) or {}).triggers
    except yaml.YAMLError as error:
        raise PolicyError("the triggers are not YAML", where=where, why=str(error), fix="correct the file") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = ".".join(str(step) for step in first["loc"])
        raise PolicyError(f"{path}: {first['msg']}", where=where, fix=f"correct {path}") from error
