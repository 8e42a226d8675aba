"""The rules of the house that no off-the-shelf tool checks: sizes, docstrings, layers, words, lazy imports."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = sorted([*ROOT.glob("improver/**/*.py"), *ROOT.glob("nova/**/*.py")])
TESTS = sorted(ROOT.glob("tests/**/*.py"))
BENCHMARKS = [path for path in sorted(ROOT.glob("benchmarks/**/*.py")) if "work" not in path.relative_to(ROOT).parts]
FILE_LINES = 300
FUNCTION_LINES = 40
TEST_FILE_LINES = 600
FORBIDDEN_MODULES = {"utils", "helpers", "common", "base", "core", "services", "manager"}
HEAVY = ("libcst", "git", "griffe", "pydantic", "coverage", "pytest", "sqlite3", "anthropic", "dbos", "mcp", "fastapi")
REGISTRIES = re.compile("py" + r"pi\.org|files\.python" + r"hosted|registry\.npm" + r"js|deb\.debian" + r"\.org")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_bytes())
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


@pytest.mark.parametrize("path", [*PRODUCT, *BENCHMARKS], ids=name_of)
def test_a_product_file_stays_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= FILE_LINES


@pytest.mark.parametrize("path", TESTS, ids=name_of)
def test_a_test_file_stays_readable(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= TEST_FILE_LINES


@pytest.mark.parametrize("path", [*PRODUCT, *BENCHMARKS], ids=name_of)
def test_a_function_stays_small(path: Path) -> None:
    long = [f"{node.name}:{node.lineno}" for node in functions(path) if _length(node) > FUNCTION_LINES]
    assert long == []


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("path", [*PRODUCT, *TESTS, *BENCHMARKS], ids=name_of)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    if path.name == "__init__.py":
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 5
    else:
        assert ast.get_docstring(ast.parse(path.read_bytes()))


@pytest.mark.parametrize("path", PRODUCT, ids=name_of)
def test_no_module_has_a_name_that_says_nothing(path: Path) -> None:
    assert not FORBIDDEN_MODULES & {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}


@pytest.mark.parametrize("path", PRODUCT, ids=name_of)
def test_no_function_tunnels_keyword_arguments(path: Path) -> None:
    if "ParamSpec" not in path.read_text(encoding="utf-8"):  # which types what passes through
        assert [node.name for node in functions(path) if _tunnels(node)] == []


def _tunnels(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    taken = function.args.kwarg
    spread = [
        word.value
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        for word in node.keywords
        if not word.arg
    ]
    return taken is not None and any(isinstance(value, ast.Name) and value.id == taken.arg for value in spread)


@pytest.mark.host
def test_imports_point_downward() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.host
@pytest.mark.parametrize(
    "command", [["ruff", "check", "--no-cache"], ["ruff", "format", "--check", "--no-cache"], ["mypy"]], ids=" ".join
)
def test_the_checkers_find_nothing(command: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from improver.cli.main import main\n"
        "code = main(['--help'])\n"
        f"heavy = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "print('HEAVY', code, heavy)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "HEAVY 0 []"


@pytest.mark.host
def test_no_tracked_file_names_a_package_registry() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    naming = [
        name
        for name in listed.split("\0")
        if name and (ROOT / name).is_file() and REGISTRIES.search((ROOT / name).read_text("utf-8", errors="replace"))
    ]
    assert naming == []
