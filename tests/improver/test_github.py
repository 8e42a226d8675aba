"""Every call of the port becomes the right request to GitHub, once, and its answer becomes a whole record."""

from collections.abc import Callable, Iterator

import pytest

from improver.access import HostSettings, Secret
from improver.adapters.github import GitHub, open_github
from improver.errors import ForgeError
from improver.host import Annotation, Check, Comment, GivenReview, Host, Hosted, Issue, NewPull, Note, Person, Pull
from tests.improver.loopback import TOKEN, Answer, Hours, Loopback, keeps_quiet, serving

pytestmark = pytest.mark.host
X = "/repos/ada/engine"
A, B, C = "a" * 40, "b" * 40, "c" * 40
AT, LATER = "2026-11-21T10:00:00Z", "2026-11-21T11:00:00Z"
ADA, BOT = {"login": "ada", "type": "User"}, {"login": "nova[bot]", "type": "Bot"}
NEW = NewPull("Close files", "body", "nova/close", "main")
VIEWER = Answer({"data": {"viewer": {"login": "nova[bot]"}}})
DONE = Answer({})


@pytest.fixture
def host() -> Iterator[Loopback]:
    with serving() as loopback:
        loopback.on("POST /graphql", VIEWER)
        yield loopback


@pytest.fixture
def github(host: Loopback) -> Host:
    settings = HostSettings(token=Secret(TOKEN), api=host.url, repository="ada/engine")
    return open_github(settings, "", Hours().clock)


def refused(call: Callable[[], object]) -> ForgeError:
    with pytest.raises(ForgeError) as error:
        call()
    assert keeps_quiet(error.value)
    return error.value


def pull(number: int, **changed: object) -> dict[str, object]:
    end = {"sha": A, "repo": {"id": 7, "full_name": "ada/engine"}}
    return {
        "number": number,
        "node_id": f"PR_{number}",
        "title": "Close files",
        "body": "body",
        "state": "open",
        "draft": True,
        "head": {**end, "ref": "nova/close"},
        "base": {**end, "sha": B, "ref": "main"},
        "user": BOT,
        "author_association": "CONTRIBUTOR",
        "labels": [{"id": 1, "name": "nova"}],
        "html_url": f"https://github.com/ada/engine/pull/{number}",
        "created_at": AT,
        "updated_at": LATER,
        "closed_at": None,
        "merged_at": None,
        "merge_commit_sha": C,
        "_links": {"unknown": "ignored"},
        **changed,
    }


PULL = Pull(
    number=1,
    node="PR_1",
    title="Close files",
    body="body",
    open=True,
    draft=True,
    branch="nova/close",
    head=A,
    base_branch="main",
    base=B,
    own=True,
    author=Person("nova[bot]", bot=True, association="CONTRIBUTOR"),
    labels=("nova",),
    page="https://github.com/ada/engine/pull/1",
    created="2026-11-21T10:00:00+00:00",
    updated="2026-11-21T11:00:00+00:00",
)


def test_we_are_asked_for_once(host: Loopback, github: Host) -> None:
    assert (github.viewer(), github.viewer()) == ("nova[bot]", "nova[bot]")
    assert host.calls == ["POST /graphql"]


def test_a_renamed_repository_tells_its_new_name_and_is_asked_there(host: Loopback, github: Host) -> None:
    moved = Answer({"message": "Moved Permanently"}, 301, {"Location": f"{host.url}/repositories/7"})
    known = {"full_name": "ada/motor", "default_branch": "main", "archived": True, "permissions": {"push": True}}
    host.on(f"GET {X}", moved)
    host.on("GET /repositories/7", Answer({**known, "html_url": "https://github.com/ada/motor"}))
    found = github.repository()
    assert found == Hosted("ada/motor", "main", archived=True, may_push=True, page="https://github.com/ada/motor")
    assert refused(lambda: github.pull(1)).hint.where == f"GET {host.url}/repos/ada/motor/pulls/1"


def test_two_hundred_pull_requests_are_read_and_ours_are_kept(host: Loopback, github: Host) -> None:
    fork = {"ref": "nova/theirs", "sha": A, "repo": {"id": 8, "full_name": "eve/engine"}}
    kinds: list[dict[str, object]] = [
        {},
        {"head": fork},
        {"head": {**fork, "repo": None}},
        {"head": {"ref": "feature", "sha": A, "repo": {"id": 7, "full_name": "ada/engine"}}},
    ]
    numbers = list(range(230, 0, -1))
    every = [pull(number, **kinds[number % 4]) for number in numbers]
    for page in range(3):
        query = "state=all&sort=updated&direction=desc&per_page=100" + (f"&page={page + 1}" if page else "")
        link = f'<{host.url}/repositories/7/pulls?{query.partition("&page")[0]}&page={page + 2}>; rel="next"'
        some = every[page * 100 : page * 100 + 100]
        host.on(f"GET {X}/pulls?{query}", Answer(some, headers={"Link": link} if page < 2 else {}))
    found = github.pulls()
    assert [one.number for one in found] == [number for number in sorted(numbers) if number % 4 == 0]
    assert len(host.calls) == 3


@pytest.mark.parametrize("since", ["2026-11-21T10:30:00+00:00", "2026-11-21T10:30:00Z", "2026-11-21T11:30:00+01:00"])
def test_only_what_changed_since_is_read(since: str, host: Loopback, github: Host) -> None:
    page = [pull(1), pull(2, updated_at=AT)]
    host.on(f"GET {X}/pulls", Answer(page, headers={"Link": f'<{host.url}/x?page=2>; rel="next"'}))
    assert github.pulls(since) == (PULL,)
    assert len(host.calls) == 1


def test_a_pull_request_seen_on_two_pages_is_one(host: Loopback, github: Host) -> None:
    host.on(f"GET {X}/pulls", Answer([pull(1)], headers={"Link": '</x?page=2>; rel="next"'}), Answer([pull(1)]))
    assert github.pulls() == (PULL,)


def test_an_open_pull_request_is_read_with_one_call(host: Loopback, github: Host) -> None:
    host.on(f"GET {X}/pulls/1", Answer(pull(1)))
    assert github.pull(1) == PULL
    assert len(host.calls) == 1


def test_a_merged_one_names_its_commit_and_who_merged_it(host: Loopback, github: Host) -> None:
    ended = pull(1, state="closed", closed_at=LATER, merged_at=LATER, merged_by=ADA)
    host.on(f"GET {X}/pulls/1", Answer(ended))
    found = github.pull(1)
    assert (found.merged, found.merge, found.open, found.ended_by) == (True, C, False, Person("ada"))


def test_a_closed_one_names_who_closed_it(host: Loopback, github: Host) -> None:
    host.on(f"GET {X}/pulls/1", Answer(pull(1, state="closed", closed_at=LATER)))
    issue = {"number": 1, "title": "t", "state": "closed", "user": BOT, "html_url": "page", "closed_by": ADA}
    host.on(f"GET {X}/issues/1", Answer(issue))
    found = github.pull(1)
    assert (found.merged, found.closed, found.ended_by) == (False, "2026-11-21T11:00:00+00:00", Person("ada"))


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        pytest.param({"head": {"ref": "nova/x", "repo": None}}, "head.sha: Field required", id="no commit"),
        pytest.param({"user": {"type": "User"}}, "user.login: Field required", id="nobody"),
        pytest.param({"html_url": 7}, "html_url: Input should be a valid string", id="no address"),
        pytest.param({"updated_at": "yesterday"}, "updated_at: String should match pattern", id="no time"),
        pytest.param({"labels": [{"name": None}, {}]}, "labels.1.name: Field required", id="no label"),
    ],
)
def test_what_an_answer_lacks_is_named(changed: dict[str, object], missing: str, host: Loopback, github: Host) -> None:
    host.on(f"GET {X}/pulls/1", Answer(pull(1, **changed)))
    error = refused(lambda: github.pull(1))
    assert error.what == "the host's answer lacks what it promises"
    assert missing in error.hint.why


def test_half_a_character_and_nobody_are_read(host: Loopback, github: Host) -> None:
    text = b'"half \\ud800 of one"'
    host.on(f"GET {X}/issues/comments/5", Answer(comment(b"TEXT", user=None).replace(b'"TEXT"', text)))
    found = github.comment(5)
    assert (found.text, found.author) == ("half ? of one", Person("ghost"))


def test_a_draft_is_opened(host: Loopback, github: Host) -> None:
    host.on(f"POST {X}/pulls", Answer(pull(1), 201))
    assert github.open_pull(NEW) == PULL
    expected = {"title": "Close files", "body": "body", "head": "nova/close", "base": "main", "draft": True}
    assert host.last("POST") == expected


def test_the_open_one_of_a_branch_is_found_not_opened_twice(host: Loopback, github: Host) -> None:
    message = "A pull request already exists for ada:nova/close."
    host.on(f"POST {X}/pulls", Answer({"message": "Validation Failed", "errors": [{"message": message}]}, 422))
    host.on(f"GET {X}/pulls?state=open&head=ada%3Anova%2Fclose&base=main", Answer([pull(1)]))
    assert github.open_pull(NEW) == PULL


@pytest.mark.parametrize(
    ("message", "what"),
    [
        ("Draft pull requests are not supported in this repository.", "this repository has no draft pull requests"),
        ("No commits between main and nova/no-drafts", "the host refuses what it was asked"),
        ("A pull request already exists for ada:nova/close.", "the host refuses what it was asked"),
    ],
    ids=["no drafts", "nothing to merge", "one exists that cannot be found"],
)
def test_a_draft_that_cannot_be_opened_is_told(message: str, what: str, host: Loopback, github: Host) -> None:
    host.on(f"POST {X}/pulls", Answer({"message": "Validation Failed", "errors": [{"message": message}]}, 422))
    host.on(f"GET {X}/pulls", Answer([]))
    error = refused(lambda: github.open_pull(NEW))
    assert (error.what, message.lower() in error.hint.why.lower()) == (what, True)


def test_a_pull_request_is_rewritten_and_closed(host: Loopback, github: Host) -> None:
    host.on(f"PATCH {X}/pulls/1", DONE)
    github.rewrite_pull(1, "New", "text")
    github.close_pull(1)
    assert [one.body for one in host.asked] == [{"title": "New", "body": "text"}, {"state": "closed"}]


@pytest.mark.parametrize(("draft", "mutations"), [(True, 1), (False, 0)], ids=["a draft", "none any more"])
def test_a_draft_is_made_ready_once(draft: bool, mutations: int, host: Loopback, github: Host) -> None:
    host.on(f"GET {X}/pulls/1", Answer(pull(1, draft=draft)))
    github.ready(PULL)
    sent = [one.body for one in host.asked if one.method == "POST"]
    assert len(sent) == mutations
    assert all(isinstance(body, dict) and body["variables"] == {"pull": "PR_1"} for body in sent)


@pytest.mark.parametrize(("draft", "mutations"), [(True, 0), (False, 1)], ids=["a draft", "none any more"])
def test_what_is_ready_is_made_a_draft_once(draft: bool, mutations: int, host: Loopback, github: Host) -> None:
    host.on(f"GET {X}/pulls/1", Answer(pull(1, draft=draft)))
    github.unready(PULL)
    sent = [one.body for one in host.asked if one.method == "POST"]
    assert len(sent) == mutations
    assert all(isinstance(body, dict) and "convertPullRequestToDraft" in body["query"] for body in sent)


def test_missing_labels_are_made_first(host: Loopback, github: Host) -> None:
    host.on(f"GET {X}/labels", Answer([{"name": "Nova"}]))
    host.on(f"POST {X}/labels", Answer({"name": "nova:codemod"}, 201))
    host.on(f"POST {X}/issues/1/labels", Answer([]))
    github.label(1, ["nova", "nova:codemod"])
    assert [one.body for one in host.asked if one.method == "POST"] == [
        {"name": "nova:codemod", "color": "5319e7"},
        {"labels": ["nova", "nova:codemod"]},
    ]


@pytest.mark.parametrize(("code", "refusal"), [("already_exists", False), ("invalid", True)])
def test_a_label_that_somebody_made_meanwhile_is_no_obstacle(
    code: str, refusal: bool, host: Loopback, github: Host
) -> None:
    host.on(f"GET {X}/labels", Answer([]))
    failed = {"message": "Validation Failed", "errors": [{"resource": "Label", "code": code, "field": "name"}]}
    host.on(f"POST {X}/labels", Answer(failed, 422))
    host.on(f"POST {X}/issues/1/labels", Answer([]))
    if refusal:
        assert refused(lambda: github.label(1, ["nova"])).hint.why == "Validation Failed; Label name invalid"
    else:
        github.label(1, ["nova"])
        assert host.calls[-1] == f"POST {X}/issues/1/labels"


def comment(text: bytes | str, **changed: object) -> bytes:
    body = text.decode() if isinstance(text, bytes) else text
    found = {
        "id": 5,
        "user": BOT,
        "author_association": "NONE",
        "body": body,
        "created_at": AT,
        "updated_at": AT,
        "issue_url": f"https://api.github.com{X}/issues/1",
        **changed,
    }
    return Answer(found).data


def many(*ones: bytes) -> Answer:
    return Answer(b"[" + b",".join(ones) + b"]")


def test_comments_say_who_wrote_them_and_whether_they_were_edited(host: Loopback, github: Host) -> None:
    app = {"id": 1, "slug": "some-app"}
    host.on(
        f"GET {X}/issues/1/comments",
        many(
            comment("/nova why", user=ADA, author_association="OWNER", updated_at=LATER),
            comment("/nova no", user=ADA, author_association="OWNER", performed_via_github_app=app),
        ),
    )
    first, second = github.comments(1)
    at, later = "2026-11-21T10:00:00+00:00", "2026-11-21T11:00:00+00:00"
    assert first == Comment(5, 1, Person("ada", association="OWNER"), "/nova why", at, later)
    assert (first.edited, second.edited) == (True, False)
    assert second.author.bot  # an app said it in her name


@pytest.mark.parametrize(
    ("there", "posts"),
    [
        pytest.param(many(), 1, id="not said yet"),
        pytest.param(many(comment("hello\r\nyou")), 0, id="said before the network was cut"),
        pytest.param(many(comment("hello\nyou", user=ADA)), 1, id="said by somebody else"),
    ],
)
def test_nothing_is_said_twice(there: Answer, posts: int, host: Loopback, github: Host) -> None:
    host.on(f"GET {X}/issues/1/comments", there)
    host.on(f"POST {X}/issues/1/comments", Answer(comment("hello\nyou"), 201))
    assert github.say(1, "hello\nyou\n").id == 5
    assert host.calls.count(f"POST {X}/issues/1/comments") == posts


def test_a_comment_is_rewritten(host: Loopback, github: Host) -> None:
    host.on(f"PATCH {X}/issues/comments/5", DONE)
    github.rewrite_comment(5, "new")
    assert host.last("PATCH") == {"body": "new"}


def test_reviews_are_read_also_one_that_is_not_handed_in(host: Loopback, github: Host) -> None:
    given = {"user": ADA, "author_association": "OWNER", "state": "APPROVED", "body": None, "commit_id": A}
    host.on(f"GET {X}/pulls/1/reviews", Answer([{**given, "submitted_at": AT}, {"user": ADA, "state": "PENDING"}]))
    assert github.reviews(1) == (
        GivenReview(Person("ada", association="OWNER"), "APPROVED", "", A, "2026-11-21T10:00:00+00:00"),
        GivenReview(Person("ada"), "PENDING", "", "", ""),
    )


def remark(text: str, **changed: object) -> dict[str, object]:
    return {"path": "a.py", "line": 4, "start_line": None, "body": text, "user": BOT, **changed}


def test_remarks_are_read_where_they_were_made(host: Loopback, github: Host) -> None:
    old = {"line": None, "original_line": 9, "original_start_line": 8}
    host.on(
        f"GET {X}/pulls/1/comments",
        Answer([remark("one"), remark("two", start_line=2), remark("old", **old), remark("file", line=None)]),
    )
    bot = Person("nova[bot]", bot=True)
    assert github.notes(1) == (
        Note("a.py", 4, 4, "one", bot),
        Note("a.py", 2, 4, "two", bot),
        Note("a.py", 8, 9, "old", bot),
        Note("a.py", 1, 1, "file", bot),
    )


def test_remarks_not_yet_made_are_made_in_one_review(host: Loopback, github: Host) -> None:
    host.on(f"GET {X}/pulls/1/comments", Answer([remark("one"), remark("two", user=ADA)]))
    host.on(f"POST {X}/pulls/1/reviews", Answer({"id": 9}))
    github.remark(1, A, [Note("a.py", 4, 4, "one"), Note("a.py", 2, 4, "two"), Note("b.py", 7, 7, "one")])
    assert host.last("POST") == {
        "commit_id": A,
        "event": "COMMENT",
        "body": "",
        "comments": [
            {"path": "a.py", "line": 4, "side": "RIGHT", "body": "two", "start_line": 2, "start_side": "RIGHT"},
            {"path": "b.py", "line": 7, "side": "RIGHT", "body": "one"},
        ],
    }


def test_remarks_that_are_there_make_no_review(host: Loopback, github: Host) -> None:
    host.on(f"GET {X}/pulls/1/comments", Answer([remark("one")]))
    github.remark(1, A, [Note("a.py", 4, 4, "one")])
    assert f"POST {X}/pulls/1/reviews" not in host.calls


def checked(annotations: int) -> Check:
    lines = tuple(Annotation("a.py", number, "warning", "title", "text") for number in range(1, annotations + 1))
    return Check("nova", A, "neutral", "3 gates passed", "summary", "key", lines)


def run(identity: int, annotations: int, **changed: object) -> dict[str, object]:
    output = {"annotations_count": annotations}
    return {"id": identity, "name": "nova", "head_sha": A, "external_id": "key", "output": output, **changed}


def lines_sent(host: Loopback) -> list[tuple[str, list[int]]]:
    """Return the method and the annotated lines of every request that wrote."""
    found = []
    for one in host.asked:
        if one.method != "GET":
            assert isinstance(one.body, dict)
            found.append((one.method, [line["start_line"] for line in one.body["output"]["annotations"]]))
    return found


def test_a_check_run_is_made_with_its_annotations_in_batches(host: Loopback, github: Host) -> None:
    host.on(f"GET {X}/commits/{A}/check-runs", Answer({"check_runs": [run(3, 0, external_id="other")]}))
    host.on(f"POST {X}/check-runs", Answer(run(4, 50), 201))
    host.on(f"PATCH {X}/check-runs/4", Answer(run(4, 120)))
    github.check(checked(120))
    assert lines_sent(host) == [
        ("POST", list(range(1, 51))),
        ("PATCH", list(range(51, 101))),
        ("PATCH", list(range(101, 121))),
    ]
    body = host.last("POST")
    assert isinstance(body, dict)
    assert {key: body[key] for key in ("name", "head_sha", "external_id", "status", "conclusion")} == {
        "name": "nova",
        "head_sha": A,
        "external_id": "key",
        "status": "completed",
        "conclusion": "neutral",
    }


@pytest.mark.parametrize(
    ("there", "sent"),
    [
        pytest.param(50, [("PATCH", list(range(51, 61)))], id="cut off after the first batch"),
        pytest.param(60, [("PATCH", [])], id="whole"),
    ],
)
def test_a_check_run_that_is_there_is_gone_on_with(
    there: int, sent: list[tuple[str, list[int]]], host: Loopback, github: Host
) -> None:
    host.on(f"GET {X}/commits/{A}/check-runs", Answer({"check_runs": [run(4, there)]}))
    host.on(f"PATCH {X}/check-runs/4", Answer(run(4, 60)))
    github.check(checked(60))
    assert lines_sent(host) == sent


@pytest.mark.parametrize("reading", [200, 403], ids=["it may read them", "it may not even read them"])
def test_a_token_that_may_not_write_checks_leaves_a_status(reading: int, host: Loopback, github: Host) -> None:
    host.on(f"GET {X}/commits/{A}/check-runs", Answer({"check_runs": []}, reading))
    host.on(f"POST {X}/check-runs", Answer({"message": "You must authenticate via a GitHub App."}, 403))
    host.on(f"POST {X}/statuses/{A}", Answer({}, 201))
    github.check(checked(0))
    assert host.last("POST") == {"state": "pending", "context": "nova", "description": "3 gates passed"}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(Answer({"permission": "admin", "role_name": "admin"}), "admin", id="admin"),
        pytest.param(Answer({"permission": "write", "role_name": "maintain"}), "maintain", id="maintain"),
        pytest.param(Answer({"permission": "read", "role_name": "triage"}), "triage", id="triage"),
        pytest.param(Answer({"permission": "write", "role_name": "our release crew"}), "write", id="a role of theirs"),
        pytest.param(Answer({"permission": "none"}), "none", id="none"),
        pytest.param(Answer({"message": "x is not a user"}, 404), "none", id="nobody"),
    ],
)
def test_a_permission_is_asked_live(answer: Answer, expected: str, host: Loopback, github: Host) -> None:
    host.on(f"GET {X}/collaborators/eve%2F..%2Fx/permission", answer)
    assert github.permission("eve/../x") == expected


def issue(number: int, **changed: object) -> dict[str, object]:
    found = {"number": number, "title": "Nova", "body": None, "state": "open", "user": BOT, "html_url": "page"}
    return {**found, **changed}


def test_issues_are_those_that_are_no_pull_requests(host: Loopback, github: Host) -> None:
    path = f"GET {X}/issues?labels=nova%3Adashboard&state=all&sort=created&direction=asc&per_page=100"
    host.on(path, Answer([issue(1), issue(2, pull_request={"url": "x"}), issue(3, state="closed")]))
    bot = Person("nova[bot]", bot=True)
    assert github.issues("nova:dashboard") == (
        Issue(1, "Nova", "", open=True, author=bot, page="page"),
        Issue(3, "Nova", "", open=False, author=bot, page="page"),
    )


@pytest.mark.parametrize(
    ("there", "posts"),
    [
        pytest.param([], 1, id="none yet"),
        pytest.param([issue(1)], 0, id="opened before the network was cut"),
        pytest.param([issue(1, state="closed"), issue(2, user=ADA), issue(3, title="Other")], 1, id="others"),
    ],
)
def test_an_issue_is_opened_once(there: list[object], posts: int, host: Loopback, github: Host) -> None:
    host.on(f"GET {X}/issues", Answer(there))
    host.on(f"POST {X}/issues", Answer(issue(1), 201))
    assert github.open_issue("Nova", "body", "nova").number == 1
    assert host.calls.count(f"POST {X}/issues") == posts


def test_an_issue_is_rewritten_and_opened_again(host: Loopback, github: Host) -> None:
    host.on(f"PATCH {X}/issues/1", DONE)
    github.rewrite_issue(1, "Nova", "body")
    assert host.last("PATCH") == {"title": "Nova", "body": "body", "state": "open"}


@pytest.mark.parametrize(
    ("write", "which"),
    [
        (lambda github: github.open_pull(NewPull("t", "x" * 65_537, "nova/x", "main")), "the pull request's body"),
        (lambda github: github.rewrite_pull(1, "t", "x" * 65_537), "the pull request's body"),
        (lambda github: github.say(1, "x" * 65_537), "the comment"),
        (lambda github: github.rewrite_comment(1, "x" * 65_537), "the comment"),
        (lambda github: github.open_issue("t", "x" * 65_537, "nova"), "the issue's body"),
        (lambda github: github.rewrite_issue(1, "t", "x" * 65_537), "the issue's body"),
        (lambda github: github.check(Check("n", A, "success", "t", "x" * 65_536, "k")), "the check's summary"),
    ],
    ids=["new pull", "pull", "new comment", "comment", "new issue", "issue", "check"],
)
def test_a_text_that_is_too_long_is_named_and_not_sent(
    write: Callable[[GitHub], object], which: str, host: Loopback, github: GitHub
) -> None:
    assert refused(lambda: write(github)).what == f"{which} is too long"
    assert host.asked == []
