"""Read what was typed for a run: a file's text, a task's JSON, a pipeline's inputs."""

import sys
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError

from nova.agent import Agent, Registry
from nova.app import Nova
from nova.compiling import accepting
from nova.contracts import Contract
from nova.errors import UsageError
from nova.pipelines import did_you_mean

STDIN = "-"


def text_of(place: str) -> str:
    """Return the text of a file, of stdin for "-"; raise a usage error if it cannot be read."""
    try:
        return sys.stdin.read() if place == STDIN else Path(place).read_text(encoding="utf-8")
    except UnicodeError as error:
        raise UsageError("the file is no text", where=place, why=str(error), fix="give UTF-8 text") from error
    except OSError as error:
        fix = "name a file that is there"
        raise UsageError("the file cannot be read", where=place, why=error.strerror or str(error), fix=fix) from error


def perhaps_file(typed: str) -> str:
    """Return what was typed, or what the file holds that was named as @FILE."""
    return text_of(typed.removeprefix("@")) if typed.startswith("@") else typed


def typed_inputs(typed: Iterable[str]) -> dict[str, list[str]]:
    """Return what was typed as NAME=VALUE, by name and in order."""
    found: dict[str, list[str]] = {}
    for one in typed:
        name, sign, value = one.partition("=")
        if not (sign and name):
            raise UsageError(f"--input {one!r} is no input", fix="write --input NAME=VALUE, or NAME=@FILE")
        found.setdefault(name, []).append(perhaps_file(value))
    return found


def task_of(nova: Nova, contract: str, typed: str) -> Contract:
    """Return a task from its JSON; raise UsageError with a did-you-mean, or with what does not fit."""
    receiver = nova.registry.named(contract) or accepting(nova.registry, contract)
    if receiver is None:
        what = f"nobody accepts the contract {contract!r}"
        raise UsageError(what, fix=did_you_mean(contract.partition("@")[0], contracts(nova.registry)))
    try:
        return receiver.accepts.model_validate_json(perhaps_file(typed))
    except ValidationError as error:
        raise _misfit(receiver, error) from error


def _misfit(receiver: Agent, error: ValidationError) -> UsageError:
    """Say the first thing wrong with a task; a misspelt field before the one that is missing because of it."""
    problems = error.errors(include_url=False, include_context=False)
    first = next((one for one in problems if one["type"] == "extra_forbidden"), problems[0])
    address, path = receiver.accepts.address(), ".".join(str(step) for step in first["loc"])
    if first["type"] == "extra_forbidden" and len(first["loc"]) == 1:
        return UsageError(f"{address} has no field {path!r}", fix=did_you_mean(path, receiver.accepts.model_fields))
    why = f"{path}: {first['msg']}" if path else first["msg"]
    return UsageError(f"the task does not fit {address}", why=why, fix=f"nova agents show {receiver.name}")


def contracts(registry: Registry) -> list[str]:
    """Return the names of all contracts that somebody accepts."""
    return [one.accepts.__name__ for one in registry]
