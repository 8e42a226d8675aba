"""The half of the mutator that runs foreign code: tests collected once, run again and again on changed functions.

The standard library and pytest only, Python 3.9 or later.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import resource
import time
import types
from typing import TYPE_CHECKING, Any, Callable  # noqa: UP035 - older interpreters run this file

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Say = Callable[..., None]
NAMED = 9  # files told that could not be collected
CONTROL = 20  # kills between two runs of the killing tests on unchanged code


class Session:
    """A pytest plugin that collects, then gives the session to `body` in place of pytest's own loop."""

    def __init__(
        self, spec: dict[str, Any], wanted: Iterable[str], body: Callable[[Session], None], board: Any
    ) -> None:
        self.host, self.wanted, self.body, self.board = tuple(spec["host"]), frozenset(wanted), body, board
        self.items: Any = []  # by number
        self.broken: list[str] = []
        self.red = self.quiet = False

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Keep the wanted tests that can run here."""
        items[:] = [item for item in items if not self._is_host(item) and self._is_wanted(str(item.nodeid))]

    def _is_host(self, item: Any) -> bool:
        return item.get_closest_marker("host") is not None or str(item.nodeid).startswith(self.host or "\0")

    def _is_wanted(self, name: str) -> bool:
        """Tell whether `name` is wanted: itself, the test it is a case of, its class or its file."""
        test = name.split("[", maxsplit=1)[0]
        parts = test.split("::")
        outer = {"::".join(parts[:length]) for length in range(1, len(parts) + 1)}
        return not self.wanted or not self.wanted.isdisjoint({name, *outer})

    def pytest_collectreport(self, report: Any) -> None:
        """Note what could not be collected."""
        if report.failed:
            self.broken.append(str(report.nodeid))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: Any) -> bool:
        """Take over."""
        self.items = list(session.items)
        session.config.pluginmanager.unregister(name="terminalreporter")
        self.body(self)
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: Any) -> None:
        """Note what became of one phase; where one part of a test is skipped, the others still ran."""
        expected, is_part = hasattr(report, "wasxfail"), hasattr(report, "context")
        self.red = self.red or (report.failed and not expected)
        self.quiet = self.quiet or ((report.skipped or expected) and not is_part)

    def passes(self, item: Any, following: Any = None) -> bool | None:
        """Run one test: True when it passed, False when it failed, None when it was skipped or expected to fail."""
        self.red = self.quiet = False
        item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
        item.session.shouldstop = item.session.shouldfail = False
        return False if self.red else None if self.quiet else True

    def first_red(self, numbers: Sequence[int]) -> int:
        """Run tests by number until one fails; return its number, -1 when none does."""
        items = [self.items[number] for number in numbers]
        for place, item in enumerate(items):
            number = numbers[place]
            self.board.note(number)
            if self.passes(item, items[place + 1] if place + 1 < len(items) else None) is False:
                with contextlib.suppress(BaseException):
                    item.session._setupstate.teardown_exact(None)  # noqa: SLF001 - what the next test would have kept
                return number
        return -1


def run_pytest(spec: dict[str, Any], session: Session) -> None:
    """Start pytest under the trusted configuration on the files that hold what is wanted."""
    tree = spec["tree"]
    argv = ["-c", spec["ini"], "--rootdir", tree, "--confcutdir", tree, "-p", "no:cacheprovider", "-q", "-s"]
    argv += ["--tb=line", "--assert=plain", "--color=no", "--continue-on-collection-errors", "--disable-warnings"]
    for plugin in spec["plugins"]:
        argv += ["-p", plugin]
    named = sorted({name.split("::")[0] for name in session.wanted})
    files = [name for name in named if os.path.exists(f"{tree}/{name}")]  # noqa: PTH110 - a quick look
    pytest.main([*argv, *(files if session.wanted else spec["tests"])], plugins=[session])


def enclosed(data_mib: int) -> None:
    """Put this process at the head of a group of its own, silent and with bounded memory."""
    os.setsid()
    quiet = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(quiet, number)
    most = resource.getrlimit(resource.RLIMIT_DATA)[1]
    wish = data_mib << 20
    resource.setrlimit(resource.RLIMIT_DATA, (wish if most < 0 else min(wish, most), most))


def told(number: int, nonce: str) -> Say:
    """Return a function that writes one line to the pipe `number`, which only the reader's nonce makes believable."""
    write, dumps = os.write, json.dumps

    def say(*facts: object) -> None:
        line = dumps([nonce, *facts]).encode() + b"\n"
        while line:
            line = line[write(number, line) :]

    return say


def forked(say: Say, body: Callable[[], None]) -> None:
    """Run `body` in a child of its own and tell when it started and when it ended."""
    pid = os.fork()
    if pid == 0:
        with contextlib.suppress(BaseException):
            body()
        os._exit(0)
    say("started", pid)
    os.waitpid(pid, 0)
    say("ended")


class Target:
    """One function that mutants change, in the process that collected."""

    def __init__(self, key: tuple[str, int, str], text: str, swapping: Any) -> None:
        self.key, self.text, self.swapping = key, text, swapping
        self.held: list[Any] = []
        self.defaults: list[tuple[Any, Any]] = []
        self.clean: types.CodeType | None = None

    def adopt(self, held: list[Any]) -> None:
        """Take over the live functions and give them their unmarked code; none where that cannot be."""
        try:
            self.clean = self.swapping.compiled(self.text, self.key, held[0].__code__.co_flags)
            self.swapping.put(held, self.clean)
            self.held, self.defaults = held, [(one.__defaults__, one.__kwdefaults__) for one in held]
        except (IndexError, ValueError, SyntaxError):
            self.held = []

    def takes(self, text: str) -> bool:
        """Tell whether `text` gives the function other code, or one other default, that can be put in its place."""
        if self.clean is None or not self.held:
            return False
        try:
            code = self.swapping.compiled(text, self.key, self.clean.co_flags)
            if self.swapping.alike(code, self.clean):
                self.swapping.other_defaults(self.text, text, self.key[2])
        except (ValueError, SyntaxError):
            return False
        return bool(code.co_freevars == self.clean.co_freevars)

    def put(self, text: str) -> None:
        """Let the live functions run what `text` says."""
        assert self.clean is not None
        code = self.swapping.compiled(text, self.key, self.clean.co_flags)
        self.swapping.put(self.held, code)
        if self.swapping.alike(code, self.clean):
            at, value = self.swapping.other_defaults(self.text, text, self.key[2])
            for function in self.held:
                plain, named = list(function.__defaults__ or ()), dict(function.__kwdefaults__ or {})
                if at < len(plain):
                    plain[at] = value
                    function.__defaults__ = tuple(plain)
                else:
                    function.__kwdefaults__ = {**named, [*named][at - len(plain)]: value}

    def restore(self) -> None:
        """Let the live functions be as they were."""
        assert self.clean is not None
        self.swapping.put(self.held, self.clean)
        for place, function in enumerate(self.held):
            function.__defaults__, function.__kwdefaults__ = self.defaults[place]


class Round:
    """What is done with one collected session, in the child that holds it and in those that it forks.

    `say` tells the supervisor. `ran` holds the marks of what ran since it was cleared.
    """

    def __init__(self, session: Session, spec: dict[str, Any], swapping: Any, ran: set[int], say: Say) -> None:
        self.session, self.spec, self.ran, self.say = session, spec, ran, say
        self.mutants, self.swapping = spec["mutants"], swapping
        self.targets = [Target(tuple(one["key"]), one["text"], swapping) for one in spec["functions"]]
        silent = swapping.unmarked({target.key: target.text for target in self.targets})  # on import too
        marks = [one["marks"].values() for one in spec["functions"] if tuple(one["key"]) in silent]
        self.on_import = frozenset(ran).union(*marks)

    def serve(self, orders: int) -> None:
        """Tell what was collected, then carry out one order a line, each but `adopt` in a fork."""
        self.say("collected", [str(item.nodeid) for item in self.session.items], self.session.broken[:NAMED])
        kinds: dict[str, Callable[[Any], None]] = {"control": self.control, "warm": self.warm, "plain": self.plain}
        with os.fdopen(orders, encoding="utf-8") as lines:
            for line in lines:
                kind, facts = json.loads(line)
                if kind == "adopt":
                    self.adopt()
                else:
                    forked(self.say, functools.partial(self.apart, kinds[kind], facts))

    def apart(self, order: Callable[[Any], None], facts: Any) -> None:
        """Carry out one order in this process, which is a fork."""
        enclosed(self.spec["data_mib"])
        order(facts)

    def adopt(self) -> None:
        """Give the live functions their own code back and tell which mutants can be put in its place."""
        held = self.swapping.live([target.key for target in self.targets])
        for place, target in enumerate(self.targets):
            if (
                self.spec["functions"][place]["marks"]["0"] not in self.on_import
            ):  # else its results may be anywhere already
                target.adopt(held[target.key])
        able = [number for number, one in enumerate(self.mutants) if self.targets[one["function"]].takes(one["text"])]
        self.say("adopted", able, sorted(self.on_import))

    def control(self, first: int) -> None:
        """Run all tests from `first` on unchanged code and tell outcome, seconds and marks of each."""
        items = self.session.items
        for number in range(first, len(items)):
            self.ran.clear()
            self.session.board.note(number)
            self.say("test", number)
            started = time.perf_counter()
            passed = self.session.passes(items[number], items[number + 1] if number + 1 < len(items) else None)
            self.say("ran", number, passed is True, time.perf_counter() - started, sorted(self.ran))

    def plain(self, tests: Sequence[int]) -> None:
        """Run tests on unchanged code and tell whether all hold."""
        self.say("control", self.session.first_red(tests) < 0)

    def warm(self, jobs: Sequence[tuple[int, Sequence[int]]]) -> None:
        """Try one mutant after the other in this process; now and then run the killing tests on unchanged code."""
        killers: list[int] = []
        for place, (number, tests) in enumerate(jobs):
            self.say("begin", number)
            verdict, red = self.attempt(number, tests)
            self.say(verdict, number, red)
            killers += [red] if verdict == "killed" else []
            if len(killers) == CONTROL or place + 1 == len(jobs):
                self.plain(sorted(set(killers)))
                killers = []

    def attempt(self, number: int, tests: Sequence[int]) -> tuple[str, int]:
        """Return "killed" and the test, or "survived" or "broken" and -1."""
        mutant = self.mutants[number]
        target = self.targets[mutant["function"]]
        try:
            target.put(mutant["text"])
            red = self.session.first_red(tests)
        except BaseException:  # noqa: BLE001 - a mutant may raise anything, pytest's own exit included
            return "broken", -1
        finally:
            target.restore()
        return ("survived", -1) if red < 0 else ("killed", red)
