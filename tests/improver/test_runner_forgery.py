"""Ways in which a tree could forge its own run: each must end without a verdict, or with a manifest not the base's."""

import sys
from collections.abc import Mapping

import pytest

from improver.policy import Policy
from improver.ports import Layout, SuiteRun
from improver.records import File
from improver.verify.configuration import Configuration, read
from improver.verify.sandbox import Sandbox
from improver.verify.suite import Rig, run_suite
from tests.improver.judging import PACKAGED

pytestmark = pytest.mark.host

GOOD = "def add(a, b):\n    return a + b\n"
BAD = "def add(a, b):\n    return a - b\n"
TESTS = """from pkg.calc import add

def test_add():
    assert add(1, 2) == 3

def test_zero():
    assert add(0, 0) == 0
"""
BASE = {"pkg/__init__.py": "", "pkg/calc.py": GOOD, "tests/test_calc.py": TESTS}
LAYOUT = Layout(("",), ("pkg",), ("tests",), sys.executable)
SECONDS = 20


def policy(**limits: int) -> Policy:
    suite = PACKAGED.gates.suite.model_copy(update={"seconds": SECONDS, **limits})
    return PACKAGED.model_copy(update={"gates": PACKAGED.gates.model_copy(update={"suite": suite})})


def run(sandbox: Sandbox, files: Mapping[str, str], **limits: int) -> SuiteRun:
    tree = {path: File(text.encode()) for path, text in files.items()}
    return run_suite(Rig(sandbox, LAYOUT, policy(**limits), Configuration()), tree, modules=("pkg.calc",))


@pytest.fixture(scope="module")
def base(strongest: Sandbox) -> SuiteRun:
    found = run(strongest, BASE)
    assert (found.trouble, found.canary, found.canaries, found.receipt.exit) == ("", "failed", 1, 1)
    assert found.modules == {"pkg.calc": "pkg/calc.py"}
    assert found.manifest == {
        f"tests/test_calc.py::{name}": "passed/passed/passed" for name in ("test_add", "test_zero")
    }
    return found


def in_product(code: str) -> dict[str, str]:
    return {"pkg/calc.py": f"{code}\n{BAD}"}


FORGERIES = {  # by files that the tests gate would replace with the base's
    "a conftest drops the tests": {"conftest.py": "def pytest_collection_modifyitems(items):\n    items[:] = []\n"}
    | in_product(""),
    "a conftest rewrites the reports": {
        "conftest.py": "import pytest\n@pytest.hookimpl(hookwrapper=True)\ndef pytest_runtest_makereport(item, call):\n"
        "    outcome = yield\n    outcome.get_result().outcome = 'passed'\n"
    }
    | in_product(""),
    "a conftest sets the exit status": {
        "conftest.py": "def pytest_sessionfinish(session):\n    session.exitstatus = 0\n"
    }
    | in_product(""),
    "a conftest takes over the protocol": {"conftest.py": "def pytest_runtest_protocol(item):\n    return True\n"}
    | in_product(""),
    "an ini file in the tree deselects": {"pytest.ini": "[pytest]\naddopts = -k zero\n"} | in_product(""),
    "a sitecustomize in the tree": {"sitecustomize.py": "import os\nos._exit(1)\n"} | in_product(""),
    "a pytest of the tree's own": {"pytest.py": "import os\nos._exit(1)\n"} | in_product(""),
}


@pytest.mark.parametrize("files", [pytest.param(files, id=name) for name, files in FORGERIES.items()])
def test_a_forgery_shows(files: dict[str, str], base: SuiteRun, strongest: Sandbox) -> None:
    found = run(strongest, BASE | files)
    told = (found.trouble, found.canary, found.canaries, found.modules, found.manifest)
    assert told != ("", base.canary, base.canaries, base.modules, base.manifest)


def test_nobody_is_handed_the_recorder_of_lines(strongest: Sandbox) -> None:
    forged = (
        "import coverage\n\nif one := coverage.Coverage.current():\n    one.get_data().add_lines({__file__: [8]})\n"
    )
    files = BASE | {"pkg/calc.py": f"{forged}{GOOD}def idle():\n    return 1\n"}
    tree = {path: File(text.encode()) for path, text in files.items()}
    found = run_suite(Rig(strongest, LAYOUT, policy(), Configuration()), tree, cover=True)
    assert (found.trouble, found.lines["pkg/calc.py"]) == ("", frozenset({1, 3, 5, 6, 7}))


def test_a_loop_without_end_is_a_timeout(strongest: Sandbox) -> None:
    found = run(strongest, BASE | in_product("while True:\n    pass\n"), seconds=2)
    assert found.trouble == "timed out after 2 s"


def test_a_flood_of_output_is_trouble(strongest: Sandbox) -> None:
    flood = "import os\nfor _ in range(3000):\n    os.write(1, b'x' * 1024)\n    os.write(2, b'x' * 1024)\n"
    found = run(strongest, BASE | in_product(f"import sys\nsys.__stdout__.flush()\n{flood}"))
    loud = {"pyproject.toml": "[tool.pytest.ini_options]\naddopts = '-s'\n"}
    tree = {path: File(text.encode()) for path, text in (BASE | loud | in_product(flood)).items()}
    shown = run_suite(Rig(strongest, LAYOUT, policy(), read(tree)), tree)
    assert (found.trouble, shown.trouble) == ("", "printed more than 1 MiB")


@pytest.mark.parametrize("name", ["unittest.py", "json.py", "coverage.py", "sitecustomize.py", "typing_extensions.py"])
def test_a_file_at_the_top_of_the_tree_hides_no_installed_module(name: str, base: SuiteRun, strongest: Sandbox) -> None:
    shadow = {name: "raise RuntimeError('taken over')\n", "tests/__init__.py": ""}
    imports = {"tests/test_more.py": f"import {name.removesuffix('.py')}\n\ndef test_more():\n    pass\n"}
    found = run(strongest, BASE | shadow | (imports if name in {"unittest.py", "json.py"} else {}))
    added = {"tests/test_more.py::test_more": "passed/passed/passed"} if name in {"unittest.py", "json.py"} else {}
    assert (found.trouble, found.manifest) == ("", {**base.manifest, **added})
