"""Objects that a module holds under a public name: calls with them are written, unless they change what others use."""

import ast
import pickle
import sys
from collections.abc import Callable
from types import ModuleType

import pytest

from improver.experiments import Case, Exploration, Wanted
from improver.judging.mutants import mutants_of
from improver.source import Source
from improver.verify.exploring import explored
from tests.improver.rigs import rig_of

Asked = Callable[..., Exploration]
PATH, MODULE = "pier/zones.py", "pier.zones"
ZONES = """\
class Zone:
    def __init__(self, hours):
        self.offset = hours * 60
        self.seen = []

    def minutes(self, days):
        return self.offset + days * 1440

    def note(self, place):
        self.seen.append(place)
        return place + "!"


Eastern = Zone(-5)
LOGGED = [3, 1, 2]


def first(hours, tidy):
    if tidy:
        hours.sort()
    return hours[0]
"""


def of(function: str, call: str) -> Case:
    """Return a call with what it names of the module."""
    names = {one.id for one in ast.walk(ast.parse(call)) if isinstance(one, ast.Name)}
    return Case(function, call, tuple(sorted((MODULE, name) for name in names)))


def recorded(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Return the pickle of a call with an object like the one that the module holds."""
    made = ModuleType(MODULE)
    exec(ZONES, made.__dict__)  # noqa: S102 - a text of ours
    monkeypatch.setitem(sys.modules, "pier", ModuleType("pier"))
    monkeypatch.setitem(sys.modules, MODULE, made)
    return pickle.dumps(((made.__dict__["Zone"](-5), 2), {}))


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """Return what explores calls of these functions."""
    texts = {"pyproject.toml": '[project]\nname = "pier"\nversion = "1.0"\n', "pier/__init__.py": "", PATH: ZONES}
    texts["tests/test_zones.py"] = "def test_nothing():\n    assert True\n"
    rig, tree = rig_of(texts, tmp_path_factory.mktemp("pier"))
    source = Source.read(PATH, ZONES.encode())
    assert isinstance(source, Source)

    def explore(*wanted: Wanted) -> Exploration:
        names = [one.function.partition("::")[2] for one in wanted]
        return explored(rig, tree, wanted, mutants_of(source, names, 40))

    return explore


@pytest.mark.host
def test_a_recorded_call_of_what_a_module_holds_is_written_and_one_that_changes_it_is_not(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    called, note = (f"{PATH}::Zone.{name}" for name in ("minutes", "note"))
    exploration = asked(
        Wanted(called, calls=(("recorded", recorded(monkeypatch)),), vary=False),
        Wanted(note, tuple(of(note, f"{one}.note('bay')") for one in ("Eastern", "Zone(1)")), vary=False),
    )
    assert exploration.trouble == ""
    (minutes,) = [case for case in exploration.cases if case.function.endswith("minutes")]
    assert (minutes.call, minutes.imports) == ("Eastern.minutes(2)", ((MODULE, "Eastern"),))
    assert minutes.checks[0] == ("eq", "result", "2580")
    assert minutes.kills
    noted = {line for case in exploration.cases if case.function.endswith("note") for line in (*case.setup, case.call)}
    assert any("Zone(1)" in line for line in noted)
    assert not any("Eastern" in line for line in noted)


@pytest.mark.host
def test_what_one_call_does_to_what_a_module_holds_no_other_call_sees(asked: Asked) -> None:
    first = f"{PATH}::first"
    calls = ("first(LOGGED, True)", "first(LOGGED, False)", "first([2, 1], True)")
    exploration = asked(Wanted(first, tuple(of(first, one) for one in calls), vary=False))
    assert exploration.trouble == ""
    found = {(case.call, *case.setup): case.checks[0] for case in exploration.cases}
    assert found.pop(("first(LOGGED, False)",)) == ("eq", "result", "3")
    assert found
    assert not any("LOGGED" in " ".join(one) for one in found)
