"""Lint tells new findings from moved ones, and churn from change."""

from dataclasses import replace

import pytest

from improver.gate import Candidate, Example
from improver.gates.lint import lint
from improver.ports import Layout
from improver.records import GateResult, Ruling, Safety
from tests.improver.benches import FakeBench, ruled
from tests.improver.judging import PACKAGED

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


STRICT = {"ruff.toml": "[lint]\nselect = ['ANN', 'F', 'S101']\n[format]\nexclude = ['*.py']\n"}
FREE = "def test_{}():\n    assert 1\n"


@pytest.mark.parametrize(
    ("count", "more", "safety", "codes"),
    [
        pytest.param(3, FREE, Safety.NEW_TEST, [], id="what the file breaks throughout"),
        pytest.param(2, FREE, Safety.NEW_TEST, ["ANN201", "S101"], id="what it broke once or twice"),
        pytest.param(3, FREE, Safety.CHANGED_TEST, ["ANN201", "S101"], id="a change of tests"),
        pytest.param(3, FREE + "    x = 1\n", Safety.NEW_TEST, ["F841"], id="a fault beside it"),
    ],
)
def test_a_new_test_keeps_to_the_style_that_its_file_has(
    count: int, more: str, safety: Safety, codes: list[str]
) -> None:
    old = "".join(FREE.format(number) for number in range(count))
    base = {**STRICT, "pier/a.py": "X = 1\n", "tests/test_a.py": old}
    result = ruled(lint, Example(base, {"tests/test_a.py": old + more.format("new")}, safety), FakeBench())
    assert [reason.split()[1] for reason in result.reasons] == codes
    told = [note for note in result.receipt.notes if "so that new tests may too" in note]
    assert bool(told) is (count > 2 and safety is Safety.NEW_TEST)


def test_a_fault_is_one_however_often_it_is_there() -> None:
    old = "".join(f"def test_{number}():\n    x = {number}\n" for number in range(4))
    base = {**STRICT, "pier/a.py": "X = 1\n", "tests/test_a.py": old}
    example = Example(base, {"tests/test_a.py": f"{old}def test_new():\n    x = 1\n"}, Safety.NEW_TEST)
    assert [reason.split()[1] for reason in ruled(lint, example, FakeBench()).reasons] == ["F841"]


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


@pytest.mark.parametrize(
    ("after", "ruling"),
    [
        ("x  =  1\ny = 2\n", Ruling.ESCALATE),
        ("x  =  1\ny = 2\nimport os\n", Ruling.FAIL),
        ("x = 1\ny = 3\n", Ruling.PASS),
    ],
    ids=["only laid out differently", "a fault beside it", "a change"],
)
def test_a_person_is_asked_about_a_layout_and_refused_a_fault(after: str, ruling: Ruling) -> None:
    example = Example({**FLAKES, "pier/a.py": "x = 1\ny = 2\n"}, {"pier/a.py": after})
    change = replace(example.change(), author="human")
    assert lint(Candidate(example.tree(), change, PACKAGED, FakeBench())).ruling is ruling


def test_a_formatted_file_stays_formatted_where_the_project_uses_ruff() -> None:
    before, after = "x = [1]\n", "x = [1,2]\n"
    assert linted(before, after, {}).ruling is Ruling.PASS
    assert linted(before, after, {"pyproject.toml": "[project]\nname = 'pier'\n"}).ruling is Ruling.PASS
    result = linted(before, after, {"pyproject.toml": "[tool.ruff]\nline-length = 100\n"})
    assert result.reasons == ("pier/a.py: was formatted as the project's ruff configuration says and no longer is",)
    assert linted("x = [1,3]\n", after, {"ruff.toml": ""}).ruling is Ruling.PASS


# --- a project that configures no ruff ----------------------------------------------------------------------------

STYLE = [
    pytest.param("def f(a):\n    if a:\n        return\n    print(a)\n    return None\n", id="a return of nothing"),
    pytest.param("import re\nimport os\nx = re, os\n", id="an order of imports"),
    pytest.param("from typing import List\nx: List[int] = []\n", id="an old annotation"),
    pytest.param("x = 1;print(x)\n", id="a joined line"),
]
FAULTY = [
    pytest.param("import os\n", "F401", id="an import that nothing uses"),
    pytest.param("def f(a=[]):\n    return a\n", "B006", id="a shared default"),
    pytest.param("try:\n    print()\nexcept:\n    print(1)\n", "E722", id="everything caught"),
    pytest.param("try:\n    print()\nexcept Exception:\n    pass\n", "S110", id="an error passed over"),
    pytest.param("def f(a):\n    return eval(a)\n", "S307", id="text that is run"),
]


@pytest.mark.parametrize("config", [{}, {"pyproject.toml": "[project]\nname = 'pier'\n"}], ids=["none", "of others"])
@pytest.mark.parametrize("after", STYLE)
def test_style_is_no_fault_where_no_ruff_is_configured(after: str, config: dict[str, str]) -> None:
    assert linted("x = 1\n", after, config).reasons == ()


@pytest.mark.parametrize("config", [{}, {"pyproject.toml": "[project]\nname = 'pier'\n"}], ids=["none", "of others"])
@pytest.mark.parametrize(("after", "code"), FAULTY)
def test_a_fault_is_one_everywhere(after: str, code: str, config: dict[str, str]) -> None:
    result = linted("x = 1\n", after, config)
    assert result.ruling is Ruling.FAIL
    assert [reason.split()[1] for reason in result.reasons] == [code]


def test_ruffs_own_choice_holds_where_ruff_is_configured() -> None:
    result = linted("x = 1\n", "import re\nimport os\n\nx = re, os\n", {"ruff.toml": "line-length = 100\n"})
    assert "I001" in result.reasons[0]


# --- the project's own packages -----------------------------------------------------------------------------------

SORTED = "import pytest\n\nfrom larder import menu\n\nprint(pytest, menu)\n"
PLACES = [
    pytest.param("", {"larder/__init__.py": "", "larder/menu.py": ""}, id="a package"),
    pytest.param("", {"larder.py": "menu = 1\n"}, id="a module"),
    pytest.param("", {"larder/deep/menu.py": ""}, id="a package without a face"),
    pytest.param("src", {"src/larder/menu.py": ""}, id="below src"),
    pytest.param("lib", {"lib/larder/a.py": "", "ruff.toml": "src = ['lib']\nlint.select = ['I']\n"}, id="below lib"),
]


def sorted_imports(root: str, base: dict[str, str], text: str) -> GateResult:
    base = {"ruff.toml": "lint.select = ['I', 'INP', 'D104']\n", "tests/__init__.py": "", **base}
    bench = FakeBench(layout=Layout((root,), ("larder",), ("tests",), "python"))
    return ruled(lint, Example(base, {"tests/test_menu.py": text}), bench)


@pytest.mark.parametrize(("root", "base"), PLACES)
def test_own_packages_are_told_from_those_of_others(root: str, base: dict[str, str]) -> None:
    result = sorted_imports(root, base, SORTED)
    assert (result.ruling, result.reasons) == (Ruling.PASS, ())
    assert dict(result.receipt.counts) == {"files": 1, "findings": 0}
    joined = sorted_imports(root, base, SORTED.replace("\n\nfrom", "\nfrom"))
    assert [reason.split()[1] for reason in joined.reasons] == ["I001"]


def test_packages_of_others_stay_strangers() -> None:
    assert sorted_imports("", {"pier.py": ""}, SORTED).ruling is Ruling.FAIL
