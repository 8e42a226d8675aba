"""Lines that only another Python or another system runs: known where a condition plainly asks, and else not."""

import textwrap
from dataclasses import replace

import pytest

from improver.source import Source
from improver.writing.elsewhere import lines_elsewhere
from improver.writing.targets import weak_spots
from tests.improver.calls import ground_for

HERE = (3, 11, 2)


@pytest.mark.parametrize(
    ("condition", "branch"),
    [
        ("sys.version_info >= (3, 12)", "then"),
        ("sys.version_info >= (3, 11)", "else"),
        ("sys.version_info < (3, 11)", "then"),
        ("(3, 12) <= sys.version_info", "then"),
        ("sys.version_info[:2] == (3, 11)", "else"),
        ("sys.version_info[0] == 2", "then"),
        ("sys.version_info.minor > 11", "then"),
        ("not sys.version_info >= (3, 12)", "else"),
        ("sys.version_info >= (3, 12) and fast()", "then"),
        ("sys.version_info >= (3, 11) or fast()", "else"),
        ("sys.version_info >= (3, 11) and fast()", "neither"),
        ("sys.version_info >= (3, 12) or fast()", "neither"),
        ("sys.platform == 'win32'", "then"),
        ("sys.platform.startswith('win')", "then"),
        ("sys.platform.startswith('linux')", "else"),
        ("os.name == 'nt'", "then"),
        ("TYPE_CHECKING", "then"),
        ("typing.TYPE_CHECKING", "then"),
        ("sys.version_info >= OLDEST", "neither"),
        ("version >= (3, 12)", "neither"),
        ("sys.version_info == '3.12'", "neither"),
        ("sys.version_info[9] == 3", "neither"),
        ("sys.version_info >= (3, 11, 'beta')", "neither"),
        ("(3,).minor == 3", "neither"),
        ("sys.version_info > (3, 11, 1)", "else"),
        ("sys.version_info > (3, 11, 2)", "neither"),
        ("sys.version_info == (3, 11, 2)", "neither"),
        ("fast", "neither"),
    ],
)
def test_the_branch_that_is_never_taken_is_known_by_its_condition(condition: str, branch: str) -> None:
    found = lines_elsewhere(read(f"if {condition}:\n    a = 1\n    b = 2\nelse:\n    c = 3\n"), HERE, "linux")
    assert found == {"then": {2, 3}, "else": {5}, "neither": set()}[branch]


def test_an_elif_is_part_of_what_is_never_taken() -> None:
    text = "if sys.version_info >= (3, 11):\n    a = 1\nelif fast():\n    b = 2\nelse:\n    c = 3\n"
    assert lines_elsewhere(read(text), HERE, "linux") >= {4, 6}


@pytest.mark.parametrize("condition", ["sys.version_info >= (3, 12)", "sys.platform == 'win32'", "os.name == 'nt'"])
def test_nothing_is_elsewhere_of_a_machine_that_nobody_knows(condition: str) -> None:
    assert lines_elsewhere(read(f"if {condition}:\n    a = 1\n"), (), "") == frozenset()


def test_mutants_of_another_python_are_told_apart_from_those_that_tests_could_notice() -> None:
    depth = "    def depth(sea):\n        return sea > 1\n"
    text = f"if sys.version_info >= (3, 12):\n{depth}else:\n{depth}"
    ground = ground_for(text)
    weak = weak_spots(replace(ground, layout=replace(ground.layout, version=HERE)), "pier/a.py", 20)
    assert {one.line for one in weak.elsewhere} == {3}
    assert {one.line for one in weak.living} == {one.line for one in weak.mutants} == {6}


def read(text: str) -> Source:
    return Source("pier/a.py", textwrap.dedent(text).encode(), "utf-8", bom=False)
