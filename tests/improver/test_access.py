"""What the environment says of a host is read once, and its secret shows itself to nobody."""

import copy
import dataclasses
from pathlib import Path

import pytest

from improver.access import HostSettings, Secret
from improver.settings import host_settings


@pytest.mark.parametrize(
    ("environment", "token"),
    [
        pytest.param({"NOVA_GITHUB_TOKEN": "a", "GITHUB_TOKEN": "b", "GH_TOKEN": "c"}, "a", id="ours comes first"),
        pytest.param({"GITHUB_TOKEN": "b", "GH_TOKEN": "c"}, "b", id="then the workflow's"),
        pytest.param({"NOVA_GITHUB_TOKEN": "", "GH_TOKEN": "c"}, "c", id="an empty one says nothing"),
        pytest.param({"GITHUB_TOKEN": "b\n"}, "b", id="a newline is none of it"),
        pytest.param({}, "", id="none"),
    ],
)
def test_a_token_is_found(environment: dict[str, str], token: str) -> None:
    found = host_settings(environment).token
    assert (found.reveal(), bool(found)) == (token, bool(token))


def test_a_workflow_is_described_by_its_variables() -> None:
    found = host_settings(
        {
            "NOVA_GITHUB_APP_ID": "12",
            "NOVA_GITHUB_APP_KEY": "/keys/app.pem",
            "NOVA_GITHUB_INSTALLATION": "34",
            "GITHUB_API_URL": "https://api.github.com",
            "GITHUB_REPOSITORY": "ada/engine",
            "GITHUB_STEP_SUMMARY": "/run/summary.md",
            "GITHUB_EVENT_NAME": "issue_comment",
            "GITHUB_EVENT_PATH": "/run/event.json",
            "GITHUB_RUN_ID": "56",
        }
    )
    assert found == HostSettings(
        token=Secret(""),
        app_id="12",
        app_key=Path("/keys/app.pem"),
        installation="34",
        api="https://api.github.com",
        repository="ada/engine",
        summary=Path("/run/summary.md"),
        event_name="issue_comment",
        event=Path("/run/event.json"),
        run="56",
    )
    assert host_settings({}) == HostSettings()


def test_a_secret_shows_itself_to_nobody() -> None:
    settings = HostSettings(token=Secret("canary"))
    shown = [repr(settings), str(settings.token), f"{settings.token}", str(dataclasses.asdict(settings))]
    assert [text for text in shown if "canary" in text] == []
    assert copy.deepcopy(settings) == settings
    assert settings.token != Secret("another")
