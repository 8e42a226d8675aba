"""Find out, once the tests are over, which kept calls can be made again: by name, and from their pickles.

Loading runs the project's code. It is left to a forked child, which may hang, print or break.
"""

from __future__ import annotations

import functools
import os
import pickle
import signal
import sys
import types
from select import select
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 2.0  # seconds for one pickle to be tried
PROTOCOL = 4
WRAPPERS = 10  # one around the other, at most


def replayable(keeper: Any, seconds: float) -> dict[str, list[bytes]]:
    """Return the calls of `keeper` that can be made again, by function; count the others there."""
    whole: list[tuple[str, bytes]] = []
    for name, file, line, calls in keeper.candidates():
        if is_live(name, file, line):
            whole += [(name, data) for data in calls]
        else:
            keeper.left_out["not reached by name"] += len(calls)
    kept: dict[str, list[bytes]] = {}
    verdicts = tried([data for _, data in whole], seconds)
    for name, data in whole:
        if next(verdicts):
            kept.setdefault(name, []).append(data)
        else:
            keeper.left_out["differs"] += 1
    return kept


def is_live(name: str, file: str, line: int) -> bool:
    """Tell whether the function `name` is what its module has under that name: no setter, no overwritten namesake."""
    modules = [module for module in list(sys.modules.values()) if getattr(module, "__file__", None) == file]
    parts = name.split("::")[1].split(".")
    return any(first_line(inner(module, parts)) == line for module in modules)


def inner(value: Any, parts: list[str]) -> Any:
    """Return what stands under the dotted name `parts` in a module, None when nothing does."""
    for part in parts:
        value = vars(value).get(part) if isinstance(value, (types.ModuleType, type)) else None
    return value


def first_line(value: Any) -> int:
    """Return the first line of the function that `value` is or wraps, 0 when there is none."""
    for _ in range(WRAPPERS):
        if isinstance(value, (staticmethod, classmethod)):
            value = value.__func__
        elif isinstance(value, property):
            value = value.fget
        elif isinstance(value, functools.cached_property):
            value = value.func
        else:
            value = getattr(value, "__dict__", {}).get("__wrapped__", value)
    return value.__code__.co_firstlineno if isinstance(value, types.FunctionType) else 0


def tried(pickles: list[bytes], seconds: float) -> Iterator[bool]:
    """Yield for each pickle whether it can be loaded and pickled again to the same, each time."""
    deadline = monotonic() + seconds
    done = 0
    while done < len(pickles):
        if monotonic() > deadline:
            yield False
            done += 1
            continue
        for fine in _tried_in_a_child(pickles[done:]):
            done += 1
            yield fine


def _tried_in_a_child(pickles: list[bytes]) -> Iterator[bool]:
    """Yield a verdict on each pickle up to the first on which the child hangs or dies."""
    ours, theirs = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        _try_all(pickles, theirs)
    os.close(theirs)
    told = 0
    try:
        while told < len(pickles) and select([ours], [], [], PATIENCE)[0]:
            verdicts = os.read(ours, 4096)
            if not verdicts:
                break
            told += len(verdicts)
            yield from (verdict == ord("+") for verdict in verdicts)
        if told < len(pickles):
            yield False
    finally:
        os.close(ours)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _try_all(pickles: list[bytes], verdicts: int) -> None:
    """Try each pickle in this process, whose output nobody sees, and end it."""
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(nowhere, number)
        for data in pickles:
            os.write(verdicts, b"+" if _is_stable(data) else b"-")
    finally:
        os._exit(0)


def _is_stable(data: bytes) -> bool:
    try:
        once = pickle.dumps(pickle.loads(data), PROTOCOL)  # noqa: S301 - in the sandbox
        return once == data or pickle.dumps(pickle.loads(once), PROTOCOL) == once  # noqa: S301
    except BaseException:  # noqa: BLE001 - foreign code may raise anything
        return False
