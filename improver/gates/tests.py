"""Tests: the base's tests, under the base's configuration, have the same outcomes on the candidate's product files.

A new test is run too, and must hold; that it does proves nothing else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from improver.gate import Candidate, Example, gate
from improver.judging.overlay import under_base_configuration, under_base_tests
from improver.ports import SuiteRun
from improver.records import TESTS_ALONE, GateResult, Receipt
from improver.verify.report import REACHED
from improver.verify.suite import is_red

CLAIM = "every test of the base has the same outcome as before"
NEW_CLAIM = f"{CLAIM}, and every new test holds"
SHOWN = 10
CANARY_EXIT = 1  # the canary fails, so an honest run never ends with 0

_BASE = {
    "pier/__init__.py": "",
    "pier/a.py": "def depth(sea):\n    return sea - 1\n",
    "tests/test_a.py": "from pier.a import depth\n\n\ndef test_depth():\n    assert depth(5) == 4\n",
}


@gate(
    cost=100,
    passes=Example(_BASE, {"pier/a.py": "def depth(sea):\n    return -1 + sea\n"}),
    fails=Example(
        _BASE,
        {
            "pier/a.py": "def depth(sea):\n    return sea - 2\n",
            "tests/test_a.py": "from pier.a import depth\n\n\ndef test_depth():\n    assert depth(5) == 3\n",
        },
    ),
)
def tests(candidate: Candidate) -> GateResult:
    """Does the base suite hold?"""
    baseline, places = candidate.bench.baseline, modules_of(candidate)
    run = candidate.bench.suite(under_base_tests(candidate), tuple(sorted(places)))
    reasons = [
        *([f"the baseline has no verdict: {baseline.trouble}"] if baseline.trouble else []),
        *_dishonest(run),
        *_strangers(run, places),
        *_differences(baseline.manifest, run.manifest),
        *(["the tests' own code is not what it was at base"] if run.code != baseline.code and run.manifest else []),
    ]
    if reasons:
        return candidate.fails(CLAIM, _receipt(run), *reasons)
    claim = NEW_CLAIM if _brings_tests(candidate) else CLAIM
    if claim == NEW_CLAIM and (reasons := list(_new_and_red(candidate))):
        return candidate.fails(NEW_CLAIM, _receipt(run), *reasons[:SHOWN])
    loose = [path for path in candidate.changed if path not in places.values() and not candidate.policy.is_test(path)]
    notes = [f"{path} is no importable module, so that its own lines ran is not proved here" for path in loose]
    return candidate.passes(claim, _receipt(run), *notes)


def _brings_tests(candidate: Candidate) -> bool:
    """Tell whether the change may bring tests of its own, and does."""
    change = candidate.change
    may = change.safety in TESTS_ALONE or change.author == "human"
    return may and any(map(candidate.policy.is_test, change.paths))


def modules_of(candidate: Candidate) -> dict[str, str]:
    """Map the module name of each changed product file to its path."""
    policy = candidate.policy
    paths = [path for path in candidate.changed if not policy.is_test(path) and not policy.is_configuration(path)]
    named = ((candidate.bench.layout.module_of(path), path) for path in paths)
    return {module: path for module, path in named if module is not None}


def _new_and_red(candidate: Candidate) -> Iterator[str]:
    """Yield why the candidate's own tests, under the base's configuration, do not hold."""
    known = candidate.bench.baseline.manifest
    run = candidate.bench.suite(under_base_configuration(candidate), ())
    yield from _dishonest(run)
    for test, outcome in sorted(run.manifest.items()):
        if is_red(outcome) and outcome != known.get(test):
            yield f"{test}: {outcome} as the candidate has it"


def _dishonest(run: SuiteRun) -> Iterator[str]:
    """Yield why this run is no verdict."""
    if run.trouble:
        yield run.trouble
    elif not run.manifest:
        yield "no test ran"
    elif (run.canary, run.canaries) != ("failed", 1):
        yield f"one canary must fail, but {run.canaries} ran and the outcome was: {run.canary}"
    elif run.receipt.exit != CANARY_EXIT:
        yield f"the run ended with {run.receipt.exit} although the canary must fail it with {CANARY_EXIT}"


def _strangers(run: SuiteRun, places: Mapping[str, str]) -> list[str]:
    """Name the changed modules that were imported from elsewhere than the candidate's own file, or not at all."""
    if run.trouble:
        return []
    came = {module: run.modules.get(module, "") for module in sorted(places)}
    return [
        f"{module} was imported from {came[module]}, not from the candidate" if came[module]
        else f"{module} could not be imported"
        for module in came
        if came[module] != places[module]
    ][:SHOWN]  # fmt: skip


def _differences(base: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Name the tests that are missing, new or differ, at most SHOWN and how many more."""
    if not now:
        return []
    reasons = [f"{REACHED}: {what}, as nothing did at base" for what in sorted(_reached(now) - _reached(base))]
    reasons += [
        f"{test}: {base.get(test, 'not there')} at base, {now.get(test, 'not there')} now"
        for test in sorted(base.keys() | now.keys())
        if base.get(test) != now.get(test) and test != REACHED
    ]
    more = len(reasons) - SHOWN
    return reasons[:SHOWN] + ([f"and {more} more"] if more > 0 else [])


def _reached(manifest: Mapping[str, str]) -> set[str]:
    return set(manifest[REACHED].split(", ")) if REACHED in manifest else set()


def _receipt(run: SuiteRun) -> Receipt:
    counts = dict(run.receipt.counts)
    known = {"passed": 0, "skipped": 0, "xfailed": 0, **counts, "host": run.host}
    return replace(run.receipt, counts={"tests": sum(1 for node in run.manifest if not node.startswith("[")), **known})
