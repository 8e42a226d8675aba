"""The stand-in's HTTP server: reads a call, lets it go wrong where a test says so, answers it."""

import base64
import hashlib
import json
import re
import socket
import struct
import sys
import threading
import traceback
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.stand_in import calls_app, calls_checks, calls_issues, calls_pulls, calls_reviews, git_http, graphql
from tests.stand_in.answers import Refused, Reply
from tests.stand_in.faults import Call, Fault, Faults
from tests.stand_in.pulling import branches_moved
from tests.stand_in.routing import Request, allow, find
from tests.stand_in.shapes import REPOSITORY, Shapes
from tests.stand_in.state import State, Token

CALLS = (calls_app, calls_checks, calls_issues, calls_pulls, calls_reviews)  # importing them names their routes
GIT = re.compile(r"/(?P<name>[^/]+/[^/]+?)\.git/(?P<path>info/refs|git-upload-pack|git-receive-pack)")
ENTERPRISE = "/api/v3"
GRAPHQL = ("/graphql", "/api/graphql", "/api/v3/graphql")
MOVED = f"/repositories/{REPOSITORY}"  # where calls by a former name are sent
RESET = struct.pack("ii", 1, 0)


class Server(ThreadingHTTPServer):
    """Serves one state, with faults. `public` is where callers reach it, when a proxy stands between."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, state: State, faults: Faults) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.state = state
        self.faults = faults
        self.public = ""
        self.closing = threading.Event()
        self.broke: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - named by the class below
        """Keep what broke; a caller who went away is what some tests are about."""
        error = sys.exception()
        if not isinstance(error, OSError):
            self.broke.append("".join(traceback.format_exception(error)))


class Handler(BaseHTTPRequestHandler):
    """Answers the calls of one connection."""

    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, *words: Any) -> None:
        """Keep quiet: `faults.calls` is the log."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _serve(self) -> None:
        body = self._read()
        split = urlsplit(self.path)
        call = Call(self.command, self.path, _template(self.command, split.path))
        fault = self.server.faults.begin(call)
        if fault and fault.kind == "cut" and not fault.done:
            self._reset()
            return
        if fault and fault.kind == "slow":
            self.server.closing.wait(fault.seconds)
        try:
            if fault and fault.refusal:
                raise fault.refusal
            reply = self._git(call, split.query, body) if GIT.fullmatch(split.path) else self._api(call, body)
        except Refused as refused:
            reply = refused.reply()
        call.status = 0 if fault and fault.done else reply.status
        self._answer(reply, fault)

    def _read(self) -> bytes:
        """Return the body of the call, sent whole or in chunks."""
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", "0")))
        chunks = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def _token(self, *, app: bool = False) -> Token:
        """Return whose call this is; refuse one that shows no token, or one that is none (any longer)."""
        kind, _, shown = self.headers.get("Authorization", "").partition(" ")
        if not shown:
            raise Refused(401, "Requires authentication")
        if kind.lower() == "basic":
            shown = base64.b64decode(shown).decode().partition(":")[2]
        if app and shown.count(".") == 2:
            return calls_app.app_token(self.server.state, shown)
        token = self.server.state.tokens.get(shown)
        if token is None or (token.expires and token.expires < datetime.now(UTC)):
            raise Refused(401, "Bad credentials")
        return token

    def _git(self, call: Call, query: str, body: bytes) -> Reply:
        found = GIT.fullmatch(urlsplit(self.path).path)
        state = self.server.state
        if found is None or found["name"] not in (state.name, *state.former):
            return Reply(404, b"Repository not found.\n")
        try:
            token = self._token()
        except Refused:
            return Reply(401, b"No anonymous access.\n", {"WWW-Authenticate": 'Basic realm="GitHub"'})
        call.login = token.account.login
        if found["name"] != state.name:
            return Reply(301, b"", {"Location": f"{self.server.url}/{state.name}.git/{found['path']}?{query}"})
        if refused := git_http.refusal(state, token, found["path"], query):
            return refused
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = git_http.serve(state, (self.command, found["path"], query), headers, body)
        if found["path"] == git_http.WRITING:
            with state.lock:
                branches_moved(state, token.account)
        return reply

    def _api(self, call: Call, body: bytes) -> Reply:
        split = urlsplit(self.path)
        web = self.server.public or self.server.url
        prefix = ENTERPRISE if split.path.startswith(ENTERPRISE) else ""
        state = self.server.state
        with state.lock:
            state.calls_left -= 1
            if split.path in GRAPHQL:
                token = self._token()
                call.login = token.account.login
                return graphql.answer(state, token, _parsed(body))
            path = split.path.removeprefix(prefix).replace(MOVED, f"/repos/{state.name}", 1)
            known, params = find(self.command, path)
            params = {name: unquote(value) for name, value in params.items()}
            token = self._token(app=True)
            call.login = token.account.login
            if token.kind != "app":
                self._allow(known, params, token, prefix)
            full = "full" in self.headers.get("Accept", "")
            shapes = Shapes(state, web + prefix, web, full)
            query = dict(parse_qsl(split.query, keep_blank_values=True))
            return known.answer(Request(state, shapes, token, path, params, query, _parsed(body)))

    def _allow(self, known: Any, params: dict[str, str], token: Token, prefix: str) -> None:
        try:
            allow(self.server.state, known, params, token)
        except Refused as refused:
            if "Location" in refused.headers:
                split = urlsplit(self.path)
                rest = split.path.removeprefix(prefix).split("/", 4)[4:]
                where = (self.server.public or self.server.url) + prefix + refused.headers["Location"]
                refused.headers["Location"] = "/".join([where, *rest]) + (f"?{split.query}" if split.query else "")
            raise

    def _answer(self, reply: Reply, fault: Fault | None) -> None:
        data = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        headers = self._headers(reply, data)
        status = reply.status
        if status == 200 and headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
            status, data = 304, b""
            self.server.state.calls_left += 1  # an answer that has not changed costs nothing
        if fault and fault.kind == "cut":
            self._reset()
            return
        self.send_response(status)
        if status == 304:
            del headers["Content-Type"]
        else:
            headers["Content-Length"] = str(len(data))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        torn = fault is not None and fault.kind == "torn"
        self.wfile.write(data[: len(data) // 2] if torn else data)
        self.close_connection = self.close_connection or torn

    def _headers(self, reply: Reply, data: bytes) -> dict[str, str]:
        if isinstance(reply.body, bytes):
            return {"Content-Type": "text/plain; charset=utf-8", **reply.headers}
        left = self.server.state.calls_left
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-GitHub-Media-Type": "github.v3; format=json",
            "X-GitHub-Api-Version-Selected": "2022-11-28",
            "X-GitHub-Request-Id": hashlib.sha256(data).hexdigest()[:16].upper(),
            "X-OAuth-Scopes": self._scopes(),
            "X-RateLimit-Limit": str(calls_app.LIMIT),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Used": str(calls_app.LIMIT - left),
            "X-RateLimit-Reset": str(int(datetime.now(UTC).timestamp()) + 3600),
            "X-RateLimit-Resource": "core",
        }
        if self.command == "GET" and reply.status == 200:
            headers["ETag"] = f'"{hashlib.sha256(data).hexdigest()}"'
            headers["Cache-Control"] = "private, max-age=60, s-maxage=60"
        return headers | {name.replace("Ratelimit", "RateLimit"): value for name, value in reply.headers.items()}

    def _scopes(self) -> str:
        try:
            return ", ".join(self._token().scopes)
        except (Refused, ValueError):
            return ""

    def _reset(self) -> None:
        """End the connection the hard way: the caller sees a reset, not an end."""
        self.close_connection = True
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.connection.shutdown(socket.SHUT_RD)
        self.connection.close()


def _template(method: str, path: str) -> str:
    """Return a path with what varies in it named; as it is where nothing answers."""
    if found := GIT.fullmatch(path):
        return f"/{{owner}}/{{repo}}.git/{found['path']}"
    if path in GRAPHQL:
        return "/graphql"
    path = path.removeprefix(ENTERPRISE).replace(MOVED, "/repos/-/-", 1)
    try:
        return find(method, path)[0].template
    except Refused:
        return path


def _parsed(body: bytes) -> Any:
    try:
        parsed = json.loads(body) if body else {}
    except ValueError as error:
        raise Refused(400, "Problems parsing JSON") from error
    if not isinstance(parsed, dict | list):
        raise Refused(400, "Body should be a JSON object")
    return parsed
