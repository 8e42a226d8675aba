"""Evidence is run again from its base; what no longer fits, or comes out otherwise, is said."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from improver.errors import ImproverError
from improver.gate import Candidate, Gate
from improver.judge import judge
from improver.proposing import Judged, Publisher
from improver.records import Change, Draft, Edit, File, Ruling, Safety, Tree
from improver.verify.evidence import read
from improver.verifying import Standing, bound, changed, verify
from tests.improver.renewing import (
    BASE,
    MOMENT,
    MemoryForge,
    MemoryRepository,
    always,
    gate_of,
    ground_of,
    policy_for,
    tree_of,
    unless,
)

GATES = (gate_of("calm", always(Ruling.PASS)), gate_of("picky", unless("BAD")))
POLICY = policy_for(*GATES)
BEFORE: Tree = tree_of({"a.py": "A = 1\n", "b.py": "B = 1\n"})
EDIT = Edit("a.py", BEFORE["a.py"], File(b"A = 2\n"))
CHANGE = Change("renew", Safety.COVERED, (EDIT,), "Renew a", "why")
AFTER: Tree = CHANGE.applied(BEFORE)


def proposal() -> Draft:
    """Return a judged draft of the change."""
    ground = ground_of(BEFORE, POLICY)
    results = tuple(judge(GATES, Candidate(BEFORE, CHANGE, POLICY, ground.bench)))
    publisher = Publisher(MemoryRepository(), MemoryForge(), ground, lambda: MOMENT, lambda: "n")
    return publisher.propose(Judged(CHANGE, (), results, "always"), keep=False).draft


DRAFT = proposal()
STANDING = Standing(DRAFT.commit, DRAFT.tree, (BASE,))


@pytest.mark.parametrize(
    ("fields", "days", "told"),
    [
        pytest.param({}, 14, [], id="all fits on the last day"),
        pytest.param({"head": None}, 0, [f"the branch {DRAFT.branch} is at no commit"], id="the branch is gone"),
        pytest.param({"head": "f" * 40}, 0, [f"the branch {DRAFT.branch} is at {'f' * 40}"], id="the branch moved"),
        pytest.param({"tree": "f" * 40}, 0, ["the commit's tree is not the one that was judged"], id="another tree"),
        pytest.param(
            {"parents": (BASE, "f" * 40)}, 0, ["the commit does not stand on the base that was judged"], id="a merge"
        ),
        pytest.param({}, 15, ["the evidence expired at 2030-01-16T03:04:05+00:00"], id="too late"),
    ],
)
def test_what_no_longer_fits_is_said(fields: dict[str, object], days: int, told: list[str]) -> None:
    standing = dataclasses.replace(STANDING, **fields)  # type: ignore[arg-type]
    assert bound(DRAFT, standing, MOMENT + timedelta(days=days)) == told


def test_evidence_of_another_proposal_is_told() -> None:
    other = dataclasses.replace(DRAFT, claims_digest="0" * 64)
    assert bound(other, STANDING, MOMENT) == ["the evidence belongs to another proposal"]


def test_altered_evidence_is_an_error() -> None:
    altered = dataclasses.replace(DRAFT, evidence=DRAFT.evidence.replace(b'"pass"', b'"fail"', 1))
    with pytest.raises(ImproverError, match="altered"):
        bound(altered, STANDING, MOMENT)


def test_the_change_is_found_again_in_two_trees() -> None:
    found = changed(BEFORE, AFTER, read(DRAFT.evidence), DRAFT.title)
    assert (found.edits, found.rule, found.safety) == ((EDIT,), "renew", Safety.COVERED)
    grown = {**AFTER, "c.py": File(b"C\n")}
    gone = {path: file for path, file in grown.items() if path != "b.py"}
    both = changed(BEFORE, gone, read(DRAFT.evidence), DRAFT.title)
    assert [(edit.path, edit.before is None, edit.after is None) for edit in both.edits] == [
        ("a.py", False, False),
        ("b.py", False, True),
        ("c.py", True, False),
    ]


def again(
    gates: tuple[Gate, ...], after: Tree = AFTER, tools: Mapping[str, str] | None = None
) -> tuple[bool, list[str]]:
    """Verify the draft with these gates; return whether the digests are equal, and what differs."""
    ground = ground_of(BEFORE, POLICY)
    if tools:
        ground = dataclasses.replace(ground, tools=dict(tools))

    def later() -> datetime:
        return MOMENT + timedelta(days=3)

    found = verify(DRAFT, (BEFORE, AFTER), ground, gates, later)
    assert found.stated == DRAFT.claims_digest
    return found.found == found.stated, list(found.differs)


def test_the_same_judgement_gives_the_same_digest_on_another_day() -> None:
    assert again(GATES) == (True, [])


def test_another_judgement_is_told() -> None:
    now = (gate_of("calm", always(Ruling.FAIL)), GATES[1])
    same, differs = again(now)
    assert (same, differs) == (
        False,
        [
            "gate calm: ruling pass -> fail",
            "gate calm: reasons () -> ('calm says so',)",
            "gate picky: missing from the re-run",
        ],
    )


def test_another_tool_is_told() -> None:
    assert again(GATES, tools={"ruff": "2"}) == (False, ["tools: {'ruff': '1'} -> {'ruff': '2'}"])
