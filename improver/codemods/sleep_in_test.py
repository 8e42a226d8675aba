"""Wait for what a test asserts instead of a fixed time: ``time.sleep(1)`` before ``assert done.is_set()``."""

import ast
import re
from dataclasses import dataclass

from improver.codemod import Abstain, Codemod, Rewrite, Site, fitted, replaced
from improver.names import mentioned
from improver.records import Safety
from improver.rewriting.blocks import own_lines
from improver.rewriting.origins import called, origin
from improver.rewriting.raising import last_name, test_around
from improver.source import Source

LONGEST = 5  # seconds to wait at most, or TIMES what was slept
TIMES = 10
STEP = 0.01
HAPPENED = frozenset({"is_set", "done", "exists", "is_file", "is_dir", "lexists", "isfile", "isdir"})
STEERED = re.compile(
    r"freez|time_machine|(?:patch|setattr)\w*\([^)]*(?:\btime\b|sleep)", re.IGNORECASE
)  # the clock may not be the clock
OF_THE_SLEEP = re.compile(r"\d|sleep|second|wait|timeout|enough", re.IGNORECASE)  # would no longer be true
_HEAD = "import threading\nimport time\n\n\ndef test_f(x):\n    "  # of the traps


class SleepInTest(Codemod):
    """Poll for the event that is asserted right after a sleep."""

    TITLE = "Wait for what is asserted, not for a fixed time"
    WHY = "A fixed time is too short on a busy machine and too long on every other."
    SAFE_WHEN = (
        "A sleep of constant length stands right before an assertion that something has happened which does not"
        " unhappen: an event is set, a thread or process has ended, a future is done, a file is there. An assertion"
        " that something still holds, or has not happened, needs the time that passes and is left alone, and so is"
        " every comparison of values, since it may have held before. Nothing in the file replaces the clock. The same"
        " is asserted, and for at least as long."
    )
    SAFETY = Safety.CHANGED_TEST
    VALUE = 4
    NODES = (ast.Expr,)
    TESTS = True

    def suspects(self, node: ast.AST, source: Source) -> str | None:
        """Say which sleep waits for an event by guessing its time."""
        assert isinstance(node, ast.Expr), "NODES names nothing else"
        wait = _wait_at(node, source)
        if wait is None or test_around(node, source) is None or STEERED.search(source.text):
            return None
        return f"the test sleeps {wait.seconds:g} s in the hope that `{ast.unparse(wait.check.test)}` by then"

    def rewrite(self, site: Site) -> Rewrite | Abstain:
        """Wait with what the thing itself offers, or look again and again."""
        node, source = site.node, site.source
        assert isinstance(node, ast.Expr), "suspects saw a statement"
        wait = _wait_at(node, source)
        assert wait is not None, "suspects saw what is waited for"
        above = source.lines[node.lineno - 2].strip()
        if above.startswith("#") and OF_THE_SLEEP.search(above):
            return Abstain("the comment above speaks of the sleep")
        if not own_lines([node, wait.check], source):
            return Abstain("the statements do not stand on lines of their own")
        if wait.check.test.lineno != wait.check.test.end_lineno:
            return Abstain("the condition stands on several lines")
        if _is_made_by("threading.Event", wait, source):
            return _without_import(_by_event(node, wait, source), node, source)
        if _is_made_by("threading.Thread", wait, source):
            joined = _put(node, [f"{ast.unparse(wait.subject)}.join(timeout={wait.limit})"], source)
            return _without_import(joined, node, source)
        if origin(ast.Name("time"), source) != "time":
            return Abstain("the module time has no name in this file")
        if "deadline" in mentioned(test_around(node, source) or node):
            return Abstain("deadline is the name of something else here")
        lines = [
            f"deadline = time.monotonic() + {wait.limit}",
            f"while {wait.pending} and time.monotonic() < deadline:",
            f"{source.indent}time.sleep({STEP})",
        ]
        return _put(node, lines, source)

    CHANGES = (
        (
            "import threading\nimport time\n\n\ndef test_run():\n    done = threading.Event()\n    run(done.set)\n"
            "    time.sleep(0.5)\n    assert done.is_set(), 'not run'\n",
            "import threading\n\n\ndef test_run():\n    done = threading.Event()\n    run(done.set)\n"
            "    assert done.wait(timeout=5), 'not run'\n",
        ),
        (
            "from threading import Thread\nfrom time import sleep\n\n\nclass TestRun:\n    def test_run(self):\n"
            "        worker = Thread(target=run)\n        worker.start()\n        # a while\n        sleep(2)\n"
            "        assert not worker.is_alive()\n",
            "from threading import Thread\n\n\nclass TestRun:\n    def test_run(self):\n"
            "        worker = Thread(target=run)\n        worker.start()\n        # a while\n"
            "        worker.join(timeout=20)\n        assert not worker.is_alive()\n",
        ),
        (
            "import time\r\n\r\n\r\ndef test_write(tmp_path):\r\n\twrite(tmp_path / 'a')\r\n\ttime.sleep(.2)\r\n"
            "\tassert (tmp_path / 'a').exists()\r\n",
            "import time\r\n\r\n\r\ndef test_write(tmp_path):\r\n\twrite(tmp_path / 'a')\r\n"
            "\tdeadline = time.monotonic() + 5\r\n"
            "\twhile not (tmp_path / 'a').exists() and time.monotonic() < deadline:\r\n\t\ttime.sleep(0.01)\r\n"
            "\tassert (tmp_path / 'a').exists()\r\n",
        ),
        (
            "import time\n\n\ndef test_stop():\n    child = start()\n    stop(child)\n    if child:\n"
            "        time.sleep(1)\n        assert child.poll() is not None\n",
            "import time\n\n\ndef test_stop():\n    child = start()\n    stop(child)\n    if child:\n"
            "        deadline = time.monotonic() + 10\n"
            "        while child.poll() is None and time.monotonic() < deadline:\n            time.sleep(0.01)\n"
            "        assert child.poll() is not None\n",
        ),
    )
    KEEPS = (
        # It must not have happened, or must still hold: polling would look at once and see it.
        _HEAD + "time.sleep(1)\n    assert not x.is_set()\n",
        _HEAD + "time.sleep(1)\n    assert x.is_alive()\n",
        _HEAD + "time.sleep(1)\n    assert x.poll() is None\n",
        # It may have held before.
        _HEAD + "time.sleep(1)\n    assert x.count == 2\n",
        _HEAD + "time.sleep(1)\n    assert len(x) == 2\n",
        _HEAD + "time.sleep(1)\n    assert x.ready\n",
        # More than the event is asserted.
        _HEAD + "time.sleep(1)\n    assert x.is_set() and x.value\n",
        # Something else comes first, or how long it takes is the point.
        _HEAD + "time.sleep(1)\n    x.go()\n    assert x.is_set()\n",
        _HEAD + "time.sleep(x.ttl)\n    assert x.is_set()\n",
        _HEAD + "x.sleep(1)\n    assert x.is_set()\n",
        # The clock is another one.
        "import time\n\n\ndef test_f(x, monkeypatch):\n    monkeypatch.setattr(time, 'sleep', x.go)\n"
        "    time.sleep(1)\n    assert x.is_set()\n",
        # Not Python's.
        "from shop import time\n\n\ndef test_f(x):\n    time.sleep(1)\n    assert x.is_set()\n",
        "from time import sleep\n\n\ndef test_f(x):\n    sleep(1)\n    assert x.is_set()\n",
        # No test; a comment that would be lost; a name that is taken.
        "import time\n\n\ndef run(x):\n    time.sleep(1)\n    assert x.is_set()\n",
        _HEAD + "time.sleep(1)  # it takes long\n    assert x.is_set()\n",
        _HEAD + "x.go()\n    # After sleeping for 1 second it should be.\n    time.sleep(1)\n    assert x.is_set()\n",
        _HEAD + "deadline = 3\n    time.sleep(1)\n    assert x.is_set()\n",
        # The import would be left over, and others stand on its line.
        "import os, threading, time\n\n\ndef test_f():\n    x = threading.Event()\n    time.sleep(1)\n"
        "    assert x.is_set()\n",
        # An event loop is not kept waiting.
        "import asyncio\n\n\nasync def test_f(x):\n    await asyncio.sleep(1)\n    assert x.is_set()\n",
    )


@dataclass(frozen=True, slots=True)
class _Wait:
    """A sleep and what is asserted after it: `subject` is waited for, `pending` is true until it has happened."""

    seconds: float
    check: ast.Assert
    subject: ast.expr
    pending: str

    @property
    def limit(self) -> int:
        """Return how many seconds to wait at most."""
        return max(LONGEST, round(self.seconds * TIMES))


def _wait_at(node: ast.Expr, source: Source) -> _Wait | None:
    call = node.value
    if not isinstance(call, ast.Call) or last_name(call.func) != "sleep" or called(call, source) != "time.sleep":
        return None
    seconds = call.args[0].value if len(call.args) == 1 and isinstance(call.args[0], ast.Constant) else None
    check = _after(node, source)
    if not isinstance(seconds, int | float) or not isinstance(check, ast.Assert):
        return None
    event = _event(check.test)
    return _Wait(seconds, check, *event) if event else None


def _after(node: ast.stmt, source: Source) -> ast.stmt | None:
    for _, block in ast.iter_fields(source.parents[node]):
        if isinstance(block, list) and node in block[:-1]:
            following: ast.stmt = block[block.index(node) + 1]
            return following
    return None


def _event(test: ast.expr) -> tuple[ast.expr, str] | None:
    """Return what is waited for and the condition under which it has not happened yet."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        held = _asked(test.operand, frozenset({"is_alive"}))
        return (held, ast.unparse(test.operand)) if held else None
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.IsNot) and len(test.ops) == 1:
        held = _asked(test.left, frozenset({"poll"}))
        none = ast.unparse(test.comparators[0]) == "None"
        return (held, f"{ast.unparse(test.left)} is None") if held and none else None
    held = _asked(test, HAPPENED)
    return (held, f"not {ast.unparse(test)}") if held else None


def _asked(test: ast.expr, names: frozenset[str]) -> ast.expr | None:
    """Return what `test` asks, by one of these methods and without more calls than that one."""
    if not isinstance(test, ast.Call) or not isinstance(test.func, ast.Attribute) or test.func.attr not in names:
        return None
    others = [item for item in ast.walk(test) if isinstance(item, ast.Call | ast.Await) and item is not test]
    return None if others else test.func.value


def _is_made_by(maker: str, wait: _Wait, source: Source) -> bool:
    """Tell whether what is waited for is a name that the test binds once, to what `maker` makes."""
    function = source.function_of(wait.check)
    if not isinstance(wait.subject, ast.Name) or function is None:
        return False
    name = wait.subject.id
    stores = [item for item in ast.walk(function) if isinstance(item, ast.Name) and item.id == name]
    bound = [source.parents[item] for item in stores if isinstance(item.ctx, ast.Store)]
    return len(bound) == 1 and isinstance(bound[0], ast.Assign) and called(bound[0].value, source) == maker


def _by_event(node: ast.Expr, wait: _Wait, source: Source) -> Rewrite | Abstain:
    """Wait in the assertion itself."""
    test = wait.check.test
    line = source.lines[test.lineno - 1].encode()
    text = f"{ast.unparse(wait.subject)}.wait(timeout={wait.limit})".encode()
    edited = line[: test.col_offset] + text + line[test.end_col_offset or 0 :]
    between = "".join(source.lines[node.end_lineno or 0 : test.lineno - 1])
    return replaced(source, node.lineno, test.lineno, between + edited.decode())


def _without_import(rewrite: Rewrite | Abstain, node: ast.Expr, source: Source) -> Rewrite | Abstain:
    """Take the import away that only the sleep used, where it is a line of its own."""
    if isinstance(rewrite, Abstain):
        return rewrite
    used = next(item.id for item in ast.walk(node) if isinstance(item, ast.Name))
    if sum(item.id == used for item in source.of_kind(ast.Name)) > 1:
        return rewrite
    imports = [item for item in source.tree.body if isinstance(item, ast.Import | ast.ImportFrom)]
    alone = [item for item in imports if [one.asname or one.name for one in item.names] == [used]]
    if len(alone) != 1 or not own_lines(alone, source) or alone[0].end_lineno != alone[0].lineno < node.lineno:
        return Abstain("an import would be left that nothing uses")
    text = rewrite[source.path].decode("utf-8-sig" if source.bom else source.encoding)
    above = "".join(source.lines[: alone[0].lineno - 1])  # what stands above the sleep has not changed
    rest = text[len(above) + len(source.lines[alone[0].lineno - 1]) :]
    return replaced(source, 1, len(source.lines), above + rest)


def _put(node: ast.Expr, lines: list[str], source: Source) -> Rewrite | Abstain:
    """Put `lines` in the place of the sleep."""
    margin = source.lines[node.lineno - 1][: node.col_offset]
    text = "".join(f"{margin}{line}{source.newline}" for line in lines)
    return fitted(source, replaced(source, node.lineno, node.end_lineno or node.lineno, text))
