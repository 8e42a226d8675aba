"""What LangGraph makes of malformed handoffs: create_agent with handoff tools that return a Command, as documented."""

from typing import Annotated, Any

from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.output_parsers.openai_tools import make_invalid_tool_call, parse_tool_call
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import InjectedToolCallId, tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import Command

from benchmarks.handoffs.cases import RIGHT, Record, tried


class Scripted(BaseChatModel):
    """A chat model behind LangChain's own interface; tool calls are parsed as its own integrations do."""

    record: Any
    role: str

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Any, **_: Any) -> Any:
        """Know the tools anyway."""
        del tools
        return self

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        last = messages[-1]
        if self.role == "storage":
            self.record.call()
            receiver, arguments = "clerk", RIGHT
        else:
            failed = isinstance(last, ToolMessage) and not str(last.content).startswith("transferred")
            receiver, arguments = self.record.write(str(last.content) if failed else "")
        return ChatResult(generations=[ChatGeneration(message=_message(receiver, arguments, self.record.calls))])


def _message(receiver: str, arguments: str, number: int) -> AIMessage:
    if not receiver:
        return AIMessage("")
    call = {"id": f"call-{number}", "function": {"name": f"transfer_to_{receiver}", "arguments": arguments}}
    try:
        return AIMessage("", tool_calls=[parse_tool_call(call, return_id=True)])
    except Exception as error:  # noqa: BLE001  # as LangChain's integrations do with what is not JSON
        return AIMessage("", invalid_tool_calls=[make_invalid_tool_call(call, str(error))])


def transfer(record: Record, name: str) -> Any:
    """Return the handoff tool to `name`."""

    @tool(f"transfer_to_{name}")
    async def hand_on(part: str, boxes: int, tool_call_id: Annotated[str, InjectedToolCallId]) -> Any:
        """Hand an order on."""
        if record.case != "loop":
            record.receive(part, boxes)
        done = ToolMessage(f"transferred to {name}", tool_call_id=tool_call_id)
        return Command(goto=name, graph=Command.PARENT, update={"messages": [done]})

    return hand_on


async def carry(record: Record) -> str:
    """Carry one case and return the last message's text."""

    async def store(_: MessagesState) -> dict[str, Any]:
        return {"messages": [AIMessage("stored")]}

    clerk = create_agent(Scripted(record=record, role="clerk"), tools=[transfer(record, "storage")], name="clerk")
    back = create_agent(Scripted(record=record, role="storage"), tools=[transfer(record, "clerk")], name="storage")
    graph = StateGraph(MessagesState)
    graph.add_node("clerk", clerk)
    graph.add_node("storage", back if record.case == "loop" else store)
    graph.add_edge(START, "clerk")
    ended = await graph.compile().ainvoke({"messages": [HumanMessage("store this order")]})
    return str(ended["messages"][-1].content)


if __name__ == "__main__":
    tried(carry)
