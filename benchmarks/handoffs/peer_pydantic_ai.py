"""pydantic-ai's side: agents that call agents as tools, its guides' delegation; it keeps nothing on disk by itself."""

from pathlib import Path
from typing import Any

from pydantic_ai import Agent, RunContext
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from benchmarks.handoffs.script import case, decide, price
from benchmarks.handoffs.stopwatch import stopwatch


def scripted(role: str) -> FunctionModel:
    """Return a model without latency, behind the framework's own interface."""

    async def respond(messages: list[ModelMessage], _: AgentInfo) -> ModelResponse:
        parts = [part for message in messages if isinstance(message, ModelRequest) for part in message.parts]
        found = next((str(part.content) for part in parts if isinstance(part, ToolReturnPart)), "")
        if found and role == "alpha":
            return ModelResponse([TextPart(found)])
        word = decide(role, found)
        if word == "lookup":
            return ModelResponse([ToolCallPart("lookup", {"key": str(parts[0].content).split()[4]})])
        return ModelResponse([ToolCallPart(word, {}) if word in {"alpha", "beta"} else TextPart(word)])

    return FunctionModel(respond)


BETA = Agent(scripted("beta"), deps_type=str)
ALPHA = Agent(scripted("alpha"), deps_type=str)
COORDINATOR = Agent(scripted("coordinator"), deps_type=str)


@BETA.tool_plain
async def lookup(key: str) -> str:
    """Look up a price."""
    return price(key)


@ALPHA.tool
async def beta(ctx: RunContext[str]) -> str:
    """Hand to beta."""
    return (await BETA.run(ctx.deps, deps=ctx.deps, usage=ctx.usage)).output


@COORDINATOR.tool
async def alpha(ctx: RunContext[str]) -> str:
    """Hand to alpha."""
    return (await ALPHA.run(ctx.deps, deps=ctx.deps, usage=ctx.usage)).output


class PydanticAI:
    """Agents in memory."""

    def __init__(self, _: str) -> None:
        self._team: Agent[str, Any] = COORDINATOR

    async def open(self, directory: Path) -> None:
        """Do nothing: there is no store."""

    async def run(self, number: int) -> str:
        """Run the coordinator."""
        text = case(number).text
        return str((await self._team.run(text, deps=text)).output)

    async def close(self) -> None:
        """Do nothing."""

    def durability(self) -> str:
        """Tell how it gets to disk."""
        return "none: in memory (durable only inside DBOS, Temporal or Prefect)"


if __name__ == "__main__":
    stopwatch(PydanticAI)
