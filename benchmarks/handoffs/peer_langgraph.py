"""LangGraph's side: nodes that hand over with Command(goto), checkpoints in SQLite, each step on disk before the next.

Asked: every turn goes through LangChain's chat model interface and the tool through ToolNode, as in its guides.
Plain: nodes decide in code, the cheapest that LangGraph can be.
"""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import tool
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.types import Command

from benchmarks.handoffs.script import case, decide, price
from benchmarks.handoffs.stopwatch import stopwatch


@tool
async def lookup(key: str) -> str:
    """Look up a price."""
    return price(key)


class Scripted(BaseChatModel):
    """A chat model without latency, behind LangChain's own interface."""

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=_said(str(messages[0].content), messages))])

    async def _agenerate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        return self._generate(messages)


MODEL = Scripted()


def _said(role: str, messages: list[Any]) -> AIMessage:
    """Return the model's next message."""
    found = next((str(one.content) for one in reversed(messages) if isinstance(one, ToolMessage)), "")
    word = decide(role, found)
    if word != "lookup":
        return AIMessage(word)
    key = next(str(one.content) for one in messages if isinstance(one, HumanMessage)).split()[4]
    return AIMessage("", tool_calls=[{"name": "lookup", "args": {"key": key}, "id": "call"}])


async def _heard(mode: str, role: str, messages: list[AnyMessage]) -> Any:
    if mode == "plain":
        return _said(role, messages)
    return await MODEL.ainvoke([SystemMessage(role), *messages])


def graph(mode: str) -> StateGraph[Any]:
    """Return the graph: three agents and a tool."""

    async def coordinator(state: MessagesState) -> Command[Any]:
        message = await _heard(mode, "coordinator", state["messages"])
        return Command(goto="alpha" if message.content == "alpha" else END, update={"messages": [message]})

    async def alpha(state: MessagesState) -> Command[Any]:
        message = await _heard(mode, "alpha", state["messages"])
        return Command(goto=str(message.content), update={"messages": [message]})

    async def beta(state: MessagesState) -> Command[Any]:
        message = await _heard(mode, "beta", state["messages"])
        return Command(goto="tools" if message.tool_calls else "coordinator", update={"messages": [message]})

    async def tools(state: MessagesState) -> dict[str, Any]:
        call = state["messages"][-1].tool_calls[0]
        return {"messages": [ToolMessage(price(call["args"]["key"]), tool_call_id=call["id"])]}

    made = StateGraph(MessagesState)
    made.add_node("coordinator", coordinator, destinations=("alpha", END))
    made.add_node("alpha", alpha, destinations=("beta",))
    made.add_node("beta", beta, destinations=("tools", "coordinator"))
    made.add_node("tools", tools if mode == "plain" else ToolNode([lookup]))
    made.add_edge(START, "coordinator")
    made.add_edge("tools", "beta")
    return made


class LangGraph:
    """One compiled graph with one SQLite saver."""

    def __init__(self, mode: str) -> None:
        self._graph = graph(mode)

    async def open(self, directory: Path) -> None:
        """Open the saver."""
        self._stack = AsyncExitStack()
        address = str(directory / "checkpoints.sqlite")
        self._saver = await self._stack.enter_async_context(AsyncSqliteSaver.from_conn_string(address))
        await self._saver.setup()
        await self._saver.conn.execute("PRAGMA synchronous=FULL")
        async with self._saver.conn.execute("PRAGMA synchronous") as cursor:
            (self._level,) = await cursor.fetchone()
        self._app = self._graph.compile(checkpointer=self._saver)

    async def run(self, number: int) -> str:
        """Invoke the graph in a thread of its own."""
        given = {"messages": [HumanMessage(case(number).text)]}
        config = {"configurable": {"thread_id": str(number)}}
        ended = await self._app.ainvoke(given, config, durability="sync")
        return str(ended["messages"][-1].content)

    async def close(self) -> None:
        """Close the saver."""
        await self._stack.aclose()
        await asyncio.sleep(0)

    def durability(self) -> str:
        """Tell how it gets to disk."""
        return f'SQLite, wal, synchronous={self._level} (2 is FULL), durability="sync": every step'


if __name__ == "__main__":
    stopwatch(LangGraph)
