"""The third part of the runner: note, as it happens, when foreign code reaches into the interpreter or the judge.

It notes and refuses nothing. What base and candidate do alike is the project's business; what only the candidate does
is a difference between their manifests.
"""

from __future__ import annotations

import os
import sys
from _thread import get_ident
from typing import TYPE_CHECKING, Any, Callable  # noqa: UP035 - older interpreters run this file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

FRAMES = frozenset(("tb_frame", "gi_frame", "cr_frame", "ag_frame", "f_code"))  # attributes that lead to a frame
PARTS = frozenset(("__code__", "__defaults__", "__kwdefaults__"))  # of a function, when they are set
LEND_FRAMES = ("inspect", "logging", "traceback", "pdb", "bdb", "code")  # modules that give frames to their callers
ALWAYS = frozenset(
    [
        "_thread.start_new_thread",
        "code.__new__",
        "ctypes.PyObj_FromPtr",
        "ctypes.addressof",
        "ctypes.call_function",
        "ctypes.cdata",
        "ctypes.dlopen",
        "ctypes.dlsym",
        "ctypes.string_at",
        "function.__new__",
        "gc.get_objects",
        "gc.get_referents",
        "gc.get_referrers",
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.spawn",
        "os.system",
        "pty.spawn",
        "subprocess.Popen",
        "sys._current_exceptions",
        "sys._current_frames",
        "sys.addaudithook",
        "sys.monitoring.register_callback",
        "sys.setprofile",
        "sys.settrace",
    ]
)
SOME = frozenset(("compile", "object.__getattr__", "object.__setattr__", "open", "sys._getframe"))
WATCHED = ALWAYS | SOME


class Places:
    """Whose code a file name stands for."""

    def __init__(self, tree: str, judge: str, lent: tuple[str, ...]) -> None:
        import pluggy  # noqa: PLC0415 - the runner may import nothing foreign before it has told its nonce
        import pytest  # noqa: PLC0415

        self.tree, self.judge = f"{tree}/", f"{judge}/"
        self.library = f"{os.path.dirname(os.__file__)}/"  # noqa: PTH120 - no path objects in a hook
        homes = [path for path in sys.path if path and os.path.isdir(path)]  # noqa: PTH112
        self.installed = (*(f"{path}/" for path in (*homes, *map(os.path.realpath, homes))), *lent)
        self.pluggy = f"{os.path.dirname(pluggy.__file__)}/"  # noqa: PTH120
        self.pytest = f"{os.path.dirname(os.path.dirname(pytest.__file__))}/_pytest/"  # noqa: PTH120

    def owner(self, file: str) -> str:
        """Return judge, nobody (text run as code), import, library, installed, or foreign."""
        if file.startswith("<"):
            return "import" if file.startswith("<frozen importlib") else "nobody"
        if file.startswith(self.judge):
            return "judge"
        if file.startswith(self.tree):
            return "foreign"
        if file.startswith(self.library) and "-packages/" not in file:
            return "library"
        return "installed" if file.startswith(self.installed) else "foreign"

    def name(self, file: str) -> str:
        """Return a name of the foreign `file` that is the same in every run."""
        return file[len(self.tree) :] if file.startswith(self.tree) else os.path.basename(file)  # noqa: PTH119


def stand_guard(places: Places, tell: Callable[[str], None]) -> None:
    """Tell each kind of reach of each foreign file once, before it takes effect."""
    told: set[str] = set()
    busy: set[int] = set()
    getframe = sys._getframe  # noqa: SLF001 - callers are not otherwise to be seen

    def hook(event: str, args: tuple[Any, ...]) -> None:
        """Look at one audited event; what the hook itself does is none."""
        if event not in WATCHED:
            return
        me = get_ident()
        if me in busy:
            return
        busy.add(me)
        try:
            what = _reach(event, args, places)
            culprit = _culprit(getframe(1), event, places) if what else ""
            if culprit and f"{culprit}: {what}" not in told:
                told.add(f"{culprit}: {what}")
                tell(f"{culprit}: {what}")
        finally:
            busy.discard(me)

    sys.addaudithook(hook)


def _reach(event: str, args: tuple[Any, ...], places: Places) -> str:
    """Return what the event is called, "" when it is of no interest."""
    if event in ALWAYS or event == "sys._getframe":
        return event
    if event == "object.__getattr__":
        return str(args[1]) if args[1] in FRAMES else ""
    if event == "object.__setattr__":
        return f"sets {args[1]}" if args[1] in PARTS else ""
    text = args[0] if event == "open" else args[1]
    text = os.fsdecode(text) if isinstance(text, (str, bytes)) else ""
    if event == "compile":
        return "compiles under the judge's name" if text.startswith(places.judge) else ""
    return "opens /proc" if "proc" in text and os.path.realpath(text).startswith("/proc/") else ""


def _culprit(frame: FrameType | None, event: str, places: Places) -> str:
    """Return the foreign file that did it, by itself or through the standard library, "" when it was somebody else."""
    while frame is not None:
        file = frame.f_code.co_filename
        owner = places.owner(file)
        if owner == "foreign":
            return places.name(file)
        if owner not in ("nobody", "library") or (owner == "library" and _own_use(frame, event)):
            return ""
        frame = frame.f_back
    return ""


def _own_use(frame: FrameType, event: str) -> bool:
    """Tell whether code of the standard library looks at frames for itself, and gives none away."""
    if event not in SOME or frame.f_globals.get("__name__") in LEND_FRAMES:
        return False
    return event != "sys._getframe" or "_getframe" in frame.f_code.co_names


def strangers(places: Places, frame: FrameType, outcome: bool) -> Iterator[str]:  # noqa: FBT001 - a fact
    """Yield who stands behind a line that `frame` is about to write, besides the judge and, for an outcome, pytest."""
    for file in (frame.f_code.co_filename, frame.f_back.f_code.co_filename if frame.f_back else ""):
        if not file.startswith(places.judge):
            yield f"{places.name(file)}: writes the report"
    if outcome:
        yield from _tellers(frame, places)


def _tellers(frame: FrameType, places: Places) -> Iterator[str]:
    """Yield who stands between the runner's start and an outcome."""
    above: FrameType | None = frame
    first, last = "", ""
    while above is not None:
        last = above.f_code.co_filename
        if not first and not last.startswith((places.judge, places.pluggy)):
            first = last
        if places.owner(last) == "foreign":
            yield f"{places.name(last)}: tells an outcome"
        above = above.f_back
    if not first.startswith(places.pytest) and places.owner(first) != "foreign":
        yield f"{places.name(first) or 'nobody'}: tells an outcome"
    if not last.startswith(places.judge):
        yield "a thread tells an outcome"
