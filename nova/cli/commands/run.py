"""Run a request, a task of a contract, or a pipeline, and tell what came of it."""

import asyncio
import secrets
from dataclasses import dataclass

import click

from nova.agents.pipeline.coordinate import Coordinate
from nova.agents.pipeline.run_pipeline import RunPipeline
from nova.app import Nova, opened
from nova.cli.ending import tell
from nova.cli.options import Common, nova_command
from nova.cli.reading import task_of, text_of, typed_inputs
from nova.compiling import compiled
from nova.contracts import Contract
from nova.errors import UsageError
from nova.orchestrator import Ended
from nova.pipelines import inputs_of, read_pipeline

WAYS = 'nova run "REQUEST: TEXT", nova run --task CONTRACT JSON, or nova run --pipeline FILE'


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed: one of a request, a task and a pipeline; a text and inputs that go with it."""

    request: str | None
    task: tuple[str, str] | None
    pipeline: str | None
    text: str | None
    inputs: tuple[str, ...]


@nova_command("run")
@click.argument("request", required=False, metavar='"REQUEST: TEXT"')
@click.option("--text", metavar="FILE", help="The text that the request is about; - reads stdin.")
@click.option("--task", nargs=2, metavar="CONTRACT JSON", help="A task of a contract; @FILE reads the JSON, @- stdin.")
@click.option("--pipeline", metavar="FILE", help="A pipeline to run.")
@click.option("--input", "inputs", multiple=True, metavar="NAME=VALUE", help="An input of the pipeline; NAME=@FILE.")
@click.option("--session", metavar="NAME", help="The session: its pending question gets this as its reply.")
def command(
    common: Common,
    request: str | None,
    text: str | None,
    task: tuple[str, str] | None,
    pipeline: str | None,
    inputs: tuple[str, ...],
    session: str | None,
) -> int:
    """Run a request about a text, a task of a contract, or a pipeline.

    A request is split by `coordinate`, which knows shortening and formatting: "summarize in one sentence: TEXT".
    """
    asked = Asked(request, task, pipeline, text, inputs)
    _expect_one_way(asked)
    return asyncio.run(_run(common, asked, session))


async def _run(common: Common, asked: Asked, session: str | None) -> int:
    terminal = common.terminal
    async with opened(common.settings, begins=lambda run: terminal.line("note", "run", run)) as nova:
        code = tell(await _ended(nova, asked, session), terminal)
        if gone := await nova.tidy():
            terminal.line("note", "retention", f"{gone} old runs forgotten, as policies/retention.yaml says")
        return code


async def _ended(nova: Nova, asked: Asked, session: str | None) -> Ended:
    name = session or f"cli-{secrets.token_hex(4)}"
    message = nova.message(asked.request or "a task", name)
    pending = await nova.orchestrator.pending(message) if session else None
    if pending is None:
        said, task = _task(nova, asked)
        return await nova.orchestrator.receive(nova.message(said, name), task)
    if asked.request is None:
        why = f"its run {pending.run} comes first"
        fix = f"nova runs resume {pending.run}, or another --session"
        raise UsageError(f"the session {name} waits for a reply", why=why, fix=fix)
    return await nova.orchestrator.receive(message, None)


def _expect_one_way(asked: Asked) -> None:
    ways = [asked.request, asked.task, asked.pipeline]
    if sum(way is not None for way in ways) != 1:
        found = "none of them" if not any(way is not None for way in ways) else "more than one"
        raise UsageError(f"a run is a request, a task or a pipeline, and this is {found}", fix=WAYS)
    if asked.inputs and asked.pipeline is None:
        raise UsageError("--input is for a pipeline", fix="add --pipeline FILE, or put it into the task")
    if asked.text is not None and asked.request is None:
        raise UsageError("--text is for a request", fix=WAYS)
    if asked.request is not None and not asked.request.strip():
        raise UsageError("the request is empty", fix=WAYS)


def _task(nova: Nova, asked: Asked) -> tuple[str, Contract]:
    """Return what goes on record as said, and the task that it is."""
    if asked.task:
        contract, typed = asked.task
        task = task_of(nova, contract, typed)
        return type(task).address(), task
    if asked.pipeline is not None:
        draft = read_pipeline(text_of(asked.pipeline), asked.pipeline)
        plan = compiled(draft, nova.registry, inputs_of(draft, typed_inputs(asked.inputs)))
        return f"run the pipeline {plan.name}", RunPipeline(plan=plan)
    return asked.request or "", _request(asked)


def _request(asked: Asked) -> Coordinate:
    request, _, text = (asked.request or "").partition(":")
    about = text.strip() if asked.text is None else text_of(asked.text)
    if not about.strip():
        fix = 'write "REQUEST: TEXT", or give it with --text FILE'
        raise UsageError("there is no text that the request is about", fix=fix)
    if not request.strip():
        raise UsageError("there is no request before the colon", fix=WAYS)
    return Coordinate(request=request.strip(), text=about)
