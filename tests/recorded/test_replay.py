"""What GitHub really answered, over years and to other clients, becomes whole records in ours, or one clear error."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from improver.access import HostSettings, Secret
from improver.adapters import github as adapter
from improver.adapters.github import open_github
from improver.adapters.github_app import App, AppToken
from improver.adapters.github_session import Line
from improver.adapters.origin import Origin
from improver.errors import ForgeError
from improver.host import Check, Comment, Host, Issue, NewPull, Person, Pull
from tests.improver.loopback import TOKEN, Answer, Hours, Loopback, keeps_quiet, serving
from tests.recorded.recordings import HOST, Recording, Unavailable, recordings

pytestmark = pytest.mark.host
X = r"/repos/(?P<name>[^/]+/[^/]+)"
N = r"(?P<number>\d+)"
KEPT = re.compile(r"etag|link|location|retry-after|content-type|x-(ratelimit|oauth|accepted|github-(sso|media)).*")
MODERN = 2019  # before, GitHub left out what it promises today
# What their authors wrote, shortened, or asked as no JSON.
NOT_ANSWERS = ("PullRequest_diff.json", "PullRequest_patch.json", "Team.testUpdateTeamRepository.txt")
CLOSER = {"login": "ada", "type": "User"}


@pytest.fixture(scope="module")
def recorded() -> list[Recording]:
    try:
        return recordings()
    except Unavailable as missing:
        pytest.skip(f"the recordings cannot be had: {missing}")


@pytest.fixture
def host() -> Iterator[Loopback]:
    with serving() as loopback:
        yield loopback


class Replay:
    """The recordings of one kind of request, each to be answered to ours."""

    def __init__(self, host: Loopback, recorded: list[Recording]) -> None:
        self.host = host
        self.recorded = recorded
        self.refused = 0  # old ones that lack what they promise

    def of(self, method: str, path: str, *statuses: int) -> Iterator[tuple[re.Match[str], Recording, Any]]:
        """Yield each such recording, with its body, while the host answers so."""
        for one in self.recorded:
            found = re.fullmatch(path, one.bare)
            if found and one.method == method and one.status in (statuses or (200, 201)):
                self.host.answers.clear()
                self.host.asked.clear()
                self.answer(f"{method} {one.bare}", one)
                yield found, one, _body(one)

    def answer(self, request: str, one: Recording) -> None:
        """Let the host answer as it was recorded, its own address for GitHub's."""
        headers = {
            name: value.replace(f"{HOST}:443", HOST).replace(HOST, self.host.url)
            for name, value in one.headers.items()
            if KEPT.fullmatch(name)
        }
        self.host.on(request, Answer(one.data, one.status, {name: value for name, value in headers.items() if value}))

    def github(self, name: str) -> Host:
        """Return the adapter, on this repository."""
        settings = HostSettings(token=Secret(TOKEN), api=self.host.url, repository=name)
        return open_github(settings, "", Hours().clock)

    def read(self, one: Recording, call: Callable[..., Any], *asked: object) -> Any:
        """Return what comes of it; an old answer may be refused, a modern one may not."""
        try:
            return call(*asked)
        except ForgeError as error:
            refusal = error
        assert refusal.what in ("the host's answer lacks what it promises", "the host did not answer with JSON")
        assert _year(one) < MODERN or one.source in NOT_ANSWERS, f"{one.source}: {refusal}"
        self.refused += 1
        return None


@pytest.fixture
def replay(host: Loopback, recorded: list[Recording]) -> Replay:
    return Replay(host, recorded)


def _body(one: Recording) -> Any:
    try:
        return json.loads(one.data)
    except ValueError:
        return None


def _year(one: Recording) -> int:
    return parsedate_to_datetime(one.headers["date"]).year


def same_time(ours: str, theirs: str | None) -> bool:
    return ours == "" if not theirs else datetime.fromisoformat(ours) == datetime.fromisoformat(theirs)


def same_person(ours: Person | None, theirs: Any) -> bool:
    if ours is None or theirs is None:
        return ours is None or ours.login == "ghost"
    return (ours.login, ours.bot) == (theirs["login"], theirs.get("type", "User") != "User")


def whole_pull(ours: Pull, theirs: Any) -> bool:
    return (
        (ours.number, ours.node, ours.title) == (theirs["number"], theirs["node_id"], theirs["title"])
        and (ours.body, ours.open) == (theirs["body"] or "", theirs["state"] == "open")
        and (ours.branch, ours.head) == (theirs["head"]["ref"], theirs["head"]["sha"])
        and (ours.base_branch, ours.base) == (theirs["base"]["ref"], theirs["base"]["sha"])
        and ours.merged == bool(theirs["merged_at"])
        and (not ours.merged or ours.merge == theirs["merge_commit_sha"])
        and ours.own
        == (theirs["head"]["repo"] is not None and theirs["head"]["repo"]["id"] == theirs["base"]["repo"]["id"])
        and ours.labels == tuple(label["name"] for label in theirs.get("labels", ()))
        and ours.draft == theirs.get("draft", False)
        and same_person(ours.author, theirs["user"])
        and same_time(ours.created, theirs["created_at"])
        and same_time(ours.updated, theirs["updated_at"])
        and same_time(ours.closed, theirs["closed_at"])
    )


def whole_comment(ours: Comment, theirs: Any) -> bool:
    return (
        (ours.id, ours.text, str(ours.number)) == (theirs["id"], theirs["body"], theirs["issue_url"].split("/")[-1])
        and same_person(ours.author, theirs["user"])
        and same_time(ours.created, theirs["created_at"])
        and ours.edited == (theirs["created_at"] != theirs["updated_at"])
    )


def whole_issue(ours: Issue, theirs: Any) -> bool:
    return (ours.number, ours.title, ours.body, ours.open, ours.page) == (
        theirs["number"],
        theirs["title"],
        theirs["body"] or "",
        theirs["state"] == "open",
        theirs["html_url"],
    ) and same_person(ours.author, theirs["user"])


def test_repositories(replay: Replay) -> None:
    read = 0
    for found, one, body in replay.of("GET", X):
        ours = replay.read(one, replay.github(found["name"]).repository)
        if ours:
            assert (ours.name, ours.default_branch, ours.page) == (
                body["full_name"],
                body["default_branch"],
                body["html_url"],
            )
            assert ours.may_push == body.get("permissions", {}).get("push", False)
            read += 1
    assert (read, replay.refused) == (357, 43)


def test_pull_requests(replay: Replay) -> None:
    read = 0
    for found, one, body in replay.of("GET", f"{X}/pulls/{N}"):
        issue = {"number": 1, "title": "", "state": "closed", "user": None, "html_url": "page", "closed_by": CLOSER}
        replay.host.on(f"GET {one.bare.replace('/pulls/', '/issues/')}", Answer(issue))
        number = int(found["number"])
        ours = replay.read(one, replay.github(found["name"]).pull, number)
        if ours:
            assert whole_pull(ours, body), one.source
            ended = body.get("merged_by") or (CLOSER if body["state"] == "closed" else None)
            assert (ours.ended_by is None) == (ended is None)
            assert same_person(ours.ended_by, ended)
            read += 1
    assert (read, replay.refused) == (43, 15)


def test_lists_of_pull_requests(replay: Replay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "OURS", "")  # nobody there has a branch below nova/
    read = 0
    for found, one, body in replay.of("GET", f"{X}/pulls"):
        replay.host.answers[f"GET {one.bare}"] = [Answer(one.data)]
        ours = replay.read(one, replay.github(found["name"]).pulls)
        if ours is not None:
            by_number = {theirs["number"]: theirs for theirs in body}
            assert all(whole_pull(pull, by_number[pull.number]) for pull in ours), one.source
            own = [theirs for theirs in body if theirs["head"]["repo"] and not theirs["head"]["repo"]["fork"]]
            assert {pull.number for pull in ours} >= {theirs["number"] for theirs in own}
            read += 1
    assert (read, replay.refused) == (5, 3)


def test_a_pull_request_that_is_opened(replay: Replay) -> None:
    read = 0
    for found, one, body in replay.of("POST", f"{X}/pulls"):
        new = NewPull("title", "body", "nova/x", "main")
        ours = replay.read(one, replay.github(found["name"]).open_pull, new)
        if ours:
            assert whole_pull(ours, body), one.source
            read += 1
    assert (read, replay.refused) == (2, 3)


def test_comments(replay: Replay) -> None:
    read = 0
    for found, one, body in replay.of("GET", f"{X}/issues/{N}/comments"):
        replay.host.answers[f"GET {one.bare}"] = [Answer(one.data)]
        number = int(found["number"])
        ours = replay.read(one, replay.github(found["name"]).comments, number)
        if ours is not None:
            assert [whole_comment(*pair) for pair in zip(ours, body, strict=True)] == [True] * len(body)
            read += 1
    for found, one, body in replay.of("GET", f"{X}/issues/comments/{N}"):
        number = int(found["number"])
        ours = replay.read(one, replay.github(found["name"]).comment, number)
        if ours is not None:
            assert whole_comment(ours, body)
            read += 1
    for found, one, body in replay.of("POST", f"{X}/issues/{N}/comments"):
        replay.host.on(f"GET {one.bare}", Answer([]))
        number = int(found["number"])
        ours = replay.read(one, replay.github(found["name"]).say, number, "x")
        if ours is not None:
            assert whole_comment(ours, body)
            read += 1
    assert (read, replay.refused) == (11, 6)


def test_reviews_and_remarks(replay: Replay) -> None:
    reviews = notes = 0
    for found, one, body in replay.of("GET", f"{X}/pulls/{N}/reviews"):
        replay.host.answers[f"GET {one.bare}"] = [Answer(one.data)]
        ours = replay.github(found["name"]).reviews(int(found["number"]))
        for given, theirs in zip(ours, body, strict=True):
            assert (given.state, given.text, given.commit) == (theirs["state"], theirs["body"], theirs["commit_id"])
            assert same_person(given.author, theirs["user"])
            assert same_time(given.submitted, theirs["submitted_at"])
            reviews += 1
    for found, one, body in replay.of("GET", f"{X}/pulls/{N}/comments"):
        replay.host.answers[f"GET {one.bare}"] = [Answer(one.data)]
        for note, theirs in zip(replay.github(found["name"]).notes(int(found["number"])), body, strict=True):
            assert (note.path, note.text) == (theirs["path"], theirs["body"])
            assert 1 <= note.first <= note.last
            assert note.author is None or same_person(note.author, theirs["user"])
            notes += 1
    assert (reviews, notes) == (10, 10)


def test_issues(replay: Replay) -> None:
    read = 0
    for found, one, body in replay.of("GET", f"{X}/issues"):
        replay.host.answers[f"GET {one.bare}"] = [Answer(one.data)]
        ours = replay.read(one, replay.github(found["name"]).issues, "bug")
        if ours is not None:
            issues = [theirs for theirs in body if theirs.get("pull_request") is None]
            assert [whole_issue(*pair) for pair in zip(ours, issues, strict=True)] == [True] * len(issues), one.source
            read += 1
    for found, one, body in replay.of("POST", f"{X}/issues"):
        replay.host.on(f"GET {one.bare}", Answer([]))
        opened = replay.github(found["name"]).open_issue("title", "body", "nova")
        assert whole_issue(opened, body)
        read += 1
    assert (read, replay.refused) == (58, 98)


def test_labels_that_are_there_are_not_made(replay: Replay) -> None:
    read = 0
    for found, one, body in replay.of("GET", f"{X}/labels"):
        replay.host.answers[f"GET {one.bare}"] = [Answer(one.data)]
        replay.host.on(f"POST /repos/{found['name']}/issues/1/labels", Answer([]))
        names = [label["name"] for label in body]
        replay.github(found["name"]).label(1, names)
        assert replay.host.calls[1:] == [f"POST /repos/{found['name']}/issues/1/labels"]
        assert replay.host.last("POST") == {"labels": names}
        read += 1
    assert read == 4


def test_check_runs_are_found_by_their_key_and_gone_on_with(replay: Replay) -> None:
    read = 0
    for found, one, body in replay.of("GET", f"{X}/commits/(?P<head>[0-9a-f]{{40}})/check-runs"):
        for run in body["check_runs"]:
            replay.host.asked.clear()
            path = f"/repos/{found['name']}/check-runs/{run['id']}"
            replay.host.on(f"PATCH {path}", Answer(run))
            key = run["external_id"] or ""
            check = Check(run["name"], found["head"], "success", "title", "summary", key)
            replay.github(found["name"]).check(check)
            assert [call.partition("?")[0] for call in replay.host.calls] == [f"GET {one.bare}", f"PATCH {path}"]
            read += 1
    assert read == 24


def test_permissions(replay: Replay) -> None:
    found_here = []
    for found, _, body in replay.of("GET", f"{X}/collaborators/(?P<login>[^/]+)/permission"):
        found_here.append((replay.github(found["name"]).permission(found["login"]), body["permission"]))
    for found, _, _ in replay.of("GET", f"{X}/collaborators/(?P<login>[^/]+)/permission", 403):
        with pytest.raises(ForgeError, match="the token may not do this") as error:
            replay.github(found["name"]).permission(found["login"])
        assert "push access" in error.value.hint.why
    assert found_here == [("admin", "admin"), ("maintain", "write")]


def test_queries_and_mutations(replay: Replay) -> None:
    answered = refused = 0
    for _, _, body in replay.of("POST", "/graphql"):
        line = Line(replay.host.url, lambda: TOKEN, Hours().clock)
        if "errors" not in body:
            assert line.graphql("query", {}) == body["data"]
            answered += 1
            continue
        with pytest.raises(ForgeError) as error:
            line.graphql("query", {})
        assert body["errors"][0]["message"][:40] in error.value.hint.why
        refused += 1
    assert (answered, refused) == (46, 3)


def test_tokens_of_installations(replay: Replay) -> None:
    given = refused = 0
    hours = Hours()
    for found, _, body in replay.of("POST", f"/app/installations/{N}/access_tokens", 201, 400, 401, 404, 422):
        origin = Origin(replay.host.url, replay.host.url, "ada/engine")
        token = AppToken(App("12", Secret(""), found["number"]), origin, hours.clock)
        token._line = Line(replay.host.url, lambda: TOKEN, hours.clock)  # it signs nothing: the host is a recording
        if "token" in body:
            assert token() == body["token"]
            given += 1
            continue
        with pytest.raises(ForgeError) as error:
            token()
        assert body["message"].split("\n")[0][:60] in error.value.hint.why
        refused += 1
    assert (given, refused) == (22, 4)


@pytest.mark.parametrize(
    ("status", "what", "number"),
    [
        (304, "the host answered with status 304", 4),
        (400, "the host answered with status 400", 1),
        (404, "the host knows no such thing, or hides it from this token", 3),
        (500, "the host has trouble of its own (status 500)", 1),
        (502, "the host has trouble of its own (status 502)", 7),
    ],
)
def test_refusals(status: int, what: str, number: int, replay: Replay) -> None:
    told = []
    for found, _, _ in replay.of("GET", X, status):
        with pytest.raises(ForgeError) as error:
            replay.github(found["name"]).repository()
        assert keeps_quiet(error.value)
        told.append(error.value.what)
    assert told == [what] * number


def test_what_was_refused_as_not_valid_is_told_in_githubs_words(replay: Replay) -> None:
    words = []
    for found, _, _ in replay.of("PATCH", f"{X}/issues/{N}", 422):
        with pytest.raises(ForgeError, match="the host refuses what it was asked") as error:
            replay.github(found["name"]).rewrite_issue(int(found["number"]), "t", "b")
        words.append(error.value.hint.why)
    assert words == ["You cannot pass both `assignee` and `assignees`. Only one may be provided."]


def test_renamed_repositories_are_followed_on_the_same_host_only(replay: Replay) -> None:
    followed = elsewhere = 0
    for found, one, _ in replay.of("GET", X, 301):
        github = replay.github(found["name"])
        if not one.headers["location"].startswith(HOST):
            with pytest.raises(ForgeError, match="the host sends us to another one"):
                github.repository()
            elsewhere += 1
            continue
        target = one.headers["location"].removeprefix(HOST).removeprefix(":443")
        replay.host.on(f"GET {target}", Answer({"full_name": "new/name", "default_branch": "main", "html_url": "page"}))
        assert github.repository().name == "new/name"
        assert replay.host.calls == [f"GET {one.path}", f"GET {target}"]
        followed += 1
    assert (followed, elsewhere) == (20, 1)
