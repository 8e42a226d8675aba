"""Objects of a private class that only a call gives: tests are written of what can be done with them, and right."""

import pytest

from improver.experiments import Case, Exploration, Wanted
from improver.judging.mutants import mutants_of
from improver.source import Source
from improver.verify.exploring import explored
from improver.writing.inputs.operating import combined
from tests.improver.rigs import rig_of

PATH = "pier/crew.py"
CREW = """\
def crew(names):
    return _Crew(set(names))


class _Crew:
    __slots__ = ("_names",)

    def __init__(self, names):
        self._names = names

    def __repr__(self):
        return f"crew({self._names!r})"

    def __eq__(self, other):
        return type(other) is _Crew and self._names == other._names

    def __contains__(self, name):
        return name in self._names

    def __iter__(self):
        return iter(self._names)

    def __and__(self, other):
        return crew(name for name in self if name in other)

    def __or__(self, other):
        return crew(other)

    def union(self, other):
        return crew([*self, *other])

    def difference(self, other):
        return crew(name for name in self if name not in other)
"""


@pytest.fixture(scope="module")
def exploration(tmp_path_factory: pytest.TempPathFactory) -> Exploration:
    texts = {"pyproject.toml": '[project]\nname = "pier"\nversion = "1.0"\n', "pier/__init__.py": "", PATH: CREW}
    texts["tests/test_crew.py"] = "def test_nothing():\n    assert True\n"
    rig, tree = rig_of(texts, tmp_path_factory.mktemp("pier"))
    source = Source.read(PATH, CREW.encode())
    assert isinstance(source, Source)
    names = [f"_Crew.{name}" for name in ("__and__", "__or__", "union", "difference")]
    asked = [
        Wanted(f"{PATH}::{name}", tuple(combined(source, "pier.crew", f"{PATH}::{name}", {})), vary=False)
        for name in names
    ]
    return explored(rig, tree, asked, mutants_of(source, names, 40))


def found(exploration: Exploration, name: str) -> list[Case]:
    return [case for case in exploration.cases if case.function == f"{PATH}::_Crew.{name}"]


@pytest.mark.host
def test_what_two_objects_come_to_is_demanded_as_it_says_and_notices_faults(exploration: Exploration) -> None:
    assert exploration.trouble == ""
    both = next(case for case in found(exploration, "__and__") if case.call == "crew({1, 2}) & crew({2, 3})")
    assert both.checks[0] == ("eq", "result", "crew({2})")
    assert any("name in other" in name for name in both.kills)
    assert any("not in other" in name for case in found(exploration, "difference") for name in case.kills)


@pytest.mark.host
def test_nothing_holds_on_to_an_operator_that_loses_items(exploration: Exploration) -> None:
    either = {case.call for case in found(exploration, "__or__")}
    assert "crew({1}) | {1, 2}" in either  # where it loses none
    assert "crew({1, 2}) | {2, 3}" not in either
    apart = ("made = crew({1, 2})", "other = crew({2, 3})", "made.union(other)")  # so that both are looked at after it
    assert apart in [(*case.setup, case.call) for case in found(exploration, "union")]
