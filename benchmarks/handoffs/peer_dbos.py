"""DBOS's side: an agent is a workflow with a fixed id, a turn of the model and the tool are steps, on SQLite.

Asked: a turn of the model is a step. Plain: agents decide in code and only the tool is a step.
"""

import json
import sqlite3
from pathlib import Path
from typing import Any

from dbos import DBOS, Serializer, SetWorkflowID

from benchmarks.handoffs.script import case, decide, price
from benchmarks.handoffs.stopwatch import stopwatch

MODE = {"asked": True}


class Json(Serializer):
    """JSON instead of pickle."""

    def serialize(self, data: Any) -> str:
        """Write JSON."""
        return json.dumps(data, default=str)

    def deserialize(self, serialized_data: str) -> Any:
        """Read JSON."""
        return json.loads(serialized_data)


@DBOS.step()
async def model(role: str, found: str) -> str:
    """Ask the model without latency."""
    return decide(role, found)


@DBOS.step()
async def lookup(key: str) -> str:
    """Look up a price."""
    return price(key)


async def _heard(role: str, found: str) -> str:
    return await model(role, found) if MODE["asked"] else decide(role, found)


@DBOS.workflow()
async def beta(text: str) -> str:
    """Use the tool and return what it found."""
    assert await _heard("beta", "") == "lookup"
    return await _heard("beta", await lookup(text.split()[4]))


@DBOS.workflow()
async def alpha(run: str, text: str) -> str:
    """Hand to beta."""
    assert await _heard("alpha", "") == "beta"
    with SetWorkflowID(f"{run}-beta"):
        return await beta(text)


@DBOS.workflow()
async def coordinator(run: str, text: str) -> str:
    """Hand to alpha and answer."""
    assert await _heard("coordinator", "") == "alpha"
    with SetWorkflowID(f"{run}-alpha"):
        found = await alpha(run, text)
    return await _heard("coordinator", found)


class Dbos:
    """One process with one SQLite file, made in WAL mode as it does not do that itself."""

    def __init__(self, mode: str) -> None:
        MODE["asked"] = mode == "asked"

    async def open(self, directory: Path) -> None:
        """Launch."""
        path = directory / "dbos.sqlite"
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.close()
        made = DBOS(
            config={
                "name": "handoffs",
                "system_database_url": f"sqlite:///{path}",
                "log_level": "ERROR",
                "application_version": "1",
                "executor_id": "one",
                "serializer": Json(),
                "notification_listener_polling_interval_sec": 0.05,
            }
        )
        DBOS.launch()
        with made._sys_db.engine.connect() as probe:  # noqa: SLF001  # its own pragmas, asked of its own engine
            self._level = probe.exec_driver_sql("PRAGMA synchronous").scalar()
            self._journal = probe.exec_driver_sql("PRAGMA journal_mode").scalar()

    async def run(self, number: int) -> str:
        """Run the coordinator's workflow."""
        with SetWorkflowID(f"run-{number}"):
            return await coordinator(f"run-{number}", case(number).text)

    async def close(self) -> None:
        """Shut down."""
        DBOS.destroy(workflow_completion_timeout_sec=5)

    def durability(self) -> str:
        """Tell how it gets to disk."""
        return f"SQLite, {self._journal}, synchronous={self._level} (2 is FULL): every workflow and step"


if __name__ == "__main__":
    stopwatch(Dbos)
