"""Make one call of a function in the tree and note all that a caller could see of it: runs inside the sandbox."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import inspect
import io
import logging
import opcode
import os
import signal
import sys
import warnings
from typing import Any, Callable  # noqa: UP035 - older interpreters run this file

MANY = 1000  # effects, watched calls and asynchronous items of one call
VAGUE = (TypeError, AttributeError, IndexError, NameError, ZeroDivisionError)  # worded by how one came to it
EVENTS = ("open", "os.", "shutil.", "socket.", "subprocess.", "sqlite3.", "tempfile.", "urllib.")
IMPORTS = ("os.listdir", "os.scandir", "socket.__new__")  # what imports and event loops do as well
SOURCES = (".py", ".pyc", ".so")
RAISES = ("RAISE_VARARGS", "RERAISE")
MODULE = "<module>"
STEPS = 50  # looks through one function's decorators


class Late(BaseException):
    """The call took too long."""


def ring(_signal: int, _frame: object) -> None:
    """End the call that is running."""
    raise Late


# --- finding the function -----------------------------------------------------------------------------------------


class Tree:
    """The tree under observation: its modules by path, and its functions by "path::qualname"."""

    def __init__(self, top: str, modules: dict[str, str]) -> None:
        self.top, self.modules = top, modules

    def module(self, path: str) -> Any:
        """Import a module of the tree; raise ImportError when another file answers to its name."""
        module = importlib.import_module(self.modules[path])
        if str(module.__file__) != f"{self.top}/{path}":
            raise ImportError(f"{path} was imported from elsewhere")
        return module

    def function(self, name: str, *, decorated: bool) -> Any:
        """Return the function whose code stands under that name in that file, with or without its decorators."""
        path, _, place = name.partition("::")
        found: Any = self.module(path)
        if decorated and "." not in place:
            return getattr(found, place)
        for part in place.split("."):
            found = inspect.getattr_static(found, part)
        inner = self._inner(found, path, place.rsplit(".", 1)[-1])
        if inner is None:
            raise LookupError("no function is found under this name")
        return inner

    def _inner(self, found: Any, path: str, name: str) -> Any:
        """Look through decorators for the function that was defined under this name."""
        waiting: list[Any] = [found]
        seen: list[Any] = []
        while waiting and len(seen) < STEPS:
            one = waiting.pop(0)
            seen.append(one)
            code = getattr(one, "__code__", None)
            if code is not None and code.co_name == name and code.co_filename == f"{self.top}/{path}":
                return one
            parts = [getattr(one, part, None) for part in ("__wrapped__", "__func__", "fget", "func", "callback")]
            waiting += [part for part in parts if part is not None and not any(part is other for other in seen)]
        return None


# --- one call -----------------------------------------------------------------------------------------------------


class Call:
    """One call and all that can be seen of it; told in a fixed order of aspects."""

    def __init__(self, tree: Tree, spec: dict[str, Any], portrait: Any) -> None:
        self.tree, self.patience, self.portrait = tree, spec["patience"], portrait
        self.watched = {tuple(name.split("::")) for name in spec["watched"]}
        self.events: list[str] = []
        self.calls: list[str] = []
        self.about: tuple[str, str] = ("", "")
        self.reached = False
        self.running = False
        sys.addaudithook(self._heard)

    def _heard(self, event: str, args: tuple[object, ...]) -> None:
        if not self.running or not event.startswith(EVENTS) or event in IMPORTS or len(self.events) >= MANY:
            return
        names = [os.fsdecode(part) for part in args if isinstance(part, (str, bytes, os.PathLike))]
        if event != "open" or not names or not names[0].endswith(SOURCES):
            self.events.append(f"{event} {' '.join(names)}")

    def _profile(self, frame: Any, event: str, _arg: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(self.tree.top):
            code = frame.f_code
            path, name = code.co_filename[len(self.tree.top) + 1 :], getattr(code, "co_qualname", code.co_name)
            if (path, name) == self.about:
                self.reached = True
            if (path, code.co_name) in self.watched and len(self.calls) < MANY:
                self.calls.append(f"{path}::{code.co_name}")

    def run(self, item: dict[str, Any], inputs: Any) -> dict[str, Any]:
        """Make the call and return its aspects as text."""
        function = self.tree.function(item["function"], decorated=item["decorated"])
        self._aim(item)
        portrait, (args, kwargs) = self.portrait.Portrait(self.tree.top), inputs
        output, logged = io.TextIOWrapper(io.BytesIO(), "utf-8", "replace", write_through=True), Logged()
        with contextlib.ExitStack() as stack:
            stack.enter_context(logged.listening())
            warned = stack.enter_context(warnings.catch_warnings(record=True))
            stack.enter_context(contextlib.redirect_stdout(output))
            stack.enter_context(contextlib.redirect_stderr(output))
            warnings.simplefilter("always")
            told = self._outcome(lambda: function(*args, **kwargs), portrait)
        told["arguments"] = portrait.of((args, kwargs))
        told["output"] = output.buffer.getvalue().decode("utf-8", "replace")
        told["log"] = "\n".join(logged.lines)
        told["warnings"] = "\n".join(f"{one.category.__name__}: {one.message}" for one in warned or ())
        told["effects"] = "\n".join(self.events)
        told["calls"] = "\n".join(self.calls)
        told["undecided"] = told.get("undecided") or portrait.cut or portrait.opaque
        return told

    def constants(self, item: dict[str, Any]) -> dict[str, Any]:
        """Return what the module, or the class bodies in it, bind to the names in question."""
        path, told = item["function"].partition("::")[0], []
        try:
            module = self.tree.module(path)
        except BaseException as error:  # noqa: BLE001 - an import runs foreign code
            return {"raised": f"{type(error).__name__} on import", "reached": True}
        portrait = self.portrait.Portrait(self.tree.top)
        for name in item["names"]:
            found: Any = module
            for part in name.split("."):
                found = inspect.getattr_static(found, part, "<unset>")
            told.append(f"{name} = {portrait.of(found)}")
        return {"value": "\n".join(told), "reached": True, "undecided": portrait.cut or portrait.opaque}

    def _aim(self, item: dict[str, Any]) -> None:
        """Note which function this call is about, and whether that is the one called."""
        self.events, self.calls = [], []
        path, _, place = item["about"].partition("::")
        self.about = (path, place if sys.version_info >= (3, 11) else place.rsplit(".", 1)[-1])
        self.reached = item["about"] == item["function"] or place == MODULE

    def _outcome(self, call: Callable[[], Any], portrait: Any) -> dict[str, Any]:
        watching = self.watched or not self.reached
        signal.setitimer(signal.ITIMER_REAL, self.patience, 1)
        self.running = True
        try:
            if watching:
                sys.setprofile(self._profile)
            return {"value": portrait.of(awaited(call()))}
        except BaseException as error:  # noqa: BLE001 - foreign code may raise anything, SystemExit included
            sys.setprofile(None)
            self.running = False
            if isinstance(error, (Late, MemoryError, RecursionError)):
                return {"undecided": "takes too long" if isinstance(error, Late) else f"ends in {type(error).__name__}"}
            number = getattr(error, "errno", None)
            return {"raised": raised(error, portrait), "absent": type(error).__name__ if number else ""}
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            sys.setprofile(None)
            self.running = False


class Logged(logging.Handler):
    """Keeps what was logged."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        self.lines.append(f"{record.name} {record.levelname} {record.getMessage()}")

    @contextlib.contextmanager
    def listening(self) -> Any:
        """Hear everything for a while."""
        root = logging.getLogger()
        level = root.level
        root.addHandler(self)
        root.setLevel(1)
        try:
            yield
        finally:
            root.setLevel(level)
            root.removeHandler(self)


def awaited(value: Any) -> Any:
    """Return what a coroutine comes to, or the first that an asynchronous generator yields; anything else as it is."""
    if inspect.iscoroutine(value):
        return ("awaited", asyncio.run(value))
    if inspect.isasyncgen(value):

        async def collected() -> list[object]:
            found = []
            async for item in value:
                found.append(item)
                if len(found) == MANY:
                    break
            return found

        return ("yielded", asyncio.run(collected()))
    return value


def raised(error: BaseException, portrait: Any) -> str:
    """Return type, arguments, attributes, notes and cause; the interpreter's own wording of a mistake is left out."""
    inner = error.__traceback__
    while inner is not None and inner.tb_next is not None:
        inner = inner.tb_next
    worded = inner is not None and opcode.opname[inner.tb_frame.f_code.co_code[inner.tb_lasti]] in RAISES
    if type(error) in VAGUE and not worded:
        return f"{type(error).__name__}, in the interpreter's words"
    cause, notes = error.__cause__, getattr(error, "__notes__", ())
    told = str(portrait.of(error)) + (f" with notes {portrait.of(list(notes))}" if notes else "")
    return told + (f" from {type(cause).__qualname__}" if cause is not None else "")
