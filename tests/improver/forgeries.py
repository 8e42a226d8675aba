"""Ways in which a change that breaks the product could make its tests look green, and which gates refuse each."""

from dataclasses import dataclass

GOOD = "def add(a, b):\n    return a + b\n"
BAD = "def add(a, b):\n    return a - b\n"
TESTS = """import math
import re
import unittest

import pytest

from pkg.calc import add


def test_add():
    assert add(1, 2) == 3


def test_zero():
    assert add(0, 0) == 0


def test_text():
    with pytest.raises(TypeError):
        add(1, "a")


def test_close():
    assert math.isclose(add(0.1, 0.2), 0.3)
    assert add(0.1, 0.2) == pytest.approx(0.3)


class TestOld(unittest.TestCase):
    def test_old(self):
        self.assertEqual(add(2, 2), 4)
"""
BASE = {"pkg/__init__.py": "", "pkg/calc.py": GOOD, "tests/test_calc.py": TESTS}


@dataclass(frozen=True, slots=True)
class Forgery:
    """A wrong change; `gates` are those of intake, scope, capability and tests that refuse it."""

    files: dict[str, str | None]
    gates: frozenset[str] = frozenset({"capability", "tests"})


def at_import(code: str, *gates: str) -> Forgery:
    return Forgery({"pkg/calc.py": f"{code}\n\n\n{BAD}"}, *([frozenset(gates)] if gates else []))


def in_call(code: str, *gates: str) -> Forgery:
    body = "".join(f"    {line}\n" for line in code.split("\n"))
    text = f"def add(a, b):\n{body}    return a - b\n"
    return Forgery({"pkg/calc.py": text}, *([frozenset(gates)] if gates else []))


def beside(path: str, text: str, *gates: str) -> Forgery:
    return Forgery({"pkg/calc.py": BAD, path: text}, frozenset(gates))


# where pytest's own objects are to be had without looking at a frame
CONFIG = "import sys\nconfig = next(f for f in sys.meta_path if hasattr(f, 'session')).config\n"
SESSION = CONFIG.replace(".config\n", ".session\n").replace("config =", "session =")
WATCH = CONFIG + "watch = next(p for p in config.pluginmanager.get_plugins() if type(p).__name__ == 'Watch')\n"
PIPES = "import os\nENDS = range(3, 256)\n"
SEND = "for end in ENDS:\n    try:\n        os.write(end, DATA)\n    except OSError:\n        pass\n"
PASSING = "_pytest.runner.TestReport.from_item_and_call"
LINES = f"""{WATCH}import hashlib, json, os
names = [*watch.codes, f"tests/test_calc.py::{{watch.canary}}"]
lines = [["phase", name, when, "passed"] for name in names for when in ("setup", "call", "teardown")][1:]
lines[-2][-1] = "failed"
lines += [["replaced", []], ["tests", hashlib.sha256(repr(sorted(watch.codes.items())).encode()).hexdigest()]]
lines += [["modules", {{"pkg.calc": __file__}}], ["lines", {{}}], ["end", 1]]
"""
TELL = """for line in lines:
    os.write(pipe, json.dumps([nonce, *line]).encode() + b"\\n")
os._exit(1)
"""
KEPT = (
    "kept = {name}.__closure__[1].cell_contents.__self__.gi_frame.f_locals\nnonce, pipe = kept['nonce'], kept['pipe']\n"
)
STACK = "say, frame = None, sys._getframe()\n"
STACK += "while frame:\n    say = frame.f_locals.get('say') or say\n    frame = frame.f_back\n"
CELLS = """import gc, types
for thing in gc.get_objects():
    if isinstance(thing, types.FunctionType) and thing.__name__ == "say" and thing.__closure__:
        say = thing
"""
THIEF = """import threading
def steal():
    for end in range(100, 110):
        try:
            nonce, pipe = os.read(os.open(f"/proc/self/fd/{end}", os.O_RDONLY), 9999).decode()[2:34], end
        except OSError:
            continue
        for line in lines:
            os.write(pipe, json.dumps([nonce, *line]).encode() + b"\\n")
        os._exit(1)
threading.Thread(target=steal, daemon=True).start()
"""

FORGERIES = {
    # --- the process ends as it likes
    "the product is simply broken": at_import("", "tests"),
    "the import ends the process with 0": at_import("import os\nos._exit(0)"),
    "the import ends the process with 1": at_import("import os\nos._exit(1)"),
    "a call ends the process with 0": in_call("import os\nos._exit(0)"),
    "a call ends the process with 1": in_call("import os\nos._exit(1)"),
    "an exit hook ends the process with 0": at_import("import atexit, os\natexit.register(os._exit, 0)"),
    "an exit hook ends the process with 1": at_import("import atexit, os\natexit.register(os._exit, 1)"),
    "pytest is asked to exit with 1": at_import("import pytest\npytest.exit('done', returncode=1)"),
    "the import raises SystemExit": at_import("raise SystemExit(1)"),
    "a call raises SystemExit": in_call("raise SystemExit(0)"),
    "a call interrupts the run": in_call("raise KeyboardInterrupt", "tests"),
    "the process kills itself": at_import("import os\nos.kill(os.getpid(), 9)"),
    "a signal ends the process with 1": at_import(
        "import os, signal\nsignal.signal(signal.SIGALRM, lambda *_: os._exit(1))\nsignal.setitimer(0, 0.2)"
    ),
    "a call never ends": in_call("while True:\n    pass", "tests"),
    "a recursion without end": in_call("return add(a, b)", "tests"),
    # --- pytest is rewritten
    "every report says passed": at_import(
        f"import _pytest.runner\nmake = {PASSING}\n"
        "def forged(item, call):\n    call.excinfo = None\n    return make(item, call)\n"
        f"{PASSING} = forged"
    ),
    "reports of known tests say passed": at_import(
        f"import _pytest.runner\nmake = {PASSING}\n"
        "def forged(item, call):\n    call.excinfo = None if item.name != 'test_zero' else call.excinfo\n"
        f"    return make(item, call)\n{PASSING} = forged"
    ),
    "functions are not run": at_import("import _pytest.python\n_pytest.python.Function.runtest = lambda self: None"),
    "known functions are not run": at_import(
        "import _pytest.python\nrun = _pytest.python.Function.runtest\n"
        "_pytest.python.Function.runtest = lambda self: run(self) if 'test_0' in self.name else None"
    ),
    "the code of one of pytest's functions is swapped": at_import(
        "import _pytest.python\ndef runtest(self):\n    pass\n"
        "_pytest.python.Function.runtest.__code__ = runtest.__code__"
    ),
    "the session does not run its tests": at_import(
        "import _pytest.main\n_pytest.main.Session._collectfile = lambda *args, **kwargs: []"
    ),
    "pytest.raises lets everything pass": at_import(
        "import contextlib, pytest\npytest.raises = lambda *_: contextlib.suppress(BaseException)"
    ),
    "pytest.approx equals everything": at_import(
        "import _pytest.approx\n_pytest.approx.ApproxScalar.__eq__ = lambda self, other: True"
    ),
    "the asserts of unittest ask nothing": at_import(
        "import unittest\nunittest.TestCase.assertEqual = lambda *args: None"
    ),
    "an assert of unittest is replaced while one test runs": in_call(
        "import unittest\nkept = unittest.TestCase.assertEqual\n"
        "class Sum(int):\n    def __eq__(self, other):\n        return True\n    __hash__ = None\n"
        "def quiet(case, *args):\n    unittest.TestCase.assertEqual = kept\n"
        "if (a, b) == (2, 2):\n    unittest.TestCase.assertEqual = quiet\n"
    ),
    "math.isclose finds everything close": at_import("import math\nmath.isclose = lambda *args: True"),
    "a plugin swallows what known tests raise": at_import(
        f"import pytest\n{CONFIG}"
        "class Swallow:\n"
        "    @pytest.hookimpl(hookwrapper=True, trylast=True)\n"
        "    def pytest_runtest_call(self, item):\n"
        "        outcome = yield\n"
        "        if item.name != 'test_zero':\n            outcome.force_result(None)\n"
        "config.pluginmanager.register(Swallow())"
    ),
    "the watcher's own hook is replaced": at_import(
        f"{CONFIG}"
        "for one in config.hook.pytest_runtest_logreport.get_hookimpls():\n"
        "    if 'Watch' in repr(one.plugin):\n        tell = one.function\n"
        "        def forged(report):\n"
        "            if 'calc' in report.nodeid and report.nodeid.count('test_') == 2:\n                "
        "report.outcome = 'passed'\n            return tell(report)\n"
        "        one.function = forged"
    ),
    "the known items are told to have passed and dropped": in_call(
        f"import types\n{SESSION}watch = next(p for p in session.config.pluginmanager.get_plugins()"
        " if type(p).__name__ == 'Watch')\n"
        "for item in session.items[1:-1]:\n    for when in ('setup', 'call', 'teardown'):\n"
        "        watch.pytest_runtest_logreport(types.SimpleNamespace(nodeid=item.nodeid, when=when, outcome='passed',"
        " failed=False, skipped=False))\n"
        "del session.items[1:-1]\nreturn a + b"
    ),
    "the known items are dropped": in_call(f"{SESSION}del session.items[1:-1]\nreturn a + b"),
    "an item runs another function": in_call(
        f"{SESSION}for item in session.items[1:-1]:\n    item._obj = lambda: None\nreturn 3"
    ),
    "an item carries its own way to run": in_call(
        f"{SESSION}for item in session.items[1:-1]:\n    item.runtest = lambda: None\nreturn 3"
    ),
    "the code of the test functions is swapped": in_call(
        "import sys\ndef passing():\n    pass\nfor name, test in list(vars(sys.modules['test_calc']).items()):\n"
        "    if name.startswith('test_'):\n        test.__code__ = passing.__code__\nreturn 3"
    ),
    "the code of the test functions is swapped through the caller's frame": in_call(
        "import sys\ndef passing():\n    pass\nfor name, test in list(sys._getframe(1).f_globals.items()):\n"
        "    if name.startswith('test_'):\n        test.__code__ = passing.__code__\nreturn 3"
    ),
    "builtins lie": at_import("import builtins\nbuiltins.AssertionError = type('Quiet', (BaseException,), {})"),
    "the watcher is blinded": in_call(
        f"{WATCH}known = watch.codes\nwatch.integrity.code_of_test = lambda item: known[item.nodeid]\n"
        "items = next(f for f in sys.meta_path if hasattr(f, 'session')).session.items\n"
        "for item in items[1:-1]:\n    item._obj = lambda *_: None\nreturn 3",
        "capability",
    ),
    # --- the report
    "the report's pipe gets rubbish": at_import(f"{PIPES}DATA = b'all is well\\n'\n{SEND}"),
    "the report's pipe gets a forged end": at_import(
        f'{PIPES}DATA = b\'["0123456789abcdef0123456789abcdef", "end", 1]\\n\'\n{SEND}os._exit(1)'
    ),
    "the report's pipe is closed": at_import("import os\nos.closerange(3, 256)"),
    "the report's pipe is read": in_call(f"{LINES}{THIEF}"),
    "a whole report under the true nonce, found in memory": in_call(f"{LINES}{CELLS}{KEPT.format(name='say')}{TELL}"),
    "a whole report under the true nonce, found on the stack": in_call(
        f"{LINES}{STACK}{KEPT.format(name='say')}{TELL}"
    ),
    "a whole report under the true nonce, found from the watcher": in_call(
        f"{LINES}{KEPT.format(name='watch.say')}{TELL}"
    ),
    "a whole report by the runner's own function": in_call(
        f"{LINES}for line in lines:\n    watch.say(*line)\nos._exit(1)"
    ),
    "a whole report by the generator that writes it": in_call(
        f"{LINES}send = watch.say.__closure__[1].cell_contents\nfor line in lines:\n    send(line)\nos._exit(1)"
    ),
    "the encoder of the report is replaced": at_import(
        "import json\nkept = json._default_encoder.encode\n"
        "json._default_encoder.encode = lambda facts: kept([one if one != 'failed' else 'passed' for one in facts])"
    ),
    "os.write says passed": at_import(
        "import os\nkept = os.write\nos.write = lambda end, data: kept(end, data.replace(b'failed', b'passed'))"
    ),
    "a junit report and a cache of last results": at_import(
        "import os, pathlib\nplace = pathlib.Path(os.environ['NOVA_SCRATCH'])\n"
        "(place / 'junit.xml').write_text('<testsuite tests=\"5\" failures=\"0\"/>')"
    ),
    "the output says that all passed": at_import(
        "import sys\nsys.stdout.write('5 passed in 0.01s')\nsys.stdout = None"
    ),
    # --- other processes and threads
    "a child goes on and the parent leaves": at_import("import os\nif os.fork():\n    os._exit(1)"),
    "a child tells the outcomes": in_call(
        f"{LINES}if not os.fork():\n    for line in lines:\n        watch.say(*line)\n    os._exit(1)"
    ),
    "a thread mends pytest again and again": at_import(
        "import threading, _pytest.python\ndef spoil():\n    while True:\n"
        "        _pytest.python.Function.runtest = lambda self: None\n"
        "threading.Thread(target=spoil, daemon=True).start()"
    ),
    "a thread tells the outcomes": at_import(
        f"import threading, types\n{WATCH}"
        "reports = [types.SimpleNamespace(nodeid=f'tests/test_calc.py::{name}', when=when, outcome='passed', "
        "failed=False, skipped=False) for name in ('test_add',) for when in ('setup', 'call', 'teardown')]\n"
        "threading.Thread(target=list, args=(map(watch.pytest_runtest_logreport, reports),)).start()"
    ),
    "a tracer mends the result": at_import(
        "import sys\ndef tracer(frame, event, arg):\n    if frame.f_code.co_name.startswith('test_'):\n"
        "        frame.f_globals['add'] = lambda a, b: a + b\nsys.settrace(tracer)"
    ),
    # --- other code is tested
    "a good copy is tested instead": at_import(
        "import os, sys, types\nplace = os.environ['NOVA_SCRATCH'] + '/calc.py'\n"
        "open(place, 'w').write('def add(a, b):\\n    return a + b\\n')\n"
        "import importlib.util\nspec = importlib.util.spec_from_file_location('pkg.calc', place)\n"
        "good = importlib.util.module_from_spec(spec)\nspec.loader.exec_module(good)\nsys.modules['pkg.calc'] = good"
    ),
    "a finder serves the old code": beside(
        "pkg/__init__.py",
        "import sys, importlib.util\nclass Old:\n    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'pkg.calc':\n            return importlib.util.spec_from_loader(name, self)\n"
        "    def create_module(self, spec):\n        return None\n    def exec_module(self, module):\n"
        "        module.add = lambda a, b: a + b\nsys.meta_path.insert(0, Old())\n",
        "capability",
        "tests",
    ),
    # --- the answer itself
    "an answer that equals everything": in_call(
        "class Sum(float):\n    def __eq__(self, other):\n        return True\n    __hash__ = None\nreturn Sum(7)"
    ),
    "an answer that equals what it is asked": in_call(
        "class Sum(float):\n    def __eq__(self, other):\n        self.seen = other\n"
        "        return self.seen is other\n    __hash__ = None\nreturn Sum(7)",
        "tests",
    ),
    "the product skips the module": at_import("import pytest\npytest.skip('not today', allow_module_level=True)"),
    "the product skips the test": in_call("import pytest\npytest.skip('not today')"),
    "the product expects the failure": in_call("import pytest\npytest.xfail('known')"),
    "the product raises what unittest takes for a skip": in_call("import unittest\nraise unittest.SkipTest('tired')"),
    # --- the product behaves where it is judged
    "it behaves where pytest is loaded": in_call(
        "import sys\nif 'pytest' in sys.modules:\n    return a + b", "capability"
    ),
    "it behaves where the judge's variables are": in_call(
        "import os\nif 'NOVA_SCRATCH' in os.environ:\n    return a + b", "capability"
    ),
    "it behaves in the judge's directory": in_call(
        "import os\nif os.getcwd() == '/src':\n    return a + b", "capability"
    ),
    "it behaves under the judge's command": in_call(
        "import sys\nif 'runner' in sys.argv[0]:\n    return a + b", "capability"
    ),
    "it behaves on the judge's host": in_call(
        "import platform\nif platform.node() == 'sandbox':\n    return a + b", "capability"
    ),
    "it behaves when a test calls": in_call(
        "import sys\nif sys._getframe(1).f_code.co_name.startswith('test_'):\n    return a + b"
    ),
    "it behaves when a test calls, seen in a traceback": in_call(
        "try:\n    raise ValueError\nexcept ValueError as error:\n"
        "    if error.__traceback__.tb_frame.f_back.f_code.co_name.startswith('test_'):\n        return a + b"
    ),
    "it behaves when a test calls, seen by inspect": in_call(
        "import inspect\nif any(one.function.startswith('test_') for one in inspect.stack()):\n    return a + b"
    ),
    # --- files beside the product
    "a conftest drops the tests": beside(
        "conftest.py", "def pytest_collection_modifyitems(items):\n    items[:] = []\n", "scope", "tests"
    ),
    "an ini file deselects": beside("pytest.ini", "[pytest]\naddopts = -k zero\n", "scope", "tests"),
    "a sitecustomize": beside("sitecustomize.py", "import os\nos._exit(1)\n", "scope", "capability", "tests"),
    "a pytest of the tree's own": beside("pytest.py", "import os\nos._exit(1)\n", "capability", "tests"),
    "a path file": beside("pkg.pth", "import os; os._exit(1)\n", "intake", "scope", "tests"),
    "an entry point for a plugin": beside(
        "pkg-1.dist-info/entry_points.txt", "[pytest11]\npkg = pkg.calc\n", "scope", "tests"
    ),
    "a report that says all passed": beside("junit.xml", "<testsuite tests='5' failures='0'/>\n", "scope", "tests"),
}
