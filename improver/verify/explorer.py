"""Find calls of functions that tell one file's mutants from it: runs inside the sandbox, without pytest.

Started as ``python -s -P -B explorer.py SPEC`` (Python 3.9 or later, standard library only). This process stays clean.
One child writes calls as source, from recorded ones and from texts, varies them and notes what each comes to; another
holds the file's module and forks for each mutant, which runs all calls again. What cannot be swapped into a live module
is imported anew.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import os
import signal
import sys
import time
import traceback
import warnings
from pathlib import Path
from select import select
from typing import Any, Callable, Iterator  # noqa: UP035 - older interpreters run this file

GUESTS = (
    *("seeking", "portrait", "phrasing", "varying", "hinting", "checking", "demanding", "calling", "swapping"),
    *("leaving", "grafting", "timing", "awaiting", "matching", "texting", "refitting", "lining", "plain", "streaming"),
    *("touching", "provoking", "altering", "answering", "deepening", "overhearing", "noting", "saying", "sharing"),
    *("containing", "coupling", "weighing", "levelling", "replacing", "acting", "likening"),
)
PATIENCE, AGAIN = 0.3, 2  # seconds for one call; a mutant that is late so often has hung
MUTANT_SECONDS = 3.0  # of processor time for all calls on one mutant
FUNCTION_SECONDS = 12.0  # for all that is found out about one function
RESERVED = 0.3  # of all time for the mutants
CONTROL = 0.3  # of that for unchanged code: calls that it does not come to are left out, the last of each function
SHARES = 1.5  # times its part of the time may one function take
LOADED = 4  # times as long by the clock as by the processor
REASON = 200  # characters of why a search has ended
NONE = -1  # the number of no mutant: a control on unchanged code
Say = Callable[..., None]


def load(name: str) -> Any:
    """Import a file beside this one."""
    place = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert place is not None
    assert place.loader is not None
    module = importlib.util.module_from_spec(place)
    place.loader.exec_module(module)
    return module


def child(body: Callable[[Say], None], seconds: float) -> Iterator[list[Any]]:
    """Run `body` in a fork of its own, silent, and yield what it says until it ends or the time is over."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ours)
        with contextlib.suppress(BaseException):
            os.setpgid(0, 0)
            nowhere = os.open(os.devnull, os.O_WRONLY)  # who reads what is typed fails, as in a test
            for number in (0, 1, 2):
                os.dup2(nowhere, number)
            body(lambda *facts: _write(theirs, facts))
        os._exit(0)
    os.close(theirs)
    try:
        yield from _lines(ours, time.monotonic() + seconds)
    finally:
        os.close(ours)
        with contextlib.suppress(OSError):
            os.killpg(pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _write(number: int, facts: tuple[Any, ...]) -> None:
    line = json.dumps(facts).encode() + b"\n"
    while line:
        line = line[os.write(number, line) :]


def _lines(number: int, ends: float) -> Iterator[list[Any]]:
    rest = b""
    while select([number], [], [], max(0.0, ends - time.monotonic()))[0]:
        data = os.read(number, 1 << 16)
        if not data:
            return
        *lines, rest = (rest + data).split(b"\n")
        yield from map(json.loads, lines)


class Explorer:
    """What is asked about one file, and the guests that answer."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec = spec
        self.path = f"{spec['tree']}/{spec['path']}"
        self.ends = time.monotonic() + spec["seconds"]
        self.guests = {name: load(name) for name in GUESTS}
        self.seeking, self.checking, self.phrasing = (self.guests[one] for one in ("seeking", "checking", "phrasing"))
        self.swapping, self.grafting = self.guests["swapping"], self.guests["grafting"]
        self.source = Path(self.path).read_bytes()
        self.statements = self.guests["touching"].Statements(self.source)
        self.guests["leaving"].watch(self.checking)
        faults = [one["edit"][0] for one in spec["mutants"]]
        self.weighed = self.guests["weighing"].Weighed(self.source, self.path, faults, self.swapping)
        self.cases: list[dict[str, Any]] = []
        self.ran: dict[int, frozenset[int]] = {}  # lines of the file by case, those of its import under NONE
        self.restless: set[int] = set()  # cases that do not hold on unchanged code, run together with the others

    @property
    def left(self) -> float:
        """Return the seconds that are left."""
        return max(0.0, float(self.ends) - time.monotonic())

    def run(self, say: Say) -> None:
        """Find cases of each function, then try each mutant on all of them."""
        self.guests["leaving"].settle()
        for number, function in enumerate(self.spec["functions"]):
            spare = self.left - self.spec["seconds"] * RESERVED
            if spare > 0:
                share = spare / (len(self.spec["functions"]) - number)
                self.find_all(number, function, min(FUNCTION_SECONDS, SHARES * share), say)
        if not self.cases:
            return
        for kind, _, *facts in child(lambda tell: self.anew(NONE, tell), self.left):
            if kind == "ran":
                self.ran[facts[0]] = frozenset(facts[1])
            else:
                self.rule_out(*facts)
        self.restless.update(at for at in range(len(self.cases)) if at not in self.ran)
        for number in sorted(self.all_swapped(say)):
            seconds = min(self.left, LOADED * MUTANT_SECONDS)
            for _, *facts in child(lambda tell, one=number: self.anew(one, tell), seconds):  # type: ignore[misc]
                say("killed", *facts)

    def rule_out(self, failed: list[Any], late: list[int]) -> None:
        """Leave out the cases that fail on unchanged code."""
        self.restless.update(late, (at for at, _ in failed))

    def find_all(self, number: int, function: dict[str, Any], seconds: float, say: Say) -> None:
        """Find cases of one function in a child, within its time."""
        for kind, *facts in child(lambda tell: self.find(function, tell), seconds):
            if kind == "case":
                self.cases.append({**facts[0], "function": number})
            say(kind, number, *facts)

    def all_swapped(self, say: Say) -> set[int]:
        """Try the mutants that can be swapped into a live module; return the others."""
        again = set(range(len(self.spec["mutants"])))
        for kind, number, *facts in child(self.swapped, self.left):
            again.discard(number)
            if number == NONE:
                self.rule_out(*facts)
            elif kind == "killed":
                say("killed", number, *facts)
            elif kind == "again":
                again.add(number)
        return again

    # --- cases ----------------------------------------------------------------------------------------------------

    def find(self, function: dict[str, Any], tell: Say) -> None:
        """Tell the cases of one function that hold twice, why there are none, or what ended the search for them."""
        try:
            self.checking.watch_the_time()
            self.imported()
            module = importlib.import_module(function["module"])
            self.seeking.Seeker(self.spec, self.guests, module, self.weighed, tell).find(function)
        except BaseException as error:  # noqa: BLE001 - ours, or foreign, which may want to leave: nobody else would hear
            tell("broken", where_and_why(error))

    def imported(self) -> Any:
        """Import the file's module."""
        module = importlib.import_module(self.spec["module"])
        if str(module.__file__) != self.path:
            raise ImportError(f"{self.path} was imported from elsewhere")
        return module

    # --- mutants --------------------------------------------------------------------------------------------------

    def mutated(self, number: int) -> bytes:
        """Return the file with one fault, or with NONE."""
        if number == NONE:
            return self.source
        start, end, text = self.spec["mutants"][number]["edit"]
        fault: bytes = text.encode("latin-1")
        return self.source[:start] + fault + self.source[end:]

    def swapped(self, tell: Say) -> None:
        """Hold the module and try each mutant in a fork that swaps it in."""
        self.imported()
        stock = self.grafting.Stock(self.spec["tree"])
        for case in self.cases:
            with contextlib.suppress(Exception):
                self.phrasing.space_of(case["imports"])  # once, so that every fork has them
        stock.take()
        stock.compile(self.path, self.source)
        compiled = [self.checking.compiled(case) for case in self.cases]
        for number in range(NONE, len(self.spec["mutants"])):
            for facts in child(lambda say, one=number: self.swap(one, stock, compiled, say), LOADED * MUTANT_SECONDS):  # type: ignore[misc]
                if number == NONE:
                    self.rule_out(*facts[2:])
                tell(*facts)

    def swap(self, number: int, stock: Any, compiled: list[dict[str, Any]], tell: Say) -> None:
        """Swap one mutant in and tell which cases notice it."""
        on_import = number != NONE and self.runs_on_import(number)
        if on_import or self.grafting.swap(self.mutated(number), self.path, stock):
            tell("again", number)
        else:
            tell("killed", number, *self.noticing(number, compiled))

    def anew(self, number: int, tell: Say) -> None:
        """Import the file with one fault and tell which cases notice it."""
        self.swapping.read_as({self.path: self.mutated(number)})
        compiled = [self.checking.compiled(case) for case in self.cases]
        if number == NONE:
            with self.watching(NONE, tell):
                self.imported()
        tell("killed", number, *self.noticing(number, compiled, tell if number == NONE else None))

    @contextlib.contextmanager
    def watching(self, at: int, tell: Say | None) -> Iterator[None]:
        """Tell which lines of the file run for a case, where somebody wants to know."""
        if tell is None:
            yield
            return
        lines: set[int] = set()
        with self.seeking.traced(self.path, lines):
            yield
        tell("ran", NONE, at, sorted(lines))

    def runs_on_import(self, number: int) -> bool:
        """Tell whether a mutant changes what the file's import runs: what was made then is not made again."""
        place = self.statements.lines_of(self.spec["mutants"][number]["edit"][0])
        return not place or not place.isdisjoint(self.ran.get(NONE, place))

    def touching(self, number: int) -> list[int]:
        """Return the cases that run what a mutant changes, those of its own functions first; all where nobody knows."""
        turns = self.guests["touching"].by_turns([case["function"] for case in self.cases])
        if number == NONE:
            return list(turns)
        mutant = self.spec["mutants"][number]
        place = self.statements.lines_of(mutant["edit"][0])
        known = {} if self.runs_on_import(number) else self.ran
        found = (at for at in turns if place & known.get(at, place) or not place)
        return sorted(found, key=lambda at: self.cases[at]["function"] not in mutant["functions"])

    def noticing(
        self, number: int, compiled: list[dict[str, Any]], tell: Say | None = None
    ) -> tuple[list[Any], list[int]]:
        """Return the numbers of the cases that fail, with those of their checks, and of those that take too long."""
        self.checking.watch_the_time()
        ends, limit = time.process_time() + MUTANT_SECONDS, time.monotonic() + self.left * CONTROL
        failed: list[Any] = []
        late: list[int] = []
        for at in self.touching(number):
            if at in self.restless:
                continue
            if time.monotonic() > limit if tell else (time.process_time() > ends or len(late) >= AGAIN):
                break
            with self.watching(at, tell):
                unmet = self.checking.unmet(compiled[at], self.phrasing.space_of, PATIENCE)
            if unmet is None:
                late.append(at)
            elif unmet:
                failed.append((at, unmet))
        return failed, late


def where_and_why(error: BaseException) -> str:
    """Return where an error was raised, the file without its folders, and what it says."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(place.filename).name}:{place.lineno}: {type(error).__name__}: {error}"[:REASON]


def main() -> None:
    """Explore the file that the spec names."""
    leave = os._exit
    sys.path[:] = [path for path in sys.path if path != str(Path(__file__).parent)]
    spec = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    runner = load("runner")
    say = runner.reporter(int(os.environ.pop("NOVA_REPORT_FD")), lambda _frame, _number: iter(()))
    del sys.argv[1:]
    explorer = Explorer(spec)
    runner.prepare(spec)
    warnings.simplefilter("ignore")  # a warning that is shown once would tell a first call from the next
    os.chdir(os.environ.get("NOVA_SCRATCH", "/tmp"))  # noqa: S108 - the sandbox names it
    say("hello")
    explorer.run(say)
    say("end")
    leave(0)


if __name__ == "__main__":
    main()
