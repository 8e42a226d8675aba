"""The nova command as processes of their own: runs, crashes by kill -9, approvals, two processes on one journal."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.projects import Ended, environment

pytestmark = pytest.mark.host  # whole processes with an event loop each, more of them than a sandbox allows
TIMEOUT = 600  # seconds: a bound for what hangs, not for what a busy machine takes
SAMPLES = Path(__file__).resolve().parents[2] / "pipelines"
FAST = 'lines: [{when: the colour, text: "2", tokens: 5}]\n'
SLOW = f"seconds: 3000\n{FAST}"  # longer than any test takes, on any machine
PIPELINE = """
name: choose
inputs: {text: {}}
steps:
  - {id: listed, contract: FormatText, with: {text: "{{ inputs.text }}"}}
  - id: chosen                     # two results that only a model can decide between, and it takes its time
    contract: Arbitrate
    after: [listed]
    with:
      about: the colour
      candidates: [{entry: 1, agent: a, text: red}, {entry: 2, agent: b, text: blue}]
  - {id: agreed, approve: "Take {{ steps.chosen.text }}?"}
  - {id: paper, contract: Report, with: {subject: Chosen, body: "{{ steps.chosen.text }}\\n{{ steps.listed.text }}"}}
"""


@dataclass(frozen=True, slots=True)
class House:
    """A data directory, a script and a pipeline, and the command on them, started somewhere else."""

    root: Path

    @classmethod
    def at(cls, root: Path) -> "House":
        """Make one below `root`."""
        (root / "elsewhere").mkdir()
        (root / "choose.yaml").write_text(PIPELINE, "utf-8")
        house = cls(root)
        house.scripted(FAST)
        return house

    def scripted(self, text: str) -> None:
        """Replace the model's script."""
        (self.root / "script.yaml").write_text(text, "utf-8")

    def surroundings(self) -> dict[str, str]:
        """Return the environment of the command."""
        return environment(NOVA_DATA=str(self.root / "data"), NOVA_SCRIPT=str(self.root / "script.yaml"))

    def __call__(self, *words: str) -> Ended:
        """Run the command to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "nova", *words],
            cwd=self.root / "elsewhere",
            env=self.surroundings(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    @contextmanager
    def begun(self, *words: str) -> Iterator["subprocess.Popen[str]"]:
        """Start the command and end it by force at last."""
        process = subprocess.Popen(
            [sys.executable, "-m", "nova", *words],
            cwd=self.root / "elsewhere",
            env=self.surroundings(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate(timeout=TIMEOUT)

    def show(self, run: str = "last") -> dict[str, Any]:
        """Return a run as data."""
        return self("runs", "show", run, "--json").data

    def asking(self, process: "subprocess.Popen[str]", count: int = 1) -> list[str]:
        """Return the open runs once so many of them have put their question to the model on record."""
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end:
            assert process.poll() is None, process.communicate()
            runs = [one["run"] for one in self("runs", "list", "--state", "open", "--json").data["runs"]]
            if sum(1 for run in runs if self.show(run)["uses"]) >= count:
                return runs
        raise AssertionError("the model was never asked")


CHOOSE = ("run", "--pipeline", "../choose.yaml", "--input", "text=Wash. Rinse.")


def tree(shown: dict[str, Any]) -> list[str]:
    return [
        f"{one['index']} {one['agent']} {one['outcome']['kind'] if one['outcome'] else 'open'}"
        for one in shown["entries"]
    ]


def test_a_pipeline_killed_in_the_middle_goes_on_where_it_was_and_repeats_nothing(tmp_path: Path) -> None:
    nova = House.at(tmp_path)
    nova.scripted(SLOW)
    with nova.begun(*CHOOSE) as process:
        (run,) = nova.asking(process)
        before = nova.show(run)
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait(TIMEOUT) == -signal.SIGKILL
    assert tree(before) == ["0 run_pipeline open", "1 format_text Answer", "2 arbitrate open"]
    assert before["broke_first"].startswith("entry 2 run_pipeline → arbitrate: still open")
    assert nova("status", "--json").data["next"][0] == "nova runs resume --all"

    nova.scripted(FAST)
    waits = nova("runs", "resume", run)
    assert (waits.status, waits.out) == (1, "Take blue?\n")
    middle = nova.show(run)
    assert tree(middle) == ["0 run_pipeline open", "1 format_text Answer", "2 arbitrate Answer", "3 user open"]
    assert middle["entries"][1] == before["entries"][1], "what was closed stays as it was"
    assert [(use["tool"], use["key"]) for use in middle["uses"]] == [("(model)", f"{run}:2:0")]

    nova.scripted("lines: []\n")  # the model's answer is on record and is not asked for again
    done = nova("runs", "resume", run, "--approve")
    assert (done.status, done.out.startswith("# Chosen\n\nblue\n- Wash.\n- Rinse.")) == (0, True), done
    after = nova.show(run)
    assert tree(after)[3:] == ["3 user Answer", "4 report Answer"]
    assert (after["broke_first"], after["cost"]["tokens"], after["run"]["state"]) == ("", 5, "done")


def test_an_interrupted_run_says_how_to_go_on_and_does(tmp_path: Path) -> None:
    nova = House.at(tmp_path)
    nova.scripted(SLOW)
    with nova.begun(*CHOOSE) as process:
        nova.asking(process)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=TIMEOUT)
        assert process.returncode == 130
    assert "nova: interrupted" in said
    assert "`nova runs resume --all` goes on" in said
    nova.scripted(FAST)
    assert nova("runs", "resume", "--all", "--json").data["runs"][0]["state"] == "waiting"


def test_one_process_writes_a_journal_and_others_read_it_and_are_told_who_writes(tmp_path: Path) -> None:
    nova = House.at(tmp_path)
    assert nova("run", "list as bullets: Wash. Rinse.").status == 0
    nova.scripted(SLOW)
    with nova.begun(*CHOOSE) as process:
        (run,) = nova.asking(process)
        second = nova("run", "list as bullets: Wash. Rinse.", "--json")
        assert (second.status, second.data["reason"]) == (3, "another nova writes this journal")
        assert f"process {process.pid}" in second.data["why"]
        for words in (("runs", "resume", run), ("feedback", run, "good")):
            assert nova(*words).status == 3, words
        assert len(nova("runs", "list", "--json").data["runs"]) == 2
        backup = nova("backup", str(tmp_path / "backup.sqlite3"))
        assert backup.status == 0, backup
        assert nova("restore", str(tmp_path / "backup.sqlite3")).status == 3
        assert process.poll() is None
    nova.scripted(FAST)
    assert nova("runs", "resume", run).status == 1, "it waits for its approval"


def test_feedback_backup_and_restore(tmp_path: Path) -> None:
    nova = House.at(tmp_path)
    waits = nova(
        "run", "--pipeline", str(SAMPLES / "brief.yaml"), "--input", "subject=Rain", "--input", "texts=It fell."
    )
    assert (waits.status, waits.out) == (1, "Write this up as Rain?\n- It fell.\n")
    assert nova("runs", "resume", "last", "--approve").status == 0
    assert nova("feedback", "last", "good", "--because", "brief").status == 0
    before = nova.show()
    assert before["feedback"][0]["because"] == "brief"
    backup = tmp_path / "backup.sqlite3"
    assert nova("backup", str(backup)).status == 0

    journal = tmp_path / "data" / "journal.sqlite3"
    journal.write_bytes(b"not a journal" * 1000)
    damaged = nova("runs", "list", "--json")
    assert (damaged.status, damaged.data["outcome"]) == (3, "error")
    assert "nova restore" in damaged.data["next"][0]
    assert nova("doctor").status == 3
    assert nova("restore", str(backup)).status == 0
    assert nova.show() == before
    assert nova("doctor").status == 0


def test_the_samples_run_from_any_directory(tmp_path: Path) -> None:
    nova = House.at(tmp_path)
    text = tmp_path / "notes.txt"
    text.write_text("The river rose. The river took the bridge.", "utf-8")
    ended = nova("run", "--pipeline", str(SAMPLES / "two_forms.yaml"), "--input", f"text=@{text}", "--json")
    assert (ended.status, json.loads(ended.out)["outcome"]) == (0, "answered")
    assert tree(nova.show())[1:] == [
        "1 condense Answer",
        "2 format_text Answer",
        "3 format_text Answer",
        "4 report Answer",
    ]
