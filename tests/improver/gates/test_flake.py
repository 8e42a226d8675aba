"""Flake asks for the new and the impacted tests, and blames the candidate for what is its own."""

from collections.abc import Mapping

from improver.experiments import Recording, Repetition
from improver.gate import Example
from improver.gates.flake import flake
from improver.records import GateResult, Receipt, Ruling, Safety
from tests.improver.benches import FakeBench, FakeExperiments, ruled, run_of

TEXT = "def depth(sea):\n    return sea - 1\n\n\ndef tide(sea):\n    return sea\n\n\nLIMIT = 1\n"
BASE = {"pier/a.py": TEXT, "tests/test_a.py": "def test_old():\n    pass\n"}
IMPACT = {
    "pier/a.py::depth": ("tests/test_b.py::test_one", "tests/test_a.py::test_old"),
    "pier/a.py::tide": ("tests/test_c.py::test_two",),
    "pier/b.py::far": ("tests/test_d.py::test_far",),
}
SECONDS = {"tests/test_b.py::test_one": 2.0, "tests/test_c.py::test_two": 1.0}
RECORDED = Recording(IMPACT, SECONDS, {}, {}, Receipt(("record",)))
STEADY = Repetition(2, ("reversed order",), {}, Receipt(("repeat",), counts={"runs": 5, "tests": 2}))


def judged(
    after: Mapping[str, str | None],
    repeated: Repetition = STEADY,
    recorded: Recording = RECORDED,
    safety: Safety = Safety.COVERED,
) -> tuple[GateResult, list[object]]:
    experiments = FakeExperiments(recorded=recorded, repeated=repeated)
    result = ruled(flake, Example(BASE, after, safety), FakeBench(experiments=experiments))
    return result, [tests for _, tests in experiments.asked]


def test_tests_that_run_a_touched_function_are_repeated() -> None:
    result, asked = judged({"pier/a.py": TEXT.replace("sea - 1", "-1 + sea")})
    assert (result.ruling, result.reasons) == (Ruling.PASS, ())
    assert dict(result.receipt.counts) == {"runs": 5, "tests": 2}
    assert asked == [("tests/test_a.py::test_old", "tests/test_b.py::test_one")]


def test_code_that_runs_on_import_impacts_every_test_of_its_file_shortest_first() -> None:
    _, asked = judged({"pier/a.py": TEXT.replace("LIMIT = 1", "LIMIT = 2")})
    assert asked == [("tests/test_a.py::test_old", "tests/test_c.py::test_two", "tests/test_b.py::test_one")]


def test_changed_test_files_are_repeated_whole() -> None:
    after = {
        "pier/a.py": TEXT.replace("sea - 1", "-1 + sea"),
        "tests/test_a.py": "def test_new():\n    pass\n",
        "tests/conftest.py": "x = 1\n",
    }
    _, asked = judged(after)
    assert asked == [("tests/test_a.py", "tests/test_b.py::test_one")]


def test_a_changed_file_whose_tests_ran_at_base_is_repeated_whatever_its_name() -> None:
    experiments = FakeExperiments(recorded=RECORDED, repeated=STEADY)
    bench = FakeBench(run_of({"tests.py::test_old": "passed/passed/passed"}), experiments=experiments)
    example = Example(
        {**BASE, "tests.py": "x = 1\n"}, {"tests.py": "x = 2\n", "tests/notes.py": "x = 3\n"}, Safety.NEW_TEST
    )
    assert ruled(flake, example, bench).ruling is Ruling.PASS
    assert [tests for _, tests in experiments.asked] == [("tests.py",)]


def test_what_is_unsteady_fails_by_name() -> None:
    found = Repetition(1, (), {"tests/test_a.py::test_old": ("hash seed 1", "alone")}, Receipt(("repeat",)))
    result, _ = judged({"pier/a.py": TEXT.replace("sea - 1", "-1 + sea")}, found)
    assert (result.ruling, result.reasons) == (
        Ruling.FAIL,
        ("tests/test_a.py::test_old ends otherwise: hash seed 1, or alone",),
    )


def test_it_abstains_and_says_why() -> None:
    after = {"pier/a.py": TEXT.replace("sea - 1", "-1 + sea")}
    silent = Recording({}, {}, {}, {}, Receipt(("record",)), "it broke")
    tired = Repetition(0, (), {}, Receipt(("repeat",)), "timed out")
    results = [
        judged(after, safety=Safety.PROVED)[0],
        judged(after, recorded=silent)[0],
        judged({"pier/b.py": "def new():\n    pass\n"})[0],
        judged(after, tired)[0],
    ]
    assert [(result.ruling, result.reasons) for result in results] == [
        (Ruling.ABSTAIN, ("a proved change is judged by its proof",)),
        (Ruling.ABSTAIN, ("nobody knows which tests are impacted: it broke",)),
        (Ruling.ABSTAIN, ("no test runs what is touched",)),
        (Ruling.ABSTAIN, ("timed out",)),
    ]


def test_it_says_what_a_pass_left_out() -> None:
    cut = Repetition(1, (), {}, Receipt(("repeat",), counts={"runs": 5, "cut": 1}))
    result, _ = judged({"pier/a.py": TEXT.replace("sea - 1", "-1 + sea")}, cut)
    assert result.reasons == ("of 2 impacted tests only the shortest were repeated",)
