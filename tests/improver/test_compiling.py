"""Compiled test files: made of the base, which is not run, laid beside the same files only; nothing fares otherwise."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from _pytest.assertion.rewrite import _read_pyc

from improver.ports import Layout
from improver.records import File, Tree
from improver.verify.compiled import Code, Compiled
from improver.verify.compiling import with_compiled
from improver.verify.configuration import Configuration
from improver.verify.sandbox import Sandbox, best_sandbox
from improver.verify.suite import Rig, run_suite, staged
from tests.improver.judging import PACKAGED

LAYOUT = Layout(("",), ("pkg",), ("tests",), sys.executable)
TEST = "tests/test_one.py"
TEXTS = {
    "pkg/__init__.py": "def one():\n    return 1\n",
    TEST: "import pkg\n\n\ndef test_one():\n    assert pkg.one() == 1\n",
    "tests/test_red.py": "def test_red():\n    assert [1, 2] == [1, 3]\n",
    "tests/test_loud.py": "import pathlib\n\npathlib.Path('/nowhere/at/all').touch()\n",
    "tests/test_odd.py": "def test_odd():\n    assert (1, 'is always true')\n",
    "tests/test_broken.py": "def test_broken(:\n",
}
TREE: Tree = {path: File(text.encode()) for path, text in TEXTS.items()}


@pytest.fixture
def rig(strongest: Sandbox) -> Rig:
    return Rig(strongest, LAYOUT, PACKAGED, Configuration())


@pytest.mark.host
def test_what_compiles_without_a_word_is_compiled_and_nothing_is_run(rig: Rig, tmp_path: Path) -> None:
    found = with_compiled(rig, TREE, tmp_path).compiled
    assert sorted(found.files) == ["tests/test_loud.py", TEST, "tests/test_red.py"]
    assert found.files[TEST].digest == TREE[TEST].digest


@pytest.mark.host
def test_pytest_takes_what_is_laid_and_every_test_fares_as_without_it(rig: Rig, tmp_path: Path) -> None:
    own = with_compiled(rig, TREE, tmp_path)
    with staged(own, TREE) as stage:
        top = next(mount.host for mount in stage.mounts if mount.inside == "/src")
        (laid,) = (top / "tests/__pycache__").glob("test_one.*")
        code = _read_pyc(top / TEST, laid)
    assert code is not None
    assert "_pytest.assertion.rewrite" in code.co_names
    runs = [run_suite(one, TREE) for one in (rig, own)]
    assert [run.trouble for run in runs] == ["", ""]
    assert (runs[0].manifest, runs[0].code) == (runs[1].manifest, runs[1].code)
    assert runs[1].manifest["tests/test_red.py::test_red"] == "passed/failed/passed"


@pytest.mark.host
def test_it_is_kept_and_what_was_altered_since_is_made_anew(rig: Rig, tmp_path: Path) -> None:
    first = with_compiled(rig, TREE, tmp_path)
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    assert with_compiled(replace(rig, sandbox=Blind(rig.sandbox)), TREE, tmp_path).compiled == first.compiled  # type: ignore[arg-type]
    kept.write_bytes(whole[:-2] + b" " + whole[-2:])
    assert with_compiled(rig, TREE, tmp_path).compiled == first.compiled
    assert kept.read_bytes() == whole


class Blind:
    """Sees like a sandbox and runs nothing."""

    def __init__(self, real: Sandbox) -> None:
        self.seen, self.tier = real.seen, real.tier


@pytest.mark.host
def test_where_each_run_sees_another_path_nothing_is_compiled(rig: Rig, tmp_path: Path) -> None:
    bare = replace(rig, sandbox=best_sandbox(sys.executable, hide_bwrap=True))
    assert with_compiled(bare, TREE, tmp_path) is bare
    hooked = replace(rig, configuration=Configuration("pytest.ini", {"enable_assertion_pass_hook": "true"}))
    assert with_compiled(hooked, TREE, tmp_path) is hooked


@pytest.mark.parametrize(
    ("tree", "laid"),
    [
        pytest.param(TREE, True, id="beside the very file"),
        pytest.param({**TREE, TEST: File(b"def test_one(): ...\n")}, False, id="not beside one with other bytes"),
        pytest.param({}, False, id="nowhere when the file is gone"),
        pytest.param(
            {**TREE, "tests/__pycache__/a.txt": File(b"")}, False, id="not into a folder of the project's own"
        ),
        pytest.param({**TREE, "tests/__pycache__": File(b"../..", "120000")}, False, id="not through a link"),
    ],
)
def test_code_is_laid(tree: Tree, laid: bool, tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    if TEST in tree:
        (tmp_path / TEST).write_bytes(tree[TEST].data)
    Compiled("/src", {TEST: Code(TREE[TEST].digest, ".x.pyc", bytes(16))}).lay(tree, tmp_path)
    assert (tmp_path / "tests/__pycache__/test_one.x.pyc").exists() == laid


def test_code_that_goes_by_the_time_of_its_source_gets_that_of_the_file_here(tmp_path: Path) -> None:
    (tmp_path / "test_one.py").write_bytes(TREE[TEST].data)
    code = Code(TREE[TEST].digest, ".x.pyc", b"head" + bytes(4) + b"time" + b"size" + b"code")
    Compiled("/src", {"test_one.py": code}).lay({"test_one.py": TREE[TEST]}, tmp_path)
    time = int((tmp_path / "test_one.py").stat().st_mtime).to_bytes(4, "little")
    assert (tmp_path / "__pycache__/test_one.x.pyc").read_bytes() == b"head" + bytes(4) + time + b"sizecode"
