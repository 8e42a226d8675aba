"""Performance refuses what costs more as its inputs grow, and says nothing where nothing could be made larger."""

from improver.experiments import Growth, Recording, Scaling
from improver.gate import Example
from improver.gates.performance import performance
from improver.records import GateResult, Receipt, Ruling, Safety
from tests.improver.benches import FakeBench, FakeExperiments, ruled

TEXT = "def depth(sea):\n    return sea - 1\n"
DEPTH = "pier/a.py::depth"
AFTER = TEXT.replace("sea - 1", "-1 + sea")
CALLED = Recording({}, {}, {DEPTH: (b"x",)}, {}, Receipt(("record",)))


def judged(
    *grown: Growth,
    recorded: Recording = CALLED,
    after: str = AFTER,
    safety: Safety = Safety.COVERED,
    trouble: str = "",
) -> GateResult:
    scaled = Scaling(grown, Receipt(("scale",), counts={"functions": 1, "inputs": len(grown)}), trouble)
    bench = FakeBench(experiments=FakeExperiments(recorded=recorded, scaled=scaled))
    return ruled(performance, Example({"pier/a.py": TEXT}, {"pier/a.py": after}, safety), bench)


def test_a_pass_tells_the_ratio_and_its_spread() -> None:
    result = judged(Growth(DEPTH, (100, 200, 400), (100, 200, 400)), Growth(DEPTH, (500, 1000, 2000), (250, 500, 1000)))
    assert (result.ruling, result.reasons) == (
        Ruling.PASS,
        ("1.00 times the steps of the base at the largest of 2 grown inputs (0.50 to 1.00)",),
    )
    assert dict(result.receipt.counts) == {"functions": 1, "inputs": 2}


def test_a_refusal_names_function_and_counts() -> None:
    result = judged(Growth(DEPTH, (100, 200, 400), (200, 800, 3200)), Growth(DEPTH, (1, 2, 4), (9, 90, 900), "seconds"))
    assert (result.ruling, result.reasons) == (
        Ruling.FAIL,
        (
            "pier/a.py::depth takes 200, 800, 3200 steps at 1, 2 and 4 times a recorded input, and 100, 200, 400 "
            "at base: it grows faster",
            "pier/a.py::depth takes 9, 90, 900 seconds at 1, 2 and 4 times a recorded input, and 1, 2, 4 "
            "at base: it grows faster, measured three times",
        ),
    )


def test_it_abstains_and_says_why() -> None:
    silent = Recording({}, {}, {}, {}, Receipt(("record",)), "it broke")
    results = [
        judged(safety=Safety.PROVED),
        judged(after=TEXT + "\n\ndef tide(sea):\n    return sea\n"),
        judged(recorded=silent),
        judged(recorded=Recording({}, {}, {}, {}, Receipt(("record",)))),
        judged(),
        judged(trouble="timed out"),
        judged(Growth(DEPTH, (100, 200, 400), (100, 200, 400)), trouble="it broke off"),
    ]
    assert [(result.ruling, result.reasons) for result in results] == [
        (Ruling.ABSTAIN, ("a proved change is judged by its proof",)),
        (Ruling.ABSTAIN, ("no function is changed that the base has too",)),
        (Ruling.ABSTAIN, ("no calls were recorded: it broke",)),
        (Ruling.ABSTAIN, ("no call of what is changed is recorded",)),
        (Ruling.ABSTAIN, ("no recorded call that can be made larger",)),
        (Ruling.ABSTAIN, ("timed out",)),
        (Ruling.ABSTAIN, ("it broke off",)),
    ]
