"""Which function answers which call, and what its caller must be allowed to do."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.stand_in.answers import Json, Refused, Reply, page
from tests.stand_in.shapes import REPOSITORY, Shapes
from tests.stand_in.state import State, Thread, Token

REPO = "/repos/{owner}/{repo}"
NAMED = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Request:
    """One call of the API, read and allowed."""

    state: State
    shapes: Shapes
    token: Token
    path: str
    params: dict[str, str]  # what the path names
    query: dict[str, str]
    body: Json

    @property
    def url(self) -> str:
        """Return where this call went, without its query."""
        return self.shapes.api + self.path

    def thread(self, *, pull: bool = False) -> Thread:
        """Return the issue or pull request that the path names."""
        found = self.state.threads.get(int(self.params["number"]))
        if found is None or (pull and found.head is None):
            raise Refused(404, "Not Found")
        return found

    def part(self, found: list[Any]) -> tuple[list[Any], dict[str, str]]:
        """Return the page of a list that was asked for, before it is written out."""
        part, headers = page(found, self.query, self.url)
        return list(part), headers


@dataclass(frozen=True)
class Route:
    """One call. `needs` is permission:read or permission:write, several with | between; `role` the least role."""

    method: str
    template: str
    pattern: re.Pattern[str]
    needs: str
    role: str
    answer: Callable[[Request], Reply]


ROUTES: list[Route] = []
Answer = Callable[[Request], Reply]


def route(method: str, template: str, needs: str = "metadata:read", role: str = "read") -> Callable[[Answer], Answer]:
    """Let a function answer the calls that fit a template such as /repos/{owner}/{repo}/pulls/{number}."""
    # A label or ref may hold a slash; a number is one.
    pattern = NAMED.sub(
        lambda found: r"(?P<number>\d+)" if found[1] == "number" else f"(?P<{found[1]}>[^/]+)", template
    )
    pattern = pattern.replace("(?P<ref>[^/]+)", "(?P<ref>.+)")

    def keep(answer: Answer) -> Answer:
        ROUTES.append(Route(method, template, re.compile(pattern), needs, role, answer))
        return answer

    return keep


def find(method: str, path: str) -> tuple[Route, dict[str, str]]:
    """Return who answers this call, and what its path names."""
    for known in ROUTES:
        if known.method == method and (match := known.pattern.fullmatch(path)):
            return known, match.groupdict()
    raise Refused(404, "Not Found")


def allow(state: State, known: Route, params: dict[str, str], token: Token) -> None:
    """Refuse a call whose caller may not make it, in the order in which the host looks."""
    if not known.template.startswith(REPO):
        return
    _same_repository(state, known.method, f"{params['owner']}/{params['repo']}")
    role = "write" if token.kind == "installation" else state.role(token.account)
    if role == "none" or (token.kind == "classic" and "repo" not in token.scopes):
        raise Refused(404, "Not Found")  # a private repository is not even owned up to
    if known.method != "GET" and state.archived:
        raise Refused(403, "Repository was archived so is read-only.")
    if token.kind != "classic" and not any(_granted(token, need) for need in known.needs.split("|")):
        by = "integration" if token.kind == "installation" else "personal access token"
        accepted = known.needs.replace(":", "=").replace("|", "; ")
        raise Refused(403, f"Resource not accessible by {by}", X_Accepted_GitHub_Permissions=accepted)
    if token.kind != "installation" and not state.at_least(token.account, known.role):
        raise Refused(403, "You do not have permission to do this on this repository.")


def _same_repository(state: State, method: str, name: str) -> None:
    if name.lower() == state.name.lower():
        return
    if name.lower() not in [former.lower() for former in state.former]:
        raise Refused(404, "Not Found")
    status = 301 if method == "GET" else 307
    raise Refused(status, "Moved Permanently", Location=f"/repositories/{REPOSITORY}")


def _granted(token: Token, need: str) -> bool:
    name, level = need.split(":")
    return token.may.get(name) in {"read": ("read", "write"), "write": ("write",)}[level] or name == "metadata"
