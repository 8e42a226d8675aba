"""What came of the canaries when they last went through the gates: gates that let one through publish nothing."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from improver.canaries import Record, counts
from improver.errors import EnvironmentUnfit

FILE = "canaries.json"


@dataclass(frozen=True, slots=True)
class CanaryRecord:
    """One whole run of our own corpus through all gates; `at` is ISO 8601 UTC, `gate_code` the judge's digest."""

    gate_code: str
    at: str
    refused: int
    escalated: int
    passed: int  # controls, which must
    through: tuple[str, ...]  # the ids of attacks that were accepted
    blocked: tuple[str, ...]  # of controls that were not let through
    broken: tuple[str, ...]  # of entries at which a gate broke


_RECORD: TypeAdapter[CanaryRecord] = TypeAdapter(CanaryRecord)


def recorded(records: Sequence[Record], gate_code: str, at: str) -> CanaryRecord:
    """Return what came of a run of our own corpus."""
    found = counts(records)
    named = {
        status: tuple(one.entry.id for one in records if one.status == status) for status in ("accepted", "blocked")
    }
    return CanaryRecord(
        gate_code=gate_code,
        at=at,
        refused=found["refused"],
        escalated=found["escalated"],
        passed=found["passed"],
        through=named["accepted"],
        blocked=named["blocked"],
        broken=tuple(one.entry.id for one in records if one.broken),
    )


def keep(folder: Path, record: CanaryRecord) -> None:
    """Write the record into `folder`, in one step: whoever reads it meanwhile sees the old one."""
    staged = folder / f"{FILE}.new"
    staged.write_text(json.dumps(asdict(record), indent=1) + "\n", "utf-8")
    staged.replace(folder / FILE)


def last(folder: Path) -> CanaryRecord | None:
    """Return the last record in `folder`, None when there is none; raise EnvironmentUnfit for one that is damaged."""
    path = folder / FILE
    try:
        return _RECORD.validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        why = str(error).splitlines()[0]
        fix = "delete it, then improve canaries"
        raise EnvironmentUnfit(
            "the record of the canaries cannot be read", where=str(path), why=why, fix=fix
        ) from error


def forbids(record: CanaryRecord | None, gate_code: str) -> str:
    """Return why gates with this code may not publish, "" when they may; a record of other gates tells nothing."""
    if record is None or record.gate_code != gate_code:
        return ""
    if record.through:
        return f"a gate let known-bad changes through: {', '.join(record.through)}"
    return f"a gate broke at known changes: {', '.join(record.broken)}" if record.broken else ""
