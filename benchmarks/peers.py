"""Make one environment per peer framework under benchmarks/work/peers, with pip and pinned versions."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

PEERS_DIRECTORY = Path(__file__).resolve().parent / "work" / "peers"
REQUIREMENTS: dict[str, tuple[str, ...]] = {
    "langgraph": ("langgraph==1.2.22", "langgraph-checkpoint-sqlite==3.1.2", "langchain==1.4.7"),
    "openai_agents": ("openai-agents==0.24.0",),
    "pydantic_ai": ("pydantic-ai-slim==2.68.0",),
    "dbos": ("dbos==3.4.0",),
}
# Every switch by which these frameworks, or what they bring along, would report home or trace.
SILENT = {
    "LANGSMITH_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "LANGGRAPH_CLI_NO_ANALYTICS": "1",
    "OPENAI_AGENTS_DISABLE_TRACING": "1",
    "PYDANTIC_DISABLE_PLUGINS": "__all__",
    "LOGFIRE_SEND_TO_LOGFIRE": "false",
    "OTEL_SDK_DISABLED": "true",
    "OTEL_TRACES_EXPORTER": "none",
    "OTEL_METRICS_EXPORTER": "none",
    "OTEL_LOGS_EXPORTER": "none",
    "DO_NOT_TRACK": "1",
}


def environment() -> dict[str, str]:
    """Return this process's environment with telemetry off and without anything that reaches into another venv."""
    kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    return {**kept, **SILENT, "PYTHONHASHSEED": "0"}


def python_of(peer: str) -> Path:
    """Return the interpreter of a peer's environment."""
    return PEERS_DIRECTORY / peer / "bin" / "python"


def ensure(peer: str) -> Path:
    """Return a peer's interpreter; its environment is made first where it is missing or pinned otherwise."""
    wanted = "\n".join((sys.version, *REQUIREMENTS[peer]))
    home = PEERS_DIRECTORY / peer
    stamp = home / "made-of.txt"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return python_of(peer)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
    pip = [str(python_of(peer)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *REQUIREMENTS[peer]], check=True, env=environment())
    stamp.write_text(wanted, encoding="utf-8")
    return python_of(peer)


def main() -> None:
    """Make the environments named on the command line, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peers", nargs="*", metavar="PEER", help=", ".join(REQUIREMENTS))
    for peer in parser.parse_args().peers or REQUIREMENTS:
        print(f"{peer}: {ensure(peer).relative_to(PEERS_DIRECTORY.parent.parent.parent)}")


if __name__ == "__main__":
    main()
