"""Proof: the new code is the same program as the old, or differs in the one declared observable and in nothing else."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from improver.gate import Candidate, Example, gate
from improver.judging.cause import without_added_causes
from improver.judging.closing import without_added_with
from improver.judging.normal import Undo, compared, rendered, syntax_form
from improver.judging.unreachable import without_removed
from improver.records import Edit, GateResult, Receipt, Safety
from improver.source import Source

OBSERVABLES: Mapping[str, Undo] = {
    "exception cause": without_added_causes,
    "file closing time": without_added_with,
}
TESTS_ONLY = "behaviour compared by tests only: differential runs come later"

_BASE = {
    "pier/a.py": "def depth(sea):\n    found = (sea.depth)\n    return found\n",
    "tests/test_a.py": "from pier.a import depth\n\n\ndef test_depth():\n    assert depth\n",
}


@dataclass(frozen=True, slots=True)
class _Seen:
    """How one edit compared: the digest of both forms, why they are not equal ("" when they are), what aside."""

    digest: str
    reason: str = ""
    dropped: int = 0  # clauses that could never run and are gone


@gate(
    cost=30,
    passes=Example(
        _BASE,
        {"pier/a.py": "def depth(sea):\n    metres = sea.depth\n    return metres\n"},
        Safety.PROVED,
    ),
    fails=Example(
        _BASE,
        {"pier/a.py": "def depth(sea):\n    found = sea.depth or 0\n    return found\n"},
        Safety.PROVED,
    ),
)
def proof(candidate: Candidate) -> GateResult:
    """Is behaviour provably the same?"""
    change = candidate.change
    undo = OBSERVABLES.get(change.observable) if change.safety is Safety.CONFINED else None
    seen = [_seen(candidate, edit, undo) for edit in change.edits]
    receipt = _receipt(candidate, seen)
    reasons = [item.reason for item in seen if item.reason]
    if change.safety is Safety.CONFINED:
        claim = f"the code differs only in the {change.observable}"
        if undo is None:
            return candidate.fails(claim, receipt, f"no proof is known for the observable {change.observable!r}")
        return candidate.holds(claim, receipt, reasons)
    claim = "the code before and after is the same program"
    if any(item.dropped for item in seen):
        claim += ", clauses that can never run aside"
    if change.safety is Safety.PROVED or not reasons:
        return candidate.holds(claim, receipt, reasons)
    return candidate.abstains(claim, receipt, TESTS_ONLY)


def _receipt(candidate: Candidate, seen: list[_Seen]) -> Receipt:
    whole = hashlib.sha256("\n".join(item.digest for item in seen).encode()).hexdigest()
    counts = {"files": len(seen), "equal": sum(not item.reason for item in seen)}
    if dropped := sum(item.dropped for item in seen):
        counts["unreachable_clauses"] = dropped
    return Receipt((candidate.gate,), counts=counts, digest=whole)


def _seen(candidate: Candidate, edit: Edit, undo: Undo | None) -> _Seen:
    before, after = candidate.before(edit.path), candidate.after(edit.path)
    if edit.before is None or edit.after is None:
        return _Seen("", f"{edit.path}: a whole file is added or removed")
    if edit.before.mode != edit.after.mode:
        return _Seen("", f"{edit.path}: its mode changes")
    if before is None or after is None:
        return _Seen("", f"{edit.path}: not Python that can be read, so nothing is proved about it")
    if undo is None:
        forms = compared(before, after)
        return _Seen(forms.digest) if forms.equal else _but_for_clauses(candidate, before, after)
    return _confined(before, after, undo)


def _but_for_clauses(candidate: Candidate, before: Source, after: Source) -> _Seen:
    """Compare once more without the clauses of the base that can never run and that the change removed."""
    left = without_removed(before, after, candidate.base)
    forms = compared(left.source if left else before, after)
    if left is None or not forms.equal:
        return _Seen(forms.digest, f"{after.path}: it is not the same program")
    ran = left.lines & candidate.bench.baseline.lines.get(after.path, frozenset())
    reason = f"{after.path}: line {min(ran)} was taken for unreachable, but the base's suite ran it" if ran else ""
    return _Seen(forms.digest, reason, left.clauses)


def _confined(before: Source, after: Source, undo: Undo) -> _Seen:
    undone = undo(before, after)
    if isinstance(undone, str):
        return _Seen("", f"{after.path}: {undone}")
    old, new = syntax_form(before), rendered(undone)
    digest = hashlib.sha256(f"{old}\0{new}".encode()).hexdigest()
    return _Seen(digest, "" if old == new else f"{after.path}: more than that differs")
