"""Two hundred open pull requests of ours cost one call each to learn of, once, and nothing to live with."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from improver.access import HostSettings, Secret
from improver.adapters.github import open_github
from improver.app import now
from improver.cli.main import main
from improver.host import NewPull
from improver.pulls.presenting import body
from improver.pulls.publishing import Offer, host_branch
from improver.records import Finding
from improver.verify.evidence import Evidence
from tests.end_to_end.hosted import Scene, commit_all, git, make_project, opened, propose
from tests.improver.test_evidence import EVIDENCE
from tests.stand_in import Hub

pytestmark = pytest.mark.host
MANY = 200
RULE = "say_other"
BUDGET = Path(__file__).parents[2] / "improver/defaults/budget.yaml"
COMMITTER = "committer Nova <nova@example.invalid> 1767225600 +0000\n"


def fast_import(hub: Hub, commits: list[tuple[str, str, str, str]]) -> None:
    """Make commits in the served repository: ref, line that names its parent, path, content."""
    stream = "".join(
        f"commit {ref}\n{COMMITTER}data 1\nx\n{parent}M 100644 inline {path}\ndata {len(data.encode())}\n{data}\n"
        for ref, parent, path, data in commits
    )
    hub.bare.git("fast-import", "--quiet", stdin=stream)


def proved(number: int, base: str, tree: str) -> Evidence:
    found = Finding(f"other-{number}", RULE, f"f{number}.py", "x", 1, 0, "it says one")
    made = now().isoformat(timespec="seconds")
    return replace(EVIDENCE, rule=RULE, findings=(found,), base=base, tree=tree, made=made, title=f"Say {number}")


def crowd(hub: Hub) -> None:
    """Open many pull requests, each with its branch and its evidence."""
    base = hub.bare.heads()["main"]
    names = {number: host_branch(RULE, f"f{number}.py", [f"other-{number}"]) for number in range(MANY)}
    fast_import(hub, [(f"refs/heads/{name}", f"from {base}\n", f"f{at}.py", "x = 2\n") for at, name in names.items()])
    heads = hub.bare.heads()
    host = open_github(HostSettings(token=Secret(hub.installation_token()), api=hub.api), hub.git_url)
    kept = []
    for number, name in names.items():
        evidence = proved(number, base, "c" * 40)
        offer = Offer(f"{heads[name][:8]}-say-other", heads[name], f"f{number}.py", evidence)
        kept.append((f"refs/nova/evidence/{offer.id}", "", "evidence.json", evidence.to_bytes().decode()))
        text = body(evidence, offer.mark, name, complete=True)
        host.open_pull(NewPull(evidence.title, text, name, "main"))
    fast_import(hub, kept)


@pytest.fixture
def clone(tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a fresh clone of a project that is served with many open pull requests."""
    root = make_project(tmp_path / "project")
    (root / "policies").mkdir()
    wide = BUDGET.read_text("utf-8").replace("open_pulls: 5", "open_pulls: 900").replace("_pulls: 3", "_pulls: 900")
    (root / "policies/budget.yaml").write_text(wide, "utf-8")
    commit_all(root)
    scene = Scene.set(root, hub)
    crowd(hub)
    git(tmp_path, "clone", "-q", str(hub.bare.path), "clone")
    git(tmp_path / "clone", "config", "remote.origin.url", hub.git_url)
    surroundings = {"NOVA_GITHUB_TOKEN": scene.token, "GITHUB_API_URL": hub.api, "GITHUB_REPOSITORY": hub.name}
    for name, value in surroundings.items():
        monkeypatch.setenv(name, value)
    return tmp_path / "clone"


def asked(hub: Hub, *argv: str) -> tuple[int, int]:
    """Run a command; return how often it asked the host, and how often git did."""
    hub.faults.restart()
    assert main([*argv]) == 0
    by_git = sum("git-" in call.path or "info/refs" in call.path for call in hub.calls)
    return len(hub.calls) - by_git, by_git


def test_two_hundred_open_pull_requests_are_one_call_each_once_and_then_a_few_in_all(
    clone: Path, hub: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ("--repo", str(clone))
    api, by_git = asked(hub, "sync", "--json", *at)
    assert json.loads(capsys.readouterr().out)["pulls"] == MANY
    assert (MANY < api <= MANY + 12, by_git <= 12) == (True, True), (api, by_git)
    for command in ("sync", "publish"):
        api, by_git = asked(hub, command, *at)
        assert (api <= 15, by_git <= 12) == (True, True), (command, api, by_git)
    api, by_git = asked(hub, "report", "--issue", *at)
    assert (api <= 6, by_git) == (True, 0), (api, by_git)
    capsys.readouterr()
    with opened(clone) as improver:
        propose(improver)
    api, by_git = asked(hub, "publish", "--json", *at)
    (pull,) = json.loads(capsys.readouterr().out)["pulls"]
    assert (pull["act"], api <= 30, by_git <= 30) == ("opened", True, True), (pull, api, by_git)
    hub.human("owner").push("main", {"g.py": "x = 3\n"})  # and every one is to be made anew
    api, by_git = asked(hub, "publish", *at)
    assert (api <= 15, by_git <= 20) == (True, True), (api, by_git)
