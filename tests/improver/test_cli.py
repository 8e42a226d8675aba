"""The command line: what can be typed, how errors are told, what goes to stdout, and the exit codes."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import click
import pytest

from improver import errors
from improver.adapters.ledger import open_ledger
from improver.app import codemods
from improver.cli.commands.run import expect_known, relative, tell_end
from improver.cli.exporting import export
from improver.cli.main import EXIT_CODES, FOLDER, main
from improver.cli.terminal import GLYPHS, SCHEMA, Terminal
from improver.errors import EnvironmentUnfit, ImproverError, UsageError
from improver.funnel import Funnel
from improver.outcome import Report
from improver.records import Verdict
from tests.improver.test_verifying import DRAFT

ROOT = Path(__file__).parents[2]
COMMANDS = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")
PLAIN = Terminal(as_json=False, quiet=False, verbose=False, colour=False)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository with one commit and nothing of the improver's."""
    (tmp_path / "a.py").write_text("A = 1\n", encoding="utf-8")
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "start")):
        identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.invalid")
        subprocess.run(["git", *identity, *words], cwd=tmp_path, check=True)
    return tmp_path


# --- help ---------------------------------------------------------------------------------------------------------


def test_help_names_every_command_with_the_first_line_of_its_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert " ".join(COMMANDS) == (
        "answer approve canaries codemods decisions doctor gates init list publish reject report review run schemas "
        "show sync undo verify"
    )
    for name in COMMANDS:
        text = (FOLDER / f"{name}.py").read_text("utf-8")
        assert f"{name} {text.split(chr(34) * 3)[1].splitlines()[0]}" in shown
    for code, meaning in EXIT_CODES.items():
        assert f"{code} {meaning}" in shown


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_and_takes_the_common_options(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([name, "--help"]) == 0
    shown = capsys.readouterr().out
    for option in ("--json", "--repo", "--python", "--quiet", "--verbose", "--no-color"):
        assert option in shown


def processor_seconds(*words: str) -> float:
    """Return what a run of the interpreter costs, the best of three: other processes may be at work."""
    took = []
    for _ in range(3):
        process = subprocess.Popen([sys.executable, *words], cwd=ROOT, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        took.append(usage.ru_utime + usage.ru_stime)
    return min(took)


@pytest.mark.host
def test_help_costs_little_beside_a_bare_interpreter() -> None:
    assert processor_seconds("-m", "improver", "--help") < 16 * processor_seconds("-c", "pass")  # it is 6 to 8 times


def test_help_loads_nothing_that_only_work_needs() -> None:
    """How long it takes says `python -m benchmarks.help`; what costs that time is what is imported."""
    told = "import sys; from improver.cli.main import main; main(['--help']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert "click" in loaded
    assert loaded.isdisjoint({"libcst", "pydantic", "git", "yaml", "griffe", "sqlite3", "asyncio", "nova"})


def test_the_exit_codes_are_those_of_the_errors() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ImproverError)]
    assert {kind.exit_code for kind in kinds} <= set(EXIT_CODES)
    for kind in kinds:
        assert f"{kind.__name__} " in (errors.__doc__ or "")


# --- what cannot be meant -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        pytest.param(["aprove", "1"], "Did you mean 'approve'?", id="a misspelt command"),
        pytest.param(["zzz"], "The commands are: a", id="no such command"),
        pytest.param(["list", "--al"], "--all", id="a misspelt option"),
        pytest.param(["--dry-rnu"], "--dry-run", id="a misspelt option of the bare command"),
        pytest.param(["--dry-run", "--open-pr"], "a dry run keeps nothing", id="a dry run that publishes"),
        pytest.param(["show", "one"], "'one' is not a valid integer", id="a word for a number"),
        pytest.param(["show", "0"], "0 is not in the range", id="no such number"),
        pytest.param(["show"], "Missing argument", id="a number is missing"),
        pytest.param(["codemods", "explain", "nothing"], "there is no codemod 'nothing'", id="no such codemod"),
        pytest.param(["codemods", "list"], "cannot read 'list'", id="words that mean nothing"),
        pytest.param(["canaries", "--without", "tset"], "there is no gate 'tset'", id="no such gate"),
    ],
)
def test_what_cannot_be_meant_is_told(typed: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(typed) == 2
    told = capsys.readouterr()
    assert (told.out, said in told.err, "  fix: " in told.err) == ("", True, True), told.err


@pytest.mark.parametrize("typed", [["show", "1"], ["verify", "1"], ["reject", "1"], ["undo", "1"], ["approve", "1"]])
def test_a_proposal_that_is_not_there_is_told(
    typed: list[str], repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*typed, "--json", "--repo", str(repository)]) == 2
    told = capsys.readouterr()
    assert json.loads(told.out) == {
        "schema": SCHEMA,
        "outcome": "error",
        "reason": "there is no proposal 1",
        "where": str(repository / ".nova/ledger.sqlite3"),
        "why": "",
        "next": ["improve list"],
    }
    assert told.err.splitlines()[0] == "improve: there is no proposal 1"


def test_a_damaged_ledger_is_told(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["list", "--repo", str(repository)])
    (repository / ".nova/ledger.sqlite3").write_bytes(b"no database at all, but long enough to be looked at" * 40)
    assert main(["list", "--repo", str(repository)]) == 3
    told = capsys.readouterr().err
    assert "improve: the ledger is not a database" in told
    assert "  fix: move it away" in told


# --- what is shown ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "outcome"),
    [
        pytest.param(["list"], "listed", id="list"),
        pytest.param(["decisions"], "listed", id="decisions"),
        pytest.param(["gates"], "listed", id="gates"),
        pytest.param(["codemods"], "listed", id="codemods"),
        pytest.param(["codemods", "explain", "open_with"], "explained", id="codemods explain"),
    ],
)
def test_json_is_one_object_and_nothing_else(
    typed: list[str], outcome: str, repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*typed, "--json", "--repo", str(repository)]) == 0
    told = capsys.readouterr()
    found = json.loads(told.out)
    assert (found["schema"], found["outcome"], told.err) == (SCHEMA, outcome, "")
    assert main([*typed, "--repo", str(repository)]) == 0
    assert SCHEMA not in capsys.readouterr().out


def test_an_empty_list_says_what_to_type_next(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["list", "--repo", str(repository)])
    assert capsys.readouterr().out.startswith("no open proposals\nnext: improve ")


def test_a_list_is_exported_with_the_numbers_that_its_commands_take(repository: Path, tmp_path: Path) -> None:
    main(["list", "--repo", str(repository)])
    texts = ("improve verify NUMBER\n", "improve undo NUMBER\n")
    drafts = [replace(DRAFT, id=f"draft-{at}", branch=f"nova/{at}", text=text) for at, text in enumerate(texts)]
    with open_ledger(repository / ".nova") as ledger:
        for draft in drafts:
            ledger.opened(ledger.begin_proposal(draft))
        ledger.decide(1, Verdict("draft-0", "rejected", "a human", "", "finding", DRAFT.created))
    for options, expected in (((), ["draft-1"]), (("--all",), ["draft-0", "draft-1"])):
        folder = tmp_path / f"out{len(options)}"
        assert main(["list", "--export", str(folder), *options, "--repo", str(repository)]) == 0
        assert sorted(path.name for path in folder.iterdir()) == [
            f"{name}{suffix}" for name in expected for suffix in (".diff", ".md")
        ]
        assert (folder / "draft-1.md").read_text("utf-8") == "improve undo 2\n"


def test_every_codemod_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    main(["codemods"])
    lines = capsys.readouterr().out.splitlines()
    files = (ROOT / "improver/codemods").glob("[!_]*.py")
    assert sorted(line.split()[0] for line in lines) == sorted(path.stem for path in files)
    reported = {line.split()[0] for line in lines if " only reported " in line}
    assert reported == {one.name for one in codemods() if one.REPORTED} != set()


@pytest.mark.parametrize("mark", sorted(GLYPHS))
def test_a_line_has_glyph_and_word_and_colour_only_where_wanted(mark: str, capsys: pytest.CaptureFixture[str]) -> None:
    PLAIN.line(mark, "stage", "text")
    Terminal(as_json=False, quiet=False, verbose=False, colour=True).line(mark, "stage", "text")
    told = capsys.readouterr()
    plain, coloured = (told.err if mark == "loud" else told.out).splitlines()
    assert plain == f"stage     {GLYPHS[mark][0]} text"
    assert click.unstyle(coloured) == plain != coloured


def test_a_busy_line_is_for_live_terminals(capsys: pytest.CaptureFixture[str]) -> None:
    PLAIN.line("busy", "try", "one")
    assert capsys.readouterr() == ("", "")
    Terminal(as_json=False, quiet=False, verbose=False, colour=False, live=True).line("busy", "try", "one")
    told = capsys.readouterr()  # what erases the line is left out where no terminal is
    assert (told.out, told.err.lstrip("\r")) == ("", "try       … one")


def test_quiet_keeps_what_is_loud(capsys: pytest.CaptureFixture[str]) -> None:
    quiet = Terminal(as_json=False, quiet=True, verbose=False, colour=False)
    quiet.line("ok", "scan", "fine")
    quiet.line("loud", "sandbox", "NOT EVIDENCE")
    assert capsys.readouterr() == ("", "sandbox   ! NOT EVIDENCE\n")


@pytest.mark.parametrize(("outcome", "code", "mark"), [("proposed", 0, "✓"), ("blocked", 1, "✗"), ("budget", 4, "✗")])
def test_the_end_shows_the_funnel_and_the_outcome(
    outcome: str, code: int, mark: str, capsys: pytest.CaptureFixture[str]
) -> None:
    funnel = Funnel()
    tell_end(PLAIN, Report(outcome, "that is why", funnel, (), code, {"scan": 1.25}))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("0 seen → 0 eligible → 0 tried → 0 passed → 0 opened")
    assert lines[1] == f"{outcome:9} {mark} that is why · scan 1.2 s"
    assert lines[2].startswith("next: improve ")


# --- options that name things -------------------------------------------------------------------------------------


def test_only_takes_rules_that_exist() -> None:
    rules = ["open_with", "ruff:B009", "complexity"]
    expect_known(("open_with", "ruff:*", "comp*"), rules)
    for pattern, fix in (("open_wiht", "did you mean 'open_with'?"), ("zzz", "improve codemods; ruff's rules")):
        with pytest.raises(UsageError) as caught:
            expect_known((pattern,), rules)
        assert caught.value.hint.fix.startswith(fix)


def test_a_path_is_taken_from_the_root_or_from_here(tmp_path: Path) -> None:
    (tmp_path / "pier").mkdir()
    assert relative(tmp_path, "pier") == relative(tmp_path, str(tmp_path / "pier")) == "pier"
    assert relative(ROOT, "improver/cli") == "improver/cli"
    for path in ("nowhere", "/etc", ".."):
        with pytest.raises(UsageError):
            relative(tmp_path, path)


def test_an_export_writes_diff_and_text(tmp_path: Path) -> None:
    written = export(tmp_path / "deep/out", [DRAFT])
    assert [path.name for path in written] == [f"{DRAFT.id}.diff", f"{DRAFT.id}.md"]
    assert [path.read_text("utf-8") for path in written] == [DRAFT.diff, DRAFT.text]
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(EnvironmentUnfit, match="cannot be written"):
        export(tmp_path / "file", [DRAFT])
