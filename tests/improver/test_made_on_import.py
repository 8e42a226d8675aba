"""What a file's import makes is made again for a fault in what made it."""

from pathlib import Path

import pytest

from improver.experiments import Case, Wanted
from improver.judging.mutants import mutants_of
from improver.source import Source
from improver.verify.exploring import explored
from improver.verify.touching import by_turns
from tests.improver.rigs import rig_of

QUAY = "pier/quay.py"
LIMITED = """\
def limited(func):
    top = 3

    def shallow(sea):
        return func(min(sea, top))

    return shallow


@limited
def depth(sea):
    return sea
"""


@pytest.mark.host
def test_a_fault_in_a_decorator_is_noticed_by_calls_of_what_it_decorates(tmp_path: Path) -> None:
    files = {QUAY: LIMITED, "pier/__init__.py": "", "tests/test_quay.py": "def test_depth(): ...\n"}
    rig, tree = rig_of(files, tmp_path)
    source = Source.read(QUAY, LIMITED.encode())
    assert isinstance(source, Source)
    calls = tuple(Case(f"{QUAY}::depth", f"depth({number})", (("pier.quay", "depth"),)) for number in (2, 9))
    asked = Wanted(f"{QUAY}::depth", calls, about=f"{QUAY}::limited", vary=False)
    found = explored(rig, tree, [asked], mutants_of(source, ["limited"], 20))
    noticed = {case.call: {name.partition(": ")[2] for name in case.kills} for case in found.cases}
    lasting = {"`top = 3` → `top = 2`", "`top = 3` → `top = 4`", "`return shallow` → `return None`"}
    assert noticed["depth(9)"] == {*lasting, "`return func(min(sea, top))` → `return None`"}
    assert noticed["depth(2)"] == noticed["depth(9)"] - {"`top = 3` → `top = 2`", "`top = 3` → `top = 4`"}


def test_the_first_of_each_function_comes_before_the_second_of_any() -> None:
    assert by_turns([7, 7, 4, 7, 4, 2]) == [0, 2, 5, 1, 4, 3]
