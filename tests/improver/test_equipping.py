"""A project gets workflows, policies and owners once; what somebody wrote is kept, and nothing is written elsewhere."""

import json
import subprocess
from pathlib import Path

import pytest

from improver.app import policy_of
from improver.cli.main import main
from improver.errors import RepositoryError, UsageError
from improver.hosting.equipping import by_hand, carry_out, pieces, program_for
from improver.hosting.workflows import OURS, WORKFLOWS, elsewhere, owner_of, owners
from improver.records import File
from tests.improver.test_cli import repository

__all__ = ["repository"]
ROOT = Path(__file__).parents[2]
SOURCE = f"https://git.example.invalid/nova/nova@{'a' * 40}"
PROGRAM = elsewhere(SOURCE, "")
POLICIES = [f"policies/{name}.yaml" for name in ("scope", "gates", "budget", "review")]
FILES = [*(f".github/workflows/{name}" for name in WORKFLOWS), *POLICIES, ".github/CODEOWNERS"]


def init(root: Path, *more: str) -> int:
    return main(["init", "--repo", str(root), "--from", SOURCE, *more])


def acts(root: Path, owner: str = "@ada") -> dict[str, str]:
    return {piece.path: piece.act for piece in pieces(root, PROGRAM, owner)}


def every_file(root: Path) -> dict[str, bytes]:
    found = (path for path in root.rglob("*") if path.is_file() and ".git" not in path.relative_to(root).parts)
    return {str(path.relative_to(root)): path.read_bytes() for path in found}


def test_a_project_gets_all_files_and_a_second_time_nothing(repository: Path) -> None:
    assert init(repository, "--owner", "@ada") == 0
    first = every_file(repository)
    assert sorted(first) == sorted([*FILES, "a.py"])
    assert init(repository) == 0
    assert every_file(repository) == first
    assert set(acts(repository).values()) == {"same"}


def test_the_policies_written_are_those_that_hold_without_them(repository: Path) -> None:
    init(repository, "--owner", "@ada")
    tree = {path: File((repository / path).read_bytes()) for path in POLICIES}
    assert policy_of(tree) == policy_of({})


def test_nothing_is_committed_and_no_branch_moves(repository: Path) -> None:
    def state() -> str:
        words = ["git", "for-each-ref"], ["git", "diff", "--cached"], ["git", "log", "--oneline"]
        return "".join(
            subprocess.run(one, cwd=repository, capture_output=True, text=True, check=True).stdout for one in words
        )

    before = state()
    init(repository, "--owner", "@ada")
    assert state() == before


def test_a_dry_run_writes_nothing(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = every_file(repository)
    assert init(repository, "--owner", "@ada", "--dry-run") == 0
    assert every_file(repository) == before
    assert ".github/workflows/nightly.yml · would be written\n" in capsys.readouterr().out


def test_what_somebody_changed_is_kept_and_shown(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    init(repository, "--owner", "@ada")
    mine = repository / "policies/budget.yaml"
    mine.write_text(mine.read_text("utf-8").replace("proposals: 5\n", "proposals: 1\n", 1), "utf-8")
    kept = mine.read_bytes()
    capsys.readouterr()
    assert init(repository, "-v") == 0
    told = capsys.readouterr().out
    assert mine.read_bytes() == kept
    assert "policies/budget.yaml · kept: yours differs, and is never overwritten\n" in told
    assert "-proposals: 1\n+proposals: 5\n" in told


def test_owners_are_added_below_what_is_there(repository: Path) -> None:
    (repository / "CODEOWNERS").write_text("# mine\n* @ada @bob\n/docs/ @eve\n", "utf-8")
    assert init(repository) == 0
    assert (repository / "CODEOWNERS").read_text("utf-8") == (
        "# mine\n* @ada @bob\n/docs/ @eve\n\n"
        "# What judges proposals changes only with this review.\n/policies/ @ada @bob\n/.github/ @ada @bob\n"
    )
    assert not (repository / ".github/CODEOWNERS").exists()


def test_only_the_owners_that_are_missing_are_added() -> None:
    assert owners("/policies/ @eve\n", "@ada").endswith("\n/.github/ @ada\n")
    assert owners("/policies/ @eve\n", "@ada").count("/policies/") == 1
    assert owner_of("* @old\n* @new\n") == "@new"
    assert owner_of("/docs/ @eve\n") == ""


FLAT = '[project]\nname = "pier"\n'


@pytest.mark.parametrize(
    ("texts", "act"),
    [
        pytest.param({"pyproject.toml": FLAT, "pier/__init__.py": ""}, "left", id="setuptools finds by itself"),
        pytest.param({"pyproject.toml": f"{FLAT}[tool.setuptools]\npackages = ['pier']\n"}, "written", id="named"),
        pytest.param(
            {"pyproject.toml": f"[build-system]\nbuild-backend = 'x'\n{FLAT}"}, "written", id="another backend"
        ),
        pytest.param({"pyproject.toml": FLAT, "src/pier/__init__.py": ""}, "written", id="a folder of sources"),
        pytest.param({"pyproject.toml": "[tool.ruff]\n"}, "written", id="nothing is built"),
        pytest.param({"pyproject.toml": FLAT, "policies/mine.yaml": ""}, "written", id="it is there already"),
    ],
)
def test_policies_do_not_keep_a_project_from_being_built(texts: dict[str, str], act: str, repository: Path) -> None:
    for path, text in texts.items():
        (repository / path).parent.mkdir(parents=True, exist_ok=True)
        (repository / path).write_text(text, "utf-8")
    found = {piece.path: piece for piece in pieces(repository, PROGRAM, "@ada")}
    assert {found[path].act for path in POLICIES} == {act}
    assert found[".github/workflows/nightly.yml"].act == "written"
    if act == "left":
        assert 'fix: [tool.setuptools] packages = ["pier"]' in found[POLICIES[0]].why
        assert init(repository, "--owner", "@ada") == 0
        assert not (repository / "policies").exists()


def test_without_an_owner_that_is_said_and_nothing_guessed(repository: Path) -> None:
    assert acts(repository, "")[".github/CODEOWNERS"] == "left"


def test_what_only_a_human_can_set_is_said(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    init(repository, "--owner", "@ada", "--json", "--dry-run")
    told = json.loads(capsys.readouterr().out)
    assert (told["outcome"], [one["path"] for one in told["files"]]) == ("planned", FILES)
    for words in ("Bypass list: empty", "review from Code Owners", "NOVA_APP_KEY", "Pull requests: read and write"):
        assert words in told["by_hand"]
    assert told["by_hand"] == by_hand()


def test_outside_a_repository_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert init(tmp_path) == 3
    assert "this is not a git repository" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_where_the_program_comes_from_must_be_said_but_here(repository: Path) -> None:
    with pytest.raises(UsageError, match="get the improver from"):
        program_for(repository, "", "")
    assert program_for(ROOT, "", "") == OURS
    assert program_for(repository, SOURCE, "") == PROGRAM


@pytest.mark.parametrize("path", [".github", ".github/workflows", ".github/workflows/nightly.yml", "policies"])
def test_no_link_leads_out_of_the_repository(
    path: str, repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    away = tmp_path_factory.mktemp("away")
    (repository / path).parent.mkdir(parents=True, exist_ok=True)
    (repository / path).symlink_to(away / "file" if path.endswith(".yml") else away)
    with pytest.raises(RepositoryError, match="is no plain file of this repository"):
        carry_out(repository, pieces(repository, PROGRAM, "@ada"))
    assert list(away.iterdir()) == []
