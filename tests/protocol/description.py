"""GitHub's own description of its API, made ready for the checker."""

import json
import re
from pathlib import Path
from typing import Any

PACKAGE = Path("node_modules/@octokit/openapi/generated/api.github.com.json")
EXAMPLES = ("example", "examples")
ERROR = {"application/json": {"schema": {"$ref": "#/components/schemas/basic-error"}}}
# What GitHub's guides say of every call, and its description only of some.
ANYWHERE = {"304": {"description": "Not modified"}} | {
    status: {"description": "Refused", "content": ERROR} for status in ("401", "403", "404", "422", "429", "500", "503")
}
# A remark whose lines a later push changed: recorded answers of the real host hold null there.
NULL_TOO = {"pull-request-review-comment": ("line", "position")}
NAMES = ("properties", "schemas", "examples")  # below them a key is a name, not a word of the format


def prepare(tools: Path) -> Path:
    """Write the description without its examples and its server, and with what it leaves out; return the file.

    The checker sets out from the examples, which name the real host and pages that are not there.
    """
    whole = json.loads((tools / PACKAGE).read_text("utf-8"))
    whole["servers"] = [{"url": "http://127.0.0.1"}]
    for methods in whole["paths"].values():
        for operation in methods.values():
            operation["responses"] = ANYWHERE | operation["responses"]
    for name, keys in NULL_TOO.items():
        for key in keys:
            whole["components"]["schemas"][name]["properties"][key]["nullable"] = True
    ready = tools / "description.json"
    ready.write_text(json.dumps(_without_examples(whole)), "utf-8")
    return ready


def _without_examples(part: Any, *, names: bool = False) -> Any:
    if isinstance(part, list):
        return [_without_examples(item) for item in part]
    if not isinstance(part, dict):
        return part
    kept = {key: value for key, value in part.items() if names or key not in EXAMPLES}
    return {key: _without_examples(value, names=not names and key in NAMES) for key, value in kept.items()}


class Paths:
    """The calls that are described, by method and path."""

    def __init__(self, description: Path) -> None:
        whole = json.loads(description.read_text("utf-8"))
        self._known = [
            (method.upper(), template, re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))))
            for template, methods in whole["paths"].items()
            for method in methods
        ]

    def template(self, method: str, path: str) -> str | None:
        """Return the path with what varies named, None when no call like this is described."""
        found = [known for verb, known, pattern in self._known if verb == method and pattern.fullmatch(path)]
        return min(found, key=lambda template: template.count("{"), default=None)
