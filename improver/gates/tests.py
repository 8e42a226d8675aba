"""Tests: the base's tests, under the base's configuration, have the same outcomes on the candidate's product files.

A new test is run too, and must hold; that it does proves nothing else. A program's new or rewritten test must have run:
one that is skipped here shows nothing. Where a program changes behaviour, one of the
tests that it brings must also fail on the base: it reproduces what is mended.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from improver.gate import Candidate, Example, gate
from improver.judging.functions import differences
from improver.judging.overlay import under_base_configuration, under_base_tests
from improver.ports import SuiteRun
from improver.records import TESTS_ALONE, GateResult, Receipt, Safety
from improver.verify.faring import SHOWN, dishonest, strayed
from improver.verify.suite import is_red

CLAIM = "every test of the base has the same outcome as before"
NEW_CLAIM = f"{CLAIM}, and every new test holds"
REPRODUCED = f"{NEW_CLAIM}; one of them fails without the change"

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
    places = modules_of(candidate)
    run = candidate.bench.suite(under_base_tests(candidate), tuple(sorted(places)))
    if reasons := [*_strangers(run, places), *strayed(candidate.bench.baseline, run)]:
        return candidate.fails(CLAIM, _receipt(run), *reasons)
    if not _brings_tests(candidate):
        return candidate.passes(CLAIM, _receipt(run), *_notes(candidate, places))
    if reasons := list(_new_and_red(candidate)):
        return candidate.fails(NEW_CLAIM, _receipt(run), *reasons[:SHOWN])
    if candidate.change.author == "human" or candidate.change.safety in TESTS_ALONE:
        return candidate.passes(NEW_CLAIM, _receipt(run), *_notes(candidate, places))
    red, trouble = _red_at_base(candidate)
    receipt = _counted(_receipt(run), "reproducing", len(red))
    if not red:
        return candidate.fails(REPRODUCED, receipt, trouble or "no test of the change fails without it")
    return candidate.passes(REPRODUCED, receipt, *_notes(candidate, places), *(f"red without it: {one}" for one in red))


def _notes(candidate: Candidate, places: Mapping[str, str]) -> list[str]:
    loose = [path for path in candidate.changed if path not in places.values() and not candidate.policy.is_test(path)]
    return [f"{path} is no importable module, so that its own lines ran is not proved here" for path in loose]


def _brings_tests(candidate: Candidate) -> bool:
    """Tell whether the change may bring tests of its own, and does."""
    change = candidate.change
    may = change.safety in (*TESTS_ALONE, Safety.BEHAVIOUR_CHANGE) or change.author == "human"
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
    yield from dishonest(run)
    for test, outcome in sorted(run.manifest.items()):
        if is_red(outcome) and outcome != known.get(test):
            yield f"{test}: {outcome} as the candidate has it"
    if candidate.change.author != "human":
        yield from _idle(candidate, run)


def _idle(candidate: Candidate, run: SuiteRun) -> Iterator[str]:
    """Yield the tests that the change writes or rewrites and that did not run; an inherited one runs elsewhere."""
    fared: dict[str, list[str]] = defaultdict(list)
    for test, outcome in run.manifest.items():
        path, name = test.partition("::")[0], test.partition("[")[0].rpartition("::")[2]
        fared[f"{path}::{name}"].append(outcome)
        fared[name].append(outcome)
    for path in filter(candidate.policy.is_test, candidate.change.paths):
        for kind, function in differences(path, candidate.before(path), candidate.after(path)):
            name = function.rpartition(".")[2]
            outcomes = fared.get(f"{path}::{name}") or fared.get(name) or ["did not run"]
            if kind in {"changed", "added"} and name.startswith("test") and all(map(_shows_nothing, outcomes)):
                yield f"{path}::{function}: {outcomes[0]}, so that nothing shows that it holds"


def _shows_nothing(outcome: str) -> bool:
    """Tell whether a test neither passed nor failed: it was skipped, or nobody expected more of it."""
    return not outcome.startswith("passed/passed") and not is_red(outcome)


def _red_at_base(candidate: Candidate) -> tuple[list[str], str]:
    """Return the candidate's tests that fail on the base's product, or why nobody knows."""
    policy, known = candidate.policy, candidate.bench.baseline.manifest
    brought = {path: file for path, file in candidate.tree.items() if policy.is_test(path)}
    run = candidate.bench.suite({**candidate.base, **brought}, ())
    lies = [*dishonest(run)]
    red = [test for test, outcome in sorted(run.manifest.items()) if is_red(outcome) and test not in known]
    return ([], lies[0]) if lies else (red[:SHOWN], "")


def _counted(receipt: Receipt, name: str, count: int) -> Receipt:
    return replace(receipt, counts={**receipt.counts, name: count})


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


def _receipt(run: SuiteRun) -> Receipt:
    counts = dict(run.receipt.counts)
    known = {"passed": 0, "skipped": 0, "xfailed": 0, **counts, "host": run.host}
    return replace(run.receipt, counts={"tests": sum(1 for node in run.manifest if not node.startswith("[")), **known})
