"""Scope: a machine touches only the paths that the base commit's policy gives it."""

from collections.abc import Iterator

from improver.gate import Candidate, Example, gate
from improver.records import TESTS_ALONE, GateResult


@gate(
    cost=1,
    passes=Example({"pier/a.py": "depth = 1\n"}, {"pier/a.py": "depth = 2\n"}),
    fails=Example({"policies/gates.yaml": "version: 1\n"}, {"policies/gates.yaml": "version: 2\n"}),
)
def scope(candidate: Candidate) -> GateResult:
    """May this author touch these paths?"""
    receipt = candidate.inspected({"paths": len(candidate.change.paths)})
    return candidate.holds("policy permits every touched path", receipt, list(_refusals(candidate)))


def _refusals(candidate: Candidate) -> Iterator[str]:
    """Yield a reason per forbidden path; people too, but for tests, which may come with their change."""
    policy = candidate.policy
    tests_alone = candidate.change.safety in TESTS_ALONE
    own_tests = tests_alone or candidate.change.author == "human"
    for path in candidate.change.paths:
        if rule := policy.may_touch(path):
            yield f"{path!a}: {rule}"
        elif policy.is_test(path) and not own_tests:
            yield f"{path!a}: tests are touched only by a proposal of tests alone"
        elif path.casefold().endswith("conftest.py"):
            yield f"{path!a}: a conftest decides how every test runs"
        elif tests_alone and not policy.is_test(path):
            yield f"{path!a}: a {candidate.change.safety.value} leaves the product as it is"
