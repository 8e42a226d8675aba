"""Run an agent's examples, in a journal of their own."""

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from nova.agent import Agent, Example
from nova.app import Nova, opened
from nova.cli.agents import found
from nova.cli.ending import word_of
from nova.cli.options import Common, nova_command
from nova.cli.told import short
from nova.contracts import Answer, Failure, Question, Refusal, Reroute
from nova.errors import UsageError

WIDTH = 200  # characters of an answer that was not expected


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of an example."""

    agent: str
    says: str
    outcome: str
    wrong: str  # "" where it is what the example says


@nova_command("test")
@click.argument("name", required=False)
@click.option("--all", "every", is_flag=True, help="The examples of every agent.")
def command(common: Common, name: str | None, every: bool) -> int:
    """Run an agent's examples, or those of all; nothing of it comes into your journal."""
    if every == (name is not None):
        raise UsageError("test takes one agent, or --all", fix="nova agents test NAME, or nova agents test --all")
    with tempfile.TemporaryDirectory(prefix="nova-test-") as place:
        tried = asyncio.run(_tried(common, name, Path(place)))
    terminal = common.terminal
    for one in tried:
        said = f"{one.agent}: {short(one.says, 60)}"
        terminal.text(f"{terminal.glyph('no' if one.wrong else 'ok')} {said}{f' · {one.wrong}' if one.wrong else ''}")
    wrong = sum(1 for one in tried if one.wrong)
    terminal.line("loud" if wrong else "ok", "examples", f"{len(tried) - wrong} of {len(tried)} as they say")
    rows = [{"agent": one.agent, "says": one.says, "outcome": one.outcome, "wrong": one.wrong} for one in tried]
    terminal.result("failed" if wrong else "passed", {"examples": rows})
    return 1 if wrong else 0


async def _tried(common: Common, name: str | None, place: Path) -> list[Tried]:
    async with opened(replace(common.settings, data=place)) as nova:
        agents: Sequence[Agent] = [*nova.registry] if name is None else [found(nova.registry, name)]
        return [await _try(nova, one, case) for one in agents for case in one.card.examples]


async def _try(nova: Nova, one: Agent, case: Example) -> Tried:
    ended = await nova.orchestrator.start(nova.message(case.says, f"test {one.name}"), case.task)
    match ended.outcome:
        case Answer(text=text) if case.answers in (None, text):
            wrong = ""
        case Answer(text=text):
            wrong = f"it answered {short(text, WIDTH)!r}, and the example says {short(case.answers or '', WIDTH)!r}"
        case Question(text=text) | Reroute(text=text):
            wrong = f"it gave no answer: {short(text, WIDTH)}"
        case Refusal(reason=reason) | Failure(reason=reason):
            wrong = f"it gave no answer: {short(reason, WIDTH)}"
    return Tried(one.name, case.says, word_of(ended.outcome), wrong)
