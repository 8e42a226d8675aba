"""What a human decides holds: a rejection lasts until the code truly changes, only a human at a terminal merges."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.projects import (
    DEPTH,
    DEPTH_MENDED,
    TINY,
    AtTerminal,
    Ended,
    branches,
    committed,
    forged,
    git,
    improve,
    made,
    user_state,
    write,
)

pytestmark = [pytest.mark.host, pytest.mark.t3]

SECOND = '''

def height(text: str) -> int:
    """Read a height."""
    try:
        return int(text)
    except ValueError:
        raise LookupError("height", text)
'''
WIDTH = DEPTH.replace("depth", "width")
WIDE = {
    **TINY,
    "pier/b.py": WIDTH,
    "tests/test_b.py": str(TINY["tests/test_a.py"]).replace("pier.a", "pier.b").replace("depth", "width"),
}
TESTED = str(TINY["tests/test_a.py"]) + (
    "\n\ndef test_a_height_is_read():\n    from pier.a import height\n    assert height('4') == 4\n"
    "    with pytest.raises(LookupError):\n        height('high')\n"
)


def proposed(root: Path, *options: str) -> list[str]:
    """Run and return `rule path` of each proposal."""
    return [f"{one['rule']} {one['path']}" for one in improve(root, "run", "--json", *options).data["proposals"]]


def decided(root: Path) -> list[dict[str, Any]]:
    """Return the decisions."""
    found: list[dict[str, Any]] = improve(root, "decisions", "--json").data["decisions"]
    return found


def at_terminal(root: Path, *arguments: str, **more: str) -> Ended:
    """Run the command at a terminal, to its end."""
    return AtTerminal(root, *arguments, **more).end()


# --- rejecting ----------------------------------------------------------------------------------------------------


def test_a_rejected_finding_stays_away_until_its_code_truly_changes(tmp_path: Path) -> None:
    root = made(tmp_path)
    assert proposed(root) == ["explicit_cause pier/a.py"]
    rejected = improve(root, "reject", "1", "--because", "we like it", "--json")
    assert (rejected.status, rejected.data["outcome"], rejected.data["state"]) == (0, "rejected", "rejected")

    broken = DEPTH.replace("LookupError(text)", "LookupError(\n            text\n        )")
    again = broken.split("\n", 1)[1]
    committed(root, {"pier/a.py": f'"""Depths of the pier."""\n\nUNIT = "m"\n{again}'})
    ended = improve(root, "run", "--json")
    assert (ended.status, ended.data["outcome"]) == (0, "all_suppressed"), ended
    assert ended.data["funnel"]["drops"] == {"rejected in proposal #1: we like it": 1}

    committed(root, {"pier/a.py": DEPTH.replace("LookupError(text)", 'LookupError("no depth", text)')})
    assert proposed(root) == ["explicit_cause pier/a.py"]

    (given,) = decided(root)
    assert (given["number"], given["decision"], given["scope"], given["effective"]) == (1, "rejected", "finding", True)
    assert (given["reviewer"], given["rule"], given["reason"]) == ("Ada", "explicit_cause", "we like it")
    assert "rejected by Ada because we like it · improve undo 1" in improve(root, "decisions").out
    assert [one["number"] for one in improve(root, "list", "--json").data["proposals"]] == [2]

    undone = improve(root, "undo", "1", "--json")
    assert (undone.status, undone.data["state"], undone.data["revert"]) == (0, "open", "")
    assert [(one["decision"], one["effective"]) for one in decided(root)] == [("rejected", False), ("undone", True)]
    twice = improve(root, "undo", "1")
    assert (twice.status, "nothing was decided" in twice.err) == (2, True)


def test_a_rejection_can_be_for_a_file_or_for_a_rule(tmp_path: Path) -> None:
    root = made(tmp_path, WIDE)
    assert proposed(root, "--max", "1") == ["explicit_cause pier/a.py"]
    assert improve(root, "reject", "1", "--here").status == 0
    committed(root, {"pier/a.py": DEPTH + SECOND, "tests/test_a.py": TESTED})
    assert proposed(root) == ["explicit_cause pier/b.py"]

    both = improve(root, "reject", "2", "--here", "--rule")
    assert (both.status, "exclude each other" in both.err) == (2, True)
    assert improve(root, "reject", "2", "--rule").status == 0
    third = {"pier/c.py": WIDTH, "tests/test_c.py": str(WIDE["tests/test_b.py"]).replace("pier.b", "pier.c")}
    committed(root, third)
    assert improve(root, "run", "--json").data["outcome"] == "all_suppressed"
    assert [one["scope"] for one in decided(root)] == ["here", "rule"]

    improve(root, "undo", "2")
    assert proposed(root) == ["explicit_cause pier/c.py"]


# --- merging ------------------------------------------------------------------------------------------------------


def test_only_a_human_at_a_terminal_merges_and_takes_back(tmp_path: Path) -> None:
    root = made(tmp_path, WIDE)
    assert len(proposed(root)) == 2
    before, base = user_state(root), git(root, "rev-parse", "HEAD").strip()
    for ended, why in (
        (improve(root, "approve", "1"), "there is no terminal"),
        (at_terminal(root, "approve", "1", CI="true"), "this is continuous integration"),
        (at_terminal(root, "approve", "1", NOVA_RUN="1"), "this is inside a run of the improver"),
    ):
        assert (ended.status, why in ended.out + ended.err) == (6, True), ended
        assert user_state(root) == before

    write(root, {"pier/b.py": "# half written\n"})
    dirty = at_terminal(root, "approve", "1")
    assert (dirty.status, "commit or stash them first" in dirty.out) == (3, True), dirty
    assert (root / "pier/b.py").read_text("utf-8") == "# half written\n"
    assert (git(root, "rev-list", "--count", "HEAD").strip(), decided(root)) == ("1", [])
    git(root, "checkout", "--", "pier/b.py")

    approved = at_terminal(root, "approve", "1", "--because", "a good change")
    assert (approved.status, "✓" in approved.out) == (0, True), approved
    assert git(root, "show", "HEAD:pier/a.py") == DEPTH_MENDED == (root / "pier/a.py").read_text("utf-8")
    merged = git(root, "rev-list", "--parents", "-1", "HEAD").split()
    assert (merged[1], merged[2] in git(root, "rev-parse", *branches(root)).split()) == (base, True)
    assert git(root, "status", "--porcelain") == ""
    assert [one["number"] for one in improve(root, "list", "--json").data["proposals"]] == [2]

    # the branch has moved by that merge: the second one is judged again where it is now
    second = at_terminal(root, "approve", "2")
    assert (second.status, "baseline" in second.out) == (0, True), second
    assert "from error" in git(root, "show", "HEAD:pier/b.py")

    refused = improve(root, "undo", "1")
    assert (refused.status, "only a human merges" in refused.err) == (6, True)
    reverted = at_terminal(root, "undo", "1")
    assert (reverted.status, "reverted by" in reverted.out) == (0, True), reverted
    assert git(root, "show", "HEAD:pier/a.py") == DEPTH
    assert "from error" in git(root, "show", "HEAD:pier/b.py")
    assert [(one["number"], one["decision"]) for one in decided(root)] == [
        (1, "approved"),
        (2, "approved"),
        (1, "undone"),
    ]


def test_what_a_human_reverts_by_git_stays_away_until_it_is_asked_for(tmp_path: Path) -> None:
    root = made(tmp_path)
    assert proposed(root) == ["explicit_cause pier/a.py"]
    assert at_terminal(root, "approve", "1").status == 0
    git(root, "revert", "--no-edit", "-m", "1", "HEAD")
    committed(root, {"pier/a.py": f"# Later.\n{DEPTH}"})

    ended = improve(root, "run", "--json")
    why = "merged in #1 and came back: reverted by a human?"
    assert (ended.status, ended.data["outcome"]) == (0, "all_suppressed"), ended
    assert ended.data["funnel"]["drops"] == {f"rejected in proposal #1: {why}": 1}
    assert f"rejected by the history of main because {why} · improve undo 1" in improve(root, "decisions").out
    assert [(one["decision"], one["effective"]) for one in decided(root)] == [("approved", False), ("rejected", True)]

    head = git(root, "rev-parse", "HEAD")
    undone = improve(root, "undo", "1", "--json")  # there is nothing to revert, so that no terminal is needed
    assert (undone.status, undone.data["state"], undone.data["revert"]) == (0, "stale", ""), undone
    assert git(root, "rev-parse", "HEAD") == head
    assert proposed(root) == ["explicit_cause pier/a.py"]


def test_a_proposal_that_is_not_what_was_judged_is_not_merged(tmp_path: Path) -> None:
    root = made(tmp_path)
    proposed(root)
    branch, own = branches(root)[0], improve(root, "show", "1", "--evidence").out
    commit, tree = git(root, "rev-parse", branch, f"{branch}^{{tree}}").split()
    git(root, "update-ref", f"refs/heads/{branch}", git(root, "commit-tree", tree, "-p", "main", "-m", "mine").strip())
    edited = at_terminal(root, "approve", "1")
    assert (edited.status, "somebody edited" in edited.out) == (6, True), edited

    git(root, "update-ref", f"refs/heads/{branch}", commit)
    forged(root, 1, own.replace('"abstain"', '"pass"').encode())
    altered = at_terminal(root, "approve", "1")
    assert (altered.status, "the evidence was altered" in altered.out) == (1, True), altered
    assert git(root, "rev-list", "--count", "main").strip() == "1"

    expires = json.loads(own)["expires"]
    longer = own.replace(expires, "2999" + expires[4:]).encode()
    forged(root, 1, longer)
    renewed = at_terminal(root, "approve", "1")
    assert (renewed.status, "belongs to another proposal" in renewed.out) == (6, True), renewed
    told = improve(root, "verify", "1", "--json")
    assert told.data["differs"] == ["the commit does not carry the digest of this evidence"]

    old = own.replace(expires, "2001" + expires[4:]).encode()
    words = git(root, "log", "-1", "--format=%B", commit)
    digest = hashlib.sha256(own.encode()).hexdigest()
    assert words.strip().endswith(digest)
    message = words.replace(digest, hashlib.sha256(old).hexdigest())
    dated = git(root, "commit-tree", tree, "-p", "main", "-m", message.strip()).strip()
    git(root, "update-ref", f"refs/heads/{branch}", dated)
    forged(root, 1, old, dated)
    expired = at_terminal(root, "approve", "1")
    assert (expired.status, "baseline" in expired.out) == (0, True), expired
    assert git(root, "show", "main:pier/a.py") == DEPTH_MENDED


# --- what is asked for --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with the same finding in two files, in which only dry runs are made."""
    return made(tmp_path_factory.mktemp("wide"), WIDE)


def test_a_dry_run_judges_and_keeps_nothing(wide: Path, tmp_path: Path) -> None:
    before, objects = user_state(wide), git(wide, "count-objects", "-v")
    ended = improve(wide, "run", "--dry-run", "--json", "--export", str(tmp_path / "out"))
    found = ended.data
    assert (ended.status, found["outcome"], found["funnel"]["passed"], found["funnel"]["opened"]) == (
        0,
        "proposed",
        2,
        0,
    )
    assert [(one["number"], one["branch"]) for one in found["proposals"]] == [(0, ""), (0, "")]
    assert (branches(wide), user_state(wide), git(wide, "count-objects", "-v")) == ([], before, objects)
    assert improve(wide, "list", "--all", "--json").data["proposals"] == []
    assert len(list((tmp_path / "out").glob("*.diff"))) == 2


@pytest.mark.parametrize(
    ("options", "paths"),
    [
        pytest.param(["--max", "1"], ["pier/a.py"], id="at most one"),
        pytest.param(["--only", "open_with", "--only", "ruff:*"], [], id="other rules"),
        pytest.param(["--paths", "pier/b.py"], ["pier/b.py"], id="one file"),
        pytest.param(["--paths", "tests"], [], id="a folder that may not be touched"),
    ],
)
def test_a_run_does_only_what_was_asked(options: list[str], paths: list[str], wide: Path) -> None:
    ended = improve(wide, "run", "--dry-run", "--json", *options)
    assert (ended.status, [one["path"] for one in ended.data["proposals"]]) == (0, paths)


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        pytest.param(["--max", "6"], 6, "--max 5", id="more than the policy allows"),
        pytest.param(["--paths", "pire"], 2, "no such file or folder", id="a path that is not there"),
        pytest.param(["--paths", "/etc"], 2, "no such file or folder", id="a path outside"),
        pytest.param(["--only", "explicit_cuase"], 2, "did you mean 'explicit_cause'?", id="a rule that is not there"),
    ],
)
def test_what_cannot_be_meant_is_told(options: list[str], status: int, said: str, wide: Path) -> None:
    ended = improve(wide, "run", "--dry-run", *options)
    assert (ended.status, said in ended.err) == (status, True), ended


# --- on a terminal and off ----------------------------------------------------------------------------------------


def test_a_line_is_redrawn_on_a_terminal_only(wide: Path) -> None:
    live = at_terminal(wide, "run", "--dry-run")
    assert "\x1b[2K" in live.out
    assert "\x1b[32m✓" in live.out
    plain = at_terminal(wide, "run", "--dry-run", NO_COLOR="1", CI="1")
    assert (plain.status, "\x1b" in plain.out, "✓" in plain.out) == (0, False, True), plain


def test_quiet_says_only_what_is_loud(wide: Path) -> None:
    ended = improve(wide, "run", "--dry-run", "--quiet", NOVA_NO_BWRAP="1", FORCE_COLOR="1")
    assert "\x1b" not in ended.out + ended.err  # no colour where no terminal is, whatever is forced
    assert [line.split()[0] for line in ended.out.splitlines()] == ["next:"]
    assert [line.split()[0] for line in ended.err.splitlines()] == ["sandbox"]
