"""Calls that are refused for a file that happens not to be there."""

from dataclasses import replace

import pytest

from improver.writing.choice.surroundings import wants_absence
from tests.improver.calls import case


def refused(call: str, error: str = "OSError", *asks: str) -> bool:
    return wants_absence(replace(case(call, checks=(("raises", error, "not found"),)), asks=asks))


@pytest.mark.parametrize("error", ["OSError", "FileNotFoundError", "builtins.IsADirectoryError"])
def test_a_name_of_a_file_may_be_there_elsewhere(error: str) -> None:
    assert refused("Box('spec')", error)
    assert refused("Box(b'spec')", error)


@pytest.mark.parametrize(
    ("call", "error", "asks"),
    [
        pytest.param("Box('spec')", "ValueError", (), id="another error"),
        pytest.param("Box('/spec')", "OSError", (), id="an absolute path"),
        pytest.param("Box(3)", "OSError", (), id="no name"),
        pytest.param("Box('')", "OSError", (), id="an empty one"),
        pytest.param("Box(tmp_path / 'spec')", "OSError", ("tmp_path",), id="in a folder of its own"),
    ],
)
def test_what_is_refused_anywhere_may_be_tested(call: str, error: str, asks: tuple[str, ...]) -> None:
    assert not refused(call, error, *asks)


def test_what_comes_back_is_no_absence() -> None:
    assert not wants_absence(case("Box('spec')", "'spec'"))
