"""Coverage asks whether the suite ran what the change touches."""

import pytest

from improver.gate import Candidate, Example
from improver.gates.coverage import coverage
from improver.judging.touched import Hunk, hunks
from improver.ports import SuiteRun
from improver.records import GateResult, Ruling, Safety
from tests.improver.benches import FakeBench, ruled, run_of
from tests.improver.conftest import BenchFor
from tests.improver.judging import PACKAGED


def covered(before: str | None, after: str | None, ran: set[int], safety: Safety = Safety.COVERED) -> GateResult:
    base = {} if before is None else {"pier/a.py": before}
    return ruled(coverage, Example(base, {"pier/a.py": after}, safety), FakeBench(baseline=ran_lines(ran)))


def ran_lines(lines: set[int]) -> SuiteRun:
    return run_of(lines={"pier/a.py": frozenset(lines)})


BRANCH = "def f(a):\n    if a:\n        b = 1\n        return b\n    return 0\n"
TRIED = "def f():\n    try:\n        g()\n    except E:\n        raise X\n    else:\n        h()\n"
METHODS = (
    "class A:\n    @property\n    def a(self):\n        return 1\n\n    @property\n    def b(self):\n        return 2\n"
)

PASSES = [
    pytest.param(BRANCH, BRANCH.replace("b = 1", "b = 2"), {1, 2, 3, 4}, 1, id="the replaced line ran"),
    pytest.param(
        BRANCH, BRANCH.replace("        b = 1\n", "        c()\n        b = 1\n"), {3}, 1, id="beside one that ran"
    ),
    pytest.param(BRANCH, BRANCH.replace("return 0", "return 0\n    # ok"), set(), 0, id="a comment"),
    pytest.param(BRANCH, BRANCH.replace("f(a):", "f(a=0):"), {1}, 1, id="a definition that ran"),
    pytest.param("x = [\n    1,\n    2,\n]\n", "x = [\n    1,\n    3,\n]\n", {1}, 1, id="one line of a statement"),
    pytest.param(
        TRIED, TRIED.replace("E:", "E as e:").replace("raise X", "raise X from e"), {4, 5}, 2, id="a clause that ran"
    ),
    pytest.param(
        "def f():\n    if a:\n        g()\n    else:\n        h()\n",
        "def f():\n    if a:\n        g()\n    elif b:\n        h()\n",
        {2},
        1,
        id="an else that becomes a condition",
    ),
    pytest.param("def f():\n    g()\n", "def f():\n    'doc'\n    g()\n", set(), 0, id="a docstring"),
]


@pytest.mark.parametrize(("before", "after", "ran", "touched"), PASSES)
def test_lines_that_ran_pass(before: str, after: str, ran: set[int], touched: int) -> None:
    result = covered(before, after, ran)
    notes = () if touched else ("no executable line is touched",)
    assert (result.ruling, result.reasons, result.receipt.counts["touched"]) == (Ruling.PASS, notes, touched)


FAILS = [
    pytest.param(BRANCH, BRANCH.replace("b = 1", "b = 2"), {1, 2, 5}, "3", id="the replaced line"),
    pytest.param(BRANCH, BRANCH.replace("b = 1\n        return b", "return 1"), {1, 2, 5}, "3-4", id="both"),
    pytest.param(BRANCH, BRANCH.replace("        b = 1\n", ""), {1, 2, 5}, "3", id="a removed line"),
    pytest.param(BRANCH, BRANCH.replace("        b = 1\n", "        c()\n        b = 1\n"), {1, 2}, "3", id="beside"),
    pytest.param(BRANCH, BRANCH.replace("return b\n", "return b\n        c()\n"), {1, 2}, "4", id="at a block's end"),
    pytest.param(TRIED, TRIED.replace("raise X", "raise X from Y"), {1, 2, 3, 7}, "5", id="a handler nobody enters"),
    pytest.param(TRIED, TRIED.replace("except E:", "except (E, F):"), {1, 2, 3, 7}, "4", id="a clause nobody reaches"),
    pytest.param(BRANCH, BRANCH.replace("f(a):", "f(a=0):"), set(), "1", id="a module nobody imports"),
    pytest.param(
        "match a:\n    case 1:\n        f()\n    case 2:\n        g()\n",
        "match a:\n    case 1:\n        f()\n    case 3:\n        g()\n",
        {1, 2, 3},
        "4",
        id="a case nobody reaches",
    ),
]


@pytest.mark.parametrize(("before", "after", "ran", "lines"), FAILS)
def test_lines_that_did_not_run_fail_by_name(before: str, after: str, ran: set[int], lines: str) -> None:
    result = covered(before, after, ran)
    assert (result.ruling, result.reasons) == (Ruling.FAIL, (f"pier/a.py: the suite never executes line {lines}",))


UNUSED = [
    pytest.param("x = 1\n\n\ndef _f():\n    return 1\n", "x = 1\n", {1, 4}, "_f", id="a function"),
    pytest.param(
        "x = 1\n\n\nclass _A:\n    b = 1\n\n    def f(self):\n        g()\n", "x = 1\n", {1, 4, 5, 7}, "_A", id="a"
    ),
    pytest.param(
        METHODS, METHODS[: METHODS.index("\n    @property\n    def b")], {1, 2, 3, 4, 6, 7}, "b", id="the last"
    ),
    pytest.param(
        METHODS,
        "class A:\n" + METHODS[METHODS.index("    @property\n    def b") :],
        {1, 2, 3, 6, 7, 8},
        "a",
        id="the first",
    ),
]


@pytest.mark.parametrize(("before", "after", "ran", "name"), UNUSED)
def test_an_unused_definition_may_go(before: str, after: str, ran: set[int], name: str) -> None:
    result = covered(before, after, ran)
    assert (result.ruling, result.reasons) == (
        Ruling.PASS,
        (f"pier/a.py: {name} is removed, and the suite never executes its body",),
    )


def test_a_used_definition_is_held_line_by_line() -> None:
    before = "x = 1\n\n\ndef _f(a):\n    if a:\n        return 1\n    return 2\n"
    assert covered(before, "x = 1\n", {1, 4, 5, 7}).reasons == ("pier/a.py: the suite never executes line 6",)
    assert covered(before, "x = 1\n", {1, 4, 5, 6, 7}).reasons == ()


def test_new_code_that_the_base_cannot_have_run_fails() -> None:
    new = covered(None, "x = 1\n", {1})
    assert new.reasons == ("pier/a.py: it is new, or cannot be read, so no run of the base stands for it",)
    alone = covered("", "x = 1\n", set())
    assert alone.reasons == ("pier/a.py: line 1: no line of the base stands beside this one",)


def test_a_removed_file_is_judged_by_its_lines() -> None:
    assert covered("x = 1\ny = 2\n", None, {1}).reasons == ("pier/a.py: the suite never executes line 2",)
    assert covered("x = 1\ny = 2\n", None, {1, 2}).ruling is Ruling.PASS


@pytest.mark.parametrize(
    ("safety", "ruling"),
    [
        (Safety.PROVED, Ruling.ABSTAIN),
        (Safety.CONFINED, Ruling.FAIL),
        (Safety.COVERED, Ruling.FAIL),
        (Safety.BEHAVIOUR_CHANGE, Ruling.ABSTAIN),
    ],
)
def test_policy_says_whether_uncovered_lines_refuse(safety: Safety, ruling: Ruling) -> None:
    result = covered("x = 1\n", "x = 2\n", set(), safety)
    assert (result.ruling, result.reasons) == (ruling, ("pier/a.py: the suite never executes line 1",))


def test_tests_are_not_asked_to_be_covered() -> None:
    example = Example({"tests/test_a.py": "x = 1\n"}, {"tests/test_a.py": "x = 2\n"})
    result = ruled(coverage, example, FakeBench())
    assert (result.ruling, result.reasons) == (Ruling.ABSTAIN, ("only tests are touched",))


def test_hunks_find_every_difference_and_nothing_else() -> None:
    before, after = ["a\n", "b\n", "c\n", "d\n"], ["a\n", "B\n", "c\n", "x\n", "d\n"]
    assert hunks(before, after) == [Hunk(1, 2, 1, 2), Hunk(3, 3, 3, 4)]
    assert hunks(before, before) == []
    assert hunks([], before) == [Hunk(0, 0, 0, 4)]


@pytest.mark.host
def test_a_real_baseline_knows_which_lines_ran(bench_for: BenchFor) -> None:
    base = {
        "pier/__init__.py": "",
        "pier/a.py": TRIED.replace("g()", "int('x')").replace("E:", "ValueError:").replace("X", "KeyError(1)")
        + "\n\ndef _unused():\n    return 1\n",
        "tests/test_a.py": "import pytest\nfrom pier.a import f\n\n\n"
        "def test_f():\n    with pytest.raises(KeyError):\n        f()\n",
    }
    tree, text = Example(base, {}).tree(), base["pier/a.py"]
    texts = {
        "named": text.replace("ValueError:", "ValueError as e:").replace("(1)", "(1) from e"),
        "in the else": text.replace("h()", "h(1)"),
        "unused": text[: text.index("\n\ndef _unused")],
    }
    bench = bench_for(tree)
    found = {
        name: coverage(Candidate(tree, Example(base, {"pier/a.py": after}).change(), PACKAGED, bench)).reasons
        for name, after in texts.items()
    }
    assert found == {
        "named": (),
        "in the else": ("pier/a.py: the suite never executes line 7",),
        "unused": ("pier/a.py: _unused is removed, and the suite never executes its body",),
    }
