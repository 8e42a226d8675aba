"""The few things that only GraphQL can do: who asks, and whether a pull request is a draft."""

import re
from typing import Any

from tests.stand_in.answers import Json, Refused, Reply
from tests.stand_in.state import State, Thread, Token, node

FIELD = re.compile(r"^\s*(?:(?P<kind>query|mutation)\b[^{]*)?\{\s*(?:\w+\s*:\s*)?(?P<field>\w+)")
ID = re.compile(r"pullRequestId\s*:\s*(?:\"(?P<text>[^\"]*)\"|\$(?P<name>\w+))")
WHOLE = re.compile(r"\binput\s*:\s*\$(?P<name>\w+)")
DRAFT = {"markPullRequestReadyForReview": False, "convertPullRequestToDraft": True}


def answer(state: State, token: Token, body: Json) -> Reply:
    """Answer one query; what is wrong with it is said in `errors`, and the status is 200 all the same."""
    query = body.get("query")
    if not isinstance(query, str):
        raise Refused(400, "A query attribute must be specified and must be a string.")
    found = FIELD.match(query)
    kind = (found["kind"] or "query") if found else "query"
    name = found["field"] if found else ""
    if kind == "query" and name == "viewer":
        shape = {"login": token.account.login, "id": node("U", token.account.id)}
        return Reply(200, {"data": {"viewer": _asked_for(query, shape)}})
    if kind == "mutation" and name in DRAFT:
        return _set_draft(state, token, (name, query), _identity(query, body.get("variables") or {}))
    words = f"Field '{name}' doesn't exist on type '{kind.capitalize()}'"
    return Reply(200, {"errors": [{"path": [kind, name], "message": words, "extensions": {"code": "undefinedField"}}]})


def _identity(query: str, variables: dict[str, Any]) -> str:
    """Return the pull request's id, in the query itself or in a variable."""
    if found := ID.search(query):
        return str(found["text"] if found["text"] is not None else variables.get(found["name"], ""))
    if found := WHOLE.search(query):
        return str(variables.get(found["name"], {}).get("pullRequestId", ""))
    return ""


def _asked_for(query: str, shape: Json) -> Json:
    """Return those parts of an answer that the innermost braces of a query name, in their order."""
    names = query[query.rindex("{") :].partition("}")[0].strip("{ ").split()
    return {name: shape[name] for name in names}


def _set_draft(state: State, token: Token, asked: tuple[str, str], identity: str) -> Reply:
    name, query = asked
    thread = next((known for known in state.threads.values() if node("PR", known.id) == identity), None)
    if thread is None or thread.head is None:
        return _error(name, "NOT_FOUND", f"Could not resolve to a node with the global id of '{identity}'")
    if not _may(state, token, thread):
        by = "integration" if token.kind == "installation" else "personal access token"
        return _error(name, "FORBIDDEN", f"Resource not accessible by {by}")
    if state.archived:
        return _error(name, "UNPROCESSABLE", "Repository was archived so is read-only.")
    if thread.head.draft == DRAFT[name]:
        return _error(name, "UNPROCESSABLE", f"Pull request is already {'a draft' if DRAFT[name] else 'ready'}.")
    thread.head.draft = DRAFT[name]
    thread.updated = state.now()
    pull = {"id": identity, "number": thread.number, "isDraft": thread.head.draft, "state": thread.state.upper()}
    return Reply(200, {"data": {name: {"pullRequest": _asked_for(query, pull)}}})


def _may(state: State, token: Token, thread: Thread) -> bool:
    if token.kind != "classic" and token.may.get("pull_requests") != "write":
        return False
    return token.kind == "installation" or thread.author == token.account or state.at_least(token.account, "write")


def _error(name: str, kind: str, message: str) -> Reply:
    error = {"type": kind, "path": [name], "message": message, "locations": [{"line": 1, "column": 1}]}
    return Reply(200, {"data": {name: None}, "errors": [error]})
