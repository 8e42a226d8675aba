"""Record which of the project's functions each test runs, and some of their calls: a pytest plugin in the sandbox.

What a fixture of a wider scope than one test runs while it is set up counts for every test that uses it, what runs
between tests or on import for none: it is told apart. Child processes are not seen.
"""

from __future__ import annotations

import base64
import functools
import sys
import threading
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Callable  # noqa: UP035 - older interpreters run this file

import pytest

if TYPE_CHECKING:
    import types
    from collections.abc import Generator

IS_FUNCTION = 0x1  # of code: its locals are optimised
LOCALS = ".<locals>"
Replayable = Callable[[Any], "dict[str, list[bytes]]"]
FOUND, TAKEN = 3, 4  # tools of sys.monitoring: one finds each piece of code once, one sees each call of ours


class Function:
    """One function by its name: the tests that ran it (their numbers), and whether it ran outside of them too."""

    __slots__ = ("name", "outside", "tests")

    def __init__(self, name: str) -> None:
        self.name, self.tests, self.outside = name, list[int](), False


class Place:
    """One code object of the product, the functions that it belongs to, and who takes its calls."""

    __slots__ = ("code", "functions", "start", "taker")

    def __init__(self, code: types.CodeType, functions: list[Function], taker: Any) -> None:
        self.code, self.functions, self.taker = code, functions, taker
        self.start: int | None = None  # where a frame of it stands when it begins: a generator goes on elsewhere


class Recorder:
    """Note each start of a product function for the test that runs; it records from its making until it tells."""

    def __init__(self, spec: dict[str, Any], keeper: Any, replayable: Replayable, canary: str) -> None:
        wish = spec["record"]
        self.files = {f"{spec['tree']}/{path}": path for path in wish["files"]}
        self.canary = canary
        self.functions: dict[str, Function] = {}
        self.places: dict[int, Place | None] = {}
        self.names: dict[str, dict[tuple[int, str], str]] = {}
        self.between: set[Function] = set()
        self.ran = self.between
        self.importing: types.FrameType | None = None  # a module's, which may be over
        self.shared: dict[int, tuple[Any, set[Function]]] = {}  # what the set-up of a wide fixture ran
        self.tests: list[str] = []
        self.seconds: list[float] = []
        self.apart = 0.0  # seconds that wide fixtures took in this test
        self.keeper, self.replayable = keeper, replayable
        self.source = Monitoring(self) if sys.version_info >= (3, 12) else Tracing(self)

    # --- what runs ------------------------------------------------------------------------------------------------

    def enlist(self, code: types.CodeType) -> Place | None:
        """Return the place of a code object met for the first time, None when it is no function of the product."""
        path = self.files.get(code.co_filename)
        if path is None:
            return None
        if not code.co_flags & IS_FUNCTION:  # a class body is part of what runs around it
            return Place(code, [], None) if code.co_name == "<module>" else None
        qualname = self.qualname(code)
        names = [qualname] if qualname.rsplit(".", 1)[-1] == "<lambda>" or not code.co_name.startswith("<") else []
        if LOCALS in qualname:
            names.append(qualname.split(LOCALS)[0])
        functions = [self.functions.setdefault(name, Function(name)) for name in (f"{path}::{one}" for one in names)]
        taken = bool(names) and LOCALS not in qualname and "<" not in qualname
        taker = self.keeper.taker(f"{path}::{qualname}", code) if taken else None
        return Place(code, functions, taker)

    def qualname(self, code: types.CodeType) -> str:
        """Return the qualified name of `code`; below 3.11 it is found by compiling its file once more."""
        known: str | None = getattr(code, "co_qualname", None)
        if known is not None:
            return known
        file = code.co_filename
        if file not in self.names:
            whole = compile(Path(file).read_bytes(), file, "exec", dont_inherit=True)
            self.names[file] = dict(qualnames(whole, ""))
        return self.names[file].get((code.co_firstlineno, code.co_name), code.co_name)

    def started(self, place: Place, frame_of: Callable[[], types.FrameType]) -> bool:
        """Note that a frame of `place` begins; tell whether another one would be of use before the next test."""
        if not place.functions:
            if place.code.co_name == "<module>":
                self.importing = frame_of()
            return True
        self.ran.update(place.functions)
        if self.importing is not None and self.ran is not self.between and self.imports(frame_of()):
            self.between.update(place.functions)
        taker = place.taker
        if taker is None or not taker.wants():
            return False
        taker.take(frame_of())
        return True

    def imports(self, frame: types.FrameType | None) -> bool:
        """Tell whether `frame` runs because a module of the product is being imported."""
        while frame is not None:
            if frame is self.importing or (
                frame.f_code.co_name == "<module>" and frame.f_code.co_filename in self.files
            ):
                return True
            frame = frame.f_back
        self.importing = None
        return False

    # --- for whom -------------------------------------------------------------------------------------------------

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: Any) -> Generator[None, None, None]:
        """Count what runs for this test."""
        self.begin(set())
        started, self.apart = perf_counter(), 0.0
        yield
        took, ran = perf_counter() - started - self.apart, self.ran
        self.source.rearm()
        self.ran = self.between
        if item.name == self.canary:
            return
        for fixture, functions in self.shared.values():
            if fixture in fixtures_of(item):
                ran |= functions
        for function in ran:
            function.tests.append(len(self.tests))
        self.tests.append(str(item.nodeid))
        self.seconds.append(max(took, 0.0))

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Generator[None, None, None]:
        """Note what the set-up of a fixture runs that more than one test may use."""
        if fixturedef.scope == "function":
            yield
            return
        outer, started = self.ran, perf_counter()
        self.begin(set())
        yield
        self.apart += perf_counter() - started
        _, known = self.shared.setdefault(id(fixturedef), (fixturedef, set()))
        known |= self.ran
        outer |= self.ran
        self.ran = outer

    def begin(self, ran: set[Function]) -> None:
        """Let all that runs from now on count for `ran`."""
        self.ran = ran
        self.keeper.number += 1
        self.source.rearm()

    # --- what is told ---------------------------------------------------------------------------------------------

    def tell(self, say: Callable[..., None]) -> None:
        """Stop, and tell all that was recorded."""
        self.source.stop()
        for function in self.between:
            function.outside = True
        calls, kinds = self.replayable(self.keeper), self.keeper.kinds()
        say("record", self.tests, [round(took, 6) for took in self.seconds], dict(self.keeper.left_out))
        for name, function in sorted(self.functions.items()):
            if function.tests or function.outside:
                mask = sum(1 << number for number in set(function.tests))
                kept = [base64.b64encode(data).decode() for data in calls.get(name, ())]
                say("function", name, function.outside, f"{mask:x}", kept, kinds.get(name, {}))


def fixtures_of(item: Any) -> list[Any]:
    """Return the fixtures that a test may use."""
    known = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
    found = [one for several in known.values() for one in several]
    return found + list(getattr(getattr(item, "_request", None), "_fixture_defs", {}).values())


def qualnames(code: types.CodeType, prefix: str) -> Generator[tuple[tuple[int, str], str], None, None]:
    """Yield the qualified name of each code object in `code`, by first line and name."""
    for part in code.co_consts:
        if hasattr(part, "co_consts"):
            name = prefix + part.co_name
            yield (part.co_firstlineno, part.co_name), name
            yield from qualnames(part, f"{name}{LOCALS}." if part.co_flags & IS_FUNCTION else f"{name}.")


# --- where it is seen ---------------------------------------------------------------------------------------------


class Tracing:
    """Python before 3.12: a trace function that sees calls, no lines."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder, self.files, self.places = recorder, recorder.files, recorder.places
        self.trace, self.settrace, self.gettrace = self.called, sys.settrace, sys.gettrace
        threading.settrace(self.trace)
        self.settrace(self.trace)

    def called(self, frame: types.FrameType, _event: str, _argument: object) -> None:
        """See one call, or a generator that goes on."""
        try:
            if frame.f_globals.get("__file__") not in self.files:  # quick: to read f_code is an audited event
                return
            code = frame.f_code
            name = id(code)
            if name not in self.places:
                self.places[name] = self.recorder.enlist(code)
            place = self.places[name]
            if place is None:
                return
            if place.start is None:
                place.start = frame.f_lasti
            if place.start == frame.f_lasti:
                self.recorder.started(place, lambda: frame)
        except Exception:  # noqa: BLE001 - the test must not notice
            self.recorder.keeper.left_out["error in the recorder"] += 1

    def rearm(self) -> None:
        """See to it that calls are seen, whatever the last test did."""
        if self.gettrace() is not self.trace:
            self.recorder.keeper.left_out["traced by a test"] += 1
            self.settrace(self.trace)

    def stop(self) -> None:
        """See no more."""
        self.settrace(None)
        threading.settrace(None)


class Monitoring:
    """Python 3.12 and later: all code is met once, and starts of ours are seen as often in a test as is of use."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.frame_of = functools.partial(sys._getframe, 2)  # noqa: SLF001 - the caller of a callback, from `started`
        self.quiet: list[types.CodeType] = []
        self.monitoring: Any = vars(sys)["monitoring"]
        self.set_local, self.start, self.disable = (
            self.monitoring.set_local_events,
            self.monitoring.events.PY_START,
            self.monitoring.DISABLE,
        )
        for tool, callback in ((FOUND, self.found), (TAKEN, self.called)):
            self.monitoring.use_tool_id(tool, "recorder")
            self.monitoring.register_callback(tool, self.start, callback)
        self.monitoring.set_events(FOUND, self.start)

    def found(self, code: types.CodeType, _offset: int) -> object:
        """Meet a piece of code; where it is ours, its starts are seen from now on, this one included."""
        try:
            place = self.recorder.enlist(code)
            if place is not None:
                self.recorder.places[id(code)] = place
                self.recorder.started(place, self.frame_of)
                self.set_local(TAKEN, code, self.start)
        except Exception:  # noqa: BLE001 - the test must not notice
            self.recorder.keeper.left_out["error in the recorder"] += 1
        return self.disable

    def called(self, code: types.CodeType, _offset: int) -> None:
        """See one start."""
        try:
            place = self.recorder.places[id(code)]
            if place is not None and not self.recorder.started(place, self.frame_of):
                self.set_local(TAKEN, code, 0)
                self.quiet.append(code)
        except Exception:  # noqa: BLE001 - the test must not notice
            self.recorder.keeper.left_out["error in the recorder"] += 1

    def rearm(self) -> None:
        """See again what was seen often enough in the last test."""
        quiet, self.quiet = self.quiet, []
        for code in quiet:
            self.set_local(TAKEN, code, self.start)

    def stop(self) -> None:
        """See no more."""
        self.monitoring.set_events(FOUND, 0)
        for tool in (FOUND, TAKEN):
            self.monitoring.register_callback(tool, self.start, None)
            self.monitoring.free_tool_id(tool)
