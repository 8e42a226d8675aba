"""Forget old runs as policies/retention.yaml says: whole runs only, and never one that is still open."""

from collections.abc import Mapping
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nova.adapters.journal import SqliteJournal
from nova.errors import PolicyError

DAY = 86_400.0  # seconds


class Retention(BaseModel):
    """policies/retention.yaml: days by state."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    version: Annotated[int, Field(ge=1, le=1)] = 1
    days: Mapping[Literal["done", "failed", "waiting"], Annotated[int, Field(gt=0)]]


def retention_policy(text: str, *, where: str = "policies/retention.yaml") -> Retention:
    """Parse a retention policy; raise PolicyError naming the first key that is wrong."""
    try:
        return Retention.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise PolicyError("the retention policy is not YAML", where=where, why=str(error), fix="correct it") from error
    except ValidationError as error:
        first = error.errors()[0]
        path = ".".join(str(step) for step in first["loc"])
        raise PolicyError(f"{path or 'the file'}: {first['msg']}", where=where, fix=f"correct {path}") from error


async def retain(journal: SqliteJournal, policy: Retention, *, now: float) -> int:
    """Delete the runs that are older than the policy says at `now` (seconds since the epoch); return how many.

    Works while nova runs: a run at a time, between other writes.
    """
    total = 0
    for state, days in policy.days.items():
        while gone := await journal.retire(state=state, before=now - days * DAY):
            total += gone
    return total
