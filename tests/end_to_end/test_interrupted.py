"""Whatever ends a run, and whenever: nothing is half made, nothing of the user's is touched, the next run works."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.end_to_end.projects import (
    TESTS,
    TIMEOUT,
    TINY,
    AtTerminal,
    branches,
    command,
    descendants,
    environment,
    git,
    improve,
    is_gone,
    made,
    user_state,
)

pytestmark = [pytest.mark.host, pytest.mark.t3]

SLOW_TEST = "\n\ndef test_the_tide():\n    import threading\n    threading.Event().wait(0.7)\n"
# Long enough to scan that a key can be pressed meanwhile.
LONG = '"""Marks."""\n\n\n' + "\n\n".join(
    f'def mark_{n}(a: int) -> int:\n    """Return a mark."""\n    return a + {n}\n' for n in range(6000)
)
SLOW = {**TINY, "tests/test_a.py": TESTS + SLOW_TEST}
KILLS = 5


def expect_consistent(root: Path) -> None:
    """Fail unless every branch is one whole commit that the ledger knows, and every open proposal has its branch."""
    with sqlite3.connect(root / ".nova/ledger.sqlite3") as ledger:
        assert ledger.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = ledger.execute("SELECT branch, commit_id, state FROM proposals").fetchall()
    ledger.close()
    there = {branch: git(root, "rev-parse", branch).strip() for branch in branches(root)}
    made_for = {branch: commit for branch, commit, state in rows if state in ("opening", "open")}
    assert there.items() <= made_for.items()
    assert {branch for branch, _, state in rows if state == "open"} <= there.keys()
    assert git(root, "fsck", "--strict", "--no-dangling") == ""
    assert list((root / ".git").rglob("*.lock")) == []


def test_ctrl_c_ends_a_run_in_any_stage(tmp_path: Path) -> None:
    root = made(tmp_path, {**SLOW, "pier/marks.py": LONG})
    before = user_state(root)
    for stage, sign in (("baseline", "tier T3"), ("scan", "baseline"), ("gates", "try ")):
        run = AtTerminal(root)
        run.until(sign)
        below = descendants(run.process.pid)
        run.type("\x03")
        ended = run.end()
        assert (ended.status, "interrupted" in ended.out, "Traceback" in ended.out) == (130, True, False), (
            stage,
            ended,
        )
        assert ("opened" in ended.out, all(is_gone(pid) for pid in below)) == (False, True), stage
        assert (user_state(root), branches(root)) == (before, []), stage
        expect_consistent(root)
    ended_run = improve(root, "run", "--json")
    assert (ended_run.status, ended_run.data["outcome"]) == (0, "proposed"), ended_run
    with sqlite3.connect(root / ".nova/ledger.sqlite3") as ledger:
        outcomes = [row[0] for row in ledger.execute("SELECT outcome FROM runs ORDER BY rowid")]
    ledger.close()
    assert outcomes == ["interrupted", "interrupted", "interrupted", "proposed"]


def test_a_kill_at_any_moment_leaves_nothing_half_made(tmp_path: Path) -> None:
    """The moments are drawn by lot, seeded by the process id so that a failure can be repeated from its message."""
    root = made(tmp_path, WIDE_SLOW)
    before = user_state(root)
    folder = Path(tempfile.mkdtemp())  # what a killed run leaves; outside pytest's own, which only its owner may enter
    folder.chmod(0o755)
    seed = os.getpid()
    moments = random.Random(seed)  # noqa: S311 - no secret is drawn
    for _ in range(KILLS):
        moment = moments.uniform(0.3, 2.5)
        run = subprocess.Popen(
            command(root),
            env=environment(TMPDIR=str(folder)),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            run.wait(moment)
        except subprocess.TimeoutExpired:
            below = descendants(run.pid)
            os.killpg(run.pid, signal.SIGKILL)
            run.wait(TIMEOUT)
            assert all(is_gone(pid) for pid in below), (seed, moment)
        if (root / ".nova/ledger.sqlite3").exists():
            expect_consistent(root)
        assert user_state(root) == before, (seed, moment)
    shutil.rmtree(folder)
    final = improve(root, "run", "--json")
    assert final.status == 0, (seed, final)
    listed = improve(root, "list", "--json").data["proposals"]
    assert sorted(one["path"] for one in listed) == ["pier/a.py", "pier/b.py", "pier/c.py"], seed
    assert sorted(one["branch"] for one in listed) == branches(root), seed
    expect_consistent(root)


def _module(name: str) -> dict[str, str | bytes]:
    text, test = str(TINY["pier/a.py"]), str(TINY["tests/test_a.py"])
    return {f"pier/{name}.py": text, f"tests/test_{name}.py": test.replace("pier.a", f"pier.{name}")}


WIDE_SLOW = {**TINY, **_module("b"), **_module("c")}


def test_a_second_run_says_who_is_at_work(tmp_path: Path) -> None:
    patient = SLOW_TEST.replace("0.7", "20")
    root = made(tmp_path, {**TINY, "tests/test_a.py": TESTS + patient})
    with subprocess.Popen(command(root), env=environment(), stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert "tier T3" in first.stdout.readline()
        second = improve(root)
        listed = improve(root, "list")
        first.send_signal(signal.SIGINT)
        assert first.wait(TIMEOUT) == 130
    assert (second.status, "another improve is at work here" in second.err) == (3, True), second
    assert f"process {first.pid}, started " in second.err
    assert listed.status == 0


@pytest.mark.parametrize("branch_too", [False, True], ids=["before its branch was made", "after its branch was made"])
def test_a_proposal_cut_short_is_settled_by_the_next_run(branch_too: bool, tmp_path: Path) -> None:
    root = made(tmp_path)
    improve(root)
    branch = branches(root)[0]
    with sqlite3.connect(root / ".nova/ledger.sqlite3") as ledger:
        ledger.execute("UPDATE proposals SET state = 'opening'")
        ledger.execute("UPDATE runs SET ended = '', outcome = ''")
    ledger.close()
    if not branch_too:
        git(root, "update-ref", "-d", f"refs/heads/{branch}")
    ended = improve(root, "run", "--json")
    told = [line for line in ended.err.splitlines() if line.startswith("recover")]
    assert (ended.status, len(told)) == (0, 1), ended
    assert ("it is open" if branch_too else "it is dropped") in told[0]
    assert ended.data["outcome"] == ("all_suppressed" if branch_too else "proposed")
    expect_consistent(root)
    assert len(branches(root)) == 1


def test_a_lost_ledger_is_begun_anew_and_strange_branches_are_left_alone(tmp_path: Path) -> None:
    root = made(tmp_path)
    improve(root)
    old = branches(root)
    subprocess.run(["rm", "-rf", str(root / ".nova")], check=True)
    ended = improve(root, "run", "--json")
    assert (ended.status, len(ended.data["proposals"])) == (0, 1), ended
    assert set(old) < set(branches(root))
    assert f"the branch {old[0]} is not in the ledger; it is left alone" in ended.err
