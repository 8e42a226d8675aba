"""The published schemas are those of the models, and what we write fits them."""

import json
import re
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from improver.verify.schemas import SECTIONS, schemas
from tests.improver.test_evidence import EVIDENCE

ROOT = Path(__file__).parents[2]
PUBLISHED = {name: json.loads(data) for name, data in schemas().items()}
TYPES: Mapping[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}
KEYWORDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "enum": lambda value, given: value in given,
    "const": lambda value, given: value == given,
    "pattern": lambda value, given: re.search(given, value) is not None,
    "minimum": lambda value, given: value >= given,
    "maximum": lambda value, given: value <= given,
    "exclusiveMinimum": lambda value, given: value > given,
}
BESIDE = {
    "$defs", "$ref", "$schema", "additionalProperties", "anyOf", "default", "description", "items", "properties",
    "required", "title", "type",
}  # fmt: skip


def faults(value: Any, schema: Mapping[str, Any], whole: Mapping[str, Any], place: str = "") -> list[str]:
    """Return where `value` does not fit `schema`, for the keywords that our schemas use."""
    assert schema.keys() <= KEYWORDS.keys() | BESIDE
    if "$ref" in schema:
        return faults(value, whole["$defs"][schema["$ref"].rsplit("/", 1)[-1]], whole, place)
    kind = schema.get("type", "")
    if kind and (not isinstance(value, TYPES[kind]) or (kind == "integer" and isinstance(value, bool))):
        return [f"{place}: no {kind}"]
    found = [
        f"{place}: {word}" for word, holds in KEYWORDS.items() if word in schema and not holds(value, schema[word])
    ]
    if "anyOf" in schema:
        tried = [faults(value, one, whole, place) for one in schema["anyOf"]]
        found += [] if [] in tried else tried[0]
    if isinstance(value, list):
        found += [
            told for at, item in enumerate(value) for told in faults(item, schema["items"], whole, f"{place}[{at}]")
        ]
    return [*found, *_of_object(value, schema, whole, place)] if isinstance(value, dict) else found


def _of_object(value: dict[str, Any], schema: Mapping[str, Any], whole: Mapping[str, Any], place: str) -> list[str]:
    known, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    found = [f"{place}.{name}: missing" for name in schema.get("required", ()) if name not in value]
    for name, item in value.items():
        if name in known:
            found += faults(item, known[name], whole, f"{place}.{name}")
        elif isinstance(others, Mapping):
            found += faults(item, others, whole, f"{place}.{name}")
        elif not others:
            found.append(f"{place}.{name}: unknown")
    return found


def test_the_published_schemas_are_those_of_the_models() -> None:
    published = {path.name: path.read_bytes() for path in (ROOT / "schemas").glob("*.json")}
    assert published == schemas(), "run improve schemas --into schemas"


@pytest.mark.parametrize("name", SECTIONS)
def test_our_policies_and_the_packaged_ones_fit_their_schema(name: str) -> None:
    schema = PUBLISHED[f"policies-{name}.schema.json"]
    for text in (
        (ROOT / f"policies/{name}.yaml").read_text("utf-8"),
        files("improver").joinpath(f"defaults/{name}.yaml").read_text("utf-8"),
    ):
        assert faults(yaml.safe_load(text), schema, schema) == []


@pytest.mark.parametrize("name", SECTIONS)
def test_our_policies_tell_an_editor_where_their_schema_is(name: str) -> None:
    first = (ROOT / f"policies/{name}.yaml").read_text("utf-8").splitlines()[0]
    place = first.removeprefix("# yaml-language-server: $schema=")
    assert (ROOT / "policies" / place).resolve() == ROOT / "schemas" / f"policies-{name}.schema.json"


def test_evidence_fits_its_schema_and_nothing_else_does() -> None:
    schema, value = PUBLISHED["evidence.schema.json"], json.loads(EVIDENCE.to_bytes())
    assert faults(value, schema, schema) == []
    for spoiled, told in (
        ({**value, "more": 1}, ".more: unknown"),
        ({name: item for name, item in value.items() if name != "nonce"}, ".nonce: missing"),
        ({**value, "tier": "T9"}, ".tier: enum"),
        ({**value, "claims_digest": "0"}, ".claims_digest: pattern"),
        ({**value, "gates": [{**value["gates"][0], "ruling": "maybe"}]}, ".gates[0].ruling: enum"),
    ):
        assert faults(spoiled, schema, schema) == [told]


@pytest.mark.parametrize(
    ("name", "spoil", "told"),
    [
        pytest.param("gates", {"ordr": []}, ".ordr: unknown", id="a misspelt key"),
        pytest.param("gates", {"evidence_days": 0}, ".evidence_days: exclusiveMinimum", id="no days"),
        pytest.param("gates", {"evidence_tier": "T7"}, ".evidence_tier: enum", id="no tier"),
        pytest.param("scope", {"allow": "x"}, ".allow: no array", id="a word for a list"),
        pytest.param("budget", {"attempts": True}, ".attempts: no integer", id="yes for a number"),
    ],
)
def test_a_policy_that_is_wrong_does_not_fit(name: str, spoil: dict[str, Any], told: str) -> None:
    schema = PUBLISHED[f"policies-{name}.schema.json"]
    own = yaml.safe_load((ROOT / f"policies/{name}.yaml").read_text("utf-8"))
    found = faults({**own, **spoil}, schema, schema)
    assert found == [told]
