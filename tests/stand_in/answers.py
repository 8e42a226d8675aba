"""How the stand-in answers: a status, a body, headers; refusals in the host's own words; lists in pages."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

Json = dict[str, Any]
DOCUMENTATION = "https://docs.github.com/rest"
TOO_LONG = 65536  # characters of a body


@dataclass(frozen=True)
class Reply:
    """One answer; `body` is JSON, or bytes with a content type of their own, or None for none at all."""

    status: int
    body: Json | list[Json] | bytes | None
    headers: dict[str, str] = field(default_factory=dict)


class Refused(Exception):
    """The host does not do what it was asked."""

    def __init__(self, status: int, message: str, errors: Sequence[object] = (), **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = list(errors)
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def reply(self) -> Reply:
        """Return the answer that says so."""
        body: Json = {"message": self.message, "documentation_url": DOCUMENTATION, "status": str(self.status)}
        if self.errors:
            body["errors"] = self.errors
        return Reply(self.status, body, self.headers)


def invalid(resource: str, field_name: str, code: str = "invalid", message: str = "") -> Refused:
    """Return the refusal of one field of a request."""
    error = {"resource": resource, "field": field_name, "code": code}
    if message:
        error["message"] = message
    return Refused(422, "Validation Failed", [error])


def text(body: Json, key: str, limit: int, resource: str) -> str:
    """Return a text of a request; refuse one that is too long or none."""
    value = body.get(key)
    if not isinstance(value, str) or not value.strip():
        raise invalid(resource, key, "missing_field")
    if len(value) > limit:
        raise invalid(resource, key, "custom", f"{key} is too long (maximum is {limit} characters)")
    return value


def paged(found: Sequence[Json], query: dict[str, str], url: str) -> Reply:
    """Return one page of a list, with the way to the others."""
    part, headers = page(found, query, url)
    return Reply(200, list(part), headers)


def page(found: Sequence[Json], query: dict[str, str], url: str) -> tuple[Sequence[Json], dict[str, str]]:
    """Return the part of a list that was asked for, and the header that names the others."""
    size = min(max(int(query.get("per_page", "30")), 1), 100)
    number = max(int(query.get("page", "1")), 1)
    last = max((len(found) + size - 1) // size, 1)

    def link(to: int, relation: str) -> str:
        return f'<{url}?{urlencode({**query, "page": to})}>; rel="{relation}"'

    links = [link(number - 1, "prev"), link(1, "first")] if number > 1 else []
    links = [link(number + 1, "next"), link(last, "last"), *links] if number < last else links
    headers = {"Link": ", ".join(links)} if links else {}
    return found[(number - 1) * size : number * size], headers
