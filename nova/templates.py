"""Texts with references: `{{ inputs.topic }}`, `{{ steps.gist.text }}`, `{{ item }}`; read once, filled in later.

A template is JSON: a reference is {"$ref": [...]}, a text with references in it {"$join": [...]}; everything else
stands for itself. What is filled in is never read as a template again.
"""

import re
from collections.abc import Callable, Iterator

from pydantic import JsonValue

REFERENCE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
NAME = r"[a-z][a-z0-9_]*"
SHAPES = (
    re.compile(rf"(?P<kind>inputs)\.(?P<name>{NAME})"),
    re.compile(rf"(?P<kind>steps)\.(?P<name>{NAME})\.(?P<part>[a-z]+)"),
    re.compile(r"(?P<kind>item)"),
)
Reference = tuple[str, ...]  # ("inputs", name), ("steps", id, part) or ("item",)


class TemplateError(Exception):
    """A text is no template; says what is wrong and how to mend it."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix


def reference(kind: str, *rest: str) -> JsonValue:
    """Return a template that is one reference."""
    return {"$ref": [kind, *rest]}


def template(value: JsonValue) -> JsonValue:
    """Return what a file says as a template; raise TemplateError for braces that hold no reference."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return [template(inner) for inner in value]
    if isinstance(value, dict):
        if odd := next((key for key in value if key.startswith("$")), None):
            raise TemplateError(f"the key {odd!r} begins with $", "rename it")
        return {key: template(inner) for key, inner in value.items()}
    return value


def _text(text: str) -> JsonValue:
    if "{{" in REFERENCE.sub("", text):
        raise TemplateError("a `{{` is never closed", "close it with `}}`")
    parts = REFERENCE.split(text)  # texts at even places, references at odd ones
    if len(parts) == 1:
        return text
    if len(parts) == 3 and not parts[0].strip() and not parts[2].strip():
        return _one(parts[1])
    return {"$join": [_one(part) if place % 2 else part for place, part in enumerate(parts) if part or place % 2]}


def _one(inner: str) -> JsonValue:
    said = inner.strip()
    for shape in SHAPES:
        if found := shape.fullmatch(said):
            return reference(*[group for group in found.groups() if group is not None])
    fix = "write {{ inputs.NAME }}, {{ steps.ID.text }} or, in a step with `each`, {{ item }}"
    raise TemplateError(f"{{{{ {said} }}}} is no reference", fix)


def references(found: JsonValue) -> Iterator[Reference]:
    """Yield every reference of a template, in order."""
    if isinstance(found, list):
        for inner in found:
            yield from references(inner)
    elif isinstance(found, dict):
        if (ref := _ref(found)) is not None:
            yield ref
        else:
            for inner in found.values():
                yield from references(inner)


def filled(found: JsonValue, look: Callable[[Reference], JsonValue]) -> JsonValue:
    """Return the template with every reference replaced by what `look` returns for it."""
    if isinstance(found, list):
        return [filled(inner, look) for inner in found]
    if not isinstance(found, dict):
        return found
    if (ref := _ref(found)) is not None:
        return look(ref)
    if isinstance(joined := found.get("$join"), list):
        return "".join(told(filled(inner, look)) for inner in joined)
    return {key: filled(inner, look) for key, inner in found.items()}


def told(value: JsonValue) -> str:
    """Return a value as text; a list is one line for each."""
    if isinstance(value, list):
        return "\n".join(told(one) for one in value)
    return value if isinstance(value, str) else str(value)


def _ref(found: dict[str, JsonValue]) -> Reference | None:
    ref = found.get("$ref")
    return tuple(str(word) for word in ref) if isinstance(ref, list) else None
