"""What sync and answer say where they cannot work, and where there is nothing to do."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from improver.adapters.remote import GitRemote
from improver.app import now
from improver.cli.main import main
from tests.improver.test_evidence import EVIDENCE
from tests.improver.test_repository import git, planted
from tests.stand_in import Hub

pytestmark = pytest.mark.host

ELSEWHERE = ("NOVA_GITHUB_TOKEN", "GITHUB_TOKEN", "GH_TOKEN", "GITHUB_API_URL", "GITHUB_REPOSITORY")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ELSEWHERE:
        monkeypatch.delenv(name, raising=False)
    return planted(tmp_path / "project")


def served(project: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    """Let the project be served by the hub, to somebody with this token."""
    hub.load(project)
    git(project, "config", "remote.origin.url", hub.git_url)
    for name, value in zip(ELSEWHERE[2:], (token, hub.api, hub.name), strict=True):
        monkeypatch.setenv(name, value)


SYNC = ["sync", "--json", "--repo"]
ANSWER = ["answer", "--pr", "1", "--comment", "5", "--json", "--repo"]


def test_nothing_new_is_a_good_end(
    project: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    served(project, hub, monkeypatch, hub.installation_token())
    assert main([*SYNC, str(project)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["outcome"], said["changes"], said["unanswered"]) == ("nothing_new", [], [])


def test_evidence_of_long_ago_is_dropped_unless_one_only_reads(
    project: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    token = hub.installation_token()
    served(project, hub, monkeypatch, token)
    remote = GitRemote(project, hub.git_url, lambda: token)
    old, new = (replace(EVIDENCE, made=made) for made in ("2020-01-01T00:00:00+00:00", now().isoformat()))
    remote.push_evidence("12345678-old", old.to_bytes())
    remote.push_evidence("22345678-new", new.to_bytes())
    for more, pruned in (["--read-only"], []), ([], ["12345678-old"]), ([], []):
        assert main([*SYNC, str(project), *more]) == 0
        assert json.loads(capsys.readouterr().out)["pruned"] == pruned
    assert list(remote.evidence()) == ["22345678-new"]


@pytest.mark.parametrize("command", [SYNC, ANSWER], ids=["sync", "answer"])
@pytest.mark.parametrize(
    ("token", "reason"),
    [
        pytest.param("", "there is no token", id="no token"),
        pytest.param("ghp_wrong", "the host does not know this token", id="a wrong token"),
    ],
)
def test_without_a_token_that_opens_the_host_it_says_what_to_export(
    project: Path,
    hub: Hub,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
    token: str,
    reason: str,
) -> None:
    served(project, hub, monkeypatch, token)
    assert main([*command, str(project)]) == 5
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert told["reason"].startswith(reason)
    assert told["next"][0].startswith("export NOVA_GITHUB_TOKEN=")
    assert "ghp_wrong" not in said.out + said.err


def test_a_project_without_a_host_says_so(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SYNC, str(project)]) == 2
    assert json.loads(capsys.readouterr().out)["next"] == ["git remote add origin https://github.com/OWNER/NAME"]


def test_a_comment_that_is_gone_is_told(
    project: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    served(project, hub, monkeypatch, hub.installation_token())
    assert main([*ANSWER, str(project)]) == 5
    assert "/issues/comments/5" in json.loads(capsys.readouterr().out)["where"]


def test_a_plan_and_a_result_exclude_each_other(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = project / "app.py"
    assert main([*ANSWER, str(project), "--plan", str(project), "--result", str(file)]) == 2
    assert json.loads(capsys.readouterr().out)["reason"] == "--plan and --result exclude each other"
