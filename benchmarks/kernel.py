"""Nova's handoffs side by side with its peers', in turns: the work of handoffs/script.py, durable where they can be."""

import argparse
import json
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.pairing import Command, Cost, in_turns, ratios, say, spread, table
from benchmarks.peers import SILENT, ensure, python_of

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "benchmarks" / "work" / "handoffs"
NOVA, BARE, DISK = "Nova", "bare journal", "disk"
HEAD = (
    "side",
    "runs/s: min / median / max",
    "ms a handoff",
    "CPU ms a run",
    "bytes a run",
    "peak MiB",
    "Nova is × faster: min / median / max",
    "× less CPU",
)
ABOUT = {
    "asked": "every turn asks the zero-latency model through the framework's own interface",
    "plain": "agents decide in code, without a model interface",
}


@dataclass(frozen=True, slots=True)
class Side:
    """One framework: the module that does the work, the environment it lives in ("" is ours), what to import."""

    name: str
    module: str
    peer: str
    imports: str
    modes: tuple[str, ...] = ("asked", "plain")

    def python(self) -> str:
        """Return the interpreter that has the framework."""
        return str(python_of(self.peer)) if self.peer else sys.executable


SIDES = (
    Side(NOVA, "nova_side", "", "nova.orchestrator, nova.adapters.journal"),
    Side(BARE, "bare", "", "sqlite3, asyncio"),
    Side("LangGraph", "peer_langgraph", "langgraph", "langgraph.graph, langgraph.checkpoint.sqlite.aio"),
    Side("OpenAI Agents", "peer_openai_agents", "openai_agents", "agents", ("asked",)),
    Side("DBOS", "peer_dbos", "dbos", "dbos"),
    Side("pydantic-ai", "peer_pydantic_ai", "pydantic_ai", "pydantic_ai", ("asked",)),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked for on the command line."""

    rounds: int
    seconds: float
    concurrent: tuple[int, ...]
    modes: tuple[str, ...]
    sides: tuple[Side, ...]


def silenced(*argv: str) -> Command:
    """Return a command that runs in the repository with all telemetry off."""
    return Command(("env", *(f"{name}={value}" for name, value in SILENT.items()), *argv), ROOT)


def commands(plan: Plan, mode: str, concurrent: int) -> dict[str, Command]:
    """Return one command for each side that has the mode, and one for the disk."""
    found = {DISK: silenced(sys.executable, "-m", "benchmarks.handoffs.disk", "--directory", str(WORK / "disk"))}
    for side in plan.sides:
        if mode in side.modes:
            found[side.name] = silenced(
                side.python(), "-m", f"benchmarks.handoffs.{side.module}", "--mode", mode,
                "--concurrent", str(concurrent), "--seconds", str(plan.seconds), "--directory", str(WORK / side.module),
            )  # fmt: skip
    return found


def measure(plan: Plan, mode: str, concurrent: int) -> dict[str, list[dict[str, float | str]]]:
    """Run every side in turns and return what each printed, round by round."""
    say(f"{mode}, {concurrent} concurrent")
    costs = in_turns(commands(plan, mode, concurrent), plan.rounds)
    return {name: [json.loads(cost.output) for cost in found] for name, found in costs.items()}


def column(rounds: Sequence[dict[str, float | str]], name: str) -> list[float]:
    """Return one figure of every round."""
    return [float(one[name]) for one in rounds]


def told(found: dict[str, list[dict[str, float | str]]]) -> str:
    """Return the table of one mode at one concurrency."""
    nova = found[NOVA]
    rows = []
    for name, rounds in found.items():
        if name == DISK:
            continue
        rate, cpu = column(rounds, "runs_a_second"), column(rounds, "cpu_ms_a_run")
        rows.append(
            (
                name,
                spread(rate, 0),
                f"{statistics.median(column(rounds, 'ms_a_handoff')):.2f}",
                f"{statistics.median(cpu):.2f}",
                f"{statistics.median(column(rounds, 'bytes_a_run')):,.0f}",
                f"{statistics.median(column(rounds, 'peak_mib')):.0f}",
                "" if name == NOVA else spread(ratios(rate, column(nova, "runs_a_second")), 2),
                "" if name == NOVA else f"{statistics.median(ratios(column(nova, 'cpu_ms_a_run'), cpu)):.2f}",
            )
        )
    disk = found[DISK]
    synced = f"{spread(column(disk, 'median'), 2)} ms, p99 {spread(column(disk, 'p99'), 2)} ms"
    return f"{table(HEAD, rows)}\n\nRaw fsync of a page, beside each round: median {synced} (min / median / max)."


def imports(plan: Plan) -> str:
    """Return a table of what importing each framework takes, in turns."""
    script = "import time; began = time.perf_counter(); import {}; print(time.perf_counter() - began)"
    found = {side.name: silenced(side.python(), "-c", script.format(side.imports)) for side in plan.sides}
    costs = in_turns(found, plan.rounds)
    rows = [(side.name, side.imports, spread(_printed(costs[side.name]))) for side in plan.sides]
    return table(("side", "import", "seconds: min / median / max"), rows)


def _printed(costs: Sequence[Cost]) -> list[float]:
    return [float(cost.output) for cost in costs]


def targets(plan: Plan, found: dict[tuple[str, int], dict[str, list[dict[str, float | str]]]]) -> str:
    """Return what was aimed at beside what was measured, for each mode."""
    rows = []
    for mode in plan.modes:
        one, most = found.get((mode, 1)), found.get((mode, 64))
        if one is not None:
            rows.append((f"ms a handoff at 1, {mode}", "≤ 0.6", spread(column(one[NOVA], "ms_a_handoff"), 2)))
        for name, aim in (("LangGraph", "≥ 50"), (BARE, "≥ 1 / 1.5 = 0.67")):
            if most is not None and name in most:
                faster = ratios(column(most[name], "runs_a_second"), column(most[NOVA], "runs_a_second"))
                rows.append((f"runs/s at 64, Nova by {name}, {mode}", aim, spread(faster, 2)))
    return table(("what", "aim", "measured: min / median / max"), rows)


def durability(found: dict[str, list[dict[str, float | str]]]) -> str:
    """Return how each side gets to disk, in its own words."""
    lines = (f"- {name}: {rounds[0]['durability']}" for name, rounds in found.items() if name != DISK)
    return "\n".join(lines)


def planned() -> Plan:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="for each side, concurrency and round")
    parser.add_argument("--concurrent", type=int, nargs="+", default=[1, 16, 64])
    parser.add_argument("--modes", nargs="+", choices=tuple(ABOUT), default=list(ABOUT))
    parser.add_argument("--only", nargs="+", default=[], metavar="SIDE", help=", ".join(side.name for side in SIDES))
    given = parser.parse_args()
    sides = tuple(side for side in SIDES if not given.only or side.name in {NOVA, *given.only})
    return Plan(given.rounds, given.seconds, tuple(given.concurrent), tuple(given.modes), sides)


def main() -> None:
    """Make the environments, run everything in turns, and print Markdown."""
    plan = planned()
    for side in plan.sides:
        if side.peer:
            ensure(side.peer)
    found = {}
    for mode in plan.modes:
        print(f"\n## {mode}: {ABOUT[mode]}")
        for concurrent in plan.concurrent:
            found[mode, concurrent] = measure(plan, mode, concurrent)
            print(f"\n### {concurrent} concurrent\n\n{told(found[mode, concurrent])}", flush=True)
        print(f"\nOn disk:\n\n{durability(found[mode, plan.concurrent[-1]])}", flush=True)
    print(f"\n## Import\n\n{imports(plan)}\n\n## Aims\n\n{targets(plan, found)}")


if __name__ == "__main__":
    main()
