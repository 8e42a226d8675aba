"""The environment is read once, and what it says wrongly is told with a fix."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from nova.errors import SettingsError
from nova.settings import Settings, Whose, settings_from


def test_an_empty_environment_but_for_a_home_is_a_one_person_shop() -> None:
    assert settings_from({"HOME": "/home/ada"}) == Settings(
        data=Path("/home/ada/.local/share/nova"),
        whose=Whose(tenant="home", client="", branch="", principal="owner"),
        has_key=False,
        script=None,
        colour=False,
    )


def test_everything_can_be_said() -> None:
    environment = {
        "HOME": "/home/ada",
        "USER": "ada",
        "NOVA_DATA": "/srv/nova",
        "NOVA_TENANT": "acme",
        "NOVA_CLIENT": "c1",
        "NOVA_BRANCH": "b1",
        "NOVA_SCRIPT": "lines.yaml",
        "ANTHROPIC_API_KEY": "sesame",
    }
    found = settings_from(environment, terminal=True)
    assert found == Settings(
        data=Path("/srv/nova"),
        whose=Whose("acme", "c1", "b1", "ada"),
        has_key=True,
        script=Path("lines.yaml"),
        colour=True,
    )
    assert found.journal == Path("/srv/nova/journal.sqlite3")
    assert "sesame" not in repr(found), "a key's value is never kept"


def test_what_was_typed_comes_before_the_environment_and_is_taken_from_here(tmp_path: Path) -> None:
    assert settings_from({"NOVA_DATA": "/srv/nova"}, str(tmp_path)).data == tmp_path
    assert settings_from({}, "data").data == Path.cwd() / "data"


@pytest.mark.parametrize(
    ("environment", "colour"),
    [({}, True), ({"NO_COLOR": ""}, False), ({"TERM": "dumb"}, False)],
    ids=["a terminal has colour", "unless NO_COLOR is set at all", "or it is a dumb one"],
)
def test_colour(environment: Mapping[str, str], colour: bool) -> None:
    assert settings_from({"HOME": "/h", **environment}, terminal=True).colour is colour


WRONG = {
    "no place at all": ({}, "there is no place for the data"),
    "a relative directory": ({"NOVA_DATA": "nova"}, "NOVA_DATA is 'nova'"),
    "a file": ({"NOVA_DATA": __file__}, "the data directory is no directory"),
}


@pytest.mark.parametrize(("environment", "what"), WRONG.values(), ids=WRONG)
def test_a_place_that_cannot_be_is_an_error_with_a_fix(environment: Mapping[str, str], what: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings_from(environment)
    assert (caught.value.what, bool(caught.value.fix), caught.value.exit_code) == (what, True, 3)
