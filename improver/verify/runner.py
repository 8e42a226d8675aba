"""Run a project's tests inside the sandbox and tell the supervisor, over a private pipe, what became of each.

Started as ``python -I -P -B runner.py SPEC`` under the project's own interpreter (3.9 or later): the standard
library and pytest only. Every line of the report is a JSON list that begins with a nonce made here, before any
foreign code runs, and told in the first line; the supervisor believes no line without it.
"""

from __future__ import annotations

import builtins
import functools
import importlib
import importlib.machinery
import importlib.util
import json
import os
import secrets
import sys
from _thread import allocate_lock
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable  # noqa: UP035 - older interpreters run this file

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from types import ModuleType

Say = Callable[..., None]
Strangers = Callable[..., Any]


def reporter(number: int, strangers: Strangers) -> Say:
    """Take the report's descriptor away from everybody else and return the function that writes to it.

    Nonce and descriptor are the locals of a generator: nothing leads to them but what the sentry tells of.
    """
    import fcntl  # noqa: PLC0415 - POSIX only, and only here

    pipe = fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, 100)
    os.close(number)
    lines = writer(pipe, strangers)
    next(lines)
    send, lock = lines.send, allocate_lock()

    def say(*facts: object) -> None:
        """Write one line; a forked child stays silent."""
        with lock:
            send(facts)

    return say


def writer(pipe: int, strangers: Strangers) -> Generator[None, tuple[object, ...], None]:
    """Write each line that is sent, after a line about each stranger who had a hand in it."""
    nonce, write, pid, getpid = secrets.token_hex(16), os.write, os.getpid(), os.getpid
    getframe = sys._getframe  # noqa: SLF001 - callers are not otherwise to be seen
    encode = encoder()
    while True:
        facts = yield
        who = strangers(getframe(1), facts[0] == "phase")
        told = [*(("reached", name) for name in who), facts] if getpid() == pid else []
        line = b"".join([encode([nonce, *one]) for one in told])
        while line:
            line = line[write(pipe, line) :]


def encoder() -> Callable[[list[object]], bytes]:
    """Return what makes a line of JSON: where it can, without a function that somebody could replace."""
    made: Any = getattr(json.encoder, "c_make_encoder", None)
    if made is None:
        plain = json.JSONEncoder().encode
        return lambda facts: plain(facts).encode() + b"\n"
    whole = made(None, None, json.encoder.encode_basestring_ascii, None, ": ", ", ", False, False, True)  # noqa: FBT003
    return lambda facts: "".join(whole(facts, 0)).encode() + b"\n"


# --- where modules come from --------------------------------------------------------------------------------------


class TreeFinder:
    """Serve the target's top-level names from the tree alone, and all other names from before the tree."""

    def __init__(self, names: Sequence[str], roots: Sequence[str]) -> None:
        self.names, self.roots, self.trusted = frozenset(names), list(roots), list(sys.path)
        self.search = importlib.machinery.PathFinder.find_spec

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, _target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find a module; what the tree should have at the top and has not is nowhere else either.

        What lies in a package of the tree is looked for there before a finder of an editable install is asked.
        """
        if path is not None:
            return self.search(name, path) if name.split(".", maxsplit=1)[0] in self.names else None
        if name not in self.names:
            return self.search(name, self.trusted)
        spec = self.search(name, self.roots)
        if spec is None:
            raise ModuleNotFoundError(f"No module named {name!r} in the tree", name=name)
        return spec


class LentFinder:
    """Serve what the environment lacks and the supervisor lends: one folder or file per top-level name.

    The folder around it may not be readable here, so each is named in full.
    """

    def __init__(self, places: dict[str, str]) -> None:
        self.places = places

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, _target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find a lent top-level module."""
        place = self.places.get(name)
        if path is not None or place is None:
            return None
        if place.endswith(".py"):
            return importlib.util.spec_from_file_location(name, place)
        return importlib.util.spec_from_file_location(name, f"{place}/__init__.py", submodule_search_locations=[place])


def prepare(spec: dict[str, Any]) -> None:
    """Set search path, working directory and environment."""
    for name in [name for name in sys.modules if name.split(".")[0] in spec["names"]]:
        del sys.modules[name]  # an installed copy that a .pth file imported
    sys.meta_path.insert(0, TreeFinder(spec["names"], spec["roots"]))
    sys.meta_path.append(LentFinder(spec["lent"]))
    sys.path += [root for root in spec["roots"] if root not in sys.path]
    os.chdir(spec["tree"])
    scratch = os.environ.get("NOVA_SCRATCH", "/tmp")  # noqa: S108 - the sandbox names it
    os.environ.update(
        PYTEST_DISABLE_PLUGIN_AUTOLOAD="1",
        PYTHONPATH=os.pathsep.join(spec["roots"]),  # for the tests' own child processes
        PYTHONDONTWRITEBYTECODE="1",
        HYPOTHESIS_STORAGE_DIRECTORY=f"{scratch}/hypothesis",
    )


# --- the run ------------------------------------------------------------------------------------------------------


def recorded(spec: dict[str, Any], run: Callable[[], int]) -> tuple[int, dict[str, list[int]]]:
    """Run and return the exit status with the executed lines by path, none unless the spec asks for them."""
    if not spec["cover"]:
        return run(), {}
    if sys.version_info >= (3, 12):
        os.environ["COVERAGE_CORE"] = "sysmon"
    coverage = importlib.import_module("coverage")
    tree = spec["tree"]
    recorder = coverage.Coverage(data_file=None, config_file=False, include=[f"{tree}/*"], messages=False)
    recorder.set_option("run:disable_warnings", ["no-data-collected"])  # pytest says better why nothing ran
    recorder.start()
    coverage.Coverage._instances = []  # noqa: SLF001 - it hands the running recorder to whoever asks for it
    os.environ.pop("COVERAGE_CORE", None)
    status = run()
    recorder.stop()
    seen = recorder.get_data()
    return status, {os.path.relpath(name, tree): sorted(seen.lines(name) or ()) for name in seen.measured_files()}


def origins(names: Sequence[str]) -> dict[str, str]:
    """Import what the tests did not and return the file each module came from, "" when it cannot be imported."""
    found = {}
    for name in names:
        try:
            module = sys.modules.get(name) or importlib.import_module(name)
        except BaseException:  # noqa: BLE001 - foreign code may raise anything, SystemExit included
            found[name] = ""
            continue
        file, origin = getattr(module, "__file__", None), getattr(module.__spec__, "origin", None)
        found[name] = str(file) if file == origin else f"{file}, loaded from {origin}"
    return found


def loaded(name: str) -> ModuleType:
    """Return another part of the runner, which nothing else can import, with builtins that nobody else can replace."""
    place = importlib.util.spec_from_file_location(f"_{name}", Path(__file__).with_name(f"{name}.py"))
    assert place is not None
    assert place.loader is not None
    module = importlib.util.module_from_spec(place)
    module.__dict__["__builtins__"] = dict(vars(builtins))
    place.loader.exec_module(module)
    return module


def recorders(spec: dict[str, Any], canary: str) -> list[Any]:
    """Return the plugin that records calls, if the spec asks for it."""
    wish = spec.get("record")
    if not wish:
        return []
    replayable = functools.partial(loaded("reloading").replayable, seconds=wish["seconds"])
    return [loaded("recorder").Recorder(spec, loaded("keeper").Keeper(wish, spec["tree"]), replayable, canary)]


def main() -> None:
    """Run the tests that the spec names; the exit status is pytest's, and 1 is what the canary demands."""
    leave, flush = os._exit, sys.stdout.flush
    spec = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    prepare(spec)
    sentry = loaded("sentry")
    places = sentry.Places(spec["tree"], str(Path(__file__).parent), tuple(spec["lent"].values()))
    say = reporter(int(os.environ.pop("NOVA_REPORT_FD")), functools.partial(sentry.strangers, places))
    canary = f"test_{secrets.token_hex(6)}"
    say("hello", canary)
    sentry.stand_guard(places, functools.partial(say, "reached"))
    watch, integrity, others = loaded("watch"), loaded("integrity"), recorders(spec, canary)
    status, lines = recorded(spec, lambda: watch.run(say, spec, [watch.Watch(say, spec, canary, integrity), *others]))
    for recorder in others:
        recorder.tell(say)
    say("modules", origins(spec["modules"]))
    say("lines", lines)
    say("end", status)
    flush()
    leave(status)  # no atexit hook of foreign code has a say in it


if __name__ == "__main__":
    main()
