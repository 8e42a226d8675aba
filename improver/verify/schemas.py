"""The published shapes of what is written down: evidence and policies, as JSON Schemas made from the models."""

import json
from typing import Any

from pydantic import BaseModel, TypeAdapter

from improver.policy import Budget, Gates, Review, Scope
from improver.verify.evidence import Evidence

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SECTIONS: dict[str, type[BaseModel]] = {"scope": Scope, "gates": Gates, "budget": Budget, "review": Review}
HEX = "^[0-9a-f]{64}$"


def schemas() -> dict[str, bytes]:
    """Return the text of each schema by the name of its file."""
    found = {"evidence.schema.json": _bytes(_evidence())}
    for name, section in SECTIONS.items():
        found[f"policies-{name}.schema.json"] = _bytes(section.model_json_schema())
    return found


def _evidence() -> dict[str, Any]:
    """Return the schema of evidence bytes: what `Evidence` holds, and the digest of its claims; nothing else."""
    schema = TypeAdapter(Evidence).json_schema(mode="serialization")
    schema["properties"]["claims_digest"] = {"type": "string", "pattern": HEX, "title": "Claims Digest"}
    for part in (schema, *schema["$defs"].values()):
        if part.get("type") == "object":
            part["additionalProperties"] = False
            part["required"] = sorted(part["properties"])  # canonical: nothing is left out
    return schema


def _bytes(schema: dict[str, Any]) -> bytes:
    return json.dumps({"$schema": DIALECT, **schema}, indent=2, sort_keys=True).encode() + b"\n"
