"""Publishing at a host that answers as GitHub does: what moves, is protected, renamed, raced or forbidden there."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from improver.adapters.canary_record import CanaryRecord, keep
from improver.adapters.ledger_records import State
from improver.cli.main import main
from improver.errors import EnvironmentUnfit, ForgeError, ImproverError, RefusedByPolicy, UsageError
from improver.hosting.offering import hosting_of, improve_hosted
from improver.preparing import Wish
from improver.pulls.publishing import host_branch
from improver.pulls.submitting import Done
from improver.records import Safety
from improver.request import Request
from improver.verify.evidence import gate_code_digest, running_code
from tests.end_to_end.hosted import Scene, commit_all, git, make_project, opened, propose
from tests.stand_in import Hub

pytestmark = pytest.mark.host
BRANCH = host_branch("say_two", "a.py", ["key-a.py"])


@pytest.fixture
def scene(tmp_path: Path, hub: Hub) -> Scene:
    """Return a project with one proposal, served."""
    root = make_project(tmp_path / "project")
    with opened(root) as improver:
        propose(improver)
    return Scene.set(root, hub)


def acts(done: list[Done]) -> list[tuple[str, int | None]]:
    return [(one.act, one.pull.number if one.pull else None) for one in done]


def move_main(scene: Scene, **files: str) -> None:
    """Let main move, here and there."""
    commit_all(scene.root, **files)
    scene.hub.bare.git("fetch", "--quiet", "--force", str(scene.root), "+refs/heads/main:refs/heads/main")


def test_what_is_published_is_recorded_and_not_published_twice(scene: Scene) -> None:
    assert acts(scene.publish()) == [("opened", 1)]
    assert acts(scene.publish()) == []
    assert acts(scene.publish(1)) == [("there", 1)]
    with opened(scene.root) as improver:
        (kept,) = improver.ledger.publications()
        draft = improver.ledger.proposal(1).draft
    assert (kept.number, kept.repository, kept.pull, kept.commit) == (1, "acme/shop", 1, draft.commit)
    assert scene.hub.bare.heads()[kept.branch] == draft.commit


def test_two_machines_that_publish_the_same_at_once_open_one_pull_request(scene: Scene, tmp_path: Path) -> None:
    other = scene.clone(tmp_path / "other")
    done: list[str] = []

    def run(one: Scene) -> None:
        try:
            done.extend(act for act, _ in acts(one.publish()))
        except ForgeError as error:  # a race that is lost to an error is finished by the next run
            done.append(error.what)

    threads = [threading.Thread(target=run, args=(one,)) for one in (scene, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 2
    scene.publish()
    other.publish()
    (thread_at_host,) = scene.hub.state.threads.values()
    assert thread_at_host.head is not None
    assert (thread_at_host.head.draft, thread_at_host.comments) == (False, [])
    assert len(scene.hub.bare.heads()) == 2


def test_two_machines_that_made_the_same_change_open_one_pull_request(scene: Scene, tmp_path: Path) -> None:
    second = make_project(tmp_path / "second")
    git(second, "fetch", "-q", str(scene.root), "main")
    git(second, "reset", "-q", "--hard", "FETCH_HEAD")
    with opened(second) as improver:
        propose(improver, title="Say two again")
    assert acts(scene.publish()) == [("opened", 1)]
    (skipped,) = replace(scene, root=second).publish()
    assert (skipped.act, skipped.text) == ("skipped", "same as open pull request #1")


def test_when_main_moves_the_change_is_made_anew_under_the_same_number(scene: Scene) -> None:
    scene.publish()
    move_main(scene, b="y = 1\n")
    assert acts(scene.publish()) == []
    with opened(scene.root) as improver:
        assert improver.ledger.proposal(1).state is State.STALE
        propose(improver, title="Say two anew")
    assert acts(scene.publish()) == [("renewed", 1)]
    thread = scene.hub.thread(1)
    assert thread.title == "Say two anew in a.py"
    with opened(scene.root) as improver:
        assert [(one.number, one.pull) for one in improver.ledger.publications()] == [(1, 1), (2, 1)]
        made = improver.ledger.proposal(2).draft
    assert list(scene.hub.bare.heads().values())[1:] == [made.commit]


def test_what_main_got_by_hand_is_closed_and_nobodys_no(scene: Scene) -> None:
    scene.publish()
    move_main(scene, a="x = 2\n")
    assert acts(scene.publish()) == [("closed", 1)]
    thread = scene.hub.thread(1)
    assert (thread.state, len(thread.comments)) == ("closed", 1)
    with opened(scene.root) as improver:
        assert improver.ledger.decisions() == ()


def test_what_a_scan_of_all_of_main_no_longer_finds_is_closed(tmp_path: Path, hub: Hub) -> None:
    scene = Scene.set(make_project(tmp_path / "project", ("a.py", "b.py")), hub)
    with opened(scene.root) as improver:
        propose(improver, rule="open_with")  # which a scan finds nowhere
        propose(improver, path="b.py")  # which no scan looks for
    assert acts(scene.publish()) == [("opened", 1), ("opened", 2)]
    assert acts(scene.publish()) == []
    move_main(scene, c="y = 1\n")
    assert acts(scene.publish()) == [("closed", 1)]
    assert (scene.hub.thread(1).state, scene.hub.thread(2).state) == ("closed", "open")


def test_a_base_that_was_pushed_over_makes_it_stale_and_harms_nothing(scene: Scene) -> None:
    scene.publish()
    git(scene.root, "commit", "-q", "--amend", "--allow-empty", "-m", "another start")
    move_main(scene, b="y = 1\n")
    assert acts(scene.publish()) == []
    assert scene.hub.thread(1).state == "open"
    with opened(scene.root) as improver:
        assert improver.ledger.proposal(1).state is State.STALE


def test_a_branch_that_a_human_pushed_to_is_left_alone(scene: Scene) -> None:
    scene.publish()
    theirs = scene.hub.human("writer").push(BRANCH, {"c.py": "z = 1\n"})
    move_main(scene, b="y = 1\n")
    assert acts(scene.publish()) == [("left", 1)]
    assert acts(scene.publish()) == []
    assert scene.hub.bare.heads()[BRANCH] == theirs


def test_a_branch_that_a_human_deleted_is_a_closed_pull_request_and_a_no(scene: Scene) -> None:
    scene.publish()
    scene.hub.human("owner").delete_branch(BRANCH)
    with opened(scene.root) as improver:
        made = improver.ledger.proposal(1).draft
    assert acts(scene.publish()) == []
    with opened(scene.root) as improver:
        assert improver.ledger.proposal(1).state is State.REJECTED
        assert improver.ledger.suppressed(made.findings[0]).startswith("rejected in proposal #1")


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        pytest.param(lambda hub: hub.protect("main", BRANCH), "the host protects this branch", id="protected"),
        pytest.param(lambda hub: hub.archive(), "is archived", id="archived"),
    ],
)
def test_a_host_that_refuses_is_told_and_nothing_is_lost(scene: Scene, spoil: object, what: str) -> None:
    spoil(scene.hub)  # type: ignore[operator]
    with pytest.raises(ForgeError, match=what):
        scene.publish()
    scene.hub.protect("main")
    scene.hub.unarchive()
    assert acts(scene.publish()) == [("opened", 1)]


def test_a_repository_that_was_renamed_is_found_under_its_new_name(scene: Scene) -> None:
    git(scene.root, "remote", "add", "origin", scene.hub.git_url)
    scene.hub.rename("acme/store")
    assert acts(scene.publish()) == [("opened", 1)]
    with opened(scene.root) as improver:
        assert improver.ledger.publications()[0].repository == "acme/store"


def test_hostile_words_reach_the_host_as_words(tmp_path: Path, hub: Hub) -> None:
    root = make_project(tmp_path / "project")
    with opened(root) as improver:
        propose(improver, title="Fixes #1 @owner ::set-env name=A::b <b>")
    Scene.set(root, hub).publish()
    thread = hub.thread(1)
    assert thread.title == "Fixes # 1 @ owner : :set-env name=A: :b <b> in a.py"
    assert "\n::" not in (thread.body or "")


# --- before anything is asked -------------------------------------------------------------------------------------


def test_what_may_not_leave_this_machine_is_refused(scene: Scene) -> None:
    with opened(scene.root, scene.hub, scene.token) as improver:
        keep(
            improver.repository.data,
            CanaryRecord(gate_code_digest(running_code()), "2026-01-01T00:00:00+00:00", 1, 0, 1, ("eval-1",), (), ()),
        )
    with pytest.raises(RefusedByPolicy, match="these gates may publish nothing"):
        scene.publish()
    assert scene.hub.calls[1:] == []


@pytest.mark.parametrize(
    ("token", "origin", "what"),
    [
        pytest.param("", True, "there is no token", id="no token"),
        pytest.param("ghp_x", False, "the project is at no host", id="no remote"),
    ],
)
def test_what_is_missing_is_said(scene: Scene, token: str, origin: bool, what: str) -> None:
    if origin:
        git(scene.root, "remote", "add", "origin", scene.hub.git_url)
    with opened(scene.root, scene.hub if origin else None, token) as improver:
        with pytest.raises(ImproverError, match=what) as caught:
            hosting_of(improver)
        assert caught.value.hint.fix


def test_a_run_that_publishes_begins_on_the_hosts_main(scene: Scene) -> None:
    git(scene.root, "remote", "add", "origin", scene.hub.git_url)
    commit_all(scene.root, b="y = 1\n")  # not pushed
    said = "pull requests are made for the head of the main branch"
    with opened(scene.root, scene.hub, scene.token) as improver, pytest.raises(UsageError, match=said):
        improve_hosted(improver, Request(1), Wish(), (), lambda _: None)


def test_what_was_not_published_before_main_moved_holds_nothing_back(scene: Scene) -> None:
    git(scene.root, "remote", "add", "origin", scene.hub.git_url)
    move_main(scene, b="y = 1\n")
    with opened(scene.root, scene.hub, scene.token) as improver:
        with pytest.raises(EnvironmentUnfit):  # the project has no tests, so the run ends where it would begin
            improve_hosted(improver, Request(1), Wish(), (), lambda _: None)
        assert improver.ledger.proposal(1).state is State.STALE


# --- the command --------------------------------------------------------------------------------------------------


@pytest.fixture
def typed(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Return the command as it is typed in the project, with a token in the environment."""
    git(scene.root, "remote", "add", "origin", scene.hub.git_url)
    for name in ("GITHUB_TOKEN", "GH_TOKEN", "GITHUB_REPOSITORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NOVA_GITHUB_TOKEN", scene.token)
    monkeypatch.setenv("GITHUB_API_URL", scene.hub.api)
    return lambda *words: main([*words, "--repo", str(scene.root)])


def test_the_command_says_where_to_look(
    scene: Scene, typed: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed("publish", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    page = f"{scene.hub.url}/acme/shop/pull/1"
    with opened(scene.root) as improver:
        proposal = improver.ledger.proposal(1).draft.id
    pull = {"act": "opened", "text": "Say two in a.py", "number": 1, "page": page, "proposal": proposal}
    assert (said["outcome"], said["pulls"], said["next"]) == ("published", [pull], [page])
    assert typed("publish", "--json") == 0
    assert json.loads(capsys.readouterr().out)["outcome"] == "nothing_to_publish"


def test_a_host_that_refuses_the_token_ends_with_five_and_shows_it_nowhere(
    scene: Scene, typed: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    scene.hub.revoke(scene.token)
    assert typed("publish", "--json") == 5
    told = capsys.readouterr()
    assert json.loads(told.out)["outcome"] == "error"
    assert scene.token not in told.out + told.err


def test_what_policy_keeps_here_ends_with_six(
    scene: Scene, typed: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(scene.root) as improver:
        number = propose(improver, title="Say it otherwise", safety=Safety.BEHAVIOUR_CHANGE)
    assert typed("publish", str(number)) == 6
    assert "may not leave this machine" in capsys.readouterr().err
    assert scene.hub.bare.heads().keys() == {"main"}
