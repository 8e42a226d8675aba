"""Count what calls of one tree's functions cost as their input grows, in the sandbox and without pytest.

Started as ``python -s -P -B scaler.py SPEC`` beside ``runner.py``, ``observing.py``, ``portrait.py`` and
``enlarging.py`` (Python 3.9 or later, standard library only). A cost is the number of executed bytecode instructions,
which does not depend on how lines are broken, and of comparisons between counting elements. Processor time is measured
as well, on larger inputs: it alone sees what is copied in C.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import importlib.util
import inspect
import json
import os
import pickle
import signal
import sys
import time
from collections import deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Callable  # noqa: UP035 - older interpreters run this file

STARTS, COUNTED_FROM = (64, 16), (16, 4)  # the smallest of the three sizes, and of numbers that are counts
TIMED = (4096, 1024, 256)
FACTORS = (1, 2, 4)
TIMES = 7  # timed calls of one size, of which the quickest counts
WAIT = 0.5  # seconds for one timed call
TOOL = 3  # of sys.monitoring: one that nobody else is meant to use
HOME = str(Path(__file__).parent)


class Spent(BaseException):
    """The call costs more than it may; its arguments are the seconds that were measured up to then."""


def ring(_signal: int, _frame: object) -> None:
    """End the call that is running."""
    raise Spent


def loaded(name: str) -> Any:
    """Load a file beside this one."""
    place = importlib.util.spec_from_file_location(f"_{name}", Path(HOME, f"{name}.py"))
    assert place is not None
    assert place.loader is not None
    module = importlib.util.module_from_spec(place)
    place.loader.exec_module(module)
    return module


class Steps:
    """Counts the instructions of all code but that beside this file, until they are too many."""

    def __init__(self, most: int) -> None:
        self.most, self.count = most, 0
        self.disable: object = None

    def more(self) -> None:
        """Count one."""
        self.count += 1
        if self.count > self.most:
            raise Spent

    def start(self) -> None:
        """Count from now on: where there is monitoring, tracing misses what runs for the first time."""
        if sys.version_info >= (3, 12):
            monitoring = sys.monitoring
            self.disable = monitoring.DISABLE
            monitoring.use_tool_id(TOOL, "scaler")
            monitoring.register_callback(TOOL, monitoring.events.INSTRUCTION, self.executed)
            monitoring.set_events(TOOL, monitoring.events.INSTRUCTION)
        else:
            sys.settrace(self.called)

    def stop(self) -> None:
        """Count no more."""
        if sys.version_info >= (3, 12):
            sys.monitoring.set_events(TOOL, 0)
            sys.monitoring.free_tool_id(TOOL)
        else:
            sys.settrace(None)

    def executed(self, code: Any, _offset: int) -> object:
        """See an instruction, one of ours never again."""
        if code.co_filename.startswith(HOME):
            return self.disable
        self.more()
        return None

    def called(self, frame: Any, _event: str, _argument: object) -> Any:
        """See a call."""
        if frame.f_code.co_filename.startswith(HOME):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        return self.traced

    def traced(self, _frame: Any, event: str, _argument: object) -> Any:
        """See an instruction, or the end of a call."""
        if event == "opcode":
            self.more()
        return self.traced


def drained(result: Any) -> None:
    """Run what was given lazily, up to a bound."""
    if isinstance(result, Iterator):
        deque(islice(result, 4 * FACTORS[-1] * TIMED[0]), maxlen=0)


class Scaler:
    """Calls functions of the tree on larger and larger inputs."""

    def __init__(self, spec: dict[str, Any]) -> None:
        observing, self.portrait, self.enlarging = loaded("observing"), loaded("portrait"), loaded("enlarging")
        self.tree, self.most, self.patience = (
            observing.Tree(spec["tree"], spec["modules"]),
            spec["most"],
            spec["patience"],
        )

    def bounded(self, call: Callable[[], Any], seconds: float) -> Any:
        """Return what `call` gives, or raise Spent when it takes too long."""
        signal.setitimer(signal.ITIMER_REAL, seconds, 1)
        try:
            return call()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def cost(self, function: Any, call: Any) -> dict[str, Any]:
        """Return what one call costs, with a digest of what it gives; only the cost when it costs too much."""
        portrait, steps = self.portrait.Portrait(self.tree.top), Steps(self.most)
        self.enlarging.COMPARED[0] = 0
        args, kwargs = call
        steps.start()
        try:
            told = self.bounded(lambda: portrait.of(function(*args, **kwargs)), self.patience)
        except Spent:
            return {"cost": steps.count + self.enlarging.COMPARED[0]}
        finally:
            steps.stop()
        if portrait.cut or portrait.opaque:
            raise ValueError(portrait.cut or portrait.opaque)
        digest = hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
        return {"cost": steps.count + self.enlarging.COMPARED[0], "gives": digest}

    def seconds(self, function: Any, build: Callable[[], Any]) -> float:
        """Return the processor time of one call, the least of several.

        A limit on the processor time of the whole process makes that a coarse measure: the thread's is exact.
        """
        took: list[float] = []
        for _ in range(TIMES):
            args, kwargs = build()
            started = time.thread_time()
            try:
                self.bounded(lambda: drained(function(*args, **kwargs)), WAIT)  # noqa: B023 - it is called at once
            except Spent:
                raise Spent(time.thread_time() - started) from None
            took.append(time.thread_time() - started)
        return min(took)

    # --- the base chooses -----------------------------------------------------------------------------------------

    def ways(self, item: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield the ways in which recorded calls of a function can be made larger here, each with what it costs."""
        function = self.tree.function(item["function"], decorated=False)
        names = list(inspect.signature(function, follow_wrapped=False).parameters)
        for number, data in enumerate(item["calls"]):
            call = pickle.loads(base64.b64decode(data))  # noqa: S301 - what the sandbox is for
            for place in self.enlarging.places(names, *call):
                known: set[str] = set()
                for style in self.styles(call, place):
                    if style.split()[0] not in known and (way := self.way(item, number, place, style)):
                        known.add(style.split()[0])  # counting elements do: plain ones need not be tried
                        yield way

    def styles(self, call: Any, place: Any) -> tuple[str, ...]:
        """Return the ways in which the argument at `place` may grow."""
        if place == self.enlarging.ALL:
            return ("distinct counted", "distinct", "repeated counted", "repeated")
        return tuple(self.enlarging.styles(call[0][place] if isinstance(place, int) else call[1][place]))

    def way(self, item: dict[str, Any], number: int, place: Any, style: str) -> dict[str, Any] | None:
        """Return one way with its costs at three sizes, None when the call raises or costs too much."""
        call = pickle.loads(base64.b64decode(item["calls"][number]))  # noqa: S301 - what the sandbox is for
        is_count = style == "plain" and type(call[0][place] if isinstance(place, int) else call[1][place]) is int
        for start in COUNTED_FROM if is_count else STARTS:
            way: dict[str, Any] = {"call": number, "place": place, "style": style, "start": start, "timed": 0}
            told = self.counted(item, way)
            if len(told) == len(FACTORS) and all("gives" in one for one in told):
                slow = not is_count and not style.startswith("repeated")
                seconds = self.first_timed(item, way) if slow else []
                return {**way, "costs": told, "seconds": seconds}
        return None

    def first_timed(self, item: dict[str, Any], way: dict[str, Any]) -> list[float]:
        """Return processor times at the largest sizes that do not take too long, and note these in `way`."""
        for start in TIMED:
            way["timed"] = start
            with contextlib.suppress(Spent):
                if found := self.timed(item, way):
                    return found
        way["timed"] = 0
        return []

    # --- the candidate follows ------------------------------------------------------------------------------------

    def counted(self, item: dict[str, Any], way: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the costs of one way, up to the first size at which the call raises or costs too much."""
        told: list[dict[str, Any]] = []
        try:
            function = self.tree.function(item["function"], decorated=False)
            data = base64.b64decode(item["calls"][way["call"]])
            self.warm(function, data)
            for factor in FACTORS:
                call = self.enlarging.grown(pickle.loads(data), way["place"], factor * way["start"], way["style"])  # noqa: S301
                told.append(self.cost(function, call))
                if "gives" not in told[-1]:
                    break
        except Exception:  # noqa: BLE001 - foreign code may raise anything
            return told
        return told

    def warm(self, function: Any, data: bytes) -> None:
        """Make the recorded call once: what is made on first use is not counted."""
        args, kwargs = pickle.loads(data)  # noqa: S301 - what the sandbox is for
        self.bounded(lambda: self.portrait.Portrait().of(function(*args, **kwargs)), self.patience)

    def timed(self, item: dict[str, Any], way: dict[str, Any]) -> list[float]:
        """Return the processor times of one way, none when a call raises; raise Spent when one takes too long."""
        took: list[float] = []
        try:
            function = self.tree.function(item["function"], decorated=False)
            took.extend(self.seconds(function, self.builder(item, way, factor * way["timed"])) for factor in FACTORS)
        except Spent as spent:
            raise Spent(*took, *spent.args) from None
        except Exception:  # noqa: BLE001 - foreign code may raise anything
            return []
        return took

    def builder(self, item: dict[str, Any], way: dict[str, Any], size: int) -> Callable[[], Any]:
        """Return what makes a call's arguments at one size anew each time: of a pickle, which is quicker."""
        data, style = base64.b64decode(item["calls"][way["call"]]), way["style"].split()[0]

        def grown() -> Any:
            return self.enlarging.grown(pickle.loads(data), way["place"], size, style)  # noqa: S301

        with contextlib.suppress(Exception):  # it was picklable once, which need not last
            made = pickle.dumps(grown(), pickle.HIGHEST_PROTOCOL)
            pickle.loads(made)  # noqa: S301 - what the sandbox is for
            return lambda: pickle.loads(made)  # noqa: S301
        return grown

    def times(self, item: dict[str, Any], way: dict[str, Any]) -> list[float]:
        """Return the processor times of one way; where it was ended, larger inputs take no less."""
        try:
            return self.timed(item, way) if way["timed"] else []
        except Spent as spent:
            return [*spent.args, *spent.args[-1:] * (len(FACTORS) - len(spent.args))]


def followed(scaler: Scaler, item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what the ways that the base has chosen cost here."""
    for number, way in enumerate(item["ways"]):
        costs = [] if item["only_time"] else scaler.counted(item, way)
        yield {"way": number, "costs": costs, "seconds": scaler.times(item, way)}
        if any("gives" not in one for one in costs):
            return  # it had to be ended: that says enough


def main() -> None:
    """Tell what each function costs."""
    leave = os._exit
    sys.path[:] = [path for path in sys.path if path != HOME]
    spec = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    runner = loaded("runner")
    say = runner.reporter(int(os.environ.pop("NOVA_REPORT_FD")), lambda *_: ())
    runner.prepare(spec)
    signal.signal(signal.SIGALRM, ring)
    scaler = Scaler(spec)
    say("hello")
    for number, item in enumerate(spec["functions"]):
        try:
            for told in followed(scaler, item) if "ways" in item else scaler.ways(item):
                say("told", number, told)
        except (Exception, Spent) as error:
            if "ways" in item:
                raise  # of what follows the base nothing may be missing
            say("failed", number, type(error).__name__)
    say("end")
    leave(0)


if __name__ == "__main__":
    main()
