"""Scope: a machine touches only the paths that the base commit's policy gives it."""

from collections.abc import Iterator

from improver.gate import Candidate, Example, gate
from improver.judging.touched import hunks
from improver.records import TESTS_ALONE, GateResult, Safety


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
    """Yield a reason per forbidden path; people too, but for tests, which may come with their change.

    A program may bring a test with a change of behaviour, to reproduce what it mends, and touch none that is there.
    """
    policy, safety = candidate.policy, candidate.change.safety
    tests_alone = safety in TESTS_ALONE
    reproduces = safety is Safety.BEHAVIOUR_CHANGE
    own_tests = tests_alone or candidate.change.author == "human"
    for path in candidate.change.paths:
        if rule := policy.may_touch(path):
            yield f"{path!a}: {rule}"
        elif policy.is_test(path) and not own_tests and not reproduces:
            yield f"{path!a}: tests are touched only by a proposal of tests alone"
        elif policy.is_test(path) and not own_tests and not _only_adds(candidate, path):
            yield f"{path!a}: a change of behaviour may add tests, and leaves as they are those that are there"
        elif path.casefold().endswith("conftest.py"):
            yield f"{path!a}: a conftest decides how every test runs"
        elif tests_alone and not policy.is_test(path):
            yield f"{path!a}: a {safety.value} leaves the product as it is"


def _only_adds(candidate: Candidate, path: str) -> bool:
    """Tell whether every line that a file had is still there, in order, with its mode."""
    edit = next(edit for edit in candidate.change.edits if edit.path == path)
    before, after = candidate.before(path), candidate.after(path)
    if edit.before is None or edit.after is None or before is None or after is None:
        return edit.before is None and edit.after is not None
    return edit.before.mode == edit.after.mode and not any(hunk.old for hunk in hunks(before.lines, after.lines))
