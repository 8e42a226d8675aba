"""The bench: the baseline compared over runs and kept, and the project's tools run in the sandbox."""

import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from improver.errors import BaselineError, EnvironmentUnfit
from improver.ports import Bench, Layout, SuiteRun
from improver.records import File, Receipt, Tree
from improver.verify.bench import (
    Baseline,
    SandboxBench,
    baseline_key,
    baseline_problems,
    demand_green,
    from_json,
    measure,
    to_json,
)
from improver.verify.configuration import Configuration
from improver.verify.sandbox import Sandbox
from improver.verify.suite import Rig
from tests.improver.judging import PACKAGED, StillRuff

GREEN, RED = "passed/passed/passed", "passed/failed/passed"
LAYOUT = Layout(("",), ("pkg",), ("tests",), sys.executable)
RUN = SuiteRun(
    manifest={"a": GREEN, "b": "skipped: no disk"},
    canary="failed",
    canaries=1,
    receipt=Receipt(("python", "runner.py"), 1, 0.25, {"passed": 1, "skipped": 1}, "d1", ("python 3.11.7",)),
    modules={"pkg": "pkg.py"},
    lines={"pkg.py": frozenset({3, 1})},
    host=2,
)


def run(**manifest: str) -> SuiteRun:
    return SuiteRun(manifest, "failed", 1, Receipt(("python",)))


@pytest.mark.parametrize("told", [RUN, run(), run(a=RED)], ids=["everything told", "nothing told", "little told"])
def test_a_run_survives_being_kept(told: SuiteRun) -> None:
    assert from_json(to_json(told)) == told


def test_what_is_no_kept_run_is_refused() -> None:
    with pytest.raises(ValidationError):
        from_json('{"manifest": 1}')


@pytest.mark.parametrize(
    ("runs", "red", "flaky"),
    [
        pytest.param([run(a=GREEN), run(a=GREEN)], (), (), id="green twice"),
        pytest.param([run(a=RED, b=GREEN), run(a=RED, b=GREEN)], ("a",), (), id="red twice is red"),
        pytest.param([run(a=RED), run(a=GREEN)], (), ("a",), id="red once is flaky"),
        pytest.param([run(a=GREEN, b=GREEN), run(a=GREEN)], (), ("b",), id="there once is flaky"),
        pytest.param([run(a="skipped: 1"), run(a="skipped: 2")], (), ("a",), id="another reason is flaky"),
        pytest.param([run(a="error: TypeError")], ("a",), (), id="what cannot be collected is red"),
        pytest.param(
            [run(a="xfailed: known", b="skipped: no disk")], (), (), id="skips and expected failures are fine"
        ),
    ],
)
def test_a_baseline_names_what_cannot_be_relied_on(
    runs: list[SuiteRun], red: tuple[str, ...], flaky: tuple[str, ...]
) -> None:
    assert baseline_problems(runs) == (red, flaky)


def test_a_red_or_flaky_baseline_is_an_error_that_names_the_tests() -> None:
    with pytest.raises(BaselineError) as caught:
        demand_green(Baseline(run(), ("t::red",), ("t::flaky",)))
    assert caught.value.what == "the project's tests do not hold before any change: 1 red, 1 flaky"
    assert (caught.value.hint.where, caught.value.hint.why, caught.value.exit_code) == ("t::red, t::flaky", "", 3)
    demand_green(Baseline(run(), (), ()))


def test_a_red_baseline_may_be_tolerated_but_not_one_where_nothing_passes() -> None:
    demand_green(Baseline(run(a=GREEN, b="passed/failed/passed"), ("b",), ()), tolerant=True)
    demand_green(Baseline(run(a="xfailed: known"), (), ()), tolerant=True)
    with pytest.raises(BaselineError) as caught:
        demand_green(Baseline(run(b="error: ImportError"), ("b",), ()), tolerant=True)
    assert (caught.value.what, caught.value.hint.where) == ("no test passes: 1 red", "b")
    assert "--tolerate-red" not in caught.value.hint.fix


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("OSError: [Errno 97] Address family not supported by protocol", "suite.loopback"),
        ("NoResolverConfiguration: cannot open /etc/resolv.conf", "they need a network"),
        ("fixture 'benchmark' not found", "install the pytest plugins"),
        ("AssertionError", "mend them"),
    ],
)
def test_what_failed_tests_say_decides_what_is_advised(said: str, advice: str) -> None:
    receipt = Receipt(("python",), notes=(f"t::net: {said}",))
    with pytest.raises(BaselineError) as caught:
        demand_green(Baseline(SuiteRun({}, "failed", 1, receipt), ("t::net",), ()))
    assert advice in caught.value.hint.fix


def test_cases_that_have_other_names_in_each_run_are_told_as_such() -> None:
    with pytest.raises(BaselineError) as caught:
        demand_green(Baseline(run(), (), ("t::low[", "t::ebb[")))
    hint = caught.value.hint
    assert (hint.where, hint.why.partition(",")[0]) == ("t::low[, t::ebb[", "their cases have other names in each run")
    assert hint.fix.startswith("give the cases ids that stay, list the tests as they stand here in")


# --- real runs ----------------------------------------------------------------------------------------------------


def tree(**tests: str) -> Tree:
    texts = {"pkg/__init__.py": "def one() -> int:\n    return 1\n"}
    texts |= {
        f"tests/test_{name}.py": f"import pkg\n\ndef test_{name}():\n    {body}\n" for name, body in tests.items()
    }
    return {path: File(text.encode()) for path, text in texts.items()}


SOUND = tree(one="assert pkg.one() == 1")


@pytest.fixture
def rig(strongest: Sandbox) -> Rig:
    return Rig(strongest, LAYOUT, PACKAGED, Configuration())


@pytest.mark.host
def test_a_baseline_is_measured_with_its_lines_and_kept(rig: Rig, tmp_path: Path) -> None:
    first = measure(rig, SOUND, tmp_path / "cache", key="k")
    assert (first.red, first.flaky) == ((), ())
    assert first.run.manifest == {"tests/test_one.py::test_one": GREEN}
    assert first.run.lines["pkg/__init__.py"] == {1, 2}
    kept = (tmp_path / "cache" / "k.json").read_text().splitlines()
    assert [from_json(line).lines == {} for line in kept] == [False, True]
    assert measure(rig, {}, tmp_path / "cache", key="k") == first


@pytest.mark.host
def test_a_damaged_record_is_measured_anew(rig: Rig, tmp_path: Path) -> None:
    (tmp_path / "k.json").write_text("{")
    assert measure(rig, SOUND, tmp_path, key="k").run.receipt.counts == {"passed": 1}


@pytest.mark.host
def test_red_and_flaky_tests_are_told_apart(rig: Rig, tmp_path: Path) -> None:
    base = tree(
        red="assert False",
        random="import os; assert False, os.urandom(8)",
        flaky="import sys; assert 'coverage' not in sys.modules",
    )
    found = measure(rig, base, tmp_path, key="k")
    assert found.red == ("tests/test_random.py::test_random", "tests/test_red.py::test_red")
    assert found.flaky == ("tests/test_flaky.py::test_flaky",)


@pytest.mark.host
def test_a_suite_without_verdict_is_an_error_and_not_kept(rig: Rig, tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match="give no verdict"):
        measure(rig, tree(leaves="import os; os._exit(1)"), tmp_path, key="k")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.host
def test_the_key_of_a_baseline_names_all_that_it_rests_on(rig: Rig) -> None:
    other = Rig(rig.sandbox, Layout(("src",), ("pkg",), ("tests",), sys.executable), PACKAGED, Configuration())
    keys = [baseline_key("t1", rig), baseline_key("t1", rig), baseline_key("t2", rig), baseline_key("t1", other)]
    assert [key == keys[0] for key in keys] == [True, True, False, False]


@pytest.fixture
def bench(rig: Rig) -> Bench:
    return SandboxBench(StillRuff(), rig, RUN, SOUND)


@pytest.mark.host
def test_a_bench_runs_the_suite_and_looks_modules_up(bench: Bench) -> None:
    found = bench.suite(SOUND, ("pkg",))
    assert (found.trouble, found.modules, bench.layout) == ("", {"pkg": "pkg/__init__.py"}, LAYOUT)


@pytest.mark.host
def test_a_tool_runs_in_the_sandbox_on_the_tree(bench: Bench) -> None:
    wrong: Tree = {**SOUND, "pkg/__init__.py": File(b"def one() -> int:\n    return ''\n")}
    receipt, output = bench.command(wrong, "mypy", "pkg")
    assert (receipt.argv, receipt.exit) == (("python", "-m", "mypy", "pkg"), 1)
    assert "pkg/__init__.py:2: error: Incompatible return value type" in output
    assert receipt.notes[0].startswith("mypy ")


@pytest.mark.host
def test_a_tool_that_nobody_has_is_an_error_with_a_fix(bench: Bench) -> None:
    with pytest.raises(EnvironmentUnfit, match="there is no no_such_tool") as caught:
        bench.command(SOUND, "no_such_tool")
    assert caught.value.hint.fix == f"{sys.executable} -m pip install no_such_tool"
