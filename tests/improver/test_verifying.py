"""Evidence is run again from its base; what no longer fits, or comes out otherwise, is said."""

import dataclasses
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improver.errors import ImproverError
from improver.gate import Candidate, Gate
from improver.judge import judge
from improver.proposing import Judged, Publisher
from improver.records import Change, Draft, Edit, File, Receipt, Ruling, Safety, Tier, Tree
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
STRICTER = policy_for(*GATES, seconds=1)
BEFORE: Tree = tree_of({"a.py": "A = 1\n", "b.py": "B = 1\n"})
EDIT = Edit("a.py", BEFORE["a.py"], File(b"A = 2\n"))
CHANGE = Change("renew", Safety.COVERED, (EDIT,), "Renew a", "why")
AFTER: Tree = CHANGE.applied(BEFORE)
REPOSITORY = MemoryRepository()


def proposal() -> Draft:
    """Return a judged draft of the change."""
    ground = ground_of(BEFORE, POLICY)
    results = tuple(judge(GATES, Candidate(BEFORE, CHANGE, POLICY, ground.bench)))
    publisher = Publisher(REPOSITORY, MemoryForge(), ground, lambda: MOMENT, lambda: "n")
    return publisher.propose(Judged(CHANGE, (), results, "always"), keep=False).draft


DRAFT = proposal()
STANDING = Standing(DRAFT.commit, DRAFT.tree, (BASE,), REPOSITORY.messages[DRAFT.commit], ("m",))


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


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("nonce", "another", id="the nonce"),
        pytest.param("made", "2031-01-02T03:04:05+00:00", id="when it was made"),
        pytest.param("expires", "2099-01-02T03:04:05+00:00", id="when it expires"),
        pytest.param("baseline", Receipt(("pytest",), 0, 1.0, {"passed": 1}), id="the baseline"),
    ],
)
def test_what_is_no_claim_is_bound_by_the_commit(name: str, value: object) -> None:
    other = dataclasses.replace(read(DRAFT.evidence), **{name: value})  # type: ignore[arg-type]
    assert other.claims_digest == DRAFT.claims_digest
    told = bound(dataclasses.replace(DRAFT, evidence=other.to_bytes()), STANDING, MOMENT)
    assert told == ["the commit does not carry the digest of this evidence"]


def test_evidence_is_used_once() -> None:
    standing = dataclasses.replace(STANDING, earlier=("m", "n"))
    assert bound(DRAFT, standing, MOMENT) == ["the evidence was used for an earlier proposal"]


def test_the_commit_carries_its_evidence_last_or_not_at_all() -> None:
    message = f"{STANDING.message}\nNova-Evidence-File: {'0' * 64}\n"
    standing = dataclasses.replace(STANDING, message=message)
    assert bound(DRAFT, standing, MOMENT) == ["the commit does not carry the digest of this evidence"]


def is_refused(data: bytes) -> bool:
    """Tell whether these bytes in the place of the evidence are refused."""
    try:
        return bool(bound(dataclasses.replace(DRAFT, evidence=data), STANDING, MOMENT))
    except ImproverError:
        return True


def test_no_byte_of_the_evidence_can_be_another() -> None:
    data = DRAFT.evidence
    assert not is_refused(data)
    for place, byte in enumerate(data):
        for other in (byte ^ 1, 0x20):
            if other != byte:
                assert is_refused(data[:place] + bytes((other,)) + data[place + 1 :]), place
        assert is_refused(data[:place] + data[place + 1 :]), place
        assert is_refused(data[:place] + b" " + data[place:]), place


@given(st.integers(0, len(DRAFT.evidence) - 1), st.integers(0, 255))
def test_no_byte_can_become_any_other(place: int, byte: int) -> None:
    data = DRAFT.evidence
    altered = data[:place] + bytes((byte,)) + data[place + 1 :]
    assert is_refused(altered) is (altered != data)


def test_altered_evidence_is_an_error() -> None:
    altered = dataclasses.replace(DRAFT, evidence=DRAFT.evidence.replace(b'"pass"', b'"fail"', 1))
    with pytest.raises(ImproverError, match="altered"):
        bound(altered, STANDING, MOMENT)


def test_the_change_is_found_again_in_two_trees() -> None:
    found = changed(BEFORE, AFTER, read(DRAFT.evidence))
    assert (found.edits, found.rule, found.safety) == ((EDIT,), "renew", Safety.COVERED)
    grown = {**AFTER, "c.py": File(b"C\n")}
    gone = {path: file for path, file in grown.items() if path != "b.py"}
    both = changed(BEFORE, gone, read(DRAFT.evidence))
    assert [(edit.path, edit.before is None, edit.after is None) for edit in both.edits] == [
        ("a.py", False, False),
        ("b.py", False, True),
        ("c.py", True, False),
    ]


def again(gates: tuple[Gate, ...], **other: object) -> tuple[bool, list[str]]:
    """Verify the draft with these gates on another ground; return whether the digests are equal, and what differs."""
    ground = dataclasses.replace(ground_of(BEFORE, POLICY), **other)  # type: ignore[arg-type]

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


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        pytest.param("tools", {"ruff": "2"}, "tools: {'ruff': '1'} -> {'ruff': '2'}", id="another tool"),
        pytest.param("gate_code", "h" * 64, f"gate_code: {'g' * 64} -> {'h' * 64}", id="other gates"),
        pytest.param("base", "c" * 40, f"base: {'b' * 40} -> {'c' * 40}", id="another base"),
        pytest.param("sandbox", "z" * 64, f"sandbox: {'s' * 64} -> {'z' * 64}", id="another sandbox"),
        pytest.param("tier", Tier.T2, "tier: T3 -> T2", id="a lower tier"),
        pytest.param("policy", STRICTER, f"policy: {POLICY.digest} -> {STRICTER.digest}", id="another policy"),
    ],
)
def test_another_ground_is_told(name: str, value: object, told: str) -> None:
    assert again(GATES, **{name: value}) == (False, [told])
