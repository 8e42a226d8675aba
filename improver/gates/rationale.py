"""Rationale: the words of a change claim only what its code bears out, and do nothing but say it."""

from collections.abc import Callable, Iterator, Mapping

from improver.gate import Candidate, Example, gate
from improver.judging.kinds import (
    are_texts,
    same,
    same_but_imports,
    same_but_names,
    same_but_types,
    same_but_words,
)
from improver.judging.wording import Kind, claimed, concealed, live, numbers, strangers, unbacked
from improver.records import Change, Edit, GateResult, Safety
from improver.source import Source

FACTS: Mapping[Kind, Callable[[Source, Source], bool]] = {
    Kind.SAME: same,
    Kind.WORDS: same_but_words,
    Kind.TYPO: lambda before, after: same_but_names(before, after, spelling=True),
    Kind.RENAME: same_but_names,
    Kind.ANNOTATIONS: same_but_types,
    Kind.IMPORTS: same_but_imports,
}
_BASE = {"pier/a.py": 'def depth(sea):\n    """Return teh depth."""\n    return sea.depth\n'}


@gate(
    cost=6,
    passes=Example(_BASE, {"pier/a.py": _BASE["pier/a.py"].replace("teh", "the")}, title="Fix a typo in a docstring"),
    fails=Example(_BASE, {"pier/a.py": _BASE["pier/a.py"].replace("sea.", "-sea.")}, title="Fix a typo in a docstring"),
)
def rationale(candidate: Candidate) -> GateResult:
    """Does the text tell the truth?"""
    change = candidate.change
    hidden = [f"the {part} {reason}" for part, text in _parts(change) for reason in concealed(text)]
    claims = list(claimed(change.title, change.why))
    untrue = [reason for kind, said in claims for reason in _untrue(candidate, kind, said)]
    untrue += _declared(change)
    receipt = candidate.inspected({"claims": len(claims), "untrue": len(untrue)})
    claim = "the words claim what the code bears out, and nothing else"
    if change.author == "human":
        return candidate.fails(claim, receipt, *hidden) if hidden else _asked(candidate, untrue)
    return candidate.holds(claim, receipt, [*hidden, *untrue, *_unsaid(candidate)])


def _asked(candidate: Candidate, untrue: list[str]) -> GateResult:
    """Rule on a human's words: what the code does not bear out is a question, not a lie."""
    receipt = candidate.inspected({"untrue": len(untrue)})
    claim = "the words claim what the code bears out"
    return candidate.escalates(claim, receipt, *untrue) if untrue else candidate.passes(claim, receipt)


def _parts(change: Change) -> tuple[tuple[str, str], ...]:
    return ("title", change.title), ("reason", change.why)


def _untrue(candidate: Candidate, kind: Kind, said: str) -> Iterator[str]:
    """Yield what does not bear out a claim of this kind."""
    edits, policy = candidate.change.edits, candidate.policy
    told = f"{kind.value} ({said[:60]!a})"
    tests = [edit.path for edit in edits if policy.is_test(edit.path)]
    if kind is Kind.A_TEST and not tests:
        yield f"{told}, but no test is touched"
    if kind is Kind.TESTS_ONLY and len(tests) < len(edits):
        yield f"{told}, but {min({edit.path for edit in edits} - {*tests})} is no test"
    if kind in FACTS:
        yield from (f"{told}, but {edit.path} shows more" for edit in edits if not _bears_out(candidate, kind, edit))


def _bears_out(candidate: Candidate, kind: Kind, edit: Edit) -> bool:
    before, after = candidate.before(edit.path), candidate.after(edit.path)
    if before is not None and after is not None:
        return FACTS[kind](before, after)
    return kind in {Kind.SAME, Kind.WORDS, Kind.TYPO, Kind.RENAME} and are_texts([edit.path])


def _declared(change: Change) -> Iterator[str]:
    """Yield where what the change declares about itself does not fit together."""
    if bool(change.observable) is not (change.safety is Safety.CONFINED):
        declared = f"the observable {change.observable!r}" if change.observable else "no observable"
        yield f"it is said to be {change.safety.value}, and declares {declared}"


def _unsaid(candidate: Candidate) -> Iterator[str]:
    """Yield what a machine's words must not do: act on a page, state what nothing measured, name what is not there."""
    change = candidate.change
    content = "\n".join(
        file.data.decode("utf-8", "replace") for edit in change.edits for file in (edit.before, edit.after) if file
    )
    named = "\n".join((*change.paths, change.rule))
    known = numbers(named) | numbers(content) | {str(len(change.edits))}
    for part, text in _parts(change):
        for reason in (*live(text), *unbacked(text, known), *strangers(text, change.paths, f"{content}\n{named}")):
            yield f"the {part} {reason}"
