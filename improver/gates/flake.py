"""Flake: new and impacted tests end the same in fresh processes under other circumstances, or not at base either."""

from collections.abc import Iterator

from improver.experiments import Recording, Repetition
from improver.gate import Candidate, Example, gate
from improver.judging.functions import touched
from improver.judging.overlay import under_base_configuration
from improver.records import GateResult, Safety

CLAIM = "new and impacted tests end the same under other circumstances"
SHOWN = 10

_BASE = {
    "pier/__init__.py": "",
    "pier/a.py": "def depth(sea):\n    return sea - 1\n",
    "tests/test_a.py": "from pier.a import depth\n\n\ndef test_depth():\n    assert depth(5) == 4\n",
}


@gate(
    cost=110,
    passes=Example(
        _BASE,
        {"tests/test_b.py": "from pier.a import depth\n\n\ndef test_shore():\n    assert depth(1) == 0\n"},
        Safety.NEW_TEST,
    ),
    fails=Example(
        _BASE,
        {
            "tests/test_b.py": "seen = []\n\n\ndef test_ebb():\n    seen.append(1)\n\n\n"
            "def test_flow():\n    assert seen == [1]\n"
        },
        Safety.NEW_TEST,
    ),
)
def flake(candidate: Candidate) -> GateResult:
    """Is it deterministic?"""
    if candidate.change.safety in {Safety.PROVED, Safety.CONFINED}:
        reason = f"a {candidate.change.safety.value} change is judged by its proof"
        return candidate.abstains(CLAIM, candidate.inspected({}), reason)
    files = changed_test_files(candidate)
    recording = candidate.bench.experiments.recording() if _touches_product(candidate) else None
    impacted = () if recording is None else tuple(impacted_tests(candidate, recording, files))
    if not files and not impacted:
        why = recording.trouble if recording else ""
        reason = f"nobody knows which tests are impacted: {why}" if why else "no test runs what is touched"
        return candidate.abstains(CLAIM, candidate.inspected({}), reason)
    found = candidate.bench.experiments.repeat(under_base_configuration(candidate), (*files, *impacted))
    unsteady = tuple(_reasons(found))
    if unsteady:
        more = (f"and {len(unsteady) - SHOWN} more",) if len(unsteady) > SHOWN else ()
        return candidate.fails(CLAIM, found.receipt, *unsteady[:SHOWN], *more)
    if found.trouble:
        return candidate.abstains(CLAIM, found.receipt, found.trouble)
    notes = (
        [f"which old tests are impacted is not known: {recording.trouble}"] if recording and recording.trouble else []
    )
    if found.receipt.counts.get("cut"):
        notes.append(f"of {len(impacted)} impacted tests only the shortest were repeated")
    return candidate.passes(CLAIM, found.receipt, *notes)


def _touches_product(candidate: Candidate) -> bool:
    return any(not candidate.policy.is_test(edit.path) for edit in candidate.change.edits)


def changed_test_files(candidate: Candidate) -> tuple[str, ...]:
    """Return the test files that the change adds or changes, as pytest finds them by name or ran them at base."""
    names = {path: path.rsplit("/", 1)[-1] for path in candidate.changed if candidate.policy.is_test(path)}
    ran = {test.partition("::")[0] for test in candidate.bench.baseline.manifest}
    usual = {path for path, name in names.items() if name.startswith("test_") or name.endswith("_test.py")}
    return tuple(sorted(path for path in names if path in usual | ran))


def impacted_tests(candidate: Candidate, recording: Recording, files: tuple[str, ...]) -> Iterator[str]:
    """Yield the base's tests that run what is touched, shortest first; those in `files` run anyway.

    Where code that runs on import is touched, all tests that run a function of that file are impacted.
    """
    found = touched(candidate)
    functions = {*found.changed, *found.added, *found.removed}
    functions |= {name for name in recording.impact if name.split("::", 1)[0] in found.module_level}
    edited = {edit.path for edit in candidate.change.edits}
    tests = {test for name in functions for test in recording.impact.get(name, ())}
    for test in sorted(tests, key=lambda test: (recording.seconds.get(test, 0.0), test)):
        if test.split("::", 1)[0] not in {*files, *edited}:
            yield test


def _reasons(found: Repetition) -> Iterator[str]:
    for test, circumstances in sorted(found.unsteady.items()):
        yield f"{test} ends otherwise: {', or '.join(circumstances)}"
