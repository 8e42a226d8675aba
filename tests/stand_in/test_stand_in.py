"""The stand-in does as the host does, where our tests lean on it."""

from http.client import HTTPException
from pathlib import Path

import pytest

from tests.stand_in import Hub, faults
from tests.stand_in.caller import Caller

pytestmark = pytest.mark.host
NEW = {"title": "Say why", "body": "…", "head": "nova/one", "base": "main", "draft": True}


@pytest.fixture
def bot(hub: Hub) -> Caller:
    """Return a program whose branch nova/one changes line 11 of a file, with no pull request yet."""
    hub.human("owner").push("main", {"a.py": "x = 1\n" * 20}, "Begin")
    hub.human("nova-bot").push("nova/one", {"a.py": "x = 1\n" * 10 + "x = 2\n" + "x = 1\n" * 9}, "Change")
    return Caller(hub, hub.token("nova-bot"))


def test_git_clones_and_pushes_with_a_token_and_not_without_one(hub: Hub, bot: Caller, tmp_path: Path) -> None:
    assert Caller(hub, "").git(tmp_path, "ls-remote", hub.git_url).returncode == 128
    assert bot.git(tmp_path, "clone", "--quiet", hub.git_url, "clone").returncode == 0
    clone = tmp_path / "clone"
    bot.git(clone, "commit", "--quiet", "--allow-empty", "--message=More")
    assert bot.git(clone, "push", "--quiet", "origin", "HEAD:refs/heads/nova/two").returncode == 0
    assert hub.bare.heads()["nova/two"] == bot.git(clone, "rev-parse", "HEAD").stdout.strip()
    refused = bot.git(clone, "push", "--quiet", "origin", "HEAD:refs/heads/main")
    assert refused.returncode == 1
    assert "protected branch" in refused.stderr.lower()


def test_a_pull_request_follows_its_branch_until_somebody_merges_it(hub: Hub, bot: Caller) -> None:
    made = bot.call("POST", "pulls", NEW)
    assert (made.status, made.body["draft"], made.body["commits"], made.body["merged"]) == (201, True, 1, False)
    again = bot.call("POST", "pulls", NEW)
    assert (again.status, again.body["errors"][0]["message"]) == (
        422,
        "A pull request already exists for acme:nova/one.",
    )
    later = hub.human("writer").push("nova/one", {"b.py": "y = 1\n"})
    assert bot.call("GET", "pulls/1").body["head"]["sha"] == later == hub.bare.commit("refs/pull/1/head")
    hub.human("maintainer").ready(1)
    merge = hub.human("maintainer").merge(1)
    ended = bot.call("GET", "pulls/1").body
    assert (ended["state"], ended["merge_commit_sha"], ended["merged_by"]["login"]) == ("closed", merge, "maintainer")
    assert bot.call("GET", "issues/1").body["closed_by"]["login"] == "maintainer"


def test_a_branch_of_a_fork_is_not_ours_whatever_it_is_called(hub: Hub, bot: Caller) -> None:
    bot.call("POST", "pulls", NEW)
    number = hub.human("reader").open_fork("nova/one", {"a.py": "x = 3\n"}, "Mine")
    theirs, ours = bot.call("GET", "pulls?direction=desc").body
    assert (theirs["number"], theirs["head"]["label"], theirs["base"]["label"]) == (
        number,
        "reader:nova/one",
        "acme:main",
    )
    assert theirs["head"]["repo"]["id"] != theirs["base"]["repo"]["id"] == ours["head"]["repo"]["id"]
    assert [pull["number"] for pull in bot.call("GET", "pulls?head=acme:nova/one").body] == [1]


def test_a_pull_request_ends_with_its_branch_and_comes_back_only_with_it(hub: Hub, bot: Caller) -> None:
    number = hub.human("writer").open_pull("nova/one", "Mine")
    hub.human("owner").delete_branch("nova/one")
    assert bot.call("GET", f"issues/{number}").body["closed_by"]["login"] == "owner"
    assert bot.call("PATCH", f"pulls/{number}", {"state": "open"}).status == 422
    hub.human("owner").force_push("nova/one", hub.bare.git("rev-parse", f"refs/pull/{number}/head"))
    assert bot.call("PATCH", f"pulls/{number}", {"state": "open"}).body["state"] == "open"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        pytest.param(
            {"head": "nova/none"}, {"resource": "PullRequest", "field": "head", "code": "invalid"}, id="no head"
        ),
        pytest.param({"base": "none"}, {"resource": "PullRequest", "field": "base", "code": "invalid"}, id="no base"),
        pytest.param(
            {"head": "main"},
            {"resource": "PullRequest", "code": "custom", "message": "No commits between main and main"},
            id="nothing between them",
        ),
    ],
)
def test_a_pull_request_that_cannot_be_is_refused(bot: Caller, change: dict[str, str], error: dict[str, str]) -> None:
    said = bot.call("POST", "pulls", NEW | change)
    assert (said.status, said.body["errors"]) == (422, [error])


def test_remarks_are_made_only_at_lines_of_the_diff_and_nobody_approves_their_own(bot: Caller) -> None:
    bot.call("POST", "pulls", NEW)
    remark = {"path": "a.py", "line": 11, "side": "RIGHT", "body": "here"}
    assert bot.call("POST", "pulls/1/reviews", {"event": "COMMENT", "comments": [remark]}).status == 200
    assert [note["line"] for note in bot.call("GET", "pulls/1/comments").body] == [11]
    outside = bot.call("POST", "pulls/1/reviews", {"event": "COMMENT", "comments": [remark | {"line": 1}]})
    assert (outside.status, outside.body["errors"]) == (422, ["Line could not be resolved"])
    own = bot.call("POST", "pulls/1/reviews", {"event": "APPROVE"})
    assert (own.status, own.body["errors"]) == (422, ["Review Can not approve your own pull request"])


def test_a_draft_is_made_ready_by_graphql_alone_whose_errors_come_with_status_200(bot: Caller) -> None:
    node = bot.call("POST", "pulls", NEW).body["node_id"]
    query = "mutation($id: ID!) { markPullRequestReadyForReview(input: {pullRequestId: $id}) { pullRequest { id } } }"
    assert bot.call("PATCH", "pulls/1", {"draft": False}).body["draft"] is True
    assert bot.call("POST", "/graphql", {"query": query, "variables": {"id": node}}).status == 200
    assert bot.call("GET", "pulls/1").body["draft"] is False
    wrong = bot.call("POST", "/graphql", {"query": query, "variables": {"id": "none"}})
    assert (wrong.status, wrong.body["errors"][0]["type"]) == (200, "NOT_FOUND")


def test_check_runs_are_for_apps_and_a_token_of_one_is_had_for_a_signed_claim(hub: Hub, bot: Caller) -> None:
    run = {"name": "nova", "head_sha": hub.bare.heads()["nova/one"], "conclusion": "success"}
    assert bot.call("POST", "check-runs", run).status == 403
    assert Caller(hub, hub.installation_token()).call("POST", "check-runs", run).status == 201
    seen = bot.call("GET", f"commits/{run['head_sha']}/check-runs").body
    assert (seen["total_count"], seen["check_runs"][0]["conclusion"]) == (1, "success")
    assert Caller(hub, "not.a.claim").call("GET", "installation").status == 401


def test_a_list_comes_in_pages_and_an_unchanged_one_as_304(hub: Hub, bot: Caller) -> None:
    for number in range(5):
        hub.human("reader").open_issue(f"Issue {number}", labels=("night",))
    first = bot.call("GET", "issues?labels=night&state=all&per_page=2&direction=asc")
    assert [issue["title"] for issue in first.body] == ["Issue 0", "Issue 1"]
    assert 'page=2>; rel="next"' in first.headers["Link"]
    same = bot.call(
        "GET", "issues?labels=night&state=all&per_page=2&direction=asc", If_None_Match=first.headers["ETag"]
    )
    assert (same.status, same.body) == (304, None)


def test_people_squash_and_tick(hub: Hub, bot: Caller) -> None:
    number = hub.human("writer").open_pull("nova/one", "Mine", "- [ ] sure\n- [ ] other\n")
    hub.human("maintainer").tick(number, "sure")
    assert bot.call("GET", f"pulls/{number}").body["body"] == "- [x] sure\n- [ ] other\n"
    commit = hub.human("maintainer").squash(number)
    assert bot.call("GET", f"pulls/{number}").body["merge_commit_sha"] == commit == hub.bare.heads()["main"]
    assert not hub.bare.holds(hub.bare.heads()["nova/one"], commit)


def test_limits_say_when_to_come_back(hub: Hub, bot: Caller) -> None:
    hub.faults.next(faults.secondary(7))
    hub.faults.next(faults.rate_limited(60))
    soon, later = bot.call("GET", ""), bot.call("GET", "")
    assert (soon.status, soon.headers["Retry-After"], soon.headers["X-RateLimit-Remaining"]) == (403, "7", "5000")
    assert (later.status, later.headers["X-RateLimit-Remaining"]) == (403, "0")


def test_who_may_what(hub: Hub, bot: Caller) -> None:
    assert bot.call("GET", "collaborators/maintainer/permission").body["permission"] == "write"
    assert bot.call("GET", "collaborators/maintainer/permission").body["role_name"] == "maintain"
    assert Caller(hub, hub.token("stranger")).call("GET", "").status == 404
    assert Caller(hub, hub.token("nova-bot", may={"contents": "read"})).call("POST", "pulls", NEW).status == 403
    hub.archive()
    assert bot.call("POST", "pulls", NEW).status == 403


def test_a_call_that_was_cut_has_had_its_effect_or_not_as_the_test_chose(hub: Hub, bot: Caller) -> None:
    hub.human("reader").open_issue("An issue")
    hub.faults.restart()
    for number, fault in enumerate((faults.cut(), faults.cut_after(), faults.torn()), start=1):
        hub.faults.at(number, fault)
        with pytest.raises((OSError, HTTPException)):
            bot.call("POST", "issues/1/comments", {"body": str(number)})
    assert [said.body for said in hub.thread(1).comments] == ["2", "3"]
    assert {(call.method, call.template, call.status) for call in hub.calls} == {
        ("POST", "/repos/{owner}/{repo}/issues/{number}/comments", 0)
    }


def test_a_renamed_repository_sends_its_callers_on(hub: Hub, bot: Caller, tmp_path: Path) -> None:
    hub.rename("acme/store")
    assert bot.call("GET", "/repos/acme/shop").body["full_name"] == "acme/store"
    moved = bot.call("PATCH", "/repos/acme/shop/issues/1", {"title": "x"})
    assert (moved.status, moved.headers["Location"]) == (307, f"{hub.api}/repositories/1296269/issues/1")
    assert "nova/one" in bot.git(tmp_path, "ls-remote", f"{hub.url}/acme/shop.git").stdout
