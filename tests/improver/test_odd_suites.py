"""An odd suite gets the right verdict, or an error that says what, where, why and what to do."""

import dataclasses
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

import pytest

from improver.errors import BaselineError
from improver.gate import Candidate
from improver.gates import tests as suite
from improver.policy import Policy
from improver.records import Change, Edit, File, Ruling, Safety, Tree
from improver.verify import configuration
from improver.verify.bench import SandboxBench, demand_green, measure
from improver.verify.ruff import RuffTool
from improver.verify.sandbox import Sandbox, best_sandbox
from improver.verify.suite import Rig
from improver.verify.target import find_layout
from tests.improver.judging import PACKAGED
from tests.improver.odd_suites import FAIR, PLAIN, PRODUCT, UNFAIR

pytestmark = pytest.mark.host
BETTER, WORSE = "    total = a + b\n    return total\n", "    return a - b\n"


def limited(seconds: int, runs: int = 2) -> Policy:
    limits = PACKAGED.gates.suite.model_copy(update={"seconds": seconds, "flake_runs": runs})
    return PACKAGED.model_copy(update={"gates": PACKAGED.gates.model_copy(update={"suite": limits})})


def rig_for(tree: Tree, sandbox: Sandbox, policy: Policy) -> Rig:
    layout = find_layout(tree, Path("/nowhere"), sandbox.python, policy)
    return Rig(sandbox, layout, policy, configuration.read(tree))


def judged(rig: Rig, base: Tree, path: str, cache: Path) -> list[Ruling]:
    """Return how the whole gate rules on a refactoring of `path` and on a fault in it, after a baseline of its own."""
    baseline = measure(rig, base, cache, key="k")
    demand_green(baseline)
    bench = SandboxBench(RuffTool(), rig, baseline.run, base)
    rulings = []
    for new in (BETTER, WORSE):
        after = base[path].data.replace(b"    return a + b\n", new.encode())
        change = Change("rename", Safety.COVERED, (Edit(path, base[path], File(after)),), "t", "w")
        rulings.append(suite.tests(Candidate(base, change, rig.policy, bench)).ruling)
    return rulings


def tree_of(files: Mapping[str, str]) -> dict[str, File]:
    return {path: File(text.encode()) for path, text in files.items()}


@pytest.mark.parametrize("files", [pytest.param(files, id=name) for name, files in FAIR.items()])
def test_an_odd_suite_has_a_verdict(files: dict[str, str], strongest: Sandbox, tmp_path: Path) -> None:
    base = tree_of(files)
    (path,) = (path for path in base if path.endswith("calc.py"))
    assert judged(rig_for(base, strongest, limited(60, 1)), base, path, tmp_path) == [Ruling.PASS, Ruling.FAIL]


@pytest.mark.parametrize(
    ("files", "where", "why", "fix", "policy"),
    [
        pytest.param(*told, limited(5 if "longer" in name else 60, 2 if "the time" in name else 1), id=name)
        for name, told in UNFAIR.items()
    ],
)
def test_a_suite_without_a_verdict_is_explained(
    files: dict[str, str], where: str, why: str, fix: str, policy: Policy, strongest: Sandbox, tmp_path: Path
) -> None:
    base = tree_of(files)
    with pytest.raises(BaselineError) as caught:
        demand_green(measure(rig_for(base, strongest, policy), base, tmp_path, key="k"))
    hint = caught.value.hint
    assert hint.where == where
    assert why in hint.why
    assert fix in hint.fix


def test_a_candidate_that_takes_too_long_is_refused_by_name_of_the_limit(strongest: Sandbox, tmp_path: Path) -> None:
    base = tree_of({**PRODUCT, "tests/test_a.py": PLAIN})
    rig = rig_for(base, strongest, limited(60, 1))
    run = measure(rig, base, tmp_path, key="k").run
    bench = SandboxBench(RuffTool(), dataclasses.replace(rig, policy=limited(4)), run, base)
    edit = Edit("pkg/calc.py", base["pkg/calc.py"], File(b"def add(a, b):\n    while True:\n        pass\n"))
    candidate = Candidate(base, Change("r", Safety.COVERED, (edit,), "t", "w"), rig.policy, bench)
    result = suite.tests(candidate)
    assert (result.ruling, result.reasons) == (Ruling.FAIL, ("timed out after 4 s",))


# --- what lies outside of the tree's own text ---------------------------------------------------------------------

FAST = """#include <Python.h>
static PyObject *three(PyObject *self, PyObject *none) { return PyLong_FromLong(3); }
static PyMethodDef methods[] = {{"three", three, METH_NOARGS, ""}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "fast", "", -1, methods};
PyMODINIT_FUNC PyInit_fast(void) { return PyModule_Create(&module); }
"""


def test_a_native_module_in_the_tree_is_loaded(strongest: Sandbox, tmp_path: Path) -> None:
    headers = sysconfig.get_path("include")
    if shutil.which("gcc") is None or not (Path(headers) / "Python.h").exists():
        pytest.skip("there is no C compiler, or no header of this Python")
    (tmp_path / "fast.c").write_text(FAST)
    made = tmp_path / "fast.so"
    subprocess.run(["gcc", "-shared", "-fPIC", f"-I{headers}", "-o", made, tmp_path / "fast.c"], check=True)
    test = f"{PLAIN}\n\ndef test_fast():\n    from pkg.fast import three\n    assert add(1, 2) == three()\n"
    base = tree_of({**PRODUCT, "tests/test_a.py": test})
    base["pkg/fast.so"] = File(made.read_bytes())
    assert judged(rig_for(base, strongest, limited(60, 1)), base, "pkg/calc.py", tmp_path) == [Ruling.PASS, Ruling.FAIL]


FINDER = """import importlib.util, sys
class Installed:
    def find_spec(self, name, path=None, target=None):
        if name.startswith("pkg"):
            return importlib.util.spec_from_file_location(name, PLACE + name.replace(".", "/") + ".py")
sys.meta_path.insert(0, Installed())
"""
WRONG = "def add(a, b):\n    return 3\n"


@pytest.fixture(params=["a path", "a finder"])
def editable(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the interpreter of an environment into which an older copy of the project was installed as editable."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True)
    site = next(tmp_path.glob("venv/lib/python3*/site-packages"))
    copy = site / "checkout"
    (copy / "pkg").mkdir(parents=True)
    (copy / "pkg" / "__init__.py").write_text("")
    (copy / "pkg.py").write_text("__path__ = []\n")
    (copy / "pkg" / "calc.py").write_text(WRONG)
    if request.param == "a finder":
        (site / "__editable___pkg_finder.py").write_text(FINDER.replace("PLACE", repr(f"{copy}/")))
        (site / "pkg.pth").write_text("import __editable___pkg_finder\n")
    else:
        (site / "pkg.pth").write_text(f"{copy}\n")
    return str(tmp_path / "venv" / "bin" / "python")


def test_the_tree_wins_over_an_editable_install(editable: str, tmp_path: Path) -> None:
    sandbox = best_sandbox(editable)
    told = subprocess.check_output([editable, "-c", "import pkg.calc; print(pkg.calc.__file__)"], text=True)
    assert "checkout" in told
    base = tree_of({**PRODUCT, "tests/test_a.py": f"{PLAIN}\n\ndef test_zero():\n    assert add(0, 0) == 0\n"})
    assert judged(rig_for(base, sandbox, limited(60, 1)), base, "pkg/calc.py", tmp_path) == [Ruling.PASS, Ruling.FAIL]


def test_an_installed_plugin_is_loaded_with_its_options(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True)
    site = next(tmp_path.glob("venv/lib/python3*/site-packages"))
    known = site / "pytest_tide-1.0.dist-info"
    known.mkdir()
    (known / "METADATA").write_text("Metadata-Version: 2.1\nName: pytest-tide\nVersion: 1.0\n")
    (known / "entry_points.txt").write_text("[pytest11]\ntide = pytest_tide\n")
    (site / "pytest_tide.py").write_text(
        "import pytest\n\ndef pytest_addoption(parser):\n    parser.addoption('--tide')\n\n"
        "@pytest.fixture\ndef tide(request):\n    return int(request.config.getoption('--tide'))\n"
    )
    test = f"{PLAIN}\n\ndef test_tide(tide):\n    assert add(1, 2) == tide\n"
    base = tree_of({**PRODUCT, "tests/test_a.py": test, "pytest.ini": "[pytest]\naddopts = --tide=3\n"})
    python = str(tmp_path / "venv" / "bin" / "python")
    assert judged(rig_for(base, best_sandbox(python), limited(60, 1)), base, "pkg/calc.py", tmp_path) == [
        Ruling.PASS,
        Ruling.FAIL,
    ]
