"""A project's layout: interpreter, roots, packages, tests, and the trusted form of its pytest configuration."""

import sys
from pathlib import Path

import pytest

from improver.errors import BaselineError, EnvironmentUnfit
from improver.ports import Layout
from improver.records import File, Tree
from improver.verify.configuration import obeyed, read, trusted_ini
from improver.verify.target import find_layout
from tests.improver.judging import PACKAGED


def tree(*paths: str, **texts: str) -> dict[str, File]:
    """Return a tree of empty files, and of texts for the build configuration by stem."""
    names = {"pyproject": "pyproject.toml", "setup": "setup.cfg", "pytest": "pytest.ini", "tox": "tox.ini"}
    return dict.fromkeys(paths, File(b"")) | {names[stem]: File(text.encode()) for stem, text in texts.items()}


def layout(files: Tree) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    found = find_layout(files, Path("/nowhere"), sys.executable, PACKAGED)
    return found.roots, found.packages, found.tests


PIER = ("pier/__init__.py", "pier/crane.py", "tests/test_pier.py")
LAYOUTS = [
    pytest.param(tree(*PIER, "docs/__init__.py", "examples/__init__.py"), (("",), ("pier",), ("tests",)), id="flat"),
    pytest.param(tree("src/pier/__init__.py", "test/test_a.py"), (("src",), ("pier",), ("test",)), id="below src"),
    pytest.param(
        tree("src/pier/deep/a.py", "src/one.py", "tests/test_a.py"),
        (("src",), ("one", "pier"), ("tests",)),
        id="a namespace package and a module below src",
    ),
    pytest.param(
        tree("pier.py", "setup.py", "conftest.py", "test_pier.py"),
        (("",), ("pier",), (".",)),
        id="one module with its tests beside it",
    ),
    pytest.param(
        tree(*PIER, "pier_tool.py", "stray.py", pyproject='[project]\nname = "Pier-Tool"\n'),
        (("",), ("pier", "pier_tool"), ("tests",)),
        id="a module named like the project",
    ),
    pytest.param(
        tree("lib/pier/__init__.py", "tests/test_a.py", pyproject='[tool.setuptools.packages.find]\nwhere = ["lib"]\n'),
        (("lib",), ("pier",), ("tests",)),
        id="setuptools names another root",
    ),
    pytest.param(
        tree("lib/six.py", "tests/test_a.py", setup="[options]\npackage_dir =\n    = lib\n", pyproject=""),
        (("lib",), ("six",), ("tests",)),
        id="setup.cfg names another root for a module",
    ),
    pytest.param(
        tree("py/pier/a.py", "tests/test_a.py", pyproject='[tool.poetry]\npackages = [{include="pier", from="py"}]\n'),
        (("py",), ("pier",), ("tests",)),
        id="poetry names another root",
    ),
    pytest.param(
        tree(*PIER, "examples/__init__.py", pyproject='[tool.hatch.build.targets.wheel]\npackages = ["examples"]\n'),
        (("",), ("examples", "pier"), ("tests",)),
        id="hatch names a package that we would leave out",
    ),
    pytest.param(
        tree("pier/__init__.py", "pier/tests/test_a.py", "pier/tests/deep/test_b.py", "pier/x/check_test.py"),
        (("",), ("pier",), ("pier/tests", "pier/x")),
        id="tests inside the package",
    ),
    pytest.param(
        tree(*PIER, "qa/unit/test_a.py", "qa/slow/test_b.py", pytest="[pytest]\ntestpaths = qa/* gone\n"),
        (("",), ("pier",), ("qa/slow", "qa/unit")),
        id="testpaths with a glob and one that is gone",
    ),
    pytest.param(
        tree("pier/__init__.py", "qa/check_a.py", tox="[pytest]\npython_files = check_*.py\n"),
        (("",), ("pier",), ("qa",)),
        id="test files under a name of the project's own",
    ),
    pytest.param(tree("pier.py", "tests.py"), (("",), ("pier",), ("tests.py",)), id="all tests in one file"),
    pytest.param(
        tree("pier/__init__.py", "pier/testing.py", "pier/tests.py", "pier/tests/testsea.py", "pier/tests/common.py"),
        (("",), ("pier",), ("pier/tests.py", "pier/tests/testsea.py")),
        id="test files that only unittest would find",
    ),
    pytest.param(
        tree("pier/__init__.py", "pier/tests.py", "tests/test_a.py"),
        (("",), ("pier",), ("tests",)),
        id="files that pytest would not find, beside some that it does",
    ),
]


@pytest.mark.parametrize(("files", "expected"), LAYOUTS)
def test_a_layout_is_found(files: Tree, expected: tuple[tuple[str, ...], ...]) -> None:
    assert layout(files) == expected


def test_no_tests_is_an_error_that_says_so() -> None:
    with pytest.raises(BaselineError, match="there are no tests"):
        layout(tree("pier/__init__.py", "pier/testing.py", "tests/notes.md"))


def environment(folder: Path) -> None:
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    (folder / "pyvenv.cfg").write_text(f"home = {Path(sys.executable).resolve().parent}\n")


@pytest.mark.parametrize("name", [".venv", "venv"])
def test_the_project_s_own_environment_runs_its_tests(name: str, tmp_path: Path) -> None:
    environment(tmp_path / name)
    found = find_layout(tree(*PIER), tmp_path, None, PACKAGED)
    version = sys.version_info[:3]
    assert found == Layout(("",), ("pier",), ("tests",), str(tmp_path / name / "bin" / "python"), version)


def test_a_committed_environment_is_not_the_user_s(tmp_path: Path) -> None:
    environment(tmp_path / ".venv")
    assert find_layout(tree(*PIER, ".venv/bin/python"), tmp_path, None, PACKAGED).python == sys.executable


def test_a_uv_workspace_keeps_the_environment_at_its_top(tmp_path: Path) -> None:
    environment(tmp_path / ".venv")
    (tmp_path / "uv.lock").touch()
    (tmp_path / "member").mkdir()
    found = find_layout(tree(*PIER), tmp_path / "member", None, PACKAGED)
    assert found.python == str(tmp_path / ".venv" / "bin" / "python")


@pytest.mark.parametrize(
    ("python", "text", "complaint"),
    [
        pytest.param("/no/such/python", "", "there is no such interpreter", id="a named interpreter that is not there"),
        pytest.param("/bin/false", "", "does not start", id="a named interpreter that is none"),
        pytest.param(None, '[project]\nrequires-python = ">=4"\n', "not one it runs on", id="a version we are not"),
        pytest.param(None, "[project\n", "cannot be read", id="a pyproject.toml with a typo"),
    ],
)
def test_an_unfit_environment_is_told_with_a_fix(python: str | None, text: str, complaint: str) -> None:
    with pytest.raises(EnvironmentUnfit, match=complaint) as caught:
        find_layout(tree(*PIER, pyproject=text), Path("/nowhere"), python, PACKAGED)
    assert caught.value.hint.fix


# --- configuration ------------------------------------------------------------------------------------------------

STRICT = '[tool.pytest.ini_options]\naddopts = ["-ra", "-k", "a b", "--cov=x"]\npythonpath = [".", "src"]\n'
NATIVE = '[tool.pytest]\nxfail_strict = true\nmarkers = ["host: far", "slow"]\ncache_dir = "x"\n'
INIS = [
    pytest.param(tree("a.py"), "", "[pytest]\n", id="none"),
    pytest.param(
        tree(pyproject=STRICT, tox="[pytest]\naddopts = -x\n"),
        "pyproject.toml",
        "[pytest]\naddopts =\n    -k\n    'a b'\npythonpath =\n    /src\n    /src/src\n",
        id="pyproject.toml before tox.ini",
    ),
    pytest.param(
        tree(pyproject=NATIVE),
        "pyproject.toml",
        "[pytest]\nmarkers =\n    host: far\n    slow\nxfail_strict = true\n",
        id="native types of pytest 9",
    ),
    pytest.param(tree(pyproject=STRICT, pytest="[other]\n"), "pytest.ini", "[pytest]\n", id="an empty pytest.ini wins"),
    pytest.param(
        tree(pyproject="[tool.ruff]\n", setup="[tool:pytest]\nfilterwarnings =\n    error\n    ignore::UserWarning\n"),
        "setup.cfg",
        "[pytest]\nfilterwarnings =\n    error\n    ignore::UserWarning\n",
        id="setup.cfg when nothing else speaks of pytest",
    ),
]


@pytest.mark.parametrize(("files", "origin", "text"), INIS)
def test_the_trusted_configuration_is_the_base_s_without_what_a_judge_may_not_obey(
    files: Tree, origin: str, text: str
) -> None:
    found = read(files)
    assert (found.origin, trusted_ini(found, "/src")) == (origin, text)


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        pytest.param("--cov --cov-report term -m slow", ["-m", "slow"], id="coverage"),
        pytest.param("-n auto -n4 --dist=loadfile -p xdist -pno:randomly", [], id="distribution and order"),
        pytest.param("-xvs --maxfail 1 --lf --junitxml=a.xml", ["-s"], id="stops, cache and reports"),
        pytest.param("-p pytester -W error", ["-p", "pytester", "-W", "error"], id="plugins and warnings stay"),
        pytest.param(
            "--doctest-modules --strict-markers --import-mode=importlib --ignore a",
            ["--doctest-modules", "--strict-markers", "--import-mode=importlib", "--ignore", "a"],
            id="what is collected stays",
        ),
    ],
)
def test_addopts_lose_what_would_spoil_a_verdict(words: str, kept: list[str]) -> None:
    assert obeyed(words.split()) == tuple(kept)
