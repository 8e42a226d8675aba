"""From a judged change to a proposal: told to the ledger first, bound to its evidence, named for its commit."""

import re
from dataclasses import replace

import pytest

from improver.policy import Policy
from improver.proposing import Judged, Proposed, Publisher, identifier
from improver.records import Change, Edit, File, Finding, GateResult, Receipt, Ruling, Safety
from improver.verify.evidence import read
from tests.improver.judging import PACKAGED
from tests.improver.renewing import BASE, MOMENT, MemoryForge, MemoryRepository, ground_of, tree_of

TREE = tree_of({"pier/a.py": "A = 1\n"})
EDIT = Edit("pier/a.py", TREE["pier/a.py"], File(b"A = 2\n"))
FINDING = Finding("k1", "renew", "pier/a.py", "A", 1, 0, "it is old")
ORDER = PACKAGED.gates.order


def judged(safety: Safety, *rulings: Ruling) -> Judged:
    """Return a change with results under the policy's own gate names."""
    change = Change("renew", safety, (EDIT,), "Renew a", "new is better")
    results = tuple(
        GateResult(name, f"{name} holds", ruling, Receipt((name,), counts={"files": 1}))
        for name, ruling in zip(ORDER, rulings, strict=False)
    )
    return Judged(change, (FINDING,), results, "nobody minds")


def propose(one: Judged, stamp: str = "", *, keep: bool = True) -> tuple[Proposed, MemoryForge, MemoryRepository]:
    """Propose in memory."""
    journal: list[str] = []
    forge, repository = MemoryForge(journal), MemoryRepository(journal)
    policy: Policy = PACKAGED
    publisher = Publisher(repository, forge, ground_of(TREE, policy, stamp), lambda: MOMENT, lambda: "nonce")
    return publisher.propose(one, keep=keep), forge, repository


def test_the_ledger_is_told_before_and_after_the_branch_is_made() -> None:
    made, forge, repository = propose(judged(Safety.COVERED, Ruling.PASS, Ruling.ABSTAIN))
    branch = made.draft.branch
    assert forge.journal == [f"begin {branch}", f"branch {branch}", "opened 1"]
    assert repository.branches == {branch: made.draft.commit}
    assert (made.number, made.passed, made.gates) == (1, 1, 2)


def test_nothing_is_kept_unless_asked() -> None:
    made, forge, repository = propose(judged(Safety.COVERED, Ruling.PASS), keep=False)
    assert (made.number, forge.journal, repository.branches) == (0, [], {})


def test_commit_evidence_and_text_name_one_another() -> None:
    made, _, repository = propose(judged(Safety.COVERED, Ruling.PASS))
    draft, evidence = made.draft, read(made.draft.evidence)
    assert (evidence.base, evidence.tree, evidence.claims_digest) == (BASE, draft.tree, draft.claims_digest)
    assert (evidence.rule, evidence.safety, evidence.nonce) == ("renew", Safety.COVERED, "nonce")
    assert f"Nova-Evidence: {draft.claims_digest}" in repository.messages[draft.commit]
    assert f"evidence={draft.claims_digest}" in draft.text
    assert (evidence.made, evidence.expires) == ("2030-01-02T03:04:05+00:00", "2030-01-16T03:04:05+00:00")


@pytest.mark.parametrize(
    ("safety", "ruling", "stamp", "publishable", "draft"),
    [
        pytest.param(Safety.PROVED, Ruling.PASS, "", True, False, id="proved, every gate passed"),
        pytest.param(Safety.COVERED, Ruling.ESCALATE, "", True, True, id="a human must decide"),
        pytest.param(Safety.BEHAVIOUR_CHANGE, Ruling.PASS, "", False, True, id="it changes behaviour"),
        pytest.param(Safety.PROVED, Ruling.PASS, "NOT EVIDENCE: tier T1", False, True, id="a lower tier"),
    ],
)
def test_what_may_leave_the_machine(safety: Safety, ruling: Ruling, stamp: str, publishable: bool, draft: bool) -> None:
    made, _, _ = propose(judged(safety, ruling), stamp)
    assert (made.draft.publishable, made.draft.draft) == (publishable, draft)
    assert (f"**{stamp}**" in made.draft.text.splitlines()) is bool(stamp)


def test_a_change_of_behaviour_may_leave_with_a_test_that_was_seen_to_fail_without_it() -> None:
    for count, publishable in ((0, False), (1, True)):
        seen = GateResult("tests", "it fails", Ruling.PASS, Receipt(("tests",), counts={"reproducing": count}))
        one = replace(judged(Safety.BEHAVIOUR_CHANGE, Ruling.PASS), results=(seen,))
        made, _, _ = propose(one)
        assert (made.draft.publishable, made.draft.draft) == (publishable, True)


@pytest.mark.parametrize(
    ("rule", "path", "name"),
    [
        pytest.param("open_with", "pier/a.py", "01234567-open-with-a", id="a rule and a file"),
        pytest.param("ruff:UP034", "pier/Ärger Über.py", "01234567-ruff-up034-rger-ber", id="other letters"),
        pytest.param("r" * 60, "pier/a.py", f"01234567-{'r' * 39}", id="a long rule"),
        pytest.param("r" * 38, "pier/a.py", f"01234567-{'r' * 38}", id="never a dash at the end"),
    ],
)
def test_a_branch_is_named_for_commit_rule_and_file(rule: str, path: str, name: str) -> None:
    change = Change(rule, Safety.PROVED, (Edit(path, None, File(b"")),), "t", "w")
    assert identifier("0123456789" * 4, change) == name
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,47}", name)
