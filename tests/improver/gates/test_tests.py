"""The base's suite decides, and only an honest run of it can pass."""

from dataclasses import dataclass, field

import pytest

from improver.gate import Candidate, Example
from improver.gates.tests import REPRODUCED
from improver.gates.tests import tests as gate_under_test
from improver.judging.overlay import under_base_tests
from improver.ports import Bench, SuiteRun
from improver.records import Ruling, Safety, Tree
from tests.improver.benches import GREEN, FakeBench, ruled, run_of
from tests.improver.conftest import BenchFor
from tests.improver.judging import PACKAGED

OURS = {"pier.a": "pier/a.py"}
CHANGE = Example({"pier/a.py": "x = 1\n", "tests/test_a.py": "base"}, {"pier/a.py": "x = 2\n"})
RED = {**GREEN, "tests/test_a.py::test_red": "passed/failed/passed"}


def test_the_bases_tests_and_configuration_replace_the_candidates() -> None:
    example = Example(
        {"pier/a.py": "x = 1\n", "tests/test_a.py": "base", "tests/test_b.py": "base", "pyproject.toml": "base"},
        {
            "pier/a.py": "x = 2\n",
            "tests/test_a.py": "mine",
            "tests/test_b.py": None,
            "tests/conftest.py": "mine",
            "pytest.ini": "mine",
            "pyproject.toml": "mine",
        },
    )
    bench = FakeBench(later=run_of(modules=OURS))
    assert ruled(gate_under_test, example, bench).ruling is Ruling.PASS
    ((tree, modules),) = bench.ran
    assert {path: file.data.decode() for path, file in tree.items()} == {
        "pier/a.py": "x = 2\n",
        "tests/test_a.py": "base",
        "tests/test_b.py": "base",
        "pyproject.toml": "base",
    }
    assert modules == ("pier.a",)


def test_an_honest_green_run_passes_and_is_counted() -> None:
    later = run_of({**GREEN, "tests/test_a.py::test_b": "skipped: later"}, modules=OURS)
    result = ruled(gate_under_test, CHANGE, FakeBench(later, later))
    assert (result.ruling, result.reasons) == (Ruling.PASS, ())
    assert dict(result.receipt.counts) == {"tests": 2, "passed": 2, "skipped": 0, "xfailed": 0, "host": 0}


def test_a_test_that_is_red_at_base_is_held_to_red() -> None:
    red = run_of(RED, modules=OURS)
    assert ruled(gate_under_test, CHANGE, FakeBench(red, red)).ruling is Ruling.PASS
    mended = run_of(dict.fromkeys(RED, "passed/passed/passed"), modules=OURS)
    assert ruled(gate_under_test, CHANGE, FakeBench(red, mended)).reasons == (
        "tests/test_a.py::test_red: passed/failed/passed at base, passed/passed/passed now",
    )


REFUSED = [
    pytest.param(run_of({}, modules=OURS), "no test ran", id="no tests"),
    pytest.param(
        run_of(modules=OURS, canary="passed"),
        "one canary must fail, but 1 ran and the outcome was: passed",
        id="a canary that passes",
    ),
    pytest.param(
        run_of(modules=OURS, canaries=0, canary="did not run"),
        "one canary must fail, but 0 ran and the outcome was: did not run",
        id="no canary",
    ),
    pytest.param(
        run_of(modules=OURS, canaries=2),
        "one canary must fail, but 2 ran and the outcome was: failed",
        id="two canaries",
    ),
    pytest.param(
        run_of(modules=OURS, status=0),
        "the run ended with 0 although the canary must fail it with 1",
        id="success at the end",
    ),
    pytest.param(run_of(modules={}), "pier.a could not be imported", id="a module nobody imported"),
    pytest.param(
        run_of(modules={"pier.a": "/venv/lib/pier/a.py"}),
        "pier.a was imported from /venv/lib/pier/a.py, not from the candidate",
        id="an installed copy",
    ),
    pytest.param(
        run_of({"tests/test_a.py::test_depth": "passed/failed/passed"}, modules=OURS),
        "tests/test_a.py::test_depth: passed/passed/passed at base, passed/failed/passed now",
        id="a failing test",
    ),
    pytest.param(
        run_of({"tests/test_a.py::test_depth": "skipped: tired"}, modules=OURS),
        "tests/test_a.py::test_depth: passed/passed/passed at base, skipped: tired now",
        id="a skipped test",
    ),
    pytest.param(
        run_of({**GREEN, "tests/test_a.py::test_new": "passed/passed/passed"}, modules=OURS),
        "tests/test_a.py::test_new: not there at base, passed/passed/passed now",
        id="a new test",
    ),
]


@pytest.mark.parametrize(("later", "reason"), REFUSED)
def test_a_dishonest_or_different_run_fails(later: SuiteRun, reason: str) -> None:
    result = ruled(gate_under_test, CHANGE, FakeBench(later=later))
    assert (result.ruling, result.reasons) == (Ruling.FAIL, (reason,))


def test_a_run_without_a_verdict_fails() -> None:
    result = ruled(gate_under_test, CHANGE, FakeBench(later=run_of({}, trouble="timed out after 5 s")))
    assert (result.ruling, result.reasons) == (Ruling.FAIL, ("timed out after 5 s",))


def test_a_baseline_without_a_verdict_never_passes() -> None:
    empty = run_of({}, modules=OURS, trouble="there are no tests")
    assert ruled(gate_under_test, CHANGE, FakeBench(empty, empty)).ruling is Ruling.FAIL
    assert ruled(gate_under_test, CHANGE, FakeBench(run_of({}), run_of({}, modules=OURS))).ruling is Ruling.FAIL


def test_differences_are_named_ten_at_most() -> None:
    many = run_of({f"t.py::test_{number:02}": "passed/passed/passed" for number in range(12)})
    result = ruled(gate_under_test, CHANGE, FakeBench(many, run_of(modules=OURS)))
    assert (len(result.reasons), result.reasons[-1]) == (11, "and 3 more")


def test_a_loose_script_is_told() -> None:
    example = Example({"run.py": "x = 1\n"}, {"run.py": "x = 2\n"})
    result = ruled(gate_under_test, example, FakeBench())
    assert (result.ruling, result.reasons) == (
        Ruling.PASS,
        ("run.py is no importable module, so that its own lines ran is not proved here",),
    )


# --- new tests ----------------------------------------------------------------------------------------------------


@dataclass
class OwnTests(FakeBench):
    """A bench on which the candidate's own tests run otherwise than the base's."""

    own: SuiteRun = field(default_factory=run_of)

    def suite(self, tree: Tree, modules: tuple[str, ...], *, cover: bool = False) -> SuiteRun:
        super().suite(tree, modules, cover=cover)
        return self.own if tree["tests/test_a.py"].data == b"mine" else self.later


MORE = Example({"tests/test_a.py": "base"}, {"tests/test_a.py": "mine"}, Safety.NEW_TEST)


@pytest.mark.parametrize(
    ("own", "reasons"),
    [
        pytest.param(run_of({**GREEN, "tests/test_a.py::test_new": "passed/passed/passed"}), (), id="it holds"),
        pytest.param(run_of({**GREEN, "tests/test_a.py::test_new": "skipped: later"}), (), id="it is skipped"),
        pytest.param(
            run_of(RED),
            ("tests/test_a.py::test_red: passed/failed/passed as the candidate has it",),
            id="it fails",
        ),
        pytest.param(
            run_of({"[collect] tests/test_a.py": "error: SyntaxError"}),
            ("[collect] tests/test_a.py: error: SyntaxError as the candidate has it",),
            id="it cannot be read",
        ),
        pytest.param(
            run_of(status=0),
            ("the run ended with 0 although the canary must fail it with 1",),
            id="it makes its run end well",
        ),
        pytest.param(run_of({}, trouble="timed out after 5 s"), ("timed out after 5 s",), id="it never ends"),
    ],
)
def test_a_new_test_must_hold(own: SuiteRun, reasons: tuple[str, ...]) -> None:
    result = ruled(gate_under_test, MORE, OwnTests(own=own))
    assert (result.ruling, result.reasons) == (Ruling.FAIL if reasons else Ruling.PASS, reasons)


def test_what_was_red_before_may_stay_red_beside_a_new_test() -> None:
    red = run_of(RED)
    assert ruled(gate_under_test, MORE, OwnTests(red, red, own=red)).ruling is Ruling.PASS


def test_only_a_new_test_is_run_twice() -> None:
    one, two = FakeBench(later=run_of(modules=OURS)), OwnTests()
    ruled(gate_under_test, CHANGE, one)
    ruled(gate_under_test, MORE, two)
    assert [tree["tests/test_a.py"].data for tree, _ in one.ran] == [b"base"]
    assert [tree["tests/test_a.py"].data for tree, _ in two.ran] == [b"base", b"mine"]


# --- a real sandbox -----------------------------------------------------------------------------------------------

BASE = {
    "pier/__init__.py": "",
    "pier/a.py": "def depth(sea):\n    return sea - 1\n",
    "tests/test_a.py": (
        "import pytest\nfrom pier.a import depth\n\n\ndef test_depth():\n    assert depth(5) == 4\n\n\n"
        "@pytest.mark.skip(reason='later')\ndef test_tide():\n    pass\n\n\n"
        "@pytest.mark.xfail(reason='not yet')\ndef test_silt():\n    assert depth(0) == 0\n"
    ),
}
ATTACKS = [
    pytest.param("import os\n\n\ndef depth(sea):\n    os._exit(0)\n", id="it leaves with success"),
    pytest.param("import os\n\n\ndef depth(sea):\n    os._exit(1)\n", id="it leaves with the expected status"),
    pytest.param(
        "import pytest\n\n\ndef depth(sea):\n    pytest.skip('tired')\n",
        id="it skips the test",
    ),
    pytest.param(
        "class Four(int):\n    def __eq__(self, other):\n        return True\n\n    __hash__ = None\n\n\n"
        "def depth(sea):\n    return Four(7)\n",
        id="it equals everything, the expected failure too",
    ),
    pytest.param(
        "import _pytest.runner\n\n_pytest.runner.check_interactive_exception = lambda call, report: True\n"
        "_pytest.runner.CallInfo.from_call.__func__.__code__ = (lambda cls, func, when, reraise=None: "
        "cls(None, None, 0, 0, 0, when, _ispytest=True)).__code__\n\n\ndef depth(sea):\n    return 9\n",
        id="it rewrites pytest",
    ),
    pytest.param("def depth(sea)\n    return sea - 1\n", id="it does not compile"),
]


def on_bench(bench: Bench, after: str) -> tuple[Ruling, tuple[str, ...], dict[str, int]]:
    example = Example(BASE, {"pier/a.py": after})
    result = gate_under_test(Candidate(example.tree(), example.change(), PACKAGED, bench))
    return result.ruling, result.reasons, dict(result.receipt.counts)


@pytest.mark.host
def test_a_refactoring_passes_on_a_real_bench(bench_for: BenchFor) -> None:
    found = on_bench(bench_for(Example(BASE, {}).tree()), "def depth(sea):\n    return -1 + sea\n")
    assert found == (Ruling.PASS, (), {"tests": 3, "passed": 1, "skipped": 1, "xfailed": 1, "host": 0})


@pytest.mark.host
@pytest.mark.parametrize("after", ATTACKS)
def test_an_attack_fails_on_a_real_bench(after: str, bench_for: BenchFor) -> None:
    ruling, reasons, _ = on_bench(bench_for(Example(BASE, {}).tree()), after)
    assert ruling is Ruling.FAIL
    assert reasons


def test_what_is_neither_test_nor_configuration_stays_the_candidates() -> None:
    example = Example({"pier/a.py": "x = 1\n"}, {"pier/b.py": "x = 2\n", "pier/a.py": None})
    candidate = Candidate(example.tree(), example.change(), PACKAGED, FakeBench())
    assert set(under_base_tests(candidate)) == {"pier/b.py"}


@pytest.mark.host
def test_a_new_test_runs_on_a_real_bench(bench_for: BenchFor) -> None:
    bench = bench_for(Example(BASE, {}).tree())
    results = []
    for depth in (6, 7):
        text = BASE["tests/test_a.py"] + f"\n\ndef test_deeper():\n    assert depth(7) == {depth}\n"
        example = Example(BASE, {"tests/test_a.py": text}, Safety.NEW_TEST)
        result = gate_under_test(Candidate(example.tree(), example.change(), PACKAGED, bench))
        results.append((result.ruling, [reason.split(": ")[0] for reason in result.reasons]))
    assert results == [(Ruling.PASS, []), (Ruling.FAIL, ["tests/test_a.py::test_deeper"])]


@pytest.mark.host
def test_a_test_that_comes_with_a_change_of_behaviour_must_fail_without_it(bench_for: BenchFor) -> None:
    bench = bench_for(Example(BASE, {}).tree())
    results = []
    for wanted in ("depth(None) is None", "depth(7) == 6"):
        text = BASE["tests/test_a.py"] + f"\n\ndef test_deeper():\n    assert {wanted}\n"
        after = {"pier/a.py": "def depth(sea):\n    return sea - 1 if sea else None\n", "tests/test_a.py": text}
        example = Example(BASE, after, Safety.BEHAVIOUR_CHANGE)
        result = gate_under_test(Candidate(example.tree(), example.change(), PACKAGED, bench))
        results.append((result.ruling, result.claim, result.receipt.counts["reproducing"], result.reasons))
    assert results == [
        (Ruling.PASS, REPRODUCED, 1, ("red without it: tests/test_a.py::test_deeper",)),
        (Ruling.FAIL, REPRODUCED, 0, ("no test of the change fails without it",)),
    ]
