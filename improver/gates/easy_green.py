"""Easy green: no test and no setting asks for less than before, and new tests ask for something."""

from collections import Counter
from collections.abc import Iterator

from improver.gate import Candidate, Example, gate
from improver.judging.strength import Weakness, duplicates, idle, softeners, weakened
from improver.judging.thresholds import lowered
from improver.records import Edit, GateResult, Safety
from improver.source import Source

_PRODUCT = {"pier/a.py": "def depth():\n    return 3\n"}
_TEST = "from pier.a import depth\n\n\ndef test_depth():\n    assert depth() == 3\n"
_TESTS = {**_PRODUCT, "tests/test_a.py": _TEST}


@gate(
    cost=3,
    passes=Example(_TESTS, {"tests/test_a.py": f"{_TEST}    assert depth() > 2\n"}, safety=Safety.NEW_TEST),
    fails=Example(_TESTS, {"tests/test_a.py": _TEST.replace("== 3", "== 3 or True")}, safety=Safety.NEW_TEST),
)
def easy_green(candidate: Candidate) -> GateResult:
    """Does it get green the cheap way?"""
    tests = [edit for edit in candidate.change.edits if candidate.policy.is_test(edit.path)]
    settings = [edit for edit in candidate.change.edits if candidate.policy.is_configuration(edit.path)]
    found = [weakness for edit in tests for weakness in _tests(candidate, edit)]
    found += [Weakness(f"{edit.path}: {reason}") for edit in settings for reason in _settings(edit)]
    asks = _asks(candidate)
    alone = len(tests) == len(candidate.change.edits)
    certain = sorted(weakness.reason for weakness in found if not asks and (weakness.certain or not alone))
    receipt = candidate.inspected({"tests": len(tests), "settings": len(settings), "weaker": len(found)})
    claim = "no test and no setting asks for less"
    if certain or not found:
        return candidate.holds(claim, receipt, certain)
    return candidate.escalates(claim, receipt, *sorted(weakness.reason for weakness in found))


def _asks(candidate: Candidate) -> bool:
    """Tell whether a human is asked about what looks weaker: people, and our own rewrites of tests, may have reasons.

    Of such a rewrite other gates show that its tests hold, and notice no fewer faults than before.
    """
    change = candidate.change
    return change.author == "human" or (change.author == "codemod" and change.safety is Safety.CHANGED_TEST)


def _tests(candidate: Candidate, edit: Edit) -> Iterator[Weakness]:
    """Yield what is weaker in one file of the tests."""
    name = edit.path.rsplit("/", 1)[-1]
    if edit.before is not None and edit.after is None:
        yield Weakness(f"{edit.path}: the file is removed")
        return
    if name == "conftest.py":
        yield Weakness(f"{edit.path}: it decides how every test runs")
    if not name.endswith(".py"):
        if edit.before is not None:
            yield Weakness(f"{edit.path}: material of existing tests is changed")
        return
    before, after = candidate.before(edit.path), candidate.after(edit.path)
    if after is None or (before is None and edit.before is not None):
        yield Weakness(f"{edit.path}: it cannot be read, so no test in it can run")
        return
    for weakness in _file(before, after):
        yield Weakness(f"{edit.path}: {weakness.reason}", weakness.certain)


def _file(before: Source | None, after: Source) -> Iterator[Weakness]:
    """Yield what is weaker in one readable test file; a new one has no `before`."""
    if before is not None:
        yield from weakened(before, after)
    gained = softeners(after) - (softeners(before) if before else Counter())
    yield from (Weakness(f"more of: {softener}") for softener in sorted(gained))
    shadowed = duplicates(after) - (duplicates(before) if before else Counter())
    yield from (Weakness(f"{scope} is defined twice, only the last one runs") for scope in sorted(shadowed))
    yield from map(Weakness, idle(before, after))


def _settings(edit: Edit) -> Iterator[str]:
    """Yield each setting that may have been lowered; files that are neither TOML nor INI are left to scope."""
    if edit.path.endswith((".toml", ".ini", ".cfg", ".coveragerc", ".flake8")):
        old, new = (file.data.decode(errors="replace") if file else None for file in (edit.before, edit.after))
        yield from lowered(edit.path, old, new)
