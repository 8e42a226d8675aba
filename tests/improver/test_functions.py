"""Which functions a change touches."""

from collections.abc import Mapping

import pytest

from improver.gate import Candidate, Example
from improver.judging.functions import Touched, functions_touched, touched
from tests.improver.judging import PACKAGED, StillBench

FILE = '''"""Depths."""
import os

LIMIT = 9


def depth(sea, least=0):
    found = max(sea, least)
    return found


class Pier:
    width = 3

    @property
    def area(self):
        return self.width * 2

    async def wait(self):
        def later():
            return 1
        return later()
'''


def seen(before: Mapping[str, str], after: Mapping[str, str | None]) -> Touched:
    example = Example(before, after)
    return touched(Candidate(example.tree(), example.change(), PACKAGED, StillBench()))


def edited(old: str, new: str) -> Touched:
    assert old in FILE
    return seen({"pier/a.py": FILE}, {"pier/a.py": FILE.replace(old, new)})


@pytest.mark.parametrize(
    ("old", "new", "functions"),
    [
        pytest.param("return found", "return found + 0", ("depth",), id="a body"),
        pytest.param("least=0", "least=1", ("depth",), id="a default"),
        pytest.param("least=0", "least: int = 0", ("depth",), id="an annotation"),
        pytest.param("    @property\n", "", ("Pier.area",), id="a decorator"),
        pytest.param("return 1", "return 2", ("Pier.wait",), id="a nested function belongs to the one around it"),
        pytest.param("async def wait", "def wait", ("Pier.wait",), id="a coroutine made a function"),
        pytest.param("found", "metres", (), id="the name of a local"),
        pytest.param("return found", "return (found)", (), id="layout"),
    ],
)
def test_a_function_whose_code_differs_is_touched(old: str, new: str, functions: tuple[str, ...]) -> None:
    assert edited(old, new) == Touched(changed=tuple(f"pier/a.py::{name}" for name in functions))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("import os\n", "import os\nimport re\n", id="an import"),
        pytest.param("LIMIT = 9", "LIMIT = 10", id="a constant"),
        pytest.param("width = 3", "width = 4", id="a class body"),
        pytest.param("class Pier:", "class Pier(dict):", id="a base class"),
        pytest.param('"""Depths."""', '"""Depth."""', id="the docstring of the module"),
    ],
)
def test_code_that_runs_on_import_is_told_apart(old: str, new: str) -> None:
    assert edited(old, new) == Touched(module_level=("pier/a.py",))


def test_a_new_function_is_touched_and_one_that_is_gone_is_told() -> None:
    found = edited("    async def wait(self)", "    async def rest(self)")
    assert found == Touched(added=("pier/a.py::Pier.rest",), removed=("pier/a.py::Pier.wait",))
    assert found.present == ("pier/a.py::Pier.rest",)


def test_whole_files_come_and_go_with_their_functions() -> None:
    found = seen({"pier/a.py": "def f(): pass\n"}, {"pier/a.py": None, "pier/b.py": "def f(): pass\n"})
    assert found == Touched(added=("pier/b.py::f",), removed=("pier/a.py::f",))


def test_one_of_two_definitions_of_a_name_is_enough() -> None:
    text = "if A:\n    def f(): return 1\nelse:\n    def f(): return 2\n"
    assert seen({"a.py": text}, {"a.py": text.replace("2", "3")}) == Touched(changed=("a.py::f",))


def test_tests_are_no_product() -> None:
    assert seen({"tests/test_a.py": "def f(): return 1\n"}, {"tests/test_a.py": "def f(): return 2\n"}) == Touched()


def test_the_names_alone_are_those_that_the_candidate_has() -> None:
    example = Example({"a.py": "def f(): return 1\ndef g(): pass\n"}, {"a.py": "def f(): return 2\ndef h(): pass\n"})
    candidate = Candidate(example.tree(), example.change(), PACKAGED, StillBench())
    assert functions_touched(candidate) == ("a.py::f", "a.py::h")
