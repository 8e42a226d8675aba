"""Lint tells new findings from moved ones, and churn from change."""

import pytest

from improver.gate import Example
from improver.gates.lint import lint
from improver.records import GateResult, Ruling
from tests.improver.benches import FakeBench, ruled

LONG = "def f(a):\n" + "".join(f"    if a == {n}:\n        a += 1\n" for n in range(12)) + "    return a\n"
COMPLEX = '[lint]\nselect = ["C901", "F"]\nmccabe.max-complexity = 10\n'


FLAKES = {"ruff.toml": "[lint]\nselect = ['F']\n[format]\nexclude = ['*.py']\n"}


def linted(before: str | None, after: str, config: dict[str, str] | None = None) -> GateResult:
    base = {**(FLAKES if config is None else config), **({} if before is None else {"pier/a.py": before})}
    return ruled(lint, Example(base, {"pier/a.py": after}), FakeBench())


CLEAN = [
    pytest.param("import os\nx = 1\n", "import os\n\nx = 2\n", id="a finding that was there"),
    pytest.param("import os\nx = 1\n", "y = 2\nimport os\nx = 1\n", id="a finding that moved"),
    pytest.param("import os\nx = 1\n", "x = 1\n", id="a finding less"),
    pytest.param("import os\ndef os(): pass\n", "y = 1\nimport os\ndef os(): pass\n", id="one that names a line"),
    pytest.param("x = 1  # noqa\n", "x = 1\n", id="a comment removed"),
    pytest.param("x = (1)\n", "x = 1\n", id="needless parentheses removed"),
    pytest.param("x = 1\n", "x = 1\n\n\ndef f():\n    return 1\n", id="blank lines around new code"),
    pytest.param(
        "def f(a):\n    if a:\n        b(1)\n\n        b(2)\n    return None\n",
        "def f(a):\n    if not a:\n        return None\n    b(1)\n\n    b(2)\n    return None\n",
        id="lines that leave a block",
    ),
    pytest.param(
        "def f(a):\n    g = open(a)\n    b = '''\ntext\n'''\n    return g.read() + (\nb)\n",
        "def f(a):\n    with open(a) as g:\n        b = '''\ntext\n'''\n        return g.read() + (\nb)\n",
        id="lines that enter a block",
    ),
    pytest.param(
        "def f():\n    '''One\n    two.\n    '''\n", "def f():\n    '''One\n    three.\n    '''\n", id="a docstring"
    ),
]


@pytest.mark.parametrize(("before", "after"), CLEAN)
def test_what_is_not_new_passes(before: str, after: str) -> None:
    result = linted(before, after)
    assert (result.ruling, result.reasons) == (Ruling.PASS, ())


NEW = [
    pytest.param("x = 1\n", "import os\nx = 1\n", "pier/a.py:1: F401 `os` imported but unused", id="new"),
    pytest.param(
        "x = 1\n", "import os  # noqa\nx = 1\n", "pier/a.py:1: F401 `os` imported but unused", id="suppressed"
    ),
    pytest.param(
        "import os\nx = 1\n",
        "import re\nx = 1\n",
        "pier/a.py:1: F401 `re` imported but unused",
        id="another one in place of the old",
    ),
    pytest.param(None, "import os\n", "pier/a.py:1: F401 `os` imported but unused", id="in a new file"),
]


@pytest.mark.parametrize(("before", "after", "reason"), NEW)
def test_a_new_finding_fails(before: str | None, after: str, reason: str) -> None:
    result = linted(before, after)
    assert (result.ruling, result.reasons) == (Ruling.FAIL, (reason,))


def test_a_second_equal_finding_is_new() -> None:
    result = linted("def f():\n    x = 1\n", "def f():\n    x = 1\n\n\ndef g():\n    x = 1\n")
    assert result.reasons == ("pier/a.py:6: F841 Local variable `x` is assigned to but never used",)


def test_code_that_does_not_parse_is_a_finding() -> None:
    assert linted("x = 1\n", "x =\n").ruling is Ruling.FAIL


def test_a_measure_may_fall_but_not_rise() -> None:
    config = {"ruff.toml": COMPLEX}
    less = LONG.replace("    if a == 3:\n        a += 1\n", "")
    assert linted(LONG, less, config).ruling is Ruling.PASS
    assert linted(less, LONG, config).reasons == ("pier/a.py:1: C901 `f` is too complex (13 > 10)",)


def test_the_bases_configuration_decides() -> None:
    strict = {"pyproject.toml": '[tool.ruff]\nlint.select = ["F", "T20"]\n'}
    assert linted("x = 1\n", "x = 1\nprint(x)\n", {}).ruling is Ruling.PASS
    assert linted("x = 1\n", "x = 1\nprint(x)\n", strict).reasons == ("pier/a.py:2: T201 `print` found",)


CHURN = [
    pytest.param("x = f(1,\n  2)\ny = 2\nz = 1\n", "x = f(1, 2)\ny = 2\nz = 3\n", id="a joined call"),
    pytest.param("x = 'a'\ny = 2\nz = 1\n", 'x = "a"\ny = 2\nz = 3\n', id="quotes"),
    pytest.param("x = 1\n\n\n\ny = 2\nz = 1\n", "x = 1\n\ny = 2\nz = 3\n", id="blank lines"),
    pytest.param("x = 1  # a\ny = 2\nz = 1\n", "# a\nx = 1\ny = 2\nz = 3\n", id="a comment moved up"),
    pytest.param("# a\nx = 1\ny = 2\nz = 1\n", "x = 1\ny = 2\n# a\nz = 1\n", id="a comment moved elsewhere"),
    pytest.param("if x:\n  y()\n", "if x:\n    y()\n", id="a deeper indent"),
    pytest.param("x = 1\r\ny = 2\r\n", "x = 1\ny = 2\n", id="newlines"),
]


@pytest.mark.parametrize(("before", "after"), CHURN)
def test_churn_fails(before: str, after: str) -> None:
    result = linted(before, after)
    assert result.ruling is Ruling.FAIL
    assert all(reason.endswith("the same code is only laid out differently") for reason in result.reasons)


def test_a_formatted_file_stays_formatted_where_the_project_uses_ruff() -> None:
    before, after = "x = [1]\n", "x = [1,2]\n"
    assert linted(before, after, {}).ruling is Ruling.PASS
    assert linted(before, after, {"pyproject.toml": "[project]\nname = 'pier'\n"}).ruling is Ruling.PASS
    result = linted(before, after, {"pyproject.toml": "[tool.ruff]\nline-length = 100\n"})
    assert result.reasons == ("pier/a.py: was formatted as the project's ruff configuration says and no longer is",)
    assert linted("x = [1,3]\n", after, {"ruff.toml": ""}).ruling is Ruling.PASS
