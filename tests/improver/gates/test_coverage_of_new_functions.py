"""Coverage asks the candidate's own run about functions that the base has not."""

import dataclasses

import pytest

from improver.gate import Candidate, Example
from improver.gates.coverage import coverage
from improver.judging.exercised import exercised
from improver.ports import SuiteRun
from improver.records import GateResult, Ruling
from improver.source import Source
from improver.verify.report import REACHED
from tests.improver.benches import GREEN, FakeBench, ruled, run_of
from tests.improver.conftest import BenchFor
from tests.improver.judging import PACKAGED


def ran_lines(lines: set[int]) -> SuiteRun:
    return run_of(lines={"pier/a.py": frozenset(lines)})


LOOP = "    size = 0\n    for a in rows:\n        size += a\n    if size < 0:\n        raise E\n"
TWICE = f"def f(rows):\n{LOOP}    return size\n\n\ndef g(rows):\n{LOOP}    h(size)\n"
ONCE = (
    f"def _size(rows):\n{LOOP}    return size\n\n\ndef f(rows):\n    return _size(rows)\n\n\n"
    "def g(rows):\n    size = _size(rows)\n    h(size)\n"
)
ALL_OF_TWICE = set(range(1, len(TWICE.splitlines()) + 1))
ALL_OF_ONCE = set(range(1, len(ONCE.splitlines()) + 1))


def run_anew(before: str, after: str, ran: set[int], now: SuiteRun) -> tuple[GateResult, FakeBench]:
    bench = FakeBench(baseline=ran_lines(ran), later=now)
    return ruled(coverage, Example({"pier/a.py": before}, {"pier/a.py": after}), bench), bench


def test_a_new_function_passes_when_the_candidates_own_run_executes_all_of_it() -> None:
    result, bench = run_anew(TWICE, ONCE, ALL_OF_TWICE, ran_lines(ALL_OF_ONCE))
    assert (result.ruling, result.reasons) == (Ruling.PASS, ())
    assert result.claim == "the base's suite executes every touched line, and on the candidate every new one"
    assert dict(result.receipt.counts) == {"touched": 13, "files": 1, "unused": 0, "new functions": 1}
    assert [(tree["pier/a.py"].data.decode(), modules) for tree, modules in bench.ran] == [(ONCE, ())]


@pytest.mark.parametrize(
    ("idle", "reason"),
    [
        pytest.param({6}, "run on the candidate, the suite never executes its line 6", id="a line of its"),
        pytest.param({2, 3, 4, 5, 6, 7}, "run on the candidate, the suite never executes its line 2-7", id="all of it"),
        pytest.param({11}, "run on the candidate, the suite never executes its line 11", id="a call of it"),
    ],
)
def test_what_the_candidates_own_run_does_not_execute_fails(idle: set[int], reason: str) -> None:
    result, _ = run_anew(TWICE, ONCE, ALL_OF_TWICE, ran_lines(ALL_OF_ONCE - idle))
    assert (result.ruling, result.reasons) == (Ruling.FAIL, (f"pier/a.py: {reason}",))


def test_a_new_function_is_not_run_for_when_the_base_refuses_already() -> None:
    result, bench = run_anew(TWICE, ONCE, ALL_OF_TWICE - {11}, ran_lines(ALL_OF_ONCE))
    assert (result.reasons, bench.ran) == (("pier/a.py: the suite never executes line 11",), [])


def test_lines_that_only_moved_into_a_new_function_are_held_to_its_run() -> None:
    before = f"def f(rows):\n{LOOP}    return size\n"
    after = f"def _size(rows):\n{LOOP}    return size\n\n\ndef f(rows):\n    return _size(rows)\n"
    result, _ = run_anew(before, after, {1, 2, 3, 4, 5, 7}, ran_lines({1, 2, 3, 4, 5, 7, 10, 11}))
    assert result.reasons == ("pier/a.py: run on the candidate, the suite never executes its line 6",)


def test_a_run_that_tells_more_than_it_can_is_held_to_the_base() -> None:
    before = "def f(a):\n    return a\n\n\ndef g(a):\n    return a\n"
    after = "def _h(a):\n    return a\n\n\ndef f(a):\n    return a\n\n\ndef g(a):\n    _h(a)\n    return a\n"
    everything = ran_lines(set(range(1, 12)))
    assert run_anew(before, after, {1, 2, 5, 6}, everything)[0].ruling is Ruling.PASS
    result, _ = run_anew(before, after, {1, 2, 5}, everything)
    assert result.reasons == ("pier/a.py: the suite executes nothing of g at the base",)
    assert run_anew("", "def _h(a):\n    return a\n", set(), everything)[0].reasons == (
        "pier/a.py: the suite executes nothing of the module at the base",
    )


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        pytest.param(run_of({}, trouble="timed out after 5 s"), "timed out after 5 s", id="it never ends"),
        pytest.param(
            run_of({"tests/test_a.py::test_depth": "passed/failed/passed"}),
            "tests/test_a.py::test_depth: passed/passed/passed at base, passed/failed/passed now",
            id="a test fails",
        ),
        pytest.param(
            run_of({**GREEN, REACHED: "pier/a.py: sys.settrace"}),
            "[reached into the interpreter]: pier/a.py: sys.settrace, as nothing did at base",
            id="it reaches for the recorder",
        ),
        pytest.param(
            run_of(status=0), "the run ended with 0 although the canary must fail it with 1", id="it ends well"
        ),
    ],
)
def test_only_a_run_that_fares_as_at_base_tells_of_new_functions(now: SuiteRun, reason: str) -> None:
    told = dataclasses.replace(now, lines={"pier/a.py": frozenset(ALL_OF_ONCE)})
    result, _ = run_anew(TWICE, ONCE, ALL_OF_TWICE, told)
    assert (result.ruling, result.reasons[0]) == (Ruling.FAIL, f"run on the candidate: {reason}")


NEW = [
    pytest.param("def f():\n    a()\n", "def g():\n    a()\n", [], id="it only has another name"),
    pytest.param("def f():\n    a()\n\n\nb()\n", "b()\n\n\ndef g():\n    a()\n", ["g"], id="another name and place"),
    pytest.param("class A:\n    x = 1\n", "class A:\n    def f(self):\n        a()\n", ["A.f"], id="a method"),
    pytest.param("def f():\n    a()\n", "def f():\n    async def g():\n        a()\n", ["f.g"], id="an inner one"),
    pytest.param("def f():\n    a()\n", "def f():\n    a()\n\n\ndef f():\n    b()\n", ["f"], id="under the same name"),
    pytest.param("def f():\n    a()\n", "@b\ndef f(c):\n    d()\n", [], id="all of it is changed"),
]


@pytest.mark.parametrize(("before", "after", "names"), NEW)
def test_a_function_is_new_when_the_base_has_none_like_it(before: str, after: str, names: list[str]) -> None:
    old, new = (Source.read("pier/a.py", text.encode()) for text in (before, after))
    assert isinstance(old, Source)
    assert isinstance(new, Source)
    assert exercised(old, new, frozenset(range(20))).fresh == names


@pytest.mark.host
def test_a_real_run_of_the_candidate_tells_which_lines_of_a_new_function_ran(bench_for: BenchFor) -> None:
    base = {
        "pier/__init__.py": "",
        "pier/a.py": TWICE.replace("raise E", "raise ValueError").replace("h(size)", "print(size)"),
        "tests/test_a.py": "import pytest\nfrom pier.a import f, g\n\n\n@pytest.mark.parametrize('of', [f, g])\n"
        "def test_both(of):\n    assert of([1]) in (1, None)\n    with pytest.raises(ValueError):\n        of([-1])\n",
    }
    after = ONCE.replace("raise E", "raise ValueError").replace("h(size)", "print(size)")
    more = after.replace("    return size\n", "    if size == 7:\n        return 8\n    return size\n")
    tree = Example(base, {}).tree()
    bench = bench_for(tree)
    found = [
        coverage(Candidate(tree, Example(base, {"pier/a.py": text}).change(), PACKAGED, bench))
        for text in (after, more)
    ]
    assert [(one.ruling, one.reasons) for one in found] == [
        (Ruling.PASS, ()),
        (Ruling.FAIL, ("pier/a.py: run on the candidate, the suite never executes its line 8",)),
    ]
