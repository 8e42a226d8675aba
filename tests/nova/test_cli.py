"""The nova command, called in this process: what it prints where, its exit codes, and every mistake with its fix."""

import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nova.cli.ending import code_of
from nova.cli.main import EXIT_CODES, FOLDER, main
from nova.cli.tree import Seen, broken, drawn
from nova.contracts import (
    Answer,
    Claim,
    Contract,
    Entry,
    Failure,
    Question,
    Refusal,
    Relation,
    Reroute,
    RunRecord,
    Scope,
)
from nova.recovery import spoken

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("pydantic", "yaml", "sqlite3", "asyncio", "nova.app", "nova.contracts", "nova.orchestrator")
REQUEST = "summarize in one sentence and list as bullets: It rose. It rained."
UNDECIDED = json.dumps(
    {
        "about": "the colour",
        "candidates": [{"entry": 1, "agent": "a", "text": "red"}, {"entry": 2, "agent": "b", "text": "blue"}],
    }
)


@dataclass(frozen=True, slots=True)
class Ended:
    """How the command ended."""

    status: int
    out: str
    err: str

    @property
    def data(self) -> dict[str, Any]:
        """Return the one JSON object on stdout."""
        found: dict[str, Any] = json.loads(self.out)
        assert found["schema"] == "nova/nova/1"
        return found


@dataclass(frozen=True, slots=True)
class Shell:
    """The command on a data directory of its own."""

    place: Path
    captured: pytest.CaptureFixture[str]

    def __call__(self, *words: str) -> Ended:
        """Run the command."""
        self.captured.readouterr()
        bare = [] if words else ["status"]
        status = main([*words, *bare, "--data", str(self.place / "data")])
        said = self.captured.readouterr()
        return Ended(status, said.out, said.err)


@pytest.fixture
def nova(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    for name in ("NOVA_SCRIPT", "NOVA_TENANT", "NOVA_CLIENT", "NOVA_BRANCH", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NOVA_PRINCIPAL", "ann")
    return Shell(tmp_path, capsys)


def pipeline(place: Path, text: str) -> str:
    file = place / "pipeline.yaml"
    file.write_text(text, "utf-8")
    return str(file)


# --- help ---------------------------------------------------------------------------------------------------------


def test_help_imports_nothing_heavy_and_is_fast() -> None:
    program = (
        "import sys\nfrom nova.cli.main import main\ncode = main(['--help'])\n"
        f"print('HEAVY', code, [name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.stdout.splitlines()[-1] == "HEAVY 0 []"
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.2, "seconds of one processor"


def test_help_names_every_command_and_exit_code(nova: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    for word in ("agents", "backup", "doctor", "feedback", "restore", "run", "runs", "status", *map(str, EXIT_CODES)):
        assert f"\n  {word} " in said


COMMANDS = sorted(
    path.relative_to(FOLDER).with_suffix("").parts for path in FOLDER.rglob("*.py") if path.name != "__init__.py"
)


@pytest.mark.parametrize("words", COMMANDS, ids=[" ".join(words) for words in COMMANDS])
def test_every_command_has_help_and_the_same_options(words: Sequence[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words, "--help"]) == 0
    said = capsys.readouterr().out
    for option in ("--json", "--quiet", "--verbose", "--no-color", "--data"):
        assert option in said


# --- what was typed wrongly ---------------------------------------------------------------------------------------

MISTYPED: dict[str, tuple[tuple[str, ...], int, str, str]] = {
    "a command that is none": (("rnu",), 2, "No such command 'rnu'. Did you mean 'run'?", "nova --help"),
    "a command of a group that is none": (("runs", "shw"), 2, "No such command 'shw'. Did you", "nova runs --help"),
    "an option that is none": (("run", "--pipline", "x"), 2, "No such option", "nova run --help"),
    "a run of nothing": (("run",), 2, "a run is a request, a task or a pipeline, and this is none", "nova run "),
    "a run of two things": (
        ("run", "x: y", "--pipeline", "p"),
        2,
        "a run is a request, a task or a pipeline, and this is more than one",
        "nova run ",
    ),
    "an empty request": (("run", " "), 2, "the request is empty", "nova run "),
    "a request about nothing": (("run", "summarize"), 2, "there is no text that the request is about", "write "),
    "a text without a request": (("run", ": text"), 2, "there is no request before the colon", "nova run "),
    "a text for a task": (("run", "--task", "Report", "{}", "--text", "x"), 2, "--text is for a request", "nova run "),
    "an input for a request": (("run", "x: y", "--input", "a=b"), 2, "--input is for a pipeline", "add --pipeline"),
    "a text that is not there": (("run", "x", "--text", "/none"), 2, "the file cannot be read", "name a file"),
    "a contract that nobody accepts": (
        ("run", "--task", "Sumarize", "{}"),
        2,
        "nobody accepts the contract 'Sumarize'",
        "did you mean 'Summarize'?",
    ),
    "a contract of another version": (
        ("run", "--task", "Summarize@2", "{}"),
        2,
        "nobody accepts the contract 'Summarize@2'",
        "did you mean 'Summarize'?",
    ),
    "a task that is not JSON": (
        ("run", "--task", "Summarize", "text"),
        2,
        "the task does not fit Summarize@1",
        "nova agents show summarize",
    ),
    "a task without a field": (
        ("run", "--task", "Summarize", "{}"),
        2,
        "the task does not fit Summarize@1",
        "nova agents show summarize",
    ),
    "a task of a wrong type": (
        ("run", "--task", "Summarize", '{"text": "x", "sentences": "2"}'),
        2,
        "the task does not fit Summarize@1",
        "nova agents show summarize",
    ),
    "a task with a misspelt field": (
        ("run", "--task", "Summarize", '{"txt": "x"}'),
        2,
        "Summarize@1 has no field 'txt'",
        "did you mean 'text'?",
    ),
    "a task that is too large": (
        ("run", "--task", "Summarize", json.dumps({"text": "x" * 30_000})),
        1,
        "the task has 3",
        "send a shorter text",
    ),
    "a pipeline that is not there": (("run", "--pipeline", "/none"), 2, "the file cannot be read", "name a file"),
    "a run that is not there": (("runs", "show", "r1"), 2, "there is no run 'r1'", "nova runs list"),
    "no run at all": (("runs", "show"), 2, "there is no run 'last'", "nova runs list"),
    "a state that is none": (("runs", "list", "--state", "opn"), 2, "a run is never 'opn'", "did you mean 'open'?"),
    "nothing to resume": (("runs", "resume"), 2, "resume takes one run, or --all", "nova runs resume RUN"),
    "one and all to resume": (("runs", "resume", "x", "--all"), 2, "resume takes one run, or --all", "nova runs"),
    "yes and no": (("runs", "resume", "x", "--approve", "--reject"), 2, "--approve, --reject and", "give one"),
    "neither good nor bad": (("feedback", "last", "goood"), 2, "a run is good or bad", "did you mean 'good'?"),
    "feedback on nothing": (("feedback", "r1", "good"), 2, "there is no run 'r1'", "nova runs list"),
    "an agent that is none": (("agents", "show", "sumarize"), 2, "there is no agent 'sum", "did you mean 'summarize'?"),
    "a test of an agent that is none": (("agents", "test", "x"), 2, "there is no agent 'x'", "use one of arbitrate"),
    "a test of nothing": (("agents", "test"), 2, "test takes one agent, or --all", "nova agents test"),
    "a backup of nothing": (("backup", "/tmp/none"), 3, "there is no journal to back up", "nova doctor"),
    "a restore of nothing": (("restore", "/none"), 3, "there is no such backup", "nova backup FILE"),
}


@pytest.mark.parametrize(("words", "status", "what", "fix"), MISTYPED.values(), ids=MISTYPED)
def test_a_mistake_is_told_with_its_fix_and_once_more_as_json(
    nova: Shell, words: tuple[str, ...], status: int, what: str, fix: str
) -> None:
    plain = nova(*words)
    assert (plain.status, plain.out) == (status, "")
    lines = plain.err.splitlines()
    told = next(line for line in lines if line.startswith("nova: "))
    assert told.startswith(f"nova: {what}")
    assert any(line.startswith(f"  fix: {fix}") for line in lines), plain.err
    machine = nova(*words, "--json")
    assert (machine.status, machine.data["outcome"]) == (status, "error")
    assert machine.data["reason"].startswith(what)
    assert machine.data["next"][0].startswith(fix)


PIPELINE = 'name: tidy\ninputs: {t: {}}\nsteps:\n  - {id: a, contract: FormatText, with: {text: "{{ inputs.t }}"}}\n'
MISGIVEN = {
    "a mistake in the file": (PIPELINE.replace("FormatText", "Format"), ("t=x",), "nobody accepts", ":4 (step a)"),
    "an input that is missing": (PIPELINE, (), "the input 't' is missing", ":2"),
    "an input that is no pair": (PIPELINE, ("t",), "--input 't' is no input", ""),
    "an input from no file": (PIPELINE, ("t=@/none",), "the file cannot be read", "/none"),
}


@pytest.mark.parametrize(("text", "inputs", "what", "where"), MISGIVEN.values(), ids=MISGIVEN)
def test_a_pipeline_that_cannot_run_begins_no_run(
    nova: Shell, text: str, inputs: tuple[str, ...], what: str, where: str
) -> None:
    given = [word for one in inputs for word in ("--input", one)]
    ended = nova("run", "--pipeline", pipeline(nova.place, text), *given, "--json")
    assert (ended.status, ended.data["reason"][: len(what)]) == (2, what)
    assert ended.data["where"].endswith(where)
    assert nova("runs", "list", "--json").data["runs"] == []


def test_surroundings_that_are_unfit_exit_with_three(nova: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    (nova.place / "data").write_text("a file", "utf-8")
    assert nova("doctor").status == 3
    assert nova("runs", "list").err.startswith("nova: the data directory is no directory\n  where: ")
    (nova.place / "data").unlink()
    monkeypatch.setenv("NOVA_SCRIPT", "/none.yaml")
    assert nova("run", REQUEST).err.startswith("nova: the script cannot be read")
    doctor = nova("doctor", "--json")
    assert (doctor.status, doctor.data["outcome"]) == (3, "unfit")
    assert [one["name"] for one in doctor.data["checks"] if not one["ok"]] == ["model"]


# --- what works ---------------------------------------------------------------------------------------------------


def test_a_request_is_answered_on_stdout_and_talked_about_on_stderr(nova: Shell) -> None:
    ended = nova("run", REQUEST)
    assert (ended.status, ended.out) == (
        0,
        "summarize in one sentence:\nIt rose.\n\nlist as bullets:\n- It rose.\n- It rained.\n",
    )
    run = ended.err.splitlines()[0].split()[-1]
    assert f"nova runs show {run} · nova feedback {run} good" in ended.err
    assert nova("run", REQUEST, "--quiet").err == ""


def test_a_request_about_a_file(nova: Shell) -> None:
    file = nova.place / "text.txt"
    file.write_text("It rose: fast. It rained.", "utf-8")
    ended = nova("run", "list as bullets", "--text", str(file), "--json")
    assert ended.data["outcome"] == "answered"
    assert ended.data["result"]["text"] == "list as bullets:\n- It rose: fast.\n- It rained."


def test_what_nobody_does_is_no_success(nova: Shell) -> None:
    ended = nova("run", "sing it: La la.")
    assert (ended.status, "no agent here does this: sing it" in ended.err) == (1, True)
    refused = nova("run", "--task", "condense", '{"text": " "}', "--json")
    assert (refused.status, refused.data["outcome"]) == (1, "refused")


def test_a_task_by_contract_or_agent_from_a_file(nova: Shell) -> None:
    file = nova.place / "task.json"
    file.write_text('{"text": "It rose. It rained.", "sentences": 1}', "utf-8")
    for name in ("Summarize", "Summarize@1", "summarize"):
        assert nova("run", "--task", name, f"@{file}").out == "It rose.\n"


def test_a_run_that_waits_says_how_to_go_on_and_takes_its_reply(nova: Shell) -> None:
    asked = nova("run", "--task", "Arbitrate", UNDECIDED, "--json")
    run = asked.data["run"]
    assert (asked.status, asked.data["outcome"]) == (1, "waiting")
    assert asked.data["next"] == [f"nova runs resume {run} --reply TEXT"]
    again = nova("runs", "resume", run[-6:])
    assert (again.status, again.out) == (1, "undecided about the colour: which one?\n1: red\n2: blue\n")
    wrong = nova("runs", "resume", run, "--approve")
    assert (wrong.status, "yes or no is no answer to it" in wrong.err) == (2, True)
    done = nova("runs", "resume", "last", "--reply", "2")
    assert (done.status, done.out) == (0, "blue\n")
    over = nova("runs", "resume", run, "--reply", "2")
    assert (over.status, f"the run {run} waits for nothing: it is done" in over.err) == (2, True)
    assert nova("runs", "resume", run).out == "blue\n"


def test_a_session_s_next_message_answers_its_question(nova: Shell) -> None:
    assert nova("run", "--task", "Arbitrate", UNDECIDED, "--session", "s").status == 1
    refused = nova("run", "--task", "Arbitrate", UNDECIDED, "--session", "s")
    assert (refused.status, "the session s waits for a reply" in refused.err) == (2, True)
    assert nova("run", "1", "--session", "s").out == "red\n"


def test_an_approval_is_given_or_refused(nova: Shell) -> None:
    text = (
        PIPELINE
        + '  - {id: ok, approve: "Send {{ steps.a.text }}"}\n'
        + "  - {id: b, contract: Report, with: {subject: s, body: x}}\n"
    )
    file = pipeline(nova.place, text)
    asked = nova("run", "--pipeline", file, "--input", "t=Wash.")
    assert (asked.status, asked.out) == (1, "Send - Wash.\n")
    assert nova("runs", "resume", "last", "--approve").out.startswith("# s\n\nx")
    assert nova("run", "--pipeline", file, "--input", "t=Wash.").status == 1
    refused = nova("runs", "resume", "last", "--reject", "--json")
    assert (refused.status, refused.data["outcome"]) == (1, "refused")
    shown = nova("runs", "show")
    assert "broke first: entry 2 run_pipeline → user: refused: user said no: reject" in shown.out


def test_bare_nova_tells_how_things_stand_and_three_things_to_type(nova: Shell) -> None:
    first = nova().out.splitlines()
    assert first[-3:] == [
        '  nova run "summarize in one sentence and list as bullets: TEXT"',
        "  nova agents list",
        "  nova doctor",
    ]
    run = nova("run", "--task", "Arbitrate", UNDECIDED, "--json").data["run"]
    told = nova("status", "--json").data
    assert (told["runs"], told["next"][:2]) == (
        {"waiting": 1},
        [f"nova runs show {run}", f"nova runs resume {run}"],
    )
    nova("runs", "resume", run, "--reply", "1")
    assert nova("status", "--json").data["next"][0] == f"nova feedback {run} good"
    nova("feedback", run, "good")
    assert nova("status", "--json").data["next"][0].startswith("nova run ")
    assert len(nova("status", "--json").data["next"]) == 3


def test_feedback_is_on_record_with_its_reason(nova: Shell) -> None:
    nova("run", REQUEST)
    ended = nova("feedback", "last", "bad", "--because", "too short")
    assert (ended.status, ended.out, "is bad because too short" in ended.err) == (0, "", True)
    shown = nova("runs", "show")
    assert shown.out.splitlines()[-1] == "feedback: bad because too short"
    assert nova("runs", "show", "--json").data["feedback"][0]["because"] == "too short"


def test_runs_are_listed_newest_first_and_narrowed(nova: Shell) -> None:
    nova("run", REQUEST)
    nova("run", "--task", "Arbitrate", UNDECIDED, "--session", "s")
    rows = nova("runs", "list", "--json").data["runs"]
    assert [(one["owner"], one["state"]) for one in rows] == [("arbitrate", "waiting"), ("coordinate", "done")]
    assert [one["owner"] for one in nova("runs", "list", "--state", "done", "--json").data["runs"]] == ["coordinate"]
    assert [one["owner"] for one in nova("runs", "--session", "s", "--json").data["runs"]] == ["arbitrate"]
    assert len(nova("runs", "list", "--limit", "1").out.splitlines()) == 1


def test_a_run_is_shown_as_a_tree_with_what_was_passed_on(nova: Shell) -> None:
    nova("run", REQUEST)
    lines = nova("runs", "show").out.splitlines()
    assert lines[0].split("  ", 1)[1].startswith("done · owner coordinate · ")
    assert lines[1] == "broke first: nothing"
    assert lines[2].startswith(f"said: {REQUEST} · by ann · session cli-")
    tree = "\n".join(lines[3:])
    for line in (
        "0 ✓ user → coordinate · transfer Coordinate@1 · answered: summarize in one sentence: It rose.",
        "├─ 1 ✓ coordinate → summarize · delegate Summarize@1 · answered: It rose.",
        "└─ 2 ✓ coordinate → format_text · delegate FormatText@1 · answered: - It rose. - It rained.",
        f"dropped: message {len(REQUEST)} (irrelevant)",
        "why: a part of the request · owner coordinate",
        "claims: summarize in one sentence [1]",
    ):
        assert line in tree
    long = "It rose and rose. " * 20
    nova("run", f"list as bullets: {long}")
    assert long.strip() not in nova("runs", "show").out
    assert f'{{"text":"{long.strip()}","style":"bullets"}}' in nova("runs", "show", "--verbose").out
    data = nova("runs", "show", lines[0].split()[0], "--json").data
    assert (data["outcome"], data["broke_first"], data["cost"]["hops"]) == ("shown", "", 2)
    assert [one["outcome"]["kind"] for one in data["entries"]] == ["Answer"] * 3


def test_agents_are_listed_shown_and_tested(nova: Shell) -> None:
    names = [one["name"] for one in nova("agents", "list", "--json").data["agents"]]
    assert names == sorted(names)
    shown = nova("agents", "show", "summarize")
    for line in (
        "summarize: shortens a text to a few sentences, same meaning",
        "  does not: formats (that is format_text)",
        "    text: str",
        "  hands to: Condense@1",
    ):
        assert line in shown.out.splitlines()
    assert nova("agents", "show", "summarize", "--json").data["fields"]["required"] == ["text"]
    tested = nova("agents", "test", "--all")
    assert (tested.status, [line[0] for line in tested.out.splitlines()]) == (0, ["✓"] * len(names))
    assert not (nova.place / "data").exists(), "a test leaves nothing behind"


@pytest.mark.host  # a sandbox has less free space than a fit place
def test_a_fresh_place_is_fit_and_nothing_is_made_by_looking(nova: Shell) -> None:
    assert nova("doctor").status == 0
    assert not (nova.place / "data").exists()
    nova("run", REQUEST)
    told = nova("doctor", "--json")
    assert (told.status, told.data["outcome"]) == (0, "fit")
    assert {"journal", "agents", "policies", "fsync"} <= {one["name"] for one in told.data["checks"]}


def test_a_backup_is_put_back_and_what_came_after_it_is_kept_aside(nova: Shell) -> None:
    nova("run", REQUEST)
    file = nova.place / "backup.sqlite3"
    made = nova("backup", str(file), "--json")
    assert (made.status, made.data["bytes"]) == (0, file.stat().st_size)
    assert nova("backup", str(file)).status == 3, "a backup never replaces a file"
    nova("run", REQUEST)
    assert len(nova("runs", "list").out.splitlines()) == 2
    restored = nova("restore", str(file), "--json")
    assert (restored.status, restored.data["outcome"]) == (0, "restored")
    assert Path(restored.data["kept"]).exists()
    assert len(nova("runs", "list").out.splitlines()) == 1


def test_no_escape_codes_leave_for_a_pipe(nova: Shell) -> None:
    nova("run", f"{REQUEST} \x1b[2J")
    for words in ((), ("runs", "show"), ("runs", "list"), ("doctor",), ("agents", "list")):
        ended = nova(*words)
        assert "\x1b" not in ended.out + ended.err


# --- what a run came to -------------------------------------------------------------------------------------------

CODES: dict[str, tuple[Contract, int]] = {
    "an answer": (Answer(text="x"), 0),
    "a question": (Question(text="x"), 1),
    "a refusal": (Refusal(reason="x"), 1),
    "a task nobody does": (Reroute(text="x"), 1),
    "a failure": (Failure(kind="hung", reason="x"), 1),
    "a budget that is spent": (Failure(kind="budget", reason="x"), 4),
    "hops that ran out": (Failure(kind="hops", reason="x"), 4),
    "a model that refused": (Failure(kind="refused", reason="x"), 5),
    "a model that is not there": (Failure(kind="raised", reason="ModelUnavailable: x"), 3),
    "a model that failed": (Failure(kind="raised", reason="ModelError: x"), 5),
    "an agent's own mistake": (Failure(kind="raised", reason="ValueError: x"), 1),
}


@pytest.mark.parametrize(("outcome", "code"), CODES.values(), ids=CODES)
def test_the_exit_code_says_how_a_run_ended(outcome: Contract, code: int) -> None:
    assert code_of(outcome) == code


HERE = Scope(tenant="home")


def entry(index: int, agent: str, outcome: Contract | None, *, closed: float = 0.0) -> Entry:
    return Entry(
        run="r",
        index=index,
        parent=None if index == 0 else 0,
        relation=Relation.DELEGATE,
        owner="boss",
        sender="user" if index == 0 else "boss",
        agent=agent,
        contract="Work@1",
        task="{}",
        packet="",
        scope=HERE,
        opened=0.0,
        outcome=None if outcome is None else spoken(outcome),
        closed=None if outcome is None else closed,
    )


def seen(*entries: Entry, state: str = "done") -> Seen:
    record = RunRecord(run="r", session="s", project="", scope=HERE, owner="boss", state=state, opened=0.0)
    return Seen(record, entries, (), ())


FINE, GONE = Answer(text="fine"), Failure(kind="hung", reason="too long")
BROKEN: dict[str, tuple[Seen, str]] = {
    "nothing": (seen(entry(0, "boss", FINE, closed=2.0)), ""),
    "the failure that came first in time": (
        seen(
            entry(0, "boss", Failure(kind="raised", reason="x"), closed=3.0),
            entry(1, "a", Failure(kind="loop", reason="again"), closed=2.0),
            entry(2, "b", GONE, closed=1.0),
        ),
        "entry 2 boss → b: failed, hung: too long",
    ),
    "a failure before a refusal": (
        seen(
            entry(0, "boss", FINE, closed=3.0),
            entry(1, "a", Refusal(reason="no"), closed=1.0),
            entry(2, "b", GONE, closed=2.0),
        ),
        "entry 2 boss → b: failed, hung: too long",
    ),
    "a refusal, with who would do it": (
        seen(entry(0, "boss", FINE, closed=3.0), entry(1, "a", Refusal(reason="no", better_owner="b"), closed=1.0)),
        "entry 1 boss → a: refused: no (better: b)",
    ),
    "a claim that nothing shows": (
        seen(entry(0, "boss", Answer(text="x", unverified=(Claim(says="sent it", evidence=""),)), closed=1.0)),
        "entry 0 user → boss: it claims what nothing on record shows",
    ),
    "where it stopped": (
        seen(entry(0, "boss", None), entry(1, "a", None), state="open"),
        "entry 1 boss → a: still open; it is being carried, or it stopped here",
    ),
}


@pytest.mark.parametrize(("run", "said"), BROKEN.values(), ids=BROKEN)
def test_the_seam_that_broke_first_is_one_line(run: Seen, said: str) -> None:
    assert broken(run) == said


def test_an_unverified_claim_is_marked_in_the_tree() -> None:
    answer = Answer(text="x", unverified=(Claim(says="sent it", evidence="9"),))
    lines = drawn(seen(entry(0, "boss", answer)), {"loud": "!"})
    assert lines[0].startswith("0 ! user → boss")
    assert lines[-1].strip() == "unverified: sent it [9]"
