"""Ways to forge a green run: each must end without a verdict, or with a manifest that is not the base's."""

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


def in_call(code: str) -> dict[str, str]:
    body = "".join(f"    {line}\n" for line in code.split("\n"))
    return {"pkg/calc.py": f"def add(a, b):\n{body}    return a - b\n"}


PIPES = "import os\nENDS = [int(n) for n in os.listdir('/proc/self/fd') if int(n) > 2]\n"
SEND = "for end in ENDS:\n    try:\n        os.write(end, DATA)\n    except OSError:\n        pass\n"
FORGED = 'DATA = b\'["0123456789abcdef0123456789abcdef", "end", 1]\\n\'\n'
PASSING = "_pytest.runner.TestReport.from_item_and_call"

FORGERIES = {
    "the product is simply broken": in_product(""),
    "the import ends the process with 0": in_product("import os\nos._exit(0)"),
    "the import ends the process with 1": in_product("import os\nos._exit(1)"),
    "a call ends the process with 1": in_call("import os\nos._exit(1)"),
    "an exit hook ends the process with 0": in_product("import atexit, os\natexit.register(os._exit, 0)"),
    "an exit hook ends the process with 1": in_product("import atexit, os\natexit.register(os._exit, 1)"),
    "pytest is asked to exit with 1": in_product("import pytest\npytest.exit('done', returncode=1)"),
    "the import raises SystemExit": in_product("raise SystemExit(1)"),
    "a call interrupts the run": in_call("raise KeyboardInterrupt"),
    "the process kills itself": in_product("import os\nos.kill(os.getpid(), 9)"),
    "every report says passed": in_product(
        f"import _pytest.runner\nmake = {PASSING}\n"
        "def forged(item, call):\n    call.excinfo = None\n    return make(item, call)\n"
        f"{PASSING} = forged"
    ),
    "reports of known tests say passed": in_product(
        f"import _pytest.runner\nmake = {PASSING}\n"
        "def forged(item, call):\n    call.excinfo = None if item.name == 'test_add' else call.excinfo\n"
        f"    return make(item, call)\n{PASSING} = forged"
    ),
    "functions are not run": in_product("import _pytest.python\n_pytest.python.Function.runtest = lambda self: None"),
    "known functions are not run": in_product(
        "import _pytest.python\nrun = _pytest.python.Function.runtest\n"
        "_pytest.python.Function.runtest = lambda self: None if self.name == 'test_add' else run(self)"
    ),
    "the code of a function is swapped": in_product(
        "import _pytest.python\ndef runtest(self):\n    pass\n"
        "_pytest.python.Function.runtest.__code__ = runtest.__code__"
    ),
    "a plugin found in memory swallows what known tests raise": in_product(
        "import gc, pytest\n"
        "class Swallow:\n"
        "    @pytest.hookimpl(hookwrapper=True, trylast=True)\n"
        "    def pytest_runtest_call(self, item):\n"
        "        outcome = yield\n"
        "        if item.name == 'test_add':\n            outcome.force_result(None)\n"
        "for thing in gc.get_objects():\n"
        "    if type(thing).__name__ == 'PytestPluginManager':\n        thing.register(Swallow())\n"
    ),
    "the product skips the module": in_product("import pytest\npytest.skip('not today', allow_module_level=True)"),
    "the product skips the test": in_call("import pytest\npytest.skip('not today')"),
    "the product expects the failure": in_call("import pytest\npytest.xfail('known')"),
    "builtins lie": in_product("import builtins\nbuiltins.AssertionError = type('Quiet', (BaseException,), {})"),
    "the report's pipe gets rubbish": in_product(f"{PIPES}DATA = b'all is well\\n'\n{SEND}"),
    "the report's pipe gets a forged end": in_product(f"{PIPES}{FORGED}{SEND}os._exit(1)"),
    "the report's pipe is closed": in_product("import os\nos.closerange(3, 256)"),
    "a child goes on and the parent leaves": in_product("import os\nif os.fork():\n    os._exit(1)"),
    "a good copy is tested instead": in_product(
        "import os, sys, types\nplace = os.environ['NOVA_SCRATCH'] + '/calc.py'\n"
        "open(place, 'w').write('def add(a, b):\\n    return a + b\\n')\n"
        "import importlib.util\nspec = importlib.util.spec_from_file_location('pkg.calc', place)\n"
        "good = importlib.util.module_from_spec(spec)\nspec.loader.exec_module(good)\nsys.modules['pkg.calc'] = good"
    ),
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
