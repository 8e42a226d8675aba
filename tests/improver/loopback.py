"""A host on loopback that answers what a test wrote down, and remembers what it was asked."""

import contextlib
import json
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from improver.adapters.github_session import Clock
from improver.errors import ForgeError

TOKEN = "ghp_canary0123456789"


@dataclass(frozen=True)
class Answer:
    """One answer: JSON, or bytes as they are. With `cut` the connection ends after that many bytes of the body."""

    body: object = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None

    @property
    def data(self) -> bytes:
        """Return the body as it is sent."""
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Asked:
    """One request that came."""

    method: str
    path: str
    body: object
    headers: Mapping[str, str]


@dataclass
class Loopback:
    """What is answered, by method and path (with its query, else without); the last answer of each holds on."""

    url: str
    answers: dict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))
    asked: list[Asked] = field(default_factory=list)

    def on(self, request: str, *answers: Answer) -> None:
        """Answer `request` ("GET /path") so, one after the other."""
        self.answers[request].extend(answers)

    def answer(self, asked: Asked) -> Answer:
        """Return what is due."""
        whole, bare = f"{asked.method} {asked.path}", f"{asked.method} {asked.path.partition('?')[0]}"
        due = self.answers.get(whole) or self.answers.get(bare)
        if not due:
            return Answer({"message": "Not Found"}, 404)
        return due.pop(0) if len(due) > 1 else due[0]

    @property
    def calls(self) -> list[str]:
        """Return method and path of every request that came."""
        return [f"{one.method} {one.path}" for one in self.asked]

    def last(self, method: str) -> object:
        """Return the body of the last request with this method."""
        return next(one.body for one in reversed(self.asked) if one.method == method)


@contextlib.contextmanager
def serving() -> Iterator[Loopback]:
    """Serve on a free port of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.loopback = Loopback(f"http://127.0.0.1:{server.server_address[1]}")  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.loopback  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def _take(self) -> None:
        loopback: Loopback = self.server.loopback  # type: ignore[attr-defined]
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path, json.loads(text) if text else None, headers)
        loopback.asked.append(asked)
        self._give(loopback.answer(asked))

    def _give(self, answer: Answer) -> None:
        if answer.cut == 0:
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in {"Content-Type": "application/json", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.data)))
        self.end_headers()
        self.wfile.write(answer.data[: answer.cut])
        if answer.cut is not None:
            self.close_connection = True

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _take  # noqa: N815 - the names that the server calls

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the server's
        """Say nothing."""


@dataclass
class Hours:
    """A clock that passes only when somebody sleeps."""

    time: float = 1_800_000_000.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.time += seconds

    @property
    def clock(self) -> Clock:
        """Return it as the product takes it."""
        return Clock(lambda: self.time, self.sleep)


def tells(error: BaseException, text: str) -> bool:
    """Tell whether an error, what caused it, or what any of them holds shows `text`."""
    seen: set[int] = set()
    left: list[object] = [error]
    while left:
        one = left.pop()
        if id(one) in seen or one is None:
            continue
        seen.add(id(one))
        if text in repr(one) or text in str(one):
            return True
        if isinstance(one, BaseException):
            left += [one.__cause__, one.__context__, *one.args, *vars(one).values()]
        elif isinstance(one, dict):
            left += one.values()
        elif type(one).__module__.startswith(("requests", "urllib3", "github3")):
            left += getattr(one, "__dict__", {}).values()
    return False


def keeps_quiet(error: ForgeError, *secrets: str) -> bool:
    """Tell whether none of the secrets is anywhere in an error."""
    return not any(tells(error, secret) for secret in (TOKEN, *secrets))
