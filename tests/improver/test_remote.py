"""Git to a host: only our refs, only with a lease, the token nowhere but in one process's environment."""

import subprocess
from pathlib import Path

import pytest

from improver import host
from improver.access import NOTHING, Secret
from improver.adapters.git_command import Output
from improver.adapters.remote import GitRemote
from improver.errors import ForgeError
from tests.improver.test_local_forge import git
from tests.stand_in import Hub
from tests.stand_in.faults import slow

BRANCH, ID = "nova/open-with-a-12345678", "12345678-open-with-a"


class Place:
    """A project, the bare repository that serves it, and the remote between the two."""

    def __init__(self, folder: Path) -> None:
        self.root, self.bare = folder / "project", folder / "served.git"
        self.root.mkdir()
        git(self.root, "init", "-q", "-b", "main")
        (self.root / "app.py").write_bytes(b"x = 1\n")
        git(self.root, "add", "-A")
        git(self.root, "commit", "-q", "-m", "start")
        self.base = git(self.root, "rev-parse", "HEAD")
        tree = git(self.root, "rev-parse", "HEAD^{tree}")
        self.one, self.two = (git(self.root, "commit-tree", tree, "-p", self.base, "-m", name) for name in "ab")
        git(folder, "clone", "-q", "--bare", str(self.root), str(self.bare))
        self.remote: host.Remote = GitRemote(self.root, str(self.bare), NOTHING.reveal)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    return Place(tmp_path)


def test_a_branch_is_pushed_moved_and_deleted_only_from_where_it_was_expected(place: Place) -> None:
    remote = place.remote
    assert remote.push(BRANCH, place.one, "")
    assert remote.push(BRANCH, place.one, "")  # a run that was cut off asks again
    assert not remote.push(BRANCH, place.two, "")
    assert not remote.push(BRANCH, place.two, place.base)
    assert remote.push(BRANCH, place.two, place.one)
    assert remote.heads() == {"main": place.base, BRANCH: place.two}
    assert not remote.delete(BRANCH, place.one)
    assert remote.delete(BRANCH, place.two)
    assert not remote.delete(BRANCH, place.two)
    assert remote.heads() == {"main": place.base}


@pytest.mark.parametrize("branch", ["main", "nova", "nova/", "nova/A", "nova/a/b", "../main", "nova/a:refs/heads/main"])
def test_no_branch_but_ours_is_ever_written(place: Place, branch: str) -> None:
    with pytest.raises(ForgeError, match="the improver writes no branch called"):
        place.remote.push(branch, place.one, "")
    with pytest.raises(ForgeError, match="the improver writes no branch called"):
        place.remote.delete(branch, place.base)
    assert place.remote.heads() == {"main": place.base}


def test_evidence_is_kept_once_and_read_back(place: Place, tmp_path: Path) -> None:
    remote = place.remote
    remote.push_evidence(ID, b'{"a":1}\n')
    remote.push_evidence(ID, b'{"a":1}\n')
    assert list(remote.evidence()) == [ID]
    git(tmp_path, "clone", "-q", str(place.bare), "other")
    assert GitRemote(tmp_path / "other", str(place.bare), NOTHING.reveal).fetch_evidence(ID) == b'{"a":1}\n'
    assert remote.fetch_evidence("absent") is None
    with pytest.raises(ForgeError, match=f"other evidence is kept for {ID}"):
        remote.push_evidence(ID, b"{}\n")
    with pytest.raises(ForgeError, match="is no proposal of ours"):
        remote.push_evidence("../heads/main", b"{}\n")


def test_what_is_here_is_not_asked_for_and_what_is_not_comes_all_at_once(place: Place, tmp_path: Path) -> None:
    place.remote.push(BRANCH, place.one, "")
    place.remote.push(f"{BRANCH}-b", place.two, "")
    root = tmp_path / "bare"
    git(tmp_path, "init", "-q", "-b", "main", "bare")
    asked: list[str] = []

    class Counted(GitRemote):
        def _ask(self, verb: str, *arguments: str) -> Output:
            asked.append(verb)
            return super()._ask(verb, *arguments)

    remote = Counted(root, str(place.bare), NOTHING.reveal)
    assert remote.fetch(f"refs/heads/{BRANCH}", place.one) == place.one
    assert remote.fetch(f"refs/heads/{BRANCH}-b", place.two) == place.two
    assert asked == ["ls-remote", "fetch"]
    assert remote.fetch(f"refs/heads/{BRANCH}", place.base) == place.base  # which is what the caller saw
    assert remote.fetch(f"refs/heads/{BRANCH}") == place.one


def test_evidence_is_dropped_only_where_it_is_what_was_seen(place: Place) -> None:
    remote, other, third = place.remote, "22345678-other", "32345678-third"
    for name in (ID, other, third):
        remote.push_evidence(name, name.encode())
    there = remote.evidence()
    remote.drop_evidence({ID: there[ID], other: there[third], third: there[third]})
    assert list(remote.evidence()) == [other]
    remote.drop_evidence({ID: there[ID]})
    assert list(remote.evidence()) == [other]
    with pytest.raises(ForgeError, match="is no proposal of ours"):
        remote.drop_evidence({"../../heads/main": place.base})
    assert remote.heads() == {"main": place.base}


def test_what_is_fetched_becomes_an_object_and_no_ref(place: Place) -> None:
    tree = git(place.root, "rev-parse", "HEAD^{tree}")
    theirs = git(place.bare, "commit-tree", tree, "-m", "by hand")
    git(place.bare, "update-ref", "refs/pull/1/head", theirs)
    before = git(place.root, "for-each-ref")
    assert place.remote.fetch("refs/pull/1/head") == theirs
    assert place.remote.pull_heads() == {1: theirs}
    assert git(place.root, "cat-file", "-t", theirs) == "commit"
    assert git(place.root, "for-each-ref") == before
    assert not (place.root / ".git" / "FETCH_HEAD").exists()


@pytest.mark.parametrize(
    ("ref", "what"),
    [
        pytest.param("refs/heads/gone", "there is no refs/heads/gone", id="not there"),
        pytest.param("refs/heads/a:refs/heads/main", "is nothing that is fetched", id="a refspec"),
        pytest.param("--upload-pack=sh", "is nothing that is fetched", id="an option"),
        pytest.param("refs/tags/v1", "is nothing that is fetched", id="a tag"),
    ],
)
def test_what_cannot_be_fetched_is_said(place: Place, ref: str, what: str) -> None:
    with pytest.raises(ForgeError, match=what):
        place.remote.fetch(ref)


@pytest.mark.parametrize(
    ("url", "what"),
    [
        pytest.param("https://me:secret@host.invalid/a/b", "carries no credentials", id="credentials"),
        pytest.param("http://host.invalid/a/b", "git does not speak http", id="in the clear"),
        pytest.param("ext::sh -c id", "git does not speak ext", id="a command"),
        pytest.param("ssh://host.invalid/a/b", "git does not speak ssh", id="another protocol"),
        pytest.param("served.git", "is no absolute path", id="a relative path"),
    ],
)
def test_an_unsafe_url_is_refused_before_git_starts(place: Place, url: str, what: str) -> None:
    with pytest.raises(ForgeError, match=what):
        GitRemote(place.root, url, Secret("hidden").reveal)


def test_nothing_of_ours_runs_what_the_project_configures(place: Place, tmp_path: Path) -> None:
    for verb in ("pre-push", "post-checkout", "reference-transaction"):
        hook = place.root / ".git" / "hooks" / verb
        hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
        hook.chmod(0o755)
    git(place.root, "config", "credential.helper", f"!touch {tmp_path}/ran")
    git(place.root, "config", "core.askPass", f"{tmp_path}/asked")
    assert place.remote.push(BRANCH, place.one, "")
    place.remote.fetch(f"refs/heads/{BRANCH}")
    assert not (tmp_path / "ran").exists()


# --- over HTTP, with a token --------------------------------------------------------------------------------------


def opened(place: Place, hub: Hub, token: str) -> GitRemote:
    hub.load(place.root)
    return GitRemote(place.root, hub.git_url, Secret(token).reveal)


@pytest.mark.host
def test_a_token_opens_the_host_and_stands_in_no_command_or_file(place: Place, hub: Hub) -> None:
    token = hub.token("nova-bot")
    remote = opened(place, hub, token)
    git(place.root, "config", f"http.{hub.url}/.extraheader", "Authorization: Basic b2xkOm9sZA==")  # left by a checkout
    assert remote.push(BRANCH, place.one, "")
    remote.push_evidence(ID, b"{}\n")
    assert remote.heads() == {"main": place.base, BRANCH: place.one}
    assert remote.fetch_evidence(ID) == b"{}\n"
    kept = subprocess.run(["grep", "-rlF", token, place.root], capture_output=True, text=True, check=False)
    assert kept.stdout == ""


@pytest.mark.host
@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        pytest.param(lambda hub, token: hub.revoke(token), "the host does not know the token", id="revoked"),
        pytest.param(lambda hub, _: hub.permit("nova-bot", "read"), "the token may not do this", id="no right"),
        pytest.param(lambda hub, _: hub.permit("nova-bot", "none"), "there is no such repository", id="unseen"),
        pytest.param(lambda hub, _: hub.archive(), "the repository is archived", id="archived"),
        pytest.param(lambda hub, _: hub.protect("main", BRANCH), "the host protects this branch", id="protected"),
        pytest.param(lambda hub, _: hub.rename("acme/store"), "the repository moved", id="renamed"),
    ],
)
def test_a_host_that_refuses_is_told_apart(place: Place, hub: Hub, spoil: object, what: str) -> None:
    token = hub.token("nova-bot")
    remote = opened(place, hub, token)
    spoil(hub, token)  # type: ignore[operator]
    with pytest.raises(ForgeError, match=what) as caught:
        remote.push(BRANCH, place.one, "")
    assert caught.value.hint.fix != ""
    assert token not in str(caught.value)
    assert BRANCH not in hub.bare.heads()


@pytest.mark.host
def test_a_host_that_is_gone_or_never_answers_is_an_error(place: Place, hub: Hub) -> None:
    gone = GitRemote(place.root, "http://127.0.0.1:1/acme/shop.git", Secret("token-of-a-test").reveal)
    with pytest.raises(ForgeError, match="the host does not answer"):
        gone.heads()
    hub.faults.next(slow(20))
    with pytest.raises(ForgeError, match="the host does not answer"):
        GitRemote(place.root, hub.git_url, Secret(hub.token("nova-bot")).reveal, seconds=0.5).heads()
