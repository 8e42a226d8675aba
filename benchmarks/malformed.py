"""The malformed-handoff matrix: what Nova does with each, and what LangGraph, OpenAI Agents and pydantic-ai do."""

import json
import sys
from typing import TypedDict

from benchmarks.handoffs.cases import BEHAVIOURS, CAP, CASES
from benchmarks.kernel import silenced
from benchmarks.pairing import run, say, table
from benchmarks.peers import ensure

PEERS = {
    "LangGraph": ("langgraph", "peer_malformed_langgraph"),
    "OpenAI Agents": ("openai_agents", "peer_malformed_openai_agents"),
    "pydantic-ai": ("pydantic_ai", "peer_malformed_pydantic_ai"),
}
RECEIVED_ONCE = ["'part-7', 40"]
SHORT = 120  # characters of a quotation
MEANS = {"corrects": "a sender that corrects itself once told", "insists": "a sender that sends the same again"}


class Told(TypedDict):
    """A record as a framework's side prints it."""

    case: str
    behaviour: str
    calls: int
    told: list[str]
    received: list[str]
    owner: str
    answer: str | None
    error: str


def verdict(record: Told) -> str:
    """Return what happened, in a cell's words."""
    calls = f"{record['calls']} model calls"
    if record["error"].startswith("CapReachedError"):
        return f"**goes on**: stopped by this benchmark after {CAP} model calls"
    if record["error"]:
        return f"**aborts**: {quoted(record['error'])} ({calls})"
    if record["owner"]:
        return f"rejected to the owner: {quoted(record['owner'])} ({calls})"
    if record["told"] and record["received"] == RECEIVED_ONCE:
        return f"repaired: told {quoted(record['told'][0])} ({calls})"
    got = ", ".join(record["received"]) or "nothing"
    return f"**goes on silently**: answers {record['answer']!r}, the receiver got {got} ({calls})"


def quoted(text: str) -> str:
    """Return the beginning of a text on one line."""
    line = " ".join(text.split()).replace("|", "/")
    return f"“{line[:SHORT]}{'…' if len(line) > SHORT else ''}”"


def records(python: str, module: str) -> list[Told]:
    """Carry all cases in one framework."""
    say(module)
    found: list[Told] = json.loads(run(silenced(python, "-m", f"benchmarks.handoffs.{module}")).output)
    return found


def main() -> None:
    """Run every case everywhere and print one matrix for each kind of sender."""
    found = {"Nova": records(sys.executable, "malformed_nova")}
    for name, (peer, module) in PEERS.items():
        found[name] = records(str(ensure(peer)), module)
    for behaviour in BEHAVIOURS:
        rows = []
        for case in CASES:
            these = (
                [one for one in side if (one["case"], one["behaviour"]) == (case, behaviour)] for side in found.values()
            )
            rows.append((case, *(verdict(one) for (one,) in these)))
        print(f"\n## {MEANS[behaviour]}\n\n{table(('handoff', *found), rows)}")


if __name__ == "__main__":
    main()
