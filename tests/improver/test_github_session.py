"""Every way in which GitHub can fail to answer ends in one clear error, in bounded time, and the token stays here."""

import gzip
import itertools
import logging
import socket
from collections.abc import Callable, Iterator

import pytest

from improver.adapters import github_session
from improver.adapters.github_session import LONGEST, Clock, Line
from improver.errors import ForgeError
from tests.improver.loopback import TOKEN, Answer, Hours, Loopback, keeps_quiet, serving, tells

pytestmark = pytest.mark.host
THERE = Answer({"is": "there"})
LIMIT = {"message": "API rate limit exceeded for user ID 1."}
SECOND = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}
BUSY = Answer(b"<html>unicorn</html>", 502)
CUT = Answer({"is": "there"}, cut=5)
HUNG_UP = Answer(cut=0)


@pytest.fixture
def host() -> Iterator[Loopback]:
    with serving() as loopback:
        yield loopback


@pytest.fixture
def hours() -> Hours:
    return Hours()


@pytest.fixture
def line(host: Loopback, hours: Hours) -> Line:
    return Line(host.url, lambda: TOKEN, hours.clock)


def refused(call: Callable[[], object]) -> ForgeError:
    with pytest.raises(ForgeError) as error:
        call()
    assert keeps_quiet(error.value)
    assert error.value.exit_code == 5
    return error.value


def test_a_request_says_who_we_are_and_what_we_can_read(host: Loopback, line: Line) -> None:
    host.on("GET /x", THERE)
    assert line.get("/x").body() == {"is": "there"}
    sent = host.asked[0].headers
    assert (sent["authorization"], sent["accept"]) == (f"Bearer {TOKEN}", "application/json")
    assert (sent["user-agent"], sent["x-github-api-version"]) == ("nova-improver", "2022-11-28")


@pytest.mark.parametrize(
    ("answer", "what", "why", "fix"),
    [
        pytest.param(
            Answer({"message": "Bad credentials"}, 401),
            "the host does not know this token: it is wrong, revoked or expired",
            "Bad credentials",
            "NOVA_GITHUB_TOKEN",
            id="expired",
        ),
        pytest.param(
            Answer(
                {"message": "Resource not accessible by integration"},
                403,
                {"X-Accepted-GitHub-Permissions": "pull_requests=write"},
            ),
            "the token may not do this",
            "Resource not accessible by integration",
            "give the token pull_requests=write",
            id="wrong permission",
        ),
        pytest.param(
            Answer({"message": "Forbidden"}, 403, {"X-OAuth-Scopes": "", "X-Accepted-OAuth-Scopes": "repo"}),
            "the token may not do this",
            "Forbidden",
            "give the token repo; it has no scope at all",
            id="wrong scope",
        ),
        pytest.param(
            Answer(
                {"message": "Protected by SAML"}, 403, {"X-GitHub-SSO": "required; url=https://github.com/orgs/a/sso"}
            ),
            "the organisation wants single sign-on for this token",
            "Protected by SAML",
            "authorise it there: required; url=https://github.com/orgs/a/sso",
            id="single sign-on",
        ),
        pytest.param(
            Answer({"message": "Repository was archived so is read-only."}, 403),
            "the repository is archived: it can be read only",
            "Repository was archived so is read-only.",
            "unarchive",
            id="archived",
        ),
        pytest.param(
            Answer({"message": "GitHub Actions is not permitted to create or approve pull requests."}, 403),
            "the repository lets no workflow open pull requests",
            "GitHub Actions is not permitted to create or approve pull requests.",
            "Settings > Actions > General",
            id="a workflow's token",
        ),
        pytest.param(
            Answer({"message": "Not Found"}, 404),
            "the host knows no such thing, or hides it from this token",
            "Not Found",
            "GITHUB_REPOSITORY",
            id="not there",
        ),
        pytest.param(
            Answer({"message": "Conflict"}, 409),
            "the host is at odds with itself over this",
            "Conflict",
            "run it again",
            id="conflict",
        ),
        pytest.param(
            Answer({"message": "Issues are disabled for this repo"}, 410),
            "it was there and is gone, or is switched off in this repository",
            "Issues are disabled for this repo",
            "switch it on",
            id="gone",
        ),
        pytest.param(
            Answer(
                {
                    "message": "Validation Failed",
                    "errors": [
                        {"resource": "PullRequest", "field": "head", "code": "invalid"},
                        {"message": "No commits between main\u001b[31m and nova/x"},
                        "and a text",
                    ],
                },
                422,
            ),
            "the host refuses what it was asked",
            "Validation Failed; PullRequest head invalid; No commits between main [31m and nova/x; and a text",
            "mend",
            id="not valid, with a colour in its words",
        ),
        pytest.param(
            Answer({"message": "Repository access blocked"}, 451),
            "the host may not show it for legal reasons",
            "Repository access blocked",
            "owner",
            id="blocked by law",
        ),
        pytest.param(Answer(b"teapot", 418), "the host answered with status 418", "status 418", "again", id="no JSON"),
        pytest.param(Answer([1], 400), "the host answered with status 400", "status 400", "again", id="a list"),
        pytest.param(
            Answer(status=304), "the host answered with status 304", "status 304", "again", id="unchanged, but unknown"
        ),
    ],
)
def test_a_refusal_is_told_with_its_fix(
    answer: Answer, what: str, why: str, fix: str, host: Loopback, line: Line
) -> None:
    host.on("GET /x", answer)
    error = refused(lambda: line.get("/x?q=1"))
    assert (error.what, error.hint.where, error.hint.why) == (what, f"GET {host.url}/x", why)
    assert fix in error.hint.fix
    assert len(host.calls) == 1


def test_a_status_that_the_caller_awaits_is_an_answer(line: Line) -> None:
    assert line.get("/nothing", also=(404,)).status == 404


@pytest.mark.parametrize(
    ("limit", "slept"),
    [
        pytest.param(
            Answer(LIMIT, 403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1800000029"}), 30.0, id="primary"
        ),
        pytest.param(
            Answer(LIMIT, 429, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1799999000"}), 1.0, id="just over"
        ),
        pytest.param(Answer(SECOND, 403, {"Retry-After": "7"}), 7.0, id="secondary"),
        pytest.param(Answer(SECOND, 403), 60.0, id="secondary that does not say how long"),
        pytest.param(Answer(SECOND, 429, {"Retry-After": "soon"}), 60.0, id="secondary that says it badly"),
    ],
)
def test_a_short_limit_is_waited_for_also_by_what_may_be_done_once(
    limit: Answer, slept: float, host: Loopback, line: Line, hours: Hours
) -> None:
    host.on("POST /x", limit, THERE)
    assert line.send("POST", "/x", {"a": 1}).body() == {"is": "there"}
    assert hours.slept == [slept]
    assert [one.body for one in host.asked] == [{"a": 1}, {"a": 1}]


@pytest.mark.parametrize(
    "limit",
    [
        pytest.param(
            Answer(LIMIT, 403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1800003599"}), id="primary"
        ),
        pytest.param(Answer(SECOND, 429, {"Retry-After": "3600"}), id="secondary"),
    ],
)
def test_a_long_limit_is_told_with_its_end(limit: Answer, host: Loopback, line: Line, hours: Hours) -> None:
    host.on("GET /x", limit)
    error = refused(lambda: line.get("/x"))
    assert error.what == "the host takes no more requests until 2027-01-15T09:00:00+00:00"
    assert hours.slept == []


@pytest.mark.parametrize("seconds", ["99999999999", "999999999999"])
def test_a_limit_without_a_reasonable_end_is_told_all_the_same(seconds: str, host: Loopback, line: Line) -> None:
    host.on("GET /x", Answer(SECOND, 429, {"Retry-After": seconds}))
    assert refused(lambda: line.get("/x")).what.startswith("the host takes no more requests until ")


def test_limits_in_a_row_are_waited_for_no_longer_than_one(host: Loopback, line: Line, hours: Hours) -> None:
    host.on("GET /x", Answer(SECOND, 403, {"Retry-After": "50"}))
    refused(lambda: line.get("/x"))
    assert sum(hours.slept) == 100 <= LONGEST


@pytest.mark.parametrize(
    "error",
    [
        pytest.param({"type": "RATE_LIMITED", "message": "API rate limit exceeded"}, id="by its old name"),
        pytest.param({"type": "RATE_LIMIT", "code": "graphql_rate_limit", "message": "Too much"}, id="by its new name"),
        pytest.param({"message": "You have exceeded a secondary rate limit."}, id="by its words alone"),
    ],
)
def test_a_limit_on_queries_is_waited_for(error: dict[str, str], host: Loopback, line: Line, hours: Hours) -> None:
    host.on("POST /graphql", Answer({"errors": [error]}), Answer({"data": {"viewer": {"login": "ada"}}}))
    assert line.graphql("query", {}) == {"viewer": {"login": "ada"}}
    assert hours.slept == [60.0]


@pytest.mark.parametrize("fault", [BUSY, CUT, HUNG_UP], ids=["busy", "cut in the answer", "hung up"])
def test_what_may_be_asked_twice_is_asked_again(fault: Answer, host: Loopback, line: Line, hours: Hours) -> None:
    host.on("PATCH /x", fault, fault, THERE)
    assert line.send("PATCH", "/x", {"a": 1}).body() == {"is": "there"}
    assert (hours.slept, len(host.calls)) == ([1.0, 4.0], 3)


@pytest.mark.parametrize("fault", [BUSY, CUT, HUNG_UP], ids=["busy", "cut in the answer", "hung up"])
def test_what_may_be_done_once_is_never_sent_twice(fault: Answer, host: Loopback, line: Line) -> None:
    host.on("POST /x", fault, THERE)
    refused(lambda: line.send("POST", "/x", {"a": 1}))
    assert len(host.calls) == 1


def test_a_host_that_stays_busy_is_given_up(host: Loopback, line: Line) -> None:
    host.on("GET /x", BUSY)
    error = refused(lambda: line.get("/x"))
    assert error.what == "the host has trouble of its own (status 502)"
    assert len(host.calls) == 3


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_network_that_is_gone_is_told(method: str, hours: Hours) -> None:
    with socket.socket() as taken:  # bound, but nobody listens
        taken.bind(("127.0.0.1", 0))
        line = Line(f"http://127.0.0.1:{taken.getsockname()[1]}", lambda: TOKEN, hours.clock)
        error = refused(lambda: line.send(method, "/x", {"a": 1}))
    assert (error.what, error.hint.why) == (
        "the host cannot be reached, or hung up",
        "ConnectionRefusedError: [Errno 111] Connection refused",
    )
    assert hours.slept == [1.0, 4.0]  # a POST too: it never left


def test_a_host_that_says_nothing_is_given_up(hours: Hours, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(github_session, "READ", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        line = Line(f"http://127.0.0.1:{silent.getsockname()[1]}", lambda: TOKEN, hours.clock)
        assert refused(lambda: line.send("POST", "/x", {})).what == "the host does not answer in time"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_renamed_repository_is_followed_with_method_and_body(status: int, host: Loopback, line: Line) -> None:
    moved = Answer({"message": "Moved Permanently"}, status, {"Location": f"{host.url}/repositories/7/pulls"})
    host.on("POST /repos/old/name/pulls", moved)
    host.on("POST /repositories/7/pulls", THERE)
    assert line.send("POST", "/repos/old/name/pulls", {"a": 1}).body() == {"is": "there"}
    assert host.asked[1].body == {"a": 1}


def test_nothing_follows_to_another_host(host: Loopback, line: Line) -> None:
    with serving() as other:
        port = other.url.rpartition(":")[2]
        odd = ("https://127.0.0.1/x", "http://[", f"{host.url}:443/x", f"{host.url}@{other.url[7:]}/x", "file:///x")
        for location in (f"{other.url}/x", f"//127.0.0.1:{port}/x", *odd):
            host.on("GET /x", Answer(status=302, headers={"Location": location}))
            assert refused(lambda: line.get("/x")).what == "the host sends us to another one"
            host.answers.clear()
        assert other.asked == []


def test_a_circle_ends(host: Loopback, line: Line) -> None:
    host.on("GET /x", Answer(status=301, headers={"Location": "/x"}))
    assert refused(lambda: line.get("/x")).what == "the host sends us in a circle"


def test_what_has_not_changed_comes_from_memory(host: Loopback, line: Line) -> None:
    host.on("GET /x", Answer({"is": "there"}, headers={"ETag": 'W/"1"'}), Answer(status=304), Answer({"is": "new"}))
    assert [line.get("/x").body() for _ in range(3)] == [{"is": "there"}, {"is": "there"}, {"is": "new"}]
    assert [one.headers.get("if-none-match") for one in host.asked] == [None, 'W/"1"', 'W/"1"']


def test_an_unchanged_page_that_got_a_successor_is_gone_on_from(host: Loopback, line: Line) -> None:
    host.on(
        "GET /list",
        Answer([1], headers={"ETag": '"1"'}),
        Answer(status=304, headers={"Link": f'<{host.url}/list?page=2>; rel="next"'}),
        Answer([2]),
    )
    assert [[reply.body() for reply in line.pages("/list")] for _ in range(2)] == [[[1]], [[1], [2]]]


def test_memory_is_bounded(host: Loopback, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(github_session, "KEPT", 2)
    host.on("GET /x", Answer({"is": "there"}, headers={"ETag": '"1"'}))
    for number in (1, 2, 3, 1):
        line.get(f"/x?n={number}")
    line.get("/x?n=3")
    assert [one.headers.get("if-none-match") for one in host.asked] == [None, None, None, None, '"1"']


def test_an_answer_has_its_bound_also_when_it_is_packed(
    host: Loopback, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(github_session, "BIGGEST", 1 << 20)
    host.on("GET /x", Answer(b" " * ((1 << 20) + 1)))
    host.on("GET /packed", Answer(gzip.compress(b" " * (8 << 20)), headers={"Content-Encoding": "gzip"}))
    assert refused(lambda: line.get("/x")).what == "the host's answer is too big"
    assert refused(lambda: line.get("/packed")).what == "the host's answer is too big"


def test_an_answer_has_its_time(host: Loopback) -> None:
    ticks = itertools.count(step=100)
    host.on("GET /x", Answer(b" " * (1 << 20)))
    line = Line(host.url, lambda: TOKEN, Clock(lambda: float(next(ticks)), Hours().sleep))
    assert refused(lambda: line.get("/x")).what == "the host's answer does not end"


@pytest.mark.parametrize(
    "data",
    [b"{", b"<html>", b"\xff\xfe\x00", b"[" * 200_000, b'{"n": ' + b"9" * 5000 + b"}"],
    ids=["half", "a page", "no text", "too deep", "too big a number"],
)
def test_what_is_no_json_is_told(data: bytes, host: Loopback, line: Line) -> None:
    host.on("GET /x", Answer(data))
    assert refused(lambda: line.get("/x").body()).what == "the host did not answer with JSON"


def test_what_is_no_text_is_sent_as_a_mark_of_it(host: Loopback, line: Line) -> None:
    host.on("POST /x", THERE)
    line.send("POST", "/x", {"path": "caf\udce9 é \U0001f600"})
    assert host.last("POST") == {"path": "caf? é \U0001f600"}


def test_an_answer_may_be_empty(host: Loopback, line: Line) -> None:
    host.on("DELETE /x", Answer(status=204))
    assert line.send("DELETE", "/x", None).body() is None


@pytest.mark.parametrize(
    ("body", "what"),
    [
        pytest.param(
            {"data": None, "errors": [{"type": "FORBIDDEN", "message": "Resource not accessible"}]},
            "the token may not do this",
            id="forbidden",
        ),
        pytest.param(
            {"data": {"node": None}, "errors": [{"type": "NOT_FOUND", "message": "no node"}]},
            "the host refuses what it was asked",
            id="not found",
        ),
        pytest.param([], "the host refuses what it was asked", id="no answer to a query"),
        pytest.param({"errors": "odd"}, "the host refuses what it was asked", id="errors of an odd kind"),
    ],
)
def test_errors_of_a_query_come_as_a_success(body: object, what: str, host: Loopback, line: Line) -> None:
    host.on("POST /graphql", Answer(body))
    assert refused(lambda: line.graphql("query", {})).what == what


def test_queries_of_an_enterprise_host_go_beside_its_api(host: Loopback, hours: Hours) -> None:
    host.on("POST /api/graphql", Answer({"data": {}}))
    assert Line(f"{host.url}/api/v3", lambda: TOKEN, hours.clock).graphql("query", {}) == {}


def test_the_next_page_is_asked_at_our_address_whatever_the_host_calls_it(host: Loopback, line: Line) -> None:
    link = (
        '<https://elsewhere.example/repositories/7/x?per_page=100&page=2>; rel="next", <https://e/x?page=2>; rel="last"'
    )
    host.on("GET /x?per_page=100", Answer([1], headers={"Link": link}))
    host.on("GET /x?per_page=100&page=2", Answer([2]))
    assert [reply.body() for reply in line.pages("/x")] == [[1], [2]]


def test_a_list_without_an_end_is_left(host: Loopback, line: Line) -> None:
    host.on("GET /x", Answer([1], headers={"Link": '</x?per_page=100>; rel="next"'}))
    assert refused(lambda: list(line.pages("/x"))).what == "the list has no end"


def test_the_token_is_shown_to_nobody(
    host: Loopback, line: Line, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    host.on("GET /x", THERE)
    host.on("POST /x", HUNG_UP)
    line.get("/x")
    refused(lambda: line.send("POST", "/x", {}))
    out, err = capfd.readouterr()
    assert "GET /x" in caplog.text
    assert TOKEN not in caplog.text + out + err + repr(line) + repr(vars(line)) + repr(vars(vars(line)["_session"]))


def test_the_search_for_a_token_finds_one() -> None:
    error = ForgeError("it broke")
    error.__cause__ = ValueError({"headers": {"Authorization": TOKEN}})
    assert tells(error, TOKEN)


@pytest.mark.parametrize("token", ["", f"{TOKEN}\nX-Injected: 1", f"{TOKEN} ", "täken"])
def test_what_cannot_be_a_token_is_refused_unseen(token: str, host: Loopback, hours: Hours) -> None:
    line = Line(host.url, lambda: token, hours.clock)
    assert refused(lambda: line.get("/x")).what == "the token holds characters that no token has"
    assert host.asked == []


def test_no_token_travels_in_the_clear() -> None:
    with pytest.raises(ForgeError, match="in the clear"):
        Line("http://api.example", lambda: TOKEN)
