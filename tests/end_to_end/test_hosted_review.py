"""Reviews and the dashboard at a host, as processes: a fork's change, an account from elsewhere, one issue in place."""

import json
from pathlib import Path

import pytest

from tests.end_to_end.projects import DEPTH, TINY, Ended, git, improve, made
from tests.stand_in import Hub

pytestmark = pytest.mark.host
ADDED = '''

def width(text: str) -> int:
    """Read a width."""
    try:
        return int(text)
    except ValueError:
        raise KeyError(text)
'''
CHANGED: dict[str, str | None] = {"pier/a.py": DEPTH + ADDED}
COMMENTING = {"contents": "read", "issues": "write", "pull_requests": "write", "checks": "write", "metadata": "read"}


class Work:
    """A clone of what the host serves, and the environment of a workflow's step there."""

    def __init__(self, folder: Path, hub: Hub) -> None:
        git(folder.parent, "clone", "--quiet", str(hub.bare.path), str(folder))
        git(folder, "config", "remote.origin.url", hub.git_url)
        self.root, self.hub, self.summary = folder, hub, folder.parent / "summary.md"

    def improve(self, *words: str, token: str = "") -> Ended:
        surroundings = {"GITHUB_API_URL": self.hub.api, "GITHUB_REPOSITORY": self.hub.name}
        surroundings |= {"GITHUB_STEP_SUMMARY": str(self.summary), "NOVA_GITHUB_TOKEN": token}
        return improve(self.root, *words, **surroundings)


@pytest.fixture
def work(tmp_path: Path, hub: Hub) -> Work:
    hub.load(made(tmp_path / "source", TINY))
    return Work(tmp_path / "work", hub)


def said(hub: Hub, number: int) -> list[str]:
    return [comment.body for comment in hub.thread(number).comments]


def test_a_forks_change_is_reviewed_and_told_once(work: Work, hub: Hub) -> None:
    number = hub.human("stranger").open_fork("widths", CHANGED, "Read widths")
    token = hub.installation_token(COMMENTING)
    done = work.improve("review", "--pr", str(number), "--json", token=token)
    assert done.status == 1, done.err
    assert [one["rule"] for one in done.data["findings"]] == ["explicit_cause"]
    (comment,) = said(hub, number)
    assert comment.startswith("**")
    assert "`explicit_cause` at `pier/a.py:17`" in comment
    assert work.summary.read_text("utf-8").startswith("**")
    again = work.improve("review", "--pr", str(number), "--json", token=token)
    assert (again.status, said(hub, number)) == (1, [comment])
    assert "comment unchanged · 0 new suggestions" in again.err
    posted = [call.template.rsplit("/", 1)[-1] for call in hub.calls if (call.method, call.status) == ("POST", 201)]
    assert (posted.count("comments"), posted.count("check-runs")) == (1, 1), posted
    assert [(call.method, call.status) for call in hub.calls if call.template.endswith("/reviews")] == [("POST", 200)]


def test_an_account_from_a_job_without_token_is_said_by_one_with(work: Work, hub: Hub, tmp_path: Path) -> None:
    number = hub.human("stranger").open_fork("widths", CHANGED, "Read widths")
    git(work.root, "fetch", "--quiet", str(hub.bare.path), f"refs/pull/{number}/head:refs/remotes/pull")
    head = git(work.root, "rev-parse", "refs/remotes/pull").strip()
    read_only = work.improve("review", "--diff", f"main..{head}", "--output-format", "json")
    assert read_only.status == 1
    account = tmp_path / "review.json"
    account.write_text(read_only.out, "utf-8")
    token = hub.installation_token(COMMENTING)
    done = work.improve("review", "--post", str(account), "--at", head, "--json", token=token)
    assert (done.status, done.data["pull"], done.data["comment"], done.data["suggestions"]) == (0, number, "written", 1)
    assert "vouches for nothing" in said(hub, number)[0]

    forged = {**json.loads(read_only.out), "outcome": "nothing_new", "findings": [], "suggestions": []}
    account.write_text(json.dumps(forged), "utf-8")
    refused = work.improve("review", "--post", str(account), "--at", head, token=token)
    assert (refused.status, len(said(hub, number))) == (2, 1)
    assert "this is no account of a review" in refused.err

    nobody = work.improve("review", "--post", str(account), "--at", "a" * 40, token=token)
    assert nobody.status == 2  # since it is read first


def test_an_account_that_came_too_late_is_not_said(work: Work, hub: Hub, tmp_path: Path) -> None:
    account = tmp_path / "review.json"
    lists = {name: list[str]() for name in ("refusals", "questions", "findings", "suggestions", "unchecked")}
    about = {"schema": "nova/improve/1", "outcome": "nothing_new", "base": "b" * 40, "head": "a" * 40, "gates": {}}
    account.write_text(json.dumps({**about, **lists, "reason": "nothing new; 0 of 0 gates pass"}), "utf-8")
    done = work.improve("review", "--post", str(account), "--at", "a" * 40, "--json", token=hub.installation_token())
    assert (done.status, done.data["outcome"]) == (0, "stale"), done.err
    assert done.data["reason"] == f"no open pull request is at {'a' * 12}"


def test_without_a_token_that_is_said_and_nothing_asked(work: Work, hub: Hub) -> None:
    done = work.improve("review", "--pr", "1")
    assert (done.status, "there is no token" in done.err) == (5, True)
    assert not hub.calls


def test_the_dashboard_is_one_issue_edited_in_place(work: Work, hub: Hub) -> None:
    token = hub.installation_token({"issues": "write", "metadata": "read", "contents": "read"})
    assert work.improve("run", "--dry-run", "--only", "open_with").status == 0
    first = work.improve("report", "--issue", token=token)
    assert first.status == 0, first.err
    assert first.out.startswith("**Nothing waits for you: ")
    assert first.out.count("\n") == 1  # a quiet night
    assert work.improve("report", "--issue", "--output-format", "html", token=token).out.startswith("<!doctype html>")
    made_issues = [call for call in hub.calls if (call.method, call.status) == ("POST", 201)]
    assert [call.template for call in made_issues].count("/repos/{owner}/{repo}/issues") == 1
    number = int(first.err.split("issue #")[1].split(":")[0])
    assert str(hub.thread(number).body).startswith("**Nothing waits for you: ")
    assert list(hub.thread(number).labels) == ["nova:dashboard"]
    assert work.summary.read_text("utf-8").startswith("**Nothing waits for you: ")
