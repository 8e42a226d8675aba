"""Agents for tests: a lead who hands on what a test tells it to, and specialists who fail in every way there is."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from nova.agent import Agent, Context, Example, Needs, Outcome, agent
from nova.contracts import Answer, Claim, Contract, Failure, Handoff, Letter, Question, Refusal, Relation, Reroute
from nova.tool import Tool, tool

DOES_NOT = {"translates": None}


class Lead(Contract):
    """What the owner gets."""

    text: str = "lead"


class Work(Contract):
    """What a specialist gets."""

    text: str = "work"
    count: int = 1


class Other(Contract):
    """What another specialist gets."""

    text: str = "other"


class Deep(Contract):
    """What comes at the end of a chain."""

    text: str = "deep"


class Unheard(Contract):
    """What nobody accepts."""

    text: str = "?"


DELEGATE, CONSULT, TRANSFER = Relation.DELEGATE, Relation.CONSULT, Relation.TRANSFER
Body = Callable[[Any, Any], Any]  # what a test lets an agent do
Anything = (
    Answer
    | Refusal
    | Reroute
    | Question
    | Letter
    | Handoff[Work]
    | Handoff[Other]
    | Handoff[Deep]
    | tuple[Handoff[Work] | Handoff[Other] | Handoff[Deep], ...]
)
WorkEnds = Answer | Refusal | Question | Letter | Handoff[Other] | Handoff[Deep]
OtherEnds = Answer | Question | Letter | Handoff[Deep]
TOOLS = Needs(context=("message", "results", "done"), tools=("stamp", "look"))


def waiting(agent: Agent) -> Agent:
    """Return the agent with a body that first waits once: what went before it gets a write of its own."""

    async def body(task: Any, ctx: Context) -> Outcome:
        await asyncio.sleep(0)
        return await agent.body(task, ctx)

    return replace(agent, body=body)


def lead(body: Body, needs: Needs = TOOLS) -> Agent:
    """Return the owner, which does what `body` says."""

    @agent(does="leads", does_not=DOES_NOT, offline="full", examples=[Example("lead", Lead())], needs=needs)
    async def boss(task: Lead, ctx: Context) -> Anything:
        ending: Anything = await _done(body, task, ctx)
        return ending

    return boss


def worker(body: Body, needs: Needs = TOOLS) -> Agent:
    """Return the specialist for Work."""

    @agent(does="works", does_not=DOES_NOT, offline="full", examples=[Example("work", Work())], needs=needs)
    async def work(task: Work, ctx: Context) -> WorkEnds:
        ending: WorkEnds = await _done(body, task, ctx)
        return ending

    return work


def other(body: Body, needs: Needs = TOOLS) -> Agent:
    """Return the specialist for Other."""

    @agent(does="does other work", does_not=DOES_NOT, offline="full", examples=[Example("o", Other())], needs=needs)
    async def helper(task: Other, ctx: Context) -> OtherEnds:
        ending: OtherEnds = await _done(body, task, ctx)
        return ending

    return helper


def deep(body: Body, needs: Needs = TOOLS) -> Agent:
    """Return the specialist at the end of a chain."""

    @agent(does="digs", does_not=DOES_NOT, offline="full", examples=[Example("dig", Deep())], needs=needs)
    async def digger(task: Deep, ctx: Context) -> Answer | Letter:
        ending: Answer | Letter = await _done(body, task, ctx)
        return ending

    return digger


async def _done(body: Body, task: Contract, ctx: Context) -> Any:
    await asyncio.sleep(0)  # as in `waiting`
    found = body(task, ctx)
    return await found if asyncio.iscoroutine(found) else found


def says(text: str) -> Body:
    """Return a body that answers with `text`."""
    return lambda _, __: Answer(text=text)


def hands(*tasks: Contract, relation: Relation = DELEGATE) -> Body:
    """Return a body that hands on these tasks together, and then answers with what came of them."""

    def body(task: Contract, ctx: Context) -> Any:
        if ctx.results:
            return Answer(text=told(ctx))
        sent = tuple(sending(one, relation) for one in tasks)
        return sent[0] if len(sent) == 1 else sent

    return body


KINDS: dict[type[Contract], Callable[..., Handoff[Any]]] = {
    Work: Handoff[Work],
    Other: Handoff[Other],
    Deep: Handoff[Deep],
    Unheard: Handoff[Unheard],
}


def sending(task: Contract, relation: Relation = DELEGATE) -> Handoff[Any]:
    """Return a handoff of its own type."""
    kinds: dict[type[Contract], Any] = {
        Work: Handoff[Work],
        Other: Handoff[Other],
        Deep: Handoff[Deep],
        Unheard: Handoff[Unheard],
    }
    kind: type[Handoff[Any]] = kinds[type(task)]
    return kind(task=task, relation=relation, reason="it is needed")


def told(ctx: Context) -> str:
    """Say what came of an agent's handoffs, in their order."""
    return " | ".join(f"{result.agent}: {_gist(result.outcome)}" for result in ctx.results) or "nothing"


def _gist(outcome: Answer | Refusal | Reroute | Failure) -> str:
    match outcome:
        case Answer() | Reroute():
            return outcome.text
        case Refusal():
            return f"no, {outcome.reason}"
        case Failure():
            return outcome.kind


def claiming(evidence: str) -> Body:
    """Return a body that claims something with this evidence, whatever it is told."""
    return lambda _, __: Answer(text="done", claims=(Claim(says="I did it", evidence=evidence),))


def stamping(effects: list[str]) -> Tool:
    """Return a tool with effects, which land in `effects` once for each key."""

    @tool(does="stamps", effects=True)
    async def stamp(key: str, what: str) -> str:
        if key not in [effect.split("=")[0] for effect in effects]:
            effects.append(f"{key}={what}")
        return f"stamped {what}"

    return stamp


@tool(does="looks", effects=False)
async def look(what: str) -> str:
    """Return what is seen."""
    return f"saw {what}"
