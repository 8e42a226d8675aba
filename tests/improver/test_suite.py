"""One run of a suite: what is believed of a report, and what a real run tells."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from improver.ports import Layout, SuiteRun
from improver.records import File, Tier, Tree
from improver.verify.configuration import Configuration, read
from improver.verify.job import Ended, Job, Mount
from improver.verify.report import Report, Unbelievable, read_report
from improver.verify.sandbox import Sandbox, best_sandbox
from improver.verify.suite import Rig, counts, is_red, run_suite
from tests.improver.judging import PACKAGED

NONCE = "0" * 32
CANARY = "test_c0ffee"
LAYOUT = Layout(("",), ("pkg",), ("tests",), sys.executable)
Line = tuple[object, ...]


def told(*lines: Line, nonce: str = NONCE) -> bytes:
    return b"".join(json.dumps([nonce, *line]).encode() + b"\n" for line in lines)


def phases(node: str, *outcomes: str) -> list[Line]:
    return [("phase", node, when, said) for when, said in zip(("setup", "call", "teardown"), outcomes, strict=True)]


HELLO: list[Line] = [("hello", CANARY), ("versions", "3.11.7", "9.2.0"), ("host", 1)]
PASSED = phases("tests/test_a.py::test_a", "passed", "passed", "passed")
FAILING = phases(f"tests/test_a.py::{CANARY}", "passed", "failed", "passed")
END: list[Line] = [("modules", {"pkg": "/src/pkg.py"}), ("lines", {"pkg.py": [1, 3]}), ("end", 1)]
WHOLE = [*HELLO, *PASSED, *FAILING, ("replaced", []), *END]


def test_a_whole_report_is_read() -> None:
    assert read_report(told(*WHOLE), "/src") == Report(
        manifest={"tests/test_a.py::test_a": "passed/passed/passed"},
        canary="failed",
        canaries=1,
        status=1,
        modules={"pkg": "pkg.py"},
        lines={"pkg.py": frozenset({1, 3})},
        host=1,
        versions=("3.11.7", "9.2.0"),
    )


RUNNERS = "the report holds a line that is not the runner's"
ONCE = "the report does not begin and end once"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "there is no report", id="nothing"),
        pytest.param(told(*WHOLE)[:-1], "the report breaks off", id="the last line is cut"),
        pytest.param(told(*WHOLE[:-1]), "the report breaks off before 'end'", id="the end is missing"),
        pytest.param(b"all is well\n" + told(*WHOLE), RUNNERS, id="rubbish first"),
        pytest.param(told(*WHOLE[:4]) + b"all is well\n" + told(*WHOLE[4:]), RUNNERS, id="rubbish in between"),
        pytest.param(told(*WHOLE[:4]) + told(*END, nonce="1" * 32), RUNNERS, id="an end under another nonce"),
        pytest.param(told(*WHOLE, ("phase", "a", "call", "passed")), ONCE, id="a line after the end"),
        pytest.param(told(*WHOLE, HELLO[0]), ONCE, id="a second beginning"),
        pytest.param(told(*WHOLE[1:]), ONCE, id="no beginning"),
        pytest.param(told(*HELLO, ("host", 0), *WHOLE[3:]), ONCE, id="a fact told twice"),
        pytest.param(told(*HELLO, ("phase", "a", 1, "passed")), RUNNERS, id="a fact of another type"),
        pytest.param(told(*HELLO, ("verdict", "green")), RUNNERS, id="a line of an unknown kind"),
    ],
)
def test_what_the_runner_cannot_have_written_is_not_believed(data: bytes, reason: str) -> None:
    assert read_report(data, "/src") == Unbelievable(reason)


@pytest.mark.parametrize(
    ("lines", "entry"),
    [
        pytest.param(phases("a", "passed", "failed", "passed"), "passed/failed/passed", id="a failure"),
        pytest.param(phases("a", "failed", "-", "passed"), "failed/-/passed", id="a failing set-up"),
        pytest.param(phases("a", "skipped: no disk", "-", "passed"), "skipped: no disk", id="a skip"),
        pytest.param(
            phases("a", "passed", "skipped: x", "failed"), "passed/skipped: x/failed", id="a skip that breaks"
        ),
        pytest.param(phases("a", "passed", "xfailed: known", "passed"), "xfailed: known", id="an expected failure"),
        pytest.param(
            [("phase", "a", "collect", "error: TypeError at /src/b.py:12, line 3 of 0x7f00aa")],
            "error: TypeError at b.py:N, line N of 0x…",
            id="a collection error without what differs from run to run",
        ),
        pytest.param(
            [
                *phases("a", "passed", "passed", "passed"),
                ("subtest", "a", "call", "failed"),
                ("subtest", "a", "call", "passed"),
            ],
            "passed/passed/passed (failed, passed)",
            id="subtests",
        ),
    ],
)
def test_an_entry_tells_outcomes_and_reasons(lines: list[Line], entry: str) -> None:
    report = read_report(told(*HELLO, *lines, *FAILING, *END), "/src")
    assert isinstance(report, Report)
    assert report.manifest == {"a": entry}


def test_counts_and_red_tests_follow_from_the_manifest() -> None:
    manifest = {
        "a": "passed/passed/passed",
        "b": "passed/failed/passed",
        "c": "error: x",
        "d": "skipped: it failed once",
        "e": "xfailed: known",
        "f": "passed/xpassed: known/passed",
        "g": "passed/passed/passed (failed, passed)",
        "[replaced in pytest]": "x",
    }
    expected = {"passed": 1, "failed": 2, "errors": 1, "skipped": 1, "xfailed": 1, "xpassed": 1, "host": 3}
    assert counts(manifest, 3) == expected
    assert [name for name, entry in manifest.items() if is_red(entry)] == ["b", "c", "g"]


class Canned:
    """A sandbox that runs nothing and ends as it was told to."""

    tier = Tier.T0

    def __init__(self, report: bytes, code: int | None, trouble: str = "") -> None:
        self.ended = Ended(code, 0.5, 0.4, b"one\n\ntwo\n", report, trouble, ("canned",))

    def seen(self, mount: Mount) -> str:
        return mount.inside

    def run(self, job: Job) -> Ended:
        assert job.report
        return self.ended


SECOND = phases(f"tests/test_b.py::{CANARY}", "passed", "failed", "passed")
OTHER = phases(f"tests/test_a.py::{CANARY}", "passed", "passed", "passed")
TOLD_4: list[Line] = [*HELLO[:2], *END[:2], ("end", 4)]


@pytest.mark.parametrize(
    ("data", "code", "trouble"),
    [
        pytest.param(told(*WHOLE), 1, "", id="a verdict"),
        pytest.param(
            told(*WHOLE), 0, "the run ended with status 0, reported 1; the failing canary demands 1", id="exit 0"
        ),
        pytest.param(told(*HELLO, *PASSED, *OTHER, *END), 1, "the canary must fail, but: passed", id="a green canary"),
        pytest.param(told(*HELLO, *PASSED, *END), 1, "0 canaries ran where one was planted", id="no canary"),
        pytest.param(
            told(*HELLO, *PASSED, *FAILING, *SECOND, *END), 1, "2 canaries ran where one was planted", id="two"
        ),
        pytest.param(
            told(*HELLO, *PASSED, *PASSED, *FAILING, *END), 1, "tests/test_a.py::test_a ran twice", id="twice"
        ),
        pytest.param(told(*HELLO, *FAILING, *END), 1, "all 1 tests are left to the host", id="only host tests"),
        pytest.param(told(*HELLO[:2], ("host", 0), *FAILING, *END), 1, "there are no tests", id="no tests"),
        pytest.param(told(*TOLD_4), 4, "pytest ended with status 4: one | two", id="a refused command line"),
        pytest.param(told(*WHOLE[:-1]), 0, "the report breaks off before 'end' (exit status 0)", id="an early end"),
    ],
)
def test_anything_but_a_failing_canary_in_a_whole_report_is_trouble(data: bytes, code: int, trouble: str) -> None:
    assert run_suite(Rig(Canned(data, code), LAYOUT, PACKAGED, Configuration()), {}).trouble == trouble


def test_what_stopped_the_run_comes_before_what_it_told() -> None:
    rig = Rig(Canned(told(*WHOLE), None, "timed out after 5 s"), LAYOUT, PACKAGED, Configuration())
    assert run_suite(rig, {}).trouble == "timed out after 5 s"


# --- real runs ----------------------------------------------------------------------------------------------------

VARIED = """
import os, sys, unittest
import pytest
from pkg.calc import add

class TestOld(unittest.TestCase):
    def test_parts(self):
        for number in (0, 1):
            with self.subTest(number=number):
                self.assertEqual(add(number, 0), number)

@pytest.fixture
def broken():
    yield
    raise ValueError

@pytest.mark.skipif(True, reason="no such disk")
def test_skip(): pass
@pytest.mark.xfail(reason="known")
def test_xfail(): assert add(1, 1) == 3
@pytest.mark.xfail(reason="gone")
def test_xpass(): pass
def test_teardown(broken): pass
@pytest.mark.parametrize("place", [os.path.join(os.path.dirname(__file__), "x")])
def test_place(place): pass
@pytest.mark.host
def test_far(): raise SystemError
def test_listed(): raise SystemError
def test_child():
    import subprocess
    subprocess.run([sys.executable, "-c", "from pkg.calc import add; add(1, 2)"], check=True)
"""
INI = '[tool.pytest.ini_options]\naddopts = "--doctest-modules -n 2 --strict-markers"\nmarkers = ["host: far"]\n'
CALC = '''def add(a, b):
    """Add.

    >>> add(1, 2)
    3
    """
    if a is None:
        return b
    return a + b
'''


def tree(files: Mapping[str, str]) -> Tree:
    return {path: File(text.encode()) for path, text in files.items()}


@pytest.fixture(scope="module")
def varied(strongest: Sandbox) -> SuiteRun:
    files = tree(
        {
            "pyproject.toml": INI,
            "src/pkg/__init__.py": "",
            "src/pkg/calc.py": CALC,
            "src/pkg/idle.py": "",
            "tests/test_v.py": VARIED,
        }
    )
    layout = Layout(("src",), ("pkg",), ("tests", "src/pkg/calc.py"), sys.executable)
    scope = PACKAGED.scope.model_copy(update={"host": ("tests/test_v.py::test_listed",)})
    rig = Rig(strongest, layout, PACKAGED.model_copy(update={"scope": scope}), read(files))
    return run_suite(rig, files, modules=("pkg.calc", "pkg.idle", "pkg.gone"), cover=True)


@pytest.mark.host
def test_every_kind_of_outcome_is_told(varied: SuiteRun) -> None:
    assert (varied.trouble, varied.host, varied.canary, varied.canaries) == ("", 2, "failed", 1)
    assert dict(varied.manifest) == {
        "src/pkg/calc.py::pkg.calc.add": "passed/passed/passed",
        "tests/test_v.py::TestOld::test_parts": varied.manifest["tests/test_v.py::TestOld::test_parts"],
        "tests/test_v.py::test_child": "passed/passed/passed",
        "tests/test_v.py::test_place[tests/x]": "passed/passed/passed",
        "tests/test_v.py::test_skip": "skipped: no such disk",
        "tests/test_v.py::test_teardown": "passed/passed/failed",
        "tests/test_v.py::test_xfail": "xfailed: known",
        "tests/test_v.py::test_xpass": "passed/xpassed: gone/passed",
    }
    assert varied.manifest["tests/test_v.py::TestOld::test_parts"].startswith("passed/passed/passed")


@pytest.mark.host
def test_files_and_lines_are_told_relative_to_the_tree(varied: SuiteRun) -> None:
    assert varied.modules == {"pkg.calc": "src/pkg/calc.py", "pkg.idle": "src/pkg/idle.py", "pkg.gone": ""}
    assert varied.lines["src/pkg/calc.py"] == {1, 7, 9}


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the interpreter of an environment without pytest that has another `pkg` installed."""
    place = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    site = next(place.glob("lib/python3*/site-packages"))
    (site / "pkg").mkdir()
    (site / "pkg" / "__init__.py").write_text("")
    (site / "pkg" / "calc.py").write_text("def add(a, b):\n    return 'installed'\n")
    return place / "bin" / "python"


@pytest.mark.host
@pytest.mark.parametrize("calc", [CALC, None], ids=["the tree has it", "the tree lost it"])
def test_an_installed_copy_is_never_what_is_tested(calc: str | None, bare: Path) -> None:
    test = "def test_add():\n    from pkg.calc import add\n    assert add(1, 2) == 3\n"
    files = {"pkg/__init__.py": "", "tests/test_a.py": test} | ({"pkg/calc.py": calc} if calc else {})
    rig = Rig(best_sandbox(str(bare)), Layout(("",), ("pkg",), ("tests",), str(bare)), PACKAGED, Configuration())
    run = run_suite(rig, tree(files), modules=("pkg.calc",))
    file, outcome = ("pkg/calc.py", "passed") if calc else ("", "failed")
    assert (run.trouble, run.modules) == ("", {"pkg.calc": file})
    assert run.manifest == {"tests/test_a.py::test_add": f"passed/{outcome}/passed"}
    assert "pytest is the improver's own: the project's environment has none" in run.receipt.notes
