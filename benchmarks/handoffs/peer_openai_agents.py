"""The OpenAI Agents SDK's side: handoffs between agents, the conversation in its SQLite session; it has one mode.

The session is a conversation's items, saved as turns end: there is no record that lets a broken run go on.
"""

import json
import sqlite3
from pathlib import Path
from typing import Any

from agents import Agent, Model, ModelResponse, RunConfig, Runner, SQLiteSession, Usage, function_tool
from agents.testing import assistant_message, function_call

from benchmarks.handoffs.script import case, decide, price
from benchmarks.handoffs.stopwatch import stopwatch, synchronous


@function_tool
async def lookup(key: str) -> str:
    """Look up a price."""
    return price(key)


class Scripted(Model):
    """A model without latency, behind the SDK's own interface; its agent's instructions are its role."""

    async def get_response(self, *_: Any, **given: Any) -> ModelResponse:
        """Return the next thing its role does."""
        role, heard = str(given["system_instructions"]), given["input"]
        outputs = [one for one in heard if one.get("type") == "function_call_output"]
        found = next((str(one["output"]) for one in reversed(outputs) if " costs " in str(one["output"])), "")
        word = decide(role, found)
        call = f"{role}-{len(outputs)}"
        if word == "lookup":
            key = next(one["content"] for one in heard if one.get("role") == "user").split()[4]
            said = function_call("lookup", json.dumps({"key": key}), call_id=call)
        elif word in {"alpha", "beta"}:
            said = function_call(f"transfer_to_{word}", "{}", call_id=call)
        elif role == "beta":
            said = function_call("transfer_to_coordinator", "{}", call_id=call)
        else:
            said = assistant_message(word)
        return ModelResponse(output=[said], usage=Usage(), response_id=None)

    def stream_response(self, *_: Any, **__: Any) -> Any:
        """Be unused."""
        raise NotImplementedError


def team() -> Agent[Any]:
    """Return the coordinator with its agents behind it."""
    model = Scripted()
    beta = Agent(name="beta", instructions="beta", model=model, tools=[lookup])
    alpha = Agent(name="alpha", instructions="alpha", model=model, handoffs=[beta])
    coordinator = Agent(name="coordinator", instructions="coordinator", model=model, handoffs=[alpha])
    beta.handoffs.append(coordinator)
    return coordinator


class OpenAIAgents:
    """One SQLite file, one session for each run."""

    def __init__(self, _: str) -> None:
        self._config = RunConfig(tracing_disabled=True)
        self._team = team()

    async def open(self, directory: Path) -> None:
        """Make the file and its tables; one open session keeps them."""
        self._path = directory / "sessions.sqlite"
        self._kept = SQLiteSession("kept", self._path)

    async def run(self, number: int) -> str:
        """Run the team in a session of its own."""
        session = SQLiteSession(str(number), self._path)
        try:
            ended = await Runner.run(self._team, case(number).text, session=session, run_config=self._config)
        finally:
            session.close()
        return str(ended.final_output)

    async def close(self) -> None:
        """Close the file."""
        self._kept.close()

    def durability(self) -> str:
        """Tell how it gets to disk: the session has no setting for it, so this asks a connection made like its own."""
        connection = sqlite3.connect(self._path)
        told = synchronous(connection)
        connection.close()
        return f"{told} (its default, not settable): items as turns end, nothing to resume from"


if __name__ == "__main__":
    stopwatch(OpenAIAgents)
