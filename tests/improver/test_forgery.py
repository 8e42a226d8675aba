"""Every way to make a broken product look green is refused, by the gates that are named for it."""

import dataclasses

import pytest

from improver.gate import Candidate, Example, Gate
from improver.gates import tests as suite
from improver.gates.capability import capability
from improver.gates.intake import intake
from improver.gates.scope import scope
from improver.ports import Bench
from improver.records import Ruling
from tests.improver.conftest import BenchFor
from tests.improver.forgeries import BASE, FORGERIES, Forgery
from tests.improver.judging import PACKAGED

pytestmark = pytest.mark.host
GATES: dict[str, Gate] = {"intake": intake, "scope": scope, "capability": capability, "tests": suite.tests}
SECONDS = 8  # an endless call is as endless after these


@pytest.fixture(scope="module")
def bench(bench_for: BenchFor) -> Bench:
    """Return the bench of the honest tree, with less patience than for a real project."""
    found = bench_for(Example(BASE, {}).tree())
    limits = PACKAGED.gates.suite.model_copy(update={"seconds": SECONDS})
    policy = PACKAGED.model_copy(update={"gates": PACKAGED.gates.model_copy(update={"suite": limits})})
    return dataclasses.replace(found, rig=dataclasses.replace(found.rig, policy=policy))  # type: ignore[type-var, attr-defined]


def refusing(files: dict[str, str | None], bench: Bench) -> dict[str, tuple[str, ...]]:
    """Return why, by gate, a change is refused."""
    example = Example(BASE, files)
    candidate = Candidate(example.tree(), example.change(), PACKAGED, bench)
    results = {name: gate(candidate) for name, gate in GATES.items()}
    return {name: result.reasons for name, result in results.items() if result.ruling is not Ruling.PASS}


def test_an_honest_change_is_refused_by_none(bench: Bench) -> None:
    assert refusing({"pkg/calc.py": "def add(a, b):\n    total = a + b\n    return total\n"}, bench) == {}


@pytest.mark.parametrize("forgery", [pytest.param(forgery, id=name) for name, forgery in FORGERIES.items()])
def test_a_forgery_is_refused(forgery: Forgery, bench: Bench) -> None:
    assert forgery.gates
    assert refusing(forgery.files, bench).keys() == forgery.gates


@pytest.mark.parametrize(
    ("name", "reached"),
    [
        pytest.param("found in memory", ("gc.get_objects", "gi_frame"), id="memory"),
        pytest.param("found on the stack", ("gi_frame", "sys._getframe"), id="stack"),
        pytest.param("found from the watcher", ("gi_frame",), id="the watcher"),
    ],
)
def test_a_forger_who_has_the_nonce_was_told_of_before(name: str, reached: tuple[str, ...], bench: Bench) -> None:
    forgery = FORGERIES[f"a whole report under the true nonce, {name}"]
    entry = "[reached into the interpreter]: pkg/calc.py: {}, as nothing did at base"
    assert refusing(forgery.files, bench)["tests"] == tuple(map(entry.format, reached))
