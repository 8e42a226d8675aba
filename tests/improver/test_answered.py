"""Reads of names that a module answers to by code of its own."""

from dataclasses import replace

import pytest

from improver.writing.inputs.answered import looked_up
from improver.writing.words.naming import name_for
from tests.improver.calls import PIER, case, node

GONE = """\
def __getattr__(name):
    if name == "Boat":
        return 1
    if name in {"Raft", "Canoe"}:
        return 2
    raise AttributeError(name)
"""


def reads(text: str) -> list[str]:
    return [one.call for one in looked_up(f"{PIER}__getattr__", "pier.a", node(text))]


def test_a_module_is_asked_for_the_names_that_it_knows() -> None:
    assert reads(GONE)[:2] == ["pier.a.nothing", "pier.a.Boat"]
    assert {*reads(GONE)[2:]} == {"pier.a.Raft", "pier.a.Canoe"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param('"Boat"', '"__version__"', id="a private name"),
        pytest.param('"Boat"', '"a boat"', id="no name"),
        pytest.param('"Boat"', '"lambda"', id="a word of Python's own"),
        pytest.param('name == "Boat"', 'name != "Boat"', id="a name that is refused"),
        pytest.param('name == "Boat"', 'kind == "Boat"', id="what is compared with something else"),
        pytest.param('name == "Boat"', 'name.startswith("Boat")', id="a part of a name"),
    ],
)
def test_it_is_not_asked_for(old: str, new: str) -> None:
    assert len(reads(GONE.replace(old, new))) == 3


def test_a_test_is_called_after_the_name_that_is_read() -> None:
    old = replace(case("pier.a.Boat", name="__getattr__"), checks=(("warns", "DeprecationWarning", "'gone'"),))
    assert name_for(old, node(GONE)) == "test_boat_warns_deprecation_warning"
