"""One line to GitHub: bounded in time, size and waiting; it never shows the token to another host."""

import contextlib
import json
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import requests
from github3.session import GitHubSession
from urllib3.exceptions import NewConnectionError

from improver.adapters.github_errors import Reply, graphql_refusal, refusal, said, too_long_a_wait, wait_for
from improver.adapters.origin import LOOPBACK, shown
from improver.errors import ForgeError

CONNECT, READ, WHOLE = 10.0, 30.0, 120.0  # seconds: to connect, between two pieces, for one answer
LONGEST = 120.0  # seconds that one call waits in all for a limit on requests
PAUSES = (1.0, 4.0)  # seconds before another attempt
AGAIN = (500, 502, 503, 504)
MOVED = (301, 302, 307, 308)
HOPS = 4
BIGGEST = 32 << 20  # bytes of one answer; a hundred pull requests with the longest bodies are fewer
KEPT, KEPT_BYTES = 200, 32 << 20  # answers remembered
PAGES = 1000
IDEMPOTENT = ("GET", "PUT", "PATCH", "DELETE")
GRAPHQL = "/graphql"
NEXT = re.compile(r'<([^>]*)>\s*;[^,<]*\brel="?next"?')
TOKEN = re.compile(r"[\x21-\x7e]{1,1000}")
NO_QUERY: Mapping[str, str | int] = MappingProxyType({})
HEADERS = {"Accept": "application/json", "User-Agent": "nova-improver", "X-GitHub-Api-Version": "2022-11-28"}


@dataclass(frozen=True, slots=True)
class Clock:
    """The time, as seconds since 1970, and a way to let it pass."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


CLOCK = Clock()


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. `again` says that it does no harm to make it twice."""

    method: str
    path: str
    body: object = None
    again: bool = False


class Bearer:
    """Puts the token on a request, fresh for each; tells it to nobody else."""

    def __init__(self, token: Callable[[], str]) -> None:
        self._token = token

    def __repr__(self) -> str:
        return "Bearer(***)"

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the header."""
        token = self._token()
        if not TOKEN.fullmatch(token):
            raise ForgeError("the token holds characters that no token has", fix="export it anew, without quotes")
        request.headers["Authorization"] = f"Bearer {token}"
        return request


class _Session(GitHubSession):  # type: ignore[misc]  # the library has no types
    """A session that follows nothing: it would even read, and stumble over, an address that is none."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Say that there is nowhere to go."""


class Line:
    """A connection to the API at `api`, as whom `token` says. Raises ForgeError only."""

    def __init__(self, api: str, token: Callable[[], str], clock: Clock = CLOCK) -> None:
        self.api = api.rstrip("/")
        self._clock = clock
        self._remembered: OrderedDict[str, Reply] = OrderedDict()
        self._session: requests.Session = _Session(default_connect_timeout=CONNECT, default_read_timeout=READ)
        self._session.headers.update(HEADERS)
        self._session.auth = Bearer(token)
        host = urlsplit(self.api).hostname
        self._session.trust_env = host not in [name.strip("[]") for name in LOOPBACK]  # no proxy leads to ourselves
        if urlsplit(self.api).scheme != "https" and self._session.trust_env:
            raise ForgeError("a token would travel in the clear", where=self.api, fix="use https")

    def get(self, path: str, *, also: Collection[int] = ()) -> Reply:
        """Ask for what is at `path`; a status in `also` is an answer like any other."""
        return self._checked(Ask("GET", path, again=True), also)

    def send(
        self, method: str, path: str, body: object, *, also: Collection[int] = (), again: bool | None = None
    ) -> Reply:
        """Change what is at `path`; `again` tells whether that does no harm twice, which else the method tells."""
        return self._checked(Ask(method, path, body, method in IDEMPOTENT if again is None else again), also)

    def pages(self, path: str, query: Mapping[str, str | int] = NO_QUERY) -> Iterator[Reply]:
        """Ask for every page of a list. Of the next one's address only the query is taken: it cannot lead elsewhere."""
        asked: Mapping[str, str | int] = {**query, "per_page": 100}
        for _ in range(PAGES):
            reply = self.get(f"{path}?{urlencode(asked)}")
            yield reply
            following = NEXT.search(reply.headers.get("link", ""))
            if following is None:
                return
            before, asked = asked, dict(parse_qsl(following[1].partition("?")[2].partition("#")[0]))
            if asked == {key: str(value) for key, value in before.items()}:
                break
        raise ForgeError("the list has no end", where=f"GET {self.api}{path}", fix="tell the host's administrator")

    def graphql(self, query: str, variables: Mapping[str, str]) -> object:
        """Ask with a query, or a mutation that does no harm twice; return its data."""
        reply = self._checked(Ask("POST", GRAPHQL, {"query": query, "variables": dict(variables)}, again=True), ())
        body = reply.body()
        errors = body.get("errors") if isinstance(body, dict) else ["it is no answer to a query"]
        if errors:
            raise graphql_refusal(reply, errors if isinstance(errors, list) else [errors])
        return body.get("data") if isinstance(body, dict) else None

    def _checked(self, ask: Ask, also: Collection[int]) -> Reply:
        reply = self._followed(ask)
        if 200 <= reply.status < 300 or reply.status in also:
            return reply
        raise refusal(reply)

    def _address(self, path: str) -> str:
        """Return where a path of the API is; an enterprise host has its GraphQL beside the rest."""
        return f"{self.api.removesuffix('/v3')}{path}" if path == GRAPHQL else f"{self.api}{path}"

    def _followed(self, ask: Ask) -> Reply:
        """Ask, and once more where the host says that it moved: a renamed repository answers so."""
        url = self._address(ask.path)
        for _ in range(HOPS):
            reply = self._admitted(ask, url)
            if reply.status not in MOVED:
                return reply
            url = self._at_home(url, reply)
        raise ForgeError("the host sends us in a circle", where=reply.where, fix="check owner/name")

    def _at_home(self, url: str, reply: Reply) -> str:
        """Return where `url` has moved, if that is at the host that the token is for."""
        location = reply.headers.get("location", "")
        with contextlib.suppress(ValueError):  # an address that is none
            target = urljoin(url, location)
            if _origin(target) == _origin(self.api):
                return target
        why = f"it names {said(shown(location))}, and the token is for {_origin(self.api)} only"
        fix = "check the address of the API (GITHUB_API_URL) and of the remote"
        raise ForgeError("the host sends us to another one", where=reply.where, why=why, fix=fix)

    def _admitted(self, ask: Ask, url: str) -> Reply:
        """Ask until no limit on requests stands against it: what a limit refused was not done."""
        waited = 0.0
        while True:
            reply = self._answered(ask, url)
            pause = wait_for(reply, self._clock.now())
            if pause is None:
                return reply
            if waited + pause > LONGEST:
                raise too_long_a_wait(reply, self._clock.now() + pause, LONGEST)
            self._clock.sleep(pause)
            waited += pause

    def _answered(self, ask: Ask, url: str) -> Reply:
        """Ask until there is an answer; what could be done twice is asked once, unless it never left."""
        for pause in PAUSES:
            try:
                reply = self._once(ask, url)
            except requests.RequestException as error:
                if not (ask.again or _never_left(error)):
                    raise self._gone(ask, url, error) from error
            else:
                if reply.status not in AGAIN or not ask.again:
                    return reply
            self._clock.sleep(pause)
        try:
            return self._once(ask, url)
        except requests.RequestException as error:
            raise self._gone(ask, url, error) from error

    def _once(self, ask: Ask, url: str) -> Reply:
        known = self._remembered.get(url) if ask.method == "GET" else None
        headers = {"If-None-Match": known.headers["etag"]} if known else {}
        # Half characters, which stand for bytes of a path that are no text, would make the whole unreadable there.
        body = None if ask.body is None else json.dumps(ask.body, ensure_ascii=False).encode("utf-8", "replace")
        answer = self._session.request(ask.method, url, data=body, headers=headers, stream=True, allow_redirects=False)
        with answer:
            where = f"{ask.method} {url.partition('?')[0]}"
            lowered = {name.lower(): value for name, value in answer.headers.items()}
            reply = Reply(where, answer.status_code, lowered, self._read(answer, where))
        if known and reply.status == 304:
            self._remembered.move_to_end(url)
            # What is said anew holds: a page that is the same may have become one that another follows.
            return replace(known, headers={**known.headers, **lowered})
        if ask.method == "GET" and reply.status == 200 and "etag" in lowered:
            self._remember(url, reply)
        return reply

    def _read(self, answer: requests.Response, where: str) -> bytes:
        """Return the whole body, within its bounds."""
        begun, data = self._clock.now(), bytearray()
        for piece in answer.iter_content(1 << 16):
            data += piece
            if len(data) > BIGGEST:
                why = f"more than {BIGGEST:,} bytes"
                raise ForgeError("the host's answer is too big", where=where, why=why, fix="ask for less")
            if self._clock.now() - begun > WHOLE:
                why = f"{len(data):,} bytes in {WHOLE:.0f} s"
                raise ForgeError("the host's answer does not end", where=where, why=why, fix="run it again later")
        return bytes(data)

    def _remember(self, url: str, reply: Reply) -> None:
        """Keep an answer for the next time, and the oldest ones no longer than there is room."""
        self._remembered.pop(url, None)
        self._remembered[url] = reply
        held = sum(len(one.data) for one in self._remembered.values())
        while self._remembered and (len(self._remembered) > KEPT or held > KEPT_BYTES):
            held -= len(self._remembered.popitem(last=False)[1].data)

    def _gone(self, ask: Ask, url: str, error: requests.RequestException) -> ForgeError:
        """Return the error that tells of a network that is gone; its cause forgets the request with the token."""
        error.request = error.response = None
        fix = "run it again when the network is back: every step looks first at what is there"
        return ForgeError(_lost(error), where=f"{ask.method} {url.partition('?')[0]}", why=_innermost(error), fix=fix)


def _origin(url: str) -> str:
    """Return scheme, host and port; raise ValueError when it is no address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}:{parts.port or {'https': 443, 'http': 80}.get(parts.scheme)}"


def _never_left(error: requests.RequestException) -> bool:
    """Tell whether the connection failed before anything was sent."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)


def _lost(error: requests.RequestException) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "the host's certificate does not hold"
    if isinstance(error, requests.Timeout):
        return "the host does not answer in time"
    return "the host cannot be reached, or hung up"


def _innermost(error: BaseException) -> str:
    """Return what is at the bottom of an error, in its own words."""
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__ or error
    return f"{type(error).__name__}: {error}"
