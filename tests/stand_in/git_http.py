"""Git over HTTP: the stand-in hands each call to git's own server program, `git http-backend`."""

import subprocess
from email import message_from_bytes

from tests.stand_in.answers import Reply
from tests.stand_in.bare import environment
from tests.stand_in.state import State, Token

HEADERS = {"content-type": "CONTENT_TYPE", "content-encoding": "HTTP_CONTENT_ENCODING", "git-protocol": "GIT_PROTOCOL"}
WRITING = "git-receive-pack"


def refusal(state: State, token: Token, path: str, query: str) -> Reply | None:
    """Return why somebody may not do this, None when they may."""
    writes = path.endswith(WRITING) or f"service={WRITING}" in query
    role = "write" if token.kind == "installation" else state.role(token.account)
    if role == "none":
        return Reply(404, b"Repository not found.\n")
    level = token.may.get("contents", "")
    by_token = token.kind == "classic" or level == "write" or (level == "read" and not writes)
    if not by_token or (writes and role in ("read", "triage")):
        return Reply(403, f"Permission to {state.name}.git denied to {token.account.login}.\n".encode())
    if writes and state.archived:
        return Reply(403, b"This repository was archived so it is read-only.\n")
    return None


def serve(state: State, call: tuple[str, str, str], headers: dict[str, str], body: bytes) -> Reply:
    """Answer a call (method, path inside the repository, query) as git does."""
    method, path, query = call
    env = environment() | {
        "GIT_PROJECT_ROOT": str(state.bare.path),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{path}",
        "QUERY_STRING": query,
        "REQUEST_METHOD": method,
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
    }
    env |= {variable: headers[name] for name, variable in HEADERS.items() if name in headers}
    done = subprocess.run(["git", "http-backend"], input=body, env=env, capture_output=True, check=True)
    head, _, sent = done.stdout.partition(b"\r\n\r\n")
    said = message_from_bytes(head)
    status = int((said["Status"] or "200").split()[0])
    return Reply(
        status, sent, {name: value for name, value in said.items() if name not in ("Status", "Content-Length")}
    )
