"""Types counts errors, and a checker that does not finish is no pass."""

import pytest

from improver.gate import Candidate, Example
from improver.gates.types import types
from improver.judging.typechecker import configures_pyright, mypy_options, parsed
from improver.records import Receipt, Ruling
from tests.improver.benches import FakeBench, ruled
from tests.improver.conftest import BenchFor
from tests.improver.judging import PACKAGED

Answer = tuple[int | None, str]
CLEAN: Answer = (0, "Success: no issues found in 2 source files\n")
ONE: Answer = (
    1,
    "pier/a.py:3: error: Name 'x' already defined on line 1  [no-redef]\n"
    "Found 1 error in 1 file (checked 2 source files)\n",
)
MOVED: Answer = (1, ONE[1].replace(":3:", ":9:9:").replace("line 1 ", "line 7 "))
TWO: Answer = (1, f"pier/b.py:1: error: Bad  [misc]\n{ONE[1]}".replace("Found 1 error in 1", "Found 2 errors in 2"))
TWICE: Answer = (1, f"{MOVED[1].split('Found')[0]}{ONE[1]}".replace("Found 1 error in", "Found 2 errors in"))
CRASH: Answer = (2, "pier/a.py: error: INTERNAL ERROR\n")
CHANGE = Example({"mypy.ini": "[mypy]\n", "pier/a.py": "old\n"}, {"pier/a.py": "new\n"})

RULINGS = [
    pytest.param(CRASH, CLEAN, Ruling.PASS, (), id="clean now"),
    pytest.param(ONE, MOVED, Ruling.PASS, (), id="an error that moved"),
    pytest.param(TWO, ONE, Ruling.PASS, (), id="an error less"),
    pytest.param(ONE, TWO, Ruling.FAIL, ("pier/b.py: Bad  [misc]",), id="an error in another file"),
    pytest.param(
        ONE, TWICE, Ruling.FAIL, ("pier/a.py: Name 'x' already defined on line  [no-redef]",), id="one error twice"
    ),
    pytest.param(
        CRASH, ONE, Ruling.ABSTAIN, ("mypy does not finish on the base: pier/a.py: error: INTERNAL ERROR",), id="base"
    ),
    pytest.param(
        CLEAN, CRASH, Ruling.FAIL, ("mypy no longer finishes: pier/a.py: error: INTERNAL ERROR",), id="it breaks now"
    ),
    pytest.param(
        CLEAN, (None, ""), Ruling.FAIL, ("mypy no longer finishes: exit None without a word",), id="it is killed now"
    ),
    pytest.param(
        (1, "No module named mypy\n"),
        (1, "No module named mypy\n"),
        Ruling.ABSTAIN,
        ("mypy does not finish on the base: No module named mypy",),
        id="not installed",
    ),
]


@pytest.mark.parametrize(("before", "after", "ruling", "reasons"), RULINGS)
def test_errors_are_counted_before_and_after(
    before: Answer, after: Answer, ruling: Ruling, reasons: tuple[str, ...]
) -> None:
    result = ruled(types, CHANGE, FakeBench(commands={"old\n": before, "new\n": after}))
    assert (result.ruling, result.reasons) == (ruling, reasons)


def test_the_receipt_counts_what_mypy_said() -> None:
    bench = FakeBench(commands={"old\n": TWO, "new\n": TWO})
    assert dict(ruled(types, CHANGE, bench).receipt.counts) == {"errors": 2, "files": 2}


@pytest.mark.parametrize(
    ("base", "reason"),
    [
        pytest.param({}, "no type checker is configured", id="nothing"),
        pytest.param({"pyproject.toml": "[tool.ruff]\n"}, "no type checker is configured", id="another tool"),
        pytest.param({"pyrightconfig.json": "{}"}, "pyright is configured, which is not run yet", id="pyright"),
        pytest.param(
            {"pyproject.toml": "[tool.pyright]\n"}, "pyright is configured, which is not run yet", id="pyright in toml"
        ),
    ],
)
def test_without_mypy_it_abstains(base: dict[str, str], reason: str) -> None:
    result = ruled(types, Example({**base, "pier/a.py": "old\n"}, {"pier/a.py": "new\n"}), FakeBench())
    assert (result.ruling, result.reasons) == (Ruling.ABSTAIN, (reason,))


def test_the_bases_configuration_is_used_and_its_packages_checked() -> None:
    example = Example(
        {"mypy.ini": "[mypy]\nstrict = True\n", "pier/a.py": "old\n"},
        {"mypy.ini": "[mypy]\nignore_errors = True\n", "pier/a.py": "new\n", "pier/pyproject.toml": "[tool.mypy]\n"},
    )
    bench = FakeBench(commands={"new\n": CLEAN})
    assert ruled(types, example, bench).ruling is Ruling.PASS
    ((tree, argv),) = bench.ran
    assert {path: file.data.decode() for path, file in tree.items()} == {
        "mypy.ini": "[mypy]\nstrict = True\n",
        "pier/a.py": "new\n",
    }
    assert (argv[0], argv[-1]) == ("mypy", "pier")


def test_files_that_the_configuration_names_are_left_to_it() -> None:
    example = Example({"mypy.ini": "[mypy]\nfiles = pier\n", "pier/a.py": "old\n"}, {"pier/a.py": "new\n"})
    bench = FakeBench(commands={"new\n": CLEAN})
    ruled(types, example, bench)
    assert bench.ran[0][1][-1].startswith("--")


OPTIONS = [
    pytest.param({"mypy.ini": "[mypy]\nstrict = True\n"}, {"strict": "True"}, id="mypy.ini"),
    pytest.param({"setup.cfg": "[mypy]\nfiles = a\n"}, {"files": "a"}, id="setup.cfg"),
    pytest.param({"setup.cfg": "[flake8]\n"}, None, id="another section"),
    pytest.param({"pyproject.toml": "[tool.mypy]\nstrict = true\n"}, {"strict": True}, id="pyproject.toml"),
    pytest.param({"mypy.ini": "no section\n"}, {}, id="for mypy to refuse"),
    pytest.param({"pyproject.toml": "tool = ["}, None, id="broken toml"),
    pytest.param({"sub/mypy.ini": "[mypy]\n"}, None, id="not at the root"),
]


@pytest.mark.parametrize(("base", "options"), OPTIONS)
def test_mypys_options_are_found(base: dict[str, str], options: dict[str, object] | None) -> None:
    assert mypy_options(Example(base, {}).tree()) == options
    assert not configures_pyright(Example(base, {}).tree())


@pytest.mark.parametrize(
    ("status", "output"),
    [
        pytest.param(0, ONE[1], id="errors and success"),
        pytest.param(1, CLEAN[1], id="no errors and failure"),
        pytest.param(1, ONE[1].replace("Found 1 error", "Found 3 errors"), id="a sum that does not fit"),
        pytest.param(0, "", id="silence"),
        pytest.param(2, ONE[1], id="a blocking error"),
    ],
)
def test_an_output_that_does_not_fit_together_is_no_run(status: int, output: str) -> None:
    assert parsed(Receipt(("mypy",), status), output) is None


@pytest.mark.host
def test_a_real_mypy_compares_with_the_base(bench_for: BenchFor) -> None:
    base = {
        "pyproject.toml": "[tool.mypy]\nstrict = true\nnum_workers = 2\n",
        "pier/__init__.py": "",
        "pier/a.py": "def depth(sea: str) -> int:\n    return sea\n",
        "tests/test_a.py": "def test_it() -> None:\n    pass\n",
    }
    tree = Example(base, {}).tree()
    same = Example(base, {"pier/a.py": "\n\ndef depth(sea: str) -> int:\n    return sea\n"})
    worse = Example(base, {"pier/a.py": "def depth(sea):\n    return sea\n"})
    results = [types(Candidate(tree, item.change(), PACKAGED, bench_for(tree))) for item in (same, worse)]
    assert [result.ruling for result in results] == [Ruling.PASS, Ruling.FAIL]
    assert results[1].reasons == ("pier/a.py: Function is missing a type annotation  [no-untyped-def]",)
