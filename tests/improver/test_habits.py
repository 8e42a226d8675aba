"""What the test files of a project have in common, and a new one has too."""

from dataclasses import replace

import pytest

from improver.experiments import Recording
from improver.writing.habits import head_of
from improver.writing.layout.assembling import assembled
from improver.writing.layout.grouping import Written
from improver.writing.placing import place_for
from tests.improver.calls import PIER, RECEIPT, case, source

FREE = "# Copyright of the harbour.\n# Take what you like.\n"


@pytest.mark.parametrize(
    ("heads", "head"),
    [
        pytest.param((FREE, FREE, ""), FREE, id="most have it"),
        pytest.param((FREE, "", ""), "", id="one has it"),
        pytest.param((FREE, FREE, "", ""), "", id="half of them"),
        pytest.param((FREE,), "", id="one file is no habit"),
        pytest.param((f"# coding: latin-1\n{FREE}", FREE), FREE, id="how a file is encoded is its own affair"),
        pytest.param((f"# coding: utf-8\n{FREE}",) * 2, f"# coding: utf-8\n{FREE}", id="as a new one is"),
        pytest.param(("#!/usr/bin/python\n", "#!/usr/bin/python\n"), "", id="what runs them is no comment"),
        pytest.param((FREE.replace("\n", "\r\n"), FREE), FREE, id="other newlines"),
    ],
)
def test_a_comment_that_most_files_begin_with_is_a_habit(heads: tuple[str, ...], head: str) -> None:
    assert head_of([source(f"{one}\nimport pier\n") for one in heads]) == head


def test_a_new_file_begins_as_the_others_do() -> None:
    names = ("tests/test_reef.py", "tests/test_tide.py", "tests/test_moon.py")
    tests = [source(f"{FREE}\nfrom pier.{one[11:15]} import x\n", one) for one in names]
    impact = {f"pier/{one[11:15]}.py::x": (f"{one}::test_x",) for one in names}
    place = place_for("pier/a.py", tests, Recording(impact, {}, {}, {}, RECEIPT))
    assert place is not None
    assert (place.path, place.head) == ("tests/test_a.py", FREE)
    one = replace(case("depth(3)", "4"), imports=(("pier.a", "depth"),), kills=frozenset({f"{PIER}:2: `4` → `5`"}))
    data = assembled([Written("test_depth", (one,))], place, "pier.a", frozenset())
    assert data is not None
    assert data.decode().startswith(f'{FREE}"""Tests of pier.a."""\n\nfrom pier.a import depth\n')
