"""What an interpreter is and has, found without importing anything of its environment."""

import subprocess
import sys
from pathlib import Path

import pytest

from improver.errors import EnvironmentUnfit
from improver.verify.interpreter import Interpreter, lent, ours, probe


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Interpreter:
    """Return an environment with one distribution: a pytest plugin whose import would fail."""
    place = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    site = next(place.glob("lib/python3*/site-packages"))
    (site / "loud.py").write_text("raise RuntimeError('imported')\n")
    (site / "py_test_loud-1.5.dist-info").mkdir()
    (site / "py_test_loud-1.5.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: Py_Test-Loud\nVersion: 1.5\n"
    )
    (site / "py_test_loud-1.5.dist-info" / "entry_points.txt").write_text("[pytest11]\nloud = loud\n")
    return probe(str(place / "bin" / "python"))


def test_an_environment_tells_what_is_installed_and_imports_nothing(bare: Interpreter) -> None:
    assert (bare.version, bare.plugins(), bare.release("py-test-loud")) == (ours().version, ("loud",), "1.5")
    assert (bare.has("loud"), bare.has("pytest"), bare.release("pytest")) == (True, False, "")


def test_it_needs_its_own_prefix_and_the_one_it_was_made_from(bare: Interpreter) -> None:
    made_from = () if bare.base_prefix.startswith("/usr") else (bare.base_prefix,)
    assert set(bare.folders) >= {bare.prefix, *made_from}


def test_only_what_is_missing_is_lent(bare: Interpreter) -> None:
    assert lent(ours()) == {}
    assert {name: place.name for name, place in lent(bare, "loud", "coverage").items() if name != "pygments"} == {
        "coverage": "coverage",
        "pytest": "pytest",
        "_pytest": "_pytest",
        "py": "py.py",
        "pluggy": "pluggy",
        "iniconfig": "iniconfig",
        "packaging": "packaging",
    }


def test_nothing_is_lent_to_a_python_that_our_pytest_does_not_run_on(bare: Interpreter) -> None:
    old = Interpreter(bare.python, (3, 9, 1), bare.prefix, bare.base_prefix, bare.paths)
    with pytest.raises(EnvironmentUnfit, match="cannot run the tests") as caught:
        lent(old)
    assert caught.value.hint.fix == f"{bare.python} -m pip install pytest"


def test_links_on_the_way_to_an_interpreter_are_needed_too(tmp_path: Path) -> None:
    (tmp_path / "alias").symlink_to(Path(sys.executable).parent.parent)
    found = probe(str(tmp_path / "alias" / "bin" / "python"))
    assert str(tmp_path / "alias") in found.folders
