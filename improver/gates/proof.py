"""Proof: the new code is the same program as the old, or differs in the one declared observable and in nothing else."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from improver.cause import without_added_causes
from improver.closing import without_added_with
from improver.gate import Candidate, Example, gate
from improver.normal import Undo, compared, rendered, syntax_form
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
    """How one edit compared: the digest of both forms, and why they are not equal ("" when they are)."""

    digest: str
    reason: str = ""


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
    if change.safety is Safety.PROVED or not reasons:
        return candidate.holds(claim, receipt, reasons)
    return candidate.abstains(claim, receipt, TESTS_ONLY)


def _receipt(candidate: Candidate, seen: list[_Seen]) -> Receipt:
    whole = hashlib.sha256("\n".join(item.digest for item in seen).encode()).hexdigest()
    counts = {"files": len(seen), "equal": sum(not item.reason for item in seen)}
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
        return _Seen(forms.digest, "" if forms.equal else f"{edit.path}: it is not the same program")
    return _confined(before, after, undo)


def _confined(before: Source, after: Source, undo: Undo) -> _Seen:
    undone = undo(before, after)
    if isinstance(undone, str):
        return _Seen("", f"{after.path}: {undone}")
    old, new = syntax_form(before), rendered(undone)
    digest = hashlib.sha256(f"{old}\0{new}".encode()).hexdigest()
    return _Seen(digest, "" if old == new else f"{after.path}: more than that differs")
