"""Try mutants inside the sandbox: this process stays clean and supervises, its children run the foreign code.

Started as ``python -I -P -B mutator.py SPEC`` under the project's own interpreter (3.9 or later): the standard library
and pytest only. One child collects the tests once. What it forks runs them on unchanged code, which shows what each
test reaches; then on one mutant after the other, swapping the code of live functions. What survived, broke or hung is
tried again in a fork of its own; what cannot be swapped, or may have left results on import, in a child that imports
the mutated file from the start.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

LOOK = 0.05  # seconds between two looks at a child's clock
AGAIN = 2  # a mutant that is tried alone has this many times as much time
CONTROL_SHARE = 0.4  # of all time goes to the first run on unchanged code at most


def load(name: str) -> Any:
    """Import a file beside this one."""
    place = importlib.util.spec_from_file_location(f"_{name}", Path(__file__).with_name(f"{name}.py"))
    assert place is not None
    assert place.loader is not None
    module = importlib.util.module_from_spec(place)
    place.loader.exec_module(module)
    return module


class Mutator:
    """The supervisor: what it was asked, what it knows of the tests, and what became of each mutant."""

    def __init__(self, spec: dict[str, Any], say: Any) -> None:
        self.spec, self.say = spec, say
        self.functions, self.mutants = spec["functions"], spec["mutants"]
        self.trial, self.swapping, self.oversight = load("trial"), load("swapping"), load("oversight")
        self.wire, self.board = self.oversight.Wire(), self.oversight.Board()
        self.tell = self.trial.told(self.wire.writes, self.wire.nonce)  # for children
        self.ends = time.monotonic() + spec["seconds"]
        self.names: list[str] = []
        self.seconds: dict[int, float] = {}  # of tests that pass on unchanged code
        self.reach: dict[int, list[int]] = {}  # marks -> tests
        self.open = set(range(len(self.mutants)))  # what is not decided
        self.hung: set[int] = set()  # what took too long where it was not alone
        self.held: dict[tuple[object, ...], bool] = {}  # which tests held on unchanged code, by how they were run
        self.server = self.orders = self.keeper = -1

    @property
    def is_late(self) -> bool:
        """Tell whether all time is used."""
        return bool(time.monotonic() > self.ends)

    def run(self) -> str:
        """Try all mutants; return why that cannot be, "" when it could."""
        if not self.collect():
            return "the tests could not be collected"
        self.control()
        if not self.seconds:
            return "no test passes on unchanged code"
        able = self.adopt()
        for number in [number for number in sorted(self.open) if not self.tests_of(number)]:
            self.decide(number, "undecided", "no test runs it")
        self.warm([number for number in self.cheapest_first() if number in able])
        for number in self.cheapest_first():
            self.settle(number, able=number in able)
        for number in sorted(self.open):
            self.decide(number, "undecided", "out of time" if self.is_late else "no test that reaches it holds alone")
        os.close(self.orders)
        os.waitpid(self.server, 0)  # so that its time is counted
        return ""

    def collect(self) -> bool:
        """Start the child that collects the tests and serves; tell whether it came that far."""
        reads, self.orders = os.pipe()
        self.server = os.fork()
        if self.server == 0:
            os.setsid()
            os.close(self.orders)
            self.serve(reads)
            os._exit(0)
        os.close(reads)
        for kind, *facts in self.follow(self.ends, "collected"):
            if kind == "collected":
                self.names, broken = facts
                self.say("collected", len(self.names), broken)
                return True
        return False

    def serve(self, orders: int) -> None:
        """Be that child: what it imports marks what runs."""
        ran = self.swapping.mark(self.functions)

        def body(session: Any) -> None:
            self.trial.Round(session, self.spec, self.swapping, ran, self.tell).serve(orders)
            os._exit(0)

        self.trial.run_pytest(self.spec, self.session(self.spec["wanted"], body))

    def session(self, wanted: list[str], body: Any) -> Any:
        """Return a session of the wanted tests."""
        return self.trial.Session(self.spec, wanted, body, self.board)

    def order(self, kind: str, facts: object) -> None:
        """Send an order to the child that serves."""
        line = json.dumps([kind, facts]).encode() + b"\n"
        while line:
            line = line[os.write(self.orders, line) :]

    def follow(self, ends: float, last: str = "ended", *, times: int = 0) -> Any:
        """Yield what children tell up to the message `last`; nothing more comes once all time is used.

        A child that is at one test for longer than `times` the limit is ended, which is told as "hung"; 0: no limit.
        """
        clock = self.oversight.Clock(self.board, self.seconds, self.spec["import_seconds"])
        kind = ""
        while kind != last:
            kind, *facts = self.wire.next(LOOK)
            if kind == "started":
                clock.start(facts[0])
            hung = kind == "quiet" and clock.pid > 0 and times > 0 and clock.is_over(times)
            if hung or (kind == "quiet" and time.monotonic() > ends):
                self.oversight.end(clock.pid or self.server)
                kind = "hung" if hung else kind
            if kind == "quiet" and os.waitpid(self.server, os.WNOHANG)[0]:
                raise ChildProcessError("the child that collects is gone")
            yield (kind, *facts)

    # --- the rounds -----------------------------------------------------------------------------------------------

    def control(self) -> None:
        """Learn what each test reaches and how long it takes; a test that ends the process is left out."""
        ends = time.monotonic() + CONTROL_SHARE * self.spec["seconds"]
        first = 0
        while first < len(self.names) and time.monotonic() < ends:
            self.order("control", first)
            for kind, *facts in self.follow(ends):
                if kind == "test":
                    first = facts[0] + 1
                elif kind == "ran" and facts[1]:
                    number, _, self.seconds[number], marks = facts
                    for one in marks:
                        self.reach.setdefault(one, []).append(number)
        for tests in self.reach.values():
            tests.sort(key=lambda number: (self.seconds[number], number))

    def adopt(self) -> list[int]:
        """Let functions have their own code back; return the mutants that can be put in its place."""
        self.order("adopt", None)
        *_, (_, able, on_import) = self.follow(self.ends, "adopted")
        everyone = sorted(self.seconds, key=lambda test: (self.seconds[test], test))
        for mark in on_import:  # any test may see what came of it
            known = self.reach.get(mark, [])
            self.reach[mark] = [*known, *(test for test in everyone if test not in known)]
        return list(able)

    def tests_of(self, number: int) -> list[int]:
        """Return the tests that run what a mutant changes, shortest first, or may see what it changed on import."""
        return [test for test in self.reach.get(self.mutants[number]["mark"], []) if test in self.seconds]

    def cheapest_first(self) -> list[int]:
        """Return the mutants that are not decided, those whose tests are over soon first."""
        return sorted(self.open, key=lambda number: (sum(self.seconds[test] for test in self.tests_of(number)), number))

    def decide(self, number: int, kind: str, text: str) -> None:
        """Tell what became of a mutant."""
        self.open.discard(number)
        self.say("verdict", number, kind, text)

    def warm(self, numbers: list[int]) -> None:
        """Try mutants one after the other in a process; a kill counts once unchanged code passes the killing tests."""
        rest = list(numbers)
        while rest and not self.is_late:
            self.order("warm", [[number, self.tests_of(number)] for number in rest])
            kills: dict[int, int] = {}
            begun, spoiled = 0, False
            for kind, *facts in self.follow(self.ends, times=1):
                if kind == "begin":
                    begun = rest.index(facts[0])
                elif kind == "hung":
                    self.hung.add(rest[begun])
                elif kind == "killed":
                    kills[facts[0]] = facts[1]
                elif kind == "control":
                    spoiled = spoiled or not facts[0]  # unchanged code fails: nothing more that it says counts
                    for number, test in () if spoiled else kills.items():
                        self.decide(number, "killed", self.names[test])
                    kills = {}
            rest = [] if spoiled else rest[begun + 1 :]

    def settle(self, number: int, *, able: bool) -> None:
        """Decide a mutant by itself: in forks if its code can be swapped, by importing it where that is not enough."""
        tries = int(number in self.hung)
        while number in self.open and not self.is_late and self.tests_of(number):
            kind, test = self.swapped(number) if able else self.imported(number)
            tries += 1
            if kind == "killed" and not self.holds(number, test, able=able):
                self.seconds.pop(test)  # it fails on unchanged code too when it is run so
            elif kind == "killed":
                self.decide(number, "killed", self.names[test])
            elif kind == "uncollected":
                self.decide(number, "undecided", "it broke the collection")
            elif kind == "survived" and able and not self.mutants[number]["sure"]:
                able = False
            elif kind == "survived":
                self.decide(number, "survived", "")
            elif tries > 1 and not self.is_late:
                self.decide(number, "killed", "timeout" if kind == "hung" else "crash")

    def swapped(self, number: int) -> tuple[str, int]:
        """Try one mutant in a fork of the child that collected."""
        self.order("warm", [[number, self.tests_of(number)]])
        return self.verdict()

    def imported(self, number: int) -> tuple[str, int]:
        """Try one mutant in a child that imports its file from the start."""
        mutant = self.mutants[number]
        path = self.functions[mutant["function"]]["key"][0]
        start, end, text = mutant["edit"]
        data = Path(path).read_bytes()
        changed = {path: data[:start] + text.encode("latin-1") + data[end:]}
        self.start(changed, number, self.tests_of(number))
        return self.verdict()

    def start(self, changed: dict[str, bytes], number: int, tests: list[int]) -> None:
        """Start a child that runs tests on a tree in which some files read otherwise."""
        wanted = [self.names[test] for test in tests]

        def body(session: Any) -> None:
            places = {str(item.nodeid): place for place, item in enumerate(session.items)}
            if not all(name in places for name in wanted):
                self.tell("uncollected", number, -1)
                return
            session.items = {test: session.items[places[self.names[test]]] for test in tests}
            red = session.first_red(tests)
            self.tell("survived" if red < 0 else "killed", number, red)

        def child() -> None:
            self.trial.enclosed(self.spec["data_mib"])
            self.swapping.read_as(changed)
            self.board.note(-1)  # importing, which no test's usual time is a measure of
            self.trial.run_pytest(self.spec, self.session(wanted, body))

        self.keeper = os.fork()
        if self.keeper == 0:
            self.trial.forked(self.tell, child)
            os._exit(0)

    def verdict(self) -> tuple[str, int]:
        """Read what the child of one mutant tells: killed and the test; survived, uncollected, hung or broken, -1."""
        found = ("broken", -1)
        for kind, *facts in self.follow(self.ends, times=AGAIN):
            if kind in {"killed", "survived", "uncollected"}:
                found = (kind, facts[1])
            elif kind == "hung":
                found = (kind, -1)
        if self.keeper > 0:
            os.waitpid(self.keeper, 0)
            self.keeper = -1
        return found

    def holds(self, number: int, test: int, *, able: bool) -> bool:
        """Tell whether unchanged code passes the tests of a mutant up to the killing one, run in the same way."""
        tests = self.tests_of(number)
        tests = tests[: tests.index(test) + 1]
        key = (able, *tests)
        if key not in self.held:
            if able:
                self.order("plain", tests)
                told = [tuple(message) for message in self.follow(self.ends, times=AGAIN)]
                self.held[key] = ("control", True) in told
            else:
                self.start({}, number, tests)
                self.held[key] = self.verdict() == ("survived", -1)
        return self.held[key]


def main() -> None:
    """Try the mutants that the spec names."""
    spec = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    runner = load("runner")
    say = runner.reporter(int(os.environ.pop("NOVA_REPORT_FD")), lambda *_: ())  # no stranger runs in this process
    say("hello")
    runner.prepare(spec)
    importlib.import_module("pytest")
    try:
        say("end", Mutator(spec, say).run())
    except ChildProcessError as error:
        say("end", str(error))
    os._exit(0)


if __name__ == "__main__":
    main()
