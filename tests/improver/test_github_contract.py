"""Every call of the port works against the stand-in for GitHub, and none leaves two things when it is cut off."""

import contextlib
from collections.abc import Callable

import pytest

from improver.access import HostSettings, Secret
from improver.adapters.github import open_github
from improver.errors import ForgeError
from improver.host import Annotation, Check, Host, NewPull, Note, Person, Pull
from tests.improver.loopback import Hours
from tests.stand_in import Hub, faults

BELOW = "/repos/{owner}/{repo}"
CALLS = [
    "GET ",
    "GET /collaborators/{login}/permission",
    "GET /commits/{ref}/check-runs",
    "GET /installation",
    "GET /issues",
    "GET /issues/comments/{number}",
    "GET /issues/{number}",
    "GET /issues/{number}/comments",
    "GET /labels",
    "GET /pulls",
    "GET /pulls/{number}",
    "GET /pulls/{number}/comments",
    "GET /pulls/{number}/reviews",
    "PATCH /check-runs/{number}",
    "PATCH /issues/comments/{number}",
    "PATCH /issues/{number}",
    "PATCH /pulls/{number}",
    "POST /app/installations/{number}/access_tokens",
    "POST /check-runs",
    "POST /graphql",
    "POST /issues",
    "POST /issues/{number}/comments",
    "POST /issues/{number}/labels",
    "POST /labels",
    "POST /pulls",
    "POST /pulls/{number}/reviews",
    "POST /statuses/{sha}",
]
pytestmark = pytest.mark.host
BEFORE, AFTER = "x = 1\n" * 20, "x = 1\n" * 10 + "x = 2\n" + "x = 1\n" * 9


@pytest.fixture(autouse=True)
def _begun(hub: Hub) -> None:
    hub.human("owner").push("main", {"a.py": BEFORE}, "Begin")


def speaking(hub: Hub, token: str = "") -> Host:
    """Return the host as the bot sees it, or whoever has the token."""
    settings = HostSettings(token=Secret(token or hub.token("nova-bot")), api=hub.api)
    return open_github(settings, hub.git_url, Hours().clock)


def as_app(hub: Hub) -> Host:
    """Return the host as an installed app sees it."""
    settings = HostSettings(app_id=str(hub.app[0]), app_key=hub.app_key(), api=hub.api)
    return open_github(settings, hub.git_url)


def refused(call: Callable[[], object]) -> ForgeError:
    with pytest.raises(ForgeError) as error:
        call()
    return error.value


def pushed(hub: Hub, branch: str) -> str:
    """Push a commit of its own: one that two branches shared would be merged on both at once."""
    return hub.human("nova-bot").push(branch, {"a.py": AFTER}, f"Change {branch}")


def check_of(head: str) -> Check:
    lines = tuple(Annotation("a.py", 11, "notice", "here", f"number {number}") for number in range(60))
    return Check("nova", head, "success", "16 gates passed", "All of them.", "key", lines)


def publish(host: Host, branch: str, head: str) -> Pull:
    """Do all that publishing does at the host."""
    pull = host.open_pull(NewPull(f"Change {branch}", "body", branch, "main"))
    host.rewrite_pull(pull.number, f"Change {branch}", "the whole body")
    host.label(pull.number, ["nova", f"risk:{branch[5:]}"])
    host.check(check_of(head))
    host.remark(pull.number, head, [Note("a.py", 11, 11, "look here")])
    host.say(pull.number, "a word")
    host.ready(pull)
    issue = host.open_issue(f"Dashboard {branch}", "body", "nova:dashboard")
    host.rewrite_issue(issue.number, issue.title, "the whole dashboard")
    return host.pull(pull.number)


@pytest.mark.parametrize("who", [speaking, as_app], ids=["a user's token", "an app"])
def test_all_that_is_published_can_be_read_again(who: Callable[[Hub], Host], hub: Hub) -> None:
    host, head = who(hub), pushed(hub, "nova/one")
    me = host.viewer()
    pull = publish(host, "nova/one", head)
    assert (pull.number, pull.title, pull.body, pull.labels) == (
        1,
        "Change nova/one",
        "the whole body",
        ("nova", "risk:one"),
    )
    assert (pull.open, pull.draft, pull.own, pull.branch, pull.head) == (True, False, True, "nova/one", head)
    assert (pull.base_branch, pull.base, pull.author.login) == ("main", hub.bare.heads()["main"], me)
    assert host.pulls() == (pull,)
    (said,) = host.comments(1)
    assert (said.text, said.author.login, said.number, said.edited) == ("a word", me, 1, False)
    host.rewrite_comment(said.id, "another")
    assert host.comment(said.id).text == "another"
    assert [(note.path, note.last, note.text) for note in host.notes(1)] == [("a.py", 11, "look here")]
    assert [(review.state, review.commit) for review in host.reviews(1)] == [("COMMENTED", head)]
    (issue,) = host.issues("nova:dashboard")
    assert (issue.title, issue.body, issue.open, issue.author.login) == (
        "Dashboard nova/one",
        "the whole dashboard",
        True,
        me,
    )
    known = host.repository()
    assert (known.name, known.default_branch, known.archived) == ("acme/shop", "main", False)


@pytest.mark.parametrize("who", [speaking, as_app], ids=["a user's token", "an app"])
def test_what_asks_for_a_review_is_made_a_draft_again(who: Callable[[Hub], Host], hub: Hub) -> None:
    host, head = who(hub), pushed(hub, "nova/one")
    pull = publish(host, "nova/one", head)
    for _ in range(2):
        host.unready(pull)
        assert host.pull(pull.number).draft
    host.ready(pull)
    assert not host.pull(pull.number).draft


def test_an_app_shows_a_check_run_with_all_its_annotations_once(hub: Hub) -> None:
    host, head = as_app(hub), pushed(hub, "nova/one")
    host.check(check_of(head))
    host.check(check_of(head))
    (run,) = hub.state.checks.values()
    assert (run.name, run.conclusion, run.external, len(run.annotations)) == ("nova", "success", "key", 60)


def test_a_users_token_shows_a_status_instead(hub: Hub) -> None:
    head = pushed(hub, "nova/one")
    speaking(hub).check(check_of(head))
    assert hub.state.checks == {}
    assert [(one.state, one.context) for one in hub.state.statuses] == [("success", "nova")]


def test_what_humans_do_is_read(hub: Hub) -> None:
    host = speaking(hub)
    for branch in ("nova/one", "nova/two"):
        publish(host, branch, pushed(hub, branch))
    first, last = host.pulls()
    assert host.pulls(last.updated) == (last,)
    hub.human("writer").review(first.number, "APPROVED", "fine")
    merge = hub.human("maintainer").merge(first.number)
    hub.human("reader").comment(last.number, "/nova why")
    hub.human("owner").label(last.number, "nova:no-rule")
    hub.human("owner").close(last.number)
    merged, closed = host.pull(first.number), host.pull(last.number)
    assert (merged.merged, merged.merge, merged.ended_by) == (True, merge, Person("maintainer"))
    assert (closed.merged, closed.open, closed.ended_by) == (False, False, Person("owner"))
    assert "nova:no-rule" in closed.labels
    assert [(one.author.login, one.state, one.text) for one in host.reviews(first.number)][-1] == (
        "writer",
        "APPROVED",
        "fine",
    )
    assert [one.author for one in host.comments(last.number)][-1] == Person("reader", association="COLLABORATOR")


def test_a_pull_request_is_closed_and_an_issue_opened_again(hub: Hub) -> None:
    host = speaking(hub)
    pull = publish(host, "nova/one", pushed(hub, "nova/one"))
    host.close_pull(pull.number)
    assert not host.pull(pull.number).open
    (issue,) = host.issues("nova:dashboard")
    hub.human("owner").close(issue.number)
    host.rewrite_issue(issue.number, "Nova", "new")
    assert [(one.title, one.open) for one in host.issues("nova:dashboard")] == [("Nova", True)]


@pytest.mark.parametrize(
    ("login", "may"),
    [
        ("owner", "admin"),
        ("maintainer", "maintain"),
        ("writer", "write"),
        ("triager", "triage"),
        ("reader", "read"),
        ("stranger", "none"),
        ("nobody-of-this-name", "none"),
    ],
)
def test_permissions_are_live(login: str, may: str, hub: Hub) -> None:
    assert speaking(hub).permission(login) == may


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        pytest.param(Hub.archive, "the repository is archived: it can be read only", id="archived"),
        pytest.param(
            lambda hub: hub.faults.next(faults.expired()),
            "the host does not know this token: it is wrong, revoked or expired",
            id="expired",
        ),
        pytest.param(
            lambda hub: hub.faults.next(faults.broken()),
            "the host has trouble of its own (status 502)",
            id="broken, and not asked twice",
        ),
        pytest.param(
            lambda hub: hub.faults.next(faults.conflict()), "the host is at odds with itself over this", id="conflict"
        ),
        pytest.param(
            lambda hub: hub.human("nova-bot").delete_branch("nova/one"),
            "the host refuses what it was asked",
            id="branch deleted",
        ),
    ],
)
def test_what_stands_against_a_pull_request_is_told(spoil: Callable[[Hub], object], what: str, hub: Hub) -> None:
    host, _ = speaking(hub), pushed(hub, "nova/one")
    spoil(hub)
    assert refused(lambda: host.open_pull(NewPull("t", "b", "nova/one", "main"))).what == what


def test_a_token_without_a_permission_is_told_which(hub: Hub) -> None:
    host = speaking(hub, hub.token("nova-bot", may={"contents": "read", "metadata": "read"}))
    pushed(hub, "nova/one")
    error = refused(lambda: host.open_pull(NewPull("t", "b", "nova/one", "main")))
    assert error.what == "the token may not do this"
    assert "pull_requests=write" in error.hint.fix


def test_a_renamed_repository_is_found_and_written_to(hub: Hub) -> None:
    host, head = speaking(hub), pushed(hub, "nova/one")
    hub.rename("acme/store")
    assert publish(host, "nova/one", head).own
    assert host.repository().name == "acme/store"
    hub.faults.restart()
    host.pulls()
    assert [call.path.partition("?")[0] for call in hub.calls] == ["/api/v3/repos/acme/store/pulls"]


def test_an_answer_is_lost_at_each_writing_call_in_turn_and_the_next_run_finishes(hub: Hub) -> None:
    token = hub.installation_token()
    for branch in ("nova/first", "nova/whole"):  # the first makes a label that the others find
        hub.faults.restart()
        publish(speaking(hub, token), branch, pushed(hub, branch))
    writes = [number for number, call in enumerate(hub.calls, 1) if call.method != "GET"]
    assert len(writes) == 11
    whole = 0
    for number in writes:
        branch = f"nova/cut-{number}"
        head = pushed(hub, branch)
        hub.faults.restart()
        hub.faults.at(number, faults.cut_after())
        with contextlib.suppress(ForgeError):
            publish(speaking(hub, token), branch, head)
            whole += 1
        pull = publish(speaking(hub, token), branch, head)
        assert (pull.open, pull.draft, pull.body, len(pull.labels)) == (True, False, "the whole body", 2)
        thread = hub.thread(pull.number)
        assert [said.body for said in thread.comments] == ["a word"]
        assert len(speaking(hub, token).notes(pull.number)) == 1
        assert [len(run.annotations) for run in hub.state.checks.values() if run.head == head] == [60]
    host = speaking(hub, token)
    assert len(host.pulls()) == len(writes) + 2
    titles = [issue.title for issue in host.issues("nova:dashboard")]
    assert len(set(titles)) == len(titles) == len(writes) + 2
    assert 0 < whole < len(writes)  # most calls are made again at once; those that could do a thing twice are not


def test_the_calls_are_these(hub: Hub) -> None:
    """What is asked of the host in all: nothing here merges, approves or changes a setting."""
    host = as_app(hub)
    pull = publish(host, "nova/one", pushed(hub, "nova/one"))
    host.repository()
    host.permission("owner")
    host.reviews(pull.number)
    host.rewrite_comment(host.comments(pull.number)[0].id, "x")
    host.comment(host.comments(pull.number)[0].id)
    host.close_pull(pull.number)
    host.pull(pull.number)
    host.pulls()
    speaking(hub).check(check_of(pull.head))
    seen = {f"{call.method} {call.template.replace(BELOW, '')}" for call in hub.calls}
    assert sorted(seen) == CALLS
