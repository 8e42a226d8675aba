"""What pydantic-ai makes of malformed handoffs: agents that call agents as tools, as it documents."""

from typing import Any

from pydantic_ai import Agent, RunContext
from pydantic_ai.messages import ModelMessage, ModelResponse, RetryPromptPart, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from benchmarks.handoffs.cases import RIGHT, Record, tried


def clerk_model(record: Record) -> FunctionModel:
    """Return the clerk's model."""

    async def respond(messages: list[ModelMessage], _: AgentInfo) -> ModelResponse:
        last = messages[-1].parts[-1]
        if isinstance(last, ToolReturnPart) and last.outcome == "success":
            record.call()
            return ModelResponse([TextPart(str(last.content))])
        told = isinstance(last, RetryPromptPart | ToolReturnPart)
        again = "the same request once more" if record.calls else ""
        receiver, arguments = record.write(str(last.content) if told else again)
        return ModelResponse([ToolCallPart(receiver, arguments) if receiver else TextPart("")])

    return FunctionModel(respond)


def storage_model(record: Record) -> FunctionModel:
    """Return the storage's model: it hands back in a loop."""

    async def respond(_: list[ModelMessage], __: AgentInfo) -> ModelResponse:
        record.call()
        back = ToolCallPart("clerk", RIGHT)
        return ModelResponse([back if record.case == "loop" else TextPart("stored")])

    return FunctionModel(respond)


async def carry(record: Record) -> str:
    """Carry one case and return the output."""
    sender: Agent[None, Any] = Agent(clerk_model(record))
    receiver: Agent[None, Any] = Agent(storage_model(record))

    @sender.tool
    async def storage(ctx: RunContext[None], part: str, boxes: int) -> str:
        """Store an order."""
        if record.case != "loop":
            record.receive(part, boxes)
        return str((await receiver.run("store this", usage=ctx.usage)).output)

    @receiver.tool
    async def clerk(ctx: RunContext[None], part: str, boxes: int) -> str:
        """Hand an order back."""
        del part, boxes
        return str((await sender.run("store this", usage=ctx.usage)).output)

    return str((await sender.run("store this order")).output)


if __name__ == "__main__":
    tried(carry)
