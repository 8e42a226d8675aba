"""Mutants run on a real sandbox: what tests notice, what they do not, and what may not turn the next verdict."""

import sys
from pathlib import Path

import pytest

from improver.experiments import MutationRun
from improver.judging.mutants import mutants_of
from improver.records import File, Tree
from improver.source import Source
from improver.verify import configuration
from improver.verify.mutation import mutated
from improver.verify.sandbox import Sandbox
from improver.verify.suite import Rig
from improver.verify.target import find_layout
from tests.improver.judging import PACKAGED

pytestmark = pytest.mark.host

SEA = """
import functools

NAMES = []


def depth(sea, more=1):
    if sea < 0:
        raise ValueError("dry")
    return sea + more


def named(name):
    NAMES.append(name)
    return name.strip()


HOME = named(" north ")


@functools.lru_cache
def cached(sea):
    return sea * 2


def down(sea):
    while sea > 0:
        sea -= 1
    return sea


def unseen(sea):
    return sea - 1


class Box:
    def __init__(self, sea):
        self.sea = sea

    @property
    def half(self):
        return self.sea / 2
"""
TESTS = """
import pytest

from pier import a

SEEN = []


def test_depth():
    assert a.depth(4) == 5


@pytest.mark.parametrize("sea", [-1, -2], ids=["one [1]", "two::2"])
def test_dry(sea):
    with pytest.raises(ValueError):
        a.depth(sea)


def test_home():
    assert a.HOME == "north"
    assert a.NAMES == [" north "]


def test_cached():
    assert a.cached(3) == 6


def test_down():
    assert a.down(3) == 0


class TestBox:
    def test_half(self):
        SEEN.append(a.Box(4).half)
        assert a.Box(4).half == 2

    def test_needs_the_test_before(self):
        assert SEEN
"""


def tree_of(product: str = SEA, tests: str = TESTS) -> Tree:
    texts = {"pier/__init__.py": "", "pier/a.py": product, "tests/test_a.py": tests}
    return {path: File(text.encode()) for path, text in texts.items()}


def tried(sandbox: Sandbox, root: Path, tree: Tree, functions: list[str], tests: tuple[str, ...] = ()) -> MutationRun:
    layout = find_layout(tree, root, sys.executable, PACKAGED)
    rig = Rig(sandbox, layout, PACKAGED, configuration.read(tree))
    source = Source.read("pier/a.py", tree["pier/a.py"].data)
    assert isinstance(source, Source)
    return mutated(rig, tree, mutants_of(source, functions, 99), tests)


NOTICED = {  # by the tests named; the shortest comes first, so that either may be told
    "`sea + more` → `sea - more`": {"test_depth"},
    "`more=1` → `more=2`": {"test_depth"},  # a default
    '`raise ValueError("dry")` → `pass`': {"test_dry[one [1]]", "test_dry[two::2]"},
    "`return name.strip()` → `return None`": {"test_home"},  # what ran on import
    "`NAMES.append(name)` → `pass`": {"test_home"},
    "`return sea * 2` → `return None`": {"test_cached"},  # whose results are kept
    "`sea -= 1` → `pass`": {"timeout"},
    "`self.sea / 2` → `self.sea * 2`": {"TestBox::test_half"},
}


def test_a_mutant_is_killed_survives_or_is_not_reached(strongest: Sandbox, tmp_path: Path) -> None:
    functions = ["depth", "named", "cached", "down", "unseen", "Box.half"]
    run = tried(strongest, tmp_path, tree_of(), functions)
    assert run.trouble == ""
    killed = {says(name): test.removeprefix("tests/test_a.py::") for name, test in run.killed.items()}
    assert {name: tests for name, tests in NOTICED.items() if killed.get(name) not in tests} == {}
    assert {"`sea < 0` → `sea <= 0`", "`sea > 0` → `sea >= 0`"} & {says(name) for name in run.survived} != set()
    assert {says(name): why for name, why in run.undecided.items()} == {
        "`sea - 1` → `sea + 1`": "no test runs it",
        "`sea - 1` → `sea - 2`": "no test runs it",
        "`sea - 1` → `sea - 0`": "no test runs it",
        "`return sea - 1` → `return None`": "no test runs it",
    }
    counts = run.receipt.counts
    assert counts["mutants"] == counts["killed"] + counts["survived"] + counts["undecided"]
    assert counts["tests"] == 8


def says(name: str) -> str:
    return name.partition(": ")[2].partition(" at column")[0]


LEAKY = """
STORE = {}


def keep(name, value):
    STORE.setdefault(name, value + 1)
    return STORE[name]


def plain(value):
    return value * 3 + len(STORE) * 0
"""
LEAKY_TESTS = """
from pier import a


def test_keep():
    assert a.keep("n", 1) == 2


def test_plain():
    assert a.plain(2) == 6
"""


def test_what_a_mutant_leaves_behind_does_not_turn_the_next_verdict(strongest: Sandbox, tmp_path: Path) -> None:
    run = tried(strongest, tmp_path, tree_of(LEAKY, LEAKY_TESTS), ["keep", "plain"])
    verdicts = {says(name): test.rpartition("::")[2] for name, test in run.killed.items()}
    assert verdicts["`value + 1` → `value - 1`"] == "test_keep"
    assert verdicts["`value * 3` → `value / 3`"] == "test_plain"
    assert "`value + 1` → `value + 0`" in verdicts
    assert "`len(STORE) * 0` → `len(STORE) / 0`" in verdicts
    assert "`len(STORE) * 0` → `len(STORE) * 1`" in {*verdicts, *map(says, run.survived)}


FAILS = "from pier import a\n\n\ndef test_keep():\n    assert a.keep('n', 1) == 3\n"
ENDS = "import os\n\nfrom pier import a\n\n\ndef test_end():\n    os._exit(0)\n\n\n"
DIES = f"{ENDS}def test_keep():\n    assert a.keep('n', 1) == 2\n"
FORGES = """
import contextlib
import os

from pier import a


def test_keep():
    for number in range(3, 200):
        with contextlib.suppress(OSError):
            os.write(number, b'["x", "verdict", 0, "killed", "me"]\\n')
    a.keep("n", 1)
"""


def test_tests_that_fail_anyway_notice_nothing(strongest: Sandbox, tmp_path: Path) -> None:
    run = tried(strongest, tmp_path, tree_of(LEAKY, FAILS), ["keep"])
    assert (run.trouble, dict(run.killed)) == ("no test passes on unchanged code", {})


def test_a_test_that_ends_the_process_is_left_out(strongest: Sandbox, tmp_path: Path) -> None:
    run = tried(strongest, tmp_path, tree_of(LEAKY, DIES), ["keep"])
    assert run.trouble == ""
    assert set(run.killed.values()) == {"tests/test_a.py::test_keep"}


def test_a_forged_verdict_is_not_believed(strongest: Sandbox, tmp_path: Path) -> None:
    run = tried(strongest, tmp_path, tree_of(LEAKY, FORGES), ["keep"])
    assert "me" not in set(run.killed.values())


def test_only_the_named_tests_are_run(strongest: Sandbox, tmp_path: Path) -> None:
    run = tried(strongest, tmp_path, tree_of(), ["down", "depth"], ("tests/test_a.py::test_dry", "tests/none.py"))
    assert run.receipt.counts["tests"] == 2
    assert {test.partition("[")[0] for test in run.killed.values()} == {"tests/test_a.py::test_dry"}


CHECKED = '''
import ast
import inspect
import sys
import types


def checked(function):
    """Read the function's file once more and compile it with a check of what it is given, as type checkers do."""
    tree = ast.parse(inspect.getsource(sys.modules[function.__module__]))
    node = next(one for one in tree.body if getattr(one, "name", "") == function.__name__)
    node.decorator_list.clear()
    check = ast.parse("if type(sea) is not int:\\n    raise TypeError").body
    for part in ast.walk(check[0]):
        ast.copy_location(part, node)
    node.body[:0] = check
    code = compile(ast.fix_missing_locations(tree), function.__code__.co_filename, "exec")
    found = [one for one in code.co_consts if getattr(one, "co_name", "") == function.__name__]
    return types.FunctionType(found[0], function.__globals__, function.__name__, function.__defaults__)


@checked
def wide(sea, more=4):
    return sea + 3


@checked
def far(sea):
    return sea - 3


START = far(4)
'''
CHECKED_TESTS = """
import pytest

from pier import a


def test_wide():
    assert a.wide(2) == 5


def test_refused():
    with pytest.raises(TypeError):
        a.wide("2")


def test_start():
    assert a.START == 1
"""


def test_a_decorator_that_compiles_a_function_anew_hides_nothing(strongest: Sandbox, tmp_path: Path) -> None:
    run = tried(strongest, tmp_path, tree_of(CHECKED, CHECKED_TESTS), ["wide", "far"])
    killed = {says(name): test.rpartition("::")[2] for name, test in run.killed.items()}
    assert killed["`sea + 3` → `sea - 3`"] == "test_wide"
    assert killed["`return sea + 3` → `return None`"] == "test_wide"
    assert killed["`sea - 3` → `sea + 3`"] == "test_start"
    assert {says(name) for name in run.survived} == {"`more=4` → `more=3`", "`more=4` → `more=5`"}
    assert run.undecided == {}
