"""What GitHub answered, and what an answer that is a refusal means for a human (pure)."""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from improver.errors import ForgeError

SHOWN = 600  # characters of what a host says that a message repeats
MESSAGES = 8  # of one answer
NEEDED = "contents, pull requests, checks and issues: write"
NO_TOKEN_FIX = f"export NOVA_GITHUB_TOKEN=... with {NEEDED}"
RATE_WORDS = re.compile(r"\brate limit\b", re.IGNORECASE)
RATE_TYPES = frozenset({"RATE_LIMITED", "RATE_LIMIT"})  # as GraphQL calls it, and as it calls it since 2025
SHORT = 60.0  # seconds to wait where a limit does not say how long; GitHub's own advice


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `where` is the method and address that were asked; header names are in lower case."""

    where: str
    status: int
    headers: Mapping[str, str]
    data: bytes

    def body(self) -> object:
        """Return the JSON that the answer holds, None when it holds nothing; raise ForgeError when it is none."""
        if not self.data.strip():
            return None
        try:
            return json.loads(self.data)
        except (ValueError, RecursionError) as error:
            fix = "look whether the address of the API is right (GITHUB_API_URL) and a proxy stands between"
            why = f"{len(self.data):,} bytes of {said(self.headers.get('content-type', 'no type'))}: {said(str(error))}"
            raise ForgeError("the host did not answer with JSON", where=self.where, why=why, fix=fix) from error


def said(text: str) -> str:
    """Return what a host says as one short line without anything that a terminal could act upon."""
    line = " ".join("".join(" " if unicodedata.category(char)[0] == "C" else char for char in text).split())
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}..."


def messages(reply: Reply) -> tuple[str, ...]:
    """Return what an answer says went wrong, the general message first; () when it says nothing that can be read."""
    try:
        body = json.loads(reply.data)
    except (ValueError, RecursionError):
        return ()
    if not isinstance(body, dict):
        return ()
    details = body.get("errors")
    found = [body.get("message"), *(map(_detail, details) if isinstance(details, list) else [details])]
    return tuple(dict.fromkeys(said(text) for text in found if isinstance(text, str) and text))[:MESSAGES]


def _detail(error: object) -> object:
    """Return one of GitHub's errors in words: its message, or which field of which resource is wrong, and how."""
    if not isinstance(error, dict):
        return error
    words = [error.get(key) for key in ("resource", "field", "code")]
    return error.get("message") or " ".join(word for word in words if isinstance(word, str))


def graphql_types(reply: Reply) -> frozenset[str]:
    """Return the types of the errors that an answer of GraphQL, which is always a success, tells."""
    try:
        body = json.loads(reply.data)
    except (ValueError, RecursionError):
        return frozenset()
    errors = body.get("errors") if isinstance(body, dict) else None
    listed = errors if isinstance(errors, list) else []
    return frozenset(str(error.get("type")) for error in listed if isinstance(error, dict))


def wait_for(reply: Reply, now: float) -> float | None:
    """Return the seconds after which a limit on requests lets us ask again, None when it was no such limit."""
    if reply.status == 200 and reply.where.endswith("/graphql"):
        if not (graphql_types(reply) & RATE_TYPES or _says_limit(reply)):
            return None
    elif reply.status not in (403, 429) or not _limited(reply):
        return None
    after, reset = reply.headers.get("retry-after", ""), reply.headers.get("x-ratelimit-reset", "")
    if _whole(after):
        return max(1.0, float(after))
    if reply.headers.get("x-ratelimit-remaining") == "0" and _whole(reset):
        return max(1.0, float(reset) - now + 1)
    return SHORT


def _limited(reply: Reply) -> bool:
    return (
        reply.status == 429
        or "retry-after" in reply.headers
        or reply.headers.get("x-ratelimit-remaining") == "0"
        or _says_limit(reply)
    )


def _says_limit(reply: Reply) -> bool:
    return any(RATE_WORDS.search(text) for text in messages(reply))


def _whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 11  # a longer one is no date that can be told


def too_long_a_wait(reply: Reply, until: float, longest: float) -> ForgeError:
    """Return the error of a limit that lasts longer than one waits for."""
    at = datetime.fromtimestamp(until, UTC).isoformat(timespec="seconds")
    why = "; ".join((f"it says: {'; '.join(messages(reply)) or reply.status}", f"longer than {longest:.0f} s"))
    fix = f"run it again after {at}; a token of an app has a higher limit"
    return ForgeError(f"the host takes no more requests until {at}", where=reply.where, why=why, fix=fix)


def refusal(reply: Reply) -> ForgeError:
    """Return the error that tells what an answer other than a success means, and what to do."""
    what, fix = _meaning(reply)
    return ForgeError(what, where=reply.where, why="; ".join(messages(reply)) or f"status {reply.status}", fix=fix)


def _meaning(reply: Reply) -> tuple[str, str]:
    """Return what an answer's status says, and the fix."""
    if reply.status == 401:
        return "the host does not know this token: it is wrong, revoked or expired", NO_TOKEN_FIX
    if reply.status == 403:
        return _forbidden(reply)
    if reply.status == 422:
        return "the host refuses what it was asked", "mend what it names above"
    if reply.status >= 500:
        return f"the host has trouble of its own (status {reply.status})", "run it again later; nothing is lost"
    return MEANINGS.get(
        reply.status, (f"the host answered with status {reply.status}", "run it again; nothing is lost")
    )


MEANINGS = {
    404: (
        "the host knows no such thing, or hides it from this token",
        "check owner/name (GITHUB_REPOSITORY), the number, and that the token may read this repository",
    ),
    409: ("the host is at odds with itself over this", "run it again: every step looks first at what is there"),
    410: ("it was there and is gone, or is switched off in this repository", "switch it on in the settings, or go on"),
    451: ("the host may not show it for legal reasons", "ask its owner"),
}


def _forbidden(reply: Reply) -> tuple[str, str]:
    text = " ".join(messages(reply))
    if "archived" in text:
        return "the repository is archived: it can be read only", "unarchive it in its settings, or leave it be"
    if "not permitted to create" in text:  # whatever the token has
        fix = "Settings > Actions > General: allow GitHub Actions to create pull requests; or use an app"
        return "the repository lets no workflow open pull requests", fix
    if organisation := reply.headers.get("x-github-sso"):
        return "the organisation wants single sign-on for this token", f"authorise it there: {said(organisation)}"
    needed = reply.headers.get("x-accepted-github-permissions") or reply.headers.get("x-accepted-oauth-scopes")
    has = reply.headers.get("x-oauth-scopes")
    fix = f"give the token {said(needed)}" if needed else f"give the token {NEEDED}"
    return "the token may not do this", fix + (f"; it has {said(has) or 'no scope at all'}" if has is not None else "")


def graphql_refusal(reply: Reply, details: list[object]) -> ForgeError:
    """Return the error of a GraphQL request that was answered, but with errors."""
    why = "; ".join(said(str(_detail(error))) for error in details[:MESSAGES]) or "it does not say why"
    if graphql_types(reply) & {"FORBIDDEN", "INSUFFICIENT_SCOPES"}:
        return ForgeError("the token may not do this", where=reply.where, why=why, fix=f"give the token {NEEDED}")
    fix = "mend what it names above"
    return ForgeError("the host refuses what it was asked", where=reply.where, why=why, fix=fix)
