"""The main job on a planted project: exactly what was planted is proposed, and nothing of the user's is touched."""

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.planted import CLEAN, PLANTED
from tests.end_to_end.projects import Ended, branches, forged, git, improve, made, packaged, user_state, write

pytestmark = [pytest.mark.host, pytest.mark.t3]

EXPECTED = {
    "duplicate_elif",
    "explicit_cause",
    "guard_clauses",
    "late_binding",
    "open_with",
    "return_annotations",
    "ruff:UP034",
    "subsumed_except",
    "tuple_assert",
    "unused_private",
}
ROOMY = {"policies/budget.yaml": packaged("budget", ("\nproposals: 5", "\nproposals: 20"))}


@dataclass(frozen=True)
class Work:
    """The planted project after one run in a tree that was dirty, and what was seen before and after."""

    root: Path
    exported: Path
    ended: Ended
    before: dict[str, object]
    after: dict[str, object]

    @property
    def proposals(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ended.data["proposals"]
        return found


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Work:
    """Run once on the planted project, with a changed, a staged and an untracked file in it."""
    root = made(tmp_path_factory.mktemp("planted"), {**PLANTED, **ROOMY})
    write(root, {"shop/orders.py": "half = written(", "shop/new.py": "STAGED = 1\n", "notes.txt": "mine\n"})
    git(root, "add", "shop/new.py")
    before = user_state(root)
    exported = root.parent / "exported"
    ended = improve(root, "run", "--json", "--export", str(exported))
    return Work(root, exported, ended, before, user_state(root))


def test_every_planted_fault_is_proposed_and_nothing_else(work: Work) -> None:
    found = work.ended.data
    assert {one["rule"] for one in work.proposals} == EXPECTED, found["funnel"]
    assert (found["outcome"], work.ended.status, len(work.proposals)) == ("proposed", 0, len(EXPECTED))


def test_all_proposals_together_make_the_clean_twin(work: Work, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", str(work.root), "twin")
    twin = tmp_path / "twin"
    for one in work.proposals:
        git(twin, "cherry-pick", f"origin/{one['branch']}")
    assert {path: (twin / path).read_bytes().decode() for path in CLEAN} == dict(CLEAN)
    assert set(git(twin, "ls-files").split()) == {*CLEAN, *ROOMY, "policies/review.yaml"}


def test_nothing_of_the_users_is_touched(work: Work) -> None:
    assert work.after == work.before
    assert work.before["status"] == "A  shop/new.py\n M shop/orders.py\n?? notes.txt\n"


def test_each_proposal_is_one_commit_on_a_branch_of_its_own(work: Work) -> None:
    base = git(work.root, "rev-parse", "main").strip()
    assert sorted(one["branch"] for one in work.proposals) == branches(work.root)
    for one in work.proposals:
        assert git(work.root, "rev-parse", one["branch"]).strip() == one["commit"]
        assert git(work.root, "rev-list", f"main..{one['branch']}").split() == [one["commit"]]
        assert git(work.root, "rev-parse", f"{one['commit']}^").strip() == base


def test_a_commit_carries_its_finding_and_the_digest_of_its_claims(work: Work) -> None:
    for one in work.proposals:
        said = git(work.root, "log", "-1", "--format=%(trailers:only,unfold)", one["commit"]).splitlines()
        trailers = dict(line.split(": ", 1) for line in said if line)
        assert trailers["Nova-Evidence"] == one["claims_digest"]
        assert trailers["Nova-Rule"] == one["rule"]
        assert len(trailers["Nova-Finding"]) >= 16


def test_a_change_of_behaviour_is_a_draft_that_cannot_be_published(work: Work) -> None:
    publishable = {one["rule"]: one["publishable"] for one in work.proposals}
    behaviour = {one["rule"] for one in work.proposals if one["safety"] == "behaviour change"}
    assert behaviour == {"tuple_assert", "late_binding"}
    assert {rule for rule, may in publishable.items() if not may} == behaviour


def test_the_export_holds_a_diff_that_applies_and_a_text_for_each(work: Work) -> None:
    names = {path.name for path in work.exported.iterdir()}
    assert names == {f"{one['id']}{suffix}" for one in work.proposals for suffix in (".diff", ".md")}
    for one in work.proposals:
        diff = (work.exported / f"{one['id']}.diff").read_text("utf-8")
        assert diff == git(work.root, "diff", "--full-index", "--no-color", "main", one["commit"])
        text = (work.exported / f"{one['id']}.md").read_text("utf-8")
        assert text.startswith("**")
        assert "## Not checked" in text


def test_what_a_proposal_shows_comes_from_its_evidence(work: Work) -> None:
    number = next(one["number"] for one in work.proposals if one["rule"] == "explicit_cause")
    evidence = json.loads(improve(work.root, "show", str(number), "--evidence").out)
    shown = improve(work.root, "show", str(number), "--json").data
    rows = [line.split(" | ") for line in shown["text"].splitlines() if line.startswith("| ")][1:]
    assert [(row[0].strip("| "), row[2]) for row in rows] == [(one["gate"], one["ruling"]) for one in evidence["gates"]]
    assert evidence["tier"] == "T3"
    assert f"{evidence['baseline']['counts']['passed']} passed" in shown["text"]
    assert shown["claims_digest"] == evidence["claims_digest"]


def test_every_proposal_is_listed(work: Work) -> None:
    listed = improve(work.root, "list", "--json").data["proposals"]
    assert [one["number"] for one in listed] == [one["number"] for one in work.proposals]
    plain = improve(work.root, "list")
    assert [line.split()[0] for line in plain.out.splitlines()] == [f"#{one['number']}" for one in listed]


def test_a_second_run_proposes_nothing_twice(work: Work) -> None:
    again = improve(work.root, "run", "--json")
    assert (again.data["outcome"], again.data["proposals"], again.status) == ("all_suppressed", [], 0)
    assert len(branches(work.root)) == len(EXPECTED)


def test_verifying_finds_the_same_claims(work: Work) -> None:
    number = next(one["number"] for one in work.proposals if one["rule"] == "guard_clauses")
    verified = improve(work.root, "verify", str(number), "--json")
    found = verified.data
    assert (found["outcome"], found["differs"], verified.status) == ("verified", [], 0)
    assert found["stated"] == found["found"] == work.proposals[number - 1]["claims_digest"]


def test_the_clean_twin_is_left_alone(tmp_path: Path) -> None:
    root = made(tmp_path / "clean", {**CLEAN, **ROOMY})
    ended = improve(root, "run", "--json")
    found = ended.data
    assert (found["outcome"], found["proposals"], ended.status) == ("nothing_worth_it", [], 0), found["funnel"]
    assert branches(root) == []


# --- evidence that no longer fits ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def copied(work: Work, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the planted project to spoil."""
    root = tmp_path_factory.mktemp("spoiled") / "copy"
    git(root.parent, "clone", "--quiet", "--mirror", str(work.root), "copy/.git")
    git(root, "config", "--unset", "core.bare")
    git(root, "config", "core.bare", "false")
    git(root, "checkout", "--quiet", "--force", "main")
    (root / ".nova").mkdir()
    with sqlite3.connect(work.root / ".nova/ledger.sqlite3") as old, sqlite3.connect(root / ".nova/l.db") as new:
        old.backup(new)
    old.close()
    new.close()
    (root / ".nova/l.db").rename(root / ".nova/ledger.sqlite3")
    return root


def test_evidence_that_does_not_fit_is_told(work: Work, copied: Path) -> None:
    one, two, three, four = (work.proposals[index] for index in range(4))
    own = improve(copied, "show", str(one["number"]), "--evidence").out
    forged(copied, one["number"], own.replace('"abstain"', '"pass"').encode())
    altered = improve(copied, "verify", str(one["number"]))
    assert (altered.status, "altered" in altered.err) == (1, True), altered

    git(copied, "update-ref", f"refs/heads/{two['branch']}", three["commit"])
    moved = improve(copied, "verify", str(two["number"]), "--json")
    assert (moved.status, moved.data["outcome"]) == (1, "differs")
    assert moved.data["differs"] == [f"the branch {two['branch']} is at {three['commit']}"]

    git(copied, "update-ref", "-d", f"refs/heads/{three['branch']}")
    gone = improve(copied, "verify", str(three["number"]), "--json")
    assert gone.data["differs"] == [f"the branch {three['branch']} is at no commit"]

    forged(copied, four["number"], improve(copied, "show", str(two["number"]), "--evidence").out.encode())
    swapped = improve(copied, "verify", str(four["number"]), "--json")
    assert "the evidence belongs to another proposal" in swapped.data["differs"]
    assert "the commit's tree is not the one that was judged" in swapped.data["differs"]
