"""Small real projects whose tests are odd in one way each."""

CALC = "def add(a, b):\n    return a + b\n"
PRODUCT = {"pkg/__init__.py": "", "pkg/calc.py": CALC}
PLAIN = "from pkg.calc import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n"
DOCUMENTED = 'def add(a, b):\n    """Add.\n\n    >>> add(1, 2)\n    3\n    """\n    return a + b\n'
UNITTEST = """import unittest
from pkg.calc import add

class TestParts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.two = add(1, 1)

    def test_parts(self):
        for number in range(3):
            with self.subTest(number=number):
                self.assertEqual(add(number, self.two), number + 2)

    @unittest.expectedFailure
    def test_expected(self):
        self.assertEqual(add(1, 1), 3)

class TestLater(unittest.IsolatedAsyncioTestCase):
    async def test_later(self):
        self.assertEqual(add(1, 1), 2)
"""
THREADS = """import threading
from pkg.calc import add

def test_threads():
    sums = []
    threads = [threading.Thread(target=lambda: sums.append(add(1, 1))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sums == [2] * 8

def test_a_thread_that_stays():
    threading.Thread(target=threading.Event().wait).start()
"""
CHILDREN = """import multiprocessing, subprocess, sys
import pytest
from pkg.calc import add

def test_child():
    code = "from pkg.calc import add; print(add(1, 2))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "3\\n"

@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_pool(method):
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.starmap(add, [(1, 2), (3, 4)]) == [3, 7]
"""
SPOILERS = """import builtins, gc, os, sys, time
from pkg.calc import add

def test_spoils(monkeypatch, tmp_path):
    os.chdir(tmp_path)
    os.environ.clear()
    gc.get_objects()
    sys._getframe()
    for module, name in ((os, "write"), (builtins, "open"), (time, "time"), (os, "getpid")):
        monkeypatch.setattr(module, name, lambda *_: 0)

def test_add():
    assert add(1, 2) == 3
"""
IDS = """import pytest
from pkg.calc import add

TEXTS = ["a\\nb", "ü→", "a::b", "[x]", "y" * 5000, "", "\\x00", "a/b.py", "\\udc80", " ", "\\u2028"]

@pytest.mark.parametrize("text", TEXTS)
def test_text(text):
    assert add(1, 1) == 2

@pytest.mark.parametrize("thing", [object(), lambda: 1, object()], ids=repr)
def test_thing(thing):
    assert add(1, 1) == 2
"""
RERUN = """from _pytest.runner import runtestprotocol

def pytest_runtest_protocol(item, nextitem):
    for report in runtestprotocol(item, nextitem=nextitem, log=False):
        item.ihook.pytest_runtest_logreport(report=report)
    return True
"""
SESSION = """import pytest

@pytest.fixture(scope="session", autouse=True)
def place(tmp_path_factory):
    place = tmp_path_factory.mktemp("a") / "f"
    place.write_text("x")
    yield place
    place.unlink()
"""
HYPOTHESIS = """from hypothesis import given, strategies as st
from pkg.calc import add

@given(st.integers(), st.integers())
def test_add(a, b):
    assert add(a, b) == a + b
"""


def of(test: str, **files: str) -> dict[str, str]:
    return {**PRODUCT, "tests/test_a.py": test, **{name.replace("__", "."): text for name, text in files.items()}}


def moved(product: str, test: str, **files: str) -> dict[str, str]:
    return {product: CALC, "tests/test_a.py": test, **{name.replace("__", "."): text for name, text in files.items()}}


# each has a verdict: a refactoring passes, a fault is seen
FAIR = {
    "tests that depend on their order": of(
        "from pkg.calc import add\nseen = []\ndef test_b():\n    seen.append(add(1, 2))\n"
        "def test_a():\n    assert seen == [3]\n"
    ),
    "threads, one of which stays": of(THREADS),
    "child processes and pools": of(CHILDREN),
    "tests that spoil the process": of(SPOILERS),
    "odd ids": of(IDS),
    "ids that are not escaped": of(
        "import pytest\nfrom pkg.calc import add\n@pytest.mark.parametrize('x', ['ü→', '漢\\u2028'])\n"
        "def test_x(x):\n    assert add(1, 1) == 2\n",
        pytest__ini="[pytest]\ndisable_test_id_escaping_and_forfeit_all_rights_to_community_support = true\n",
    ),
    "options of plugins that are absent or unwanted": of(
        PLAIN, pytest__ini="[pytest]\naddopts = -n 4 --dist loadscope --cov=pkg --cov-fail-under=90 -p no:randomly\n"
    ),
    "hypothesis": of(HYPOTHESIS, pytest__ini="[pytest]\naddopts = --hypothesis-show-statistics\n"),
    "doctests alone": {
        "pkg/__init__.py": "",
        "pkg/calc.py": DOCUMENTED,
        "pytest.ini": "[pytest]\naddopts = --doctest-modules\ntestpaths = pkg\n",
    },
    "doctests in a text": {
        **of(PLAIN, pytest__ini="[pytest]\naddopts = --doctest-glob=*.md\ntestpaths = README.md tests\n"),
        "README.md": ">>> from pkg.calc import add\n>>> add(1, 2)\n3\n",
    },
    "unittest classes": of(UNITTEST),
    "a session's fixture": {**of(PLAIN), "tests/conftest.py": SESSION},
    "a conftest that runs tests itself": {**of(PLAIN), "tests/conftest.py": RERUN},
    "a pytest within": {
        **of(
            f"{PLAIN}\n\ndef test_inner(pytester):\n    pytester.makepyfile('def test_x(): pass')\n"
            "    pytester.runpytest().assert_outcomes(passed=1)\n"
        ),
        "conftest.py": "pytest_plugins = ['pytester']\n",
    },
    "a namespace package": moved("ns/sub/calc.py", PLAIN.replace("pkg.", "ns.sub.")) | {"ns/sub/__init__.py": ""},
    "a namespace package in src": moved("src/ns/sub/calc.py", PLAIN.replace("pkg.", "ns.sub.")),
    "a src layout": moved("src/pkg/calc.py", PLAIN) | {"src/pkg/__init__.py": ""},
    "pytest.ini before all others": of(
        f"{PLAIN}\n\ndef check_add():\n    assert add(1, 1) == 2\n",
        pytest__ini="[pytest]\npython_functions = check_*\n",
        pyproject__toml="[tool.pytest.ini_options]\npython_functions = 'never_*'\n",
        tox__ini="[pytest]\npython_functions = never_*\n",
        setup__cfg="[tool:pytest]\npython_functions = never_*\n",
    ),
    "tox.ini before setup.cfg": of(
        PLAIN,
        pyproject__toml="[tool.black]\n",
        tox__ini="[pytest]\npython_functions = test_*\n",
        setup__cfg="[tool:pytest]\npython_functions = never_*\n",
    ),
    "a skipped file of tests and doctests": of(PLAIN, pytest__ini="[pytest]\naddopts = --doctest-modules\n")
    | {"tests/test_b.py": "import pytest\n\npytest.skip('not here', allow_module_level=True)\n"},
    "setup.cfg where no other speaks of pytest": of(
        PLAIN, tox__ini="[tox]\n", setup__cfg="[tool:pytest]\npython_functions = test_add\n"
    ),
}
TIME = "import time\nimport pytest\n"
# each has no verdict: (files, where, why, fix) are told
UNFAIR = {
    "tests that depend on the time": (
        of(f"{TIME}{PLAIN}\n\ndef test_now():\n    pytest.skip(str(time.time_ns()))\n"),
        "tests/test_a.py::test_now",
        "",
        "mend them",
    ),
    "ids that depend on the time": (
        of(f"{TIME}{PLAIN}\n\n@pytest.mark.parametrize('x', [time.time_ns()])\ndef test_now(x):\n    pass\n"),
        "tests/test_a.py::test_now[",
        "",
        "--tolerate-red",
    ),
    "a network": (
        of(f"{PLAIN}\n\ndef test_far():\n    import urllib.request as r\n    r.urlopen('http://example.invalid')\n"),
        "tests/test_a.py::test_far",
        "URLError",
        "they need a network",
    ),
    "a locale": (
        of(f"{PLAIN}\n\ndef test_comma():\n    import locale\n    locale.setlocale(locale.LC_ALL, 'xx_XX.UTF-8')\n"),
        "tests/test_a.py::test_comma",
        "unsupported locale setting",
        "they need a locale",
    ),
    "a writable source tree": (
        of(f"{PLAIN}\n\ndef test_out():\n    open('out.txt', 'w')\n"),
        "tests/test_a.py::test_out",
        "Read-only file system",
        "let them write to tmp_path",
    ),
    "more space than there is": (
        of(f"{PLAIN}\n\ndef test_heap(tmp_path):\n    (tmp_path / 'heap').write_bytes(bytes(300 << 20))\n"),
        "tests/test_a.py::test_heap",
        "No space left on device",
        "let pytest remove what passed tests wrote",
    ),
    "a terminal": (
        of(f"{PLAIN}\n\ndef test_screen():\n    open('/dev/tty')\n"),
        "tests/test_a.py::test_screen",
        "/dev/tty",
        "they need a terminal",
    ),
    "async tests without their plugin": (
        of(f"{PLAIN}\n\nasync def test_later():\n    pass\n"),
        "tests/test_a.py::test_later",
        "async def functions are not natively supported",
        "install the plugin",
    ),
    "an option of an absent plugin": (
        of(PLAIN, pytest__ini="[pytest]\naddopts = --timeout=30\n"),
        "tests",
        "unrecognized arguments: --timeout=30",
        "install the pytest plugins",
    ),
    "a strict configuration of an absent plugin": (
        of(PLAIN, pytest__ini="[pytest]\nasyncio_mode = auto\nfilterwarnings = error\n"),
        "tests",
        "Unknown config option: asyncio_mode",
        "install the pytest plugins",
    ),
    "a file of tests and doctests that cannot be imported": (
        of(f"import nosuchpackage\n{PLAIN}", pytest__ini="[pytest]\naddopts = --doctest-modules\n"),
        "tests/test_a.py",
        "No module named 'nosuchpackage'",
        "install what the tests import",
    ),
    "a module that is not installed": (
        of(f"import nosuchpackage\n{PLAIN}"),
        "tests/test_a.py",
        "No module named 'nosuchpackage'",
        "install what the tests import",
    ),
    "a test that cannot be read": (of("def test_a(:\n"), "tests/test_a.py", "SyntaxError", "mend them"),
    "no test": (of("x = 1\n"), "tests", "there are no tests", "see that `pytest` runs"),
    "a session's fixture that breaks at the end": (
        {**of(PLAIN), "tests/conftest.py": SESSION.replace("place.unlink()", "raise OSError('late')")},
        "[session teardown]",
        "OSError: late",
        "mend them",
    ),
    "a class that cannot be set up": (
        of(UNITTEST.replace("cls.two = add(1, 1)", "raise OSError('no disk')")),
        "tests/test_a.py::TestParts::test_expected, tests/test_a.py::TestParts::test_parts",
        "no disk",
        "mend them",
    ),
    "tests that leave": (
        of(f"{PLAIN}\n\ndef test_leaves():\n    import os\n    os._exit(0)\n"),
        "tests",
        "the report breaks off",
        "see that `pytest` runs",
    ),
    "a suite that takes longer than the policy allows": (
        of(f"{PLAIN}\n\ndef test_long():\n    import time\n    time.sleep(600)\n"),
        "tests",
        "timed out after 5 s",
        "limits are in policies/gates.yaml",
    ),
    "a suite that prints without end": (
        of(f"{PLAIN}\n\ndef test_loud():\n    print('x' * 3000000)\n", pytest__ini="[pytest]\naddopts = -s\n"),
        "tests",
        "printed more than 1 MiB",
        "limits are in policies/gates.yaml",
    ),
}
