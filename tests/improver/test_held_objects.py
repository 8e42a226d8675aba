"""Objects that a module holds under a public name: calls with them are written, unless they change what others use."""

import pickle
import sys
from types import ModuleType

import pytest

from improver.experiments import Case, Exploration, Wanted
from improver.judging.mutants import mutants_of
from improver.records import File
from improver.source import Source
from improver.verify import configuration
from improver.verify.exploring import explored
from improver.verify.sandbox import best_sandbox
from improver.verify.suite import Rig
from improver.verify.target import find_layout
from tests.improver.judging import PACKAGED

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
"""


def recorded(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Return the pickle of a call with an object like the one that the module holds."""
    made = ModuleType(MODULE)
    exec(ZONES, made.__dict__)  # noqa: S102 - a text of ours
    monkeypatch.setitem(sys.modules, "pier", ModuleType("pier"))
    monkeypatch.setitem(sys.modules, MODULE, made)
    return pickle.dumps(((made.__dict__["Zone"](-5), 2), {}))


@pytest.fixture
def exploration(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Exploration:
    texts = {"pyproject.toml": '[project]\nname = "pier"\nversion = "1.0"\n', "pier/__init__.py": "", PATH: ZONES}
    texts["tests/test_zones.py"] = "def test_nothing():\n    assert True\n"
    tree = {path: File(text.encode()) for path, text in texts.items()}
    layout = find_layout(tree, tmp_path_factory.mktemp("pier"), sys.executable, PACKAGED)
    rig = Rig(best_sandbox(layout.python), layout, PACKAGED, configuration.read(tree))
    source = Source.read(PATH, ZONES.encode())
    assert isinstance(source, Source)
    names = [f"Zone.{name}" for name in ("minutes", "note")]
    minutes, note = (f"{PATH}::{name}" for name in names)
    noted = (
        Case(note, "Eastern.note('bay')", ((MODULE, "Eastern"),)),
        Case(note, "Zone(1).note('bay')", ((MODULE, "Zone"),)),
    )
    asked = [
        Wanted(minutes, calls=(("recorded", recorded(monkeypatch)),), vary=False),
        Wanted(note, noted, vary=False),
    ]
    return explored(rig, tree, asked, mutants_of(source, names, 40))


@pytest.mark.host
def test_a_recorded_call_of_what_a_module_holds_is_written_and_one_that_changes_it_is_not(
    exploration: Exploration,
) -> None:
    assert exploration.trouble == ""
    (minutes,) = [case for case in exploration.cases if case.function.endswith("minutes")]
    assert (minutes.call, minutes.imports) == ("Eastern.minutes(2)", ((MODULE, "Eastern"),))
    assert minutes.checks[0] == ("eq", "result", "2580")
    assert minutes.kills
    noted = {line for case in exploration.cases if case.function.endswith("note") for line in (*case.setup, case.call)}
    assert any("Zone(1)" in line for line in noted)
    assert not any("Eastern" in line for line in noted)
